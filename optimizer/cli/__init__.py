"""The command line: words -> case, outcome -> words. No arithmetic here, and no heavy import before it is needed."""

from __future__ import annotations

import contextlib
import gc
import io
import os
import sys
from importlib import import_module
from types import ModuleType

import click

from optimizer.cli.help_words import HelpedCommand
from optimizer.service import GROUPS, REGISTER
from optimizer.version import __version__

INTERRUPTED = 130
UNWRITABLE = 4
_PACIFIED = "PacifyFlushWrapper"
"""What click puts in place of stdout when the reader of a pipe has gone, before it exits with 1."""

EPILOG = """\b
Examples:
  optimizer ask "cheapest plan under 1 MW in 120 days"
  optimizer plan --max-mw 1 --deadline 120d --country MX --workload llama-3.1-70b
  optimizer explain --max-mw 1 --deadline 120d
  optimizer alternatives --max-mw 1 --deadline 120d --within 20
  optimizer options --country BR --max-mw 1
  optimizer frontier cost days --country BR
  optimizer largest --budget 5M --max-mw 1 --deadline 150d --tokens-per-param 20
  optimizer tipping price:h100 --from 10000 --to 100000 --use "h100;a100"
  optimizer sensitivity --max-mw 1 --deadline 120d --draws 1000
  optimizer consortium BR=0.5 MX=0.5 AR=1 --deadline 180d
  optimizer ways --workload llama-3.1-70b --country CL --max-mw 1
  optimizer batch cases.csv -o plans.csv
  optimizer sweep --country BR,MX --max-mw 0.5:5:0.5 -o plans.csv
  optimizer atlas -o atlas

Exit status: 0 plan, 1 bug, 2 usage or unreadable question, 3 proven infeasible, 4 bad data, 5 undecided, 6 batch or
sweep with failed rows, 130 interrupted (143 by SIGTERM, 129 by SIGHUP)."""


class Commands(HelpedCommand, click.Group):
    """Commands made of the register when they are requested, listed by what they answer."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order of the register."""
        return [name for names in self._groups().values() for name in names]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command by name; None where there is none."""
        if cmd_name in _SUMMARIES and cmd_name not in FAMILIES:
            module = import_module(f"optimizer.cli.{cmd_name}")
            return next(one for one in vars(module).values() if isinstance(one, click.Command) and one.name == cmd_name)
        from optimizer.cli.commands import command_of, group_of

        if cmd_name in REGISTER:
            return command_of(REGISTER[cmd_name])
        return group_of(cmd_name, FAMILIES[cmd_name]) if cmd_name in FAMILIES else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is asked for, where there is memory for it; texts need hardly any.

        Raises:
            click.UsageError: there is no such command.
        """
        if args and args[0] not in _SUMMARIES and (question := REGISTER.named(args[0])) is not None:
            args = [*question.name.split(), *args[1:]]  # data-list and data_list, as other doors have it
        try:
            name, command, rest = super().resolve_command(ctx, args)
        except click.UsageError as error:
            from difflib import get_close_matches

            from optimizer.units.language import or_words, say

            near = get_close_matches(args[0], self.list_commands(ctx), 3)
            remedy = say("did you mean {first}?", first=or_words(near))
            other = say('a question in words is written so: optimizer ask "cheapest plan under 1 MW"')
            raise click.UsageError(f"{error.message.rstrip('.')}: {remedy if near else other}", ctx) from error
        if name != "guide" and not {"-h", "--help"} & {*rest}:
            from optimizer.cli.memory import check_memory

            check_memory()
        return name, command, rest

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands by what they answer."""
        from optimizer.units.language import say

        for title, names in self._groups().items():
            with formatter.section(say(title)):
                if names:
                    formatter.write_dl([(name, _SUMMARIES.get(name) or REGISTER[name].summary) for name in names])

    @staticmethod
    def _groups() -> dict[str, list[str]]:
        found: dict[str, list[str]] = {title: [] for title in GROUPS}
        for question in REGISTER.values():
            name = question.name.partition(" ")[0]
            if name not in found[question.group]:
                found[question.group].append(name)
        return found | {title: list(commands) for title, commands in OTHERS.items()}


FAMILIES = {"data": "List and show the data behind the plans, with their sources."}
"""First words of the commands of two, such as ``data list``, and what these are for."""
OTHERS = {
    "Many cases": {
        "batch": "Solve every row of a cases file: one row of output for each, in order, whatever its result.",
        "sweep": "Solve every combination of some values: one row of output for each, in a fixed order.",
        "atlas": "Solve a question for every country and write a site: map, ranking, a page for each country.",
    },
    "In a browser, for assistants": {
        "serve": "Open the questions as a page in the browser, and as a JSON interface.",
        "mcp": "Offer the questions as tools to an assistant, over stdin and stdout (Model Context Protocol).",
    },
    "Documentation": {
        "guide": "Read the guide: every command, the data, the model, the proofs, and what the words mean."
    },
}
"""Commands that are no question of the register, by what they do: rows written as they are done, and the guide. Each
has a module of its name and begins its help with this line, which stands here so that the list of all commands imports
none of them."""
_SUMMARIES = {name: summary for commands in OTHERS.values() for name, summary in commands.items()} | FAMILIES


@click.group(
    cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}, epilog=EPILOG
)
@click.version_option(__version__, prog_name="optimizer")
@click.option("--lang", hidden=True, expose_value=False, help="Read by run(), wherever it stands.")
def cli() -> None:
    """The cheapest lawful way to train your own language model.

    Which accelerators, how many, for how many days: the lowest cost within the grid limit, the export rules, the
    deadline and the budget, proven and explained.
    """


def main() -> None:
    """Run the command line and exit with its status.

    One short command has little garbage and many imports: collecting it again and again, and once more at the end,
    takes a fifth of its time. A batch turns collection on again.
    """
    gc.disable()
    from optimizer.cli.streams import open_closed_streams

    open_closed_streams()
    status = run(sys.argv[1:])
    gc.freeze()
    sys.exit(status)


def run(arguments: list[str]) -> int:
    """Run one command; every error of ours is one message on stderr and its exit status, never a traceback."""
    from optimizer.cli.click_words import click_speaking
    from optimizer.units.language import VARIABLE, speaking

    with (
        speaking(_language_of(arguments), fallback=os.environ.get(VARIABLE, "").strip().lower()[:2]),
        click_speaking(),
    ):
        return _run(arguments)


def _language_of(arguments: list[str]) -> str | None:
    """The language asked for with --lang, so that what is wrong with the other words is said in it, too."""
    from optimizer.units.language import LANGUAGES

    for place, word in enumerate(arguments):
        flag, _, value = word.partition("=")
        if flag == "--":
            break
        if flag == "--lang":
            asked = value or (arguments[place + 1] if place + 1 < len(arguments) else "")
            return asked if asked in LANGUAGES else None
    return None


def _run(arguments: list[str]) -> int:
    from optimizer.errors import OptimizerError, shown_name, system_words
    from optimizer.units.language import say, speaking

    _look_for_no_plugins()
    # numpy does no algebra here: threads of its own cost memory, and where they cannot start OpenBLAS sends us a SIGINT
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # an encoding without arrows gets question marks, not a traceback
    try:
        status = cli.main(args=arguments, prog_name="optimizer", standalone_mode=False)
        sys.stdout.flush()
        return status if isinstance(status, int) else 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt) as error:
        _say(say("Interrupted."))
        return _status_of(error)
    except (BrokenPipeError, SystemExit) as error:
        if isinstance(error, BrokenPipeError) and _interruption(error) is not None:
            return _status_of(error)  # stderr has gone, as when a terminal is closed
        if isinstance(error, SystemExit) and type(sys.stdout).__name__.lstrip("_") != _PACIFIED:
            raise
        # the reader (head, less) has seen enough: end quietly, also when Python flushes at exit
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        where = f": {shown_name(error.filename)}" if error.filename else ""
        _say(say("Error: {problem}{where}", problem=system_words(error), where=where))
        return UNWRITABLE
    except (MemoryError, ImportError, SystemError) as error:
        from optimizer.cli.memory import lacks_memory

        if not lacks_memory(error):
            raise
        _say(say("Error: there is not enough memory for this (ulimit -v may limit it)"))
        return UNWRITABLE
    except OptimizerError as error:
        from optimizer.cli.output import report_error

        with speaking(error.language):
            report_error(error)
        return error.exit_status


def _look_for_no_plugins() -> None:
    """Tell pydantic that there are no plugins, as we have none, unless the environment says otherwise.

    Looking for them in every installed package takes longer than a plan, and what it would look with (the records of
    packages, with e-mail and zip files) is imported even where it is reported not to look. A pydantic that has no such
    module imports whatever it has.
    """
    if os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__") == "__all__":
        loader = ModuleType("pydantic.plugin._loader")
        vars(loader)["get_plugins"] = tuple
        sys.modules.setdefault(loader.__name__, loader)


def _say(text: str) -> None:
    """A line on stderr, where there still is one: after a terminal is closed there is none."""
    with contextlib.suppress(OSError):
        click.echo(text, err=True)


def _status_of(error: BaseException) -> int:
    """130 for Ctrl-C; 128 and the number of any other signal, as shells have it."""
    from optimizer.errors import StoppedBySignal

    cause = _interruption(error)
    return 128 + cause.number if isinstance(cause, StoppedBySignal) else INTERRUPTED


def _interruption(error: BaseException) -> KeyboardInterrupt | None:
    """The interruption that an error came of, if any."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, KeyboardInterrupt):
        cause = cause.__cause__ or cause.__context__
    return cause
