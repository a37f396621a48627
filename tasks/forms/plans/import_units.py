"""Form over the names of an imported table that the register does not know: what each is."""

from django import forms

from departments.choices import UnitKind
from departments.models import Collective, Unit
from tasks.services.plans.import_units import LATER, SAME
from wenshang_disclosure.core.web.forms import ServiceForm

from .answers import COLLECTIVES
from .imports import short


class OfferedUnitsForm(ServiceForm):
    """A field for each offered name; what is most likely is chosen already."""

    def __init__(self, *args, offers, **kwargs):
        """Create the fields of `offers`."""
        super().__init__(*args, **kwargs)
        self.offers = offers
        self.known = {name: f"unit:{pk}" for pk, name in Unit.objects.values_list("pk", "name")}
        collectives = list(Collective.objects.all())
        self.known |= {collective.name: f"collective:{collective.pk}" for collective in collectives}
        self.kinds = _kinds_by_collective(collectives)
        new = [offer.name for offer in offers if offer.proposed.startswith("new-unit:")]
        for offer in offers:
            self.fields[self._field(offer)] = self._choice(offer, new)

    @staticmethod
    def _field(offer):
        return f"is-{short(offer.name)}"

    def _choice(self, offer, new):
        likely = [(self.known[name], f"就是{name}") for name, *_ in offer.likely if name in self.known]
        others = [(f"{SAME}:{name}", f"同“{name}”") for name in new if name != offer.name]
        choices = [
            *([("名录中已有", likely)] if likely else []),
            *self.kinds,
            ("单位统称", COLLECTIVES),
            *([("另一写法", others)] if others else []),
            ("其他", [(LATER, "先不登记")]),
        ]
        initial = offer.proposed or (likely[0][0] if likely else LATER)
        return forms.ChoiceField(
            label=offer.name,
            choices=choices,
            initial=initial,
            widget=forms.Select(attrs={"class": "form-select", "aria-label": f"{offer.name}是"}),
            error_messages={"required": "请选择。", "invalid_choice": "请从所列的类别中选择。"},
        )

    def shown(self):
        """Return `[(offer, field)]` in the order of the table."""
        return [(offer, self[self._field(offer)]) for offer in self.offers]

    def keywords(self):
        return {"said": {offer.name: self.cleaned_data[self._field(offer)] for offer in self.offers}}


def _kinds_by_collective(collectives):
    """Return the kinds of units in groups that say to which collective each belongs."""
    belongs = {}
    for kind in UnitKind:
        names = [collective.name for collective in collectives if kind in collective.kinds]
        group = f"登记为新单位，属于“{'、'.join(names)}”" if names else "登记为新单位"
        belongs.setdefault(group, []).append((f"new-unit:{kind.value}", kind.label))
    return list(belongs.items())
