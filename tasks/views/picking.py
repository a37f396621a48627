"""Lists from which duties are selected for a step on several."""

from typing import NamedTuple

from django.utils.functional import cached_property

from wenshang_disclosure.core.evenings import evening_read
from wenshang_disclosure.core.web.errors import may


class Step(NamedTuple):
    """A step on several duties: its Chinese name and its permission."""

    name: str
    permission: str


STEPS = {
    "remind": Step("催办", "tasks.remind"),
    "extend": Step("延期", "tasks.extend"),
    "reassign": Step("改派", "tasks.reassign"),
    "suspend": Step("中止", "tasks.suspend"),
}


def offered(user):
    """Return `[(value, name)]` of the steps that the user may take; on a past evening there is none."""
    if evening_read():
        return []
    return [(value, step.name) for value, step in STEPS.items() if may(user, step.permission)]


class PickingPage:
    """Mixin of lists of duties: adds checkboxes where the user may take a step."""

    @cached_property
    def steps(self):
        return offered(self.request.user)

    def get_table_kwargs(self):
        kwargs = super().get_table_kwargs()
        return kwargs if self.steps else {**kwargs, "exclude": (*kwargs["exclude"], "pick")}

    def get_context_data(self):
        return {**super().get_context_data(), "steps": self.steps}
