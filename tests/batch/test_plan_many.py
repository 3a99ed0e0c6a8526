"""Many cases from Python: each is what it is alone, in order, and the same on every run."""

from __future__ import annotations

import csv
import io

import pytest
from case_files import MANY, MIXED, VAIN

from optimizer import Case, Infeasible, Plan, plan, plan_many
from optimizer.answers.plan.row import COLUMNS, PlanRow
from optimizer.batch import read_cases
from optimizer.batch.run import run
from optimizer.catalogue import Catalogue, load_catalogue
from optimizer.errors import DataError
from optimizer.render.csv import csv_lines

# -- the same answers as one by one ------------------------------------------------------------------------------------


def test_plan_many_is_plan_one_by_one(frozen: Catalogue) -> None:
    """In order, lazily, infeasible ones too; what is kept between cases must not leak from one into the next."""
    cases = [entry.case for entry in (*read_cases(MANY, "m"), *read_cases(VAIN, "v")) if entry.case is not None]
    fresh = load_catalogue(frozen.folder)
    together = plan_many(iter(cases), fresh)
    assert iter(together) is together
    kinds = set()
    for case, outcome in zip(cases, together, strict=True):
        alone = plan(case, load_catalogue(frozen.folder))
        assert type(alone) is type(outcome)
        kinds.add(type(outcome))
        if isinstance(outcome, Plan) and isinstance(alone, Plan):
            assert outcome.items == alone.items
            assert (outcome.cost_terms, outcome.limits) == (alone.cost_terms, alone.limits)
    assert kinds == {Plan, Infeasible}
    assert list(plan_many([], frozen)) == []


def test_plan_many_raises_at_the_bad_case_and_not_before(frozen: Catalogue) -> None:
    """What came before it is already told."""
    outcomes = plan_many([Case(), Case(country="Atlantis"), Case()], frozen)
    assert isinstance(next(outcomes), Plan)
    with pytest.raises(DataError, match="Atlantis"):
        next(outcomes)


def test_the_study_as_a_batch(live: Catalogue) -> None:
    """The eight cells of the source study as a cases file: their counts, in whole accelerators, in their order."""
    cells = [(c, a, d) for a in ("h100_sxm5_80", "a100_sxm4_80") for d in (90, 150) for c in ("BR", "MX")]
    header = "case_id,workload,assumptions,country,use,procurement,deadline_days\n"
    lines = [f"{c}-{a}-{d},deepseek-v3-study,study-2025,{c},{a},buy,{d}\n" for c, a, d in cells]
    rows = list(run(read_cases(header + "".join(lines), "study.csv"), live))
    assert [row.case_id for row in rows] == [f"{c}-{a}-{d}" for c, a, d in cells]
    assert [row.accelerators for row in rows] == [350, 350, 210, 210, 2241, 2241, 1345, 1345]
    assert all(
        row.status == "plan" and row.days is not None and row.days <= int(row.case_id[-3:].strip("-")) for row in rows
    )
    # the file reads back into the same rows
    read = [
        PlanRow.model_validate({name: value for name, value in found.items() if value})
        for found in csv.DictReader(io.StringIO("".join(csv_lines(rows, COLUMNS)), newline=""))
    ]
    assert [list(csv_lines([row], COLUMNS)) for row in read] == [list(csv_lines([row], COLUMNS)) for row in rows]


def test_the_same_batch_twice_gives_the_same_bytes(frozen: Catalogue) -> None:
    """With all that is kept between cases, and without."""
    texts = [
        "".join(csv_lines(run(read_cases(MIXED, "cases.csv"), known), COLUMNS))
        for known in (frozen, frozen, load_catalogue(frozen.folder))
    ]
    assert texts[0] == texts[1] == texts[2]
