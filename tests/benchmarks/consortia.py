"""(g) Consortia: ten sites with the whole catalogue and mixes of four; the 27 states of Brazil."""

from __future__ import annotations

import random
from collections.abc import Sequence
from statistics import median

from optimizer.catalogue import Catalogue
from optimizer.domain import Case

from . import ours
from .measuring import Scale, Section, Target, clocked, table

COUNTRIES = (
    *("BR", "MX", "AR", "CL", "CO", "PE", "UY", "PY", "CR", "DO", "ZA", "KE", "NG", "GH", "RW", "EG", "MA"),
    *("IN", "ID", "MY", "TH", "VN", "DE", "ES", "FR"),
)
TEN_SITES_S, STATES_S = 5.0, 60.0
SITES, STATES = 10, 27


def section(catalogue: Catalogue, scale: Scale) -> Section:
    """Wall seconds of whole consortia: each site by itself, the sites together, verified and proved twice."""
    cases = 5 if scale.quick else scale.cases
    ten = [_timed(_ten_sites(seed), catalogue) for seed in range(cases)]
    states = [_timed(_states(seed), catalogue) for seed in range(2 if scale.quick else 6)]
    rows = [
        _row(f"{SITES} sites in {SITES} countries, mix of 4", ten),
        _row(f"{STATES} sites in Brazil, mix of 4", states),
    ]
    columns = (
        "consortia",
        "number",
        "median s",
        "least",
        "most",
        "proved",
        "with a gap",
        "no shared plan",
        "sharing pays",
    )
    return Section(
        "consortia",
        tables=[table("one run over several sites; s a consortium, in full", columns, rows)],
        targets=[
            Target(
                "10 sites, median seconds over 5", median(took for took, _ in ten) / TEN_SITES_S, 1.0, at_least=False
            ),
            Target("27 sites, most seconds over 60", max(took for took, _ in states) / STATES_S, 1.0, at_least=False),
        ],
    )


def _timed(question: ours.Question, catalogue: Catalogue) -> tuple[float, ours.Joint]:
    return clocked(lambda: ours.decided(question, catalogue))


def _row(name: str, found: Sequence[tuple[float, ours.Joint]]) -> Sequence[object]:
    took = [seconds for seconds, _ in found]
    kinds = [joint.shared_proof.kind for _, joint in found]
    return (
        name,
        len(found),
        f"{median(took):.2f}",
        f"{min(took):.2f}",
        f"{max(took):.2f}",
        sum(kind != "gap" for kind in kinds),
        sum(kind == "gap" for kind in kinds),
        sum(joint.shared is None for _, joint in found),
        sum(joint.best is not None and joint.best is joint.shared for _, joint in found),
    )


def _ten_sites(seed: int) -> ours.Question:
    """Ten countries drawn, each with 0.2 to 1 MW and a set-up of its own; 90 to 300 days."""
    rng = random.Random(seed)
    run = Case(deadline_days=rng.choice([90, 120, 180, 240, 300]), mix=4)
    sites = {code: {"country": code, **_site(rng, 0.2, 1.0)} for code in rng.sample(COUNTRIES, SITES)}
    return ours.consortium(run, sites)


def _states(seed: int) -> ours.Question:
    """As many sites as Brazil has states, each with a tariff, a grid limit and a set-up of its own."""
    rng = random.Random(100 + seed)
    run = Case(deadline_days=rng.choice([90, 120, 180, 240]), mix=4)
    sites = {
        f"state-{number}": {
            "country": "BR",
            "electricity_usd_per_kwh": f"{rng.uniform(0.09, 0.16):.3f}",
            **_site(rng, 0.1, 0.8),
        }
        for number in range(STATES)
    }
    return ours.consortium(run, sites)


def _site(rng: random.Random, low_mw: float, high_mw: float) -> dict[str, str]:
    return {
        "max_mw": f"{rng.uniform(low_mw, high_mw):.2f}",
        "site_setup_usd": rng.choice(["200000", "500000", "1000000"]),
    }
