"""Cases beside each other: countries, accelerators, limits; and why something is not in the plan."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from optimizer.errors import InputError, Problem
from optimizer.service.register import Asked, Parameter, question

if TYPE_CHECKING:
    from optimizer.answers.document import Document
    from optimizer.domain import Case

MOST_CASES = 300
ALL, NONE = "all", "none"
PROCUREMENTS = ("buy", "rent", "own")


@question(
    "compare",
    "Why and what else",
    outputs="answers.compare:CompareOut",
    rows="answers.compare:CompareRow",
    progress="cases",
)
def compare(asked: Asked) -> Document:
    """Set cases beside each other that differ in one thing: a ranked table, every row a proved plan.

    One flag takes several values, separated by commas; ``none`` is the case without it, and ``--country all`` is every
    country of the data. Values of one case that are lists keep their semicolons.

    \b
    optimizer compare --country BR,MX,CL --max-mw 1
    optimizer compare --use 'h100,a100' --country CO --max-mw 1.5
    optimizer compare --max-mw 1,2 --country BR --deadline 100d
    """
    from optimizer.answers.compare import document
    from optimizer.insight import comparing

    cases = _cases(asked)
    if len(cases) > 1 and asked.progress is not None:
        return document(comparing.compare(cases, asked.catalogue, asked.progress), asked.catalogue)
    return document(comparing.compare(cases, asked.catalogue), asked.catalogue)


def _cases(asked: Asked) -> list[tuple[str, Case]]:
    """The cases, each by what sets it apart.

    Raises:
        InputError: nothing differs, too much does, or a value cannot be read.
    """
    axes = {name: _values(name, value, asked) for name, value in asked.fields.items()}
    several = {name: values for name, values in axes.items() if values is not None}
    if len(several) != 1:
        given = ", ".join(several) or "nothing"
        rule = f"one flag takes several values, separated by commas, such as BR,MX; here {given} does"
        raise InputError([Problem(rule)])
    name, values = next(iter(several.items()))
    if len(values) > MOST_CASES:
        raise InputError([Problem(f"at most {MOST_CASES} cases are compared; optimizer sweep takes more", column=name)])
    return [(_label(value), asked.case(**{name: None if value == NONE else value})) for value in values]


def _values(name: str, value: Any, asked: Asked) -> tuple[str, ...] | None:
    """The values of a flag, where it has several; None where it has one or none."""
    if not isinstance(value, str):
        return None
    if name == "country" and value.strip().lower() == ALL:
        return tuple(asked.catalogue.countries)
    parts = tuple(dict.fromkeys(part.strip() for part in value.split(",") if part.strip()))
    return parts if len(parts) > 1 else None


def _label(value: str) -> str:
    return value if len(value) <= 40 else f"{value[:37]}..."


@question(
    "why-not",
    "Why and what else",
    Parameter("subject", "What is asked about.", "argument", "ACCELERATOR|buy|rent|own", required=True),
    outputs=("answers.compare:CompareOut", "answers.explain_outputs:ExplainOut"),
    rows=("answers.compare:CompareRow", "answers.explain_outputs:ExplainRow"),
)
def why_not(asked: Asked) -> Document:
    """Say why an accelerator, or a way to have servers, is not in the plan.

    The best plan stands beside the best one with nothing else; where there is none, it says what would have to change.

    \b
    optimizer why-not a100 --country BR --max-mw 1 --deadline 150d
    optimizer why-not buy --country MX --max-mw 1 --deadline 120d
    """
    from optimizer.answers.compare import document
    from optimizer.insight import comparing
    from optimizer.plans.outcome import Infeasible

    subject = asked.own["subject"].strip()
    field = "procurement" if subject.lower() in PROCUREMENTS else "use"
    cases = [("best plan", asked.case()), (f"only {subject}", asked.case(**{field: subject}))]
    found = comparing.compare(cases, asked.catalogue)
    with_it = next(row for row in found.rows if row.case is cases[1][1])
    if isinstance(with_it.outcome, Infeasible):
        return _why_none(asked, cases[1][1])
    return document(found, asked.catalogue, name="why-not")


def _why_none(asked: Asked, case: Case) -> Document:
    """Why there is no plan with it alone, and what would have to give."""
    from optimizer.service.explaining import explain_case

    found = explain_case(case, asked.catalogue)
    subject = asked.own["subject"]
    return replace(found, question="why-not", title=f"With {subject} alone: {found.title[:1].lower()}{found.title[1:]}")
