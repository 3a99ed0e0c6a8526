"""``optimizer ask -i``: a question a line, from a terminal or a pipe, each of which may change the one before."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import click

from optimizer.cli.output import OF_DATA, STATUS, note, report_error, write
from optimizer.errors import OptimizerError
from optimizer.service.register import Asked
from optimizer.units.language import ENGLISH, say, speaking

ENDS = frozenset({"exit", "quit", "bye", "salir", "fin", "adiós", "sair", "fim", "tchau", ":q"})
"""Lines that end the conversation, as the end of the input does."""
PROMPT = "> "


def converse(asked: Asked, form: str, output: str | None, *, full: bool, quiet: bool) -> int:
    """Answer every line; a line that cannot be read is said to be so, and the question before it stays.

    Args:
        asked: with the first question, if it stands on the command line.
        form: of the answers.
        output: as for a single answer; only stdout.
        full: whether to write all that is behind an answer.
        quiet: whether to say nothing on stderr but errors.

    Returns:
        The exit status of the last line: 0 where there was none.

    Raises:
        click.UsageError: a file is to be written.
    """
    from optimizer.service.planning import conversation_of, next_answer

    if output not in (None, "-"):
        raise click.UsageError(say("--interactive answers on stdout: leave --output out"))
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")  # a byte that is no letter is an unknown sign, not a traceback
    conversation = conversation_of(asked)
    tell = (lambda text: None) if quiet else note
    status, gap = 0, ""
    for sentence in _lines(" ".join(asked.own["question"]), quiet=quiet):
        try:
            with speaking(ENGLISH if form in OF_DATA else None):
                document = next_answer(conversation, sentence, replace(asked, note=tell))
            sys.stdout.write(gap)
            gap = "\n" if form == "text" and document.title else ""
            for text in () if form == "text" else document.spoken_notes():
                tell(text)
            with speaking(None, fallback=document.language):
                write(document, form, None, full=full)
                status = STATUS[document.verdict]
        except OptimizerError as error:
            with speaking(error.language):
                report_error(error)
            status = error.exit_status
        sys.stdout.flush()
    return status


def _lines(first: str, *, quiet: bool) -> Iterator[str]:
    """The question of the command line, then every line of the input that says something, until one ends it."""
    if first.strip():
        yield first
    is_seen = sys.stdin.isatty() and sys.stderr.isatty()
    if is_seen and not quiet:
        with suppress(ImportError):
            import readline  # noqa: F401 - arrow keys and a history in a terminal
        note(say("Ask, or change the last question: and in Chile? exit ends."))
    while True:
        if is_seen:
            click.echo(PROMPT, nl=False, err=True)
        line = sys.stdin.readline()
        if not line or line.strip().lower() in ENDS:
            if is_seen and not line:
                click.echo(err=True)
            return
        if line.strip():
            yield line.strip()
