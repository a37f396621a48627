"""The score of a unit with its parts, and the ranks that may be shown."""

from dataclasses import dataclass

from reports import assessment
from reports.models import Assessment, AssessmentRow
from reports.plots import bar_length
from wenshang_disclosure.core.dates import day_end
from wenshang_disclosure.core.web.errors import may

EXTRA = "extra"


@dataclass(frozen=True)
class PartLine:
    """One criterion: its points, their maximum, the reason, the bar's length, and the rank or `None`."""

    label: str
    points: object
    out_of: object
    reason: str
    length: str
    rank: int | None


@dataclass(frozen=True)
class ScoreCard:
    """A unit's current score, the valid `assessment`, and where ranks may be shown its `rank` and `published` row."""

    total: object
    parts: list
    group: object
    rank: int | None
    size: int
    assessment: Assessment | None
    published: AssessmentRow | None


def of(scope, unit):
    """Return the `ScoreCard` of the unit on the scope's evening, `None` where it is not scored."""
    scores = assessment.scores_in(scope, assessment.current(scope.plan))
    own = next((score for score in scores if score.unit_id == unit.pk), None)
    if own is None:
        return None
    alike = [score for score in scores if score.group == own.group]
    latest = _published(scope)
    shows_rank = latest and may(scope.user, "reports.see_published_ranks")
    rows = AssessmentRow.objects.visible_to(scope.user).filter(assessment=latest, unit=unit)
    return ScoreCard(
        total=own.total,
        parts=[_line(name, own, alike) for name, part in own.parts.items() if name != EXTRA or part.points],
        group=own.group,
        rank=own.rank,
        size=len(alike),
        assessment=latest,
        published=rows.first() if shows_rank else None,
    )


def _published(scope):
    """Return the result that was valid on the evening, `None` where nothing had been published."""
    published = Assessment.objects.filter(plan=scope.plan, published_at__lt=day_end(scope.as_of))
    return published.order_by("-pk").first()


def _line(name, own, alike):
    part = own.parts[name]
    better = sum(score.parts[name].points > part.points for score in alike)
    return PartLine(
        label=assessment.CRITERIA[name].LABEL,
        points=part.points,
        out_of=part.out_of,
        reason=part.reason,
        length=bar_length(part.points, part.out_of),
        rank=better + 1 if own.rank else None,
    )
