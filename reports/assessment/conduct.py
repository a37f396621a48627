"""Criterion 退回和催办: deductions for returned reports, 催办 and 督办."""

from .parts import Part, plain, rounded

LABEL = "退回和催办"


def score(unit, numbers):
    """Return the weight less deductions, at least 0."""
    weight = numbers.conduct
    counted = [
        ("退回报告", unit.returned, numbers.per_return),
        ("催办", unit.chased, numbers.per_chase),
        ("督办", unit.supervised, numbers.per_supervision),
    ]
    happened = [(name, number, number * each) for name, number, each in counted if number]
    if not happened:
        return Part(rounded(weight), weight, f"没有退回、催办和督办，不扣分，得{plain(weight)}分")
    lost = sum(deduction for _, _, deduction in happened)
    points = rounded(max(weight - lost, 0))
    told = "，".join(f"{name}{number}次扣{plain(deduction)}分" for name, number, deduction in happened)
    total = f"，合计扣{plain(lost)}分" if len(happened) > 1 else ""
    floor = "，扣完为止" if lost > weight else ""
    return Part(points, weight, f"{told}{total}{floor}，得{plain(points)}分")


def explained(numbers):
    """Return the explanation of the criterion."""
    each = f"报告每退回1次扣{plain(numbers.per_return)}分，每收到1次催办扣{plain(numbers.per_chase)}分"
    weight, supervision = plain(numbers.conduct), plain(numbers.per_supervision)
    return f"基础分{weight}分。{each}、督办扣{supervision}分，扣完为止。提醒（蓝）和自动提醒不扣分。"
