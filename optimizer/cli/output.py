"""Where words go: data on stdout or into a file, everything else on stderr; colour only where a terminal wants it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TextIO

import click

from optimizer.errors import DataError, OptimizerError, UndecidedError, first_lines, shown_name, system_words, visible
from optimizer.units.language import and_words, say, speaking

if TYPE_CHECKING:
    from optimizer.answers.form.document import Document
    from optimizer.catalogue import Catalogue
    from optimizer.render.text import Paper

PIPED_WIDTH = 100
"""Width of a text that goes into a pipe or a file."""
NARROWEST = 40
USUAL_WIDTH = 80
"""Of a terminal that does not say."""


def paper_of(stream: TextIO) -> Paper:
    """What a text is written on: with no colour in a pipe, with NO_COLOR or on a dumb terminal."""
    from optimizer.render.text import Paper

    terminal = stream.isatty()
    if not terminal and not os.environ.get("FORCE_COLOR"):
        return Paper(PIPED_WIDTH)
    width = max(_columns(), NARROWEST) if terminal else PIPED_WIDTH
    if os.environ.get("TERM") in ("dumb", "unknown"):
        return Paper(width, breaks_tables=True)
    return Paper(width, "bold" if os.environ.get("NO_COLOR") else "colour", breaks_tables=True)


def _columns() -> int:
    """The width of the terminal, as shutil finds it, whose import takes longer than writing the answer."""
    stated = os.environ.get("COLUMNS", "")
    if stated.isdecimal() and int(stated):
        return int(stated)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno() if sys.__stdout__ else 1).columns or USUAL_WIDTH
    except (OSError, ValueError):
        return USUAL_WIDTH


class _Status:
    """The line of progress on the terminal, which has no end yet."""

    width = 0


def show_status(text: str) -> None:
    """Replace the line of progress on the terminal; with an empty text, wipe it."""
    text = text[: _columns() - 1]  # a line that wraps could not be replaced
    with suppress(OSError):
        click.echo("\r" + text.ljust(_Status.width) + ("" if text else "\r"), err=True, nl=False)
    _Status.width = len(text)


def note(text: str) -> None:
    """A line for the reader next to the data: on stderr."""
    if _Status.width:
        show_status("")
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
        try:
            with atomically(path) as stream:
                stream.write(body)
        except OSError as problem:
            why = system_words(problem)
            note(
                say(
                    "No plan is reported, because none is proven. {path} cannot be written here: {why}",
                    path=path,
                    why=why,
                )
            )
            return
        note(say("No plan is reported, because none is proven. To reproduce this, use {path}", path=path))


def target_of(path: str | None, flag: str = "--output") -> Path | None:
    """The file to write, a link followed rather than replaced; None for stdout.

    Args:
        path: its name.
        flag: which names it, for the message.

    Raises:
        click.BadParameter: it is a folder, or is in none.
    """
    if path in (None, "-"):
        return None
    target = Path(path or "").resolve()
    if not target.parent.is_dir():
        raise click.BadParameter(
            say("there is no folder {name}", name=shown_name(target.parent)), param_hint=f"'{flag}'"
        )
    if not path or path.endswith(("/", os.sep)) or target.is_dir():
        raise click.BadParameter(say("{name} is a folder", name=shown_name(path or target)), param_hint=f"'{flag}'")
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


def check_output(
    path: str | None,
    reads: Mapping[str, Path],
    *,
    has_metadata: bool = False,
    others: Mapping[str, str | None] | None = None,
) -> tuple[Path, ...]:
    """Refuse to write over a file that is read, before anything is calculated.

    Args:
        path: the output; None and ``-`` are stdout.
        reads: the files that are read, by what they are.
        has_metadata: whether a file of metadata is written next to it.
        others: further files that are written, by flag; None where a flag is not given.

    Returns:
        The files that will be written.

    Raises:
        UsageError: two of them are one.
        click.BadParameter: it cannot be a file.
    """
    from optimizer.render.files import check_metadata, check_places, metadata_path

    written: dict[str, list[Path]] = {}
    for flag, name in {"--output": path, **(others or {})}.items():
        if name == "-" and flag != "--output":
            raise click.BadParameter(say("needs the name of a file: the answer is on stdout"), param_hint=f"'{flag}'")
        target = target_of(name, flag)
        if target is not None and (target.is_file() or not target.exists()):
            written[flag] = [target]
    if has_metadata and "--output" in written:
        beside = metadata_path(written["--output"][0])
        check_metadata(beside)
        written["the metadata of --output"] = [beside]
    check_places(written, reads)
    return tuple(file for files in written.values() for file in files)


@contextmanager
def destination(path: str | None) -> Iterator[TextIO]:
    """Stdout, or a file that appears under its name only when it is complete."""
    target = target_of(path)
    if target is None:
        yield sys.stdout
        return
    from optimizer.render.files import whole

    with whole(target) as stream:
        yield stream


def check_layout(form: str | None, csv_for: str | None, columns: str | None) -> None:
    """Refuse what would be read and not used.

    Args:
        form: of the answer; None where nothing is written to stdout.
        csv_for: as given with --csv-for.
        columns: as given with --columns.

    Raises:
        click.UsageError: the form has no rows, or is no CSV.
    """
    if csv_for is not None:
        from optimizer.render.layout import has_decimal_comma

        has_decimal_comma(csv_for)  # an unknown locale is said before anything is calculated
        if form != "csv":
            raise click.UsageError(say("--csv-for is for CSV, and the answer is {form}: leave it out", form=form))
    if columns is not None and form not in ("csv", "xlsx"):
        raise click.UsageError(say("--columns needs rows: --csv, or -o with a name that ends in .csv or .xlsx"))


def write(
    document: Document,
    form: str,
    path: str | None,
    *,
    full: bool = True,
    csv_for: str | None = None,
    columns: str | None = None,
) -> Iterable[str]:
    """Write a document in a form; next to CSV in a file stands its metadata.

    Args:
        document: the answer.
        form: text, or one of :data:`optimizer.render.forms.FORMS`.
        path: of the file; None and ``-`` are stdout.
        full: of text, whether to write what a reader who wants the decision alone can do without.
        csv_for: of CSV, language and country of who opens it, such as pt-BR.
        columns: of rows, which columns: short, all, or names.

    Returns:
        The names of the files that were written, joined: none for stdout.
    """
    from optimizer.render.forms import write_form
    from optimizer.render.layout import layout_of

    row_type = document.rows.row_type if columns and document.rows else None
    layout = layout_of(csv_for, columns, row_type)
    with destination(path) as stream, speaking(document.language):
        if form == "text":
            from optimizer.render.text import text_of

            click.echo(text_of(document, paper_of(stream), full=full), file=stream, nl=False, color=True)
        else:
            write_form(document, form, _bytes_of(stream) if form == "xlsx" else stream, layout)
    if path in (None, "-"):
        return ()
    if form == "csv":
        from optimizer.render.csv import write_metadata

        assert document.rows is not None
        beside = write_metadata(Path(path or ""), document.rows, document.grounds.catalogue, "csv", layout)
        return (and_words((shown_name(path), shown_name(beside.name))),)
    return (shown_name(path),)


def _bytes_of(stream: TextIO) -> BinaryIO:
    from optimizer.errors import UsageError

    if not hasattr(stream, "buffer") or stream.isatty():
        raise UsageError.say("a workbook is not text: write it to a file, such as -o answer.xlsx")
    return stream.buffer


STATUS = {"answer": 0, "infeasible": 3, "wrong": 4}
"""Verdict of a document -> exit status."""
OF_DATA = ("json", "csv")
"""Forms that a program reads: they have no language but English."""
