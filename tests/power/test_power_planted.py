"""Bugs planted on purpose in the supply of a site: on one side of the proof each, and every one of them is caught."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Any

import pytest
from worlds import live_catalogue

from optimizer.domain import Case
from optimizer.errors import OptimizerError
from optimizer.power import arrays, costs, dispatch, exact, plan, proof
from optimizer.power.columns import Columns
from optimizer.power.fleets import ExactFleets
from optimizer.power.plan import PowerPlan, power_ready, settled
from optimizer.power.site import PowerSite
from optimizer.power.verify import faults

SITE: dict[str, Any] = {"country": "ZA", "max_mw": 1, "deadline_days": 180, "days_of_year": 2, "use": "gb300_nvl72"}
HOURS = 2 * 24
NIGHT: dict[str, Any] = {"outage": "20-2", "power": "grid;battery", "max_mw": 2}
"""The store is full before the evening and half empty at midnight."""
SUN: dict[str, Any] = {"outage": "17-21", "min_renewable": "0.97"}
PAUSED: dict[str, Any] = {"outage": "17-21", "power": "grid", "restart_hours": 2}
FUEL: dict[str, Any] = {"outage": "17-21", "power": "grid;genset", "demand_charge_usd": 20}
Wrong = Callable[[Any], Any]


def _answer(words: dict[str, Any]) -> PowerPlan:
    ready = power_ready(Case(**{**SITE, **words}), live_catalogue().without_cache())
    found = settled(ready, ready.site, "planted")
    assert isinstance(found, PowerPlan)
    return found


@cache
def _honest(words: tuple[tuple[str, Any], ...]) -> PowerPlan:
    return _answer(dict(words))


def _caught(words: dict[str, Any], where: Any, name: str, wrong: Wrong, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the bug there is a plan; with it there is none, rather than a wrong one."""
    _honest(tuple(words.items()))
    monkeypatch.setattr(where, name, wrong(vars(where)[name]))
    with pytest.raises(OptimizerError):
        _answer(words)


# -- in the arrays of the solver ---------------------------------------------------------------------------------------


def _kept(honest: Any, drop: Callable[[Any, Columns], Any]) -> Any:
    def wrong(site: PowerSite, columns: Columns) -> Any:
        rows = honest(site, columns)
        kept = ~drop(rows, columns)
        return replace(rows, row=rows.row[kept], column=rows.column[kept], value=rows.value[kept])

    return wrong


def _without_rows(first: int, count: int) -> Wrong:
    """Some rows left out: the solver may do there what it likes."""
    return lambda honest: _kept(honest, lambda rows, _: (rows.row >= first) & (rows.row < first + count))


def _without_flow(name: Any, first: int, count: int) -> Wrong:
    """A flow left out of some rows."""

    def drop(rows: Any, columns: Columns) -> Any:
        place = columns.flow(name, 0, 0)
        of_flow = (rows.column >= place) & (rows.column < place + HOURS)
        return of_flow & (rows.row >= first) & (rows.row < first + count)

    return lambda honest: _kept(honest, drop)


def _of(change: Callable[[PowerSite], PowerSite]) -> Wrong:
    """The function sees another site."""
    return lambda honest: lambda site, *more: honest(change(site), *more)


def _block(place: int) -> int:
    """The first of the rows of a kind: the work first, then as many as there are hours for each."""
    return 1 + place * HOURS


def _lighter(site: PowerSite) -> PowerSite:
    """The dark day type as rare as a fifth of what it is; the weights no longer add up to 1."""
    days = tuple(replace(day, weight=day.weight / 5) if place == 0 else day for place, day in enumerate(site.days))
    return replace(site, days=days)


IN_ARRAYS: dict[str, tuple[dict[str, Any], str, Wrong]] = {
    "work": (FUEL, "_rows", _without_rows(0, 1)),
    "balance": (SUN, "_rows", _without_rows(_block(0), HOURS)),
    "charge in the balance": (SUN, "_rows", _without_flow("chg", _block(0), HOURS)),
    "fleet in use": (PAUSED, "_rows", _without_rows(_block(1), HOURS)),
    "store": (SUN, "_rows", _without_rows(_block(2), HOURS)),
    "size of the store": (SUN, "_rows", _without_rows(_block(3), HOURS)),
    "least charge": (SUN, "_rows", _without_rows(_block(4), HOURS)),
    "converter": (SUN, "_rows", _without_rows(_block(5), HOURS)),
    "contract": (FUEL, "_rows", _without_rows(_block(6), HOURS)),
    "genset": (FUEL, "_rows", _without_rows(_block(7), HOURS)),
    "midnight": (NIGHT, "_rows", _without_rows(_block(8), 4)),
    "peak": (FUEL, "_rows", _of(lambda site: replace(site, peak_ratio=Fraction(1)))),
    "converter peak": (NIGHT, "_rows", _of(lambda site: replace(site, peak_ratio=Fraction(1)))),
    "restart": (PAUSED, "_rows", _of(lambda site: replace(site, restart_h=site.restart_h / 100))),
    "weights": (SUN, "_rows", _of(_lighter)),
    "weights of the costs": (FUEL, "_running", _of(_lighter)),
    "renewable share": (SUN, "_rows", _of(lambda site: replace(site, min_renewable=Fraction(1, 2)))),
    "efficiency": (SUN, "_rows", _of(lambda site: replace(site, efficiency_in=Fraction(1)))),
    "annuity": (SUN, "recovery", lambda honest: lambda rate, years: honest(rate, years) * 0.8),
    "capital": (SUN, "_capital", lambda honest: lambda site, columns: honest(site, columns) * 0.9),
    "demand charge": (FUEL, "_running", _of(lambda site: replace(site, demand_usd_per_kw_month=Fraction(0)))),
    "price of fuel": (FUEL, "_running", _of(lambda site: replace(site, fuel_usd_per_kwh=site.fuel_usd_per_kwh / 2))),
}


LIGHT = ("balance", "midnight", "converter peak", "restart", "weights", "annuity", "demand charge", "renewable share")
"""Those that every run of the tests plants; the campaigns plant all."""


def _bugs(names: Iterable[str]) -> Iterator[Any]:
    for name in names:
        yield pytest.param(name, marks=() if name in LIGHT else pytest.mark.campaign)


@pytest.mark.parametrize("bug", list(_bugs(IN_ARRAYS)))
def test_a_bug_of_the_solvers_side_is_caught(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The plan cannot be carried out in exact figures, or costs more than the bound in fractions by more than a gap."""
    words, name, wrong = IN_ARRAYS[bug]
    _caught(words, arrays, name, wrong, monkeypatch)


# -- in the rows, costs and hours of the proof ------------------------------------------------------------------------


def _property(change: Callable[[PowerSite], PowerSite]) -> Wrong:
    """A figure of the whole programme, from another site."""

    def wrong(honest: Any) -> Any:
        return property(lambda self: honest.func(replace(self, site=change(self.site))))

    return wrong


IN_PROOF: dict[str, tuple[dict[str, Any], Any, str, Wrong]] = {
    "balance": (SUN, exact, "_balance", lambda honest: lambda *given: honest(*given)[:-2]),
    "store": (SUN, exact, "_store", lambda honest: lambda *given: honest(*given)[:1]),
    "converter peak": (NIGHT, exact, "_converter", _of(lambda site: replace(site, peak_ratio=Fraction(1)))),
    "contract": (FUEL, exact, "_contract", _of(lambda site: replace(site, peak_ratio=Fraction(1)))),
    "genset": (FUEL, exact, "_genset", _of(lambda site: replace(site, peak_ratio=Fraction(1)))),
    "restart": (PAUSED, exact, "_work_done", _of(lambda site: replace(site, restart_h=Fraction(0)))),
    "weights": (SUN, exact, "_work_done", _of(_lighter)),
    "renewable share": (SUN, exact, "_bought", lambda honest: lambda *given: [(c, w / 2) for c, w in honest(*given)]),
    "demand charge": (
        FUEL,
        exact.ExactSupply,
        "running",
        _property(lambda site: replace(site, demand_usd_per_kw_month=Fraction(0))),
    ),
    "annuity": (SUN, exact, "charged_usd", lambda honest: lambda site, name: honest(site, name) * Fraction(9, 10)),
    "terms": (FUEL, proof, "terms_usd", lambda honest: lambda *given: {**honest(*given), "fuel": Fraction(1)}),
    "annuity of the terms": (
        SUN,
        costs,
        "charged_usd",
        lambda honest: lambda site, name: honest(site, name) * Fraction(9, 10),
    ),
    "midnight": (NIGHT, dispatch, "_stored", lambda honest: lambda *given: honest(*given[:5], given[4]["battery"])),
    "peak of a server": (
        FUEL,
        ExactFleets,
        "peak_ratio",
        lambda honest: lambda self, place: honest(self, place) * Fraction(142, 155),
    ),
}


@pytest.mark.campaign
@pytest.mark.parametrize("bug", IN_PROOF)
def test_a_bug_of_the_proof_is_caught(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound in fractions then lies above the plan, or too far below it, or the plan is not the one it was."""
    words, where, name, wrong = IN_PROOF[bug]
    _caught(words, where, name, wrong, monkeypatch)


def test_an_outage_that_the_solver_does_not_see_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """It imports in the dark hours: those hours cannot be fed."""
    always = _of(lambda site: site.always_on)
    _caught(FUEL, arrays, "_upper", always, monkeypatch)


def test_midnight_is_checked_by_hand() -> None:
    """A day that ends emptier than it began cannot be repeated: the verifier says so."""
    found = _answer(NIGHT)
    days = [list(day) for day in found.fed.dispatch.days]
    last = days[0][23]
    days[0][23] = replace(last, discharged=last.discharged + 1)
    changed = replace(found.fed.dispatch, days=tuple(map(tuple, days)))
    work = found.item.servers * found.item_kw
    assert "store" in faults(found.site, changed, work, Fraction(0), found.days)


def test_the_verifier_is_no_part_of_what_it_verifies() -> None:
    """It is called by the proof, on the site of the case: were it to pass all, the planted bugs above would live."""
    assert proof.faults is faults and plan.fed is proof.fed and proof.dispatched is dispatch.dispatched
    assert costs.terms_usd is proof.terms_usd
