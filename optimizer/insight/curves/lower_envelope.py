"""Where the cheapest choice changes as the tariff, the import duty or the PUE moves, exactly and all of it.

These touch all plans at once, so the choice may come and go. But the cost of one plan (so many servers of an option
for so many days) is a straight line in each of them: energy in the tariff and in the PUE, as are colocation and the
substation; every tax of the cascade in the duty. The least cost is then the lower envelope of straight lines, which
is concave: a plan that is the cheapest at both ends of an interval is the cheapest in all of it, and where it is not,
its line crosses that of the plan which is. So the envelope is walked from one crossing to the next in exact
arithmetic, each step by the exhaustive search over all plans.

They also move what a plan uses of some limits: the PUE the peak and the energy, the duty the price of the hardware.
That is a straight line too, and never falls, so plans drop out as the input rises, and none comes in. Between the
values at which a plan drops out nothing changes, and a plan that is the cheapest of all that were left before is so of
the fewer behind, as long as it is among them.

A budget cuts off the end only: the least cost never falls in any of the three, and from where it passes the budget
there is no plan.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.domain.limits import BUDGET, Limit
from optimizer.errors import UndecidedError
from optimizer.exact import ExactProblem, Measure
from optimizer.exact.figures import Figures
from optimizer.exact.search import Worst, search
from optimizer.insight.curves.tipping_result import Choice
from optimizer.solve.planner import prepare
from optimizer.units.language import say
from optimizer.units.records import dataclass

CHECKED = (Decimal("0.5"), Decimal("0.3"))
"""Shares of a range at which a cost is compared with its straight line."""
ONE = Fraction(1)


@dataclass(frozen=True)
class _Line:
    """A plan, and its cost at the two ends of the range."""

    option: int
    servers: int
    low_usd: Fraction
    high_usd: Fraction


@dataclass(frozen=True, eq=False)
class _Moving:
    """A limit of which plans use more as the field grows."""

    limit: Limit
    bound: Fraction
    low: Figures
    """What a server of each option uses of it at the start of the range, and at its end; or the whole work, where it
    does not count servers."""
    high: Figures
    by_server: bool

    def ends(self, line: _Line) -> tuple[Fraction, Fraction]:
        """What a plan uses of it at the two ends of the range."""
        times = line.servers if self.by_server else 1
        return self.low[line.option] * times, self.high[line.option] * times


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
        self._moving = list(_moving(*self._ends))
        for share in CHECKED:
            value = start + (stop - start) * share
            there = prepare(case.changed(**{field: value}), catalogue).problem
            straight = self._with_uses_at(Fraction(value))
            uses = ((_uses(there, one.limit), _uses(straight, one.limit)) for one in self._moving)
            if not _same(there.measure("cost"), self._cost(Fraction(value))) or any(a != b for a, b in uses):
                reported = {"field": field, "value": str(value), "case": case.given()}
                raise UndecidedError(
                    say("a cost, or what is used of a limit, is not a straight line in the input"), reported
                )

    def parts(self) -> Iterator[tuple[Fraction, Choice]]:
        """Each stretch over which one plan is the cheapest: where it begins, in the unit of the input, and accelerator
        and way.

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
        return replace(
            self._low,
            per_server=self._between(self._low.per_server, self._high.per_server, value),
            per_server_day=self._between(self._low.per_server_day, self._high.per_server_day, value),
        )

    def _between(self, low: Sequence[Fraction], high: Sequence[Fraction], value: Fraction) -> Figures:
        """Figures at a value, between those at the ends of the range or beyond."""
        share = self._share(value)
        return Figures(one + share * (other - one) for one, other in zip(low, high, strict=True))

    def _usd(self, line: _Line, value: Fraction) -> Fraction:
        return line.low_usd + self._share(value) * (line.high_usd - line.low_usd)

    def _best(self, problem: ExactProblem, value: Fraction) -> _Line | None:
        """The cheapest plan at a value among those of a problem."""
        found = search(problem, Worst(((self._cost(value), ONE),)), without=BUDGET)
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

    def _lasts(self, line: _Line) -> Fraction:
        """The greatest value at which a plan is within the limits; beyond the range where none moves."""
        ends = [self._reaches(one.bound, *one.ends(line)) for one in self._moving]
        return min(filter(None, ends), default=2 * self.stop)

    def _reaches(self, bound: Fraction, low: Fraction, high: Fraction) -> Fraction | None:
        """The value at which a use comes to a bound; None where it does not move."""
        return self.start + (self.stop - self.start) * (bound - low) / (high - low) if high > low else None

    def _left(self, at: Fraction) -> ExactProblem:
        """The problem with the plans that are within the limits beyond a value too.

        They are those within the limits at the next value at which a plan drops out.
        """
        if not self._moving:
            return self._problem
        drops = []
        for one in self._moving:
            for low, high in set(zip(one.low, one.high, strict=True)):
                now = low + self._share(at) * (high - low)
                if high > low and now:
                    # as many servers as are within it beyond the value too; of the whole work all or nothing
                    times = math.ceil(one.bound / now) - 1 if one.by_server else int(now < one.bound)
                    if times >= 1 and (value := self._reaches(one.bound, low * times, high * times)) is not None:
                        drops.append(value)
        # where nothing fits beyond the value, nothing does farther on either
        return self._with_uses_at(min(drops, default=at + self.stop - self.start))

    def _with_uses_at(self, value: Fraction) -> ExactProblem:
        """The problem with what is used of the limits that move as it is at a value."""
        moving = {one.limit for one in self._moving}
        low, high = self._ends
        caps = [
            replace(cap, uses=self._between(cap.uses, other.uses, value)) if cap.limit in moving else cap
            for cap, other in zip(low.caps, high.caps, strict=True)
        ]
        ceilings = [
            replace(ceiling, measure=replace(what, per_server_day=self._between(what.per_server_day, other, value)))
            if ceiling.limit in moving
            else ceiling
            for ceiling, what, other in (
                (one, one.measure, two.measure.per_server_day)
                for one, two in zip(low.ceilings, high.ceilings, strict=True)
            )
        ]
        return replace(low, caps=tuple(caps), ceilings=tuple(ceilings))

    def _spent(self, line: _Line) -> Fraction | None:
        """The greatest value at which a plan is within the budget; None where it is so up to the end."""
        budget = next((one.bound for one in self._problem.ceilings if one.limit == BUDGET), None)
        if budget is None or line.high_usd <= budget:
            return None
        rise = line.high_usd - line.low_usd
        return self.start + (self.stop - self.start) * (budget - line.low_usd) / rise if rise else self.start


def _moving(low: ExactProblem, high: ExactProblem) -> Iterator[_Moving]:
    """The limits but for the budget that move from one end of a range to the other."""
    for cap, other in zip(low.caps, high.caps, strict=True):
        if cap.uses != other.uses:
            yield _Moving(cap.limit, cap.bound, cap.uses, other.uses, by_server=True)
    for ceiling in low.ceilings:
        if ceiling.limit == BUDGET:
            continue
        first, last = (_of_the_work(problem, ceiling.limit) for problem in (low, high))
        if first != last:
            yield _Moving(ceiling.limit, ceiling.bound, first, last, by_server=False)


def _of_the_work(problem: ExactProblem, limit: Limit) -> Figures:
    """What each option uses of a limit if it does all the work, whatever its servers and days."""
    what, full = problem.measure(limit), problem.work_pflops_days
    assert not (what.per_day or what.per_server.any or what.latest.any)  # of what moves, only the cost counts these
    return Figures(
        what.constant + each * full / option.pflops
        for each, option in zip(what.per_server_day, problem.options, strict=True)
    )


def _uses(problem: ExactProblem, limit: Limit) -> tuple[Figures, Figures]:
    """What is used of a limit by the server, and by its day of work."""
    what = problem.measure(limit)
    return what.per_server, what.per_server_day


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
