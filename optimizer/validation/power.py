"""The supply of a site compared with other programs: cases that REopt and PyPSA solved, solved again by our rows.

Inputs and results of the cases stand in ``power_references.csv``, their hours in ``reference/power_hours.csv`` and
``reference/power_days.csv`` of the data folder. P1 to P4 are solved by the very programme of a plan; the cases of
REopt, which have a fixed load over a year in its order, by :mod:`optimizer.validation.power_year`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection, Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from pathlib import Path

import numpy as np

from optimizer.catalogue.rows import sound_rows
from optimizer.catalogue.tables import read_text
from optimizer.domain.feed import HOURS_A_DAY, hours_between
from optimizer.domain.supply import PowerReference
from optimizer.errors import DataError, Problem, SolverError
from optimizer.power.days import Day
from optimizer.power.search import Kept
from optimizer.power.site import HOURS_PER_YEAR, ZERO, Asset, AssetName, PowerSite
from optimizer.units import fraction
from optimizer.units.language import say
from optimizer.units.records import dataclass
from optimizer.validation.power_year import Floats, Own, Places, Store, Year, size

HOURS_FILE, DAYS_FILE = "reference/power_hours.csv", "reference/power_days.csv"
MONTHS = range(1, 13)
Results = Mapping[str, float]


def name_of(row: PowerReference) -> str:
    """The quantity of a row as one word: ``life-cycle_cost``."""
    return row.quantity.replace(" ", "_")


@dataclass(frozen=True)
class Held:
    """A result of another program next to ours."""

    row: PowerReference
    ours: float | None
    """None where the case was not run: the row says why."""

    @property
    def error(self) -> float | None:
        """Our figure over theirs, minus 1: an error as a share."""
        return None if self.ours is None else self.ours / float(self.row.value) - 1

    @property
    def within(self) -> bool:
        """Whether the error is within the row's own tolerance; a case not run is not."""
        return self.error is not None and abs(self.error) <= float(self.row.tolerance or 0)


class References:
    """The cases of a data folder: their rows and their hours.

    Raises:
        DataError: a file of them is missing or cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows = sound_rows(folder / "power_references.csv", PowerReference)

    def inputs(self, case: str) -> dict[str, Fraction]:
        """The inputs of a case by name, each in the unit of its row."""
        return {name_of(row): fraction(row.value) for row in self.rows if row.case == case and row.role == "input"}

    def floats(self, case: str) -> dict[str, float]:
        """The same as floats, in the units of the rows."""
        return {name: float(value) for name, value in self.inputs(case).items()}

    @cached_property
    def hours(self) -> dict[str, Floats]:
        """The columns of the year by the hour."""
        return _columns(self.folder, HOURS_FILE, HOURS_PER_YEAR)

    @cached_property
    def days(self) -> tuple[tuple[Fraction, tuple[Fraction, ...]], ...]:
        """Weight and sun of each of seven day types, exactly as written."""
        text = read_text(self.folder / DAYS_FILE)
        found = [[Fraction(cell) for cell in line] for line in list(csv.reader(io.StringIO(text)))[1:]]
        return tuple((line[0], tuple(line[1:])) for line in found)

    def in_month(self, month: int) -> Places:
        """The hours of a month."""
        return np.flatnonzero(self.hours["month"] == month)


def _columns(folder: Path, name: str, count: int) -> dict[str, Floats]:
    """The columns of a table of numbers.

    Raises:
        DataError: a cell is not a number, or the rows are not as many as there must be.
    """
    header, *lines = csv.reader(io.StringIO(read_text(folder / name)))
    try:
        values = np.array([[float(cell) for cell in line] for line in lines])
    except ValueError as error:
        raise DataError.at(say("contains a cell that is not a number: {error}", error=error), file=name) from error
    if values.shape != (count, len(header)) or not np.isfinite(values).all():
        raise DataError.at(
            say("must have {count:,} rows of {header} numbers", count=count, header=len(header)), file=name
        )
    return dict(zip(header, values.T, strict=True))


def hold(folder: Path, cases: Collection[str] = (), report: Callable[[str], None] | None = None) -> tuple[Held, ...]:
    """Cases run again.

    Args:
        folder: the data.
        cases: their names; all of them if none is given.
        report: is called with the name of every case before it is run.

    Raises:
        DataError: a file of the cases cannot be used, or a name is unknown.
    """
    data = References(folder)
    known = dict.fromkeys(row.case for row in data.rows)
    if unknown := [name for name in cases if name not in known]:
        remedy = f"known: {', '.join(known)}"
        raise DataError(
            Problem(say("is not a case of another program"), column="cases", value=name, remedy=remedy)
            for name in unknown
        )
    asked = cases or tuple(known)
    found: dict[str, Results] = {}
    for case, run in RUNS.items():
        if case in asked:
            if report is not None:
                report(case)
            found[case] = run(data, case)
    return tuple(_results(data, found, asked))


def _results(data: References, found: Mapping[str, Results], asked: Collection[str]) -> Iterator[Held]:
    for row in data.rows:
        if row.role == "expected" and row.case in asked:
            yield Held(row, None if row.not_run else found[row.case][name_of(row)])


def _flat(kw: float) -> Floats:
    return np.full(HOURS_PER_YEAR, kw)


def _shop(data: References, case: str) -> Results:
    """R1: solar for a shop, with energy and demand charges by the hour."""
    given, hours = data.floats(case), data.hours
    worth, price = given["present_worth_of_a_USD_a_year"], hours["retail_price_usd_per_kwh"]
    load, rates = hours["retail_load_kw"], hours["retail_demand_usd_per_kw"]
    peaks: list[tuple[Places, float]] = []
    for month in MONTHS:
        of_month = data.in_month(month)
        peaks.append((of_month, given["demand_charge_of_a_month"]))
        peaks += [(of_month[rates[of_month] == rate], float(rate)) for rate in np.unique(rates[of_month]) if rate > 0]
    sun = Own(given["solar_cost"], hours["retail_pv"] * given["output_over_its_life"])
    found = size(Year(load, price * worth, {"solar": sun}, peaks=tuple((at, usd * worth) for at, usd in peaks)))
    usd_of_peak = np.array([usd for _, usd in peaks])
    return {
        "solar_size": found.own_kw["solar"],
        "life-cycle_cost": found.usd + given["fixed_charges"],
        "energy_cost_of_year_one_without_solar": float(load @ price),
        "demand_cost_of_year_one_without_solar": float(sum(usd * load[at].max() for at, usd in peaks)),
        "energy_cost_of_year_one": float(found.imported @ price),
        "demand_cost_of_year_one": float(found.peaks @ usd_of_peak),
        "energy_from_the_grid": float(found.imported.sum()),
    }


def _hospital(data: References, case: str) -> Results:
    """R2: wind and a battery for a hospital, with a demand charge for each month."""
    given, load = data.floats(case), data.hours["hospital_load_kw"]
    worth = given["present_worth_of_a_USD_a_year"]
    peaks = tuple((data.in_month(month), given["demand_charge_of_a_month"] * worth) for month in MONTHS)
    price = _flat(given["energy_price"] * worth)
    store = Store(
        usd_per_kw=given["converter_cost"],
        usd_per_kwh=given["store_cost"],
        efficiency=given["efficiency_in_and_out"],
        least=given["least_charge"],
        at_first=given["charge_at_the_beginning"],
    )
    found = size(Year(load, price, {"wind": Own(given["wind_cost"], data.hours["hospital_wind"])}, store, peaks))
    return {
        "wind_size": found.own_kw["wind"],
        "battery_power": found.store_kw,
        "battery_energy": found.store_kwh,
        "life-cycle_cost": found.usd,
        "life-cycle_cost_without_wind": float(load @ price + sum(usd * load[at].max() for at, usd in peaks)),
    }


def _netted(data: References, case: str) -> Results:
    """R3: solar with yearly net metering, which takes no more than the load; the prices of R1 represent its own."""
    given, hours = data.floats(case), data.hours
    load = hours["retail_load_kw"] * given["load_over_that_of_R1"]
    price = hours["retail_price_usd_per_kwh"] * given["present_worth_of_a_USD_a_year"]
    sun = Own(given["solar_cost"], hours["netted_pv"] * given["output_over_its_life"])
    found = size(Year(load, price, {"solar": sun}, netted=True))
    return {"solar_size": found.own_kw["solar"]}


def _outages(data: References, case: str) -> Results:
    """R5: an outage of one hour and one of five, both equally likely, without anything to carry them."""
    given = data.floats(case)
    unserved = []
    for length in (1, 5):
        up = np.ones(HOURS_A_DAY, dtype=bool)
        up[9 : 9 + length] = False
        load = np.full(HOURS_A_DAY, given["load"])
        price = given["price_of_energy_not_served"]
        found = size(Year(load, np.zeros(HOURS_A_DAY), up=up, unserved_usd_per_kwh=price))
        unserved.append(float(found.unserved.sum()))
    cost = sum(unserved) / len(unserved) * given["price_of_energy_not_served"]
    return {
        "energy_not_served": sum(unserved),
        "expected_cost_of_an_outage": cost * given["present_worth_of_a_USD_a_year"],
    }


def _all_but_one_hour(data: References, case: str) -> Results:
    """R6: of every outage all hours but one must be served, by a genset more expensive than what is lost."""
    given = data.floats(case)
    hours = int(given["hours_of_an_outage"])
    most = (hours - given["hours_that_must_be_served"]) * given["load"]
    load, nothing = np.full(hours, given["load"]), np.zeros(hours, dtype=bool)
    year = Year(load, np.zeros(hours), up=nothing, fuel_usd_per_kwh=1.0, unserved_usd_per_kwh=0.001, unserved_most=most)
    return {"energy_not_served": float(size(year).unserved.sum()) * given["outages"]}


def _genset(data: References, case: str) -> Results:
    """R7: a load that a genset alone serves."""
    given = data.floats(case)
    per_kwh = 1 / (given["efficiency"] * given["energy_of_a_gallon"])
    load = np.full(HOURS_A_DAY, given["energy_to_be_served"] / HOURS_A_DAY)
    nothing = np.zeros(HOURS_A_DAY, dtype=bool)
    fuel_usd = per_kwh * given["fuel_price"]
    found = size(Year(load, np.zeros(HOURS_A_DAY), up=nothing, fuel_usd_per_kwh=fuel_usd))
    return {"fuel": float(found.generated.sum()) * per_kwh, "fuel_cost_of_year_one": found.usd}


def _coincident(data: References, case: str) -> Results:
    """R8: the peak is charged over a few named hours alone."""
    given = data.floats(case)
    peaks = ((np.array([0, 1, 99]), given["first_charge"]), (np.array([5999, 6999]), given["second_charge"]))
    found = size(Year(_flat(given["load"]), _flat(1.0), peaks=peaks))
    return {"cost_of_year_one": float(found.peaks @ np.array([usd for _, usd in peaks]))}


def _blended(data: References, case: str) -> Results:
    """R9: a flat load on a flat tariff with a demand charge for each month."""
    given = data.floats(case)
    load = _flat(given["energy_of_a_year"] / HOURS_PER_YEAR)
    peaks = tuple((data.in_month(month), given["demand_charge_of_a_month"]) for month in MONTHS)
    found = size(Year(load, _flat(given["energy_price"]), peaks=peaks))
    charged = float(found.peaks @ np.array([usd for _, usd in peaks]))
    return {"energy_cost_of_year_one": found.usd - charged, "demand_cost_of_year_one": charged}


def _site(data: References, case: str) -> PowerSite:
    """The site of a case of PyPSA, as a plan has it."""
    given = data.inputs(case)
    free = Asset(ZERO, Fraction(1), ZERO, ZERO)
    start, end = int(given["outage_from_hour"]), int(given["outage_to_hour"])
    off = hours_between(start, end) if start != end else ()
    assets: dict[AssetName, Asset] = {
        "grid": Asset(ZERO, Fraction(40), ZERO, given["grid"]),
        "pv": Asset(given["solar_cost"], given["solar_life"], given["solar_upkeep"]),
        "wind": free,
        "ppa": free,
        "battery": Asset(given["store_cost"], given["battery_life"], given["store_upkeep"]),
        "converter": Asset(given["converter_cost"], given["battery_life"], given["converter_upkeep"]),
        "genset": Asset(given["genset_cost"], given["genset_life"], given["genset_upkeep"]),
    }
    days = tuple(
        Day(
            weight=weight,
            pv=sun,
            wind=(ZERO,) * HOURS_A_DAY,
            price_usd_per_kwh=(given["energy_price"],) * HOURS_A_DAY,
            up=tuple(hour not in off for hour in range(HOURS_A_DAY)),
        )
        for weight, sun in data.days
    )
    return PowerSite(
        days=days,
        assets=assets,
        states=((Fraction(1), Fraction(1)), (given["throttled_power"], given["throttled_speed"])),
        peak_ratio=1 / given["mean_over_peak"],
        cost_of_capital=given["cost_of_capital"],
        basis="share",
        fuel_usd_per_kwh=given["fuel_cost"],
        fuel_litres_per_kwh=ZERO,
        carbon_grid_kg_per_kwh=ZERO,
        carbon_fuel_kg_per_kwh=ZERO,
        carbon_usd_per_kg=ZERO,
        demand_usd_per_kw_month=given["demand_charge_of_a_month"],
        ppa_usd_per_kwh=ZERO,
        efficiency_in=given["efficiency_in_and_out"],
        efficiency_out=given["efficiency_in_and_out"],
        least_charge=given["least_charge"],
        wear_usd_per_kwh=ZERO,
        restart_h=ZERO,
        sold_usd_per_kwh=given.get("price_of_sale", ZERO),
    )


def _of_plan(data: References, case: str) -> Results:
    """P1 to P4: seven days, sizing and dispatch with throttled training, by the programme of a plan."""
    given = data.floats(case)
    found = Kept.of(_site(data, case), 1024).feed(given["fleet"], given["work"], 0.0, 1)
    if found is None:
        raise SolverError.say("HiGHS says that {case} cannot be fed", case=case)
    return {"cost_of_a_day": found.objective}


RUNS: Mapping[str, Callable[[References, str], Results]] = {
    "R1": _shop,
    "R2": _hospital,
    "R3": _netted,
    "R5": _outages,
    "R6": _all_but_one_hour,
    "R7": _genset,
    "R8": _coincident,
    "R9": _blended,
    "P1": _of_plan,
    "P2": _of_plan,
    "P3": _of_plan,
    "P4": _of_plan,
}
"""How each case is run; R4 is not, and its row says why."""
