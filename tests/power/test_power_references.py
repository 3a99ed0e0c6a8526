"""The supply of a site held against REopt and PyPSA: `optimizer validate power`."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from worlds import LIVE

from optimizer.catalogue.load import data_folder
from optimizer.validation import power
from optimizer.validation.power import RUNS, References, hold, name_of

QUICK = ("R1", "R5", "R6", "R7", "R8", "R9", "P1", "P2", "P3", "P4")
"""What takes a second or less; R2 is a programme of a year with a battery."""


@pytest.fixture(scope="module")
def references() -> References:
    """The cases of the data folder."""
    return References(data_folder())


def expected(references: References, case: str) -> dict[str, Any]:
    """What must come out of a case, with its tolerance."""
    rows = (row for row in references.rows if row.case == case and row.role == "expected" and not row.not_run)
    return {name_of(row): (float(row.value), float(row.tolerance or 0)) for row in rows}


@pytest.mark.parametrize("case", QUICK)
def test_a_case_comes_out_as_the_other_program_has_it(references: References, case: str) -> None:
    """A wrong row in balance, store, peak or annuity would give another size or another cost."""
    found, wanted = RUNS[case](references, case), expected(references, case)
    assert set(found) == set(wanted)
    for name, (value, tolerance) in wanted.items():
        assert found[name] == pytest.approx(value, rel=tolerance), name


def test_the_sun_of_the_shipped_data_is_rounded_and_that_is_the_whole_difference(references: References) -> None:
    """P1 to P4 come out to 1e-8 with the sun as it was; with four decimals they are off by some millionths."""
    rounded = References(data_folder())
    rounded.days = tuple((weight, tuple(round(value, 4) for value in sun)) for weight, sun in references.days)
    for case in ("P1", "P2", "P3", "P4"):
        exact = RUNS[case](references, case)["cost_of_a_day"]
        off = RUNS[case](rounded, case)["cost_of_a_day"] / exact - 1
        assert 1e-7 < abs(off) < 2e-5, case


def test_a_wrong_demand_charge_does_not_pass(references: References, monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison can fail: a charge of 14 for 15 USD lies outside the tolerance, and the answer is 'wrong'."""
    honest = power._site

    def wrong(data: References, case: str) -> Any:
        site = honest(data, case)
        return replace(site, demand_usd_per_kw_month=site.demand_usd_per_kw_month * 14 / 15)

    monkeypatch.setattr(power, "_site", wrong)
    monkeypatch.setattr(power, "RUNS", {"P3": RUNS["P3"]})
    monkeypatch.setattr(References, "rows", [row for row in references.rows if row.case == "P3"], raising=False)
    monkeypatch.setattr(References, "__init__", lambda self, folder: setattr(self, "folder", folder))
    (held,) = hold(data_folder())
    assert not held.within and held.error is not None and held.error < -1e-3


def test_every_result_is_run_or_says_why_not(references: References) -> None:
    """A case that is quietly left out would look as if all were reproduced."""
    for row in references.rows:
        if row.role == "expected":
            assert bool(row.not_run) != (row.case in RUNS and row.tolerance is not None), (row.case, row.quantity)


@pytest.mark.campaign
def test_all_of_them_by_the_command(command: Any) -> None:
    """The fifteen values of REopt and PyPSA, and what could be run beside them, in one table."""
    found = json.loads(command("validate", "power", "--json", "--data", str(LIVE)).out)
    outputs = found["outputs"]
    assert outputs["reproduced"] == outputs["run"] == 25 and outputs["not_run"] == 2
