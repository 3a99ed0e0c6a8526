"""What is no argument of the Python face is refused in the program's own words, at one door, all of it at once."""

from __future__ import annotations

import copy
import datetime
import pickle
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from worlds import FROZEN

import optimizer
from optimizer import Case, Infeasible, InputError, OptimizerError, Plan, UsageError
from optimizer.answers.form.document import Document
from optimizer.catalogue import Catalogue
from optimizer.domain.case import FEED_FIELDS
from optimizer.face import asking
from optimizer.service import REGISTER, Asked
from optimizer.service.register import Question

EASY = {"max_mw": "0.6", "deadline": "90d"}
ODD: tuple[Any, ...] = (
    *(3, 2.5, None, "nonsense", "", b"x", True, float("nan"), Decimal("NaN"), 10**5000, "\ud800", "a\x00b", 1j),
    *([], {}, [None], [1], {"a": 1}, {1}, range(2), object(), Case, Case(), len, Path("/x"), datetime.date(2026, 1, 1)),
    *(pd.NA, pd.NaT, pd.DataFrame(), pd.DataFrame({"x": [1]}), pd.Series([1, 2]), np.array([1, 2]), np.float64("inf")),
)
"""Values that somebody may pass by mistake."""
FOREIGN = re.compile(r"[A-Z][a-z]+Error|pydantic|validation|<class|object at|NoneType|nput should|instance of")
"""What no message has: words of Python and of its libraries."""


def foreign(call: Callable[[], object]) -> str | None:
    """What a call ends with, where that is no error of the program, or one in words that are not its own."""
    try:
        call()
    except OptimizerError as error:
        return str(error) if FOREIGN.search(str(error)) else None
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None


def calls(odd: Any, catalogue: Catalogue, plan: Plan, table: pd.DataFrame) -> Iterator[Callable[[], object]]:
    """Every function of the face with an odd value for each of its arguments."""
    face: Any = optimizer
    yield lambda: list(face.plan_many(odd, catalogue))
    yield lambda: list(face.plan_many([odd], catalogue))
    yield lambda: face.frame(odd, catalogue)
    yield lambda: face.frame([odd], catalogue)
    yield lambda: face.compare(odd)
    yield lambda: face.compare(table, by=odd)
    yield lambda: face.compare(table, within=odd)
    yield lambda: face.summarise(odd)
    yield lambda: face.summarise(table, within=odd)
    yield lambda: face.table(odd, catalogue)
    yield lambda: face.load_catalogue(odd) if odd is not None else None
    yield lambda: face.load_catalogue(FROZEN, odd)
    yield lambda: face.ask(odd, catalogue)
    yield lambda: face.ask("cheapest plan under 0.6 MW in 90 days", catalogue, odd)
    yield lambda: face.verify(odd)
    yield lambda: face.answer(odd, catalogue=catalogue)
    yield lambda: face.answer("options", odd, catalogue)
    yield lambda: plan.plot(odd)
    if odd is not None:
        for name, given in (("plan", ()), ("plan_many", ([],)), ("table", ("ways",)), ("ask", ("cheapest plan",))):
            yield lambda name=name, given=given: getattr(face, name)(*given, catalogue=odd)


def unanswered(asked: Asked) -> Document:
    """In place of what answers a question: its values were read."""
    raise UsageError("read")


@pytest.fixture
def unsolved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cases are read and not solved: these tests are of the door."""
    monkeypatch.setattr(asking, "plan_any", lambda *case: None)
    # not the module itself: what is imported meanwhile would keep it
    monkeypatch.setattr(asking, "planner", SimpleNamespace(plan=lambda *case, **manner: None))


@pytest.fixture(scope="module")
def plan(frozen: Catalogue) -> Plan:
    """A plan to ask things of."""
    found = optimizer.plan(catalogue=frozen, **EASY)
    assert isinstance(found, Plan)
    return found


def test_odd_arguments_of_every_function(
    frozen: Catalogue, plan: Plan, monkeypatch: pytest.MonkeyPatch, unsolved: None
) -> None:
    """A number for a catalogue, a table for a question, NA for a name: a message, never the error of a library.

    Of 1,300 calls 520 ended with AttributeError, TypeError, KeyError or ValueError of pandas."""
    monkeypatch.setattr("optimizer.catalogue.data_argument.load_catalogue", lambda: frozen)
    table = optimizer.frame([plan])
    found = [told for odd in ODD for call in calls(odd, frozen, plan, table) if (told := foreign(call)) is not None]
    assert found == []


@pytest.mark.parametrize("given", [lambda **f: Case(**f), asking.plan], ids=["Case", "plan"])
def test_odd_fields_of_a_case(given: Callable[..., Any], frozen: Catalogue, unsolved: None) -> None:
    """Every field with every odd value: what cannot be read is named with its field. They were errors of pydantic."""
    more = {} if given is not asking.plan else {"catalogue": frozen}
    names = [*Case.model_fields, *FEED_FIELDS, "deadline", "nonsense"]
    for name in names:
        for odd in ODD:
            assert foreign(lambda name=name, odd=odd: given(**{name: odd}, **more)) is None, (name, type(odd))


def test_odd_values_of_the_parameters_of_every_question(frozen: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds, choices and kinds hold in Python as on the command line: ``points="x"`` was a TypeError in the curve."""
    found: Mapping[str, Question] = dict(REGISTER)
    for name, entry in found.items():
        monkeypatch.setitem(REGISTER._entered, name, replace(entry, answer=unanswered))
        for parameter in entry.parameters:
            for odd in ODD:
                words = foreign(
                    lambda name=name, own={parameter.name: odd}: optimizer.answer(name, catalogue=frozen, **own)
                )
                assert words is None, (name, parameter.name, type(odd))
    with pytest.raises(InputError, match='points "1": must be from 2 to 10000'):
        optimizer.answer("frontier", catalogue=frozen, first="cost", second="days", points=1)


def test_all_is_told_at_once_under_the_names_that_were_written(frozen: Catalogue) -> None:
    """A name that is none, a number, a time, a sum, a list and a country: six problems; only the first was told."""
    with pytest.raises(InputError) as caught:
        optimizer.plan(
            catalogue=frozen, max_mw="1 kg", deadline="soon", budget=[1], max_mv=3, use=3, country="Atlantis"
        )
    assert {problem.column for problem in caught.value.problems} == {
        *("max_mw", "deadline", "budget", "max_mv", "use", "country")
    }
    with pytest.raises(InputError) as caught:
        optimizer.answer("frontier", catalogue=frozen, first="cost", points="many", max_mw="x", budgit=1)
    assert {problem.column for problem in caught.value.problems} == {"points", "second", "max_mw", "budgit"}


def test_no_flag_is_named_in_python(live: Catalogue) -> None:
    """The remedy of the command line is a flag; here it is the name that one writes."""
    with pytest.raises(InputError) as caught:
        optimizer.plan(catalogue=live, context="8192", params_total_b=8, tokens_t=1, max_mw=1)
    assert "--" not in str(caught.value) and "layers" in str(caught.value)


@pytest.mark.parametrize(
    "value",
    [
        "0.6MW",
        "0.6 MW",
        "600 kW",
        0.6,
        Decimal("0.6"),
        Fraction(3, 5),
        np.float64(0.6),
        np.array(0.6),
        np.float32(0.5),
    ],
    ids=repr,
)
def test_a_number_however_it_is_held(value: Any, frozen: Catalogue) -> None:
    """With a unit, of numpy, of pandas, exact: all are 0.6 MW, but the one that is a half."""
    asked = optimizer.plan(catalogue=frozen, max_mw=value, deadline="90d").setting.case
    assert asked.max_mw == Decimal("0.5" if isinstance(value, np.float32) else "0.6")


@pytest.mark.parametrize(
    "value",
    [
        *(90, 90.0, "90d", np.int64(90), datetime.timedelta(days=90), pd.Timedelta(days=90)),
        *(datetime.date(2026, 4, 1), pd.Timestamp("2026-04-01"), np.datetime64("2026-04-01"), "2026-04-01"),
    ],
    ids=repr,
)
def test_a_time_however_it_is_held(value: Any, frozen: Catalogue) -> None:
    """Days, a span, a day of the calendar (90 days from the first of January)."""
    found = optimizer.plan(catalogue=frozen, max_mw=1, deadline=value, date=datetime.date(2026, 1, 1))
    assert found.setting.case.deadline_days == 90


@pytest.mark.parametrize(
    "value", [["H100"], ("h100",), {"h100"}, "H100", "h100;H100", np.array(["H100"]), pd.Series(["h100"])], ids=repr
)
def test_a_list_however_it_is_held(value: Any, frozen: Catalogue) -> None:
    assert set(optimizer.plan(catalogue=frozen, use=value, **EASY).setting.case.use) == {"h100"}


@pytest.mark.parametrize("start", [0.01, "0.01", Decimal("0.01"), np.float64(0.01)], ids=repr)
def test_a_number_for_a_text_of_a_question(start: Any, frozen: Catalogue) -> None:
    """``--from 0.01`` is a text on the command line; in Python people give a number."""
    table = optimizer.frame("tipping", frozen, input="tariff", start=start, stop=0.3, max_mw=1)
    assert table.equals(optimizer.frame("tipping", frozen, input="tariff", start="0.01", stop="0.3", max_mw=1))


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (pd.DataFrame({"x": range(9)}), "^x: is not a field of a case; known: .*$"),
        (pd.DataFrame([[1, 2]], columns=["max_mw", "max_mw"]), "max_mw: appears twice"),
        (pd.DataFrame({"deadline": [1], "deadline_days": [1]}), "deadline_days: is given twice"),
        (pd.DataFrame({"max_mw": [True, 0.6]}), '^row 0 max_mw "True": must be a number$'),
        (pd.DataFrame({"country": [5]}), 'row 0 country "5": must be a text'),
        (pd.DataFrame([[1]], columns=pd.MultiIndex.from_tuples([("a", "b")])), "is not a field of a case"),
        ([EASY, {"deadline": "soon"}], '^row 1 deadline "soon": must be a time'),
        (iter([EASY, {"max_mw": "x"}]), '^row 1 max_mw "x": must be a number'),
        ([None], "a case is missing in row 0"),
    ],
)
def test_an_odd_table_of_cases_is_refused(table: Any, words: str, frozen: Catalogue, unsolved: None) -> None:
    """Once for a column, and for a row with its position; ``[None]`` planned the defaults."""
    with pytest.raises(OptimizerError, match=words):
        list(optimizer.plan_many(table, frozen))


def test_a_table_of_cases_as_pandas_makes_them(frozen: Catalogue) -> None:
    """Categories, missing cells of every kind, numbers for names, an index that repeats, and no row at all."""
    table = pd.DataFrame(
        {
            "case_id": [7, 8],
            "country": pd.Categorical(["BR", None]),
            "max_mw": [0.6, np.nan],
            "deadline": pd.array([90, None], dtype="Int64"),
            "budget": [pd.NA, pd.NaT],
            "use": [["h100"], None],
        },
        index=[0, 0],
    )
    one, two = (outcome.setting.asked for outcome in optimizer.plan_many(table, frozen))
    assert one == Case(case_id="7", country="BR", max_mw="0.6", deadline_days=90, use="h100")
    assert two == Case(case_id="8")
    assert list(optimizer.plan_many(table.iloc[:0], frozen)) == list(optimizer.plan_many(pd.DataFrame(), frozen)) == []


def test_a_table_is_made_of_answers_too(frozen: Catalogue, plan: Plan) -> None:
    """Of a document its rows; values go with the name of a question alone, and would be dropped without a word."""
    rows = optimizer.frame(optimizer.answer("options", catalogue=frozen, **EASY))
    assert rows.equals(optimizer.frame("options", frozen, **EASY))
    asked = optimizer.ask("cheapest plan under 0.6 MW in 90 days", frozen)
    assert list(optimizer.frame([asked, plan])["case_id"]) == ["0", "1"]
    with pytest.raises(InputError, match="max_mw: needs the name of a question"):
        optimizer.frame([plan], max_mw=1)
    wrong: Any = 3
    with pytest.raises(UsageError, match="not of 3"):
        optimizer.frame(wrong)


def test_an_axis_of_a_grid_is_any_list(frozen: Catalogue) -> None:
    """An array, a range, and None where there is no limit."""
    grid = optimizer.plan_grid(frozen, max_mw=np.array([0.5, 0.6]), deadline=range(90, 92))
    assert list(grid["case_id"]) == ["0.5MW_90d", "0.5MW_91d", "0.6MW_90d", "0.6MW_91d"]
    assert list(optimizer.plan_grid(frozen, max_mw=[None, 0.6], deadline="90d")["max_mw"].isna()) == [True, False]


def test_groups_are_one_column_several_or_none(frozen: Catalogue, plan: Plan) -> None:
    """``within="country"`` was taken for seven columns of a letter each."""
    assert list(optimizer.summarise([plan], within="country")["country"]) == ["BR"]
    assert list(optimizer.summarise([plan], within=())["plans"]) == [1]
    assert optimizer.compare([plan], within="country").equals(optimizer.compare([plan], within=["country"]))
    with pytest.raises(UsageError, match='there is no column "status"'):
        optimizer.summarise(pd.DataFrame({"country": ["BR"]}))


def test_a_case_shows_what_is_set_and_is_made_of_it_again() -> None:
    """All 60 fields took 832 characters, for a case that says nothing."""
    assert repr(Case()) == str(Case()) == "Case()"
    case = Case(country="BR", max_mw=0.6, deadline_days=90, outage="17-21", supply="h100=4", rent="h100=2:3", use="a,b")
    shown = repr(case)
    assert shown.startswith("Case(country='BR', max_mw='0.6', deadline_days=90, ") and "outage=['17-21']" in shown
    assert eval(shown, {"Case": Case}) == case
    with pytest.raises(UsageError, match=r"case.changed\(max_mw=...\)"):
        setattr(case, "max_mw", 1)  # noqa: B010 - mypy knows that it is refused
    assert case.changed(max_mw=1).max_mw == 1 and case.max_mw == Decimal("0.6")
    assert copy.deepcopy(case) == pickle.loads(pickle.dumps(case)) == case.model_copy() == case


def test_what_the_face_gives_is_shown_short(frozen: Catalogue, plan: Plan) -> None:
    """A notebook shows these at every turn."""
    none = optimizer.plan(catalogue=frozen, max_mw="0.01", deadline="90d")
    assert isinstance(none, Infeasible)
    asked = optimizer.ask("cheapest plan under 0.6 MW in 90 days", frozen)
    shown = [*(Case(), plan, none, frozen, plan.setting, asked), optimizer.answer("options", catalogue=frozen, **EASY)]
    assert [repr(one) for one in shown if len(repr(one)) >= 200] == []
