"""(g) What is asked after the answer: trade-off curves of 30 points, tipping points, the inverse question."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from optimizer.catalogue import Catalogue
from optimizer.domain import Case

from . import ours
from .measuring import Scale, Section, Target, clocked, in_turn, spread, table

POINTS = 30
CURVE_TARGET_S = 2.0
LIMITS: tuple[dict[str, Any], ...] = (
    {},
    {"max_mw": "2", "deadline_days": 150},
    {"max_mw": "1", "budget_usd": "3e7"},
    {"deadline_days": 200, "deadline_from": "order"},
)
COUNTRIES = ("BR", "MX", "IN", "VN", "ZA", "ID")
CURVES = (
    ("cost", "days"),
    ("peak_power", "cost"),
    ("days", "peak_power"),
    ("days", "carbon"),
    ("compute", "cost"),
    ("compute", "days"),
    ("compute", "peak_power"),
)
TIPPINGS = (
    ("price:h100", "1000", "100000"),
    ("mfu:h100", "0.1", "1"),
    ("tariff", "0", "1"),
    ("pue", "1", "2"),
    ("duty", "0", "1"),
)


def section(catalogue: Catalogue, scale: Scale) -> Section:
    """Wall seconds of each question over some single-site cases, nothing kept of earlier ones."""
    wanted = 2 if scale.quick else len(COUNTRIES)
    some = [Case(country=country, **limits) for country in COUNTRIES[:wanted] for limits in LIMITS]
    rows, worst = [], 0.0
    for axes in CURVES:
        taken, points = _timed(lambda case, known, a=axes: ours.curve(case, known, *a, POINTS), some, catalogue, scale)
        worst = max([worst, *(s for s, count in zip(taken, points, strict=True) if count == POINTS)])
        rows.append((f"frontier {' '.join(axes)}", *spread(taken), len(taken), max(points, default=0)))
    for what in TIPPINGS:
        taken, changes = _timed(lambda case, known, w=what: ours.changes(case, known, *w), some, catalogue, scale)
        rows.append((f"tipping {what[0]}", *spread(taken), len(taken), max(changes, default=0)))
    taken, _ = _timed(ours.most_tokens, some, catalogue, scale)
    rows.append(("largest", *spread(taken), len(taken), 1))
    columns = ("question", "median", "least", "most", "cases", "most points")
    made = table(f"{len(some)} single-site cases of the shipped catalogue, ms a question", columns, rows)
    slowest = Target(f"slowest curve of {POINTS} points, s", worst, CURVE_TARGET_S, at_least=False)
    return Section("decisions: frontier, tipping, largest", [made], [], [slowest])


def _timed(
    ask: Callable[[Case, Catalogue], int | None], some: list[Case], catalogue: Catalogue, scale: Scale
) -> tuple[list[float], list[int]]:
    """Seconds and points of each case that can be asked so and has a plan."""
    seconds, points = [], []
    for case in some:
        count = ask(case, catalogue)
        if not count:
            continue

        def once(case: Case = case) -> float:
            known = catalogue.without_cache()
            return clocked(lambda: ask(case, known))[0]

        seconds.append(in_turn({"": once}, scale.rounds)[""])
        points.append(count)
    return seconds, points
