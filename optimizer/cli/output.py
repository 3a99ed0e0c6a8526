"""Where words go: data on stdout or into a file, all else on stderr; colour only where a terminal wants it."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TextIO, TypeVar, cast

import click

from optimizer.errors import DataError, OptimizerError, UndecidedError

if TYPE_CHECKING:
    from pydantic import BaseModel
    from rich.console import Console

    from optimizer.case.setting import Assumed
    from optimizer.catalogue import Catalogue
    from optimizer.insight import Answer

CommandT = TypeVar("CommandT", bound=Callable[..., Any])
PIPED_WIDTH = 100
"""Width of a card that goes into a pipe or a file."""
NARROWEST = 40
_BLANKS_AT_END = re.compile(r"[ ]+$", re.MULTILINE)


class Trimmed:
    """A stream whose lines lose the blanks at their end; all else is the stream's own."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write a text of whole lines."""
        return self._stream.write(_BLANKS_AT_END.sub("", text))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def console(stream: TextIO | None = None) -> Console:
    """A rich console: no colour when piped, with NO_COLOR or on a dumb terminal; plain text everywhere.

    In a pipe no line ends in blanks: rich fills them to the width, which only a terminal's background needs.
    """
    from rich.console import Console

    class Quiet(Console):
        """Leaves a closed pipe to the caller, who ends without a word."""

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    stream = stream or sys.stdout
    terminal = stream.isatty()
    width = None if terminal else PIPED_WIDTH
    out = stream if terminal else cast("IO[str]", Trimmed(stream))
    made = Quiet(file=out, width=width, highlight=False, markup=False, emoji=False, soft_wrap=False)
    if terminal and made.width < NARROWEST:
        made.width = NARROWEST
    return made


def note(text: str) -> None:
    """A line for the reader beside the data: on stderr."""
    click.echo(text, err=True)


def note_assumed(assumed: Iterable[Assumed], quiet: bool) -> None:
    """The defaults that were filled in, on stderr."""
    if not quiet and (told := "; ".join(f"{a.field} {a.value}" for a in assumed)):
        note(f"Assuming: {told}")


def catalogue(folder: str | None, packs: tuple[str, ...] = ()) -> Catalogue:
    """The data folder given with --data, or OPTIMIZER_DATA, or the one shipped, with the packs given with --pack."""
    from optimizer.catalogue import load_catalogue

    return load_catalogue(folder, packs)


def data_flags(command: CommandT) -> CommandT:
    """--data and --pack."""
    decorated: Any = command
    for option in (
        click.option("--data", "folder", metavar="DIR", help="A data folder of one's own (or OPTIMIZER_DATA)."),
        click.option(
            "--pack", "packs", metavar="FILE.toml", multiple=True, help="A country pack of one's own; may be repeated."
        ),
    ):
        decorated = option(decorated)
    result: CommandT = decorated
    return result


def report_error(error: OptimizerError) -> None:
    """One message on stderr; what is undecided leaves a file to reproduce it."""
    if isinstance(error, DataError) and len(error.problems) > 1:
        note(f"Error: {len(error.problems)} problems:")
        for problem in error.problems:
            note(f"  {problem}")
        return
    note(f"Error: {error}")
    if isinstance(error, UndecidedError):
        import hashlib

        body = json.dumps(error.dossier, indent=2, sort_keys=True, default=str) + "\n"
        path = Path(f"undecided-{hashlib.sha256(body.encode()).hexdigest()[:12]}.json")
        path.write_text(body, encoding="utf-8")
        note(f"No plan is told where two proofs disagree. To reproduce it: {path}")


def target_of(path: str | None) -> Path | None:
    """The file to write, a link followed rather than replaced; None for stdout.

    Raises:
        click.BadParameter: it is a folder, or lies in none.
    """
    if path in (None, "-"):
        return None
    if (path or "").endswith(("/", os.sep)):
        raise click.BadParameter(f"{path} is a folder", param_hint="--output")
    target = Path(path or "").resolve()
    if not target.parent.is_dir():
        raise click.BadParameter(f"there is no folder {target.parent}", param_hint="--output")
    if target.is_dir():
        raise click.BadParameter(f"{target} is a folder", param_hint="--output")
    return target


@contextmanager
def destination(path: str | None) -> Iterator[TextIO]:
    """Stdout, or a file that appears under its name only when it is complete."""
    target = target_of(path)
    if target is None:
        yield sys.stdout
        return
    from optimizer.render.csv import atomically

    if target.exists() and not target.is_file():
        with target.open("w", encoding="utf-8", newline="") as stream:  # a device or a pipe is written to, not replaced
            yield stream
        return
    with atomically(target) as stream:
        yield stream


def write_json(content: Any, stream: TextIO) -> None:
    """Indented JSON with a final newline."""
    json.dump(content, stream, indent=2, ensure_ascii=False)
    stream.write("\n")


def tell(answer: Answer, form: str, path: str | None, quiet: bool = False) -> None:
    """Write an answer as a card, as JSON or as CSV."""
    writers: dict[str, Callable[[Answer, TextIO], None]] = {"card": _card, "json": _json, "csv": _csv}
    with destination(path) as stream:
        writers[form](answer, stream)
    written(path, form, answer.setting.catalogue, None, quiet)


def written(path: str | None, form: str, known: Catalogue, row_type: type[BaseModel] | None, quiet: bool) -> None:
    """Say that a file was written; beside CSV stands its metadata (of plans, or of another type of row)."""
    if path in (None, "-"):
        return
    if form == "csv":
        from optimizer.answers.plan_row import PlanRow
        from optimizer.render.csv import write_metadata

        beside = write_metadata(Path(path or ""), known, row_type or PlanRow)
        path = f"{path} and {beside.name}"
    if not quiet:
        note(f"Written: {path}")


def _card(answer: Answer, stream: TextIO) -> None:
    from optimizer.answers.plan import print_card

    print_card(answer, console(stream))


def _json(answer: Answer, stream: TextIO) -> None:
    from optimizer.answers.plan_data import envelope

    write_json(envelope(answer).model_dump(mode="json"), stream)


def _csv(answer: Answer, stream: TextIO) -> None:
    from fractions import Fraction

    from optimizer.answers.plan_row import COLUMNS, infeasible_row, plan_row
    from optimizer.plans.outcome import Plan
    from optimizer.render.csv import csv_lines

    outcome, case_id = answer.outcome, answer.setting.asked.case_id or "1"
    if isinstance(outcome, Plan):
        row = plan_row(case_id, outcome, tuple(figure.name for figure in answer.estimates()))
    else:
        needed = {given.limit: Fraction(given.needed) for given in answer.concessions}
        row = infeasible_row(case_id, outcome, needed)
    stream.writelines(csv_lines([row], COLUMNS))


def wants_progress() -> bool:
    """Whether a progress bar would be seen."""
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
