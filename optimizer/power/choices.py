"""Further questions to a case that says what feeds its site: what else, what if, where it changes; each answer proven.

Every entry is a case of its own, searched and proven like the first. What is changed is said by name and value; the
words are made where the answer is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any, Literal

from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.domain.feed import HOURS_A_DAY, Feed, hours_between, read_outage
from optimizer.errors import DataError
from optimizer.power.plan import MayBeFed, PowerOutcome, PowerPlan, Ready, power_ready, solved
from optimizer.units import fraction
from optimizer.units.language import say
from optimizer.units.records import dataclass

Kind = Literal["alternatives", "explain", "frontier", "tipping", "sensitivity", "months", "dark_years"]
Report = Callable[[str], None]
MOST_OTHERS = 12
"""Other accelerators that are looked at, however wide the margin."""
DAYS_MORE, SHARE_LESS = 10, Decimal("0.05")
"""By how much a deadline and a renewable share are relaxed; the other limits by a tenth."""
_TENTH = Decimal("1.1")
_RELAXED = ("max_mw", "land_ha", "pv_max_mw", "battery_max_mwh", "max_carbon_t", "max_carbon_g_per_kwh")


@dataclass(frozen=True, eq=False)
class Entry(MayBeFed):
    """One changed case and what is best then."""

    name: str
    """Of the change: a field of the case, an accelerator, or one of the words of this module."""
    value: Decimal | None
    outcome: PowerOutcome


@dataclass(frozen=True, eq=False)
class Choices:
    """A case, and the entries next to it."""

    kind: Kind
    ready: Ready
    best: PowerOutcome
    entries: tuple[Entry, ...]
    subject: str = ""
    """Of a tipping point or a frontier, what is varied."""
    tolerance: Decimal | None = None
    """Of a tipping point, how far the two sides of a change may lie apart."""

    @property
    def plan(self) -> PowerPlan | None:
        """The plan of the case itself."""
        return self.best if isinstance(self.best, PowerPlan) else None

    def more_usd(self, entry: Entry) -> Fraction | None:
        """What an entry costs more than the case itself; below 0: less."""
        if entry.plan is None or self.plan is None:
            return None
        return entry.plan.cost_usd - self.plan.cost_usd


def entries_of(changes: Iterable[tuple[str, Decimal, Case]], catalogue: Catalogue, report: Report) -> tuple[Entry, ...]:
    """The proven answers to changed cases.

    Args:
        changes: what is changed, its value in the unit of its field, and the case then.
        catalogue: the data.
        report: is called with each change before it is solved.
    """
    entries = []
    for name, value, changed in changes:
        report(f"{name} {value}")
        entries.append(Entry(name, value, solved(changed, catalogue)[1]))
    return tuple(entries)


def alternatives(case: Case, catalogue: Catalogue, within: Decimal, report: Report) -> Choices:
    """The best plan of every other accelerator whose cost is within so many per cent of the best.

    Raises:
        DataError: the case or the data cannot be used.
    """
    ready, best = solved(case, catalogue)
    entries: list[Entry] = []
    if isinstance(best, PowerPlan):
        most = best.cost_usd * (1 + fraction(within) / 100)
        gone = [best.item.key.accelerator]
        while len(entries) < MOST_OTHERS:
            report(gone[-1])
            left = tuple(name for name in case.use if name not in gone)
            if case.use and not left:
                break
            _, found = solved(case.changed(avoid=(*case.avoid, *gone), use=left), catalogue)
            if not isinstance(found, PowerPlan) or found.cost_usd > most:
                break
            gone.append(found.item.key.accelerator)
            entries.append(Entry(gone[-1], None, found))
    return Choices("alternatives", ready, best, tuple(entries), tolerance=within)


def explain(case: Case, catalogue: Catalogue, report: Report) -> Choices:
    """What a little more of every limit would save, and what each thing that is built saves: each solved again.

    Raises:
        DataError: the case or the data cannot be used.
    """
    ready, best = solved(case, catalogue)
    entries = []
    for name, value, changed in (*_eased(case, ready), *_without(ready, best)):
        report(name)
        with suppress(DataError):  # what is left cannot be a site: nothing may feed it
            entries.append(Entry(name, value, solved(changed, catalogue)[1]))
    return Choices("explain", ready, best, tuple(entries))


def _eased(case: Case, ready: Ready) -> Iterator[tuple[str, Decimal | None, Case]]:
    """The case with one of its limits a little wider: name, new value, case."""
    feed = ready.feed
    for place, text in enumerate(feed.outage):
        shorter = an_hour_less(text)
        rest = (*feed.outage[:place], *shorter, *feed.outage[place + 1 :])
        yield "hour_of_grid", Decimal(place), case.changed(outage=rest)
    if feed.outage or feed.random_outages:
        yield "no_outage", None, case.changed(outage=(), random_outages=None)
    settled_case = ready.setting.case
    if settled_case.deadline_days:
        days = settled_case.deadline_days + DAYS_MORE
        yield "deadline_days", Decimal(days), case.changed(deadline_days=days)
    if feed.min_renewable:
        share = max(Decimal(0), feed.min_renewable - SHARE_LESS)
        yield "min_renewable", share, case.changed(min_renewable=share)
    for name in _RELAXED:
        of_feed = name in Feed.model_fields
        value = getattr(feed if of_feed else settled_case, name)
        if value:
            yield name, value * _TENTH, case.changed(**{name: value * _TENTH})
    for name in ("no_pause", "no_throttle"):
        if getattr(feed, name):
            yield name, None, case.changed(**{name: False})


def _without(ready: Ready, best: PowerOutcome) -> Iterator[tuple[str, Decimal | None, Case]]:
    """The case without each thing that the plan builds."""
    if not isinstance(best, PowerPlan):
        return
    sources, asked = ready.feed.sources, ready.setting.asked
    for name in ("pv", "wind", "ppa", "battery", "genset", "grid"):
        if best.fed.dispatch.capacities[name] and name in sources and len(sources) > 1:
            left = tuple(source for source in sources if source != name)
            more: dict[str, Any] = {"outage": (), "random_outages": None} if "grid" not in left else {}
            more |= {"ppa_usd_per_kwh": None} if name == "ppa" else {}
            yield f"without_{name}", None, asked.changed(power=left, **{"off_grid": False, **more})


def an_hour_less(text: str) -> tuple[str, ...]:
    """An outage that ends an hour earlier: ``17-20`` of ``17-21``; nothing of one of a single hour."""
    hours, _ = read_outage(text)
    if len(hours) == 1:
        return ()
    span, _, months = text.partition("@")
    start = int(span.split("-")[0].partition(":")[0])
    end = (start + len(hours) - 1) % HOURS_A_DAY
    return (f"{start}-{end or HOURS_A_DAY}{'@' + months if months else ''}",)


FRONTIERS = {"carbon": "max_carbon_t", "renewable": "min_renewable", "peak_power": "max_mw", "days": "deadline_days"}
"""What may be traded for cost where a case says what feeds its site, with the limit that is moved."""


def frontier(case: Case, catalogue: Catalogue, measure: str, points: int, report: Report) -> Choices:
    """The least cost at so many values of a limit, from where it no longer binds to where nothing is possible.

    Raises:
        DataError: the case or the data cannot be used, or the measure is none of these.
    """
    field = FRONTIERS.get(measure)
    if field is None:
        remedy = f"cost may be traded for {', '.join(FRONTIERS)}"
        raise DataError.at(say("does not work with flags of Power"), column="first", value=measure, remedy=remedy)
    ready, best = solved(case, catalogue)
    values = _moved(field, best, ready, points) if isinstance(best, PowerPlan) else ()
    changes = ((field, value, case.changed(**{field: value})) for value in values)
    return Choices("frontier", ready, best, entries_of(changes, catalogue, report), subject=measure)


def _moved(field: str, best: PowerPlan, ready: Ready, points: int) -> Iterator[Decimal]:
    """Values of a limit, from the one that the plan keeps by itself to the hardest."""
    parts = [Decimal(step) / (points - 1) for step in range(points)]
    if field == "min_renewable":
        energy = best.flows
        own = 1 - (energy.imported + energy.generated) / energy.drawn
        start = Decimal(str(round(float(max(Fraction(0), own)), 3)))
        yield from dict.fromkeys((start + (1 - start) * part).quantize(Decimal("0.001")) for part in parts)
    elif field == "deadline_days":
        longest = ready.setting.case.deadline_days or best.days
        yield from dict.fromkeys(Decimal(round(longest - longest * part / 2)) for part in map(Decimal, parts))
    elif field == "max_mw":
        used = Decimal(str(round(float(best.fed.dispatch.capacities["grid"]) / 1000 + 0.0005, 3)))
        yield from (max(Decimal("0.001"), (used * (1 - part)).quantize(Decimal("0.001"))) for part in parts)
    else:
        used = Decimal(str(round(float(best.carbon_kg) / 1000 + 0.005, 2)))
        least = Decimal("0.01")
        yield from (max(least, (used * (1 - part)).quantize(least)) for part in parts)


INPUTS = {
    "tariff": "electricity_usd_per_kwh",
    "diesel": "diesel_usd_per_litre",
    "pv_cost": "pv_usd_per_kwp",
    "battery_cost": "battery_usd_per_kwh",
    "carbon_price": "carbon_usd_per_t",
    "pv_yield": "pv_yield",
    "export_price": "export_usd_per_kwh",
    "outage_hours": "outage",
}
"""What may be varied for a tipping point of the feeding, with its field."""
FIRST_POINTS = 5
FINEST = 64
"""Without a tolerance, the range over this."""
SMALL = Fraction(1, 100)
"""A source that gives less of the energy is not what feeds a site."""


def is_of_feeding(name: str, case: Case) -> bool:
    """Whether an input of ``optimizer tipping`` is one of the feeding: the tariff only where a case has flags of
    Power."""
    return name in INPUTS and (name != "tariff" or case.feed is not None)


def tipping(
    case: Case,
    catalogue: Catalogue,
    name: str,
    start: Decimal,
    stop: Decimal,
    tolerance: Decimal | None,
    report: Report,
) -> Choices:
    """Where accelerator or way of feeding changes, over a range of an input in its unit: the plans on both sides of
    each change.

    The range is looked at in five points; between two that differ it is halved down to the tolerance. A choice that
    comes and goes between two points that are alike is not seen.

    Raises:
        DataError: the case or the data cannot be used.
    """
    if not start < stop:
        raise DataError.at(say("must be above the lowest value"), column="stop", value=f"{stop:f}")
    whole = name == "outage_hours"
    finest = Decimal(1) if whole else tolerance or (stop - start) / FINEST
    found: dict[Decimal, tuple[Ready, PowerOutcome]] = {}

    def at(value: Decimal) -> tuple[object, ...]:
        if value not in found:
            report(f"{name} {value:f}")
            found[value] = solved(varied(case, name, value), catalogue)
        return way_of(found[value][1])

    def halve(low: Decimal, high: Decimal) -> None:
        middle = Decimal(int(low + high) // 2) if whole else (low + high) / 2
        if at(low) == at(high) or high - low <= finest or middle in (low, high):
            return
        at(middle)
        halve(low, middle)
        halve(middle, high)

    width = stop - start
    points = [start + width * step / (FIRST_POINTS - 1) for step in range(FIRST_POINTS)]
    if whole:
        points = [Decimal(hour) for hour in range(int(start), int(stop) + 1)]
    for point in points:
        at(point)
    for low, high in pairwise(points):
        halve(low, high)
    ordered = sorted(found)
    ready, best = found[ordered[0]]
    entries = tuple(Entry(name, value, found[value][1]) for value in ordered)
    return Choices("tipping", ready, best, entries, subject=name, tolerance=finest)


def varied(case: Case, name: str, value: Decimal) -> Case:
    """A case with another value of an input of the feeding, in the unit of its field."""
    if name != "outage_hours":
        return case.changed(**{INPUTS[name]: value})
    end = HOURS_A_DAY - 3
    if case.feed is not None and case.feed.outage:
        hours, _ = read_outage(case.feed.outage[0])
        end = hours[-1] + 1
    count = int(value)
    outage = (f"{(end - count) % HOURS_A_DAY}-{end}",) if count else ()
    assert not count or len(hours_between((end - count) % HOURS_A_DAY, end)) == count
    return case.changed(outage=outage, **({} if count else {"power": case.feed.power if case.feed else ()}))


def way_of(outcome: PowerOutcome) -> tuple[object, ...]:
    """What of an answer is a choice: the accelerator, what gives its energy, and whether there is a battery."""
    if not isinstance(outcome, PowerPlan):
        return ("none",)
    energy = outcome.flows
    sources = {"sun": energy.own_used, "grid": energy.imported, "fuel": energy.generated}
    named = tuple(name for name, kwh in sources.items() if kwh > SMALL * energy.supplied)
    key = outcome.item.key
    return (key.accelerator, key.procurement, *named, bool(outcome.fed.dispatch.capacities["battery"]))


def sensitivity(case: Case, catalogue: Catalogue, report: Report) -> Choices:
    """One uncertain input of the feeding at a time, at both ends of its range in the data.

    Raises:
        DataError: the case or the data cannot be used.
    """
    ready, best = solved(case, catalogue)
    return Choices("sensitivity", ready, best, entries_of(doubts(case, ready), catalogue, report))


def doubts(case: Case, ready: Ready) -> Iterator[tuple[str, Decimal, Case]]:
    """Inputs of the feeding at the low and the high end of their range, each in the unit of its field."""
    figures = {figure.name: figure for figure in ready.site.figures}
    fields = {"pv capital": "pv_usd_per_kwp", "battery capital": "battery_usd_per_kwh"}
    for figure_name, field in fields.items():
        figure = figures.get(figure_name)
        if figure is not None and figure.range is not None:
            for end in figure.range:
                yield field, Decimal(end), case.changed(**{field: end})
    country = ready.setting.country
    if case.electricity_usd_per_kwh is None and (span := country.range_of("electricity_usd_per_kwh")) is not None:
        for end in span:
            yield "electricity_usd_per_kwh", end, case.changed(electricity_usd_per_kwh=end)
    if (sun := figures.get("solar yield")) is not None:
        row = sun_of_years(ready)
        if row is not None:
            for part in row:
                value = (Decimal(sun.value) * part).quantize(Decimal("0.0001"))
                yield "pv_yield", value, case.changed(pv_yield=value)
    if ready.feed.outage:
        for text in (an_hour_less(ready.feed.outage[0]), (an_hour_more(ready.feed.outage[0]),)):
            outage = (*text, *ready.feed.outage[1:])
            changed = case.changed(outage=outage, power=ready.feed.power)
            hours = float(power_ready(changed, ready.setting.catalogue).site.outage_hours_a_day)
            yield "outage_hours", Decimal(f"{hours:.3g}"), changed


def an_hour_more(text: str) -> str:
    """An outage that begins an hour earlier: ``16-21`` of ``17-21``; that of a whole day as it is."""
    hours, _ = read_outage(text)
    if len(hours) == HOURS_A_DAY:
        return text
    _, _, months = text.partition("@")
    end = (hours[-1] + 1) % HOURS_A_DAY
    return f"{(hours[0] - 1) % HOURS_A_DAY}-{end or HOURS_A_DAY}{'@' + months if months else ''}"


def sun_of_years(ready: Ready) -> tuple[Decimal, Decimal] | None:
    """The sun of a dark and of a bright year, as a ratio to that of a mean one."""
    from optimizer.catalogue.power_tables import power_tables

    row = power_tables(ready.setting.catalogue).assets.get(("pv", "year"))
    return None if row is None or row.low is None or row.high is None else (row.low, row.high)
