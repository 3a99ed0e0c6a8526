"""A sweep: every combination once, in one order, under names of its own, and never held."""

from __future__ import annotations

import csv
import io
import itertools
import re
import tracemalloc
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from commands import Cli, one_message
from hypothesis import given
from hypothesis import strategies as st

from optimizer.batch.cases import entry_of
from optimizer.batch.sweep import Grid, Sweep, read_sweep
from optimizer.batch.sweep.axes import SPECS, Axis, Value, read_axis
from optimizer.batch.sweep.grid import MAX_NAME
from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.domain.case import FEED_FIELDS
from optimizer.domain.feed import Feed
from optimizer.errors import DataError, Problem
from optimizer.service.fields import FIELDS, POWER_FIELDS

TODAY = "2026-11-26"


def swept(catalogue: Catalogue, **flags: str | tuple[str, ...]) -> Sweep:
    given = {name: (text,) if isinstance(text, str) else text for name, text in flags.items()}
    return read_sweep(None, given, catalogue, TODAY)


def rules(catalogue: Catalogue, **flags: str) -> list[str]:
    """What is wrong with flags."""
    with pytest.raises(DataError) as raised:
        swept(catalogue, **flags)
    return [str(problem) for problem in raised.value.problems]


# -- the grid ----------------------------------------------------------------------------------------------------------


def test_the_last_axis_is_the_fastest_however_the_flags_are_typed(frozen: Catalogue) -> None:
    """Axes in the order of a case's fields: a resumed sweep with its flags re-ordered is the same sweep."""
    sweep = swept(frozen, country="MX,BR", max_mw="0.5:1:0.5", rules="unrestricted", deadline_days="60,90")
    turned = swept(frozen, deadline_days="60,90", rules="unrestricted", max_mw="0.5:1:0.5", country="MX,BR")
    lines = list(sweep)
    assert [line.cells["case_id"] for line in lines] == [
        *("MX_0.5MW_60d", "MX_0.5MW_90d", "MX_1MW_60d", "MX_1MW_90d"),
        *("BR_0.5MW_60d", "BR_0.5MW_90d", "BR_1MW_60d", "BR_1MW_90d"),
    ]
    assert all(line.cells["rules"] == "unrestricted" for line in lines)
    assert list(turned) == lines and turned.fingerprint() == sweep.fingerprint()
    assert sweep.total == len(lines) == 8
    assert list(sweep) == lines, "a resumed sweep reads it again"


@pytest.mark.parametrize("other", [{"country": "BR,MX"}, {"max_mw": "0.5,1.5"}, {"deadline_days": "60,90,120"}])
def test_another_sweep_has_another_fingerprint(frozen: Catalogue, other: dict[str, str]) -> None:
    """Else a journal would be gone on from with other cases."""
    flags = {"country": "MX,BR", "max_mw": "0.5,1", "deadline_days": "60,90"}
    assert swept(frozen, **flags).fingerprint() != swept(frozen, **{**flags, **other}).fingerprint()


def axis(size: int, field: str) -> Axis:
    return Axis(field, tuple(Value(f"{field[0]}{n}", ((field, str(n + 1)),)) for n in range(size)))


def test_a_thousand_million_cases_cost_nothing_until_they_are_asked_for() -> None:
    """The first three of 1e9 in a megabyte: a product that was held would take minutes and all memory."""
    grid = Grid("", tuple(axis(1000, field) for field in ("max_mw", "deadline_days", "budget_usd")))
    sweep = Sweep([grid])
    tracemalloc.start()
    first = list(itertools.islice(sweep, 3))
    assert sweep.total == 10**9 and len(sweep.fingerprint()) == 64
    assert sweep.line(10**9 - 1).cells["case_id"] == "m999_d999_b999"
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < 1e6
    assert [line.cells["case_id"] for line in first] == ["m0_d0_b0", "m0_d0_b1", "m0_d0_b2"]


@given(st.lists(st.integers(1, 4), min_size=1, max_size=5), st.integers(1, 3))
def test_a_case_is_found_by_its_number(sizes: list[int], grids: int) -> None:
    """Counting and iterating agree, over the borders of grids too; so do the number of lines and the total."""
    axes = tuple(axis(size, field) for size, field in zip(sizes, SPECS, strict=False))
    sweep = Sweep([Grid(f"s{n}" if grids > 1 else "", axes) for n in range(grids)])
    lines = list(sweep)
    assert [sweep.line(index) for index in range(sweep.total)] == lines
    assert [line.number for line in lines] == list(range(2, sweep.total + 2))
    assert len({line.cells["case_id"] for line in lines}) == sweep.total
    for wrong in (-1, sweep.total):
        with pytest.raises(IndexError):
            sweep.line(wrong)


# -- names of cases ----------------------------------------------------------------------------------------------------


def test_names_are_safe_and_unlike_though_their_values_are_nearly_the_same(frozen: Catalogue) -> None:
    """Values that differ in a sign that no file name may have still have two names, and none holds a "_" of its own."""
    values = ("h100=5;a100=5", "h100=55;a100=5", "a100=5;h100=5,none", ";".join(f"{a}=77" for a in frozen.accelerators))
    sweep = swept(frozen, owned=values, country="BR,MX", tax_regime="standard")
    names = [line.cells["case_id"] for line in sweep]
    assert len(set(names)) == sweep.total == 10
    assert all(re.fullmatch(r"[A-Za-z0-9.+-]+_[A-Za-z0-9.+-]+", name) and len(name) <= 50 for name in names)
    assert "BR_no-owned" in names
    parts = ["use:h100", "use/h100"]
    twice = Axis("use", tuple(Value(word, (("use", part),)) for word, part in zip("ab", parts, strict=True)))
    assert len({cells["case_id"] for cells in Grid("", (twice,))}) == 2


@pytest.mark.parametrize(
    ("field", "items", "values"),
    [
        ("max_mw", ["1MW", "500 kW"], ["1", "0.5"]),
        ("max_mw", ["500kW:1MW:250kW"], ["0.5", "0.75", "1"]),
        ("max_energy_gwh", ["1", "300MWh"], ["1", "0.3"]),
        ("max_carbon_t", ["200 t", "1kt"], ["200", "1000"]),
    ],
)
def test_an_axis_takes_units(frozen: Catalogue, field: str, items: list[str], values: list[str]) -> None:
    """As a plan and a cell do; it said "must be a number" and not what to write."""
    problems: list[Problem] = []
    found = read_axis(field, items, frozen, TODAY, problems)
    assert found is not None and problems == []
    assert [dict(value.cells)[field] for value in found.values] == values
    assert read_axis(field, ["1 apple"], frozen, TODAY, problems) is None and "apple" in str(problems)


def test_two_values_that_read_alike_as_a_name_get_a_number(frozen: Catalogue) -> None:
    problems: list[Any] = []
    found = read_axis("use", ["h100;a100", "h100; a100", "h100;;a100"], frozen, TODAY, problems)
    assert not problems and found is not None
    assert [value.word for value in found.values] == ["use-h100-a100", "use-h100-a100.2", "use-h100-a100.3"]


def test_names_that_would_be_too_long_are_numbers(frozen: Catalogue) -> None:
    """A case_id has at most 200 characters; fields of forty each would make more, and be invalid rows."""
    fields = [field for field in SPECS if field not in ("workload",)][:8]
    axes = tuple(Axis(f, tuple(Value(f"{n}{'x' * 39}", ((f, str(n)),)) for n in range(2))) for f in fields)
    names = [cells["case_id"] for cells in Grid("s", axes)]
    assert names[0] == "s_case-001" and names[-1] == "s_case-256" and len(set(names)) == 256
    assert all(len(cells["case_id"]) <= MAX_NAME for cells in Grid("s", axes[:4]))
    assert [cells["case_id"] for cells in Grid("", axes[:0])] == ["case-1"]


# -- values ------------------------------------------------------------------------------------------------------------


def test_every_field_of_a_case_is_an_axis_with_its_flag() -> None:
    """A field added to a case and not here could not be swept; the help promises the order of the flags."""
    named = (*Case.model_fields, *FEED_FIELDS)
    assert [*SPECS] == [name for name in named if name not in ("case_id", "feed")]
    flags = [field.name for field in (*FIELDS, *POWER_FIELDS)]
    assert flags == [*SPECS]


def test_the_kinds_are_those_of_the_fields() -> None:
    """Numbers are swept as numbers, whole ones as whole ones: read from the types of a case."""
    for field, spec in SPECS.items():
        annotation = str((Feed if field in FEED_FIELDS else Case).model_fields[field].annotation)
        kind = "number" if "Decimal" in annotation else "whole" if "[int" in annotation else None
        if kind and spec.kind not in ("counts", "rents"):
            assert spec.kind in {"number": ("number", "money", "share"), "whole": ("whole", "days")}[kind], field
        else:
            assert spec.kind not in ("number", "whole", "share", "days", "money"), field


def test_all_and_none(frozen: Catalogue) -> None:
    """``all`` is every row of the table; ``none`` leaves a limit out."""
    sweep = swept(frozen, country="all", rules="all", max_mw="1,none", objective="all")
    assert sweep.total == len(frozen.countries) * len(frozen.rule_sets) * 2 * 5
    lines = list(sweep)
    assert {line.cells["country"] for line in lines} == set(frozen.countries)
    cases = [entry_of(line).case for line in lines]
    assert {case.max_mw for case in cases if case} == {Decimal(1), None}
    assert "BR_cost_no-max-mw_unrestricted" in {line.cells["case_id"] for line in lines}


def test_a_semicolon_stays_inside_one_value(frozen: Catalogue) -> None:
    cases = [
        entry_of(line).case
        for line in swept(frozen, use="h100;b200,a100", owned="a100=64;h100=8,none", procurement="buy;own,own")
    ]
    assert len(cases) == 8
    assert {case.use for case in cases if case} == {("h100", "b200"), ("a100",)}
    assert {case.owned for case in cases if case} == {(("a100", 64), ("h100", 8)), ()}
    assert {case.procurement for case in cases if case} == {("buy", "own"), ("own",)}


def test_a_name_with_a_comma_stands_in_quotes_and_a_flag_may_be_repeated(frozen: Catalogue) -> None:
    sweep = swept(frozen, workload='"Dense, 100 PFLOP/s-days", moe-10k', country=("Brasil", "VN,DE"))
    assert [line.cells["case_id"] for line in sweep] == [
        f"{workload}_{country}" for workload in ("dense-small", "moe-10k") for country in ("BR", "VN", "DE")
    ]


def test_a_date_as_deadline_counts_from_the_order_as_for_plan(frozen: Catalogue) -> None:
    """Unless it is said otherwise; days beside it count as they do."""
    sweep = swept(frozen, deadline_days="90,2027-03-06")
    assert [dict(line.cells) for line in sweep] == [
        {"case_id": "90d", "deadline_days": "90"},
        {"case_id": "by-2027-03-06", "deadline_days": "100", "deadline_from": "order"},
    ]
    told = swept(frozen, deadline_days="2027-03-06", deadline_from="training")
    assert [line.cells["deadline_from"] for line in told] == ["training"]


def test_money_and_three_decimals(frozen: Catalogue) -> None:
    """The cells are read as they were meant: 1.125 as 1.125, not refused as 1125."""
    sweep = swept(frozen, budget_usd="5M:15M:5M", max_mw="1:1.25:0.125")
    entries = [entry_of(line) for line in sweep]
    assert not any(entry.problems for entry in entries)
    assert {(e.case.max_mw, e.case.budget_usd) for e in entries if e.case} == {
        (Decimal(mw), Decimal(usd)) for mw in ("1", "1.125", "1.25") for usd in (5_000_000, 10_000_000, 15_000_000)
    }
    names = [line.cells["case_id"] for line in swept(frozen, budget_usd="2.5M,2M,1234,3B,0.5k,10")]
    assert names == ["2500kUSD", "2MUSD", "1234USD", "3BUSD", "500USD", "10USD"]
    assert entries[1].case_id == "1MW_10MUSD" and entries[4].case_id == "1.125MW_10MUSD"


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("country", "BR,,MX", 'country "": must not be empty'),
        ("country", "", "country: must not be empty"),
        ("country", "none", "is not a known country"),
        ("country", "Brazi", 'country "Brazi": is not a known country; did you mean'),
        ("country", '"BR', "cannot be read as a list"),
        ("rules", "enforced", "is not a known rule set"),
        ("max_mw", "0.5:1:0.5,1.0", "appears twice on its axis (as 0.5:1:0.5)"),
        ("max_mw", "0:5:1", 'max_mw "0:5:1": must be greater than 0'),
        ("max_mw", "all", "must be a number"),
        ("deadline_days", "60:9999:1", "must be less than or equal to"),
        ("mix", "1:9:1", "must be less than or equal to 8"),
        ("use", "h100,h101", 'use "h101": is not a known accelerator'),
        ("use", "none", "is not a known accelerator"),
        ("use", ";", "must name an accelerator"),
        ("owned", "h100=64;zx81=1", 'owned "zx81": is not a known accelerator'),
        ("owned", "h100", "must be accelerator=count pairs"),
        ("tax_regime", "redat", "is not a known tax regime; did you mean redata"),
        ("basis", "cash", "must be upfront, amortised or rental"),
        ("procurement", "buy;steal", "must be"),
        ("date", "2026-02-30", "date"),
        ("rent_premium", "none", "must be a number"),
    ],
)
def test_values_that_cannot_be_used(frozen: Catalogue, field: str, text: str, words: str) -> None:
    """Told once, before any case is solved; ``none`` only where nothing else would be taken in its place."""
    (told,) = rules(frozen, **{field: text})
    assert words in told


def test_all_problems_are_told_at_once(frozen: Catalogue) -> None:
    told = rules(frozen, country="BX,BR,MY", max_mw="1:0:1", use="h101")
    assert [text.partition(":")[0].split()[0] for text in told] == ["country", "country", "max_mw", "use"]


# -- the command -------------------------------------------------------------------------------------------------------

FLAGS = ["--country", "BR,MX,CN", "--max-mw", "0.5:0.6:0.1", "--deadline", "60,90", "--tax-regime", "standard,redata"]


def test_a_sweep_is_the_batch_of_its_cases(command: Cli, tmp_path: Path) -> None:
    """Byte for byte, invalid rows and their lines too (MX has no redata); the cases file in one sitting, too."""
    assert command("sweep", *FLAGS, "--cases", "-o", "sweep").status == 0
    cases = list(csv.DictReader((tmp_path / "sweep").open(encoding="utf-8", newline="")))
    assert len(cases) == 24 and cases[1]["case_id"] == "BR_0.5MW_60d_redata"
    told = command("sweep", *FLAGS, "-o", "plans.csv", "--workers", "2")
    assert told.status == 6 and "24" not in told.out
    assert command("batch", "sweep", "-o", "same.csv", "--workers", "1", "-q").status == 6
    rows = (tmp_path / "plans.csv").read_bytes()
    assert rows == (tmp_path / "same.csv").read_bytes()
    statuses = [row["status"] for row in csv.DictReader(io.StringIO(rows.decode()))]
    assert {"plan", "infeasible", "invalid"} == set(statuses) and len(statuses) == 24
    assert not (tmp_path / "plans.csv.journal").exists()
    assert (tmp_path / "plans.metadata.json").exists()


def test_dry_run_says_how_many_and_solves_nothing(command: Cli, tmp_path: Path) -> None:
    ran = command("sweep", *FLAGS, "--dry-run", "-o", "plans.csv")
    assert ran.status == 0 and not list(tmp_path.iterdir())
    first, *rest = ran.out.splitlines()
    assert first == "24 cases"
    assert [line for line in rest if line.startswith("  optimizer plan --case-id BR_0.5MW_60d_standard ")]
    assert len([line for line in rest if " plan " in line]) == 5 and "  ..." in rest


def test_a_line_of_the_dry_run_is_the_command_that_solves_the_case(command: Cli) -> None:
    """Quoted for a shell, with the flags of plan: its row is the sweep's."""
    import shlex

    flags = ["--owned", "a100=64;h100=8", "--max-mw", "1.1250,2", "--deadline", "2027-12-31", "--rent-premium", "-0.1"]
    ran = command("sweep", *flags, "--dry-run")
    line = next(line for line in ran.out.splitlines() if " plan " in line)
    alone = command(*shlex.split(line)[1:], "--csv", "-q")
    assert alone.status == 0
    rows = command("sweep", *flags, "-q").out
    assert rows.splitlines()[:2] == alone.out.splitlines()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "nothing to sweep"),
        (["--country", "BX"], '--country "BX": is not a known country'),
        (["--max-mw", "5:1:1"], '--max-mw "5:1:1": goes away from its end'),
        (
            ["--country", "MX,CN", "--tax-regime", "redata"],
            'none of the 2 cases tried can be used: --tax-regime "redata"',
        ),
        (["--params-total-b", "7,70"], "an own workload needs --tokens-t"),
        (["--cases", "--country", "BR", "--format", "jsonl"], "--cases writes CSV"),
        (
            ["--max-mw", "0.001:10:0.001", "--deadline", "1:3000:1"],
            "30,000,000 cases are more than 10,000,000: give --yes",
        ),
    ],
)
def test_a_sweep_that_is_not_begun(command: Cli, tmp_path: Path, arguments: list[str], words: str) -> None:
    """One message and exit status 2, not as many invalid rows as there are cases."""
    ran = command("sweep", *arguments, "-o", "plans.csv")
    assert ran.status == 2
    assert words in one_message(ran)
    assert not list(tmp_path.iterdir())


def test_yes_goes_on(command: Cli) -> None:
    """What is asked for again is done: two rows that say what is wrong."""
    ran = command("sweep", "--country", "MX,CN", "--tax-regime", "redata", "--yes", "-q")
    assert ran.status == 6 and ran.out.count("is not a tax regime of") == 2


@pytest.mark.usefixtures("inline")
def test_a_sweep_resumes(command: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A journal of the same axes is gone on from, and of others refused: the fingerprint is over the axes."""
    whole = command("sweep", *FLAGS, "-q").out
    command("sweep", *FLAGS, "-o", "plans.csv", "-q")
    (tmp_path / "plans.csv").unlink()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("optimizer.render.files.sync_folder", full)
        assert command("sweep", *FLAGS, "-o", "plans.csv", "-q").status == 4
    (tmp_path / "plans.csv").unlink(missing_ok=True)
    assert (tmp_path / "plans.csv.journal").exists()
    other = command("sweep", *FLAGS[:-1], "standard", "-o", "plans.csv", "-q", "--resume")
    assert other.status == 4 and "of other cases" in other.err
    assert command("sweep", *FLAGS, "-o", "plans.csv", "-q", "--resume").status == 6
    assert (tmp_path / "plans.csv").read_text(encoding="utf-8") == whole


def test_a_name_twice_on_an_axis_is_one(frozen: Catalogue) -> None:
    """A country of a region and by itself, or by two names, is one case: an error, or a case twice, would be wrong."""
    every = len(list(swept(frozen, country="all")))
    assert len(list(swept(frozen, country="all,BR"))) == every
    names = [line.cells["case_id"] for line in swept(frozen, country="BR,Brasil,MX,BR")]
    assert names == ["BR", "MX"]
