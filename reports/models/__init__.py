"""Models of rubrics, published assessments, issued bulletins and document templates."""

from .assessment import Assessment, AssessmentRow, Rubric
from .bulletin import Bulletin
from .document_template import DocumentTemplate

__all__ = ["Assessment", "AssessmentRow", "Bulletin", "DocumentTemplate", "Rubric"]
