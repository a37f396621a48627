"""Lists from which several duties are chosen for a step."""

from typing import NamedTuple

from django.utils.functional import cached_property

from wenshang_disclosure.core.web.errors import may


class Step(NamedTuple):
    """A step on several duties: its name, and who may take it."""

    name: str
    permission: str


STEPS = {
    "remind": Step("催办", "tasks.remind"),
    "extend": Step("延期", "tasks.extend"),
    "reassign": Step("改派", "tasks.reassign"),
    "suspend": Step("中止", "tasks.suspend"),
}


def offered(user):
    """Return `(value, name)` of the steps that the person may take."""
    return [(value, step.name) for value, step in STEPS.items() if may(user, step.permission)]


class PickingPage:
    """Mixin of a list of duties with boxes to tick, where there is a step to take."""

    @cached_property
    def steps(self):
        """The steps on offer, asked for once a page."""
        return offered(self.request.user)

    def get_table_kwargs(self):
        """Without the column of boxes where there is nothing to do with them."""
        return {} if self.steps else {"exclude": ("pick",)}

    def get_context_data(self):
        """Add the steps."""
        return {**super().get_context_data(), "steps": self.steps}
