"""What must hold between answers, whatever the figures: relations of the model on random cases.

Over the frozen catalogue, whose figures never change, and the shipped one, whose figures do: no number of either
is stated here, only how one answer stands to another.
"""

from __future__ import annotations

import csv
import random
import shutil
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from worlds import no_worse, random_case

import optimizer
from optimizer import Plan
from optimizer.case.setting import Setting
from optimizer.catalogue import Catalogue, load_catalogue
from optimizer.domain import BASES, Case
from optimizer.solve.planner import plan, prepare, verify

FROZEN_CASES, LIVE_CASES = 50, 20


@pytest.fixture(params=["frozen", "live"])
def catalogue(request: pytest.FixtureRequest) -> Catalogue:
    return request.getfixturevalue(request.param)


def is_frozen(catalogue: Catalogue) -> bool:
    return catalogue.folder.name == "catalogue"


def cases(catalogue: Catalogue, count: int, *, salt: str, **fixed: Any) -> list[Case]:
    """Random cases with every kind of limit, wide enough that most can be met."""
    rng = random.Random(f"{salt}:{is_frozen(catalogue)}")
    return [random_case(rng, catalogue, **fixed) for _ in range(count)]


RELAXED: dict[str, Callable[[Any], Any]] = {
    "max_mw": lambda bound: bound * Decimal("1.1"),
    "budget_usd": lambda bound: bound * Decimal("1.1"),
    "max_accelerators": lambda bound: bound + 9,
    "max_tpp": lambda bound: bound * Decimal("1.1"),
    "supply": lambda bound: {name: count + 16 for name, count in bound},
    "deadline_days": lambda bound: bound + 7,
    "max_energy_gwh": lambda bound: bound * Decimal("1.1"),
    "max_carbon_t": lambda bound: bound * Decimal("1.1"),
    "max_capital_usd": lambda bound: bound * Decimal("1.1"),
}


def test_relaxing_a_limit_never_makes_the_answer_worse(catalogue: Catalogue) -> None:
    """Each limit in turn a little wider, or gone. Wrong: a higher objective, or infeasible where a plan was."""
    told = 0
    for case in cases(catalogue, FROZEN_CASES if is_frozen(catalogue) else LIVE_CASES, salt="relax"):
        base = plan(case, catalogue)
        told += isinstance(base, Plan)
        for name, relaxed in RELAXED.items():
            bound = getattr(case, name)
            if bound:
                assert no_worse(plan(case.changed(**{name: relaxed(bound)}), catalogue), base), (name, case.given())
    assert told >= 5


def test_one_more_accelerator_never_makes_the_answer_worse(catalogue: Catalogue) -> None:
    """A longer list of what may be used. Wrong: a higher objective with more to choose from."""
    rng = random.Random("use")
    told = 0
    for case in cases(catalogue, 30, salt="use"):
        names = rng.sample(sorted(catalogue.accelerators), len(catalogue.accelerators) // 2)
        some = plan(case.changed(use=names[:-1]), catalogue)
        more = plan(case.changed(use=names), catalogue)
        every = plan(case, catalogue)
        told += isinstance(some, Plan)
        assert no_worse(more, some) and no_worse(every, more), case.given()
    assert told >= 5


def test_a_larger_mix_never_makes_the_answer_worse(frozen: Catalogue) -> None:
    """Up to two kinds where one was allowed, up to three where two were. Wrong: a higher objective."""
    fewer = {"use": ("a100", "mi300x"), "procurement": ("buy", "own"), "workload": "dense-small", "deadline_days": 12}
    told = 0
    for case in cases(frozen, 8, salt="mix", **fewer, country="BR", basis="upfront", deadline_from="training"):
        limited = case.changed(supply={"a100": 44, "mi300x": 18}, owned={"a100": 16})
        one, two, three = (plan(limited.changed(mix=mix), frozen) for mix in (1, 2, 3))
        told += isinstance(two, Plan)
        assert no_worse(two, one) and no_worse(three, two), case.given()
    assert told >= 3


MONEY = {
    "accelerators": ("unit_price_usd", "rent_usd_per_hour"),
    "countries": ("electricity_usd_per_kwh", "colocation_usd_per_kw_month", "engineer_usd_per_year"),
    "overrides": ("unit_price_usd",),
    "hire": ("usd_low_per_hour", "usd_per_hour", "usd_high_per_hour"),
}
MONEY_PARAMETERS = ("electricity_usd_per_kwh", "colocation_usd_per_kw_month", "engineer_usd_per_year")


def scaled(catalogue: Catalogue, factor: Decimal) -> Catalogue:
    """The catalogue with every price times a factor."""

    def rows(table: str, names: tuple[str, ...]) -> dict[Any, Any]:
        return {
            key: row.model_copy(update={name: v * factor for name in names if (v := getattr(row, name)) is not None})
            for key, row in getattr(catalogue, table).items()
        }

    parameters = {
        key: row.model_copy(update={"central": row.central * factor})
        if key[1] in MONEY_PARAMETERS and row.central is not None
        else row
        for key, row in catalogue.parameters.items()
    }
    tables = {table: rows(table, names) for table, names in MONEY.items()}
    return replace(catalogue, **tables, parameters=parameters, cache={})


def test_scaling_all_prices_scales_the_cost(catalogue: Catalogue) -> None:
    """All prices, the budget and the set-up times 3: the same plan at exactly three times the cost."""
    dear = scaled(catalogue, Decimal(3))
    told = 0
    for case in cases(catalogue, 30, salt="scale", site_setup_usd=12_345):
        one = plan(case, catalogue)
        three = plan(case.changed(site_setup_usd=3 * 12_345, budget_usd=case.budget_usd and 3 * case.budget_usd), dear)
        assert isinstance(one, Plan) == isinstance(three, Plan)
        if isinstance(one, Plan) and isinstance(three, Plan):
            told += 1
            assert (three.items, three.days) == (one.items, one.days)
            assert three.cost_usd == 3 * one.cost_usd
            assert {name: usd / 3 for name, usd in three.cost_terms.items()} == dict(one.cost_terms)
    assert told >= 5


def written(value: Any) -> Any:
    """An outcome as plain text, all figures exact; without the data folder and the seconds it took."""
    if isinstance(value, Setting):
        return [value.case.given(), value.training_flop, written(value.figures), value.tax.regime]
    if isinstance(value, Plan | optimizer.Infeasible) or (is_dataclass(value) and not isinstance(value, type)):
        return {f.name: written(getattr(value, f.name)) for f in fields(value) if f.name != "solver_seconds"}
    if isinstance(value, dict):
        return {str(key): written(part) for key, part in value.items()}
    if isinstance(value, tuple | list):
        return [written(part) for part in value]
    return str(value)


def shuffled(folder: Path, target: Path, seed: int) -> Catalogue:
    """A copy of a data folder with the rows of every table in another order."""
    shutil.copytree(folder, target)
    rng = random.Random(seed)
    for path in sorted(target.glob("*.csv")):
        with path.open(newline="", encoding="utf-8") as file:
            header, *rows = csv.reader(file)
        rng.shuffle(rows)
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([header, *rows])
    return load_catalogue(target)


def test_the_order_of_the_rows_changes_nothing(catalogue: Catalogue, tmp_path: Path) -> None:
    """Every table shuffled, three times: the same answer to the last figure and name."""
    for seed in range(3):
        other = shuffled(catalogue.folder, tmp_path / str(seed), seed)
        for case in cases(catalogue, 12, salt=f"order {seed}"):
            assert written(plan(case, other)) == written(plan(case, catalogue)), case.given()


def test_the_order_of_the_rows_does_not_choose_between_routes(frozen: Catalogue, tmp_path: Path) -> None:
    """Two alternative rules of one priority (exception and licence): which stands first in the file decides nothing.

    Wrong: hired servers told under another rule once the rows change places.
    """
    case = Case(country="BR", rules="diffusion-2025", workload="dense-small", basis="rental", use="h100")
    told = {str(written(plan(case, frozen))["items"])}
    told |= {
        str(written(plan(case, shuffled(frozen.folder, tmp_path / str(seed), seed)))["items"]) for seed in range(6)
    }
    assert len(told) == 1


def test_a_small_mix_does_not_depend_on_the_order_of_the_rows(frozen: Catalogue, tmp_path: Path) -> None:
    """As above where two kinds are needed: 5 A100 and 2 MI300X may be had, neither alone is enough."""
    case = Case(country="BR", workload="dense-small", use=("a100", "mi300x"), supply={"a100": 40, "mi300x": 16})
    case = case.changed(mix=2, deadline_days=12)
    told = {str(written(plan(case, shuffled(frozen.folder, tmp_path / str(seed), seed)))) for seed in range(3)}
    assert told == {str(written(plan(case, frozen)))}


def test_the_parts_are_the_whole(catalogue: Catalogue) -> None:
    """Cost terms add up to the cost exactly, items to the totals, and every plan stands up to the verifier."""
    told = 0
    for case in cases(catalogue, FROZEN_CASES, salt="sum"):
        outcome = plan(case, catalogue)
        if not isinstance(outcome, Plan):
            continue
        told += 1
        assert sum(outcome.cost_terms.values(), Fraction(0)) == outcome.cost_usd
        assert all(usd > 0 for usd in outcome.cost_terms.values())
        assert outcome.accelerators == sum(item.accelerators for item in outcome.items)
        assert all(use.bound is None or use.used <= use.bound for use in outcome.limits)
        assert verify(outcome) == []
        assert (
            outcome.objective_value
            == {
                "cost": outcome.cost_usd,
                "days": outcome.days + outcome.lead_days,
                "peak_power": outcome.peak_kw,
                "energy": outcome.energy_kwh,
                "carbon": outcome.carbon_g,
            }[case.objective or "cost"]
        )
    assert told >= 10


def test_energy_of_one_kind_does_not_depend_on_the_days(frozen: Catalogue, live: Catalogue) -> None:
    """Mean kW x 24 h x server-days, and the server-days are work over speed: the same in 20 days as in 300."""
    for catalogue, chip in ((frozen, "a100"), (live, "h100_sxm5_80")):
        chosen = Case(
            country="BR", use=chip, procurement="buy", precision="bf16", max_accelerators=200, tokens_t="0.2"
        ).changed(workload=next(name for name, row in catalogue.workloads.items() if row.architecture == "dense"))
        energies, days = set(), set()
        for objective in ("cost", "days"):
            for deadline in (30, 60, 120, 300):
                outcome = plan(chosen.changed(objective=objective, deadline_days=deadline), catalogue)
                if isinstance(outcome, Plan):
                    energies.add(outcome.energy_kwh)
                    days.add(outcome.days)
        assert len(energies) == 1
        assert len(days) > 1


def test_the_same_case_gives_the_same_answer(catalogue: Catalogue) -> None:
    """Asked again, with a warm cache, a cold one and a catalogue read anew: the same to the last figure."""
    anew = load_catalogue(catalogue.folder)
    for case in cases(catalogue, 8, salt="again"):
        first = written(plan(case, catalogue))
        assert written(plan(case, catalogue)) == first
        assert written(plan(case, replace(catalogue, cache={}))) == first
        assert written(plan(case, anew)) == first


def test_the_same_mix_is_told_every_time(frozen: Catalogue) -> None:
    """As above for a mix."""
    case = Case(country="BR", workload="dense-small", use=("a100", "mi300x"), supply={"a100": 40, "mi300x": 16})
    case = case.changed(mix=2, deadline_days=12)
    assert len({str(written(plan(case, replace(frozen, cache={})))) for _ in range(4)}) == 1


COLUMNS = (
    *("devices", "pflops", "peak_kw", "mean_kw", "tpp", "memory_gb", "min_servers", "max_servers"),
    *("lead_days", "server_usd", "server_day_usd"),
)


@pytest.mark.parametrize("every", [len(BASES), pytest.param(1, marks=pytest.mark.campaign)], ids=["a part", "all"])
@pytest.mark.parametrize("basis", BASES)
def test_the_table_of_the_model_is_that_of_the_proof(basis: str, catalogue: Catalogue, every: int) -> None:
    """Every option of every country, under the sets of assumptions in turn, both architectures, everything owned and
    for hire; in Brazil and Mexico under every set. Each basis takes a third of the other countries, so that together
    they take all; in the campaign each takes every country.

    The columns that the model is built from equal the exact figures to 1e-12. Wrong: any figure worked out in two ways.
    """
    seen = 0
    everything = dict.fromkeys(catalogue.accelerators, 1000)
    by_architecture = {row.architecture: name for name, row in catalogue.workloads.items()}
    assert set(by_architecture) == {"dense", "moe"}
    sets = list(catalogue.assumption_sets)
    for place, (country, row) in enumerate(catalogue.countries.items()):
        if place % every != BASES.index(basis) % every and country not in ("BR", "MX"):
            continue
        for assumptions in sets if country in ("BR", "MX") else [sets[place % len(sets)]]:
            case = Case(
                **{"country": country, "basis": basis, "assumptions": assumptions, "owned": everything},
                **{"assume_hire": True, "rent_premium": "0.37", "site_setup_usd": 1000, "deadline_from": "order"},
                **{"rules": "unrestricted", "workload": by_architecture["moe" if country < "L" else "dense"]},
                precision=("fp16", "bf16", "fp8", "nvfp4"),
            )
            try:
                ready = prepare(case, catalogue)
            except optimizer.DataError as error:
                lacking = "procurement" if row.engineer_usd_per_year is not None else "engineer_usd_per_year"
                assert lacking in str(error), error
                continue
            problem, table = ready.problem, ready.table
            for name in COLUMNS:
                told = getattr(table, name)
                exact = np.array([float(getattr(option, name)) for option in problem.options])
                np.testing.assert_allclose(told, exact, rtol=1e-12, atol=0, err_msg=f"{name} {case.given()}")
            np.testing.assert_allclose(table.day_usd, float(problem.staff_usd_per_day), rtol=1e-12)
            asked = ready.asked
            np.testing.assert_allclose(asked.work_pflops_days, float(problem.work_pflops_days), rtol=1e-12)
            np.testing.assert_allclose(asked.memory_gb, float(problem.memory_gb), rtol=1e-12)
            assert [cap.limit for cap in asked.caps] == [cap.limit for cap in problem.caps]
            for cap, exact_cap in zip(asked.caps, problem.caps, strict=True):
                uses = [float(use) if use else 0.0 for use in exact_cap.uses]  # most are none
                np.testing.assert_allclose(cap.per_server, uses, rtol=1e-12)
                np.testing.assert_allclose(cap.bound, float(exact_cap.bound), rtol=1e-12)
            seen += len(problem.options)
    assert seen >= (20 if is_frozen(catalogue) else 200 // every), seen


def test_public_names_are_what_they_are_named_for() -> None:
    """``optimizer.plan`` and the others are functions and classes, also after their modules were imported.

    A submodule of the same name shadows the function: the wrong answer is "module object is not callable".
    """
    names = [name for name in optimizer.__all__ if name != "Outcome"]  # Plan | Infeasible, a type
    wrong = [name for name in names if not callable(getattr(optimizer, name))]
    assert wrong == []
