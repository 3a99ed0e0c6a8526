"""Where words go: data on stdout or into a file, all else on stderr; colour only where a terminal wants it."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TextIO, cast

import click

from optimizer.errors import DataError, OptimizerError, UndecidedError, first_lines, shown_name, visible
from optimizer.units.language import and_words, say, speaking
from optimizer.units.records import dataclass

if TYPE_CHECKING:
    from rich.console import Console

    from optimizer.answers.document import Document
    from optimizer.catalogue import Catalogue
    from optimizer.render.layout import Layout

PIPED_WIDTH = 100
"""Width of a text that goes into a pipe or a file."""
NARROWEST = 40
LINE_EVERY_S = 10.0
"""Seconds between two lines of progress where stderr is no terminal."""
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
    with suppress(OSError):  # stderr is gone, as after the terminal was closed: nobody reads it
        click.echo(visible(text), err=True)


def catalogue(folder: str | None, packs: tuple[str, ...] = ()) -> Catalogue:
    """The data folder given with --data, or OPTIMIZER_DATA, or the one shipped, with the packs given with --pack."""
    from optimizer.catalogue import load_catalogue

    return load_catalogue(folder, packs)


def report_error(error: OptimizerError) -> None:
    """One message on stderr; what is undecided leaves a file to reproduce it."""
    if isinstance(error, DataError) and len(error.problems) > 1:
        note(say("Error: {count:,} problems:", count=len(error.problems)))
        for line in first_lines(map(str, error.problems), len(error.problems)):
            note(f"  {line}")
        return
    note(say("Error: {error}", error=error))
    if isinstance(error, UndecidedError):
        import hashlib

        from optimizer.render.files import atomically

        body = json.dumps(error.dossier, indent=2, sort_keys=True, default=str) + "\n"
        path = Path(f"undecided-{hashlib.sha256(body.encode()).hexdigest()[:12]}.json")
        with atomically(path) as stream:
            stream.write(body)
        note(say("No plan is reported because the two proofs disagree. To reproduce this, use {path}", path=path))


def target_of(path: str | None) -> Path | None:
    """The file to write, a link followed rather than replaced; None for stdout.

    Raises:
        click.BadParameter: it is a folder, or lies in none.
    """
    if path in (None, "-"):
        return None
    if (path or "").endswith(("/", os.sep)):
        raise click.BadParameter(say("{name} is a folder", name=shown_name(path)), param_hint="--output")
    target = Path(path or "").resolve()
    if not target.parent.is_dir():
        raise click.BadParameter(
            say("there is not a folder {name}", name=shown_name(target.parent)), param_hint="--output"
        )
    if target.is_dir():
        raise click.BadParameter(say("{name} is a folder", name=shown_name(target)), param_hint="--output")
    return target


def read_files(
    folder: str | None, packs: Sequence[str], output: str | None, named: Mapping[str, str | None]
) -> dict[str, Path]:
    """The files that a command reads, by what they are, so that nothing is written over them.

    Args:
        folder: the folder of the data, where one was given.
        packs: country packs.
        output: the file to write: where it is one of the data, that one is named.
        named: what is read -> its path; None and ``-`` are no file.
    """
    found = {what: Path(path) for what, path in named.items() if path not in (None, "-", "")}
    found |= {say("the pack {pack}", pack=shown_name(pack)): Path(pack) for pack in packs}
    data = folder or os.environ.get("OPTIMIZER_DATA")
    if data and output and Path(output).is_file() and Path(output).resolve().parent == Path(data).resolve():
        found["a file of the data"] = Path(output)
    return found


def check_output(path: str | None, reads: Mapping[str, Path], *, has_metadata: bool = False) -> None:
    """Refuse to write over a file that is read, before anything is calculated.

    Args:
        path: the output; None and ``-`` are stdout.
        reads: the files that are read, by what they are.
        has_metadata: whether a file of metadata is written beside it.

    Raises:
        UsageError: they are one.
        click.BadParameter: it cannot be a file.
    """
    from optimizer.render.files import check_metadata, check_places, metadata_beside

    target = target_of(path)
    if target is None or (target.exists() and not target.is_file()):
        return
    written = {"--output": [target]}
    if has_metadata:
        check_metadata(metadata_beside(target))
        written["the metadata of --output"] = [metadata_beside(target)]
    check_places(written, reads)


@contextmanager
def destination(path: str | None) -> Iterator[TextIO]:
    """Stdout, or a file that appears under its name only when it is complete."""
    target = target_of(path)
    if target is None:
        yield sys.stdout
        return
    from optimizer.render.files import atomically

    if target.exists() and not target.is_file():
        with target.open("w", encoding="utf-8", newline="") as stream:  # a device or a pipe is written to, not replaced
            yield stream
        return
    with atomically(target) as stream:
        yield stream


@dataclass(frozen=True)
class Manner:
    """How a document is written down, in whatever form."""

    full: bool
    """Of text: whether with what a reader who wants the decision alone can do without."""
    layout: Layout
    """Of rows."""


def write(
    document: Document,
    form: str,
    path: str | None,
    *,
    full: bool = True,
    csv_for: str | None = None,
    columns: str | None = None,
) -> Iterable[str]:
    """Write a document in a form; beside CSV in a file stands its metadata.

    Args:
        document: the answer.
        form: one of :data:`FORMS`.
        path: of the file; None and ``-`` are stdout.
        full: of text, whether to write what a reader who wants the decision alone can do without.
        csv_for: of CSV, language and country of who opens it, such as pt-BR.
        columns: of rows, which columns: short, all, or names.

    Returns:
        The names of the files that were written, joined: none for stdout.
    """
    from optimizer.render.layout import layout_of

    row_type = document.rows.row_type if columns and document.rows else None
    layout = layout_of(csv_for, columns, row_type)
    with destination(path) as stream, speaking(document.language):
        FORMS[form](document, stream, Manner(full, layout))
    if path in (None, "-"):
        return ()
    if form == "csv":
        from optimizer.render.csv import write_metadata

        assert document.rows is not None
        beside = write_metadata(Path(path or ""), document.rows, document.grounds.catalogue, "csv", layout)
        return (and_words((shown_name(path), shown_name(beside.name))),)
    return (shown_name(path),)


def _write_text(document: Document, stream: TextIO, manner: Manner) -> None:
    from optimizer.render import plain_text

    if not stream.isatty() and not os.environ.get("FORCE_COLOR"):
        with suppress(plain_text.OutOfTheOrdinaryError):
            plain_text.write_document(document, stream, PIPED_WIDTH, full=manner.full)
            return
    from optimizer.render.text import write_document

    write_document(document, console(stream), full=manner.full)


def _write_json(document: Document, stream: TextIO, manner: Manner) -> None:
    from optimizer.render.json import write_document

    write_document(document, stream)


def _write_csv(document: Document, stream: TextIO, manner: Manner) -> None:
    from optimizer.render.csv import write_document

    write_document(document, stream, manner.layout)


def _write_markdown(document: Document, stream: TextIO, manner: Manner) -> None:
    from optimizer.render.markdown import write_document

    write_document(document, stream)


def _write_html(document: Document, stream: TextIO, manner: Manner) -> None:
    from optimizer.render.html import write_document

    write_document(document, stream)


def _write_workbook(document: Document, stream: TextIO, manner: Manner) -> None:
    from optimizer.errors import UsageError
    from optimizer.render.workbook import write_document

    if not hasattr(stream, "buffer") or stream.isatty():
        raise UsageError(say("a workbook is no text: write it to a file, such as -o answer.xlsx"))
    write_document(document, stream.buffer, manner.layout)


FORMS: Mapping[str, Callable[[Document, TextIO, Manner], None]] = {
    "text": _write_text,
    "json": _write_json,
    "csv": _write_csv,
    "md": _write_markdown,
    "html": _write_html,
    "xlsx": _write_workbook,
}
"""Name of a form -> what writes it; the names are the endings of files, too."""
STATUS = {"answer": 0, "infeasible": 3, "wrong": 4}
"""Verdict of a document -> exit status."""
OF_DATA = ("json", "csv")
"""Forms that a program reads: they have no language but English."""


def wants_progress() -> bool:
    """Whether a progress bar would be seen."""
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


@contextmanager
def progress_reporter(what: str, quiet: bool) -> Iterator[Callable[[int, int], None] | None]:
    """What to call with the number done and of all: a bar on a terminal, else a line now and then, or nothing.

    Args:
        what: is counted; empty where nothing is.
        quiet: whether to say nothing.
    """
    if quiet or not what:
        yield None
    elif wants_progress():
        from rich.console import Console
        from rich.progress import Progress

        with Progress(console=Console(stderr=True), transient=True, redirect_stdout=False) as bar:
            task = bar.add_task(what, total=None, visible=False)
            yield lambda done, total: bar.update(task, completed=done, total=total, visible=True)
    else:
        yield _Lines(what)


class _Lines:
    """A plain line every few seconds."""

    def __init__(self, what: str) -> None:
        import time

        self._what, self._clock = what, time.monotonic
        self._at = self._clock()

    def __call__(self, done: int, total: int) -> None:
        if self._clock() - self._at >= LINE_EVERY_S:
            note(say("{done:,} of {total:,} {what}", done=done, total=total, what=self._what))
            self._at = self._clock()
