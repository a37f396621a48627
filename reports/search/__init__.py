"""One question over tasks, units, reports and evidence, within what the asking person may see."""

from .finding import Group, find
from .question import BadQuestion, Question, read

__all__ = ["BadQuestion", "Group", "Question", "find", "read"]
