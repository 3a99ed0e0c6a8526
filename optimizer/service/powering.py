"""What feeds the site: the ways next to each other, and the hours of a plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from optimizer.errors import DataError, InputError, shown_name, system_words
from optimizer.service.register import Asked, Parameter, question
from optimizer.units.language import say, speaking

if TYPE_CHECKING:
    from optimizer.answers.form.document import Document
    from optimizer.catalogue import Catalogue
    from optimizer.domain import Case
    from optimizer.power.plan import PowerPlan


@question(
    "power",
    "Plan",
    Parameter(
        "break_even",
        "Show the tariff from which solar, and then a battery, is worth its cost, and what the energy of a "
        "steady load costs in every way.",
        "switch",
    ),
    Parameter(
        "months",
        "Show the best plan of a run that starts in each month of the year, and so which months are expensive.",
        "switch",
    ),
    Parameter(
        "dark_years",
        "Show what the plan does in a dark year, with one more hour of outage each day, and with both; and "
        "the cheapest plan that works in all of them.",
        "switch",
    ),
    outputs=(
        *("answers.power.outputs:WaysToFeedOut", "answers.power.break_even:BreakEvenOut"),
        "answers.power.choices:PowerChoicesOut",
    ),
    rows=(
        *("answers.power.row:PowerRow", "answers.power.break_even:BreakEvenRow"),
        "answers.power.choices:PowerChoiceRow",
    ),
    takes_power=True,
)
def power(asked: Asked) -> Document:
    """Compare every way to feed the site, each with its best proven plan.

    The ways are: a grid that never fails; the grid with its outages (training pauses); a genset; free choice of solar,
    battery, genset and grid; off-grid; at least 80, 95 and 100 % renewable; and the whole price of the supply paid by
    this run. The flags of Power say when the grid is off and what may be built.

    \b
    optimizer power --country ZA --max-mw 1 --deadline 180d --outage 17-21
    optimizer power --country IN --break-even
    optimizer power --country ZA --max-mw 1 --deadline 60d --outage 17-21 --months
    """
    case = asked.case()
    chosen = [name for name in ("break_even", "months", "dark_years") if asked.own[name]]
    if len(chosen) > 1:
        rule = say("is another question than --{first}: give one of them", first=chosen[0].replace("_", "-"))
        raise InputError.at(rule, column=chosen[1])
    try:
        if asked.own["months"] or asked.own["dark_years"]:
            return _scenarios(case, asked)
        if asked.own["break_even"]:
            from optimizer.answers.power.break_even import document
            from optimizer.power.break_even import break_even

            return document(break_even(case, asked.catalogue))
        from optimizer.answers.power.answer import ways_document
        from optimizer.power.ways import ways_to_feed

        return ways_document(ways_to_feed(case, asked.catalogue, asked.step))
    except DataError as error:
        raise InputError(error.problems) from error


def _scenarios(case: Case, asked: Asked) -> Document:
    """The run begun in each month, or in a dark year."""
    from optimizer.answers.power.choices import document, doubt_document
    from optimizer.power.scenarios import dark_years, months

    reported = asked.step or (lambda text: None)
    if asked.own["months"]:
        return document(months(case, asked.catalogue, reported))
    return doubt_document(dark_years(case, asked.catalogue, reported))


def fed_plan(case: Case, catalogue: Catalogue, asked: Asked | None) -> Document:
    """The plan of a case with flags of Power; its hours go to a file where one is named.

    Raises:
        InputError: the words do not go together.
    """
    from optimizer.answers.power.answer import document
    from optimizer.insight.limits.of_supply import fed_concessions
    from optimizer.power.answer import power_answer
    from optimizer.power.plan import NotFed

    try:
        found = power_answer(case, catalogue)
        needs = fed_concessions(found.outcome) if isinstance(found.outcome, NotFed) else ()
    except DataError as error:
        raise InputError(error.problems) from error
    path = None if asked is None else asked.own.get("dispatch")
    if path is not None and found.plan is not None and asked is not None:
        write_dispatch(found.plan, Path(path), catalogue)
        with speaking(asked.language):
            asked.note(say("Written: {written}", written=shown_name(path)))
    return document(found, needs)


def write_dispatch(plan: PowerPlan, path: Path, catalogue: Catalogue) -> None:
    """Every hour of a plan's supply as CSV, with its metadata next to it.

    Raises:
        InputError: a file cannot be written.
        UsageError: the metadata would be written over a file that is none of ours.
    """
    from optimizer.answers.form.document import Rows
    from optimizer.answers.power.dispatch import HourRow, hour_rows
    from optimizer.render.csv import csv_lines, write_metadata
    from optimizer.render.files import check_metadata, metadata_path, whole

    place = path.resolve()
    check_metadata(metadata_path(place))
    try:
        with whole(place) as stream:
            stream.writelines(csv_lines(hour_rows(plan), HourRow.model_fields))
        write_metadata(place, Rows("hours", "Hours of what feeds a plan", HourRow, tuple), catalogue)
    except OSError as error:
        rule = say("cannot be written: {strerror}", strerror=system_words(error))
        raise InputError.at(rule, column="dispatch", value=str(path)) from error


def choices(kind: str, case: Case, asked: Asked, **more: Any) -> Document:
    """A further question to a case that says what feeds its site.

    Args:
        kind: which question: the name of a function of :mod:`optimizer.power.choices`.
        case: the case.
        asked: how it was asked.
        more: what the function takes next to the case and the data.

    Raises:
        InputError: the words do not go together.
    """
    from optimizer.answers.power.choices import document
    from optimizer.power import choices as of_power

    try:
        return document(
            getattr(of_power, kind)(case, asked.catalogue, **more, report=asked.step or (lambda text: None))
        )
    except DataError as error:
        raise InputError(error.problems) from error
