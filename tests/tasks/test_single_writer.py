"""Only `tasks.services.progress.transitions` writes what a duty's last step left, and the history that tells of it."""

import ast
from pathlib import Path

import pytest
from django.conf import settings

LEFT_BY_A_STEP = {"status", "claimed_on", "awaits_answer", "suspended"}
THE_WRITER = "tasks/services/progress/transitions.py"
BULK_TOOLS = "tasks/management/"
"""Tools that make data in bulk may write, provided that each step comes from `transitions.step`."""
OF_THE_WEB = {"self", "editor", "form", "response", "page"}
"""What carries a status of HTTP in views and forms, as in `self.status = 400`."""
WRITING_CALLS = {"update", "create", "bulk_update", "update_or_create", "get_or_create", "setattr", "Assignment"}


def writes(source):
    """Return the line numbers on which `source` writes a duty's status, by whatever means Django offers."""
    return sorted({node.lineno for node in ast.walk(ast.parse(source)) if _assigns(node) or _calls_a_writer(node)})


def _assigns(node):
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    if not isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign)):
        return False
    flat = [part for target in targets for part in ast.walk(target) if isinstance(part, ast.Attribute)]
    return any(_is_left_by_a_step(attribute) for attribute in flat if isinstance(attribute.ctx, ast.Store))


def _is_left_by_a_step(attribute):
    owner = attribute.value.attr if isinstance(attribute.value, ast.Attribute) else getattr(attribute.value, "id", "")
    return attribute.attr in LEFT_BY_A_STEP and not (attribute.attr == "status" and owner in OF_THE_WEB)


def _calls_a_writer(node):
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    keywords = {keyword.arg for keyword in node.keywords}
    texts = {part.value for argument in node.args for part in ast.walk(argument) if isinstance(part, ast.Constant)}
    listed = {
        part.value
        for keyword in node.keywords
        if keyword.arg in {"update_fields", "defaults", "fields"}
        for part in ast.walk(keyword.value)
        if isinstance(part, ast.Constant)
    }
    if name in WRITING_CALLS:
        return bool(LEFT_BY_A_STEP & (keywords | texts | listed))
    return bool(name == "save" and LEFT_BY_A_STEP & listed) or name == "Transition"


def product_files():
    root = Path(settings.BASE_DIR)
    for app in ("wenshang_disclosure", "departments", "tasks", "reports", "api"):
        for path in sorted((root / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(root).as_posix(), path.read_text()


def test_nobody_else_writes_a_dutys_status():
    offenders = {}

    for path, source in product_files():
        allowed = path == THE_WRITER or path.startswith(BULK_TOOLS) and "transitions.step(" in source
        if not allowed and writes(source):
            offenders[path] = writes(source)

    assert offenders == {}


def test_the_writer_itself_is_found():
    found = writes((Path(settings.BASE_DIR) / THE_WRITER).read_text())

    assert len(found) >= 3


@pytest.mark.parametrize(
    "line",
    [
        "duty.status = Status.COMPLETED",
        "report.assignment.status = 'completed'",
        "duty.claimed_on = None",
        "duty.role, duty.awaits_answer = role, False",
        "setattr(duty, 'status', 'completed')",
        "Assignment.objects.filter(pk=1).update(status='completed')",
        "Assignment.objects.update(awaits_answer=False)",
        "Assignment.objects.create(task=task, status='completed')",
        "Assignment.objects.bulk_update(duties, ['role', 'status'])",
        "Assignment(task=task, claimed_on=day)",
        "duty.save(update_fields=['status'])",
        "Assignment.objects.update_or_create(pk=1, defaults={'status': 'completed'})",
        "Transition(assignment=duty)",
    ],
)
def test_each_way_of_writing_is_recognised(line):
    assert writes(line) == [1]


@pytest.mark.parametrize(
    "line",
    [
        "self.status = 400",
        "editor.status = 422",
        "page.form.status = 409",
        "duty.status == Status.COMPLETED",
        "Assignment.objects.filter(status='completed')",
        "render(request, 'page.html', status=422)",
        "move(duty, Event.RETURNED, by=by, awaits_answer=True)",
    ],
)
def test_reading_and_a_status_of_http_are_no_writing(line):
    assert writes(line) == []
