"""The atlas of the world: ``optimizer atlas``."""

from __future__ import annotations

import csv
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from optimizer.cli.flags import (
    OUTPUT,
    FieldOption,
    GroupedCommand,
    add_options,
    axis_options,
    data_options,
    language_option,
    usage,
)
from optimizer.cli.many_flags import FAILED_ROWS, check_run, named_beside, run_options, solve_many
from optimizer.cli.output import catalogue, note, read_files
from optimizer.errors import shown_name
from optimizer.service.fields import FLAG_OF
from optimizer.units.language import say

if TYPE_CHECKING:
    from optimizer.batch.job import Job
    from optimizer.batch.sweep.grid import Sweep
    from optimizer.catalogue import Catalogue
    from optimizer.web.atlas.pages import Atlas

CommandT = TypeVar("CommandT", bound=Callable[..., Any])
FOLDER = "atlas"
"""Where an atlas goes that names no folder."""


def atlas_flags(command: CommandT) -> CommandT:
    """A flag for every field of a case, where the site goes, and how its cases are solved."""
    return add_options(
        command, [*axis_options(), *_output_options(), *run_options(), *data_options(OUTPUT), language_option()]
    )


def _output_options() -> Iterator[click.Option]:
    yield FieldOption(
        ["-o", "--output"],
        subject=OUTPUT,
        metavar="FOLDER",
        default=FOLDER,
        show_default=True,
        help="Folder of the site: a new one, an empty one, or an atlas of an earlier run.",
    )


@click.command(cls=GroupedCommand)
@atlas_flags
def atlas(
    output: str,
    folder: str | None,
    packs: tuple[str, ...],
    workers: int | None,
    case_limit_s: float,
    journal: str | None,
    resume: bool,
    restart: bool,
    retry_failed: bool,
    scheduler: str | None,
    quiet: bool,
    **flags: Any,
) -> int:
    """Solve a question for every country and write a site: map, ranking, a page for each country.

    The site needs no server and no connection: open index.html. It is in English, Spanish and Portuguese, and has the
    data of each view as CSV. Its address contains the region, the order and the search (#region=asean).

    Flags of a case take several values, as in sweep: one view for each workload, rule set and so on. The default limits
    are 1 MW and 150 days; the default countries are all. Every case is solved again without each of its limits, to see
    which of them bind.

    FOLDER is written when all cases are solved; an earlier atlas is replaced as a whole. A folder that contains
    anything else is refused. During the run, finished cases are stored in FOLDER.journal: --resume continues from
    there. The exit status is 6 if a case is undecided, crashed or timed out; a country without a plan, or with a
    deciding figure missing, is an answer.

    \b
    optimizer atlas -o atlas
    optimizer atlas -o atlas --workload llama-3.1-70b,deepseek-v3-10t --rules all --max-mw 2 --deadline 180d
    optimizer atlas -o asean --country ASEAN --budget 20M
    """
    from datetime import date

    from optimizer.batch.job import Job
    from optimizer.batch.journal import TO_RETRY
    from optimizer.errors import DataError, UsageError
    from optimizer.web.atlas.cases import atlas_cases
    from optimizer.web.atlas.staging import DATA, PLANS, check_folder, settle_left, staging

    check_run(case_limit_s, resume=resume, restart=restart, retry_failed=retry_failed)
    given = {name: flags.pop(name) for name in FLAG_OF if name in flags}
    given["assume_hire"] = ("yes",) if given["assume_hire"] else ()
    texts = {name: value for name, value in given.items() if value}
    target = named_beside(output)
    settle_left(target)
    check_folder(target)
    stored = named_beside(journal or f"{target}.journal")
    if target in (stored, *stored.parents):
        raise UsageError(
            say("--journal {journal} is, or lies in, --output: give another name", journal=shown_name(stored))
        )
    known = catalogue(folder, packs)
    try:
        sweep, assumed = atlas_cases(texts, known, date.today().isoformat())
    except DataError as error:
        raise usage(error, FLAG_OF) from error
    if assumed and not quiet:
        note(say("Assuming: {flags}", flags=", ".join(f"{FLAG_OF[name]} {text}" for name, text in assumed.items())))
    with staging(target) as made:
        job = Job(
            output=made / DATA / PLANS,
            workers=workers,
            case_limit_s=case_limit_s,
            journal=stored,
            resume=resume,
            restart=restart,
            retry_failed=retry_failed,
            scheduler=scheduler,
            reads=read_files(folder, packs, None, {}),
        )
        counts = solve_many(sweep, known, job, quiet=quiet)
        if not quiet:
            note(say("Writing the pages ..."))
        count, size = _written(sweep, known, job, made, texts, assumed)
    if not quiet:
        told = {"name": shown_name(output), "count": count, "size": size / 1e6}
        note(say("Written: {name}, {count:,} files, {size:.1f} MB; open {name}/index.html", **told))
    return FAILED_ROWS if any(counts.by_status.get(status) for status in TO_RETRY) else 0


def _written(
    sweep: Sweep, known: Catalogue, job: Job, made: Path, texts: Mapping[str, Sequence[str]], assumed: Mapping[str, str]
) -> tuple[int, int]:
    """Write the site from the rows of its batch; the number of its files, and their bytes."""
    from optimizer.web.atlas.pages import Atlas
    from optimizer.web.atlas.site import write_site
    from optimizer.web.atlas.views import views_of

    assert job.output is not None
    with job.output.open(encoding="utf-8", newline="") as stream:
        views = views_of(sweep, csv.DictReader(stream))
    said = {**{name: (text,) for name, text in assumed.items()}, **texts}
    words = [
        "optimizer",
        "atlas",
        *(word for name, value in said.items() for text in value for word in _flag(name, text)),
    ]
    found: Atlas = Atlas(known, views, shlex.join(words))
    count = write_site(found, made)
    return count, sum(path.stat().st_size for path in made.rglob("*") if path.is_file())


def _flag(name: str, text: str) -> tuple[str, ...]:
    return (FLAG_OF[name],) if name == "assume_hire" else (FLAG_OF[name], text)
