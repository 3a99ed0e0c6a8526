"""At which values of an input the choice changes within a range, by solving again; both sides of each are proven.

Three kinds of input, each with its own way to miss no change:

- The price, the rent or the efficiency of one accelerator touches its plans only. If its price or rent rises, each of
  these costs more and none becomes feasible that was not; if its efficiency rises, each costs less and takes less of
  every limit. So the best of them gets worse (better) all along, while the best of the others stays what it is:
  whether it is chosen changes at most once, and bisection finds where. A ratio of two accelerators is the efficiency of
  the first, in the sustained speed of the second.
- The tariff, the import duty and the PUE touch all plans at once, so the choice may come and go:
  :mod:`optimizer.insight.curves.lower_envelope` walks the least cost from end to end.
- A limit lets more plans in as it grows: :func:`optimizer.exact.curves.as_limit_grows` has the best for each of its
  values.

Every step is settled by the exhaustive search in exact arithmetic, and the plans on both sides of every change, and at
the ends of the range, are proven like any plan.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from optimizer.case.setting import Setting, settle
from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.domain.likely_words import likely_word
from optimizer.domain.limits import KINDS, Limit, kind_named
from optimizer.errors import InputError, UsageError
from optimizer.exact.curves import as_limit_grows
from optimizer.insight.curves.frontier import single_kind
from optimizer.insight.curves.lower_envelope import Envelope
from optimizer.insight.curves.tipping_of_one import OF_ONE, tipping_of_one
from optimizer.insight.curves.tipping_result import Choice, Input, Tipping, check_range, make_stretches, merge_parts
from optimizer.plans.outcome import Outcome
from optimizer.solve.planner import plan, prepare
from optimizer.units.language import say

SHARED = {
    given.kind: given
    for given in (
        Input("tariff", "USD/kWh", Decimal("0.0001"), field="electricity_usd_per_kwh"),
        Input("duty", "share of CIF", Decimal("0.0001"), field="import_duty"),
        Input("pue", "ratio", Decimal("0.0001"), field="pue"),
    )
}
"""What touches all plans, with the tolerance to which it is searched for by default."""

LIMITS = {
    kind.word: Input(kind.word, kind.unit, kind.tolerance, field=kind.field, limit=Limit(kind.name), whole=kind.whole)
    for kind in KINDS.values()
    if kind.tolerance is not None
}
"""The limits of a case."""


def tipping(
    case: Case, catalogue: Catalogue, what: str, start: Decimal, stop: Decimal, tolerance: Decimal | None = None
) -> Tipping:
    """All values within a range at which the choice changes: of accelerator, and of how it is had.

    Args:
        what: ``price:h100`` (USD), ``rent:h100`` (USD an hour), ``mfu:h100`` (times its MFU in every precision) or
            ``ratio:h100/a100`` (times the sustained speed of one A100), of which the last two tell accelerators only;
            ``tariff`` (USD/kWh), ``duty`` (share of CIF) or ``pue``; or a limit of the case, :data:`LIMITS`.
        start: least value of the range.
        stop: greatest value of the range.
        tolerance: how far apart the two sides of a change may lie; each input has one by default.

    Raises:
        UsageError: no such input, an empty range or one that the input cannot take, a tolerance that is not above 0,
            a mix, an input that the case itself gives, or of what touches all plans an objective other than cost.
        DataError: the case, the accelerator or the data cannot be used.
        UndecidedError: a side could not be confirmed.
    """
    given, name = input_of(what)
    within = given.tolerance if tolerance is None else tolerance
    check_range(start, stop, within)
    setting = settle(case, catalogue)
    single_kind(setting)
    if given.kind == "pue" and case.peak_pue is not None:
        raise UsageError.say("the peak has a PUE of its own (peak_pue): leave it out to vary the PUE")
    if given.kind in OF_ONE:
        return tipping_of_one(setting, given, name, start, stop, within)
    _check_values(setting, given, (start, stop, within))
    parts = (
        _of_all(setting, given, start, stop) if given.kind in SHARED else _of_limit(case, catalogue, given, start, stop)
    )
    choices, changes = merge_parts(parts)

    def planned(value: Decimal) -> Outcome:
        return plan(_at(case, given, value), catalogue)

    found_within, stretches = make_stretches(planned, given, choices, changes, start, stop, within)
    return Tipping(setting, given, None, None, _data_value(setting, given), found_within, stretches)


def input_of(what: str) -> tuple[Input, str]:
    """An input by its name, and what it is of: ``price:h100`` is the price, of h100.

    Raises:
        UsageError: no such input.
    """
    kind, _, name = what.partition(":")
    given = {**OF_ONE, **SHARED, **LIMITS}.get(kind.replace("-", "_"))
    if given is None or bool(name) != (given.kind in OF_ONE):
        names = ", ".join([f"{kind}:h100" for kind in OF_ONE if kind != "ratio"])
        rule = say(
            '"{what}" is not an input: write {names}, ratio:h100/a100, {value}',
            what=what,
            names=names,
            value=", ".join([*SHARED, *LIMITS]),
        )
        limit = kind_named(what)
        near = likely_word(limit.word if limit else what, (*SHARED, *LIMITS), is_list=False)
        raise UsageError(f"{rule}; {near}" if near else rule)
    return given, name


def _check_values(setting: Setting, given: Input, values: tuple[Decimal, ...]) -> None:
    """Refuse a range that the field of the case cannot take, and an input that the case gives.

    Raises:
        UsageError: either, or an objective whose best plan is not a straight line in the input.
    """
    if getattr(setting.asked, given.field) is not None:
        raise UsageError.say(
            "{kind}: the case gives {field}, which is the input that is varied; leave it out",
            kind=given.kind,
            field=given.field,
        )
    if given.kind in SHARED and setting.case.objective != "cost":
        raise UsageError.say(
            "{kind}: this is exact for the objective cost only, not {objective}",
            kind=given.kind,
            objective=setting.case.objective,
        )
    if given.whole and any(value != int(value) for value in values):
        raise UsageError.say("{kind}: the range and the tolerance must be whole", kind=given.kind)
    for value in values[:2]:
        try:
            _at(setting.asked, given, value)
        except InputError as error:
            raise UsageError(f"{given.kind} {value:f}: {error.problems[0].rule}") from error


def _at(case: Case, given: Input, value: Decimal) -> Case:
    return case.changed(**{given.field: int(value) if given.whole else value})


def _data_value(setting: Setting, given: Input) -> Decimal | None:
    """What the data hold of an input that touches all plans."""
    if given.kind == "duty":
        return setting.tax.duty
    return setting.figures[given.field].value if given.kind in SHARED else None


def _of_all(setting: Setting, given: Input, start: Decimal, stop: Decimal) -> list[tuple[Fraction, Choice]]:
    return list(Envelope(setting.asked, setting.catalogue, given.field, start, stop).parts())


def _of_limit(
    case: Case, catalogue: Catalogue, given: Input, start: Decimal, stop: Decimal
) -> list[tuple[Fraction, Choice]]:
    """From which values of a limit on each choice is the best."""
    ready = prepare(_at(case, given, stop), catalogue)
    problem, least = ready.problem, Fraction(start)
    parts: list[tuple[Fraction, Choice]] = [(least, None)]
    if not problem.options:
        return parts
    assert given.limit is not None
    for use, found in as_limit_grows(problem, given.limit, ready.setting.case.objective or "cost"):
        key = problem.options[found.option].key
        choice = (key.accelerator, key.procurement)
        if use <= least:
            parts = [(least, choice)]
        else:
            parts.append((use, choice))
    return parts
