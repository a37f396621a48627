"""Units, collectives and people."""

from .collective import Collective
from .unit import Alias, Unit
from .user import User

__all__ = ["Alias", "Collective", "Unit", "User"]
