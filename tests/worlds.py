"""What several tests share: the two catalogues, small ones whose figures are given outright, cases, consortia."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from optimizer import Outcome, Plan
from optimizer.catalogue import Catalogue, load_catalogue
from optimizer.consortium import solve as solving
from optimizer.consortium.decide import decide
from optimizer.consortium.members import Consortium, Member, Phase, Total
from optimizer.consortium.plan import Joint, JointPlan
from optimizer.domain import BASES, OBJECTIVES, Case
from optimizer.domain.limits import KINDS, Limit
from optimizer.model import dominance
from optimizer.validation import Evidence, load_evidence

HERE = Path(__file__).parent
FROZEN, LIVE = HERE / "catalogue", HERE.parent / "data"
SET = "measured"
"""The set of assumptions of the fictitious catalogue whose figures worlds change."""


@cache
def frozen_catalogue() -> Catalogue:
    """The fictitious catalogue of tests/catalogue, read once: its figures never change."""
    return load_catalogue(FROZEN)


@cache
def live_catalogue() -> Catalogue:
    """The shipped data, read once: only relations may be tested on it, its figures change."""
    return load_catalogue(LIVE)


PINNED_MFU = {
    **{("h100_sxm5_80", "bf16", "moe"): "0.28", ("h100_sxm5_80", "fp8", "moe"): "0.15"},
    **{("gb200_nvl72", "fp8", "moe"): "0.178", ("b300_sxm_288", "fp8", "moe"): "0.145"},
    **{("h100_sxm5_80", "bf16", "dense"): "0.335", ("a100_sxm4_80", "bf16", "dense"): "0.435"},
    ("b300_sxm_288", "fp8", "dense"): "0.208",
}
"""MFU of sums by hand, which change with every release of benchmarks; in mixtures of experts the H100's for Hopper."""
PINNED_BRACKETS = (
    *(("small", 1, 511, "1.07", "0.15"), ("medium", 512, 4095, "0.97", "0.33")),
    ("large", 4096, 16384, "0.89", "0.33"),
)
"""Brackets of cluster size there: their devices, the factor on the MFU, the network's cost over the accelerators'."""
PINNED_LINE = {"params_at_one_b": Decimal(40), "per_doubling": Decimal("1.1")}
"""The line of the size of dense models on Hopper there; none elsewhere."""


@cache
def pinned_catalogue() -> Catalogue:
    """The shipped data with :data:`PINNED_MFU`: for sums by hand, whatever the latest benchmarks say."""
    known = live_catalogue()
    efficiencies = dict(known.efficiencies)
    for key, one in known.efficiencies.items():
        hopper = key[3] == "moe" and key[1].startswith(("h100", "h200", "h800"))
        mfu = PINNED_MFU.get(("h100_sxm5_80" if hopper else key[1], key[2], key[3]))
        if key[0] == "measured-2026" and mfu is not None:
            pinned = dict.fromkeys(("mfu", "mfu_low", "mfu_high"), Decimal(mfu))
            efficiencies[key] = one.model_copy(update=pinned)
    brackets = tuple(
        known.brackets["measured-2026"][0].model_copy(
            update={
                **{"bracket": name, "min_devices": low, "max_devices": high},
                **{"mfu_factor": Decimal(factor), "network_ratio": Decimal(network)},
            }
        )
        for name, low, high, factor, network in PINNED_BRACKETS
    )
    lines = tuple(
        one.model_copy(update=PINNED_LINE if place == 0 else {"per_doubling": Decimal(1)})
        for place, one in enumerate(known.model_sizes["measured-2026"])
    )
    return replace(
        known,
        efficiencies=efficiencies,
        brackets={**known.brackets, "measured-2026": brackets},
        model_sizes={**known.model_sizes, "measured-2026": lines},
        cache={},
    )


@cache
def live_evidence() -> Evidence:
    """The published runs and measurements beside the shipped data, read once."""
    return load_evidence(live_catalogue())


# -- figures given outright --------------------------------------------------------------------------------------------


def dec(value: Any) -> Decimal:
    return Decimal(str(value))


def plain_catalogue(frozen: Catalogue, chips: dict[str, dict[str, Any]], **parameters: Any) -> Catalogue:
    """Servers of one device whose PFLOP/s, kW, TPP, price and rent a day are given outright; nothing else costs.

    ``chips``: by name ``pflops``, ``kw``, ``tpp``, ``memory_gb``, ``usd`` (price), ``usd_per_day`` (rent).
    """
    settled = {**dict.fromkeys(NOTHING, 0), "pue": 1, "mean_power_ratio": 1, "training_bytes_per_parameter": 1}
    settled.update(parameters)
    model, like = frozen.accelerators["h100"], frozen.efficiencies[(SET, "h100", "bf16", "moe")]
    offer = frozen.hire[("BR", "h100")]
    accelerators = {}
    for name, figures in chips.items():
        accelerators[name] = model.model_copy(
            update={
                **{"id": name, "name": name.upper(), "aliases": (), "server_devices": 1, "price_scope": "all_in"},
                "bf16_tflops": 1000 * dec(figures.get("pflops", 1)),
                "fp8_tflops": None,
                "server_peak_kw": dec(figures.get("kw", 1)),
                "tpp": dec(figures.get("tpp", 1000)),
                "memory_gb": dec(figures.get("memory_gb", 80)),
                "unit_price_usd": dec(figures["usd"]) if "usd" in figures else None,
                "rent_usd_per_hour": dec(figures["usd_per_day"]) / 24 if "usd_per_day" in figures else None,
            }
        )
    one = dec(1)
    return replace(
        frozen,
        accelerators=accelerators,
        efficiencies={
            (SET, name, "bf16", "moe"): like.model_copy(update={"accelerator": name, "mfu": one, "goodput": one})
            for name in chips
        },
        hire={
            ("BR", name): offer.model_copy(update={"accelerator": name, "usd_per_hour": chip.rent_usd_per_hour})
            for name, chip in accelerators.items()
            if chip.rent_usd_per_hour is not None
        },
        overrides={},
        parameters={
            key: row.model_copy(update={"central": dec(settled[key[1]])})
            if key[0] == SET and key[1] in settled
            else row
            for key, row in frozen.parameters.items()
        },
        brackets={**frozen.brackets, SET: (frozen.brackets[SET][0].model_copy(update={"network_ratio": dec(0)}),)},
        chip_classes=tuple(row for row in frozen.chip_classes if row.rule == "REST"),
        licence_rules=tuple(
            row.model_copy(update={"groups": ("*",)}) for row in frozen.licence_rules if row.rule == "LIC_B"
        ),
        cache={},
    )


NOTHING = (
    *("electricity_usd_per_kwh", "network_power_kw_per_device", "server_overhead_ratio", "storage_ratio"),
    *("spare_ratio", "freight_ratio", "maintenance_per_year", "colocation_usd_per_kw_month", "staff_fte"),
    *("engineer_usd_per_year", "buy_lead_days", "rent_lead_days", "cost_of_capital", "residual_ratio"),
)


def plain_case(work: Any, **fields: Any) -> Case:
    """A case of ``work`` PFLOP/s-days in Brazil without taxes; the model needs 0.144 GB."""
    active = dec("0.144")
    own = {"params_total_b": active, "params_active_b": active, "tokens_t": dec(work) / 10, "architecture": "moe"}
    return Case(country="BR", tax_regime="redata", **own, **fields)


# -- random cases of any catalogue -------------------------------------------------------------------------------------


def random_case(rng: random.Random, catalogue: Catalogue, **fixed: Any) -> Case:
    # without the wage of an engineer no plan can be calculated
    countries = sorted(name for name, row in catalogue.countries.items() if row.engineer_usd_per_year is not None)
    workloads = [w for w in sorted(catalogue.workloads) if _flop(catalogue, w) < Decimal("5e24")]
    given: dict[str, Any] = {
        "country": rng.choice(countries),
        "workload": rng.choice(workloads),
        "objective": rng.choice(OBJECTIVES),
        "basis": rng.choice(BASES),
        "deadline_days": rng.randint(20, 300),
        "deadline_from": rng.choice(["training", "order"]),
    }
    if rng.random() < 0.4:
        given["max_mw"] = Decimal(rng.randint(1, 60)) / 10
    if rng.random() < 0.3:
        given["budget_usd"] = rng.randint(1, 60) * 1_000_000
    if rng.random() < 0.3:
        given["max_accelerators"] = rng.randint(50, 4000)
    if rng.random() < 0.3:
        given["max_tpp"] = rng.randint(1, 60) * 1_000_000
    if rng.random() < 0.3:
        names = rng.sample(sorted(catalogue.accelerators), 2)
        given["supply"] = {name: rng.randint(8, 800) for name in names}
    return Case(**{**given, **fixed})


def _flop(catalogue: Catalogue, workload: str) -> Decimal:
    row = catalogue.workloads[workload]
    return row.training_flop or 6 * row.params_active_b * (row.tokens_t or 0) * Decimal("1e21")


def limit_named(text: str) -> Limit:
    """A limit by its text, such as ``hire:h100``; for tests, which name limits as JSON does."""
    kind, _, what = text.partition(":")
    assert kind in KINDS
    return Limit(kind, rule=what) if kind == "law" else Limit(kind, what or None)


def no_worse(better: Outcome, worse: Outcome) -> bool:
    """Whether one answer is at least as good as another, in the objective of the case."""
    return not isinstance(worse, Plan) or (isinstance(better, Plan) and better.objective_value <= worse.objective_value)


# -- several sites -----------------------------------------------------------------------------------------------------

CHIPS = {
    "slow": {"pflops": 1, "kw": 1, "usd": 100, "tpp": 1000, "memory_gb": 80},
    "fast": {"pflops": 5, "kw": 6, "usd": 600, "tpp": 4000, "memory_gb": 200},
    "hire": {"pflops": 2, "kw": 2, "usd_per_day": 12, "tpp": 2000, "memory_gb": 100},
}


def small_catalogue(frozen: Catalogue) -> Catalogue:
    """Three kinds of server; a team of 3, of whom 2 at each site, at 1 a day each; nothing else costs."""
    return plain_catalogue(frozen, CHIPS, staff_fte=3, engineer_usd_per_year=365)


def varied_catalogue(frozen: Catalogue, **more: Any) -> Catalogue:
    """As small, with delivery and hire times and electricity that costs."""
    return plain_catalogue(
        frozen,
        CHIPS,
        staff_fte=3,
        engineer_usd_per_year=2 * 365,
        buy_lead_days=2,
        rent_lead_days=1,
        electricity_usd_per_kwh="0.1",
        mean_power_ratio="0.5",
        **more,
    )


def site(name: str, **own: Any) -> Member:
    """A site in Brazil without taxes."""
    return Member(name, Case(**{"country": "BR", "tax_regime": "redata", **own}))


def asked(work: Any, *members: Member, total: Total | None = None, efficiency: Any = None, **run: Any) -> Consortium:
    case = plain_case(work, **{"mix": 2, **run})
    case = case.changed(country=None, tax_regime=None)
    return Consortium(case, members, total or Total(), None if efficiency is None else dec(efficiency))


def shared(found: Joint) -> JointPlan:
    assert found.shared is not None
    return found.shared


def chosen(plan: JointPlan) -> set[tuple[str, str, int, int]]:
    return {
        (use.place.name, joint.item.key.accelerator, joint.start_days, joint.item.servers)
        for use in plan.sites
        for joint in use.items
    }


def random_consortium(rng: random.Random, *, phases: bool = False, sites_: int = 3) -> Consortium:
    members = []
    for name in "ABC"[:sites_]:
        own: dict[str, Any] = {"max_mw": str(rng.choice([2, 3, 5, 8, 12]) / 1000)}
        if rng.random() < 0.5:
            own["site_setup_usd"] = str(rng.choice([1, 10, 300]))
        if rng.random() < 0.3:
            own["use"] = tuple(rng.sample(list(CHIPS), 2))
        if rng.random() < 0.2:
            own["max_accelerators"] = rng.choice([1, 2, 4])
        if rng.random() < 0.2:
            own["max_tpp"] = str(rng.choice([2000, 4000, 6000]))
        later: tuple[Phase, ...] = ()
        if phases and rng.random() < 0.7:
            more = float(own["max_mw"]) + rng.choice([2, 4]) / 1000
            later = (Phase(from_day=rng.randint(1, 6), max_mw=f"{more:.3f}"),)
        abroad = rng.random() < 0.3
        place = {"country": "MX", "import_duty": "0"} if abroad else {"country": "BR", "tax_regime": "redata"}
        members.append(Member(name, Case(**{**place, **own}), later))
    total: dict[str, Any] = {}
    if rng.random() < 0.3:
        total["budget_usd"] = str(rng.randint(200, 2500))
    if rng.random() < 0.2:
        total["max_accelerators"] = rng.randint(2, 8)
    if rng.random() < 0.2:
        total["supply"] = {"slow": rng.randint(1, 4)}
    work = rng.randint(5, 90)
    total |= _on_measures(random.Random(f"{work} {[member.case.given() for member in members]}"), work)
    return asked(
        work,
        *members,
        total=Total(**total),
        deadline_days=rng.randint(3, 14),
        objective=rng.choice(["cost", "cost", "days", "peak_power", "energy"]),
        deadline_from=rng.choice(["training", "order"]),
        efficiency=rng.choice([None, "0.7"]),
    )


def _on_measures(rng: random.Random, work: int) -> dict[str, str]:
    """Limits of a consortium on energy (24 to 28.8 kWh a unit of work, more where sharing is slow), emissions and
    hardware; drawn apart: the consortia stay as they were."""
    found = {}
    if rng.random() < 0.3:
        found["max_energy_gwh"] = f"{work * rng.choice([24, 26, 28, 32, 38]) / 10**6:.7f}"
    if rng.random() < 0.3:
        found["max_carbon_t"] = f"{work * rng.choice([3, 5, 8, 12]) / 1000:.5f}"
    if rng.random() < 0.3:
        found["max_capital_usd"] = str(rng.choice([100, 300, 600, 900, 1400, 2000]))
    return found


def figures_of(plan: JointPlan | None) -> tuple[Fraction, Fraction] | None:
    return None if plan is None else (plan.objective_value, plan.cost_usd)


def whole(patch: pytest.MonkeyPatch) -> None:
    """The solver is given everything: nothing is left out beforehand, and no value is known to it."""
    patch.setattr(solving, "reduce_programme", lambda given, known: given)

    def again(ready: Any, solver: Any, given: Any, known: Any) -> Any:
        return solving.claim(ready, solver, given, second=True)

    patch.setattr(solving, "_second", again)
    patch.setattr(dominance, "drop_dominated", lambda given: given)
    patch.setattr(solving, "CUTOFF", 10.0)


def with_and_without_shortcuts(questions: list[Consortium], known: Catalogue, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many of these consortia have a shared plan; it is worth the same when nothing is left out beforehand."""
    quick = [figures_of(decide(question, known).shared) for question in questions]
    with monkeypatch.context() as patch:
        whole(patch)
        plain = [figures_of(decide(question, known).shared) for question in questions]
    assert [f and f[0] for f in quick] == [f and f[0] for f in plain]
    return sum(f is not None for f in quick)
