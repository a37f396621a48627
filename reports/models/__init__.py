"""Models of rubrics, published assessments and document templates."""

from .assessment import Assessment, AssessmentRow, Rubric
from .document_template import DocumentTemplate

__all__ = ["Assessment", "AssessmentRow", "DocumentTemplate", "Rubric"]
