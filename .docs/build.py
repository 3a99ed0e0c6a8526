"""The documentation as a site: the guide, every command's help, and the data dictionary. Warnings are errors.

    pip install '.[docs]' && python .docs/build.py site

The pages are made from the program, so none of them is written by hand: the topics of ``optimizer/guide/``, the help
that the register gives each command, the dictionary of the data, and the changelog.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
GUIDE = ROOT / "optimizer" / "guide"
FENCE = re.compile(r"^```([a-z]+)[^\n]*$", re.MULTILINE)
LEXERS = {"console": "console", "python": "python", "sh": "bash", "toml": "toml", "json": "json"}
"""Language of a fence -> how the site colours it; others are plain text."""


def main(arguments: list[str]) -> int:
    """Build the site into a folder; the exit status is that of Sphinx, 1 if there is a warning."""
    target = Path(arguments[0] if arguments else "site").resolve()
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder)
        shutil.copy(HERE / "conf.py", source / "conf.py")
        write_pages(source)
        command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", str(source), str(target)]
        status = subprocess.run(command, check=False).returncode
    if status == 0:
        print(f"built: {target / 'index.html'}")
    return status


def write_pages(source: Path) -> None:
    """Write the sources of all pages."""
    guide, commands = list(_guide(source)), list(_commands(source))
    _write(source / "reference" / "dictionary.md", _dictionary())
    _write(source / "reference" / "changelog.md", (ROOT / ".github" / "CHANGELOG.md").read_text(encoding="utf-8"))
    _write(source / "index.md", _index(guide, commands))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(FENCE.sub(lambda found: f"```{LEXERS.get(found[1], 'text')}", text), encoding="utf-8")


def _guide(source: Path) -> Iterator[str]:
    """The topics, in the order of the guide."""
    from optimizer.cli.guide import text_of, topics

    for topic in topics():
        _write(source / "guide" / f"{topic}.md", text_of(topic))
        yield f"guide/{topic}"


def _commands(source: Path) -> Iterator[str]:
    """A page for every command, with its help as the terminal prints it."""
    import click

    from optimizer.cli import cli

    context = click.Context(cli, info_name="optimizer", max_content_width=90)
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None, name
        text = f"# optimizer {name}\n\n{command.get_short_help_str(limit=200)}\n\n{_help(command, name, context)}"
        if isinstance(command, click.Group):
            inner = click.Context(command, info_name=name, parent=context, max_content_width=90)
            for part in command.list_commands(inner):
                found = command.get_command(inner, part)
                assert found is not None, part
                text += f"\n## optimizer {name} {part}\n\n{_help(found, part, inner)}"
        _write(source / "commands" / f"{name}.md", text)
        yield f"commands/{name}"


def _help(command: object, name: str, parent: object) -> str:
    import click

    assert isinstance(command, click.Command) and isinstance(parent, click.Context)
    with click.Context(command, info_name=name, parent=parent, max_content_width=90) as context:
        return f"```text\n{command.get_help(context)}\n```\n"


def _dictionary() -> str:
    """The data dictionary, as ``optimizer data dictionary`` writes it."""
    command = [sys.executable, "-m", "optimizer", "data", "dictionary", "--quiet"]
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout


def _index(guide: list[str], commands: list[str]) -> str:
    """The first page: what the program is, from the README, and the lists of all pages."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    opening = readme[: readme.index("\n## ")]
    lists = {"Guide": guide, "Commands": commands, "Reference": ["reference/dictionary", "reference/changelog"]}
    trees = [
        f"```{{toctree}}\n:caption: {title}\n:maxdepth: 1\n\n" + "\n".join(pages) + "\n```\n"
        for title, pages in lists.items()
    ]
    return opening + "\n\n" + "\n".join(trees)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
