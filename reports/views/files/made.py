"""我的文件: the long files that a person asked for, how far they are, and their download."""

from django.contrib.auth.decorators import login_required
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from wenshang_disclosure.core.web.errors import Conflict
from wenshang_disclosure.core.web.pages import page_of
from wenshang_disclosure.work.asking import ask
from wenshang_disclosure.work.models import Job

from . import making
from .papers import KIND

PER_PAGE = 20
EXPIRED = "该文件已超过保留期限，请重新生成。"
GONE = "该文件在服务器上已经找不到，请重新生成。"
UNFINISHED = "该文件还没有生成，请稍候。"


def _mine(request):
    return Job.objects.asked_by(request.user).filter(kind=KIND)


@login_required
@require_safe
def files(request):
    """List one's own files; the part that changes asks for itself while one of them is not ready."""
    page = page_of(request, _mine(request), PER_PAGE)
    part = "reports/files/_list.html" if request.htmx else "reports/files/list.html"
    running = any(job.is_unfinished for job in page)
    return render(request, part, {"page": page, "running": running}, status=page.status)


@login_required
@require_safe
def file(request, pk):
    """Show how far one file is, and what became of it."""
    job = get_object_or_404(_mine(request).select_related("stored"), pk=pk)
    part = "reports/files/_file.html" if request.htmx else "reports/files/file.html"
    return render(request, part, {"job": job})


@login_required
@require_safe
def download(request, pk):
    """Download a file as it was made, for as long as its reader may see what is in it."""
    job = get_object_or_404(_mine(request).select_related("stored"), pk=pk)
    if job.is_unfinished or job.is_failed:
        raise Conflict(job.message or UNFINISHED)
    if job.is_expired:
        raise Conflict(EXPIRED)
    making.require_still(job, request.user)
    try:
        content = job.stored.open()
    except FileNotFoundError:
        raise Conflict(GONE) from None
    answer = FileResponse(content, as_attachment=True, filename=job.file_name)
    answer["Content-Type"] = job.stored.content_type
    answer["Cache-Control"] = "private, no-store"
    return answer


@login_required
@require_POST
def make_again(request, pk):
    """Ask for the same once more: what failed, has expired, or is to be of today."""
    job = get_object_or_404(_mine(request), pk=pk)
    what = {**job.what, "post": making.post_of(request.user)}
    paper = making.asked_again(job, request.user)
    return redirect("reports:file", ask(KIND, by=request.user, what=what, title=paper.name).pk)
