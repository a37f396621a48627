"""The county's names, for tests that need no database."""

import json
from pathlib import Path

from tasks.imports.meaning.understanding import Register

FIXTURES = Path(__file__).parents[3] / "fixtures"


def county_register():
    units = json.loads((FIXTURES / "units.json").read_text())["units"]
    collectives = json.loads((FIXTURES / "collectives.json").read_text())["collectives"]
    return Register(
        [unit["name"] for unit in units],
        [collective["name"] for collective in collectives],
        {alias: unit["name"] for unit in units for alias in unit["aliases"]},
    )
