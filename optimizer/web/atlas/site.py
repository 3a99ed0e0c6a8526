"""Writes an atlas into a folder of its own: all of it or nothing, and over nothing that another program made."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from optimizer.answers.document import Rows
from optimizer.errors import UsageError, shown_name
from optimizer.render.csv import csv_line, csv_lines, write_metadata
from optimizer.render.html import environment_of
from optimizer.units.language import LANGUAGES, say, speaking
from optimizer.version import __version__
from optimizer.web.atlas.pages import Atlas, country_page, view_page
from optimizer.web.atlas.rows import AtlasRow, rows_of

MARK = "optimizer-atlas.json"
"""The file by which a folder is known as an atlas: it lists all others in it."""
DATA = "data"
PLANS = "plans.csv"
_HERE = Path(__file__).parent
_PREFIX = ".optimizer-atlas-"


def check_folder(folder: Path) -> None:
    """Make sure that a folder may be written: there is none yet, it is empty, or it is an atlas and nothing else.

    Raises:
        UsageError: it is something else, or something else lies in it.
    """
    name = shown_name(str(folder))
    if not folder.exists() and not folder.is_symlink():
        if not folder.parent.is_dir():
            raise UsageError(
                say("--output {name}: there is no folder {parent}", name=name, parent=shown_name(str(folder.parent)))
            )
        return
    if folder.is_symlink() or not folder.is_dir():
        raise UsageError(say("--output {name} is not a folder: give another name", name=name))
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}
    if not found:
        return
    if MARK not in found:
        raise UsageError(
            say("--output {name} holds files and is no atlas of this program: give another folder", name=name)
        )
    others = sorted(found - _listed(folder / MARK) - {MARK})
    if others:
        shown = ", ".join(map(shown_name, others[:3]))
        raise UsageError(
            say(
                "--output {name} holds what no atlas has ({shown}): move it away, or give another folder",
                name=name,
                shown=shown,
            )
        )


def _listed(mark: Path) -> set[str]:
    """The files that a mark lists; none where it is no mark of ours."""
    try:
        content = json.loads(mark.read_text(encoding="utf-8"))
        return set(content["files"]) if content["program"] == "optimizer atlas" else set()
    except (OSError, ValueError, KeyError, TypeError):
        return set()


@contextmanager
def staging(folder: Path) -> Iterator[Path]:
    """A folder beside the target, which takes its place when the block ends; after an error nothing is left of it.

    Raises:
        OSError: it cannot be made or moved.
    """
    made = folder.parent / f"{_PREFIX}{secrets.token_hex(8)}"
    made.mkdir()
    try:
        (made / DATA).mkdir()
        yield made
        _take_place(made, folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _take_place(made: Path, folder: Path) -> None:
    """Put the new folder where the old one is; a check made before says that the old one is ours."""
    check_folder(folder)  # it may have changed meanwhile
    old = folder.parent / f"{_PREFIX}{secrets.token_hex(8)}"
    if folder.exists():
        folder.rename(old)
    try:
        made.rename(folder)
    except OSError:
        if old.exists():
            old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def write_site(atlas: Atlas, made: Path) -> int:
    """Write every page and table of an atlas, and last its mark.

    Args:
        atlas: what the pages show.
        made: the folder, in which the plan CSV lies already.

    Returns:
        How many files there are.
    """
    environment = environment_of(_HERE)
    for name in ("atlas.css", "atlas.js"):
        shutil.copyfile(_HERE / name, made / name)
    codes = [entry.code for entry in atlas.views[0].entries]
    for code in LANGUAGES:
        folder, up = (made, "") if code == "en" else (made / code, "../")
        folder.mkdir(exist_ok=True)
        with speaking(code):
            for view in atlas.views:
                page = environment.get_template("atlas_view.html.jinja").render(view_page(atlas, view, up))
                (folder / atlas.page_of(view)).write_text(page, encoding="utf-8")
            template = environment.get_template("atlas_country.html.jinja")
            for country in codes:
                page = template.render(country_page(atlas, country, up))
                (folder / f"{country}.html").write_text(page, encoding="utf-8")
    _write_tables(atlas, made / DATA)
    files = sorted(path.relative_to(made).as_posix() for path in made.rglob("*") if path.is_file())
    mark = {"program": "optimizer atlas", "version": __version__, "command": atlas.command, "files": files}
    (made / MARK).write_text(json.dumps(mark, indent=1) + "\n", encoding="utf-8")
    return len(files) + 1


def _write_tables(atlas: Atlas, folder: Path) -> None:
    """The rows of every view with their metadata, and those of every country."""
    for view in atlas.views:
        path = folder / atlas.csv_of(view)
        rows = Rows("atlas", "Countries of an atlas", AtlasRow, partial(rows_of, view, atlas.catalogue))
        path.write_text("".join(csv_lines(rows.make(), AtlasRow.model_fields)), encoding="utf-8", newline="")
        write_metadata(path, rows, atlas.catalogue)
    columns: tuple[str, ...] = ()
    by_country: dict[str, list[Mapping[str, Any]]] = {}
    for view in atlas.views:
        for entry in view.entries:
            columns = tuple(entry.row)
            by_country.setdefault(entry.code, []).append(entry.row)
    for code, found in by_country.items():
        lines = [csv_line(columns), *(csv_line([str(row[name]) for name in columns]) for row in found)]
        (folder / f"{code}.csv").write_text("".join(lines), encoding="utf-8", newline="")
