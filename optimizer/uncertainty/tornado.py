"""One input at a time at the low and at the high end of its range, everything else central: what each doubt alone could
do.

At every end the case is planned again and proven like any plan; next to it stands what the plan chosen at the central
values would cost there, and which limits it would break.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from optimizer.case.setting import Figure, settle
from optimizer.case.what_if import Cell
from optimizer.catalogue import Catalogue
from optimizer.domain import BY_USER, Case, OptionKey
from optimizer.errors import UndecidedError
from optimizer.insight.curves.frontier import single_kind
from optimizer.insight.provenance import inputs
from optimizer.plans.outcome import Outcome, Plan
from optimizer.solve.planner import plan, prepare, solve_prepared
from optimizer.uncertainty.fixed_choice import Choice, Standing, in_scenario, scenario_setting, standing
from optimizer.uncertainty.ranges import with_ranges, without_range
from optimizer.uncertainty.spreads import UncertainInput
from optimizer.uncertainty.uncertain_inputs import Uncertain
from optimizer.units.records import dataclass

Kept: TypeAlias = dict[frozenset[tuple[Cell, Decimal]], Catalogue]
"""The data by the cells that are changed in them."""


@dataclass(frozen=True, eq=False)
class Basis:
    """The case at its central values, and what is uncertain about it."""

    known: Uncertain
    best: Outcome
    without_range: tuple[str, ...]
    """Inputs that are held fixed, as the data hold no range of them and the user gave none."""
    held: tuple[Figure, ...]
    """Figures behind the best plan that no input moves, and that the case does not state."""

    @property
    def choice(self) -> Choice | None:
        """The kind of server and their number of the best plan; None where there is none."""
        if not isinstance(self.best, Plan):
            return None
        return Choice(self.best.items[0].key, self.best.servers)


@dataclass(frozen=True, eq=False)
class End:
    """The answers at one end of a range."""

    values: tuple[Decimal, ...]
    """Of every figure of the input."""
    outcome: Outcome
    chosen: Standing | None
    """The plan of the central values there; None where there is no such plan."""

    @property
    def key(self) -> OptionKey | None:
        """The kind of server that is best there; None where there is no plan."""
        return self.outcome.items[0].key if isinstance(self.outcome, Plan) else None

    @property
    def servers(self) -> int | None:
        """Servers of the best plan there."""
        return self.outcome.servers if isinstance(self.outcome, Plan) else None

    @property
    def days(self) -> int | None:
        """Whole days of the best plan there."""
        return self.outcome.days if isinstance(self.outcome, Plan) else None

    @property
    def cost_usd(self) -> Fraction | None:
        """What the best plan there costs."""
        return self.outcome.cost_usd if isinstance(self.outcome, Plan) else None


@dataclass(frozen=True, eq=False)
class Bar:
    """One input at both ends of its range."""

    input: UncertainInput
    low: End
    high: End

    @property
    def ends(self) -> tuple[End, End]:
        """Low and high."""
        return self.low, self.high

    def swing_usd(self, best: Outcome) -> Fraction | None:
        """The most expensive best plan less the cheapest, over both ends and the centre; None where one has no plan."""
        costs = [end.cost_usd for end in self.ends]
        if not isinstance(best, Plan) or None in costs:
            return None
        found = [best.cost_usd, *(cost for cost in costs if cost is not None)]
        return max(found) - min(found)


@dataclass(frozen=True, eq=False)
class Tornado:
    """What each doubt alone could do, the largest swing first; those that change nothing by name."""

    basis: Basis
    bars: tuple[Bar, ...]
    idle: tuple[str, ...]


def basis(case: Case, catalogue: Catalogue, ranges: Iterable[str] = ()) -> Basis:
    """Plan a case at its central values and say what is uncertain about it.

    Args:
        ranges: ranges of the user's own, see :func:`optimizer.uncertainty.ranges.with_ranges`.

    Raises:
        UsageError: a mix, or ranges that cannot be used.
        DataError: the case or the data cannot be used.
        SolverError: the two proofs do not agree.
    """
    setting = settle(case, catalogue)
    single_kind(setting)
    ready = prepare(case, catalogue)
    keys = tuple(option.key for option in ready.table.options)
    known = with_ranges(ready.setting, keys, ranges)
    best = solve_prepared(ready)
    return Basis(
        known, best, without_range(known, keys), tuple(_without_range(known, best)) if isinstance(best, Plan) else ()
    )


def _without_range(known: Uncertain, best: Plan) -> Iterable[Figure]:
    """The figures behind a plan that have no range and that no input moves, but for those that the case states."""
    moved = scenario_setting(known, {given.name: given.low for given in known.inputs})
    others = {figure.name: figure.value for figure in inputs(replace(best, setting=moved))}
    for figure in inputs(best):
        # a rate of 0 is no input any more
        if figure.range is None and figure.value == others.get(figure.name) and figure.source != BY_USER:
            yield figure


def tornado(
    case: Case,
    catalogue: Catalogue,
    ranges: Iterable[str] = (),
    progress: Callable[[int, int], None] = lambda done, total: None,
    kept: Kept | None = None,
) -> Tornado:
    """Re-plan a case at both ends of every range, one at a time.

    Args:
        ranges: ranges of the user's own.
        progress: called with the inputs done and their number.
        kept: the changed data of each end, for further cases of the same country: they share what is computed of them.

    Raises:
        UsageError: a mix, or ranges that cannot be used.
        DataError: the case or the data cannot be used.
        SolverError: the two proofs do not agree at some end.
    """
    found = basis(case, catalogue, ranges)
    bars: list[Bar] = []
    for done, given in enumerate(found.known.inputs, 1):
        bars.append(Bar(given, *(_end(found, given, values, kept) for values in (given.low, given.high))))
        progress(done, len(found.known.inputs))
    telling = [bar for bar in bars if _changes_something(found, bar)]
    swings = {bar.input.name: bar.swing_usd(found.best) for bar in telling}
    # where an end has no plan the doubt is the gravest; then by money; then by name
    telling.sort(key=lambda bar: (swings[bar.input.name] is not None, -(swings[bar.input.name] or 0), bar.input.name))
    idle = tuple(bar.input.name for bar in bars if bar not in telling)
    return Tornado(found, tuple(telling), idle)


def _end(found: Basis, given: UncertainInput, values: tuple[Decimal, ...], kept: Kept | None) -> End:
    shown = ";".join(f"{value:f}" for value in values)
    case, catalogue = in_scenario(found.known, {given.name: values}, f"{given.name}={shown}")
    if kept is not None:
        catalogue = kept.setdefault(frozenset(found.known.values({given.name: values}).items()), catalogue)
    try:
        outcome = plan(case, catalogue)
    except UndecidedError as error:
        raise UndecidedError(str(error), {**error.dossier, "input": given.name, "values": shown}) from error
    chosen = None if found.choice is None else standing(outcome.setting, found.choice)
    return End(values, outcome, chosen)


def _changes_something(found: Basis, bar: Bar) -> bool:
    """Whether an input changes anything: the best plan, its cost or its days, or what the chosen plan comes to."""

    def seen(outcome: Outcome, chosen: Standing | None) -> tuple[object, ...]:
        if not isinstance(outcome, Plan):
            return ("none", outcome.cause, chosen)
        item = outcome.items[0]
        return item.key, item.servers, outcome.days, outcome.cost_usd, chosen

    now = None if found.choice is None else standing(found.known.setting, found.choice)
    return any(seen(end.outcome, end.chosen) != seen(found.best, now) for end in bar.ends)
