"""The site of a case from its flags of Power and the data: days, prices and limits, each figure noted as it is used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from optimizer.case.setting import Figure, Setting
from optimizer.catalogue.hours_file import read_year
from optimizer.catalogue.power_tables import PowerTables, power_tables
from optimizer.domain import BY_USER
from optimizer.domain.feed import HOURS_A_DAY, Feed, hours_between, read_outage, read_random_outages
from optimizer.domain.supply import SupplyAsset
from optimizer.errors import DataError
from optimizer.power.days import PROFILE_PLACES, Day, decimal_of, reduced
from optimizer.power.site import (
    ASSETS,
    DEFAULT_DAYS,
    HOURS_PER_YEAR,
    MONTH_DAYS,
    ONE,
    ZERO,
    Asset,
    AssetName,
    PowerSite,
)
from optimizer.units import DAYS_PER_YEAR, GRAMS_PER_TONNE, KW_PER_MW, KWH_PER_GWH, fraction
from optimizer.units.language import say

_OF_SOURCE = {"battery": "battery", "converter": "battery", "diesel": "genset", "genset": "genset"}
"""Of the first word of a figure's name, the source of power that it belongs to."""


def site_of(setting: Setting, feed: Feed) -> PowerSite:
    """The site of a case.

    Raises:
        DataError: the data have no sun for the country and solar is to be had, or the tariff is not known; or what is
            sold brings more than what is bought costs.
    """
    data = _Data(setting, power_tables(setting.catalogue), feed)
    case = setting.case
    round_trip = data.number("battery", "round_trip")
    each_way = decimal_of(float(round_trip) ** 0.5, 6)
    per_litre = data.number("diesel", "energy") * data.number("genset", "efficiency")
    litre = data.diesel()
    hours, count = read_random_outages(feed.random_outages) if feed.random_outages else (0, 0)
    restart = fraction(feed.restart_hours) if feed.restart_hours is not None else data.number("grid", "restart")
    grid_g = fraction(setting.country.grid_carbon_g_per_kwh)
    site = PowerSite(
        days=data.days(),
        assets=data.assets(),
        states=((ONE, ONE),) if feed.no_throttle else data.states(),
        peak_ratio=max(ONE, fraction(case.peak_pue or 0) / setting.exact("pue")) / setting.exact("mean_power_ratio"),
        cost_of_capital=setting.exact("cost_of_capital"),
        basis=feed.supply_basis or "share",
        fuel_usd_per_kwh=decimal_of(litre / per_litre + data.number("genset", "variable_om"), 6),
        fuel_litres_per_kwh=1 / per_litre,
        carbon_grid_kg_per_kwh=grid_g / 1000,
        carbon_fuel_kg_per_kwh=data.number("genset", "carbon"),
        carbon_usd_per_kg=fraction(feed.carbon_usd_per_t or 0) / 1000,
        demand_usd_per_kw_month=fraction(feed.demand_charge_usd or 0),
        ppa_usd_per_kwh=fraction(feed.ppa_usd_per_kwh or 0),
        efficiency_in=each_way,
        efficiency_out=each_way,
        least_charge=data.number("battery", "least_charge"),
        wear_usd_per_kwh=data.number("battery", "wear"),
        restart_h=restart,
        availability=_availability(Fraction(hours), Fraction(count), restart),
        reserve=fraction(feed.reserve or 0),
        pause=not feed.no_pause,
        min_renewable=None if feed.min_renewable is None else fraction(feed.min_renewable),
        max_carbon_kg_per_kwh=(
            None if feed.max_carbon_g_per_kwh is None else fraction(feed.max_carbon_g_per_kwh) / 1000
        ),
        max_carbon_kg=None if case.max_carbon_t is None else fraction(case.max_carbon_t) * GRAMS_PER_TONNE / 1000,
        max_energy_kwh=None if case.max_energy_gwh is None else fraction(case.max_energy_gwh) * KWH_PER_GWH,
        sold_usd_per_kwh=fraction(feed.export_usd_per_kwh or 0),
        figures=tuple(figure for figure in data.used.values() if data.counts(figure)),
    )
    _check_sale(site)
    return site


def _check_sale(site: PowerSite) -> None:
    """Energy that is sold must not bring more than energy that is bought or generated costs.

    Otherwise the best plan would buy and sell in one hour, as much as the connection carries, and how it feeds the
    servers would not matter.

    Raises:
        DataError: it does in some hour.
    """
    if not site.sells:
        return
    of_grid = site.carbon_usd_per_kg * site.carbon_grid_kg_per_kwh
    costs = [day.price_usd_per_kwh[hour] + of_grid for day in site.days for hour, up in enumerate(day.up) if up]
    if site.assets["genset"].allowed:
        costs.append(site.fuel_usd_per_kwh + site.carbon_usd_per_kg * site.carbon_fuel_kg_per_kwh)
    least = min(costs, default=ZERO)
    if site.sold_usd_per_kwh > least:
        rule = say(
            "must not be above the lowest price of energy in any hour ({least:.4f} USD/kWh): energy would "
            "be bought only to sell it",
            least=float(least),
        )
        value = f"{float(site.sold_usd_per_kwh):g}"
        raise DataError.at(rule, column="export_usd_per_kwh", value=value)


def _availability(hours: Fraction, count: Fraction, restart_h: Fraction) -> Fraction:
    """What random outages leave: their hours are lost, and a restart after each of them.

    Raises:
        DataError: nothing is left.
    """
    left = 1 - (hours + count * restart_h) / HOURS_PER_YEAR
    if left <= 0:
        raise DataError.at(say("leaves no hour of the year to work in"), column="random_outages")
    return decimal_of(left, 9)


class _Data:
    """The figures of the data folder for a case, each noted as it is used."""

    def __init__(self, setting: Setting, tables: PowerTables, feed: Feed) -> None:
        self.setting, self.tables, self.feed = setting, tables, feed
        self.used: dict[str, Figure] = {}

    def _note(self, name: str, row: SupplyAsset) -> None:
        span = row.range_of("central")
        self.used[name] = Figure(name, row.central, row.unit, row.source, row.as_of, row.is_estimate("central"), span)

    def _of_case(self, name: str, value: Decimal, unit: str) -> Fraction:
        """A figure of the case itself."""
        self.used[name] = Figure(name, value, unit, BY_USER, "", False)
        return fraction(value)

    def counts(self, figure: Figure) -> bool:
        """Whether a figure can enter the answer: of no battery, and of no genset, nothing does."""
        source = _OF_SOURCE.get(figure.name.partition(" ")[0], "grid")
        return source == "grid" or source in self.feed.sources

    def number(self, asset: str, parameter: str) -> Fraction:
        """A figure of an asset."""
        row = self.tables.asset(asset, parameter)
        self._note(f"{asset} {parameter}".replace("_", " "), row)
        return fraction(row.central)

    def diesel(self) -> Fraction:
        """Price of a litre of diesel, USD."""
        name, unit = "diesel price", "USD/litre"
        if self.feed.diesel_usd_per_litre is not None:
            return self._of_case(name, self.feed.diesel_usd_per_litre, unit)
        row = self.tables.diesel(self.setting.country.id)
        price, estimate = row.diesel_usd_per_litre, row.is_estimate("diesel_usd_per_litre")
        self.used[name] = Figure(name, price, unit, row.source, row.as_of, estimate)
        return fraction(price)

    def states(self) -> tuple[tuple[Fraction, Fraction], ...]:
        """Full speed, and every throttled state with a known speed."""
        rows = [row for row in self.tables.throttle if row.speed is not None]
        for row in rows:
            if row.power_ratio != 1 and row.speed is not None:
                self.used["throttled speed"] = Figure(
                    "throttled speed",
                    row.speed,
                    say("of full speed at {power_ratio:f} of the power", power_ratio=row.power_ratio),
                    row.source,
                    row.as_of,
                    row.is_estimate("speed"),
                )
        found = {(fraction(row.power_ratio), fraction(row.speed)) for row in rows if row.speed is not None}
        return tuple(sorted(found, reverse=True))

    def assets(self) -> dict[AssetName, Asset]:
        """What can be had, at which price, up to which limit."""
        feed, sources = self.feed, self.feed.sources
        max_mw = self.setting.case.max_mw
        grid_most = None if max_mw is None else fraction(max_mw) * KW_PER_MW
        battery = None if feed.battery_max_mwh is None else fraction(feed.battery_max_mwh) * KW_PER_MW
        limits: dict[AssetName, Fraction | None] = {
            "grid": grid_most,
            "pv": self._most_solar(),
            "wind": None,
            "ppa": None,
            "battery": battery,
            "converter": None,
            "genset": None,
        }
        of_source = {"converter": "battery"}
        for name in ASSETS:
            if of_source.get(name, name) not in sources:
                limits[name] = ZERO
        return {name: self._asset(name, limits[name]) for name in ASSETS}

    def _most_solar(self) -> Fraction | None:
        bounds = []
        if self.feed.pv_max_mw is not None:
            bounds.append(fraction(self.feed.pv_max_mw) * KW_PER_MW)
        if self.feed.land_ha is not None:
            bounds.append(decimal_of(fraction(self.feed.land_ha) / self.number("pv", "land") * KW_PER_MW, 3))
        return min(bounds, default=None)

    def _asset(self, name: AssetName, most: Fraction | None) -> Asset:
        if most == 0 or name in ("grid", "ppa"):  # nothing of it; or a contract, which has no price of its own
            return Asset(ZERO, ONE, ZERO, most)
        given = {"pv": self.feed.pv_usd_per_kwp, "battery": self.feed.battery_usd_per_kwh}.get(name)
        capital = self.number(name, "capital") if given is None else self._of_case(f"{name} capital", given, "USD")
        upkeep = self.number(name, "fixed_om")
        if name in ("battery", "converter"):
            upkeep *= capital
        return Asset(capital, self.number(name, "life"), upkeep, most)

    def days(self) -> tuple[Day, ...]:
        """The representative days of the case."""
        year = self._year()
        if self.feed.start_month is not None:
            year = _of_season(year, self.feed.start_month, self.setting.case.deadline_days or DAYS_PER_YEAR)
        return reduced(year, self.feed.days_of_year or DEFAULT_DAYS)

    def _year(self) -> list[Day]:
        """Every day of a year of the user's own; else the day types of the country."""
        if self.feed.hours_file is not None:
            return list(self._own_year(Path(self.feed.hours_file)))
        return self._typical_year()

    def _own_year(self, path: Path) -> Iterator[Day]:
        """365 days: what the file does not have is that of the data for the month. Each day is under every sun that the
        month has, dark, middling and bright, by its share: a month of middling days would need no battery for dark
        ones."""
        year = read_year(path)
        typical: dict[int, list[Day]] = {}
        for day in self._typical_year("pv" in year.values):
            typical.setdefault(day.months[0], []).append(day)
        number = 0
        for month, length in enumerate(MONTH_DAYS, 1):
            of_month = sum((usual.weight for usual in typical[month]), ZERO)
            for _ in range(length):
                own = {name: _exact(year.day(name, number)) for name in ("pv", "wind", "price_usd_per_kwh", "grid")}
                grid = own["grid"]
                for usual in typical[month]:
                    yield replace(
                        usual,
                        weight=usual.weight / of_month / DAYS_PER_YEAR,
                        pv=own["pv"] or usual.pv,
                        wind=own["wind"] or usual.wind,
                        price_usd_per_kwh=own["price_usd_per_kwh"] or usual.price_usd_per_kwh,
                        up=usual.up if grid is None else tuple(map(bool, grid)),
                    )
                number += 1

    def _typical_year(self, has_own_sun: bool = False) -> list[Day]:
        country = self.setting.country
        rows = () if has_own_sun else self.tables.days_of(country.part_of or country.id)
        solar = set() if has_own_sun else {"pv", "ppa"} & set(self.feed.sources)
        if not rows and solar:
            rule = say("may feed the site, but the data have no sun for {country_name}", country_name=country.name)
            remedy = say("give a year of your own (hours_file), or power without it")
            raise DataError.at(rule, column="power", value=";".join(sorted(solar)), remedy=remedy)
        price, tariff = self.setting.exact("electricity_usd_per_kwh"), self._tariff()
        factor = self._scale()
        found = []
        months = [(row.month, fraction(row.weight), tuple(map(fraction, row.hours))) for row in rows] or [
            (month, Fraction(1, 12), (ZERO,) * HOURS_A_DAY) for month in range(1, 13)
        ]
        for month, weight, sun in months:
            off = self._off(month)
            found.append(
                Day(
                    weight=weight,
                    pv=tuple(decimal_of(min(value * factor, ONE), PROFILE_PLACES) for value in sun),
                    wind=(ZERO,) * HOURS_A_DAY,
                    price_usd_per_kwh=tuple(decimal_of(price * ratio, 6) for ratio in tariff),
                    up=tuple(hour not in off for hour in range(HOURS_A_DAY)),
                    months=(month,),
                )
            )
        return found

    def _off(self, month: int) -> set[int]:
        """The hours of a day of a month without grid."""
        off: set[int] = set()
        for text in self.feed.outage:
            hours, months = read_outage(text)
            if month in months:
                off |= set(hours)
        return off

    def _scale(self) -> Fraction:
        """What the shipped profiles are multiplied by: the yield of the case over the country's."""
        row = self.tables.solar.get(self.setting.country.id)
        if row is None:
            return ONE
        name, unit = "solar yield", "kWh/kWp/day"
        if self.feed.pv_yield is None:
            published = row.pvout_kwh_per_kwp_day
            self.used[name] = Figure(
                name, published, unit, row.source, row.as_of, row.is_estimate("pvout_kwh_per_kwp_day")
            )
            return ONE
        return self._of_case(name, self.feed.pv_yield, unit) / fraction(row.pvout_kwh_per_kwp_day)

    def _tariff(self) -> tuple[Fraction, ...]:
        """Price of every hour over the flat price."""
        if self.feed.tariff is None:
            return (ONE,) * HOURS_A_DAY
        periods = self.tables.tariffs.get(self.feed.tariff)
        known = sorted(self.tables.tariffs)
        if periods is None:
            remedy = f"known: {', '.join(known)}"
            raise DataError.at(
                say("is not a known tariff by the hour"), column="tariff", value=self.feed.tariff, remedy=remedy
            )
        ratios: dict[int, Fraction] = {}
        for period in periods:
            for span in period.hours:
                start, _, end = span.partition("-")
                for hour in hours_between(int(start), int(end)):
                    ratios[hour] = fraction(period.price_ratio or 1)
        if len(ratios) != HOURS_A_DAY:
            raise DataError.at(say("lacks the price of some hour"), file="tariff_periods.csv", value=self.feed.tariff)
        return tuple(ratios[hour] for hour in range(HOURS_A_DAY))


def _exact(values: tuple[Decimal, ...] | None) -> tuple[Fraction, ...] | None:
    return None if values is None else tuple(map(fraction, values))


def _of_season(year: list[Day], start_month: int, days: int) -> list[Day]:
    """The days weighted by how many of each month fall into a run of so many days from the first of a month."""
    lengths = MONTH_DAYS
    whole, rest = divmod(days, DAYS_PER_YEAR)
    count = [Fraction(whole * length) for length in lengths]
    month = start_month - 1
    while rest > 0:
        taken = min(rest, lengths[month])
        count[month] += taken
        rest -= taken
        month = (month + 1) % len(lengths)
    total: dict[int, Fraction] = {}
    for day in year:
        total[day.months[0]] = total.get(day.months[0], ZERO) + day.weight
    return [
        replace(day, weight=day.weight / total[day.months[0]] * count[day.months[0] - 1] / days)
        for day in year
        if count[day.months[0] - 1]
    ]
