"""What is asked after the answer: explain (why this plan, or why none)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from optimizer.cli.flags import case_flags, case_of
from optimizer.cli.output import catalogue, console, data_flags, destination, note, note_assumed, write_json
from optimizer.cli.plan import INFEASIBLE, today

if TYPE_CHECKING:
    from optimizer.case.setting import Setting

CommandT = TypeVar("CommandT", bound=Callable[..., Any])


def document_flags(command: CommandT) -> CommandT:
    """--json, -o, --quiet, --data and --pack."""
    decorated: Any = data_flags(command)
    for option in (
        click.option("-q", "--quiet", is_flag=True, help="Nothing on stderr but errors."),
        click.option("-o", "--output", metavar="FILE", help="Write to a file; - is stdout."),
        click.option("--json", "as_json", is_flag=True, help="Everything, as one JSON document."),
    ):
        decorated = option(decorated)
    result: CommandT = decorated
    return result


@click.command()
@case_flags
@document_flags
def explain(
    as_json: bool, output: str | None, quiet: bool, folder: str | None, packs: tuple[str, ...], **values: Any
) -> int:
    """Say why a plan is as it is, or why there is none, with every figure solved again.

    Of a plan: which limits bind, what each costs, what more of each is worth, what other rules would change. Where
    there is no plan: what would have to give, one limit or the least pair, and what keeps each accelerator out.

    \b
    optimizer explain --max-mw 1 --deadline 120d --country BR
    """
    from optimizer.answers.explain import explain_envelope
    from optimizer.answers.explanation import print_explanation
    from optimizer.insight.explain import Explanation, explained
    from optimizer.insight.why_not import told
    from optimizer.plans.outcome import Plan
    from optimizer.solve.planner import prepare, solve_prepared

    known = catalogue(folder, packs)
    ready = prepare(case_of(values, known, today()), known)
    outcome = solve_prepared(ready)
    found = explained(ready, outcome) if isinstance(outcome, Plan) else told(ready, outcome)
    say_defaults(found.setting, quiet)
    with destination(output) as stream:
        if as_json:
            write_json(explain_envelope(found).model_dump(mode="json"), stream)
        else:
            print_explanation(found, console(stream))
    say_written(output, quiet)
    return 0 if isinstance(found, Explanation) else INFEASIBLE


def say_defaults(setting: Setting, quiet: bool) -> None:
    """The defaults that were filled in, on stderr."""
    note_assumed(setting.assumed, quiet)


def say_written(output: str | None, quiet: bool) -> None:
    """The file that was written, on stderr."""
    if output not in (None, "-") and not quiet:
        note(f"Written: {output}")
