"""Questions asked from Python: one case, many cases, any question of the register.

Fields of a case may be given as the flags have them (``max_mw="1"``, ``deadline="120d"``, ``country="Brazil"``) or as
Python values. What cannot be read is an :class:`~optimizer.errors.InputError` that names every field, all at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from optimizer.answers.document import Document
from optimizer.catalogue import Catalogue, load_catalogue
from optimizer.catalogue.tables import suggestion
from optimizer.domain import Case
from optimizer.domain.case_names import SHORT_NAMES, field_named
from optimizer.errors import InputError, Problem, UsageError
from optimizer.plans.fault import Fault
from optimizer.plans.outcome import Plan
from optimizer.plans.verify import verify as verify_plan
from optimizer.power.outcome import plan_any
from optimizer.service import REGISTER, Asked
from optimizer.service.case_text import read_case
from optimizer.service.fields import FLAG_OF
from optimizer.service.register import Parameter
from optimizer.solve import planner
from optimizer.solve.claim import Solver
from optimizer.units.language import or_words, say

if TYPE_CHECKING:
    import pandas as pd

    from optimizer.power.outcome import AnyOutcome
    from optimizer.power.plan import PowerPlan


def plan(
    case: Case | None = None, catalogue: Catalogue | None = None, *, solver: Solver | None = None, **fields: Any
) -> AnyOutcome:
    """The proved best plan of a case, or the proof that there is none.

    A case that says what feeds its site (``outage="17-21"``, ``off_grid=True``) has a ``PowerPlan`` or ``NotFed``.

    Args:
        case: the case; without it, its fields.
        catalogue: the data; by default those shipped with the package.
        solver: stands in for HiGHS in tests.
        fields: of the case, by their names or those of their flags: ``country="BR", max_mw=1, deadline="120d"``.

    Raises:
        InputError: fields that cannot be read.
        DataError: the case or the data cannot be used.
        SolverError: the two proofs do not agree, or the solver gave no verdict.
        UsageError: what is no case; a solver of one's own with a case that says what feeds its site.
    """
    known = catalogue or load_catalogue()
    asked = _case_of(case, known, fields)
    if asked.feed is None:
        return planner.plan(asked, known, solver=solver)
    if solver is not None:
        raise UsageError(say("your own solver cannot plan the supply of a site"))
    return plan_any(asked, known)


def plan_many(
    cases: Iterable[Case | Mapping[str, Any]] | pd.DataFrame, catalogue: Catalogue | None = None
) -> Iterator[AnyOutcome]:
    """The outcome of every case, in order.

    Args:
        cases: cases, or their fields by name; or a table of them: its columns are fields of a case, empty cells take
            the default.
        catalogue: the data; by default those shipped with the package.

    Raises:
        InputError: rows that cannot be read, with the position of each; before any case is solved.
        UsageError: what is no case.
        DataError: a case cannot be used.
        UndecidedError: the proofs of a case do not agree.
    """
    known = catalogue or load_catalogue()
    if isinstance(cases, str | Mapping):
        raise UsageError(say("give a list of cases, or a table of them"))
    read = _cases_of(cases, known) if hasattr(cases, "columns") else cases
    return (plan_any(_case_of(case, known, {}), known) for case in read)


def verify(outcome: Plan | PowerPlan) -> list[Fault]:
    """What is wrong with a plan, calculated again from the data; an empty list if nothing is.

    Raises:
        UsageError: what is no plan.
    """
    if isinstance(outcome, Plan):
        return verify_plan(outcome)
    from optimizer.power.checking import verify_power
    from optimizer.power.plan import PowerPlan

    if not isinstance(outcome, PowerPlan):
        raise UsageError(say('this verifies a plan; to verify a file, use optimizer.answer("verify", plan_file=FILE)'))
    return verify_power(outcome)


def answer(question: str, case: Case | None = None, catalogue: Catalogue | None = None, **values: Any) -> Document:
    """The answer to any question of the program, as the command of that name gives it.

    Args:
        question: ``explain``, ``frontier``, ``data list``, ...: the commands of ``optimizer --help``.
        case: the case, where the question takes one; without it, its fields.
        catalogue: the data; by default those shipped with the package.
        values: fields of the case, and the question's own parameters by the names of their flags.

    Raises:
        UsageError: no such question.
        InputError: values that cannot be read.
        DataError: the case or the data cannot be used.
        SolverError: the proofs do not agree, or the solver gave no verdict.
    """
    entry = REGISTER.get(question)
    if entry is None:
        raise UsageError(
            say(
                'there is no question "{question}"; {question_2}',
                question=question,
                question_2=suggestion(question, REGISTER),
            )
        )
    own = {parameter.name: parameter.default for parameter in entry.parameters}
    names = {p.as_flag.removeprefix("--").replace("-", "_"): p.name for p in entry.parameters}
    names |= {name: name for name in own}
    missing = [p for p in entry.parameters if p.required and not {p.name, p.as_flag.removeprefix("--")} & set(values)]
    if missing:
        raise InputError(Problem(say("is needed"), column=parameter.name) for parameter in missing)
    fields = {name: value for name, value in values.items() if name not in names}
    own |= {names[name]: value for name, value in values.items() if name in names}
    for parameter in entry.parameters:
        if parameter.many:
            given = own[parameter.name]
            own[parameter.name] = () if given is None else (given,) if isinstance(given, str) else tuple(given)
    if problems := list(_not_a_choice(entry.parameters, own)):
        raise InputError(problems)
    if case is not None:
        fields = {**_given(case), **fields}
    elif fields and not entry.takes_case:
        raise InputError(
            Problem(say("is not a parameter of {question}", question=question), column=name) for name in fields
        )
    known = catalogue or load_catalogue()
    return entry.answer(Asked(known, own, by_field(fields), date.today().isoformat()))


def _not_a_choice(parameters: Iterable[Parameter], own: Mapping[str, Any]) -> Iterator[Problem]:
    """A problem for every value that is none of the choices of its parameter."""
    for parameter in parameters:
        if not parameter.choices or own[parameter.name] is None:
            continue
        values = own[parameter.name] if parameter.many else (own[parameter.name],)
        for value in values:
            if value not in parameter.choices:
                rule = say("must be {choices}", choices=or_words(parameter.choices))
                yield Problem(rule, column=parameter.name, value=str(value))


def _case_of(case: Case | Mapping[str, Any] | None, catalogue: Catalogue, fields: Mapping[str, Any]) -> Case:
    if case is None:
        return read_case(by_field(fields), catalogue, date.today().isoformat())
    if isinstance(case, Mapping):
        return read_case(by_field({**case, **fields}), catalogue, date.today().isoformat())
    if not isinstance(case, Case):
        raise UsageError(
            say('a case is given by its fields, such as country="BR", max_mw=1; not as {value}', value=case)
        )
    if fields:
        return read_case({**_given(case), **by_field(fields)}, catalogue, date.today().isoformat())
    return case


def _given(case: Case) -> dict[str, Any]:
    return {name: getattr(case, name) for name in case.model_fields_set}


def by_field(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values by field of the case, whether they were named by field or by flag.

    Raises:
        InputError: what is no field, and a field given twice.
    """
    found: dict[str, Any] = {}
    problems = []
    for name, value in values.items():
        field = field_named(name)
        if field not in FLAG_OF:
            known = dict.fromkeys((*FLAG_OF, *SHORT_NAMES))
            problems.append(Problem(say("is not a field of a case"), column=name, remedy=suggestion(name, known)))
        elif field in found:
            problems.append(Problem(say("gives {field} twice", field=field), column=name))
        else:
            found[field] = value
    if problems:
        raise InputError(problems)
    return found


def _cases_of(table: pd.DataFrame, catalogue: Catalogue) -> list[Case]:
    """The rows of a table as cases.

    Raises:
        InputError: every problem of every row, with the row's position from 0.
    """
    import pandas as pd

    today, cases, problems = date.today().isoformat(), [], []
    for position, row in enumerate(table.to_dict("records")):
        said = {str(name): _python(value) for name, value in row.items() if not _is_missing(value, pd)}
        try:
            cases.append(read_case(by_field(said), catalogue, today))
        except InputError as error:
            problems += [
                Problem(
                    p.rule,
                    file=say("row {position}", position=position),
                    column=p.column,
                    value=p.value,
                    remedy=p.remedy,
                )
                for p in error.problems
            ]
    if problems:
        raise InputError(problems)
    return cases


def _is_missing(value: object, pd: Any) -> bool:
    return value is None or value == "" or (pd.api.types.is_scalar(value) and bool(pd.isna(value)))


def _python(value: Any) -> Any:
    """A cell as Python has it: a whole number that the table holds as a float is whole."""
    plain = value.item() if hasattr(value, "item") else value
    return int(plain) if isinstance(plain, float) and plain.is_integer() else plain
