"""Units, collectives and people."""

from .collective import Collective, CollectiveAlias
from .unit import Alias, Unit
from .unit_import import UnitImport
from .user import User

__all__ = ["Alias", "Collective", "CollectiveAlias", "Unit", "UnitImport", "User"]
