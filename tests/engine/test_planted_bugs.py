"""Bugs planted on purpose, one at a time, on one side of the proof or the other: each must be seen.

The table below names the bug, how it is planted, and who sees it: ``planner`` (the two sides disagree, so the
answer is ``undecided``), or a fact worked out by hand, where both sides stand on the same mistake. A planted bug
may also be without effect on a case; what must never come out is another plan.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import highspy
import numpy as np
import pytest
from facts import FACTS, FOUR_A100, fact_carbon_limit, fact_duty, fact_energy, fact_law, fact_power, fact_tie, planned
from worlds import dec, plain_case, plain_catalogue

from optimizer import Plan
from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.errors import SolverError
from optimizer.exact import columns as exact_columns
from optimizer.exact import measures as exact_measures
from optimizer.exact import option as exact_option
from optimizer.exact import problem as exact_problem
from optimizer.exact import search
from optimizer.exact import speed as exact_speed
from optimizer.law import routes as export_control
from optimizer.model import filling, limit_rows, measures, narrowing, programme
from optimizer.model.arrays import Arrays
from optimizer.model.programme import Programme
from optimizer.options import cost, performance, power
from optimizer.solve import highs, planner
from optimizer.solve import mix as agreement
from optimizer.solve.planner import plan

Patch = pytest.MonkeyPatch
verifier = sys.modules[planner.verify.__module__]


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.__name__)
def test_facts_by_hand(fact: Callable[[Catalogue], None], frozen: Catalogue) -> None:
    """Sums done by hand come out; each docstring says which."""
    fact(replace(frozen, cache={}))


# -- the cases on which planted bugs are looked for --------------------------------------------------------------------

FROZEN_CASES = (
    FOUR_A100,
    FOUR_A100.changed(max_mw="0.047999"),
    FOUR_A100.changed(supply={"a100": 35}, use=("a100", "h100")),
    FOUR_A100.changed(use=(), budget_usd=900_000, objective="days"),
    FOUR_A100.changed(deadline_from="order", deadline_days=54, max_accelerators=36),
    Case(workload="dense-small", country="CN", import_duty=0, deadline_days=60),
    Case(workload="moe-10k", country="MX", objective="days", max_mw="0.5"),
    Case(workload="moe-10k", country="VN", deadline_days=90, max_mw="2", basis="amortised"),
    FOUR_A100.changed(max_energy_gwh="0.02303"),
    FOUR_A100.changed(max_carbon_t="2.303"),
    FOUR_A100.changed(max_capital_usd=907_000),
)

TINY = {
    "a": {"pflops": 1, "kw": 10, "usd": 100},
    "b": {"pflops": 1, "kw": 20, "usd": 150},
    "c": {"pflops": 1, "kw": 20, "usd": 170},
}
MIXED = plain_case(30, mix=2, deadline_days=10, supply={"a": 1, "b": 2, "c": 2}, max_mw="0.07")
"""a + 2 b in 10 days: 400 USD and 50 kW. With three kinds: no better; with one kind: none has three servers."""
THREE_KINDS = MIXED.changed(supply={"a": 1, "b": 1, "c": 1})
"""Three kinds would do it; two cannot."""
CAPPED = MIXED.changed(max_mw="0.049")
"""Two of ``b`` and one of ``a`` draw 50 kW: no plan."""
LIMITED = (
    MIXED.changed(max_energy_gwh="0.0119"),
    MIXED.changed(max_carbon_t="1.19"),
    MIXED.changed(max_capital_usd=399),
)
"""``a`` for 10 days and ``b`` for 20 take 2,400 + 9,600 kWh, at 100 g, and cost 100 + 2 x 150 USD:
no plan does less."""
NONE = (*(FROZEN_CASES[i] for i in (1, 4, 8, 9, 10)), THREE_KINDS, CAPPED, *LIMITED)
"""The cases without a plan."""


TINY_CASES = (MIXED, THREE_KINDS, CAPPED, *LIMITED)


def answers(frozen: Catalogue, *, tolerant: bool) -> list[Any]:
    """What the planner says of every case, with nothing kept from before: a plan in figures, or ``undecided``."""
    plain = replace(frozen, cache={})
    tiny = plain_catalogue(frozen, TINY, staff_fte=1, engineer_usd_per_year=365)
    told = []
    for case, catalogue in [(c, plain) for c in FROZEN_CASES] + [(c, tiny) for c in TINY_CASES]:
        try:
            outcome = plan(case, catalogue)
        except SolverError:
            assert tolerant
            told.append("undecided")
            continue
        told.append(
            [(i.key, i.servers) for i in outcome.items] + [outcome.days, outcome.cost_usd, outcome.peak_kw]
            if isinstance(outcome, Plan)
            else outcome.cause
        )
    return told


@pytest.fixture(scope="module")
def honest(frozen: Catalogue) -> list[Any]:
    told = answers(frozen, tolerant=False)
    for case, answer in zip((*FROZEN_CASES, *TINY_CASES), told, strict=True):
        assert (answer == "limits") == (case in NONE), case
    return told


# -- the bugs ----------------------------------------------------------------------------------------------------------


def wrapped(patch: Patch, module: Any, name: str, change: Callable[[Any], Any]) -> None:
    """The result of a function, changed."""
    inner = getattr(module, name)
    patch.setattr(module, name, lambda *given, **named: change(inner(*given, **named)))


def constant(patch: Patch, module: Any, name: str, value: Callable[..., Any]) -> None:
    patch.setattr(module, name, value)


def without(kind: str) -> Callable[[Any], Any]:
    """Caps, or ceilings and caps, without those of a kind."""

    def left(found: Any) -> Any:
        if isinstance(found, tuple):
            return tuple(left(list(some)) for some in found)
        return [one for one in found if one.limit.kind != kind]

    return left


def in_other_units(patch: Patch, module: Any) -> None:
    """What is told in GWh, tonnes and MW is the thousandth of what it should be."""
    how_many = module.how_many
    patch.setattr(module, "how_many", lambda small, large: how_many(small, large) * (1 if small == large else 1000))


def without_shortcuts(patch: Patch) -> None:
    """The solver is given the whole model, from which nothing was left out."""
    for room in (planner, agreement):
        patch.setattr(room, "reduce_programme", lambda given, known: given)


def fractional_servers(patch: Patch) -> None:
    """Servers need not be whole, in the whole model: one that was narrowed has whole bounds that make good for it."""
    without_shortcuts(patch)

    def fractional(filled: Arrays) -> Arrays:
        whole = [name[0] != "n" and kind for name, kind in zip(filled.names, filled.integer, strict=True)]
        return replace(filled, integer=np.array(whole))

    wrapped(patch, filling, "fill", fractional)


def wide_gap(patch: Patch) -> None:
    """HiGHS is told a relative gap of 90 %, and stops at what its heuristics find in the whole model."""
    without_shortcuts(patch)
    set_option = highspy.Highs.setOptionValue

    def wrong(solver: Any, name: str, value: Any) -> Any:
        return set_option(solver, name, 0.9 if name == "mip_rel_gap" else value)

    patch.setattr(highs.highspy.Highs, "setOptionValue", wrong)


def one_day_less(given: Programme | None) -> Programme | None:
    """What is left out is one day too many: the days of the best plan, if only these were left."""
    return given and (replace(given, days_high=given.days_high - 1) if given.days_high > given.days_low else None)


def one_option_less(given: Programme | None) -> Programme | None:
    return given and (replace(given, kept=given.kept[1:]) if len(given.kept) > 1 else None)


def one_kind_more(patch: Patch) -> None:
    wrapped(patch, programme, "programme", lambda given: given and replace(given, mix=given.mix + 1))


def longest_of_ties(patch: Patch) -> None:
    least = search._least

    def wrong(pairs: Any, measure: Any, positions: Any) -> Any:
        return (
            positions[pairs.days[positions] == pairs.days[positions].max()]
            if measure.name == "days"
            else least(pairs, measure, positions)
        )

    patch.setattr(search, "_least", wrong)


def anything_goes(patch: Patch) -> None:
    """Denied chips enter the options, and the verifier does not mind."""
    patch.setattr(export_control, "USABLE", frozenset({"free", "exception", "approval", "case_by_case", "denial"}))
    patch.setattr(verifier, "unlawful", lambda setting, items: [])


def in_catalogue(**changes: Any) -> Callable[[Catalogue], Catalogue]:
    """A catalogue with a wrong figure in it, which both sides read."""
    return lambda catalogue: replace(catalogue, cache={}, **{name: make(catalogue) for name, make in changes.items()})


def _one(table: str, key: Any, **figures: Any) -> Callable[[Catalogue], Any]:
    return lambda catalogue: {
        **getattr(catalogue, table),
        key: getattr(catalogue, table)[key].model_copy(update={n: dec(v) for n, v in figures.items()}),
    }


@dataclass(frozen=True)
class Bug:
    rule: str
    side: str
    """``model``: options, limits, MILP; ``exact``: the second proof; ``both``; ``data``: the tables themselves."""
    plant: Callable[[Patch], None] = lambda patch: None
    seen_by: Any = "planner"
    """``planner``, or the fact by hand that no longer holds."""
    data: Callable[[Catalogue], Catalogue] | None = None


BUGS = (
    # rule          side     how it is planted
    Bug("PUE", "model", lambda p: constant(p, power, "peak_kw", lambda kw, n, net, pue: power.it_kw(kw, n, net))),
    Bug(
        "PUE", "exact", lambda p: wrapped(p, exact_option, "exact_option", lambda o: replace(o, peak_kw=o.peak_kw / 2))
    ),
    Bug("PUE", "data", data=in_catalogue(countries=_one("countries", "BR", pue=1.05)), seen_by=fact_power),
    Bug("cap", "model", lambda p: wrapped(p, limit_rows, "bound_measures", without("grid"))),
    Bug("cap", "exact", lambda p: wrapped(p, exact_problem, "bound_measures", without("grid"))),
    Bug("energy", "model", lambda p: wrapped(p, limit_rows, "bound_measures", without("energy"))),
    Bug("energy", "exact", lambda p: wrapped(p, exact_problem, "bound_measures", without("energy"))),
    Bug("carbon", "model", lambda p: wrapped(p, limit_rows, "bound_measures", without("carbon"))),
    Bug("carbon", "exact", lambda p: wrapped(p, exact_problem, "bound_measures", without("carbon"))),
    Bug("capital", "model", lambda p: wrapped(p, limit_rows, "bound_measures", without("capital"))),
    Bug("capital", "exact", lambda p: wrapped(p, exact_problem, "bound_measures", without("capital"))),
    Bug("capital", "model", lambda p: wrapped(p, planner, "options_table", _half_the_hardware)),
    Bug("units", "model", lambda p: in_other_units(p, measures)),
    Bug("units", "exact", lambda p: in_other_units(p, exact_measures)),
    Bug(
        "units", "both", lambda p: [in_other_units(p, m) for m in (measures, exact_measures)], seen_by=fact_carbon_limit
    ),
    Bug("supply", "model", lambda p: wrapped(p, limit_rows, "_caps", without("supply"))),
    Bug("supply", "exact", lambda p: wrapped(p, exact_problem, "_caps", without("supply"))),
    Bug("work", "model", lambda p: wrapped(p, limit_rows, "work_pflops_days", lambda work: 0.9 * work)),
    Bug("work", "exact", lambda p: _problem(p, lambda w: {"work_pflops_days": w.work_pflops_days * Fraction(9, 10)})),
    Bug("billing", "model", lambda p: constant(p, cost, "staff_usd_per_day", lambda fte, usd: fte * usd / 360)),
    Bug("billing", "exact", lambda p: _problem(p, lambda w: {"staff_usd_per_day": w.staff_usd_per_day * 365 / 360})),
    Bug("billing", "model", lambda p: wrapped(p, cost, "energy_usd_per_day", lambda usd: usd / 24)),
    Bug("billing", "both", lambda p: [constant(p, m, "HOURS_PER_DAY", 12) for m in SIDES], seen_by=fact_energy),
    Bug("deadline", "model", lambda p: wrapped(p, planner, "demand", lambda d: _later(d))),
    Bug("deadline", "exact", lambda p: _problem(p, lambda w: {"deadline_days": w.deadline_days + 1})),
    Bug("eligibility", "model", lambda p: constant(p, export_control, "USABLE", export_control.USABLE | {"denial"})),
    Bug("eligibility", "exact", lambda p: constant(p, verifier, "_chip_class", lambda *given: "other")),
    Bug("eligibility", "both", anything_goes, seen_by=fact_law),
    Bug("integrality", "model", fractional_servers),
    Bug("integrality", "exact", lambda p: wrapped(p, search, "_rounded", lambda whole: whole + 1)),
    Bug("integrality", "exact", lambda p: wrapped(p, search, "_rounded", lambda whole: whole - 1)),
    Bug("narrowing", "model", lambda p: wrapped(p, narrowing, "narrow", one_day_less)),
    Bug("narrowing", "model", lambda p: wrapped(p, narrowing, "narrow_mix", one_option_less)),
    Bug("gap", "model", wide_gap),
    Bug("mix", "model", one_kind_more),
    Bug("mix", "both", lambda p: [one_kind_more(p), _blind_to(p, "mix")]),
    Bug("duty", "model", lambda p: constant(p, cost, "landed_factor", lambda tax: 1.0)),
    Bug("duty", "exact", lambda p: constant(p, exact_option, "_tax_ratio", lambda *rates: Fraction(0))),
    Bug("duty", "data", data=in_catalogue(tax_regimes=lambda c: tuple(_untaxed(c))), seen_by=fact_duty),
    Bug("tie-break", "exact", longest_of_ties, seen_by=fact_tie),
)
SIDES: tuple[Any, ...] = (cost, exact_option, exact_columns, verifier)


def _later(asked: Any) -> Any:
    return replace(asked, deadline_days=asked.deadline_days + 1)


def _half_the_hardware(table: Any) -> Any:
    """Half of what bought hardware is worth."""
    return replace(table, capital_usd=table.capital_usd / 2, derived={})


def _problem(patch: Patch, change: Callable[[Any], dict[str, Any]]) -> None:
    """The exact problem that the search and the planner stand on, changed; the verifier has its own."""
    wrapped(patch, planner, "exact_problem", lambda problem: replace(problem, **change(problem)))


def _blind_to(patch: Patch, name: str) -> None:
    wrapped(patch, agreement, "violations", lambda broken: [item for item in broken if item[0] != name])


def _untaxed(catalogue: Catalogue) -> Iterator[Any]:
    for row in catalogue.tax_regimes:
        yield row.model_copy(update={"duty": dec(0)}) if (row.country, row.regime) == ("BR", "standard") else row


@contextmanager
def planted(bug: Bug) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        bug.plant(patch)
        yield


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: f"{bug.rule}-{bug.side}")
def test_a_planted_bug_is_seen(bug: Bug, frozen: Catalogue, honest: list[Any]) -> None:
    """With the bug in place some answer is undecided, and none is another plan; or a fact by hand fails.

    The wrong outcome is a plan that differs from the honest one without a word.
    """
    catalogue = bug.data(frozen) if bug.data else replace(frozen, cache={})
    with planted(bug):
        if bug.seen_by != "planner":
            with pytest.raises(AssertionError):
                bug.seen_by(catalogue)
            return
        told = answers(frozen, tolerant=True)
    assert all(now in ("undecided", then) for now, then in zip(told, honest, strict=True)), told
    assert "undecided" in told


@pytest.mark.parametrize("side", ["model", "exact", "cached"])
def test_a_factor_of_the_models_size_on_one_side_only_is_seen(side: str, frozen: Catalogue) -> None:
    """Half the speed for models of 10B as for those of 20B on Ampere: 8 A100 servers x 25 days in place of 4.

    With the factor on one side only, or a table of options kept from a model of another size, the answer is undecided;
    the wrong outcome is a plan of 4 servers, at half the price.
    """
    (any_size,) = frozen.model_sizes["measured"]
    line = {"params_from_b": dec(10), "params_at_one_b": dec(20), "per_doubling": dec(2)}
    small = any_size.model_copy(update={"generations": ("Ampere",), **line})
    catalogue = replace(frozen, model_sizes={**frozen.model_sizes, "measured": (small, any_size)}, cache={})
    own = FOUR_A100.changed(workload=None, params_total_b=10, params_active_b=10, tokens_t="0.144")
    assert (planned(own, catalogue).servers, planned(own, catalogue).days) == (8, 25)
    large = own.changed(params_total_b=20, params_active_b=20, tokens_t="0.072")
    assert (planned(large, catalogue).servers, planned(large, catalogue).days) == (4, 25)
    if side == "cached":
        return
    with pytest.MonkeyPatch.context() as patch:
        if side == "model":
            constant(patch, performance, "model_size_of", lambda rows, generation, architecture: any_size)
        else:
            constant(patch, exact_speed, "_model_size_factor", lambda setting, generation: Fraction(1))
        with pytest.raises(SolverError):
            plan(own, replace(catalogue, cache={}))


def test_every_rule_has_a_bug_on_the_side_of_the_model() -> None:
    """The table is complete: each rule is broken on the model's side, and on the exact side where it has one."""
    rules = {"PUE", "cap", "supply", "work", "billing", "deadline", "eligibility", "integrality", "mix", "duty"}
    rules |= {"energy", "carbon", "capital", "units"}
    assert {bug.rule for bug in BUGS if bug.side == "model"} == rules | {"gap", "narrowing"}
    assert {bug.rule for bug in BUGS if bug.side in ("exact", "both")} == rules | {"tie-break"}
