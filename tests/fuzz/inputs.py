"""What people and programs send that nobody thought of. The long forms try more of it than CI has time for."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.environment import LONG

EXAMPLES = 100 if LONG else 5

NASTY = [
    "",
    " ",
    "0",
    "-1",
    "1.5",
    "１２",
    "²",
    "9" * 30,
    "9223372036854775808",
    "1e400",
    "nan",
    "true",
    "None",
    "\x00",
    "a\x00b",
    "\r\nX: y",
    "\u202e",
    "\ufeff",
    "𠮷🏮",
    "'; --",
    "%",
    "_",
    "\\",
    "../../x",
    "{{ 7*7 }}",
    "<script>",
    "[]",
    "长" * 3000,
    "0001-01-01",
    "9999-12-31",
    "2024-02-30",
    "2024-12-31",
    "tasks.assignment:1",
    "-number",
    "--",
    "00000000-0000-0000-0000-000000000000",
]

words = st.one_of(st.sampled_from(NASTY), st.text(st.characters(exclude_categories=["Cs"]), max_size=30))


def tried(times=1):
    """Try so many examples for each of CI's, without a deadline, the same ones each time."""
    return settings(
        max_examples=EXAMPLES * times,
        deadline=None,
        derandomize=not LONG,  # what CI tries is always the same
        database=None,
        suppress_health_check=list(HealthCheck),
    )
