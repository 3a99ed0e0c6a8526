"""The folder of an atlas: whole or not there, replaced by its next, left alone if it is not ours."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from commands import Cli

from optimizer.atlas.staging import MARK, check_folder, staging
from optimizer.errors import UsageError

pytest.importorskip("jinja2", reason="the pages are filled in by jinja2, of the extra report")


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    """Nothing is removed that this program did not make."""
    (tmp_path / "thesis.tex").write_text("ten years of work")
    with pytest.raises(UsageError, match="not an atlas"):
        check_folder(tmp_path)
    (tmp_path / MARK).write_text(json.dumps({"program": "optimizer atlas", "files": []}))
    with pytest.raises(UsageError, match=re.escape("thesis.tex")):
        check_folder(tmp_path)
    for name in ("file", "link"):
        place = tmp_path / name
        place.write_text("") if name == "file" else place.symlink_to(tmp_path)
        with pytest.raises(UsageError, match="not a folder"):
            check_folder(place)


def test_nothing_half_written_is_left(tmp_path: Path) -> None:
    """After an error there is neither the site nor its temporary folder, and an older atlas stays as it was."""
    target = tmp_path / "site"
    with pytest.raises(RuntimeError), staging(target) as made:
        (made / "index.html").write_text("half")
        raise RuntimeError
    assert not list(tmp_path.iterdir())
    target.mkdir()
    (target / "index.html").write_text("old")
    (target / MARK).write_text(json.dumps({"program": "optimizer atlas", "files": ["index.html"]}))
    with pytest.raises(RuntimeError), staging(target) as made:
        raise RuntimeError
    assert (target / "index.html").read_text() == "old" and len(list(tmp_path.iterdir())) == 1


def test_an_atlas_is_replaced_as_a_whole(tmp_path: Path) -> None:
    """What the old one had and the new one has not is gone."""
    target = tmp_path / "site"
    target.mkdir()
    (target / "old.html").write_text("old")
    (target / MARK).write_text(json.dumps({"program": "optimizer atlas", "files": ["old.html"]}))
    with staging(target) as made:
        (made / "index.html").write_text("new")
    assert sorted(path.name for path in target.rglob("*") if path.is_file()) == ["index.html", MARK]


def hidden(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.name.startswith(".optimizer-atlas-")]


def killed(target: Path, *, whole: bool) -> None:
    """A run for a target in a process of its own that is killed, before or after its pages are written."""
    code = (
        "import json, os, signal, sys\nfrom pathlib import Path\n"
        "from optimizer.atlas.staging import MARK, staging\n"
        "with staging(Path(sys.argv[1])) as made:\n"
        "    (made / 'index.html').write_text('new')\n"
        "    if sys.argv[2] == 'True':\n"
        "        mark = {'program': 'optimizer atlas', 'files': ['index.html']}\n"
        "        (made / MARK).write_text(json.dumps(mark))\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(target), str(whole)], timeout=60)
    assert done.returncode == -signal.SIGKILL
    assert len(hidden(target.parent)) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL, and nothing is removed without locks")
def test_what_a_killed_run_left_is_cleared_by_the_next(tmp_path: Path) -> None:
    """Of the same target alone; a folder of that name that somebody else filled, and one in use, stay."""
    target, other = tmp_path / "site", tmp_path / "site-two"
    killed(target, whole=False)
    with staging(other):
        (left,) = [path for path in hidden(tmp_path) if "two" not in path.name]
        assert len(hidden(tmp_path)) == 2  # neither that of the other target nor what is being made
        with staging(target):
            assert not left.exists() and len(hidden(tmp_path)) == 2
            with pytest.raises(RuntimeError), staging(target):
                raise RuntimeError
            assert len(hidden(tmp_path)) == 2  # a second run for one target removes nothing of the first
    for place in (".optimizer-atlas-site-0123456789abcdef", ".optimizer-atlas-site-0123456789abcdee"):
        (tmp_path / place).mkdir()
        (tmp_path / place / "thesis.tex").write_text("ten years of work")
    (tmp_path / place / MARK).write_text(json.dumps({"program": "optimizer atlas", "files": ["thesis.tex"]}))
    with staging(target):
        pass
    assert len(hidden(tmp_path)) == 2 and all((path / "thesis.tex").exists() for path in hidden(tmp_path))


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL, and nothing is removed without locks")
def test_a_whole_atlas_that_a_killed_run_left_is_taken_up(tmp_path: Path) -> None:
    """Killed between moving the old one away and putting the new one in its place: neither would be left."""
    target = tmp_path / "site"
    killed(target, whole=True)
    with pytest.raises(RuntimeError), staging(target):
        raise RuntimeError
    assert (target / "index.html").read_text() == "new" and not hidden(tmp_path)


@pytest.mark.usefixtures("inline")
def test_an_interrupted_atlas_goes_on(command: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """After Ctrl-C the journal has what was finished; --resume writes the same bytes as a run without interruption."""
    flags = ["--country", "BR,MX", "--max-mw", "0.5,0.6", "--deadline", "90d", "-q", "--workers", "1"]
    with monkeypatch.context() as patch:
        patch.setattr("optimizer.cli.atlas._found", _interrupt)
        assert command("atlas", "-o", "one", *flags).status == 130
    assert not Path("one").exists()
    assert command("atlas", "-o", "one", "--resume", *flags).status == 0
    assert command("atlas", "-o", "two", *flags).status == 0
    first, second = (Path(name, "data", "plans.csv").read_bytes() for name in ("one", "two"))
    assert first == second and not list(Path().glob(".optimizer-*"))


def _interrupt(*given: object) -> None:
    raise KeyboardInterrupt


def test_a_mark_that_is_none_of_ours_is_no_atlas(command: Cli, tmp_path: Path) -> None:
    """A file of that name of somebody else was replaced; a pipe of that name was waited for; a journal was taken in."""
    for name, content in (("list", "[]"), ("files", '{"program": "optimizer atlas", "files": 5}')):
        (tmp_path / name).mkdir()
        (tmp_path / name / MARK).write_text(content)
        with pytest.raises(UsageError, match="not an atlas"):
            check_folder(tmp_path / name)
    (tmp_path / "pipe").mkdir()
    os.mkfifo(tmp_path / "pipe" / MARK)
    with pytest.raises(UsageError, match="not an atlas"):
        check_folder(tmp_path / "pipe")
    for journal in ("site", "site/journal"):
        ran = command("atlas", "-o", "site", "--journal", journal, "--country", "BR")
        assert ran.status == 2 and "--journal" in ran.err
