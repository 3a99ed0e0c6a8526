"""Random catalogues and cases that can be counted out, one limit on a knife edge: the same for a seed everywhere."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from typing import Any

from counted_cases import question
from oracle import least
from worlds import SET, dec

from optimizer.catalogue import Catalogue
from optimizer.domain import OBJECTIVES, Case
from optimizer.exact import ExactOption
from optimizer.solve.planner import prepare


@dataclass(frozen=True)
class Asked:
    """A random case with its catalogue and how its knife edge was set."""

    case: Case
    catalogue: Catalogue
    squeezed: str
    """The limit that was set next to its least value: ``name exact``, ``name above``, ``name below``."""


def random_catalogue(rng: random.Random, frozen: Catalogue, *, kinds: int) -> Catalogue:
    """A catalogue of ``kinds`` random accelerators in Brazil; about every third has an exact twin of another name."""
    chips: dict[Any, Any] = {}
    efficiencies: dict[Any, Any] = {}
    hire: dict[Any, Any] = {}
    letters = list("abcdefgh")
    rng.shuffle(letters)
    prototype = frozen.accelerators["h100"]
    base_efficiency = frozen.efficiencies[(SET, "h100", "bf16", "moe")]
    base_hire = frozen.hire[("BR", "h100")]
    names = [f"chip_{letter}" for letter in letters[:kinds]]
    for position, name in enumerate(names):
        twin = position > 0 and rng.random() < 0.3
        if twin:
            figures = {key: getattr(chips[names[position - 1]], key) for key in CHIP_COLUMNS}
        else:
            figures = {
                "memory_gb": dec(rng.choice([16, 24, 32, 40, 64, 80])),
                "bf16_tflops": dec(rng.choice([100, 125, 200, 250, 312, 500, 989])),
                "fp8_tflops": dec(rng.choice([400, 800, 1000, 1979])) if rng.random() < 0.3 else None,
                "tpp": dec(rng.choice([1500, 2000, 3200, 4992, 8000, 15832])),
                "server_devices": rng.choice([1, 2, 4, 8]),
                "server_peak_kw": dec(rng.choice([0.7, 1.5, 2.25, 3.6, 6.5, 10.2])),
                "unit_price_usd": dec(rng.choice([2000, 7500, 9999, 15000, 25000])) if rng.random() < 0.85 else None,
                "rent_usd_per_hour": dec(rng.choice([0.5, 1.25, 2, 3.3])) if rng.random() < 0.7 else None,
                "price_scope": rng.choice(["device", "server", "all_in"]),
            }
        chips[name] = prototype.model_copy(update={"id": name, "name": name.upper(), "aliases": (), **figures})
        offered = rng.choice([True, True, False, False])
        rent, premium = chips[name].rent_usd_per_hour, dec(rng.choice([0, 0.2, 0.5]))
        if offered and rent is not None:
            hire[("BR", name)] = base_hire.model_copy(
                update={"accelerator": name, "usd_per_hour": rent * (1 + premium)}
            )
        for precision in ("bf16", "fp8"):
            row = base_efficiency.model_copy(
                update={
                    "accelerator": name,
                    "precision": precision,
                    "mfu": dec(rng.choice([0.2, 0.25, 0.35, 0.4, 0.5])),
                    "goodput": dec(rng.choice([0.8, 0.9, 1])),
                }
            )
            if twin:
                like = efficiencies[(SET, names[position - 1], precision, "moe")]
                row = row.model_copy(update={"mfu": like.mfu, "goodput": like.goodput})
            efficiencies[(SET, name, precision, "moe")] = row
    return replace(
        frozen,
        accelerators=chips,
        efficiencies=efficiencies,
        hire=hire,
        overrides={},
        parameters=_random_parameters(rng, frozen),
        brackets=_random_brackets(rng, frozen, kinds),
        model_sizes=_random_sizes(names, frozen),
        licence_rules=_random_rules(rng, frozen),
        chip_classes=tuple(row for row in frozen.chip_classes if row.rule == "REST"),
        cache={},
    )


CHIP_COLUMNS = (
    *("memory_gb", "bf16_tflops", "fp8_tflops", "tpp", "server_devices", "server_peak_kw"),
    *("unit_price_usd", "rent_usd_per_hour", "price_scope"),
)


def _random_parameters(rng: random.Random, frozen: Catalogue) -> dict[tuple[str, str], Any]:
    values = {
        "pue": rng.choice([1, 1.2, 1.45]),
        "electricity_usd_per_kwh": rng.choice([0, 0.07, 0.125]),
        "network_power_kw_per_device": rng.choice([0, 0.05]),
        "staff_fte": rng.choice([0, 1, 5, 25]),
        "buy_lead_days": rng.choice([0, 1, 3]),
        "rent_lead_days": rng.choice([0, 1, 2]),
        "hire_max_devices": rng.choice([8, 24, 64]),
        "training_bytes_per_parameter": rng.choice([1, 4, 16]),
        "colocation_usd_per_kw_month": rng.choice([0, 73, 190]),
        "cost_of_capital": rng.choice([0, 0.0925]),
        "maintenance_per_year": rng.choice([0, 0.0365, 0.05]),
    }
    return {
        key: row.model_copy(update={"central": dec(values[key[1]])}) if key[0] == SET and key[1] in values else row
        for key, row in frozen.parameters.items()
    }


def _random_brackets(rng: random.Random, frozen: Catalogue, kinds: int) -> dict[str, tuple[Any, ...]]:
    small, large = frozen.brackets[SET]
    largest = rng.choice([24, 32, 40])
    edge = rng.randint(6, largest - 4)
    if rng.random() < 0.4:
        rows: tuple[Any, ...] = (small.model_copy(update={"max_devices": largest}),)
    else:
        rows = (
            small.model_copy(update={"max_devices": edge - 1}),
            large.model_copy(
                update={"min_devices": edge, "max_devices": largest, "mfu_factor": dec(rng.choice([0.75, 0.9, 1]))}
            ),
        )
    return {**frozen.brackets, SET: rows}


def _random_sizes(names: list[str], frozen: Catalogue) -> dict[str, tuple[Any, ...]]:
    """None, or 0.75 for small models, as those of the cases are; drawn apart: the cases stay as they were."""
    (any_size,) = frozen.model_sizes[SET]
    if random.Random("".join(names)).random() < 0.6:
        return {**frozen.model_sizes}
    # the line ends at 0.75 times what it is a doubling further on, which is where no case is
    ends = {"params_from_b": dec(1), "params_to_b": dec(1), "params_at_one_b": dec(2), "per_doubling": 1 / dec(0.75)}
    some = any_size.model_copy(update={"generations": ("Ampere", "Hopper"), **ends})
    return {**frozen.model_sizes, SET: (some, any_size)}


def _random_rules(rng: random.Random, frozen: Catalogue) -> tuple[Any, ...]:
    """One free rule; or an exception up to a quantity beside a licence that takes longer."""
    model = next(row for row in frozen.licence_rules if row.rule == "LIC_B").model_copy(update={"groups": ("*",)})
    free = model.model_copy(update={"rule": "FREE"})
    if rng.random() < 0.6:
        return (free,)
    some = {"rule": "EXCEPTION", "policy": "exception", "cap_tpp": dec(rng.choice([20000, 64000, 150000]))}
    return (
        model.model_copy(update=some),
        model.model_copy(update={"rule": "LICENCE", "policy": "approval", "lead_days": rng.choice([1, 4])}),
    )


def random_case(rng: random.Random, catalogue: Catalogue, *, mix: int) -> Asked:
    """A case around a plan that was picked first, so that its limits bind; then one limit put on a knife edge."""
    names = sorted(catalogue.accelerators)
    longest = 30 if mix == 1 else 8
    fields: dict[str, Any] = {
        "country": "BR",
        "objective": rng.choice(["cost"] * (3 if mix == 1 else 6) + [*OBJECTIVES]),
        "basis": rng.choice(["upfront", "upfront", "amortised", "rental"]),
        "deadline_from": rng.choice(["training", "order"]),
        "mix": mix,
        "tax_regime": rng.choice(["standard", "redata"]),
        "architecture": "moe",
    }
    if mix == 1 and rng.random() < 0.3:
        fields["site_setup_usd"] = dec(rng.choice([1000, 25000]))
    if rng.random() < 0.5:
        fields["owned"] = {name: rng.choice([0, 4, 8, 17]) for name in rng.sample(names, rng.randint(1, len(names)))}
    if rng.random() < 0.3:
        fields["pue"] = dec(rng.choice([1.1, 1.33]))
    total = rng.choice([0.2, 1, 4, 20])
    own = {"params_total_b": dec(total), "params_active_b": dec("0.144"), "tokens_t": dec(1)}
    ready = prepare(Case(**fields, **own), catalogue)
    if not ready.problem.options:
        return Asked(Case(**fields, **own, deadline_days=longest), catalogue, "nothing left")
    # the plan that the limits are set around
    chosen = _pick(rng, ready.problem.options, mix)
    counts = [rng.randint(1, min(6 if mix > 1 else 30, max(1, option.max_servers))) for option in chosen]
    days = rng.randint(1, longest)
    speed = sum((option.pflops * n for option, n in zip(chosen, counts, strict=True)), Fraction(0))
    share = rng.choice([Fraction(1), Fraction(1), Fraction(9, 10), Fraction(rng.randint(50, 100), 100)])
    # 6 x 0.144e9 x tokens = work x 8.64e19
    own["tokens_t"] = exactly(speed * days * share / 10)
    fields.update(own)
    lead = max(option.lead_days for option in chosen)
    fields["deadline_days"] = days + lead + rng.choice([0, 0, 1, 3])

    def some(chance: float = 0.35) -> bool:
        return rng.random() < chance

    def room() -> Fraction:
        return rng.choice([Fraction(1), Fraction(1), Fraction(rng.randint(100, 180), 100)])

    used = [*zip(chosen, counts, strict=True)]
    if some():
        fields["max_mw"] = rounded(sum(o.peak_kw * n for o, n in used) / 1000 * room(), ROUND_CEILING)
    if some():
        fields["max_tpp"] = rounded(sum(o.acquired_tpp * n for o, n in used) * room(), ROUND_CEILING)
    if some():
        fields["max_accelerators"] = math.ceil(sum(o.acquired * n for o, n in used) * room())
    if len(chosen) > 1 and some(0.9):
        # of the cheaper one of the two, or of both, no more is to be had
        used.sort(key=lambda item: (item[0].server_usd + item[0].server_day_usd * days) / item[0].pflops)
        scarce = used[: rng.choice([1, 1, 2])]
        fields["supply"] = {
            o.key.accelerator: math.ceil(o.acquired * n) for o, n in scarce if o.key.procurement != "own"
        }
        fields["owned"] = {o.key.accelerator: o.devices * n for o, n in scarce if o.key.procurement == "own"}
    elif some():
        fields["supply"] = {name: rng.choice([0, 8, 12, 30]) for name in rng.sample(names, rng.randint(1, len(names)))}
    fields.update(_on_measures(used, days, catalogue))
    if some(0.1):
        flop = prepare(Case(**fields), catalogue).setting.training_flop
        fields["max_training_flop"] = flop * rng.choice([dec(1), dec(1), dec(1), dec("0.999999999")])
    if mix > 1 and some(0.4):
        return Asked(Case(**fields), catalogue, "as drawn")
    return squeeze(rng, Case(**fields), catalogue)


def _on_measures(used: list[tuple[ExactOption, int]], days: int, catalogue: Catalogue) -> dict[str, Decimal]:
    """Limits on energy, emissions and hardware around what a plan uses; drawn apart: the cases stay as they were."""
    rng = random.Random(f"{days} {[(option.key.name, n) for option, n in used]}")
    kwh = sum((24 * option.mean_kw * n for option, n in used), Fraction(0)) * days
    uses = {
        "max_energy_gwh": kwh / 10**6,
        "max_carbon_t": kwh * Fraction(catalogue.countries["BR"].grid_carbon_g_per_kwh) / 10**6,
        "max_capital_usd": sum((option.capital_usd * n for option, n in used), Fraction(0)),
    }
    chosen = {field: use for field, use in uses.items() if use and rng.random() < 0.25}
    return {
        field: rounded(use * Fraction(rng.choice([60, 80, 100, 100, 130]), 100), ROUND_CEILING)
        for field, use in chosen.items()
    }


def _pick(rng: random.Random, options: tuple[ExactOption, ...], mix: int) -> list[ExactOption]:
    """One option, or two of different accelerators that may stand together."""
    first = rng.choice(options)
    others = [o for o in options if o.key.bracket == first.key.bracket and o.key.accelerator != first.key.accelerator]
    return [first, rng.choice(others)] if mix > 1 and others and rng.random() < 0.85 else [first]


LIMITS = {
    "max_mw": ("peak_power", 1000),
    "max_tpp": ("tpp", 1),
    "max_accelerators": ("devices", 1),
    "budget_usd": ("cost", 1),
    "deadline_days": ("finish", 1),
    "max_energy_gwh": ("energy", 10**6),
    "max_carbon_t": ("carbon", 10**6),
    "max_capital_usd": ("capital", 1),
}
MEASURED = ("max_energy_gwh", "max_carbon_t", "max_capital_usd")
"""Limits on what no other limit of a case measures."""


def squeeze(rng: random.Random, case: Case, catalogue: Catalogue) -> Asked:
    """Put one limit to the least value that leaves a plan, or a little below or above it."""
    field = rng.choice([*LIMITS, "budget_usd"])
    measure, unit = LIMITS[field]
    without = {field: None} if field != "deadline_days" else {field: 60}
    edge = least(question(prepare(case.changed(**without), catalogue)), measure)
    if edge is None:
        return Asked(case, catalogue, f"{field} alone does not help")
    if not edge:  # what is hired, or owned, needs no money for hardware
        return squeeze(rng, case, catalogue)
    edge /= unit
    side = rng.choice(["above", "below"])
    if field in ("max_accelerators", "deadline_days"):
        bound: Any = math.ceil(edge) - (side == "below" and edge > 1)
        side = side if bound != edge else "exact"
        return Asked(case.changed(**{field: bound}), catalogue, f"{field} {side}")
    away = Fraction(rng.choice(["0", "0", "0", "1e-12", "1e-9", "1e-7", "1e-4", "0.05"]))
    above = side == "above"
    bound = rounded(edge * (1 + away if above else 1 - away), ROUND_CEILING if above else ROUND_FLOOR)
    if bound <= 0:
        return Asked(case, catalogue, f"{field} nothing to take away")
    side = "exact" if Fraction(bound) == edge else "above" if Fraction(bound) > edge else "below"
    return Asked(case.changed(**{field: bound}), catalogue, f"{field} {side}")


def exactly(value: Fraction) -> Decimal:
    """A fraction with a finite decimal expansion, exactly."""
    decimal = Context(prec=80).divide(Decimal(value.numerator), Decimal(value.denominator))
    assert Fraction(decimal) == value
    return decimal


def rounded(value: Fraction, towards: str) -> Decimal:
    """A fraction to 16 significant digits, towards the given side."""
    return Context(prec=16, rounding=towards).divide(Decimal(value.numerator), Decimal(value.denominator))


def drawn(seed: int, frozen: Catalogue, *, mix: int) -> Asked:
    """The random case of a seed: the same on every machine."""
    rng = random.Random(f"{mix}:{seed}")
    kinds = rng.randint(2, 4) if mix == 1 else 2
    return random_case(rng, random_catalogue(rng, frozen, kinds=kinds), mix=mix)


SLOW_MIXES = (2, 6, 14, 20, 54)
"""Seeds of mixes with so many servers that counting takes half a second and more, four fifths of the time of all."""


def quick_mixes(first: int, last: int) -> list[int]:
    """Seeds of mixes for the suite: from the first to before the last, without those that only a campaign counts."""
    return [seed for seed in range(first, last) if seed not in SLOW_MIXES]
