"""A limit that was typed in another unit than its own: answered as it stands, and a line asks what was meant."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from commands import Cli
from worlds import LIVE

import optimizer
from optimizer.answers.form.unusual_values import unusual_lines
from optimizer.catalogue import Catalogue
from optimizer.domain.field_units import factor_of
from optimizer.domain.likely_units import unit_meant
from optimizer.domain.limits import KINDS, LimitKind
from optimizer.units.language import speaking
from optimizer.web.answers import TOOLS, Answers

DATA = ["--data", str(LIVE)]
USUAL = [kind for kind in KINDS.values() if kind.usual]


@pytest.mark.parametrize("kind", USUAL, ids=lambda kind: kind.name)
def test_what_is_usual_is_not_asked_about(kind: LimitKind) -> None:
    """Neither within the range, nor a little outside of it: half the lowest value, twice the highest."""
    low, high = map(Decimal, kind.usual or ("1", "2"))
    for value in (low / 2, low, (low * high).sqrt(), high, high * 2):
        assert unit_meant(kind, value) is None
    meant = unit_meant(kind, high * 10**6)  # wrong: a KeyError, as days have no smaller unit that a number could be in
    assert meant is None or meant.startswith(f"{high * 10**6:f}")
    assert unit_meant(kind, Decimal("NaN")) is unit_meant(kind, Decimal("1e300")) is None


@pytest.mark.parametrize("kind", [kind for kind in USUAL if kind.name in ("grid", "energy", "carbon")], ids=str)
def test_a_middling_value_of_a_smaller_unit_is_asked_about(kind: LimitKind) -> None:
    """In the next smaller unit that a message names, the middle of the usual range: no number of its own."""
    low, high = map(Decimal, kind.usual or ("1", "2"))
    small = max((unit for unit in kind.written.split(", ")), key=lambda unit: 1 / factor_of(kind.field, unit))
    factor = factor_of(kind.field, small)
    value = Decimal(round((low * high).sqrt() * factor.denominator / factor.numerator))
    assert unit_meant(kind, value) == f"{value} {small}"


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--max-mw", "500"], "max_mw: 500 MW is far outside the usual range, 0.1 MW to 10 MW: did you mean 500 kW?"),
        (["--max-energy", "2000"], "max_energy: 2,000 GWh is far"),
        (
            ["--max-capital", "12"],
            "12 USD is far outside the usual range, 1,000,000 USD to 100,000,000 USD: did you mean 12M?",
        ),
        (["--budget", "20"], "budget: 20 USD is far"),
        (
            ["--budget", "20", "--lang", "es"],
            "está muy fuera del rango habitual, de 1.000.000 USD a 100.000.000 USD: ¿",
        ),
        (
            ["--max-mw", "500", "--lang", "pt"],
            "está muito fora da faixa habitual, de 0,1 MW a 10 MW: quis dizer 500 kW?",
        ),
    ],
)
def test_it_is_asked_at_a_terminal(command: Cli, flags: list[str], said: str) -> None:
    """Next to the answer, which is given all the same."""
    ran = command("plan", *flags, *DATA)
    assert ran.status in (0, 3) and said in ran.err
    assert "far outside" not in command("plan", *flags, "-q", *DATA).err


def test_it_is_asked_by_every_door(command: Cli, live: Catalogue) -> None:
    """In what a program reads, in a file, and of each site; and verify finds the file as it was written."""
    asked = "did you mean 500 kW?"
    given: dict[str, Any] = {"max_mw": "500", "deadline": "120d"}
    found = [optimizer.answer("plan", catalogue=live, **given).to_dict()]
    found += [json.loads(Answers(live, *door).written("plan", tuple(given.items()), "json")) for door in ((), (TOOLS,))]
    for answer in found:
        assert [text for text in answer["messages"] if asked in text] and answer == found[0]
    assert asked in Answers(live).written("plan", tuple(given.items()), "html").decode()
    assert command("plan", "--max-mw", "500", "--json", "-o", "plan.json", "--lang", "es", *DATA).status == 0
    assert command("verify", "plan.json", *DATA).status == 0
    with speaking("en"):
        assert unusual_lines({"sites": [{"max_mw": "500"}, {"max_mw": 500}], "run": {"max_mw": None}}) != []
        assert len(unusual_lines({"max_mw": ["0.5", "500"]})) == 1 and unusual_lines({"max_mw": "0.5"}) == []
