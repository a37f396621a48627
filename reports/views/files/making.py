"""Making of long files by background work, as the person who asked for them and in the same post."""

import hashlib
import json
import tempfile

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import QueryDict
from django.urls import resolve

from departments.models import User
from tasks.models import Assignment
from wenshang_disclosure.core import progress
from wenshang_disclosure.core.evenings import evening
from wenshang_disclosure.core.web.errors import Refused, may
from wenshang_disclosure.core.web.evenings import day_of
from wenshang_disclosure.work.kinds import Result

from .papers import Asked, post_of

CLOSED = "您的账号已停用。"
LEFT = "您已不再担任申请该文件时的职务。"
OTHER_POST = "该文件是以另一身份申请的，请先在右上角切换身份，再下载。"
CHANGED = "文件生成后，您可以查看的内容有变化，不能再下载。请重新生成。"
RANKS = ("reports.see_current_ranks", "reports.see_published_ranks")


def make(job):
    """Make the file that `job` asks for; called by background work. Raises as the view of the file does."""
    user = _person(job)
    rights = rights_of(user)
    with _evening(job):
        paper = paper_of(job, user)
        progress.expect(sum(paper.count()))
        content = _in_a_file(paper.write())
    return Result(content, paper.name, paper.content_type, rights, paper.warning)


def paper_of(job, user):
    """Return the paper that `job` asks for, as `user` may have it now. Raises as the view of the file does."""
    match = resolve(job.what["address"])
    return match.func.paper(Asked(user, QueryDict(job.what["query"])), **match.kwargs)


def asked_again(job, user):
    """Return the paper of `paper_of`, counted. Raises as the view of the file does before it is begun."""
    with _evening(job):
        paper = paper_of(job, user)
        paper.is_long(paper.count())
    return paper


def require_still(job, user):
    """Raise unless `user` may see now what they saw when the file was made, and may still ask for it."""
    if job.what["post"] != post_of(user):
        raise Refused(OTHER_POST)
    with _evening(job):
        paper_of(job, user)
    if job.rights != rights_of(user):
        raise Refused(CHANGED)


def rights_of(user):
    """Return a digest of what `user` may see in files: role, unit, ranks, and the duties of a unit's people."""
    duties = []
    if not user.reads_everything:
        duties = list(Assignment.objects.visible_to(user).order_by("pk").values_list("pk", flat=True))
    ranks = [may(user, name) for name in RANKS]
    return hashlib.sha256(json.dumps([user.role, user.unit_id, ranks, duties]).encode()).hexdigest()


def _person(job):
    """Return who asked for `job`, in the post that they worked as. Raises `PermissionDenied` without it."""
    user = User.objects.select_related("unit").get(pk=job.by_id)
    if not user.is_active:
        raise PermissionDenied(CLOSED)
    found = [one for one in user.in_each_post() if post_of(one) == job.what["post"]]
    if not found:
        raise PermissionDenied(LEFT)
    return found[0]


def _evening(job):
    """Return the context of the evening that the file is of."""
    takes_a_day = resolve(job.what["address"]).func.takes_a_day
    return evening(day_of(QueryDict(job.what["query"])) if takes_a_day else None)


def _in_a_file(content):
    """Return an open file with the content, which may be a stream."""
    if hasattr(content, "read"):
        return content
    file = tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115, closed once it is kept
    try:
        file.writelines(content)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file
