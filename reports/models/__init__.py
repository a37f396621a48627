"""What reports keep of their own: rubrics, published assessments, templates."""

from .assessment import Assessment, AssessmentRow, Rubric
from .document_template import DocumentTemplate

__all__ = ["Assessment", "AssessmentRow", "DocumentTemplate", "Rubric"]
