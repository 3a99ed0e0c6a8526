"""What is uncertain: every range of the data once, none that the case settles, the user's own, and how values enter."""

from __future__ import annotations

import random
import shutil
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from worlds import FROZEN

from optimizer import Case, load_catalogue
from optimizer.case.setting import settle
from optimizer.case.what_if import Cell, cell_value, change_cells
from optimizer.catalogue import Catalogue
from optimizer.errors import UsageError
from optimizer.exact import exact_option
from optimizer.options import options_table
from optimizer.options.recalculation import recompute
from optimizer.solve.planner import prepare
from optimizer.uncertainty.distribution import draws, halved
from optimizer.uncertainty.fixed_choice import in_scenario, scenario_setting
from optimizer.uncertainty.ranges import with_ranges
from optimizer.uncertainty.spreads import Spread, UncertainInput
from optimizer.uncertainty.uncertain_inputs import Uncertain

BAND = "generations,params_from_b,band_low,band_high,seen_generations,seen_on,source,as_of\n"


def known(catalogue: Catalogue, *ranges: str, **fields: Any) -> Uncertain:
    ready = prepare(Case(**{"workload": "dense-small", **fields}), catalogue)
    return with_ranges(ready.setting, tuple(option.key for option in ready.table.options), ranges)


def names(found: Uncertain) -> set[str]:
    return {given.name for given in found.inputs}


@pytest.fixture
def banded(tmp_path: Path) -> Catalogue:
    """The fictitious data with ranges of MFU, goodput and both sizes, and a run band seen on Ampere alone."""
    folder = tmp_path / "data"
    shutil.copytree(FROZEN, folder)
    (folder / "run_bands.csv").write_text(BAND + "*,0,0.5,2,Ampere,A100,fictitious test data,2026-01-01\n")
    efficiency = (folder / "efficiency.csv").read_text()
    ranged = efficiency.replace(",,,0.5,,,0.8,,", ",,0.4,0.5,0.6,0.7,0.8,0.9,")
    ranged = ranged.replace(",,,0.375,,,0.8,,", ",,0.3,0.375,0.5,0.7,0.8,0.9,")
    (folder / "efficiency.csv").write_text(ranged)
    for table, column, factor in (("size_brackets", "mfu_factor", 4), ("model_sizes", "per_doubling", 6)):
        head, *rows = (folder / f"{table}.csv").read_text().splitlines()
        cells = [row.split(",") for row in rows]
        assert head.split(",")[factor] == column
        least = Decimal(1) if table == "model_sizes" else Decimal("0.5")
        low_high = [",".join([*row, str(Decimal(row[factor]) * least), "1.5"]) for row in cells]
        (folder / f"{table}.csv").write_text("\n".join([f"{head},{column}_low,{column}_high", *low_high]) + "\n")
    return load_catalogue(folder)


def test_only_what_the_data_hold_is_uncertain(frozen: Catalogue) -> None:
    """Prices of what may be bought have ranges there; rents, tariff and parameters have none, and none is invented."""
    assert names(known(frozen)) == {"price:a100", "price:h100", "price:b200", "price:mi300x", "price:rtx4090"}
    assert names(known(frozen, use=("h100",))) == {"price:h100"}
    assert names(known(frozen, procurement=("rent",))) == set()
    assert names(known(frozen, assumptions="study-2025")) == set(), "a price of the assumption set has no range"


def test_a_figure_of_the_case_is_not_uncertain(live: Catalogue) -> None:
    """The tariff of Brazil has a range; a tariff that the case states has none."""
    case = {"workload": None, "country": "BR"}
    assert "electricity_usd_per_kwh" in names(known(live, **case))
    assert "electricity_usd_per_kwh" not in names(known(live, electricity_usd_per_kwh="0.1", **case))
    told = known(live, "tariff=0.05:0.2", electricity_usd_per_kwh="0.1", **case).named("electricity_usd_per_kwh")
    assert told is not None and told.spreads[0].central == Decimal("0.1") and told.spreads[0].cells[0].table == "case"


def test_efficiency_is_doubted_once(banded: Catalogue, frozen: Catalogue) -> None:
    """Under the band: goodput and both sizes are covered, and the MFU of Ampere, on which it was seen; that of Hopper
    stays. Without it each range counts for itself."""
    found = known(banded, use=("a100", "h100"))
    assert {"run", "mfu:h100"} <= names(found) and "mfu:a100" not in names(found)
    covered = {"mfu:a100", "goodput:a100", "goodput:h100", "cluster_size", "model_size:*"}
    assert set(found.covered) == covered and not covered & names(found)
    (folder := banded.folder / "run_bands.csv").unlink()
    assert not folder.exists()
    alone = known(load_catalogue(banded.folder), use=("a100", "h100"))
    assert covered < names(alone) and "run" not in names(alone) and not alone.covered


def test_the_band_moves_all_and_goes_over_a_range_of_its_own(banded: Catalogue) -> None:
    """MFU of the H100 in BF16 at 0.6 in place of 0.5, times 2; of the A100 0.5, times 2; goodput stays 0.8."""
    found = known(banded, use=("a100", "h100"))
    setting = scenario_setting(found, {"run": (Decimal(2),), "mfu:h100": (Decimal("0.6"), Decimal("0.4"))})
    rows = setting.catalogue.efficiencies
    mfu = {key[1:3]: row.mfu for key, row in rows.items() if key[0] == "measured" and key[3] == "dense"}
    assert mfu["a100", "bf16"] == 1 and mfu["h100", "bf16"] == Decimal("1.2") and mfu["h100", "fp8"] == Decimal("0.8")
    assert mfu["b200", "bf16"] == Decimal("0.4"), "not an option of the case"
    assert {row.goodput for row in rows.values()} == {Decimal("0.8"), Decimal(1)}
    speeds = {option.key.accelerator + option.key.precision: option for option in prepare(*_pair(found)).table.options}
    assert speeds.keys() == {"a100bf16", "h100bf16", "h100fp8"}


def _pair(found: Uncertain) -> tuple[Case, Catalogue]:
    return in_scenario(found, {}, "")


def test_the_way_to_train_has_ranges_of_its_own(live: Catalogue) -> None:
    """What an adapter makes of efficiency, and how large it is unless the case says; from scratch there is neither."""
    case: dict[str, Any] = {"workload": "llama-3.1-70b", "country": "BR"}
    of_way = {"efficiency_factor:lora", "adapter_share:lora"}
    assert not of_way & names(known(live, **case)) and of_way <= names(known(live, **case, way="lora"))
    stated = known(live, **case, way="lora", adapter_params_b="0.5")
    assert of_way & names(stated) == {"efficiency_factor:lora"}
    setting = scenario_setting(known(live, **case, way="lora"), {"adapter_share:lora": (Decimal("0.02"),)})
    assert setting.adapter_params_b == Decimal("0.02") * setting.workload.params_total_b


def test_the_tables_stay_as_they_are(frozen: Catalogue) -> None:
    """A changed catalogue is a copy, and bears the change in its stamp."""
    cell = Cell("accelerators", ("h100",), "unit_price_usd")
    case, other = change_cells(Case(), frozen, {cell: Decimal(1)}, "price:h100=1")
    assert cell_value(case, other, cell) == 1 and cell_value(case, frozen, cell) == 25_000
    assert other.packs == (*frozen.packs, "price:h100=1") and other.cache is not frozen.cache
    assert other.find("accelerator", "hopper") == "h100"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("pue", "NAME=LOW:HIGH"),
        ("pue=1.4", "NAME=LOW:HIGH"),
        ("pue=1.6:1.4", "to a greater one"),
        ("pue=1.1:1.2", "must contain the central value, 1.5"),
        ("pue=1.500:1.6", "1.5 or 1500"),
        ("pue=0.5:1.6", "greater than or equal to 1"),
        ("pue=1.5:9", "less than or equal to 5"),
        ("heat=1:2", "is not an input"),
        ("usual_overhead=1:2", "is not an input"),
        ("price:gh200=1:2", "needs a central value"),
        ("price:h1000=1:2", "did you mean"),
        ("rent:h100=0:4", "above 0"),
        ("mfu:h100=0.5:3", "is above 1"),
        ("premium=0:1", "no central value is known"),
        ("useful_life_years=3.5:5", "whole years"),
        ("staff_fte=-1:20", "greater than or equal to 0"),
    ],
)
def test_a_range_that_cannot_be_used_is_refused(frozen: Catalogue, text: str, word: str) -> None:
    """With what would do."""
    with pytest.raises(UsageError, match="--range") as raised:
        known(frozen, text)
    assert word in str(raised.value)


def test_all_ranges_are_told_at_once(frozen: Catalogue) -> None:
    """Two slips, two lines; and a name given twice is one."""
    with pytest.raises(UsageError) as raised:
        known(frozen, "heat=1:2", "pue=1.6:1.4", "pue=1.4:1.6", "pue=1.4:1.7")
    assert len(str(raised.value).splitlines()) == 3 and "twice" in str(raised.value)


def test_high_ends_that_are_impossible_together(frozen: Catalogue) -> None:
    """0.5 x 1.4 and 0.5 x 1.5 are MFUs, 0.5 x 1.4 x 1.5 is none."""
    with pytest.raises(UsageError, match="above 1"):
        known(frozen, "mfu:h100=0.8:1.4", "run=0.8:1.5")


def test_half_of_the_draws_lie_on_each_side_of_the_central_value() -> None:
    """Low 0, central 1, high 5: half below 1; an eighth below 0.5 (a quarter of the triangle's half), an eighth above
    3. With the central value as the mode, a fifth alone would lie below it."""
    quantiles = np.array([0.0, 0.125, 0.5, 0.875, 1.0])
    assert halved(quantiles, 0, 1, 5).tolist() == pytest.approx([0, 0.5, 1, 3, 5])


def test_draws_follow_their_distribution() -> None:
    """The share below a value under the central one is half (x - low)^2 / (central - low)^2: 9/50 of the draws of 0, 5,
    8 lie below 3. What is above 0 is drawn in logarithms: of 0.5, 1, 4 an eighth lies below sqrt(0.5), an eighth above
    2; in the values themselves a ninth of the upper half, 1/4.5, would lie above 2."""
    cells = (Cell("case", (), "pue"),)
    plain = UncertainInput("plain", "", (Spread(cells, Decimal(0), Decimal(5), Decimal(8)),))
    log = UncertainInput("log", "", (Spread(cells, Decimal("0.5"), Decimal(1), Decimal(4)),))
    drawn = draws((plain, log), 4000, 7)
    shares = [
        np.mean([draw["plain"][0] < 3 for draw in drawn]),
        *(np.mean([draw["log"][0] < Decimal(x) for draw in drawn]) for x in ("0.7071", "1", "2")),
    ]
    assert shares == pytest.approx([9 / 50, 1 / 8, 1 / 2, 7 / 8], abs=4 * 0.5 / 4000**0.5)


def test_a_product_of_doubts_keeps_its_middle() -> None:
    """Three figures from half to twice their value: the product is 1 in the middle, as each is. Drawn in the values
    themselves its middle would be 1.2: the cost told would lie below most of its draws."""
    cells = (Cell("case", (), "pue"),)
    some = [UncertainInput(n, "", (Spread(cells, Decimal("0.5"), Decimal(1), Decimal(2)),)) for n in ("a", "b", "c")]
    products = [float(draw["a"][0] * draw["b"][0] * draw["c"][0]) for draw in draws(some, 4000, 3)]
    assert float(np.median(products)) == pytest.approx(1, abs=0.03)


def test_draws_are_the_same_for_a_seed_and_the_first_of_more(live: Catalogue) -> None:
    """Ten draws are the first ten of fifty; another seed gives others; no value leaves its range."""
    inputs = known(live, workload=None).inputs
    some, more = draws(inputs, 10, 1), draws(inputs, 50, 1)
    assert some == more[:10] and some != draws(inputs, 10, 2)
    for given in inputs:
        for draw in more:
            values = zip(given.spreads, draw[given.name], strict=True)
            assert all(spread.low <= value <= spread.high for spread, value in values)
            assert all(len(value.as_tuple().digits) <= 4 or given.whole for value in draw[given.name])


def test_the_figures_of_an_input_move_together() -> None:
    """In each draw both are as far along their own range."""
    cells = (Cell("case", (), "pue"),)
    spreads = (Spread(cells, Decimal(1), Decimal(2), Decimal(5)), Spread(cells, Decimal(10), Decimal(20), Decimal(50)))
    given = UncertainInput("both", "", spreads)
    for draw in draws([given], 50, 1):
        one, two = draw["both"]
        assert float(two) == pytest.approx(10 * float(one), rel=1e-3)


FIELDS: list[dict[str, Any]] = [
    {"max_mw": "1", "deadline_days": 120},
    {"basis": "amortised", "deadline_from": "order", "deadline_days": 300},
    {"owned": (("h100", 64),), "workload": "llama-3.1-8b"},
    {"country": "MX", "rent_premium": "0.2", "assume_hire": True},
]


@pytest.mark.parametrize("fields", FIELDS)
def test_a_table_refigured_is_the_table(live: Catalogue, fields: dict[str, Any]) -> None:
    """Entry by entry, in random draws: the options are the same, and so is every column."""
    found = known(live, **{"workload": None, **fields})
    before = options_table(found.setting)
    for draw in draws(found.inputs, 6, random.Random(str(fields)).randrange(99)):
        setting = scenario_setting(found, draw)
        fresh, again = options_table(setting), recompute(before, setting)
        assert fresh.options == again.options and fresh.day_usd == again.day_usd
        for name in ("pflops", "peak_kw", "mean_kw", "server_usd", "server_day_usd", "lead_days", "memory_gb", "tpp"):
            assert getattr(fresh, name).tolist() == getattr(again, name).tolist(), name


def test_what_options_share_is_what_each_has_alone(live: Catalogue) -> None:
    """Exact figures with what is kept for others, and without: the same fractions."""
    ready = prepare(Case(country="BR", max_mw=1, deadline_days=120), live)
    setting = settle(Case(country="BR", max_mw=1, deadline_days=120), live)
    for option in ready.problem.options:
        alone = exact_option(setting, option.key)
        assert (alone.pflops, alone.server_usd, alone.server_day_usd) == (
            option.pflops,
            option.server_usd,
            option.server_day_usd,
        )
        assert isinstance(alone.pflops, Fraction)
