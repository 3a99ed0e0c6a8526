"""README.md and the guide as documents with examples: what they show, and what their commands print now.

A block is known by the words after its opening fence:

* ``console``: commands behind ``$ `` with their output; ``...`` stands for anything from there on.
* ``sh``: commands without output. Those of ``optimizer`` are run and must succeed; others are not run.
* ``csv cases.csv``, ``toml study.toml``: a file that the commands of the same document read.
* ``python``: a program that must run as it stands.
* ``text``: read by people only.

Commands go through bash as they are printed, see :mod:`.shell`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / "optimizer" / "guide"
README = ROOT / "README.md"
INDEX = FOLDER / "README.md"
REST = "..."
"""Stands for anything from there on."""
SOLVER_SHOWN = "HiGHS 1.15.1"
"""In place of the version that is installed: several are allowed, and what they answer is the same."""
_BLOCK = re.compile(r"^```(\w*)[ ]?([^\n]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block: the language, the file that it is (empty if none) and where its text stands in the document."""

    language: str
    file: str
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Command:
    """A command as printed; ``shown`` are the lines below it, None in a block that shows no output."""

    document: str
    line: str
    shown: tuple[str, ...] | None


@dataclass(frozen=True)
class Document:
    """One Markdown file."""

    path: Path
    text: str

    @property
    def name(self) -> str:
        """The topic; README is that of the repository, index that of the guide."""
        return "index" if self.path == INDEX else self.path.stem

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """Every fenced block, in order."""
        return tuple(
            Block(found[1], found[2].strip(), found[3], found.start(3), found.end(3))
            for found in _BLOCK.finditer(self.text)
        )

    @property
    def files(self) -> dict[str, str]:
        """The files that the commands of this document read, by name."""
        return {block.file: block.text for block in self.blocks if block.file}

    @cached_property
    def commands(self) -> tuple[Command, ...]:
        """Every command that is run, in order."""
        return tuple(command for block in self.blocks for command in self._commands(block))

    def _commands(self, block: Block) -> Iterator[Command]:
        if block.language == "console":
            for line, shown in console(block.text):
                yield Command(self.name, line, shown)
        elif block.language == "sh":
            for line in shell_lines(block.text):
                if line.startswith("optimizer "):
                    yield Command(self.name, line, None)

    def written_anew(self, outputs: dict[Command, list[str]]) -> str:
        """The text with the outputs of its commands as they are now."""
        text = self.text
        for block in reversed(self.blocks):
            if block.language == "console":
                body = "".join(
                    f"$ {line}\n" + "".join(f"{row}\n" for row in cut(shown, outputs[Command(self.name, line, shown)]))
                    for line, shown in console(block.text)
                )
                text = text[: block.start] + body + text[block.end :]
        return text


def documents() -> list[Document]:
    """README.md and every file of the guide."""
    return [Document(path, path.read_text(encoding="utf-8")) for path in (README, *sorted(FOLDER.glob("*.md")))]


def console(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """Every ``$ command`` of a console block, with the lines shown below it."""
    found = []
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, *lines = part.rstrip("\n").splitlines()
        found.append((command, tuple(line.rstrip() for line in lines)))
    return found


def shell_lines(text: str) -> list[str]:
    """The commands of an ``sh`` block; a line that ends in a backslash goes on."""
    joined = re.sub(r"\\\n\s*", "", text)
    return [line for line in joined.splitlines() if line.strip() and not line.startswith("#")]


def lines_of(output: str) -> list[str]:
    """An output as lines without blanks at their ends, and with the version of the solver that the guide shows."""
    shown = re.sub(r"HiGHS \d+\.\d+\.\d+", SOLVER_SHOWN, output)
    return [line.rstrip() for line in shown.rstrip("\n").splitlines()]


def agrees(shown: tuple[str, ...], printed: list[str]) -> bool:
    """Whether an output begins with the lines shown; ``...`` stands for anything from there on."""
    if REST in shown:
        end = shown.index(REST)
        return printed[:end] == [*shown[:end]] and len(printed) > end
    return printed == [*shown]


def cut(shown: tuple[str, ...], printed: list[str]) -> list[str]:
    """An output as it is to be shown: as many lines before ``...`` as now, or all where there is no ``...``."""
    end = shown.index(REST) if REST in shown else len(printed)
    return [*printed[:end], REST] if len(printed) > end else printed
