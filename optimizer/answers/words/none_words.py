"""What stands first in an answer without a plan: what is the obstacle, proven, and a command that would have a plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from optimizer.answers.form.blocks import Line
from optimizer.answers.words.common_words import capital
from optimizer.answers.words.reason_words import no_plan_words, verdict_words
from optimizer.domain import Case
from optimizer.domain.case_names import flag_of
from optimizer.plans.outcome import Infeasible
from optimizer.units.language import say


def none_lines(outcome: Infeasible) -> Iterator[Line]:
    """Why there is no plan, and how to state the figures that are not known, where that alone would do."""
    yield Line(verdict_words(outcome.why, capital(no_plan_words(outcome.why))), "bad")
    if outcome.why.example:
        command = example_command(outcome.setting.asked, dict(outcome.why.example))
        yield Line(
            say(
                "For example, this has a plan (the figures in it are not those of the country): {command}",
                command=command,
            )
        )


def example_command(case: Case, stated: Mapping[str, Decimal]) -> str:
    """The command that plans a case with figures of its country stated, each in the unit of its field."""
    from optimizer.question.reading import flags

    return " ".join(["optimizer plan", *flags(case, {}, leave_out=tuple(stated)), *stated_flags(stated)])


def stated_flags(stated: Mapping[str, Decimal]) -> Iterator[str]:
    """The flags that state figures, each in the unit of its field of a case."""
    for field, value in stated.items():
        yield from (flag_of(field), f"{100 * value:.0f}%" if field == "import_duty" else f"{value:f}")
