"""No figure of what a plan uses is shown beyond the limit that it is compared with: by forms, languages and measures.

The card said 1.75 GWh beside a limit of 1.741, of a plan that uses 1.7405: it seemed to break its limit.
"""

from __future__ import annotations

import copy
import csv
import io
import json
import pickle
import random
import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from commands import Cli
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.answers.form.document import Document, Line, Table
from optimizer.answers.form.numbers import (
    megawatts,
    musd,
    round_half_even,
    tonnes,
    up,
    up_to_digits,
    up_to_read,
    usd,
)
from optimizer.answers.plan.planned_row import row_of
from optimizer.answers.plan.row import LIMIT_OF, used_in
from optimizer.answers.words.common_words import amount, plan_words
from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.plans.outcome import Plan
from optimizer.service.planning import planned
from optimizer.solve.planner import prepare, solve_prepared
from optimizer.units.language import LANGUAGES, speaking
from optimizer.units.within import Within, in_larger_unit, within

pytestmark = pytest.mark.usefixtures("few_draws")
F = Fraction
values = st.fractions(min_value=F(1, 10**6), max_value=10**9, max_denominator=10**9)
SCALES = {"M": 10**6, "millones": 10**6, "mi": 10**6}


@given(values, st.integers(0, 9), st.integers(0, 3))
@settings(max_examples=200, deadline=None)
def test_rounding_keeps_within_the_bound(value: Fraction, places: int, decimals: int) -> None:
    """The bound has a few digits more or fewer than what is shown; of a value beyond its bound nothing is hidden."""
    bound = Fraction(up(value, places))
    held = within(value, bound)
    for told in (up(held, decimals), up_to_digits(held, 3), up_to_read(held, decimals), megawatts(held), tonnes(held)):
        assert value <= F(told) <= bound or value <= F(told) == F(up(value, decimals))
        assert F(told) <= bound
    assert F(round_half_even(held, decimals)) <= bound
    for words in (usd(held), musd(held)):
        told_usd = F(words[1:].removesuffix("M").replace(",", "")) * (10**6 if words.endswith("M") else 1)
        assert told_usd <= bound
    beyond = within(value, value / 2)
    assert type(beyond) is Fraction and up(beyond, decimals) == up(value, decimals)


def test_a_held_figure_calculates_as_any_other() -> None:
    """What is calculated with it is plain; it survives copies and the way to another process with its bound."""
    held = within(F(7, 4), F(2))
    assert isinstance(held, Within) and type(held + 1) is Fraction and held == F(7, 4) and hash(held) == hash(F(7, 4))
    for again in (copy.copy(held), copy.deepcopy(held), pickle.loads(pickle.dumps(held))):
        assert isinstance(again, Within) and (again, again.bound) == (F(7, 4), F(2))
    larger = in_larger_unit(held, 1000)
    assert isinstance(larger, Within) and larger.bound == F(2, 1000)


LIMITS = {"peak_mw": "max_mw", "energy_gwh": "max_energy_gwh", "carbon_t": "max_carbon_t", "cost_usd": "budget_usd"}
LIMITS |= {"capital_usd": "max_capital_usd", "tpp": "max_tpp"}
"""What a plan uses -> the limit on it."""
UNITS = {"peak_mw": "MW", "energy_gwh": "GWh", "carbon_t": "tCO2e", "tpp": "TPP"}


def plan_of(case: Case, frozen: Catalogue) -> Plan | None:
    outcome = solve_prepared(prepare(case, frozen))
    return outcome if isinstance(outcome, Plan) else None


def at_their_limits(frozen: Catalogue, count: int) -> Iterator[tuple[Plan, dict[str, Fraction]]]:
    """Random plans, each with every measure limited to barely more than it uses, or to just that."""
    dice = random.Random(7)
    while count:
        own = {"country": dice.choice(["BR", "MX"]), "deadline_days": dice.randrange(80, 200)}
        own |= {"basis": dice.choice(["upfront", "amortised"]), "max_mw": Decimal(dice.choice(["0.7", "1", "2"]))}
        first = plan_of(Case(**own), frozen)
        if first is None:
            continue
        digits = dice.randrange(1, 7)
        bounds = {limit: up(F(getattr(first, name)), digits) for name, limit in LIMITS.items()}
        again = plan_of(Case(**{**own, **{limit: bound for limit, bound in bounds.items() if bound}}), frozen)
        if again is not None:
            count -= 1
            yield again, {name: F(bounds[limit]) for name, limit in LIMITS.items() if bounds[limit]}


def numbers(text: str, unit: str, code: str) -> list[Fraction]:
    """The numbers before a unit in a text, written as the language has them."""
    found = re.findall(rf"([0-9][0-9.,]*) {unit}\b", text)
    plain = [n.rstrip(".,").replace(",", "") if code == "en" else n.replace(".", "").replace(",", ".") for n in found]
    return [F(number) for number in plain]


def dollars(text: str, code: str) -> list[Fraction]:
    """The amounts of money in a text."""
    found = re.findall(r"(?:US\$ ?|\$)([0-9][0-9.,]*)( ?M\b| millones| mi\b)?", text)
    return [
        F(number.rstrip(".,").replace(",", "") if code == "en" else number.replace(".", "").replace(",", "."))
        * SCALES.get(scale.strip(), 1)
        for number, scale in found
    ]


def text_of_first(document: Document) -> str:
    """The lines of the first section, which are the decision."""
    return "\n".join(block.text for block in document.sections[0].blocks if isinstance(block, Line))


def cells_of(document: Document) -> str:
    """The cells of every table."""
    tables = (block for section in document.sections for block in section.blocks if isinstance(block, Table))
    return "\n".join(" ".join(row) for table in tables for row in table.rows)


def test_no_form_shows_a_plan_beyond_a_limit(frozen: Catalogue) -> None:
    """Card, sentence, limits, JSON and row of random plans at their limits, in three languages, each measure."""
    for plan, bounds in at_their_limits(frozen, 6):
        row = row_of("x", prepare(plan.setting.asked, frozen), plan)
        for name, bound in bounds.items():
            assert F(str(getattr(row, name))) <= bound, name
            assert plan.limits and F(up(getattr(plan, name), 2)) <= bound
            assert used_in(vars(row), name) == F(str(getattr(row, name)))
        for code in LANGUAGES:
            with speaking(code):
                said = plan_words(plan)
                card = text_of_first(planned(plan.setting.asked, frozen)).split("\n", 4)
                decision = "\n".join(card[:4])
                for name, unit in UNITS.items():
                    if name in bounds:
                        assert all(n <= bounds[name] for n in numbers(decision, unit, code)), (decision, bounds)
                assert max(numbers(said, "MW", code)) <= bounds["peak_mw"]
                assert dollars(said, code)[0] <= bounds["cost_usd"], said
                assert dollars(card[2], code)[0] <= bounds["cost_usd"], card[2]
                for use in plan.limits:
                    assert use.bound is not None
                    told = amount(use.unit, use.used)
                    shown = [*numbers(told, ".*", code), *dollars(told, code)]
                    assert shown and shown[0] <= use.bound, told


def test_every_column_of_use_has_its_limit() -> None:
    """A measure that may be limited, and whose column nobody matched with its limit, would be shown beyond it."""
    assert LIMIT_OF == LIMITS


def test_json_csv_and_markdown_of_a_plan_at_its_limits(command: Cli) -> None:
    """The plan of the command, read back from each form; the card beside its own limit."""
    words = ["plan", "--max-mw", "0.6", "--deadline", "90d", "-q"]
    first: dict[str, Any] = json.loads(command(*words, "--json").out)["outputs"]["plan"]
    limits = ["--max-energy", str(first["energy_gwh"]), "--budget", str(first["cost_usd"])]
    limits += ["--max-carbon", str(first["carbon_t"])]
    told = json.loads(command(*words, *limits, "--json").out)["outputs"]["plan"]
    (row,) = csv.DictReader(io.StringIO(command(*words, *limits, "--csv").out))
    for name in ("energy_gwh", "cost_usd", "carbon_t"):
        assert told[name] <= first[name] and float(row[name]) <= first[name]
    for form in (["--md"], ["--full"], []):
        text = command(*words, *limits, *form).out
        assert max(numbers(text.partition("##")[0][:900], "GWh", "en")) <= F(str(first["energy_gwh"]))


def test_a_cost_at_the_budget_is_not_rounded_beyond_it(command: Cli) -> None:
    """In millions the cheapest option would cost more than a budget of just what it costs: as an option, and as the
    plan that holds most often."""
    case = ("--use", "h100;a100", "--deadline", "90d", "--country", "MX", "--site-setup", "1000")
    row = next(csv.DictReader(io.StringIO(command("options", *case, "--csv", "-q").out)))
    budget = Decimal(row["plan_cost_usd"])
    rounded = f"${budget / 10**6:.2f}M"
    assert Decimal(rounded[1:-1]) * 10**6 > budget
    for words in (("options",), ("plan",), ("plan", "--confidence", "0.999")):
        text = command(*words, *case, "--budget", str(budget), "-q").out
        assert rounded not in text, text
