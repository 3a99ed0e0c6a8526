"""What stands first in an answer without a plan: what is in the way, proved, and a command that would have a plan."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from decimal import Decimal

from optimizer.answers.blocks import Line
from optimizer.answers.reason_words import no_plan_words
from optimizer.answers.words import capital
from optimizer.domain import Case
from optimizer.plans.outcome import Infeasible
from optimizer.units.language import local_number, say


def none_lines(outcome: Infeasible) -> Iterator[Line]:
    """Why there is no plan, and how to state the figure that is not known, where that alone would do."""
    yield Line(say("{causes}. This has been proven.", causes=capital(no_plan_words(outcome.why))), "bad")
    if outcome.why.example is not None:
        duty, command = _percent(outcome.why.example), example_command(outcome.setting.asked, outcome.why.example)
        yield Line(say("With a duty of {duty}, for example, there is a plan: {command}", duty=duty, command=command))


def example_command(case: Case, duty: Decimal) -> str:
    """The command that plans a case with an import duty."""
    from optimizer.question.reading import flags

    said = flags(case, {}, leave_out=("import_duty",))
    return " ".join(["optimizer plan", *said, "--import-duty", shlex.quote(_plain_percent(duty))])


def _percent(duty: Decimal) -> str:
    return local_number(f"{100 * duty:.0f} %")


def _plain_percent(duty: Decimal) -> str:
    return f"{100 * duty:.0f}%"
