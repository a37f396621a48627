"""Guard of the pages of units and people."""

from functools import wraps

from django.contrib.auth.decorators import login_required

from wenshang_disclosure.core.region import worded
from wenshang_disclosure.core.web.errors import require

SENTENCE = worded("单位和人员由{office_short}工作人员管理。")


def office_only(view):
    """Restrict a view to those who maintain units and people; 403 for others."""

    @login_required
    @wraps(view)
    def guarded(request, *args, **kwargs):
        require(request.user, "departments.manage_units", sentence=SENTENCE)
        return view(request, *args, **kwargs)

    return guarded
