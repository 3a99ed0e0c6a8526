"""guide: the documents in optimizer/guide, on a terminal or in a pipe."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click

from optimizer.cli.flags import GroupedCommand, WordedArgument, spoken
from optimizer.cli.output import paper_of
from optimizer.errors import UsageError
from optimizer.units.language import or_words, say

FOLDER = Path(__file__).parent.parent / "guide"
INDEX = "README.md"
"""The topics in their order, one line each: ``- [plan](plan.md): How to state a case with flags.``"""
_LINE = re.compile(r"^- \[(\w+)\]\(\1\.md\): (.+)$", re.MULTILINE)
NEAR, FAR = 0.87, 0.6
"""How alike two words are (of difflib), for the one to be suggested for the other: before topics that tell of the
word, and where none does."""
IN_A_HEADING = 20
"""A topic whose heading has a word tells more of it than one whose text names it so often."""
SHORTEST = 2
"""Letters of a word that is looked for in the texts."""


@click.command(cls=GroupedCommand)
@click.argument("topic", required=False, cls=WordedArgument, words="The topic; without one, the list of topics.")
@click.option("--all", "whole", is_flag=True, help="Print every topic, in order.")
@spoken
def guide(topic: str | None, whole: bool) -> None:
    """Read the guide: every command, the data, the model, the proofs, and what the words mean.

    Without TOPIC, list the topics.

    \b
    optimizer guide plan
    optimizer guide words
    optimizer guide --all | less
    """
    if whole and topic is not None:
        raise UsageError.say("give a topic or --all, not both")
    known = topics()
    if whole:
        _show("\n".join(text_of(name) for name in known))
    elif topic is not None:
        _show(text_of(_found(topic, known)))
    else:
        width = max(map(len, known))
        for name, line in known.items():
            click.echo(f"{name:{width}}  {line}")


def topics() -> dict[str, str]:
    """Topic -> what it answers, in the order of the guide."""
    return dict(_LINE.findall(text_of(Path(INDEX).stem)))


def text_of(topic: str) -> str:
    """The Markdown of a topic."""
    return (FOLDER / f"{topic}.md").read_text(encoding="utf-8")


def _found(word: str, known: dict[str, str]) -> str:
    """The topic that a word names, upper or lower case.

    Raises:
        UsageError: there is none of that name; those that are spelt nearly so, or that tell most of it, are suggested.
    """
    if word.lower() in known:
        return word.lower()
    from difflib import get_close_matches

    near = get_close_matches(word.lower(), known, 3, NEAR) or _about(word, known)
    near = near or get_close_matches(word.lower(), known, 3, FAR)
    hint = say("did you mean {near}? ", near=or_words(near)) if near else ""
    raise UsageError.say(
        'there is no topic "{word}"; {hint}Topics: {known}', word=word, hint=hint, known=", ".join(known)
    )


def _about(word: str, known: dict[str, str]) -> list[str]:
    """The topics that tell most of a word, with its singular and plural: at most three, headings before text."""
    stem = re.escape(word.lower().lstrip("-").removesuffix("s"))
    if len(stem) < SHORTEST:
        return []
    says = re.compile(rf"\b{stem}(s|es)?\b", re.IGNORECASE)
    heads = re.compile(rf"^#.*\b{stem}(s|es)?\b", re.IGNORECASE | re.MULTILINE)
    texts = {name: f"# {line}\n{text_of(name)}" for name, line in known.items()}
    points = {name: len(says.findall(text)) + IN_A_HEADING * len(heads.findall(text)) for name, text in texts.items()}
    best = sorted((name for name in points if points[name]), key=lambda name: -points[name])
    return best[:3]


def _show(text: str) -> None:
    """Rendered on a terminal; in a pipe or a file as it is."""
    if not sys.stdout.isatty():
        click.echo(text, nl=False)
        return
    from optimizer.render.guide_text import rendered

    click.echo(rendered(text, paper_of(sys.stdout)), nl=False, color=True)
