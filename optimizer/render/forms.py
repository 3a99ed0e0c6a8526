"""The forms of a document, by their names, which are the endings of files, too; what writes one is loaded for it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, BinaryIO, TextIO

if TYPE_CHECKING:
    from optimizer.answers.form.document import Document
    from optimizer.render.layout import Layout

_WRITERS = {"json": "json", "csv": "csv", "md": "markdown", "html": "html", "xlsx": "workbook"}
FORMS = tuple(_WRITERS)
OF_ROWS = ("csv", "xlsx")
"""Forms whose rows have the layout of who opens them."""


def write_form(document: Document, form: str, stream: TextIO | BinaryIO, layout: Layout | None = None) -> None:
    """Write a document in a form; a workbook into a stream of bytes."""
    laid_out = [layout] if layout is not None and form in OF_ROWS else []
    import_module(f"optimizer.render.{_WRITERS[form]}").write_document(document, stream, *laid_out)
