"""The public functions as a stranger calls them: every name works, wrong arguments are named, no command is advised."""

from __future__ import annotations

import ast
import doctest
import json
import pickle
import pkgutil
import pydoc
import re
from collections.abc import Callable
from importlib import import_module
from inspect import signature
from pathlib import Path
from types import FunctionType
from typing import Any

import pandas as pd
import pytest
from messages import messages

import optimizer
from optimizer import Case, InputError, UsageError
from optimizer.answers.form.document import Line
from optimizer.batch.cases import read_cases
from optimizer.catalogue import Catalogue
from optimizer.consortium.read import from_file
from optimizer.domain.case_names import LIKELY
from optimizer.errors import DataError
from optimizer.face.questions import question
from optimizer.face.remedies import PYTHON, as_written
from optimizer.service import REGISTER

FACE: Any = optimizer
FUNCTIONS = [name for name in optimizer.__all__ if isinstance(getattr(FACE, name), FunctionType)]
QUESTIONS = {name: name.replace(" ", "_").replace("-", "_") for name in REGISTER}
EASY = {"max_mw": "0.6", "deadline": "90d"}
COMMAND = re.compile(rf"optimizer (?:{'|'.join(sorted(REGISTER, key=len, reverse=True))}|batch|sweep)\b(?! [a-z]+ing)")


def refused(call: Callable[[], object]) -> str:
    """What a call is refused with."""
    with pytest.raises((UsageError, DataError)) as caught:
        call()
    return str(caught.value)


def test_every_name_that_is_listed_can_be_called_when_every_part_is_imported() -> None:
    """``optimizer.options`` was the package of options: its import took the name, and a module is not callable."""
    for part in pkgutil.iter_modules(optimizer.__path__):
        if part.name != "__main__":
            import_module(f"optimizer.{part.name}")
    listed = [name for name in dir(optimizer) if name != "__version__"]
    assert {*QUESTIONS.values(), *optimizer.__all__} == set(listed)
    assert [name for name in listed if name != "Outcome" and not callable(getattr(optimizer, name))] == []
    shadowed = {name for name in listed if f"optimizer.{name}" in {m.name for m in _modules()}}
    assert shadowed == {"options", "power", "law", "consortium"}
    assert import_module("optimizer.options.table").__name__ == "optimizer.options.table"


def _modules() -> list[pkgutil.ModuleInfo]:
    return list(pkgutil.iter_modules(optimizer.__path__, "optimizer."))


@pytest.mark.parametrize("asked", ["options", "law", "explain", "data list", "data show"])
def test_a_question_is_a_function_of_its_name(asked: str, frozen: Catalogue) -> None:
    """The same answer as by ``optimizer.answer``, whether a package has the name or none has it."""
    values: dict[str, Any] = {
        "law": {"accelerator": "h100", "country": "BR"},
        "data list": {"kind": "countries"},
        "data show": {"names": "BR"},
    }.get(asked, EASY)
    found = getattr(FACE, QUESTIONS[asked])(catalogue=frozen, **values)
    assert found.to_dict() == optimizer.answer(asked, catalogue=frozen, **values).to_dict()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_wrong_arguments_are_named(name: str) -> None:
    """Too many, none, one that is not known: each was a TypeError of Python, without a suggestion."""
    function = getattr(FACE, name)
    assert "takes at most" in refused(lambda: function(*[None] * 9))
    if name not in ("plan", "load_catalogue", "sweep", "plan_grid", "compare"):
        assert "is needed" in refused(function)
    assert "bogus: is not a" in refused(lambda: function(*["plan"] * (name in ("answer", "frame")), bogus=1))
    assert pickle.loads(pickle.dumps(function)) is function and function.__doc__


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: FACE.compare(country="BR"), "nothing to compare: give several values, such as country BR,MX or max"),
        (lambda: FACE.compare([], country="BR"), "country: is not said of plans that are there: give plans or what"),
        (lambda: FACE.verify(3), 'use optimizer.answer("verify", plan_file=FILE)'),
        (lambda: FACE.load_catalogue(pack="x.toml"), "did you mean packs?"),
        (lambda: FACE.plan(pack="x.toml"), '; catalogue=optimizer.load_catalogue(packs=["FILE.toml"])'),
        (lambda: FACE.plan_many([], solver=3), "solver: is not a parameter of plan_many; known: cases, catalogue"),
        (lambda: FACE.compare([], plans=[]), "plans: is given twice"),
        (lambda: FACE.answer(question="explain"), "question: is needed, as the first value, without its name"),
        (lambda: FACE.answer("data list", "countries"), "data list takes no case; write kind=..."),
        (lambda: FACE.law("h100", "BR", "x"), "law: takes at most 2 values without a name; known: accelerator, coun"),
        (lambda: FACE.law("h100", "BR", country="BR"), "country: is given twice"),
        (lambda: FACE.tipping("pue", from_=1, start=2), "start: is given twice"),
        (lambda: FACE.tipping("pue", from_="x"), 'start "x": must be a number'),
        (lambda: FACE.explain("BR"), "a case is given by its fields"),
        (lambda: FACE.rank(pd.DataFrame({"x": [1]})), "case_id: is not a column of this file"),
        (
            lambda: FACE.plan("cheapest plan in Chile"),
            'a question in words is written so: optimizer.ask("cheapest plan under',
        ),
        (lambda: FACE.plan(country=["BR", "MX"]), "must be one value: compare and sweep take several"),
        (lambda: FACE.plan(max_mw=[1, 2]), "must be one value: compare and sweep take several"),
        (lambda: FACE.sweep(pais="BR"), "pais: is not a field of a case; did you mean country?"),
        (lambda: FACE.explain(modelo="llama"), "modelo: is not a parameter of explain; did you mean workload?"),
        (lambda: FACE.answer("sweep"), 'there is no question "sweep"; write optimizer.sweep'),
        (lambda: FACE.plans(), 'there is no question "plans"; did you mean plan'),
        (lambda: Case("BR"), "a case is given by its fields"),
        (lambda: FACE.ask("compare Kenya and Ghana"), 'write optimizer.compare(country="KE,GH")'),
        (lambda: FACE.plan(country="Atlantis"), 'optimizer.data_list("countries") shows'),
        (lambda: FACE.table("nothing like it", "x"), "the data are a catalogue"),
        (lambda: FACE.frontier("cost"), "second: is needed; give the other measure, such as days"),
        (lambda: FACE.why_not(), "subject: is needed; give the accelerator, or the way to get servers"),
        (lambda: FACE.why_not("a", "b"), "why_not: takes at most 1 value without a name; known: subject"),
        (lambda: FACE.cite("a"), "cite: takes no value without a name; known: bibtex"),
        (lambda: FACE.consortium(), "sites: is needed; give a file of sites, or countries"),
        (lambda: FACE.explain(sites="KE=1"), "sites: is not a parameter of explain; optimizer.consortium takes it"),
        (lambda: FACE.tipping("carbon"), "; did you mean max_carbon?"),
        (lambda: FACE.frontier("cost", "max_energy"), "; did you mean energy?"),
    ],
)
def test_what_to_write_instead_is_said(call: Callable[[], object], words: str) -> None:
    """In the words of Python, the nearest argument, or the question that has it."""
    assert words in refused(call)


@pytest.mark.parametrize("name", sorted(set(QUESTIONS.values()) - {"ask", "plan", "compare", "verify"}))
def test_the_help_of_a_question_is_of_python(name: str) -> None:
    """``help(optimizer.frontier)`` had no names and lines of a shell: each example is a call that it takes."""
    function = question(next(key for key, value in QUESTIONS.items() if value == name), optimizer.answer)
    known = signature(function)
    assert signature(getattr(FACE, name)) == known
    told = doctest.DocTestParser().get_examples(function.__doc__)
    calls: list[Any] = [
        ast.parse(example.source, mode="eval").body for example in told if not example.source.startswith("import")
    ]
    assert calls and not re.search("^ *optimizer [a-z]", function.__doc__, re.MULTILINE)
    for call in calls:
        assert ast.unparse(call.func) == f"optimizer.{name}"
        many = name in ("consortium", "data_show", "data_projects") and len(call.args) > 1
        known.bind(*call.args[: 1 if many else None], **{word.arg: word.value for word in call.keywords})


@pytest.mark.parametrize(
    ("given", "named"),
    [
        (lambda data: FACE.law("h100", "VN", catalogue=data), {"accelerator": "h100", "country": "VN"}),
        (lambda data: FACE.law("h100", "VN", data), {"accelerator": "h100", "country": "VN"}),
        (lambda data: FACE.frontier("days", "cost", Case(max_mw=1), data, points=2), {"first": "days", "max_mw": 1}),
        (lambda data: FACE.options(EASY, data), EASY),
        (lambda data: FACE.tipping("pue", from_=1.1, to=1.2, catalogue=data, **EASY), {"start": "1.1", **EASY}),
        (lambda data: FACE.consortium("BR=0.4", "MX=0.5", catalogue=data, deadline="90d"), {"deadline": "90d"}),
        (lambda data: FACE.consortium(sites="BR=0.4 MX=0.5", catalogue=data, deadline="90d"), {"deadline": "90d"}),
    ],
)
def test_values_without_a_name_are_those_of_the_command(
    given: Callable[[Catalogue], Any], named: dict[str, Any], frozen: Catalogue
) -> None:
    """``frontier("days", "cost")`` took "cost" for the data; a case and the data are known by what they are."""
    found = given(frozen)
    more = {
        "frontier": {"second": "cost", "points": 2},
        "tipping": {"input": "pue", "stop": "1.2"},
        "consortium": {"sites": ["BR=0.4", "MX=0.5"]},
    }.get(found.question, {})
    assert found.to_dict() == optimizer.answer(found.question, catalogue=frozen, **named, **more).to_dict()


def test_sites_and_amounts_are_a_mapping(frozen: Catalogue) -> None:
    """``{"KE": 0.5}`` was taken for a case, and answered with three lines of what is no field of one."""
    of_text = FACE.consortium("BR=0.4", "MX=0.5", catalogue=frozen, deadline="90d", total_supply="h100=512").to_dict()
    sites, supply = {"BR": 0.4, "MX": 0.5}, {"h100": 512}
    for given in (
        FACE.consortium(sites, catalogue=frozen, deadline="90d", total_supply=supply),
        FACE.consortium(sites=sites, catalogue=frozen, deadline="90d", total_supply=supply),
        FACE.consortium(sites="BR=0.4; MX=0.5", catalogue=frozen, deadline="90d", total_supply=supply),
    ):
        assert given.to_dict() == of_text


@pytest.mark.parametrize("name", ["law", "options", "power", "consortium"])
def test_the_help_of_a_package_is_that_of_its_question(name: str) -> None:
    """``optimizer.law.__doc__`` was the line of the package: help() and notebooks showed nothing of the question."""
    function = question(name, optimizer.answer)
    assert getattr(FACE, name).__doc__ == function.__doc__
    assert "Example:" in pydoc.render_doc(getattr(FACE, name))


def test_an_answer_names_no_command_in_python(live: Catalogue) -> None:
    """Its lines and notes: what to ask next is the call for the same case, as it can be typed."""
    case = {"max_mw": 0.2, "deadline": "20d"}
    for name, country, said in (
        ("alternatives", "KE", 'optimizer.explain(country="KE", max_mw="0.2", deadline="20") says why'),
        ("compare", "KE,UG", "See optimizer.power."),
    ):
        document = optimizer.answer(name, catalogue=live, country=country, **(case if name != "compare" else {}))
        texts = [block.text for part in document.sections for block in part.blocks if isinstance(block, Line)]
        asked = [text for text in (*texts, *document.notes) if "optimizer" in text]
        assert any(said in text for text in asked), asked
        assert [text for text in asked if COMMAND.search(text)] == []


def test_plans_are_ranked_by_either_name(frozen: Catalogue, tmp_path: Path) -> None:
    """A table, or outcomes, as the file of them; ``compare`` plans what it is given to compare, as the command does."""
    plans = optimizer.plan_grid(frozen, country=["BR", "MX"], **EASY)
    plans.to_csv(tmp_path / "plans.csv", index=False)
    of_file = FACE.rank(str(tmp_path / "plans.csv"), catalogue=frozen).to_frame()
    cases = [{"case_id": f"{code}", "country": code, **EASY} for code in ("BR", "MX")]
    outcomes = optimizer.plan_many(cases, frozen)
    for given in (plans, outcomes):
        ranked = FACE.rank(given, catalogue=frozen).to_frame()
        assert ranked.drop(columns="case_id").equals(of_file.drop(columns="case_id"))
    assert FACE.report(plans, catalogue=frozen).question == "report"
    compared = optimizer.compare(country=["BR", "MX"], catalogue=frozen, **EASY)
    assert compared.to_dict() == optimizer.answer("compare", catalogue=frozen, country="BR,MX", **EASY).to_dict()
    assert list(compared.to_frame()["country"]) == list(optimizer.compare(plans)["country"])


def test_a_file_of_a_plan_is_verified_as_by_the_command(live: Catalogue, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text(
        json.dumps(optimizer.answer("plan", catalogue=live, max_mw=1, deadline="150d").to_dict()), encoding="utf-8"
    )
    for given in (optimizer.verify(path, live), optimizer.verify(plan_file=str(path), catalogue=live)):
        assert given.verdict == "answer"


def test_a_name_that_the_package_lacks_has_a_suggestion() -> None:
    with pytest.raises(AttributeError, match="did you mean summarise"):
        FACE.summarize([])
    assert not hasattr(optimizer, "PLAN") and not hasattr(optimizer, "__nothing__")


def test_no_message_of_the_program_names_a_command_in_python() -> None:
    """Every message, as an error says it in Python: a command of a question is the call that asks it."""
    named = [text for text in messages() if COMMAND.search(text)]
    assert len(named) > 10
    for text in named:
        with pytest.raises(UsageError) as caught, as_written({}):
            raise UsageError(text)
        found = COMMAND.search(str(caught.value))
        assert found is None or "(in a terminal)" in str(caught.value)[found.end() :], str(caught.value)


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ('all: "optimizer data list tables").', 'all: optimizer.data_list("tables")).'),
        ("optimizer data list countries shows all", 'optimizer.data_list("countries") shows all'),
        ("optimizer explain says why", "optimizer.explain says why"),
        ("optimizer plan --full says it", "optimizer.plan says it"),
        (
            'or optimizer compare --region "Latin America" for all',
            'or optimizer.compare(region="Latin America") for all',
        ),
        ("optimizer validate power --case R1", 'optimizer.validate("power", cases="R1")'),
        ("optimizer plan --rent 'h100=2.5', say", 'optimizer.plan(rent="h100=2.5"), say'),
        ("as in optimizer data show mfu h100", 'as in optimizer.data_show("mfu", "h100")'),
        ("optimizer consortium takes a file", "optimizer.consortium takes a file"),
        ("see optimizer law h100 KE.", 'see optimizer.law("h100", "KE").'),
        ('so: optimizer ask "under 1 MW"', 'so: optimizer.ask("under 1 MW")'),
        ("optimizer guide words", "optimizer guide words (in a terminal)"),
        ("use optimizer sweep, then optimizer rank", "use optimizer.sweep, then optimizer.rank"),
        ("import optimizer first: it has all", "import optimizer first: it has all"),
        ("see optimizer law VN.", 'see optimizer.law(country="VN").'),
        ("say which: optimizer why-not H100 --country KE", 'say which: optimizer.why_not("H100", country="KE")'),
        ("optimizer consortium KE=0.5 TZ=0.5 --explain", 'optimizer.consortium("KE=0.5", "TZ=0.5", explain="yes")'),
        ("optimizer plan --off-grid --max-mw 1 is", 'optimizer.plan(off_grid="yes", max_mw="1") is'),
        ("everything else: optimizer power --help", "everything else: help(optimizer.power)"),
    ],
)
def test_a_command_as_python_has_it(text: str, call: str) -> None:
    """With its values by their names; a flag that is only of a terminal is left out."""
    with pytest.raises(UsageError) as caught, as_written({}, PYTHON):
        raise UsageError(text)
    assert str(caught.value) == call


def test_one_text_names_what_several_words_of_a_command_do(live: Catalogue) -> None:
    """Over HTTP, and for an assistant, a value is one text: what needs two words could not be asked."""
    for words in ("mfu h100", "schema plan", "South Africa"):
        one, many = (FACE.data_show(catalogue=live, names=names) for names in (words, words.split()))
        assert one.to_dict()["outputs"] == many.to_dict()["outputs"]
    assert '" " names no accelerator' in refused(lambda: FACE.data_show(catalogue=live, names=" "))


def test_what_other_names_mean_is_a_field() -> None:
    """Else the suggestion would name nothing."""
    assert set(LIKELY.values()) <= {*Case.model_fields}


@pytest.mark.parametrize("year", [2026, 2027.0, 2030])
def test_a_year_is_no_number_of_days(year: float, frozen: Catalogue, tmp_path: Path) -> None:
    """2027 was taken for 2,027 days, five and a half years, without a word: by every door but text it was."""
    words = f"could be the year {year:.0f} or {year:.0f} days"
    table = pd.DataFrame({"max_mw": [0.6], "deadline": [year]})
    assert words in refused(lambda: optimizer.plan(catalogue=frozen, max_mw="0.6", deadline=year))
    assert words in refused(lambda: list(optimizer.plan_many(table, frozen)))
    assert words in refused(lambda: optimizer.sweep(frozen, max_mw="0.6", deadline=[90, year]))
    assert words in refused(lambda: FACE.explain({"deadline": year}, catalogue=frozen))
    (entry,) = read_cases(f"case_id,max_mw,deadline\na,0.6,{year}\n", "cases.csv")
    assert [words in problem.rule for problem in entry.problems] == [True]
    sites = tmp_path / "sites.toml"
    sites.write_text(
        f'[run]\ndeadline = {year}\n[[site]]\nname="a"\ncountry="BR"\n[[site]]\nname="b"\ncountry="MX"\n',
        encoding="utf-8",
    )
    assert words in refused(lambda: from_file(sites, {}, {}, None))


def test_so_many_days_with_their_unit_are_days(frozen: Catalogue) -> None:
    """In Python, in a file and in a grid, whose cells are read as those of a file are."""
    assert optimizer.plan(catalogue=frozen, max_mw="0.6", deadline="2027d").setting.case.deadline_days == 2027
    (entry,) = read_cases("case_id,max_mw,deadline\na,0.6,2027d\n", "cases.csv")
    assert entry.case is not None and entry.case.deadline_days == 2027
    assert list(optimizer.plan_grid(frozen, max_mw="0.6", deadline=["2027d", 90])["deadline_days"]) == [2027, 90]


@pytest.mark.parametrize("sign", ["%00", "\0", "%", "$", "<", "=", "#", "\\", "\x1b", "\u202e"])
@pytest.mark.parametrize(
    ("field", "name"), [("country", "BR"), ("country", "BRA"), ("use", "h100"), ("workload", "llama-8b")]
)
def test_a_name_with_a_sign_that_no_name_has_is_none(field: str, name: str, sign: str, frozen: Catalogue) -> None:
    """ "BR" and a zero byte was Brazil, and "%BR%" and "$BR" were; of the shipped names none has such a sign."""
    for written in (f"{name}{sign}", f"{sign}{name}"):
        with pytest.raises(InputError) as caught:
            optimizer.plan(catalogue=frozen, **{field: written}, **EASY)
        assert caught.value.problems[0].column == field


def test_no_name_of_the_data_has_such_a_sign(live: Catalogue) -> None:
    kinds = ("accelerator", "country", "region", "workload", "way", "assumptions", "rules")
    unknown = [
        name for kind in kinds for name, key in live.vocabulary(kind).items() if live._names[kind].find(name) != key
    ]
    assert unknown == []
