"""Models of units, collectives, people and their sessions."""

from .api_token import ApiToken
from .collective import Collective, CollectiveAlias
from .deputy import Deputy
from .entrustment import Entrustment
from .membership import Membership
from .office_contact import OfficeContact
from .ranking import RankingDecision
from .role_grant import RoleGrant
from .scheduled_move import ScheduledMove
from .sign_in import SignInFailure, UserSession
from .unit import Alias, Unit
from .unit_import import UnitImport
from .user import User

__all__ = [
    "Alias",
    "ApiToken",
    "Collective",
    "CollectiveAlias",
    "Deputy",
    "Entrustment",
    "Membership",
    "OfficeContact",
    "RankingDecision",
    "RoleGrant",
    "ScheduledMove",
    "UserSession",
    "SignInFailure",
    "Unit",
    "UnitImport",
    "User",
]
