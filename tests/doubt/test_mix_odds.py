"""The odds of a mix: its costs, days and limits in every draw, held against exact arithmetic from the raw data."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from optimizer import Case, Plan
from optimizer.answers.plan.odds_words import odds_line
from optimizer.catalogue import Catalogue
from optimizer.exact import ExactOptions, exact_option, problem_over
from optimizer.exact.shares import at_work
from optimizer.plans.verify import violations
from optimizer.solve.planner import plan, prepare
from optimizer.uncertainty.drawn_mix import draw_mix
from optimizer.uncertainty.drawn_option import draw_option
from optimizer.uncertainty.fixed_choice import scenario_setting
from optimizer.uncertainty.odds import odds_of
from optimizer.uncertainty.outlook import outlook_of
from optimizer.uncertainty.ranges import with_ranges
from optimizer.uncertainty.sample import Sample

MIXED = Case(
    country="BR",
    mix=2,
    use=("h100", "b200"),
    procurement=("buy", "rent"),
    supply={"h100": 160, "b200": 72},
    rent={"h100": "2:4"},
    deadline_days=90,
    max_mw="0.6",
    budget_usd=9_000_000,
    site_setup_usd=100_000,
)
RANGES = ("price:b200=30000:90000", "mfu:h100=0.7:1.3", "mfu:b200=0.7:1.3", "staff_fte=1:90")


def of(catalogue: Catalogue, **changes: Any) -> tuple[Plan, Any, Sample]:
    """A plan of the mixed case, the case made ready, and a small sample of what is doubtful about it."""
    case = MIXED.changed(**changes)
    found = plan(case, catalogue)
    assert isinstance(found, Plan)
    ready = prepare(case, catalogue)
    keys = tuple(item.key for item in found.items)
    chips = {key.accelerator for key in keys}
    known = with_ranges(ready.setting, keys, [text for text in RANGES if _about(text) in {*chips, ""}])
    return found, ready, Sample(known, 24, 1)


def _about(text: str) -> str:
    return text.partition("=")[0].partition(":")[2]


@pytest.mark.parametrize("least_days", [None, 89])
def test_every_draw_equals_the_exact_figures(frozen: Catalogue, least_days: int | None) -> None:
    """Cost, days and limits of each draw, by the rules of the verifier. Wrong: the sum of two plans of one kind, or a
    minimum of days that is left out."""
    hire = {at: row.model_copy(update={"min_days": least_days}) for at, row in frozen.hire.items()}
    own: dict[str, Any] = {"rent": ()} if least_days else {}  # a rent of one's own has no minimum
    found, ready, sample = of(replace(frozen, hire=hire, cache={}), **own)
    assert len(found.items) == 2
    drawn = draw_mix(ready, found.items, sample)
    _, met = drawn.met()
    seen = set()
    for draw in range(sample.count):
        setting = scenario_setting(sample.known, sample.scenario(draw))
        problem = problem_over(setting, ExactOptions(exact_option(setting, item.key) for item in found.items))
        used, days = at_work(problem, {i: item.servers for i, item in enumerate(found.items)})
        assert drawn.days[draw] == days
        assert drawn.cost_usd[draw] == pytest.approx(float(problem.measure("cost").value(used, days)), rel=1e-12)
        assert met[draw] == (not violations(problem, used, days, 2))
        seen.add(bool(met[draw]))
    assert seen == {True, False}


def test_a_mix_of_one_kind_has_the_odds_of_that_kind(frozen: Catalogue) -> None:
    """The same servers by either way."""
    found, ready, sample = of(frozen, use="h100", supply={}, procurement="rent", budget_usd=None, max_mw=2, mix=1)
    (item,) = found.items
    place = next(i for i, option in enumerate(ready.table.options) if option.key == item.key)
    alone, mixed = draw_option(ready, place, sample), draw_mix(ready, found.items, sample)
    assert np.allclose(mixed.cost_usd, alone.cost_usd(item.servers), rtol=1e-12)
    assert np.array_equal(mixed.met()[1], alone.met(item.servers))


def test_a_mix_has_odds(frozen: Catalogue) -> None:
    """In the third line, as every plan. Wrong: none, because it has two kinds of server."""
    found, ready, _ = of(frozen)
    odds = odds_of(found, ready)
    assert odds is not None and 0 < odds.met <= odds.draws and odds.p10_usd < odds.mean_usd < odds.p90_usd
    assert odds_line(outlook_of(found, ready).odds).startswith("$")
