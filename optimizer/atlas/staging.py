"""The folder in which an atlas is made next to its target: ours alone, and found again by the run after a killed
one."""

from __future__ import annotations

import json
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from optimizer.errors import UsageError, shown_name
from optimizer.units.language import LANGUAGES

MARK = "optimizer-atlas.json"
"""The file by which a folder is known as an atlas, or as one that is being made: it lists all others in it."""
PROGRAM = "optimizer atlas"
DATA = "data"
PLANS = "plans.csv"
_PREFIX = ".optimizer-atlas-"
_TOKEN_BYTES = 8
_OURS = re.compile(
    rf"{re.escape(MARK)}|atlas\.(css|js)|(({'|'.join(LANGUAGES)})/)?[\w.-]+\.html"
    rf"|{DATA}/[\w.-]+\.(csv|xlsx|metadata\.json)|{DATA}/\.optimizer-[0-9a-f]+\.part",
    re.ASCII,
)
"""The files that a run makes, by their way from the folder."""


def check_folder(folder: Path) -> None:
    """Make sure that a folder may be written: there is none yet, it is empty, or it is an atlas and nothing else.

    Raises:
        UsageError: it is something else, or something else is in it.
    """
    name = shown_name(str(folder))
    if not folder.exists() and not folder.is_symlink():
        if not folder.parent.is_dir():
            raise UsageError.say(
                "--output {name}: there is no folder {parent}", name=name, parent=shown_name(str(folder.parent))
            )
        return
    if folder.is_symlink() or not folder.is_dir():
        raise UsageError.say("--output {name} is not a folder: give another name", name=name)
    found = files_in(folder)
    if not found:
        return
    listed = _listed(folder / MARK)
    if listed is None:
        raise UsageError.say(
            "--output {name} contains files and is not an atlas of this program: give another folder", name=name
        )
    others = sorted(found - listed - {MARK})
    if others:
        shown = ", ".join(map(shown_name, others[:3]))
        raise UsageError.say(
            "--output {name} contains files that no atlas has ({shown}): move them away, or give another folder",
            name=name,
            shown=shown,
        )


def files_in(folder: Path) -> set[str]:
    """Everything in a folder that is not a folder, by its way from there."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()}


def _listed(mark: Path) -> set[str] | None:
    """The files that a mark lists; None where it is no mark of ours, or no file at all."""
    if mark.is_symlink() or not mark.is_file():
        return None
    try:
        content = json.loads(mark.read_text(encoding="utf-8"))
        return set(content["files"]) if content["program"] == PROGRAM else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


@contextmanager
def staging(folder: Path) -> Iterator[Path]:
    """A folder next to the target, which takes its place when the block ends; after an error nothing is left of it.

    What a run for the same target left that was killed is taken up, where it is a whole atlas and the target is gone,
    or removed.

    Raises:
        OSError: it cannot be made or moved.
    """
    settle_left(folder)
    made = _hidden_name(folder)
    made.mkdir()
    try:
        (made / DATA).mkdir()
        mark = made / MARK
        mark.write_text(json.dumps({"program": PROGRAM, "files": []}) + "\n", encoding="utf-8")
        with mark.open(encoding="utf-8") as stream:
            _is_locked(stream)
            yield made
            _take_place(made, folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _hidden_name(folder: Path) -> Path:
    """A hidden name next to a target, from which the target is known and which nobody can foresee."""
    return folder.parent / f"{_PREFIX}{folder.name}-{secrets.token_hex(_TOKEN_BYTES)}"


def _take_place(made: Path, folder: Path) -> None:
    """Put the new folder where the old one is; a check made before says that the old one is ours."""
    check_folder(folder)  # it may have changed meanwhile
    old = _hidden_name(folder)
    if folder.exists():
        folder.rename(old)
    try:
        made.rename(folder)
    except OSError:
        if old.exists():
            old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def settle_left(folder: Path) -> None:
    """Take up or remove what killed runs for a target left next to it; nothing that is not wholly ours, or in use."""
    name = re.compile(rf"{re.escape(_PREFIX + folder.name)}-[0-9a-f]{{{2 * _TOKEN_BYTES}}}")
    if not folder.parent.is_dir():
        return
    found = [path for path in folder.parent.iterdir() if name.fullmatch(path.name) and not path.is_symlink()]
    with ExitStack() as held:
        left = [path for path in found if path.is_dir() and _is_left(path, held)]
        whole = [path for path in left if _listed(path / MARK) == files_in(path) - {MARK}]
        whole = [path for path in whole if (path / "index.html").exists()]
        if whole and not folder.exists() and not folder.is_symlink():
            newest = max(whole, key=lambda path: (path / MARK).stat().st_mtime_ns)
            newest.rename(folder)
            left.remove(newest)
        for path in left:
            shutil.rmtree(path, ignore_errors=True)


def _is_left(path: Path, held: ExitStack) -> bool:
    """Whether a hidden folder has our mark, has nothing that a run does not make, and no run is at work in it."""
    if _listed(path / MARK) is None or not all(map(_OURS.fullmatch, files_in(path))):
        return False
    return _is_locked(held.enter_context((path / MARK).open(encoding="utf-8")))


def _is_locked(stream: IO[str]) -> bool:
    """Lock a file until it is closed, or its process ends in whatever way; whether that was possible.

    Where the system has no such locks, never: then nothing is removed.
    """
    try:
        import fcntl
    except ImportError:
        return False
    try:
        fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
