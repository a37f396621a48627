"""Values of a rubric: weights, worth of ratings, deductions and extra points, with their limits."""

from dataclasses import asdict, dataclass, fields
from decimal import Decimal

from reports.models import Rubric


@dataclass(frozen=True)
class RubricValues:
    """Values of a rubric; the defaults apply until the office saves its own."""

    completion: Decimal = Decimal(50)
    timeliness: Decimal = Decimal(20)
    quality: Decimal = Decimal(20)
    conduct: Decimal = Decimal(10)
    excellent: Decimal = Decimal(100)
    good: Decimal = Decimal(80)
    fair: Decimal = Decimal(60)
    poor: Decimal = Decimal(30)
    unrated: Decimal = Decimal(80)
    per_return: Decimal = Decimal("0.5")
    per_chase: Decimal = Decimal(1)
    per_supervision: Decimal = Decimal(2)
    per_case: Decimal = Decimal(1)
    most_extra: Decimal = Decimal(5)

    @classmethod
    def from_data(cls, data):
        """Return the values stored in a rubric or assessment, with defaults for missing ones."""
        names = {field.name for field in fields(cls)}
        return cls(**{name: Decimal(value) for name, value in data.items() if name in names})

    @property
    def mark(self):
        """All values in one line, for comparing rubrics."""
        return "/".join(f"{value.normalize():f}" for value in asdict(self).values())

    def as_data(self):
        """Return the values as JSON-serialisable data without loss."""
        return {name: str(value) for name, value in asdict(self).items()}


@dataclass(frozen=True)
class Field:
    """One value of the form: name, label and maximum (the minimum is 0)."""

    name: str
    label: str
    most: int
    hint: str = ""


WEIGHTS = (
    Field("completion", "办结情况", 100),
    Field("timeliness", "按时情况", 100),
    Field("quality", "报告质量", 100),
    Field("conduct", "退回和催办", 100),
)
RATINGS = (
    Field("excellent", "优", 100),
    Field("good", "良", 100),
    Field("fair", "一般", 100),
    Field("poor", "较差", 100),
    Field("unrated", "未评价", 100),
)
DEDUCTIONS = (
    Field("per_return", "每退回1次扣", 10),
    Field("per_chase", "每催办1次扣", 10),
    Field("per_supervision", "每督办1次扣", 10),
)
EXTRA = (
    Field("per_case", "典型经验每件加", 10),
    Field("most_extra", "最多加", 20),
)
FROM_THE_WEIGHT = "从“退回和催办”一项的分值中扣，扣完为止。一份催办、督办涉及同一单位几件事项的，按1次计。"
GROUPS = (
    ("各项分值", "四项合计100分。", WEIGHTS),
    ("质量评价折算（百分制）", "审核时评定的等次各按多少分计；审核通过而没有评价的，按“未评价”计。", RATINGS),
    (
        "退回和催办扣分",
        FROM_THE_WEIGHT,
        DEDUCTIONS,
    ),
    ("典型经验加分", "在100分之外另加。", EXTRA),
)
FIELDS = tuple(field for _, _, group in GROUPS for field in group)


def problems(numbers):
    """Return `{field name or None: sentence}` of invalid values; empty if the rubric is valid."""
    wrong = {field.name: _outside(field) for field in FIELDS if not 0 <= getattr(numbers, field.name) <= field.most}
    total = sum(getattr(numbers, field.name) for field in WEIGHTS)
    if total != 100:
        wrong[None] = f"四项分值合计应为100分，现为{total.normalize():f}分。"
    ladder = [getattr(numbers, field.name) for field in RATINGS[:4]]
    if ladder != sorted(ladder, reverse=True):
        wrong.setdefault("good", "优、良、一般、较差的折算分应依次不高于前一档。")
    if numbers.poor > numbers.unrated or numbers.unrated > numbers.excellent:
        wrong.setdefault("unrated", "“未评价”的折算分应在“较差”和“优”之间。")
    return wrong


def _outside(field):
    return f"“{field.label}”应在0至{field.most}之间。"


def current(plan):
    """Return the values in force for the plan."""
    rubric = Rubric.objects.filter(plan=plan).first()
    return RubricValues.from_data(rubric.criteria) if rubric else RubricValues()
