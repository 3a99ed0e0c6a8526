"""The days and outages that stand for a year: read, clustered, and from a file of one's own."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from fed import planned, ready

from optimizer.domain.feed import hours_between, read_outage
from optimizer.errors import DataError
from optimizer.power.checking import verify_power
from optimizer.power.days import clustered, reduced
from optimizer.power.plan import PowerPlan, settled
from optimizer.power.site import PowerSite
from optimizer.power.ways import sites_of


@pytest.mark.parametrize(
    ("text", "hours", "months"),
    [
        ("17-21", (17, 18, 19, 20), tuple(range(1, 13))),
        ("22-2", (22, 23, 0, 1), tuple(range(1, 13))),
        ("17-21@JUN-AUG", (17, 18, 19, 20), (6, 7, 8)),
        ("0-24@nov-feb", tuple(range(24)), (11, 12, 1, 2)),
        ("17:00-21:00@July", (17, 18, 19, 20), (7,)),
    ],
)
def test_outages_are_read(text: str, hours: tuple[int, ...], months: tuple[int, ...]) -> None:
    """Round midnight and round the new year; an hour too many would be paid for."""
    assert read_outage(text) == (hours, months)


@pytest.mark.parametrize("text", ["", "17", "25-26", "17-17", "17-21@XXX", "17-21-23", "a-b"])
def test_what_is_no_outage_is_refused(text: str) -> None:
    """A typing slip must not become a grid that is always there."""
    with pytest.raises(ValueError, match="must be hours of the day"):
        read_outage(text)


def test_hours_between_are_never_none() -> None:
    """From 21 to 17 are twenty hours, not minus four."""
    assert len(hours_between(21, 17)) == 20


def test_the_days_keep_the_yield_of_the_year() -> None:
    """A cluster is the weighted mean of its days: otherwise the sun of a plan is not that of its country."""
    for count in (1, 4, 12, 36):
        site = ready(outage="17-21@JUN-AUG", days_of_year=count).site
        assert sum(day.weight for day in site.days) == 1
        sun = float(sum(day.weight * sum(day.pv) for day in site.days))
        assert sun == pytest.approx(5.0036, rel=2e-3)


def test_days_that_differ_in_their_grid_are_never_one() -> None:
    """An outage of three months lasts a quarter of the year, whatever the clusters."""
    site = ready(outage="17-21@JUN-AUG").site
    assert float(site.outage_hours_a_day) == pytest.approx(4 * 92 / 365.25, abs=1e-3)
    assert {day.up.count(False) for day in site.days} == {0, 4}


def test_the_clusters_are_scipys() -> None:
    """Another library with the same method cuts the same clusters; another merging would be another year."""
    hierarchy = pytest.importorskip("scipy.cluster.hierarchy", reason="scipy is not installed")
    points = np.random.default_rng(1).normal(size=(60, 5)).round(6)
    for count in (1, 6, 59):
        labels = hierarchy.fcluster(hierarchy.linkage(points, "ward"), count, "maxclust")
        assert clustered(points, count) == sorted(np.flatnonzero(labels == label).tolist() for label in set(labels))


def test_of_days_equally_near_their_values_decide_and_not_their_order() -> None:
    """Days on a grid of whole steps: nearly every merge is a tie, and no plan may follow the file's order."""
    chance = np.random.default_rng(2)
    points = chance.integers(0, 3, size=(80, 3)) / 4
    found = [sorted(map(tuple, points[group])) for group in clustered(points, 7)]
    for _ in range(5):
        mixed = chance.permutation(points)
        assert sorted([sorted(map(tuple, mixed[group])) for group in clustered(mixed, 7)]) == sorted(found)


def test_random_outages_cost_work() -> None:
    """200 hours a year and 50 restarts of half an hour leave 97.43 % of the work."""
    site: PowerSite = ready(random_outages="200,50").site
    assert float(site.availability) == pytest.approx(1 - (200 + 50 * 0.5) / 8760, abs=1e-9)


def test_a_cut_of_the_grid_costs_nothing_where_there_is_none() -> None:
    """A grid that never fails is not cut either, and a site without one loses no hour; each way keeps the share that
    is left to it. A plan that may do without the grid costs no more than one that must."""
    case = ready(random_outages="500,200")
    sites = dict(sites_of(case))
    left = {name: site.availability for name, site in sites.items()}
    assert {"perfect_grid", "pause", "off_grid"} <= set(left) and "genset" not in left
    assert left["perfect_grid"] == left["off_grid"] == left["off_grid_no_fuel"] == 1
    assert left["pause"] == left["free"] == case.site.availability < 1
    free, apart = (settled(case, sites[name], name) for name in ("free", "off_grid"))
    assert isinstance(free, PowerPlan) and isinstance(apart, PowerPlan)
    assert free.cost_usd <= apart.cost_usd and free.gap_usd < 1000 and verify_power(free) == []
    alone = settled(ready(), dict(sites_of(ready()))["off_grid"], "off_grid")
    assert isinstance(alone, PowerPlan) and alone.cost_usd == apart.cost_usd


def test_cuts_of_a_grid_that_is_not_there_are_refused() -> None:
    """As hours of load shedding are: somebody has said two things that exclude each other."""
    for words in ({"off_grid": True}, {"power": "pv;battery;genset"}):
        with pytest.raises((DataError, ValueError), match="outage needs a grid"):
            ready(random_outages="500,200", **words)


def test_reduced_days_of_a_whole_year_are_themselves() -> None:
    """As many days as there are: nothing is merged."""
    site = ready(days_of_year=36).site
    assert len(site.days) == 36 == len(reduced(site.days, 36))


def _own_year(tmp_path: Any, header: str, row: Any) -> str:
    path = tmp_path / "year.csv"
    path.write_text("\n".join([header, *(row(hour) for hour in range(8760))]) + "\n", encoding="utf-8")
    return str(path)


def test_a_year_of_ones_own_takes_the_place_of_the_data(tmp_path: Any) -> None:
    """Sun, price and grid of the file are those of the plan, and no day is lost on the way."""

    def row(hour: int) -> str:
        day, clock = divmod(hour, 24)
        sun = 0.5 if 8 <= clock < 16 else 0
        return f"{sun},{0.2 if day < 100 else 0.1},{int(clock not in (17, 18))}"

    site = ready(hours_file=_own_year(tmp_path, "pv,price_usd_per_kwh,grid", row)).site
    assert float(sum(day.weight * sum(day.pv) for day in site.days)) == pytest.approx(4.0, rel=1e-9)
    assert site.outage_hours_a_day == 2
    dear = sum(day.weight for day in site.days if day.price_usd_per_kwh[0] == Fraction(1, 5))
    assert float(dear) == pytest.approx(100 / 365, abs=1e-5)
    found = planned(hours_file=_own_year(tmp_path, "pv,price_usd_per_kwh,grid", row))
    assert found.cost_usd > 0


def test_a_year_without_its_own_sun_has_the_dark_days_of_the_country(tmp_path: Any) -> None:
    """A file with the country's own flat price is the country: its sun and its darkest day are those without a file.
    Only the middling days of the data were taken, so that a site off the grid needed less battery: 115 USD a MWh in
    Kenya in place of 138."""
    plain = ready(days_of_year=12).site
    price = float(plain.days[0].price_usd_per_kwh[0])
    own = ready(hours_file=_own_year(tmp_path, "price_usd_per_kwh", lambda _: f"{price}"), days_of_year=12).site
    assert sum(day.weight for day in own.days) == 1
    assert float(sum(day.weight * sum(day.pv) for day in own.days)) == pytest.approx(5.0036, rel=2e-3)
    darkest = [min(float(sum(day.pv)) for day in site.days) for site in (plain, own)]
    assert darkest[1] == pytest.approx(darkest[0], rel=0.1)


def test_prices_that_differ_every_hour_keep_their_mean(tmp_path: Any) -> None:
    """Twelve real days of 365 were 3 % dearer than the year; sun and price are in the mean those of the file."""
    chance = random.Random(8)
    prices = [round(0.05 + 0.2 * chance.random(), 5) for _ in range(8760)]
    name = _own_year(tmp_path, "hour,price_usd_per_kwh", lambda hour: f"{hour},{prices[hour]}")
    site = ready(hours_file=name, days_of_year=8).site
    mean = float(sum(day.weight * sum(day.price_usd_per_kwh) for day in site.days)) / 24
    assert mean == pytest.approx(sum(prices) / 8760, rel=1e-4)
    assert float(sum(day.weight * sum(day.pv) for day in site.days)) == pytest.approx(5.0036, rel=2e-3)
    assert max(max(day.pv) for day in site.days) <= 1


def test_a_year_whose_days_all_differ_is_clustered_into_real_days(tmp_path: Any) -> None:
    """Outages that no two days share: as many days as asked for, each one of the year, and their weights add up."""
    chance = random.Random(3)
    up = [int(chance.random() > 0.1) for _ in range(8760)]
    site = ready(hours_file=_own_year(tmp_path, "hour,grid", lambda hour: f"{hour},{up[hour]}"), days_of_year=8).site
    assert len(site.days) == 8 and sum(day.weight for day in site.days) == 1
    real = {tuple(map(bool, up[24 * day : 24 * day + 24])) for day in range(365)}
    assert all(day.up in real for day in site.days)


@pytest.mark.parametrize(
    ("header", "row", "rule"),
    [
        ("sun", lambda hour: "0", "not a column"),
        ("pv", lambda hour: "2", "from 0 to 1"),
        ("grid", lambda hour: "0.5", "0 or 1"),
        ("pv", lambda hour: "x", "number"),
    ],
)
def test_a_wrong_year_is_refused_with_its_place(tmp_path: Any, header: str, row: Any, rule: str) -> None:
    """Not read as far as it goes: a plan on half a year would be a plan on another site."""
    with pytest.raises(DataError, match=rule):
        ready(hours_file=_own_year(tmp_path, header, row))


def test_half_a_year_is_refused(tmp_path: Any) -> None:
    """8,760 rows, no fewer."""
    path = tmp_path / "half.csv"
    path.write_text("pv\n" + "0\n" * 4380, encoding="utf-8")
    with pytest.raises(DataError, match="4,380 rows"):
        ready(hours_file=str(path))
