"""Search in tasks, units, reports and evidence that the user may see."""

from .finding import Group, find
from .question import BadQuestion, Question, read

__all__ = ["BadQuestion", "Group", "Question", "find", "read"]
