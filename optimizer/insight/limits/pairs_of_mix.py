"""The least pair of limits that would do for a mix, where no single limit would: by bisection over proven mixes.

As for one kind of server (:mod:`optimizer.insight.limits.pairs`) the least pair is that whose larger relaxation,
needed over asked, is least, and of several such the one whose smaller is least. Whether a mix is within both limits
at a share never turns from yes to no as the share rises, so bisection finds the least: from the share of a plan that
is known, and whenever a mix is found, on from the share that it really uses. Each step is a mix on which two runs of
HiGHS agree, and the pair is planned again from both sides: a plan at its values, none with either of them a share of
1e-4 less, none with both as much below the larger share. Nearer, HiGHS cannot tell a mix just within a limit from one
just over it: at 1e-10 its runs were seen to disagree in most cases.

Only the least of all pairs is searched for, so of most pairs one step shows that they are no less. A deadline that
counts from the order is left out, since lead times differ from one kind to another of a mix.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from itertools import combinations

from optimizer.domain.limits import DEADLINE, Aim, Limit
from optimizer.errors import UndecidedError
from optimizer.insight.limits.concessions import Part
from optimizer.insight.limits.needs import bound_of
from optimizer.insight.limits.pairs import Joint, Needs, at_values, needs_of, pair_limits
from optimizer.plans.outcome import Infeasible, Plan, under_found_limits
from optimizer.solve.claim import Prepared, Solver
from optimizer.solve.mix import agree_on_mix
from optimizer.solve.planner import plan, prepare
from optimizer.units.language import say

DIGITS = 5
"""Significant digits of a limit that is no whole number, rounded up."""
CLEAR = Fraction(1, 10 ** (DIGITS - 1))
"""The share to which a value is shown to be the least."""
FAR = Fraction(1000)
"""The share up to which a pair is searched for that does for no single kind of server."""

Shares = Mapping[Limit, Fraction]


def least_pair(ready: Prepared, infeasible: Infeasible, *, solver: Solver | None = None) -> Joint | None:
    """The least pair of limits that would do together; None if none does within :data:`FAR` times what is asked.

    Raises:
        UndecidedError: it could not be confirmed from both sides.
    """
    if not infeasible.why.over_limits:
        return None
    limits = [limit for limit in pair_limits(ready) if not (limit == DEADLINE and _from_order(ready))]
    # what one kind of server needs is enough for a mix
    enough = {two: needs_of(ready, two) for two in combinations(limits, 2)}
    shares = {two: None if needs is None else needs.worst for two, needs in enough.items()}
    best: Needs | None = None
    for two in sorted(shares, key=lambda two: (shares[two] or FAR, two)):
        found = _Pair(ready, two, solver).least(shares[two], best)
        if found is not None and (best is None or (found.worst, found.others) < (best.worst, best.others)):
            best = found
    return None if best is None else _confirmed(ready, best, solver)


def _confirmed(ready: Prepared, needs: Needs, solver: Solver | None) -> Joint | None:
    """Plan at the values; with each alone short of its own; and with both short of the larger share."""
    case, catalogue = ready.setting.case, ready.setting.catalogue
    parts = []
    for limit, value in needs.values.items():
        asked = bound_of(ready, limit)
        if value > asked:
            parts.append(Part(limit, asked, _statable(value, limit.described.whole)))
    at = at_values(case, {part.limit: part.needed for part in parts})
    if len(parts) < 2 or at is None:
        return None  # one of them alone would do, but no field of the case says it; or a value cannot be asked for
    needed = {part.limit: part.needed for part in parts}
    shorts = [{**needed, limit: _short(limit, needs.values[limit])} for limit in needed]
    shorts.append({limit: _short(limit, needs.worst * bound_of(ready, limit)) for limit in needs.values})
    reached = plan(at, catalogue, solver=solver)
    asked_short = [short for values in shorts if (short := at_values(case, values)) is not None]
    missed = [plan(short, catalogue, solver=solver) for short in asked_short]
    if not isinstance(reached, Plan) or any(isinstance(outcome, Plan) for outcome in missed):
        reported = {"limits": {str(part.limit): str(part.needed) for part in parts}, "case": case.given()}
        raise UndecidedError(say("the smallest values of two limits could not be confirmed by both proofs"), reported)
    return Joint(tuple(parts), under_found_limits(reached, (part.limit for part in parts), ready.setting.asked))


def _statable(value: Fraction, whole: bool, rounding: str = ROUND_CEILING) -> Decimal:
    """A value that can be asked for: the least that suffices or, rounded down, the most that is no more."""
    if whole:
        return Decimal(math.ceil(value) if rounding == ROUND_CEILING else math.floor(value))
    rounded = Context(prec=DIGITS, rounding=rounding).divide(Decimal(value.numerator), Decimal(value.denominator))
    return Decimal(f"{rounded:f}")


def _short(limit: Limit, value: Fraction) -> Decimal:
    """A value that is clearly less, by a whole thing or a share of 1e-4."""
    whole = limit.described.whole
    return Decimal(math.ceil(value) - 1) if whole else _statable(value * (1 - CLEAR), whole, ROUND_FLOOR)


def _from_order(ready: Prepared) -> bool:
    return ready.setting.case.deadline_from == "order"


class _Pair:
    """Two limits of a case, and the mixes within certain shares of them."""

    def __init__(self, ready: Prepared, limits: tuple[Limit, Limit], solver: Solver | None) -> None:
        self._ready, self._limits, self._solver = ready, limits, solver
        self._bounds = {limit: bound_of(ready, limit) for limit in limits}

    def least(self, enough: Fraction | None, best: Needs | None) -> Needs | None:
        """What the pair needs; None if that is no less than the best of other pairs, or farther than :data:`FAR`.

        Args:
            enough: a share at which there is a mix, if one is known.
        """
        low, high = Fraction(1), enough
        if high is None or (best is not None and best.worst < high):
            within = self._within(FAR if best is None else best.worst)
            if within is None:
                return None
            high = max(within.values())
        while (within := self._within(high * (1 - CLEAR))) is not None:
            high = max(within.values())
            middle = (low + high) / 2
            nearer = self._within(middle)
            low, high = (middle, high) if nearer is None else (low, max(nearer.values()))
        held = dict.fromkeys(self._limits, high)
        # within the larger share each as small as it can be, the lesser first, and never below what is asked
        smallest = {limit: self._smallest(limit, held) for limit in self._limits}
        first = min(self._limits, key=lambda limit: (smallest[limit], limit))
        (second,) = set(self._limits) - {first}
        held[first] = smallest[first]
        held[second] = self._smallest(second, held)
        values = {limit: held[limit] * self._bounds[limit] for limit in self._limits}
        return Needs(max(held.values()), min(held.values()), values)

    def _within(self, share: Fraction) -> Shares | None:
        """The shares of a mix within both limits at a share: the least of the first, then of the second."""
        first, second = self._limits
        most = {limit: self._at(limit, share, ROUND_FLOOR) for limit in self._limits}
        if (found := self._found(first, most)) is None:
            return None
        after = self._found(second, {**most, first: self._at(first, found[first])})
        assert after is not None  # the mix that was found is one
        return {first: max(found[first], after[first]), second: after[second]}

    def _smallest(self, limit: Limit, held: Shares) -> Fraction:
        found = self._found(limit, {each: self._at(each, share) for each, share in held.items()})
        assert found is not None  # the mix that was found is one
        return max(found[limit], Fraction(1))

    def _found(self, limit: Limit, most: Mapping[Limit, Decimal]) -> Shares | None:
        """The shares that the mix of least use of a limit has, among those within some values; None if none is."""
        case = self._ready.setting.case
        at = at_values(case, most)
        if at is None:
            return None
        there = prepare(at, self._ready.setting.catalogue)
        reached = agree_on_mix(there, self._solver, _measure(limit), case.mix or 1)[0]
        if reached is None:
            return None
        return {
            each: there.problem.measure(_measure(each)).value(*reached) / self._bounds[each] for each in self._limits
        }

    def _at(self, limit: Limit, share: Fraction, rounding: str = ROUND_CEILING) -> Decimal:
        """A limit at a share of what is asked."""
        return _statable(share * self._bounds[limit], limit.described.whole, rounding)


def _measure(limit: Limit) -> Aim:
    """What a limit bounds; one on hire that is moved is one on the supply of that kind."""
    if limit.kind == "hire":
        return Limit("supply", limit.accelerator)
    return "days" if limit == DEADLINE else limit
