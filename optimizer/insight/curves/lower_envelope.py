"""Where the cheapest choice changes as the tariff, the import duty or the PUE moves, exactly and all of it.

These touch all plans at once, so the choice may come and go. But the cost of one plan (so many servers of an option
for so many days) is a straight line in each of them: energy in the tariff and in the PUE, as are colocation and the
substation; every tax of the cascade in the duty. The least cost is then the lower envelope of straight lines, which
is concave: a plan that is the cheapest at both ends of an interval is the cheapest in all of it, and where it is not,
its line crosses that of the plan which is. So the envelope is walked from one crossing to the next in exact
arithmetic, each step by the exhaustive search over all plans.

The PUE also moves the peak: more of it leaves fewer servers within the grid limit and the medium-voltage limit, so
plans drop out as it rises, and none comes in. Between the values at which a plan drops out nothing changes, and a plan
that is the cheapest of all that were left before is so of the fewer behind, as long as it is among them.

A budget cuts off the end only: the least cost never falls in any of the three, and from where it passes the budget
there is no plan.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.errors import UndecidedError
from optimizer.exact import ExactProblem, Measure
from optimizer.exact.figures import Figures
from optimizer.exact.search import Worst, search
from optimizer.insight.curves.tipping_result import Choice
from optimizer.solve.planner import prepare

SHRINKS = ("grid", "connection")
"""The caps whose use grows with the PUE."""
CHECKED = (Decimal("0.5"), Decimal("0.3"))
"""Shares of a range at which a cost is held against its straight line."""
ONE = Fraction(1)


@dataclass(frozen=True)
class _Line:
    """A plan, and its cost at the two ends of the range."""

    option: int
    servers: int
    low_usd: Fraction
    high_usd: Fraction


class Envelope:
    """The least cost of a case as one of its fields moves within a range."""

    def __init__(self, case: Case, catalogue: Catalogue, field: str, start: Decimal, stop: Decimal) -> None:
        """Prepare the case at both ends.

        Raises:
            DataError: the case or the data cannot be used.
            UndecidedError: the cost is no straight line in the field.
        """
        self._ends = [prepare(case.changed(**{field: value}), catalogue).problem for value in (start, stop)]
        self._problem = self._ends[0]
        self._low, self._high = (problem.measure("cost") for problem in self._ends)
        self.start, self.stop = Fraction(start), Fraction(stop)
        self._shrinks = field == "pue"
        for share in CHECKED:
            value = start + (stop - start) * share
            there = prepare(case.changed(**{field: value}), catalogue).problem
            if not _same(there.measure("cost"), self._cost(Fraction(value))):
                told = {"field": field, "value": str(value), "case": case.given()}
                raise UndecidedError("a cost is no straight line in the input", told)

    def parts(self) -> Iterator[tuple[Fraction, Choice]]:
        """Each stretch over which one plan is the cheapest: where it begins, and the accelerator and way of the plan.

        Two that follow each other may be of the same choice. The ends of the range are stretches of their own: what
        is cheapest there may be so nowhere else, where a plan drops out just there or two are equal.
        """
        yield self.start, self._at_end(0)
        yield from self._walked()
        yield self.stop, self._at_end(1)

    def _at_end(self, end: int) -> Choice:
        problem = self._ends[end]
        found = search(problem, "cost")
        return None if found is None else _choice(problem, found.option)

    def _walked(self) -> Iterator[tuple[Fraction, Choice]]:
        at, best = self.start, None
        while True:
            left = self._left(at)
            if best is None or not self._lasts(best) > at:
                best = self._best(left, at)
            if best is None:
                yield at, None
                return
            crossing, following = self._crossing(left, best, at)
            until = min(crossing, self._lasts(best), self.stop)
            if until > at:
                spent = self._spent(best)
                if spent is not None and spent < until:
                    if spent > at:
                        yield at, _choice(self._problem, best.option)
                    yield max(spent, at), None
                    return
                yield at, _choice(self._problem, best.option)
            if until == self.stop:
                return
            at, best = until, following if until == crossing else None

    def _share(self, value: Fraction) -> Fraction:
        return (value - self.start) / (self.stop - self.start)

    def _cost(self, value: Fraction) -> Measure:
        """The cost at a value, between those at the ends."""
        share = self._share(value)

        def between(low: Sequence[Fraction], high: Sequence[Fraction]) -> Figures:
            return Figures(one + share * (other - one) for one, other in zip(low, high, strict=True))

        return replace(
            self._low,
            per_server=between(self._low.per_server, self._high.per_server),
            per_server_day=between(self._low.per_server_day, self._high.per_server_day),
        )

    def _usd(self, line: _Line, value: Fraction) -> Fraction:
        return line.low_usd + self._share(value) * (line.high_usd - line.low_usd)

    def _best(self, problem: ExactProblem, value: Fraction) -> _Line | None:
        """The cheapest plan at a value among those of a problem."""
        found = search(problem, Worst(((self._cost(value), ONE),)), without="budget")
        if found is None:
            return None
        used = [(found.option, found.servers, found.server_days)]
        ends = [measure.value(used, found.days) for measure in (self._low, self._high)]
        return _Line(found.option, found.servers, *ends)

    def _crossing(self, left: ExactProblem, best: _Line, at: Fraction) -> tuple[Fraction, _Line | None]:
        """Up to where a plan that is the cheapest at a value stays so among those left there, and what follows it.

        From the end of the range back to the crossing with the plan that is the cheapest there, and so on: each is
        flatter than the one before, and when none is cheaper at the crossing, concavity leaves none in between.
        """
        upto, following = self.stop, None
        while True:
            other = self._best(left, upto)
            assert other is not None  # the plan itself is one
            if self._usd(other, upto) == self._usd(best, upto):
                return upto, following
            gap, closing = self._usd(other, at) - self._usd(best, at), self._usd(best, upto) - self._usd(other, upto)
            upto, following = at + (upto - at) * gap / (gap + closing), other

    def _caps(self) -> list[tuple[Figures, Fraction]]:
        """Uses and bounds of the caps that move, in the figures at the start of the range."""
        return [(cap.uses, cap.bound) for cap in self._problem.caps if self._shrinks and cap.name in SHRINKS]

    def _lasts(self, line: _Line) -> Fraction:
        """The greatest value at which a plan is within the caps; beyond the range where none moves."""
        uses = [(uses[line.option], bound) for uses, bound in self._caps()]
        ends = [self.start * bound / (use * line.servers) for use, bound in uses if use]
        return min(ends, default=2 * self.stop)

    def _left(self, at: Fraction) -> ExactProblem:
        """The problem with the plans that are within the caps beyond a value too.

        They are those within the caps at the next value at which a plan drops out.
        """
        moving = {cap.name for cap in self._problem.caps if self._shrinks and cap.name in SHRINKS}
        if not moving:
            return self._problem
        drops = []
        for uses, bound in self._caps():
            most = self.start * bound / at
            for use in filter(None, set(uses)):
                if (servers := math.ceil(most / use) - 1) >= 1:
                    drops.append(self.start * bound / (use * servers))
        # where nothing fits beyond the value, nothing does at twice the value either
        return self._scaled(moving, self.start / min(drops, default=2 * at))

    def _scaled(self, moving: set[str], by: Fraction) -> ExactProblem:
        caps = tuple(replace(cap, bound=cap.bound * by) if cap.name in moving else cap for cap in self._problem.caps)
        return replace(self._problem, caps=caps)

    def _spent(self, line: _Line) -> Fraction | None:
        """The greatest value at which a plan is within the budget; None where it is so up to the end."""
        budget = self._problem.budget_usd
        if budget is None or line.high_usd <= budget:
            return None
        rise = line.high_usd - line.low_usd
        return self.start + (self.stop - self.start) * (budget - line.low_usd) / rise if rise else self.start


def _choice(problem: ExactProblem, option: int) -> Choice:
    key = problem.options[option].key
    return key.accelerator, key.procurement


def _same(one: Measure, other: Measure) -> bool:
    return (one.constant, one.per_server, one.per_server_day, one.per_day) == (
        other.constant,
        other.per_server,
        other.per_server_day,
        other.per_day,
    )
