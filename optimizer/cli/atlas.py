"""The atlas of the world: ``optimizer atlas``."""

from __future__ import annotations

import csv
import shlex
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from optimizer.cli.flags import (
    FieldOption,
    GroupedCommand,
    add_options,
    axis_options,
    axis_texts,
    one_form,
    output_option,
    output_options,
    typed,
    usage,
)
from optimizer.cli.many_flags import FAILED, FAILED_ROWS, real_place, run_of, run_options, solve_many
from optimizer.cli.output import OF_DATA, catalogue, check_layout, note, read_files, write
from optimizer.errors import shown_name
from optimizer.service.fields import FIELDS, FLAG_OF
from optimizer.units.language import ENGLISH, language, say, speaking

if TYPE_CHECKING:
    from optimizer.atlas.pages import Atlas
    from optimizer.batch.job import Job
    from optimizer.batch.sweep.grid import Sweep
    from optimizer.catalogue import Catalogue

CommandT = TypeVar("CommandT", bound=Callable[..., Any])
FOLDER = "atlas"
"""Where an atlas goes that names no folder."""


def atlas_flags(command: CommandT) -> CommandT:
    """A flag for every field of a case, where the site goes, what is said of it, and how its cases are solved."""
    where = "Folder of the site: a new one, an empty one, or an atlas of an earlier run."
    written = output_options(output_option("FOLDER", where, default=FOLDER, show_default=True), has_text=False)
    region = FieldOption(
        ["--region"],
        subject=next(field.subject for field in FIELDS if field.name == "country"),
        metavar="NAME",
        help="All countries of a region, such as Mercosur, or of several: a list (optimizer data list regions).",
    )
    return add_options(command, [region, *axis_options(), *written, *run_options()])


@click.command(cls=GroupedCommand)
@atlas_flags
def atlas(
    output: str,
    folder: str | None,
    packs: tuple[str, ...],
    quiet: bool,
    csv_for: str | None,
    columns: str | None,
    region: str | None,
    **flags: Any,
) -> int:
    """Solve a question for every country and write a site: map, ranking, a page for each country.

    The site needs no server and no connection: open index.html. It is in English, Spanish and Portuguese, and has the
    data of each view as CSV. Its address contains the region, the order and the search (#region=asean).

    Flags of a case take several values, as in sweep: one view for each workload, rule set and so on. The default limits
    are 1 MW and 150 days; the default countries are all. Every case is solved again without each of its limits, to see
    which of them bind.

    With --json, --csv or --md, stdout has what was written: the cases by status, and the ranking.

    FOLDER is written when all cases are solved; an earlier atlas is replaced as a whole. A folder that contains
    anything else is refused. During the run, finished cases are stored in FOLDER.journal: --resume continues from
    there. The exit status is 6 if a case is invalid, undecided, crashed or timed out; a country without a plan, or with
    a deciding figure missing, is an answer.

    With --confidence, each case is proven over 2,000 draws. That takes about ten seconds of one core, where other cases
    take a tenth of a second: for all countries, an hour.

    \b
    optimizer atlas -o atlas
    optimizer atlas -o atlas --workload llama-3.1-70b,deepseek-v3-10t --rules all --max-mw 2 --deadline 180d
    optimizer atlas -o asean --region ASEAN --budget 20M
    """
    from datetime import date

    from optimizer.answers.form.ground_words import assumed_lines
    from optimizer.atlas.cases import atlas_cases
    from optimizer.atlas.pages import FIRST, folder_of
    from optimizer.atlas.site import write_site
    from optimizer.atlas.staging import DATA, PLANS, check_folder, settle_left, staging
    from optimizer.atlas.summary import document
    from optimizer.atlas.words import usual_deadline_words
    from optimizer.batch.job import Job
    from optimizer.batch.sweep import fault
    from optimizer.errors import DataError, UsageError
    from optimizer.service.comparing import members_of

    run = run_of(flags)
    begun, form = time.monotonic(), one_form(flags) or (csv_for and "csv")
    check_layout(form, csv_for, columns)
    texts = axis_texts(flags)
    target = real_place(output)
    settle_left(target)
    check_folder(target)
    stored = run["journal"] = run["journal"] or real_place(f"{target}.journal")
    if target in (stored, *stored.parents):
        raise UsageError.say(
            "--journal {journal} is the folder of --output, or is inside it: give another name",
            journal=shown_name(stored),
        )
    known = catalogue(folder, packs)
    try:
        if region is not None:
            texts["country"] = (",".join(members_of(region, texts, known)),)
        sweep, assumed = atlas_cases(texts, known, date.today().isoformat())
    except DataError as error:
        raise usage(error, {**FLAG_OF, "region": "--region"}) from error
    if assumed and not quiet:
        note(say("Assuming: {flags}", flags=", ".join(f"{FLAG_OF[name]} {text}" for name, text in assumed.items())))
    if not quiet:
        for line in assumed_lines(sweep.grids[0].assumed):
            note(line)
    with staging(target) as made:
        job = Job(output=made / DATA / PLANS, reads=read_files(folder, packs, None, {}), **run)
        counts = solve_many(sweep, known, job, quiet=quiet)
        if counts.by_status.get("invalid") == counts.done:
            reason = fault(sweep.line(0), known) or next(_rows(job))["reason"]
            raise UsageError.say(
                "none of the {reasons} cases can be used: {reason}", reasons=counts.done, reason=reason
            )
        if not quiet:
            note(say("Writing the pages ..."))
        found = _found(sweep, known, job, texts, assumed)
        count, size = write_site(found, made), sum(path.stat().st_size for path in made.rglob("*") if path.is_file())
    if not quiet:
        reported = {
            "name": shown_name(output),
            "count": count,
            "size": size / 1e6,
            "page": f"{folder_of(language())}{FIRST}",
        }
        for line in dict.fromkeys(filter(None, map(usual_deadline_words, found.views))):
            note(line)
        note(say("Written: {name}, {count:,} files, {size:.1f} MB; open {name}/{page}", **reported))
    if form:
        seconds, asked = time.monotonic() - begun, {**assumed, **{name: list(value) for name, value in texts.items()}}
        with speaking(ENGLISH if form in OF_DATA else None):
            answer = document(found, shown_name(output), count, size, seconds, counts, asked)
            list(write(answer, form, None, csv_for=csv_for, columns=columns))
    return FAILED_ROWS if any(counts.by_status.get(status) for status in FAILED) else 0


def _rows(job: Job) -> Iterator[dict[str, str]]:
    """The rows of its batch."""
    assert job.output is not None
    with job.output.open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def _found(
    sweep: Sweep, known: Catalogue, job: Job, texts: Mapping[str, Sequence[str]], assumed: Mapping[str, str]
) -> Atlas:
    """The atlas of the rows of its batch."""
    from optimizer.atlas.advice import advice
    from optimizer.atlas.pages import Atlas
    from optimizer.atlas.views import views_of

    views = views_of(sweep, _rows(job))
    said = {**{name: (text,) for name, text in assumed.items()}, **texts}
    return Atlas(known, views, shlex.join(["optimizer", "atlas", *typed(said)]), advice(sweep, views, known))
