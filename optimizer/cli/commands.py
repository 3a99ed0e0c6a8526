"""One way to make a command: from an entry of the register, with its flags, its forms, and how it ends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from optimizer.cli.flags import (
    GroupedCommand,
    Number,
    WholeNumber,
    WordedArgument,
    axis_options,
    case_options,
    language_option,
    one_form,
    output_option,
    output_options,
    usage,
)
from optimizer.cli.help_words import HelpedCommand
from optimizer.cli.output import OF_DATA, STATUS, catalogue, check_layout, check_output, note, read_files, write
from optimizer.cli.progress import progress_reporter, wants_progress
from optimizer.errors import InputError, UsageError, shown_name
from optimizer.service.fields import FLAG_OF
from optimizer.service.register import REGISTER, Asked, Parameter, Question
from optimizer.units.language import ENGLISH, say, speaking

if TYPE_CHECKING:
    from optimizer.answers.form.document import Document


def command_of(question: Question) -> click.Command:
    """The command of a question."""
    own = [_parameter(parameter) for parameter in question.parameters]
    fields: Iterable[click.Option] = ()
    if question.takes_case == "axes":
        fields = axis_options(power=question.takes_power)
    elif question.takes_case:
        fields = case_options(power=question.takes_power)

    where = "Write to a file, in the format of its name (.json, .csv, .md, .html, .xlsx); - is stdout."
    options = [*own, *fields, *output_options(output_option("FILE", where))]
    return GroupedCommand(
        question.name.rpartition(" ")[2],
        params=options,
        callback=partial(_run, question),
        help=question.help,
        short_help=question.summary,
        context_settings={"ignore_unknown_options": True} if question.name == "ask" else None,
    )


class Family(HelpedCommand, click.Group):
    """Commands of two words that share the first, such as ``data list`` and ``data show``."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is asked for.

        Raises:
            click.UsageError: there is no such command; where the tables would be built, what builds them.
        """
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            if args[0] not in ("build", "make"):
                raise
            other = say("the tables are built from raw tables by another command: python data/make")
            raise click.UsageError(f"{error.message.rstrip('.')}: {other}", ctx) from error


def group_of(name: str, summary: str) -> click.Group:
    """The group of the questions whose names begin with a word: ``data`` of ``data list`` and ``data show``."""
    found = [question for question in REGISTER.values() if question.name.startswith(f"{name} ")]
    group = Family(name, params=[language_option()], help=summary, short_help=summary)
    for question in found:
        group.add_command(command_of(question))
    return group


def _parameter(parameter: Parameter) -> click.Parameter:
    """A parameter of a question as click has it."""
    kind: Any = None
    if parameter.kind == "whole":
        kind = WholeNumber(
            None if parameter.least is None else int(parameter.least),
            None if parameter.most is None else int(parameter.most),
        )
    elif parameter.kind == "number":
        kind = Number(parameter.least, parameter.most, min_open=parameter.least_is_open)
    elif parameter.choices:
        kind = click.Choice(parameter.choices)
    if parameter.kind == "argument":
        return WordedArgument(
            [parameter.name],
            words=parameter.words,
            if_missing=parameter.if_missing,
            metavar=parameter.metavar,
            type=kind,
            nargs=-1 if parameter.many else 1,
            required=parameter.required,
        )
    # None said to be the default would be taken for the value of what is required
    more: dict[str, Any] = {} if parameter.default is None else {"default": parameter.default, "show_default": True}
    if parameter.kind == "switch":
        more = {"is_flag": True}
    return click.Option(
        [parameter.as_flag, *filter(None, (parameter.short,)), parameter.name],
        metavar=parameter.metavar or None,
        type=kind,
        multiple=parameter.many,
        required=parameter.required,
        help=parameter.words,
        **more,
    )


def _as_typed(parameter: Parameter) -> str:
    """What a message calls a parameter: its flag, or the word that help has for an argument."""
    if parameter.kind == "argument":
        return parameter.metavar.strip("[]") or parameter.name.upper()
    return parameter.as_flag


def _run(
    question: Question,
    /,
    *,
    output: str | None,
    quiet: bool,
    full: bool,
    csv_for: str | None,
    columns: str | None,
    folder: str | None,
    packs: tuple[str, ...],
    **values: Any,
) -> int:
    """Answer a question and write the answer down."""
    from datetime import date

    from optimizer.catalogue.output_paths import writing
    from optimizer.render.files import form_by_name
    from optimizer.render.forms import FORMS

    form = form_by_name(output, one_form(values), ("text", *FORMS)) or "text"
    form = "csv" if csv_for is not None and form == "text" else form
    check_layout(form, csv_for, columns)
    own = {parameter.name: values.pop(parameter.name) for parameter in question.parameters}
    flags = dict(FLAG_OF) | {parameter.name: _as_typed(parameter) for parameter in question.parameters}
    tell = (lambda text: None) if quiet else note
    files = check_output(
        output,
        read_files(folder, packs, output, _named_files(question, own)),
        has_metadata=form == "csv",
        others={parameter.as_flag: own[parameter.name] for parameter in question.parameters if parameter.is_written},
    )
    with writing(files), progress_reporter(say(question.counted(own)), quiet) as progress:
        asked = Asked(
            catalogue=catalogue(folder, packs),
            own=own,
            fields=values,
            today=date.today().isoformat(),
            note=tell,
            progress=progress,
            step=(lambda text: note(f"  {text}")) if wants_progress() and not quiet else None,
        )
        if own.get("interactive"):
            from optimizer.cli.conversation import converse

            return converse(asked, form, output, full=full, quiet=quiet)
        try:
            document = _answered(question, asked, form)
        except InputError as error:
            with speaking(error.language):
                raise usage(error, flags) from error
    in_answer = document.lines(full=full) if form == "text" else ()
    for text in document.spoken_notes():
        if text not in in_answer:
            tell(text)
    with speaking(None, fallback=document.language):
        for written in write(document, form, output, full=full, csv_for=csv_for, columns=columns):
            tell(say("Written: {written}", written=written))
        for text in document.errors:
            note(say("Error: {error}", error=text))
    return STATUS[document.verdict]


def _answered(question: Question, asked: Asked, form: str) -> Document:
    """The answer, in English where a program reads it; what cannot be read is said in the language of who asks.

    Raises:
        UsageError, InputError: what cannot be read.
    """
    if form not in OF_DATA:
        return question.answer(asked)
    try:
        with speaking(ENGLISH):
            return question.answer(asked)
    except (UsageError, InputError):
        question.answer(replace(asked, note=lambda text: None))
        raise


def _named_files(question: Question, own: Mapping[str, Any]) -> dict[str, str | None]:
    """What a question reads next to the data: every parameter of its own that is the name of a file there is."""
    found: dict[str, str | None] = {}
    for parameter in question.parameters:
        may_name = parameter.kind in ("text", "argument") and not parameter.is_written
        values = own[parameter.name] if parameter.many else (own[parameter.name],)
        for value in values or ():
            if isinstance(value, str) and may_name and _is_file(value):
                found[f"the input file {shown_name(value)}"] = value
    return found


def _is_file(name: str) -> bool:
    try:
        return Path(name).is_file()
    except (OSError, ValueError):  # a sentence that is too long for a name
        return False
