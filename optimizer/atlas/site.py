"""Writes the pages and tables of an atlas into a folder."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from optimizer.answers.form.document import Rows
from optimizer.atlas.pages import Atlas, country_page, folder_of, view_page
from optimizer.atlas.rows import AtlasRow, rows_of
from optimizer.atlas.staging import DATA, MARK, PROGRAM, files_in
from optimizer.catalogue import Catalogue
from optimizer.render.csv import csv_line, csv_lines, fields, write_metadata
from optimizer.render.html import environment_of
from optimizer.render.sheets import Pages, RowSheets, open_book, stamp_lines, write_texts
from optimizer.units.language import LANGUAGES, say, speaking
from optimizer.version import __version__

_HERE = Path(__file__).parent


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
        folder, up = made / folder_of(code), "../" * bool(folder_of(code))
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
    files = sorted(files_in(made) - {MARK})
    mark = {"program": PROGRAM, "version": __version__, "command": atlas.command, "files": files}
    (made / MARK).write_text(json.dumps(mark, indent=1) + "\n", encoding="utf-8")
    return len(files) + 1


def _write_tables(atlas: Atlas, folder: Path) -> None:
    """The rows of every view with their metadata, and those of every country."""
    for view in atlas.views:
        path = folder / atlas.csv_of(view)
        rows = Rows("atlas", "Countries of an atlas", AtlasRow, partial(rows_of, view, atlas.catalogue))
        path.write_text("".join(csv_lines(rows.make(), AtlasRow.model_fields)), encoding="utf-8", newline="")
        write_metadata(path, rows, atlas.catalogue)
        _write_workbook(folder / atlas.workbook_of(view), rows, atlas.catalogue)
    columns: tuple[str, ...] = ()
    by_country: dict[str, list[Mapping[str, Any]]] = {}
    for view in atlas.views:
        for entry in view.entries:
            columns = tuple(entry.row)
            by_country.setdefault(entry.code, []).append(entry.row)
    for code, found in by_country.items():
        lines = [csv_line(columns), *(csv_line([str(row[name]) for name in columns]) for row in found)]
        (folder / f"{code}.csv").write_text("".join(lines), encoding="utf-8", newline="")


def _write_workbook(path: Path, rows: Rows, catalogue: Catalogue) -> None:
    """The rows of a view with typed cells: in a country of decimal commas a spreadsheet misreads the CSV."""
    with path.open("wb") as stream:
        book = open_book(stream, rows.title, catalogue)
        pages = Pages(book)
        sheets = RowSheets(pages, rows.title, list(fields(AtlasRow)))
        for row in rows.make():
            sheets.write(getattr(row, column) for column in AtlasRow.model_fields)
        sheets.close()
        write_texts(pages, say("Sources"), [say("source")], [[line] for line in stamp_lines(catalogue)])
        book.close()
