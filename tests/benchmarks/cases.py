"""The questions that are timed: mixed country cases of the shipped catalogue, small ones, and a grown catalogue."""

from __future__ import annotations

import csv
import itertools
import random
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from io import StringIO

from optimizer.catalogue import Catalogue
from optimizer.domain import Case

from . import ours
from .ours import Prepared

SEED = 20261122
COUNTRIES = ("BR", "MX", "VN", "SA", "KZ", "EG", "AE", "KE", "NG", "ID", "IN", "TR", "CL", "CO", "AR", "ZA")
DEADLINES = (60, 75, 90, 120, 150, 180, 240, 300, 365)
WORKLOADS = ("deepseek-v3-10t", "deepseek-v3", "apertus-70b", "llama-3.1-8b")
WAYS = ((), ("buy",), ("rent",))
LIMITS: tuple[dict[str, str], ...] = (
    {},
    {"max_mw": "1"},
    {"max_mw": "1.5"},
    {"max_mw": "4"},
    {"budget_usd": "60e6"},
    {"max_mw": "2", "budget_usd": "40e6"},
    {"max_tpp": "26.9e6"},
    {"max_accelerators": "1500"},
    {"supply": "mi355x=64;gb200=144;h100=2000"},
)
FEW = (("h100", "a100", "l40s"), ("h100", "mi300x"), ("gb200", "h200", "a100"), ("h100 pcie", "l40s", "a100"))
"""A handful of accelerators each, so that the duration-indexed model keeps within Gurobi's size limit."""
SMALL_DEADLINES = (45, 60, 75, 90)
JITTER = 0.3
"""Prices and speeds of a copy lie within this share of the original's."""


def mixed(count: int) -> list[Case]:
    """Cases drawn evenly over countries, limits, deadlines, ways of procurement and workloads; always the same."""
    every = list(itertools.product(COUNTRIES, LIMITS, DEADLINES, WAYS, WORKLOADS))
    random.Random(SEED).shuffle(every)
    return [
        Case(country=country, workload=workload, deadline_days=days, procurement=ways, **limits)
        for country, limits, days, ways, workload in every[:count]
    ]


def small() -> Iterator[Case]:
    """Cases of few accelerators and short deadlines."""
    every = list(itertools.product(COUNTRIES, FEW, SMALL_DEADLINES, WORKLOADS, ({}, {"max_mw": "4"})))
    random.Random(SEED).shuffle(every)
    for country, names, days, workload, limits in every:
        yield Case(country=country, use=names, deadline_days=days, workload=workload, **limits)


def solved_by_highs(cases: Iterable[Case], catalogue: Catalogue, wanted: int) -> list[Prepared]:
    """The first ``wanted`` cases that have a plan and are not settled before HiGHS is run, made ready."""
    found: list[Prepared] = []
    for case in cases:
        if len(found) == wanted:
            break
        ready = ours.prepared(case, catalogue)
        if ours.by_counting(ready) is not None and ours.programme_of(ready) is not None:
            found.append(ready)
    return found


def distinct(count: int) -> Iterator[Case]:
    """Any number of mixed cases, no two alike: each round over the mixed ones has other tariffs."""
    drawn = mixed(len(COUNTRIES) * len(LIMITS) * len(DEADLINES) * len(WAYS) * len(WORKLOADS))
    for number, case in zip(range(count), itertools.cycle(drawn), strict=False):
        turn = number // len(drawn)
        tariff = {"electricity_usd_per_kwh": Decimal("0.05") + Decimal("0.01") * turn} if turn else {}
        yield case.changed(**tariff) if tariff else case


def as_csv(cases: Iterable[Case]) -> str:
    """A cases file."""
    columns = (
        "country",
        "workload",
        "deadline_days",
        "procurement",
        "max_mw",
        "budget_usd",
        "max_tpp",
        "max_accelerators",
        "supply",
        "electricity_usd_per_kwh",
        "mix",
    )
    out = StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    for case in cases:
        given = case.given()
        writer.writerow({name: _cell(value) for name, value in given.items()})
    return out.getvalue()


def _cell(value: object) -> str:
    if isinstance(value, dict):
        return ";".join(f"{name}={count}" for name, count in value.items())
    return ";".join(value) if isinstance(value, list) else str(value)


def grown(catalogue: Catalogue, options: int, case: Case) -> Catalogue:
    """A catalogue of copies of its accelerators, prices and speeds jittered, with about that many options for the case.

    Small sizes are a part of the catalogue, large ones many times it.
    """
    rng = random.Random(SEED)
    usable = sorted({option.key.accelerator for option in ours.prepared(case, catalogue).table.options})
    chips, efficiencies, hire = {}, {}, {}
    of_chip = _options_by_chip(case, catalogue)
    made = 0
    for number in itertools.count():
        name = usable[number % len(usable)]
        if made >= options:
            break
        copy = f"{name}_copy{number}"
        made += of_chip[name]
        chip = catalogue.accelerators[name]
        chips[copy] = chip.model_copy(
            update={
                "id": copy,
                "name": copy,
                "aliases": (),
                "unit_price_usd": _jittered(rng, chip.unit_price_usd),
                "rent_usd_per_hour": _jittered(rng, chip.rent_usd_per_hour),
            }
        )
        for key, row in catalogue.efficiencies.items():
            if key[1] == name:
                changed = {"accelerator": copy, "mfu": _jittered(rng, row.mfu)}
                efficiencies[(key[0], copy, *key[2:])] = row.model_copy(update=changed)
        for (country, chip_name), offer in catalogue.hire.items():
            if chip_name == name:
                price = _jittered(rng, offer.usd_per_hour)
                hire[(country, copy)] = offer.model_copy(update={"accelerator": copy, "usd_per_hour": price})
    return replace(
        catalogue, accelerators=chips, efficiencies=efficiencies, hire=hire, digest=f"grown to {options}", cache={}
    )


def _options_by_chip(case: Case, catalogue: Catalogue) -> dict[str, int]:
    found: dict[str, int] = {}
    for option in ours.prepared(case, catalogue).table.options:
        found[option.key.accelerator] = found.get(option.key.accelerator, 0) + 1
    return found


def _jittered(rng: random.Random, value: Decimal | None) -> Decimal | None:
    """A value within ``JITTER`` of the given one, in four figures."""
    if value is None:
        return None
    return Decimal(f"{float(value) * rng.uniform(1 - JITTER, 1 + JITTER):.4g}")
