"""The Python face: the flags' own names, errors that name every field, tables as pandas has them."""

from __future__ import annotations

import doctest
import inspect
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from pydantic import BaseModel
from worlds import FROZEN

import optimizer
from optimizer import Case, DataError, Infeasible, InputError, Plan, UsageError
from optimizer.answers.plan.row import PlanRow
from optimizer.answers.power.row import PowerRow
from optimizer.catalogue import Catalogue
from optimizer.catalogue.load import TABLES
from optimizer.face.frames import DTYPES
from optimizer.insight.run_figures import ItemFigures, RunFigures, run_figures
from optimizer.reference.data_tables import count_rows
from optimizer.reference.row_types import row_types
from optimizer.render.csv import fields, frictionless_type
from optimizer.service import REGISTER

EASY = {"max_mw": "0.6", "deadline": "90d"}


def test_flags_and_fields_are_the_same_names(frozen: Catalogue) -> None:
    """``deadline="90d"`` is ``deadline_days=90``: two readings would give two plans."""
    by_flag = optimizer.plan(catalogue=frozen, country="Brazil", max_mw=0.6, deadline="90d")
    by_field = optimizer.plan(Case(country="BR", max_mw="0.6", deadline_days=90), frozen)
    assert isinstance(by_flag, Plan) and isinstance(by_field, Plan)
    assert by_flag.cost_usd == by_field.cost_usd
    assert by_flag.setting.case == by_field.setting.case


def test_fields_go_over_those_of_a_case(frozen: Catalogue) -> None:
    """A case with one thing changed; the rest would be lost if the fields made a case of their own."""
    changed = optimizer.plan(Case(country="MX", max_mw="0.6", deadline_days=90), frozen, max_mw="1MW")
    assert (changed.setting.country.id, str(changed.setting.case.max_mw)) == ("MX", "1")


def test_every_wrong_field_is_named_at_once(frozen: Catalogue) -> None:
    """Under the names that were written, not in the words of pydantic."""
    with pytest.raises(InputError) as caught:
        optimizer.plan(catalogue=frozen, max_mw="1.500", country="Atlantis", deadline="soon")
    told = str(caught.value)
    assert 'max_mw "1.500": could be 1.5 or 1500' in told
    assert 'deadline "soon"' in told
    with pytest.raises(InputError, match=r"max_mv: is not a field of a case; did you mean max_mw"):
        optimizer.plan(catalogue=frozen, max_mv=1)
    with pytest.raises(InputError, match="deadline_days: is given twice"):
        optimizer.plan(catalogue=frozen, deadline="90d", deadline_days=90)


def test_what_is_no_case_is_refused_in_words(frozen: Catalogue) -> None:
    """Wrong: "'str' object has no attribute 'feed'". The fields of a case by name are one."""
    fields = {"country": "BR", "max_mw": "0.5"}
    (one,) = optimizer.plan_many([fields], frozen)
    assert repr(one) == repr(optimizer.plan(catalogue=frozen, **fields))
    wrong: Any = "BR"
    for call in (
        lambda: optimizer.plan(wrong, frozen),
        lambda: optimizer.plan_many(wrong, frozen),
        lambda: list(optimizer.plan_many([wrong], frozen)),
        lambda: optimizer.verify({wrong}),
    ):
        with pytest.raises(optimizer.UsageError):
            call()


def test_a_table_of_cases_is_cases(frozen: Catalogue) -> None:
    """Empty cells take the default, and a whole number that pandas holds as a float is whole (60.0 is no text)."""
    table = pd.DataFrame(
        {"case_id": ["a", "b"], "country": ["BR", None], "max_mw": [0.6, 0.5], "deadline_days": [90.0, 60.0]}
    )
    one, two = optimizer.plan_many(table, frozen)
    assert isinstance(one, Plan) and isinstance(two, Infeasible)
    assert (one.setting.asked.case_id, one.setting.case.deadline_days) == ("a", 90)
    assert two.setting.asked.country is None


def test_every_bad_row_of_a_table_is_named(frozen: Catalogue) -> None:
    """Before any case is solved."""
    table = pd.DataFrame({"country": ["BR", "Atlantis", "BR"], "max_mw": ["0.6", "x", "-1"]})
    with pytest.raises(InputError) as caught:
        optimizer.plan_many(table, frozen)
    assert [problem.file for problem in caught.value.problems if problem.column == "max_mw"] == ["row 1", "row 2"]


def test_a_frame_has_the_columns_of_the_plans_file_with_their_types(frozen: Catalogue) -> None:
    """Numbers as numbers, missing as missing: a cost as text sorts 9 after 10, a NaN count is a float."""
    plans = optimizer.frame(
        optimizer.plan_many([Case(max_mw="0.6", deadline_days=90), Case(max_mw="0.5", deadline_days=60)], frozen)
    )
    assert list(plans.columns) == list(PlanRow.model_fields)
    kinds = {"integer": "Int64", "number": "Float64", "boolean": "boolean", "string": "string"}
    for name, info in PlanRow.model_fields.items():
        assert str(plans[name].dtype) == kinds[frictionless_type(info.annotation)], name
    assert list(plans["status"]) == ["plan", "infeasible"]
    assert pd.isna(plans["cost_usd"][1]) and plans["needed_max_mw"][1] == pytest.approx(0.504)
    assert plans["servers"][0] == 31


def test_no_column_with_a_unit_is_text() -> None:
    """What has a unit is a number, in every table of every command: as text, 0.9 and "0.35+0.4" cannot be averaged."""
    kinds: set[type[BaseModel]] = {PowerRow, *TABLES.values()}
    kinds |= {kind for entry in REGISTER.values() for kind in entry.row_types()}
    assert len(kinds) > 50
    texts = [
        f"{kind.__name__}.{column['name']}"
        for kind in kinds
        for column in fields(kind)
        if column["type"] == "string" and "unit" in column
    ]
    assert texts == []


def test_the_efficiency_of_a_mix_is_one_number(frozen: Catalogue) -> None:
    """Speeds by hand: 0.5 x 0.8 of 100 and 0.25 x 0.4 of 300 is 70 of 400, of which 200 are spent on progress. Of a
    plan, MFU x goodput x peak x hours is the compute of the run. They were joined by +, and so was the rent."""
    items = [
        ItemFigures("a", "fp8", Fraction(1), Fraction(1, 2), Fraction(8, 10), Fraction(100)),
        ItemFigures("b", "bf16", Fraction(1), Fraction(1, 4), Fraction(4, 10), Fraction(300)),
    ]
    together = RunFigures(tuple(items), None)
    assert (together.goodput, together.mfu) == (Fraction(1, 2), Fraction(35, 100))
    plan = optimizer.plan(catalogue=frozen, max_mw="0.6", deadline="60d", mix=3, supply="h100=40")
    assert isinstance(plan, Plan) and len(plan.items) == 3
    found = run_figures(plan)
    tflop = found.mfu * found.goodput * sum(item.peak_hours for item in found.items) * 3600
    assert tflop * 10**12 == Fraction(plan.setting.training_flop)
    (row,) = optimizer.frame(plan).itertuples()
    assert (row.mfu, row.goodput) == (round(float(found.mfu), 4), round(float(found.goodput), 4))
    # as many hours of an A100 for 1.5 USD as of an H100 for 3
    assert row.rent_usd_per_hour == 2.25 and row.accelerator == "a100+b200+h100"


def test_a_frame_of_a_question_is_its_rows(frozen: Catalogue) -> None:
    curve = optimizer.frame("frontier", frozen, first="cost", second="days", max_mw=1, points=3)
    assert list(curve["point"]) == [1, 2, 3]
    assert curve["cost_usd"].is_monotonic_increasing and curve["days"].is_monotonic_decreasing
    with pytest.raises(UsageError, match="did you mean frontier"):
        optimizer.frame("fronteer", frozen)


def test_outcomes_are_taken_once(frozen: Catalogue) -> None:
    """A second table of the same outcomes is refused, with what to do. Wrong: a table without rows, and no word."""
    outcomes = optimizer.plan_many([{"max_mw": 1, "deadline": "90d"}], frozen)
    assert "list(...)" in repr(outcomes) and len(repr(outcomes)) < 80
    assert len(optimizer.frame(outcomes)) == 1
    for again in (optimizer.frame, optimizer.rank, optimizer.summarise, list):
        with pytest.raises(optimizer.UsageError, match="taken already: keep them in a list"):
            again(outcomes)


def test_ranking(frozen: Catalogue) -> None:
    """The best first, with the difference to it; what has no plan comes last and has no place."""
    cases = [Case(case_id=name, country=name[:2], max_mw=mw, deadline_days=90) for name, mw in WORTH]
    ranked = optimizer.compare(optimizer.plan_many(cases, frozen))
    costs = list(ranked["cost_usd"].dropna())
    assert costs == sorted(costs)
    assert list(ranked["rank"].dropna()) == [1 + sum(other < cost for other in costs) for cost in costs]
    assert list(ranked["difference"].dropna()) == [cost - costs[0] for cost in costs]
    assert ranked["times_the_best"][0] == 1
    assert ranked["status"].iloc[-1] == "infeasible" and pd.isna(ranked["rank"].iloc[-1])
    apart = optimizer.compare(optimizer.plan_many(cases, frozen), within=["country"])
    assert set(apart[apart["rank"] == 1]["country"]) == {"BR", "MX"}
    with pytest.raises(UsageError, match="there is no column"):
        optimizer.compare(ranked, by="cost")


WORTH = (("BR one", "0.6"), ("BR two", "2"), ("MX one", "1"), ("MX two", "0.05"))


def test_plans_of_several_objectives_are_not_compared_in_silence(frozen: Catalogue) -> None:
    """Dollars against days would be nonsense."""
    cases = [Case(max_mw="0.6", deadline_days=90, objective=objective) for objective in ("cost", "days")]
    with pytest.raises(UsageError, match="several objectives"):
        optimizer.compare(optimizer.plan_many(cases, frozen))


def test_counting(frozen: Catalogue) -> None:
    cases = [Case(case_id=name, country=name[:2], max_mw=mw, deadline_days=90) for name, mw in WORTH]
    counted = optimizer.summarise(optimizer.plan_many(cases, frozen)).set_index("country")
    assert list(counted.loc["BR", ["cases", "plans"]]) == [2, 2]
    assert list(counted.loc["MX", ["cases", "plans"]]) == [2, 1]
    assert counted.loc["MX", "least_cost_usd"] == counted.loc["MX", "greatest_cost_usd"]


def test_a_grid_is_the_sweep_of_the_same_axes(frozen: Catalogue) -> None:
    grid = optimizer.plan_grid(frozen, country=["BR", "MX"], max_mw="0.5:0.6:0.1", deadline="90d")
    assert list(grid["case_id"]) == ["BR_0.5MW", "BR_0.6MW", "MX_0.5MW", "MX_0.6MW"]
    alone = optimizer.plan(catalogue=frozen, country="BR", max_mw="0.6", deadline="90d")
    assert isinstance(alone, Plan)
    assert grid["cost_usd"][1] == pytest.approx(float(alone.cost_usd), abs=0.01)


def test_tables_of_the_data(frozen: Catalogue) -> None:
    """Every figure a number; what identifies a row comes first, where it comes from last."""
    chips = optimizer.table("accelerators", frozen)
    assert next(iter(chips.columns)) == "id" and list(chips["id"]) == list(frozen.accelerators)
    assert str(chips["tpp"].dtype) == "Float64"
    for name, kind in TABLES.items():
        made = optimizer.table(name, frozen)
        types: Any = {column["name"]: DTYPES[column["type"]] for column in fields(kind)}
        assert {column: str(made[column].dtype) for column in made.columns} == types
        if not (FROZEN / f"{name}.csv").exists():
            assert made.empty
            continue
        read = pd.read_csv(FROZEN / f"{name}.csv", dtype=types, keep_default_na=False, na_values=[""])
        written = [column for column in made.columns if column in read.columns]
        assert _bag(made[written]) == _bag(read[written]), name
    with pytest.raises(UsageError, match="there is no table"):
        optimizer.table("accelerator_prices", frozen)


def test_every_table_of_the_data_can_be_read(live: Catalogue, frozen: Catalogue) -> None:
    """Those that no plan needs too: ``table("throughput")`` was "there is no table", with the list of others."""
    for name in row_types():
        assert len(optimizer.table(name, live)) == count_rows(live, name), name
    assert str(optimizer.table("throughput", live)["tokens_per_s"].dtype) == "Float64"
    with pytest.raises(DataError, match=r"throughput\.csv: cannot be read"):
        optimizer.table("throughput", frozen)


def _bag(table: pd.DataFrame) -> list[tuple[Any, ...]]:
    """The rows, sorted, with None for what is missing: some tables are in the order of their dates."""
    rows = table.astype(object).where(table.notna(), None).itertuples(index=False, name=None)
    return sorted(rows, key=repr)


def test_an_answer_is_that_of_the_command(frozen: Catalogue) -> None:
    answer = optimizer.answer("plan", catalogue=frozen, **EASY)
    assert (answer.question, answer.verdict) == ("plan", "answer")
    with pytest.raises(InputError, match="first: is needed"):
        optimizer.answer("frontier", catalogue=frozen)


def test_what_is_shown_is_short(frozen: Catalogue) -> None:
    """A plan's repr was 477 kB, as it held the whole catalogue: a notebook that shows it was unusable."""
    plan = optimizer.plan(catalogue=frozen, **EASY)
    none = optimizer.plan(catalogue=frozen, max_mw="0.5", deadline="60d")
    for shown in (plan, none, frozen, plan.setting, optimizer.answer("plan", catalogue=frozen, **EASY)):
        assert len(repr(shown)) < 500, type(shown)
    assert repr(plan).startswith("<Plan: 248 h100")
    assert repr(none) == "<Infeasible (limits): max_mw 0.5, deadline_days 60>"


def test_what_would_be_enough_is_numbers(frozen: Catalogue) -> None:
    """Only sentences said it. With any one of them, and everything else as it is, there is a plan; and less is none."""
    asked = {"country": "BR", "max_mw": "0.5", "deadline_days": 60}
    none = optimizer.plan(catalogue=frozen, **asked)
    assert isinstance(none, Infeasible)
    assert {one.limit: one.unit for one in none.needs} == {"deadline_days": "days", "max_mw": "MW"}
    for one in none.needs:
        less = one.value - 1 if one.unit == "days" else one.value * Decimal("0.999")
        assert isinstance(optimizer.plan(catalogue=frozen, **{**asked, one.limit: one.value}), Plan)
        assert isinstance(optimizer.plan(catalogue=frozen, **{**asked, one.limit: less}), Infeasible)
    (chips,) = optimizer.plan(catalogue=frozen, max_mw=1, deadline="90d", use="h100", supply="h100=8").needs
    assert (chips.limit, chips.unit, chips.value > 8) == ("supply:h100", "accelerators", True)


def test_the_face_is_listed() -> None:
    assert set(optimizer.__all__) <= set(dir(optimizer))
    assert all(getattr(optimizer, name) is not None for name in optimizer.__all__)


FUNCTIONS = [name for name in optimizer.__all__ if inspect.isroutine(getattr(optimizer, name)) or name == "Case"]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_help_of_a_function_is_whole(name: str, live: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it takes, what it raises, and an example that runs as it is printed: help(optimizer.plan) is read first."""
    monkeypatch.setattr("optimizer.catalogue.data_argument.load_catalogue", lambda: live)
    told = inspect.getdoc(getattr(optimizer, name)) or ""
    heads = () if name in ("Case", "sweep") else ("Args:", "Raises:")  # sweep has those of plan_grid
    assert all(f"\n{head}\n" in told for head in heads)
    example = doctest.DocTestParser().get_doctest(told, {}, name, None, None)
    said: list[str] = []
    runner = doctest.DocTestRunner(verbose=False)
    assert example.examples and runner.run(example, out=said.append).failed == 0, "".join(said)


def test_a_value_that_is_no_choice_is_refused(frozen: Catalogue) -> None:
    """The command refuses it; from Python it went on and was taken for another choice, or failed without a name."""
    with pytest.raises(InputError, match=r'aim "best": must be central or mean or worst'):
        optimizer.answer("sensitivity", catalogue=frozen, robust=0.9, aim="best", **EASY)
    with pytest.raises(InputError, match=r'kind "plants": must be '):
        optimizer.answer("data list", catalogue=frozen, kind="plants")
    with pytest.raises(InputError) as caught:
        optimizer.answer("alternatives", catalogue=frozen, baseline=("study", "none", "all"), **EASY)
    assert [problem.value for problem in caught.value.problems] == ["none", "all"]
