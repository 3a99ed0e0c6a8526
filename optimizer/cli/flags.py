"""The flags that make a case: one for every field; and how what is wrong with one is reported."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import click

from optimizer.cli.help_words import HelpedCommand
from optimizer.service.fields import CASE_ID, FIELDS, FLAG_OF, POWER_FIELDS, SUBJECTS, CaseField
from optimizer.units.language import LANGUAGES, mark, say, say_many

if TYPE_CHECKING:
    from optimizer.errors import DataError, UsageError

ARGUMENTS, OWN, OUTPUT = mark("Arguments"), mark("Options"), mark("Output")
WAYS = (mark("Workers and journal"),)
"""Headings of help next to the subjects of the case."""
CommandT = TypeVar("CommandT", bound=Callable[..., Any])


_SHORT_WORD = 2
_NEAR = 0.6
"""Of the letters of two flags: one wrong letter of three."""


class FieldOption(click.Option):
    """An option with the subject under which help lists it."""

    def __init__(self, names: list[str], *, subject: str, **more: Any) -> None:
        super().__init__(names, **more)
        self.subject = subject


def case_options(*, power: bool = False) -> Iterable[click.Option]:
    """A flag for every field of a case; those of what feeds its site only where a question takes them up."""
    for field in (*FIELDS, *(POWER_FIELDS if power else ()), CASE_ID):
        yield _option(field, multiple=False)


def axis_options(*, power: bool = True) -> Iterable[click.Option]:
    """A flag for every field of a case but its name; each may be repeated and is a tuple.

    Without power, what feeds a site is refused with what to use instead, and help does not offer it.
    """
    for field in FIELDS:
        yield _option(field, multiple=True)
    for field in POWER_FIELDS:
        yield _option(field, multiple=True, hidden=not power)


def axis_texts(flags: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """Take the flags of :func:`axis_options` that are given out of those of a command, as the texts of their axes."""
    given = {field.name: (field, flags.pop(field.name)) for field in (*FIELDS, *POWER_FIELDS)}
    return {name: ("yes",) if field.switch else texts for name, (field, texts) in given.items() if texts}


def typed(texts: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """The same as the words of a command."""
    switches = {field.name for field in (*FIELDS, *POWER_FIELDS) if field.switch}
    for name, some in texts.items():
        for text in some:
            yield from (FLAG_OF[name],) if name in switches else (FLAG_OF[name], text)


def _option(field: CaseField, *, multiple: bool, **more: Any) -> FieldOption:
    more |= {"is_flag": True} if field.switch else {"metavar": field.metavar, "multiple": multiple}
    return FieldOption([field.flag, field.name], subject=field.subject, help=field.words, **more)


class WordedArgument(click.Argument):
    """An argument with a line of help, which click itself does not print."""

    def __init__(self, names: list[str], *, words: str, if_missing: str = "", **more: Any) -> None:
        super().__init__(names, **more)
        self.words, self.if_missing = words, if_missing

    def process_value(self, ctx: click.Context, value: Any) -> Any:
        """The value of the argument.

        Raises:
            click.MissingParameter: it is required and not given; with what else there is to say of it.
        """
        try:
            return super().process_value(ctx, value)
        except click.MissingParameter as error:
            words = say(self.if_missing or self.words)
            has_choices = isinstance(self.type, click.Choice)  # which click adds behind a full stop of its own
            raise click.MissingParameter(words.rstrip(".") if has_choices else words, ctx, self) from error

    def get_error_hint(self, ctx: click.Context | None) -> str:
        """What an error calls it: its word, without the brackets that say that it may be left out."""
        return f"'{(self.metavar or self.name or '').strip('[]')}'"

    def get_help_record(self, ctx: click.Context) -> tuple[str, str]:
        """The argument as the usage line has it, and its line of help."""
        return self.make_metavar(ctx), self.words


class WholeNumber(click.IntRange):
    """A whole number within bounds, as people and table programs write it: 4, 4.0."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number.

        Raises:
            click.BadParameter: it is none, or out of bounds.
        """
        from optimizer.service.parameter_values import bounds_rule
        from optimizer.units import whole_number

        text = str(value)[:60]
        try:
            number = whole_number(value) if isinstance(value, str) else value
        except ValueError as error:
            self.fail(f'"{text}" {error}', param, ctx)
        if (rule := bounds_rule(number, self.min, self.max, least_is_open=self.min_open)) is not None:
            self.fail(f'"{text}" {rule}', param, ctx)
        return super().convert(number, param, ctx)


class Number(click.FloatRange):
    """A number within bounds, as flags of a case take it: neither ``nan`` nor ``inf``."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number.

        Raises:
            click.BadParameter: it is none, or out of bounds.
        """
        from optimizer.service.parameter_values import bounds_rule
        from optimizer.units import parse_decimal

        text = str(value)[:60]
        try:
            number = float(parse_decimal(value)) if isinstance(value, str) else value
        except ValueError as error:
            self.fail(f'"{text}" {error}', param, ctx)
        if (rule := bounds_rule(number, self.min, self.max, least_is_open=self.min_open)) is not None:
            self.fail(f'"{text}" {rule}', param, ctx)
        return super().convert(number, param, ctx)


class OnceCommand(HelpedCommand):
    """A command of which a flag with one value is given once, and no flag or argument is empty.

    Of two values one would be dropped without a word; an empty one, as of a variable of a script that is not set,
    would be no limit without a word.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the command line.

        Raises:
            click.UsageError: a flag is given twice, is empty, or nothing of what is typed can be read.
        """
        if not ctx.resilient_parsing:
            try:
                typed, extra, order = self.make_parser(ctx).parse_args(list(args))
            except click.NoSuchOption as error:
                params = self.get_params(ctx)
                error.possibilities = _likely_flags(error.option_name, params)  # type: ignore[misc]
                if not error.possibilities:
                    opts = [opt for param in params for opt in param.opts if opt.startswith("--")]
                    known = say("known: {names}", names=", ".join((*opts[:_SHOWN], *["..."] * (len(opts) > _SHOWN))))
                    error.message = f"{error.message.rstrip('.')}; {known}"  # type: ignore[misc]
                raise
            if extra and (other := _for_extra_words(ctx, extra)):
                words = say_many(
                    "Got unexpected extra argument ({args})",
                    "Got unexpected extra arguments ({args})",
                    len(extra),
                    args=" ".join(extra),
                )
                raise click.UsageError(f"{words}; {other}", ctx)
            single = [param for param in order if isinstance(param, click.Option) and not param.multiple]
            twice = {param.opts[-1] for param in single if not param.is_flag and single.count(param) > 1}
            if twice:
                flags = ", ".join(sorted(twice))
                rule = say("{flags}: takes one value and was given twice; give it once", flags=flags)
                raise click.UsageError(rule, ctx)
            for param in order:
                values = typed.get(param.name)
                if param.nargs == 1 and "" in [_stripped(value) for value in _each(values)]:
                    raise click.BadParameter(say("must not be empty"), ctx, param)
        return super().parse_args(ctx, args)


def _for_extra_words(ctx: click.Context, words: Sequence[str]) -> str | None:
    """What to write for words without a flag of a command that takes a case; None of another one."""
    if not any("--country" in param.opts for param in ctx.command.params):
        return None
    if all(re.fullmatch(r"[^\W\d][\w .-]*[=:]\S+", word) for word in words):
        sites = " ".join(word.replace(":", "=") if " " not in word else f'"{word}"' for word in words)
        explain = " --explain" * (ctx.info_name == "explain")
        return say("sites that share one run: {command}", command=f"optimizer consortium {sites}{explain}")
    return say("every value needs its flag before it, such as --country BR --max-mw 1")


_SHOWN = 8
"""Flags that are named where none is near to what was typed."""


def _likely_flags(flag: str, known: Sequence[click.Parameter]) -> list[str]:
    """The flags that were probably meant: by another name of the field, by a word that both have, or by the letters."""
    from difflib import get_close_matches

    from optimizer.domain.case_names import LIKELY, flag_of

    flags = {opt.strip("-"): opt for param in known for opt in param.opts if opt.startswith("--")}
    name = flag.strip("-")
    fields = (LIKELY.get(word.replace("-", "_")) for word in (name, name.removeprefix("max-")))
    if likely := [flag_of(field) for field in fields if field and flag_of(field) in flags.values()]:
        return likely[:1]
    words = {word for word in name.split("-") if len(word) > _SHORT_WORD} - {"max"}
    alike = [opt for known_name, opt in flags.items() if words & set(known_name.split("-"))]
    return [flags[near] for near in get_close_matches(name, flags, 3, _NEAR)] or alike[:3]


def _each(values: Any) -> Sequence[Any]:
    return values if isinstance(values, list | tuple) else [values]


def _stripped(value: Any) -> Any:
    return value.strip(" ;,\t\n") if isinstance(value, str) else value


class GroupedCommand(OnceCommand):
    """A command whose help lists its flags by subject."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the flags: the command's own, those of the case by subject, those of the output."""
        groups: dict[str, list[tuple[str, str]]] = {name: [] for name in (ARGUMENTS, OWN, *SUBJECTS, *WAYS, OUTPUT)}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None:
                groups[_subject(parameter)].append(record)
        for name, records in groups.items():
            if records:
                with formatter.section(say(name)):
                    formatter.write_dl(records)


def _subject(parameter: click.Parameter) -> str:
    """The heading of help under which a parameter is listed."""
    if isinstance(parameter, click.Argument):
        return ARGUMENTS
    return getattr(parameter, "subject", OUTPUT if parameter.name == "help" else OWN)


def add_options(command: CommandT, options: Iterable[click.Option]) -> CommandT:
    """A function with options, as :func:`click.option` adds one."""
    params = getattr(command, "__click_params__", [])
    command.__click_params__ = [*reversed(list(options)), *params]  # type: ignore[attr-defined]
    return command


FORM_FLAGS = {
    "json": "Everything, as one JSON document (schema: optimizer data show schema NAME).",
    "csv": "Rows, as CSV; with -o, also a metadata file.",
    "md": "As Markdown.",
}
"""The forms that a flag asks for, and its line of help."""


def output_option(metavar: str, words: str, **more: Any) -> FieldOption:
    """-o: where an answer goes."""
    return FieldOption(["-o", "--output"], subject=OUTPUT, metavar=metavar, help=words, **more)


def output_options(*where: FieldOption, has_text: bool = True) -> Iterable[click.Option]:
    """The flags of every command that answers: its form, where it goes, its layout, the data and the language.

    Args:
        where: -o, as :func:`output_option` makes it, and what else decides where an answer goes.
        has_text: whether there is a text, of which more can be shown.
    """
    for form, words in FORM_FLAGS.items():
        yield FieldOption([f"--{form}", f"as_{form}"], subject=OUTPUT, is_flag=True, help=words)
    yield from where
    yield FieldOption(
        ["--csv-for", "csv_for"],
        subject=OUTPUT,
        metavar="LOCALE",
        help="CSV as spreadsheets of a country open it (pt-BR, es-MX, en-US): decimal sign, separator, UTF-8 mark.",
    )
    yield FieldOption(
        ["--columns"],
        subject=OUTPUT,
        metavar="NAMES",
        help="Rows with these columns only: short (a dozen), all, or names separated by commas.",
    )
    if has_text:
        yield FieldOption(
            ["--full"],
            subject=OUTPUT,
            is_flag=True,
            help="Show the whole answer, where only its main lines are shown otherwise.",
        )
    yield FieldOption(["-q", "--quiet"], subject=OUTPUT, is_flag=True, help="Write only errors to stderr.")
    yield from data_options()
    yield language_option()


def data_options() -> Iterable[click.Option]:
    """--data and --pack."""
    yield FieldOption(
        ["--data", "folder"], subject=OUTPUT, metavar="DIR", help="Your own data folder (or OPTIMIZER_DATA)."
    )
    yield FieldOption(
        ["--pack", "packs"],
        subject=OUTPUT,
        metavar="FILE.toml",
        multiple=True,
        help="Your own country pack; give it again for more.",
    )


def language_option() -> click.Option:
    """--lang: obeyed before the command line is read (:func:`optimizer.cli.run`), so that errors are in it, too."""
    return FieldOption(
        ["--lang"],
        subject=OUTPUT,
        type=click.Choice(LANGUAGES),
        expose_value=False,
        help="Language of the answer (or OPTIMIZER_LANG); by default that of a question in words, else English.",
    )


def spoken(command: CommandT) -> CommandT:
    """--lang of a command that has no other flag of the output."""
    return add_options(command, [language_option()])


def server_flags(command: CommandT) -> CommandT:
    """--data, --pack and --lang of a command that serves until it is ended."""
    return add_options(command, [*data_options(), language_option()])


def one_form(values: dict[str, Any]) -> str | None:
    """The form that the flags ask for, taken out of the values of all flags; None where none is asked for.

    Raises:
        click.UsageError: two forms are asked for.
    """
    given = [form for form in FORM_FLAGS if values.pop(f"as_{form}")]
    if len(given) > 1:
        raise click.UsageError(
            say("{one} and {other} are two forms: give one of them", one=f"--{given[0]}", other=f"--{given[1]}")
        )
    return given[0] if given else None


def usage(error: DataError, flags: Mapping[str, str]) -> UsageError:
    """The problems of a question that was put in flags, each with its flag.

    Args:
        error: its problems name fields of the case, or parameters of the question.
        flags: of these, by name.
    """
    from optimizer.errors import UsageError, first_lines

    lines = []
    for problem in error.problems:
        rule = re.sub(r"\b[a-z]+(_[a-z]+)+\b", lambda word: flags.get(word[0], word[0]), problem.rule)
        problem = replace(problem, rule=rule)
        flag = flags.get(problem.column or "", "")
        value = f' "{problem.value}"' if problem.value is not None and flag else ""
        remedy = f"; {problem.remedy}" if problem.remedy else ""
        lines.append(f"{flag}{value}: {problem.rule}{remedy}" if flag else str(problem))
    lines = list(dict.fromkeys(lines))
    return UsageError("\n".join(first_lines(lines, len(lines))))
