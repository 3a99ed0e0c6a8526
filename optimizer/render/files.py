"""Files that appear under their name only when they are complete, and that take the place of nothing else."""

from __future__ import annotations

import json
import os
import secrets
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import combinations
from pathlib import Path
from typing import TextIO

from optimizer.errors import UsageError

_FORMS = {"csv": "csv", "json": "json", "jsonl": "jsonl", "ndjson": "jsonl", "md": "md", "markdown": "md"}
_FORMS |= {"html": "html", "htm": "html", "xlsx": "xlsx", "parquet": "parquet", "pq": "parquet"}
"""The ending of a name -> the form that it promises."""
_FOREIGN = ("pdf", "doc", "docx", "odt", "rtf", "xls", "xlsm", "xlsb", "ods", "ppt", "pptx", "tsv", "zip", "gz", "png")
"""Endings of forms that we never write: a program that opens such a file would find something else in it."""
_OF_TEXT = ("", "txt", "text", "log", "out")
_PREFIX, _SUFFIX = ".optimizer-", ".part"
_TOKEN_BYTES = 16
_LARGEST_METADATA_BYTES = 1 << 22
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


def create(path: Path, mode: int = 0o666) -> int:
    """A descriptor of a new file, with permissions by the umask; no link is followed and nothing is replaced.

    Raises:
        FileExistsError: there is something of that name, if only a link that leads nowhere.
        OSError: the file cannot be made.
    """
    return os.open(path, _NEW, mode)


def temporary_path(path: Path) -> Path:
    """A name for a temporary file in the folder of ``path`` that nobody can foresee."""
    return path.with_name(f"{_PREFIX}{secrets.token_hex(_TOKEN_BYTES)}{_SUFFIX}")


def remove_temporary(path: Path) -> None:
    """Remove a file that an earlier run made with :func:`temporary_path`; anything else stays."""
    token = path.name.removeprefix(_PREFIX).removesuffix(_SUFFIX)
    ours = path.name == f"{_PREFIX}{token}{_SUFFIX}" and len(token) == 2 * _TOKEN_BYTES
    with suppress(FileNotFoundError):
        if ours and stat.S_ISREG(path.lstat().st_mode):
            path.unlink()


def form_by_name(path: str | None, given: str | None, forms: Iterable[str]) -> str | None:
    """The form that is asked for, else that of a file's name; None where neither says any.

    Args:
        path: the file; None and ``-`` are stdout.
        given: the form that is asked for by a flag.
        forms: those that can be written.

    Raises:
        UsageError: the name promises another form, or one that cannot be written.
    """
    ending = Path(path or "").suffix[1:].lower()
    foreign = ending in _FOREIGN or (given is None and not (ending in _OF_TEXT or ending.isdigit()))
    promised = _FORMS.get(ending, ending if foreign else None)
    if given is not None and promised not in (None, given):
        reported = {"form": given, "ending": ending}
        raise UsageError.say("{form} is requested, but the name ends in .{ending}: give another name", **reported)
    if promised is not None and promised not in forms:
        known = ", ".join(f".{'txt' if name == 'text' else name}" for name in forms if name in (*_FORMS, "text"))
        raise UsageError.say(
            "a file that ends in .{ending} cannot be written; known: {known}", ending=ending, known=known
        )
    return given or promised


@contextmanager
def atomically(path: Path, begun: Callable[[Path], None] = lambda temporary: None) -> Iterator[TextIO]:
    """A text file that appears under its name only when it is complete and on the disk.

    A file that is replaced passes its permissions on; a new one has those of the umask.

    Args:
        path: the name.
        begun: called with the temporary name before there is a file of that name.

    Raises:
        OSError: the file cannot be written; it names ``path``.
    """
    temporary = temporary_path(path)
    begun(temporary)
    try:
        before = stat.S_IMODE(path.stat().st_mode) if path.exists() else None
        handle = create(temporary, 0o666 if before is None else before & 0o700 | stat.S_IWUSR)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            if before is not None:
                temporary.chmod(before)
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
        sync_folder(path.parent)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


@contextmanager
def whole(target: Path, begun: Callable[[Path], None] = lambda temporary: None) -> Iterator[TextIO]:
    """A file as :func:`atomically` makes it; a device or a pipe is written to, not replaced."""
    if target.exists() and not target.is_file():
        with target.open("w", encoding="utf-8", newline="") as stream:
            yield stream
        return
    with atomically(target, begun) as stream:
        yield stream


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk, where the system can."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def metadata_path(path: Path) -> Path:
    """Where the metadata of a table lie: ``plans.metadata.json`` next to ``plans.csv``."""
    return path.with_name(f"{path.stem}.metadata.json")


def check_places(written: Mapping[str, Sequence[Path]], read: Mapping[str, Path]) -> None:
    """Refuse files that would take the place of each other, or of what is read.

    Args:
        written: what is written -> its files, the first of which was named by the user.
        read: what is read -> its file.

    Raises:
        UsageError: two of them are one file.
    """
    for (one, ours), (other, theirs) in combinations(written.items(), 2):
        for mine in ours:
            for his in theirs:
                if _is_same(mine, his):
                    raise UsageError.say(
                        "{one} and {other} would both be written to {his}: give another name for one",
                        one=one,
                        other=other,
                        his=his,
                    )
    for what, files in written.items():
        for file in files:
            for source, path in read.items():
                if _is_same(file, path):
                    raise UsageError.say(
                        "{what} {file_name} is {source} itself: give another name",
                        what=what,
                        file_name=file.name,
                        source=source,
                    )


def _is_same(one: Path, other: Path) -> bool:
    if one == other or one.resolve() == other.resolve():
        return True
    try:
        return one.samefile(other)
    except OSError:
        return False


def check_metadata(path: Path) -> None:
    """Refuse to write metadata over a file that is none of ours.

    Args:
        path: of the metadata.

    Raises:
        UsageError: there is such a file.
    """
    if not os.path.lexists(path):
        return
    try:
        small = path.is_file() and path.stat().st_size <= _LARGEST_METADATA_BYTES
        found = json.loads(path.read_bytes()) if small else None
    except (OSError, ValueError, RecursionError):
        found = None
    program = found.get("program") if isinstance(found, dict) else None
    if not (isinstance(program, dict) and program.get("name") == "optimizer"):
        raise UsageError.say(
            "the metadata would be written over {path}, which this program did not write: give another name with -o",
            path=path,
        )
