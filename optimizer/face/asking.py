"""Questions asked from Python: one case, many cases, any question of the register.

Fields of a case may be given as the flags have them (``max_mw="1"``, ``deadline="120d"``, ``country="Brazil"``) or as
Python values. What cannot be read is an :class:`~optimizer.errors.InputError` that names every field, all at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from os import PathLike
from typing import TYPE_CHECKING, Any, overload

from optimizer.answers.form.document import Document
from optimizer.catalogue import Catalogue
from optimizer.catalogue.data_argument import catalogue_of
from optimizer.catalogue.tables import suggestion
from optimizer.domain import Case
from optimizer.domain.case import no_case
from optimizer.domain.case_names import SHORT_NAMES, field_named
from optimizer.errors import InputError, Problem, UsageError, described
from optimizer.face.outcomes import Outcomes
from optimizer.face.remedies import FUNCTIONS, PYTHON, Door, answer_in_words_of, as_written
from optimizer.face.values import by_field, data_of, likely_name, plain, separate, sorted_out
from optimizer.plans.fault import Fault
from optimizer.plans.outcome import Plan
from optimizer.plans.verify import verify as verify_plan
from optimizer.power.outcome import plan_any
from optimizer.service import REGISTER, Asked
from optimizer.service.case_text import read_case
from optimizer.service.fields import FLAG_OF
from optimizer.service.parameter_values import read_parameter
from optimizer.service.register import Parameter, Question
from optimizer.solve import planner
from optimizer.solve.claim import Solver
from optimizer.units.language import say

if TYPE_CHECKING:
    import pandas as pd

    from optimizer.power.outcome import AnyOutcome
    from optimizer.power.plan import PowerPlan


_ENDING = re.compile(r"\.[a-z]+$", re.IGNORECASE)
"""Of the name of a file, which may have a blank."""


def plan(
    case: Case | None = None, catalogue: Catalogue | None = None, *, solver: Solver | None = None, **fields: Any
) -> AnyOutcome:
    """The proven best plan of a case, or the proof that there is none.

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
        UsageError: what is not a case; a solver of your own with a case that says what feeds its site.

    Example:
        >>> import optimizer
        >>> plan = optimizer.plan(country="BR", max_mw="900 kW", deadline="150d")
        >>> plan.peak_mw <= 0.9 and plan.days <= 150 and plan.cost_usd > 0  # MW, days, USD: exact fractions
        True
    """
    known = catalogue_of(catalogue)
    if solver is not None and not callable(solver):
        raise UsageError(say("your own solver is a function, not {value}", value=described(solver)))
    with as_written(fields):
        asked = _case_of(case, known, fields)
        if asked.feed is None:
            return planner.plan(asked, known, solver=solver)
        if solver is not None:
            raise UsageError(say("your own solver cannot plan the supply of a site"))
        return plan_any(asked, known)


def plan_many(cases: Iterable[Case | Mapping[str, Any]] | pd.DataFrame, catalogue: Catalogue | None = None) -> Outcomes:
    """The outcome of every case, in order: each is solved when it is taken, and none is kept.

    Args:
        cases: cases, or their fields by name; or a table of them: its columns are fields of a case, empty cells take
            the default.
        catalogue: the data; by default those shipped with the package.

    Raises:
        InputError: rows that cannot be read, with the position of each; before any case is solved.
        UsageError: what is not a case.
        DataError: a case cannot be used.
        UndecidedError: the proofs of a case do not agree.

    Example:
        >>> import optimizer
        >>> cases = [{"country": "BR", "max_mw": 1, "deadline": "150d"}, {"max_mw": "1 kW", "deadline": "150d"}]
        >>> [type(outcome).__name__ for outcome in optimizer.plan_many(cases)]
        ['Plan', 'Infeasible']
    """
    known = catalogue_of(catalogue)
    if hasattr(cases, "columns"):
        read: Iterable[Case] = _cases_of(_rows_of(cases), known)
    elif isinstance(cases, str | bytes | Mapping | Case) or not isinstance(cases, Iterable):
        raise UsageError(say("give a list of cases, or a table of them, not {value}", value=described(cases)))
    elif isinstance(cases, list | tuple):
        read = _cases_of(cases, known)
    else:  # of a generator, which may never end, a case at a time
        read = (case for place, each in enumerate(cases) for case in _cases_of([each], known, place))
    return Outcomes(plan_any(case, known) for case in read)


@overload
def verify(outcome: Plan | PowerPlan) -> list[Fault]: ...
@overload
def verify(
    outcome: str | PathLike[str] | None = ..., catalogue: Catalogue | None = ..., *, plan_file: str | None = ...
) -> Document: ...
def verify(
    outcome: Plan | PowerPlan | str | PathLike[str] | None = None,
    catalogue: Catalogue | None = None,
    *,
    plan_file: str | PathLike[str] | None = None,
) -> list[Fault] | Document:
    """What is wrong with a plan, calculated again from the data; an empty list if nothing is.

    Args:
        outcome: a plan, as :func:`plan` gives it; or the name of its file, of which the answer is that of the command.
        catalogue: the data with which a file is compared; by default those shipped with the package.
        plan_file: the same name of a file.

    Raises:
        UsageError: what is not a plan.
        InputError: neither a plan nor a file is given.
        DataError: the file cannot be read.

    Example:
        >>> import optimizer
        >>> optimizer.verify(optimizer.plan(country="BR", max_mw=1, deadline="150d"))
        []
    """
    if isinstance(outcome, Plan):
        return verify_plan(outcome)
    if outcome is None or isinstance(outcome, str | PathLike):
        return answer("verify", catalogue=catalogue, plan_file=plan_file if outcome is None else outcome)
    from optimizer.power.checking import verify_power
    from optimizer.power.plan import PowerPlan

    if not isinstance(outcome, PowerPlan):
        raise UsageError(say('this verifies a plan; to verify a file, use optimizer.answer("verify", plan_file=FILE)'))
    return verify_power(outcome)


def answer(
    question: str,
    /,
    case: Case | Mapping[str, Any] | None = None,
    catalogue: Catalogue | None = None,
    **values: Any,
) -> Document:
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

    Example:
        >>> import optimizer
        >>> optimizer.answer("law", accelerator="h100", country="VN").to_frame()["country"].unique().tolist()
        ['VN']
    """
    entry = REGISTER.named(question) if isinstance(question, str) else None
    if entry is None:
        name = described(question)
        other = FUNCTIONS.get(name)
        known = suggestion(name, REGISTER) if other is None else say("write {which}", which=other)
        raise UsageError(say('there is no question "{question}"; {question_2}', question=name, question_2=known))
    if "case" in {p.as_flag[2:] for p in entry.parameters} and case is not None:
        case, values = None, {**values, "case": case}  # of validate, where it is a name
    if case is not None and not entry.takes_case:
        names = ", ".join(f"{parameter.name}=..." for parameter in entry.parameters)
        remedy = say("write {which}", which=names) if names else None
        raise InputError.at(say("{question} takes no case", question=entry.name), value=described(case), remedy=remedy)
    data = catalogue_of(catalogue)
    return put(entry, values, data, entry.parameters, case=case)


def put(
    entry: Question,
    values: Mapping[str, Any],
    catalogue: Catalogue,
    among: Sequence[Parameter],
    *,
    case: object = None,
    wrong: Iterable[Problem] = (),
    door: Door = PYTHON,
) -> Document:
    """The answer to a question with values by the names of its parameters and of the fields of a case.

    Args:
        entry: the question.
        values: by name, as text or as Python values.
        catalogue: the data.
        among: the parameters of the question that may be given.
        case: the case, where the question takes one and it is given whole.
        wrong: what is known to be wrong.
        door: how flags and commands are written by who asks.

    Raises:
        InputError: every value that cannot be read, at once.
        UsageError: what cannot be answered.
    """
    with as_written(values, door):
        own, fields, problems = _own_of(entry, values, among, door)
        said = _fields_of(case, fields, catalogue, [*wrong, *problems], each=entry.takes_case is True)
        return answer_in_words_of(door, entry.answer(Asked(catalogue, own, said, date.today().isoformat())))


def _own_of(
    entry: Question, values: Mapping[str, Any], among: Sequence[Parameter], door: Door
) -> tuple[dict[str, Any], dict[str, Any], list[Problem]]:
    """The values of a question's own parameters by name, the rest, which are those of its case, and what is wrong."""
    names = {p.as_flag.removeprefix("--").replace("-", "_"): p for p in among} | {p.name: p for p in among}
    seen: set[str] = set()
    own = {p.name: () if p.many and p.default is None else p.default for p in entry.parameters}
    fields: dict[str, Any] = {}
    problems = []
    for name, value in values.items():
        if (parameter := names.get(name.removesuffix("_"))) is not None:  # from_: Python keeps some names for itself
            given, wrong = _read(parameter, name, value)
            problems += wrong or [Problem(say("is given twice"), column=name)] * (parameter.name in seen)
            seen.add(parameter.name)
            own[parameter.name] = given or own[parameter.name] if parameter.many else (*given, own[parameter.name])[0]
        elif entry.takes_case and field_named(name) in FLAG_OF:
            fields[name] = value
        else:
            rule = say("is not a parameter of {question}", question=entry.name)
            known = (*names, *((*FLAG_OF, *SHORT_NAMES) if entry.takes_case else ()))
            remedy = (
                data_of(name, door) or _other_question(name, entry) or (likely_name(name, known) if known else None)
            )
            problems.append(Problem(rule, column=name, remedy=remedy))
    reported = {problem.column for problem in problems}
    lacking = (p for p in among if own[p.name] is None or (isinstance(own[p.name], tuple) and not own[p.name]))
    needed = (p for p in lacking if p.required and p.name not in reported)
    problems += [Problem(say("is needed"), column=p.name, remedy=_what_to_give(p)) for p in needed]
    return own, fields, problems


def _other_question(name: str, asked: Question) -> str | None:
    """The question that takes a parameter of this name, where one alone does: the sites of a consortium."""
    others = [entry for entry in REGISTER.values() if entry.name != asked.name]
    takers = [entry.name for entry in others if any(name in (p.name, p.key) for p in entry.parameters)]
    return say("{command} takes it", command=f"optimizer {takers[0]}") if len(takers) == 1 else None


def _what_to_give(parameter: Parameter) -> str:
    """A parameter in words, within a sentence."""
    words = say(parameter.if_missing or parameter.words).rstrip(".")
    return say("give {what}", what=words[:1].lower() + words[1:])


def _read(parameter: Parameter, name: str, value: Any) -> tuple[tuple[Any, ...], list[Problem]]:
    """The values that are given for a parameter under a name, none for None, and what is wrong with others."""
    read, problems = [], []
    if parameter.is_table and hasattr(value, "columns"):
        return (value,), []
    try:
        given = plain(value)
    except ValueError as error:
        return (), [Problem(str(error), column=name)]
    if isinstance(given, dict):  # {"KE": 0.5} of sites, {"h100": 512} of a supply
        pairs = tuple(name if value is None else f"{name}={value}" for name, value in given.items())
        given = pairs if parameter.many else ";".join(pairs)
    if parameter.many and isinstance(given, str) and not _ENDING.search(given):
        parts = separate(given) if parameter.kind == "argument" or ";" in given else ()
        given = parts or given  # several in one text
    for each in given if parameter.many and isinstance(given, tuple) else () if given is None else (given,):
        try:
            read.append(read_parameter(parameter, each))
        except ValueError as error:
            problems.append(Problem(str(error), column=name, value=described(each)))
    return tuple(read), problems


def _case_of(case: object, catalogue: Catalogue, fields: Mapping[str, Any]) -> Case:
    if isinstance(case, Case) and not fields:
        return case
    return read_case(_fields_of(case, fields, catalogue), catalogue, date.today().isoformat())


def _fields_of(
    case: object, fields: Mapping[str, Any], catalogue: Catalogue, known: Sequence[Problem] = (), *, each: bool = True
) -> dict[str, Any]:
    """The fields of a case, with others over them.

    Args:
        case: the case, its fields by name, or None.
        fields: others, by name.
        catalogue: knows the names.
        known: what is known to be wrong.
        each: whether a field has one value, so that what else is wrong can be reported.

    Raises:
        InputError: what cannot be read, all at once.
        UsageError: what is not a case.
    """
    if case is not None and not isinstance(case, Case | Mapping):
        asked = say('a question in words is written so: optimizer ask "cheapest plan under 1 MW"')
        raise UsageError(f"{no_case(case)}; {asked}") if isinstance(case, str) and " " in case else no_case(case)
    of_case, wrong = (_set_fields(case), []) if isinstance(case, Case) else sorted_out(case or {})
    over, more = sorted_out(fields)
    said = of_case | over
    if problems := [*known, *wrong, *more]:
        if each:
            try:
                read_case(said, catalogue, date.today().isoformat())
            except InputError as error:
                problems += error.problems
        raise InputError(problems)
    return said


def _set_fields(case: Case) -> dict[str, Any]:
    return {name: getattr(case, name) for name in case.model_fields_set}


def _rows_of(table: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """The rows of a table by column, without what is missing; a whole number that is held as a float is whole.

    Raises:
        InputError: columns that are no field of a case, or are there twice.
    """
    names = [str(name) for name in table.columns]
    by_field(dict.fromkeys(names))
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise InputError(Problem(say("appears twice in the header"), column=name) for name in twice)
    for row in table.itertuples(index=False, name=None):
        cells = zip(names, map(_cell, row), strict=True)
        yield {name: cell for name, cell in cells if cell is not None}


def _cell(value: Any) -> Any:
    """A cell as Python has it: None of what is missing."""
    import pandas as pd

    if isinstance(value, float) and value.is_integer():
        return int(value)
    missing = (isinstance(value, str) and not value) or (pd.api.types.is_scalar(value) and pd.isna(value))
    return None if missing else value


def _cases_of(cases: Iterable[Case | Mapping[str, Any]], catalogue: Catalogue, first: int = 0) -> list[Case]:
    """Cases, read before any of them is solved; ``first`` is the position of the first row.

    Raises:
        InputError: every problem of every row, with the row's position.
        UsageError: one is not a case.
    """
    read, problems = [], []
    for position, case in enumerate(cases, first):
        if case is None:
            raise UsageError(say("a case is missing in row {position}", position=position))
        try:
            with as_written(case if isinstance(case, Mapping) else {}):
                read.append(_case_of(case, catalogue, {}))
        except InputError as error:
            place = say("row {position}", position=position)
            problems += [replace(problem, file=place) for problem in error.problems]
    if problems:
        raise InputError(problems)
    return read
