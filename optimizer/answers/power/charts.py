"""What feeds a site as charts: a week hour by hour, what a megawatt-hour costs by way, the bars of a break-even."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from optimizer.answers.form.charts import Axis, Bar, Bars, Layer, Layers
from optimizer.answers.form.document import Table, left, right
from optimizer.answers.form.numbers import usd
from optimizer.answers.power.words import WAYS, percent
from optimizer.power.answer import PowerAnswer
from optimizer.power.costs import pairs
from optimizer.power.dispatch import Hour
from optimizer.power.plan import PowerOutcome, PowerPlan
from optimizer.power.ways import WaysToFeed
from optimizer.units.language import Messages, say

DAYS_A_WEEK = 7


def week_chart(plan: PowerPlan) -> Layers:
    """A week of day types: those that represent most days, in the order of the year, what feeds the fleet on top.

    The table has a row a day: its months, its share of the days of the run, and its energy.
    """
    site, found = plan.site, plan.fed.dispatch
    heaviest = sorted(range(len(site.days)), key=lambda day: (-site.days[day].weight, day))[:DAYS_A_WEEK]
    shown = sorted(heaviest, key=lambda day: (site.days[day].months, day))
    sells = plan.site.sells
    names = (say("sun and wind"), say("grid"), say("fuel"), say("from the battery"))
    layers: list[list[float]] = [[] for _ in names]
    line: list[float] = []
    rows, marks = [], []
    for number, day in enumerate(shown, 1):
        energy = [0.0] * len(names)
        drawn = sold = 0.0
        for place, (_, hour) in enumerate(pairs(found.days[day])):
            parts = _parts(plan, day, place, hour)
            for layer, part in zip(layers, parts, strict=True):
                layer.append(part)
            energy = [total + part for total, part in zip(energy, parts, strict=True)]
            line.append(float(hour.drawn(site.states)))
            drawn += line[-1]
            sold += float(hour.sold)
        kind = site.days[day]
        months = ", ".join(map(str, kind.months))
        grid_hours = kind.up.count(True) if site.assets["grid"].allowed else 0
        cells = (str(number), months, percent(kind.weight), f"{grid_hours}")
        shown_kwh = (*energy, *((sold,) if sells else ()), drawn)
        rows.append((*cells, *(say("{kwh:,.0f}", kwh=kwh) for kwh in shown_kwh)))
        marks.append(drawn)
    heads = (say("day"), say("months"), say("of the days"), say("hours of grid"))
    columns = [right(heads[0]), left(heads[1]), right(heads[2]), right(heads[3])]
    columns += [
        right(say("{name}, kWh", name=name))
        for name in (*names, *((say("sold"),) if sells else ()), say("energy used"))
    ]
    return Layers(
        title=say("One week of the supply"),
        x=Axis(say("hours of the seven days that represent most of the run"), "h"),
        y=Axis(say("power"), "kW"),
        layers=[Layer(name, values) for name, values in zip(names, layers, strict=True)],
        line=Layer(say("used by the servers"), line),
        table=Table(columns, rows),
        marks=marks,
    )


def week_words(plan: PowerPlan) -> Iterator[str]:
    """That the days of the chart are not all there are, where they are not."""
    count = len(plan.site.days)
    if count > DAYS_A_WEEK:
        yield say(
            "{shown} of the {count} representative days, those that represent most days; the plan uses the others, too",
            shown=DAYS_A_WEEK,
            count=count,
        )


def _parts(plan: PowerPlan, day: int, place: int, hour: Hour) -> tuple[float, float, float, float]:
    """What is taken of sun, grid, fuel and battery in an hour, kW; what is spilled is left out."""
    kind, size = plan.site.days[day], plan.fed.dispatch.capacities
    own = (size["pv"] + size["ppa"]) * kind.pv[place] + size["wind"] * kind.wind[place]
    needed = hour.drawn(plan.site.states) + hour.charged - hour.imported - hour.generated - hour.discharged
    taken = max(Fraction(0), min(own, needed))
    return float(taken), float(hour.imported), float(hour.generated), float(hour.discharged)


def bases_table(answer: PowerAnswer, plan: PowerPlan) -> Table:
    """The bases of supply and of hardware next to each other, each with the cash that its supply needs."""
    case = plan.setting.case
    hardware = "amortised" if case.basis == "upfront" else "upfront"
    supply = "whole" if plan.site.basis == "share" else "share"
    named: list[tuple[str, str, PowerOutcome | None]] = [
        (str(case.basis), plan.site.basis, plan),
        (str(case.basis), supply, answer.other_supply_basis),
        (hardware, plan.site.basis, answer.other_hardware_basis),
    ]
    rows = []
    for of_servers, of_supply, outcome in named:
        words = (BASIS_WORDS[of_servers], BASIS_WORDS[of_supply])
        if not isinstance(outcome, PowerPlan):
            rows.append((*words, say("no plan (proven)"), "", ""))
            continue
        cells = (usd(outcome.cost_usd), usd(outcome.fed.supply_usd), usd(outcome.supply_cash_usd))
        rows.append((*words, *cells))
    heads = (say("servers"), say("their supply"), say("total"), say("supply (included)"), say("cash for the supply"))
    return Table([left(heads[0]), left(heads[1]), *map(right, heads[2:])], rows)


BASIS_WORDS: Messages[str] = Messages(
    {
        "upfront": "bought for this run",
        "amortised": "share of their life",
        "share": "share of its life",
        "whole": "its whole price",
    }
)
"""How servers and their supply are charged to the run."""


def ways_chart(found: WaysToFeed) -> Bars:
    """What a megawatt-hour costs in every way that has a plan."""
    plans = [(WAYS[way.name], way.plan) for way in found.ways if way.plan is not None]
    bars = [Bar(name, float(plan.supply_usd_per_mwh)) for name, plan in plans]
    rows = [(bar.name, say("{bar:.0f}", bar=bar.value)) for bar in bars]
    return Bars(
        title=say("What a megawatt-hour costs"),
        unit="USD/MWh",
        bars=bars,
        table=Table([left(say("how the site is fed")), right("USD/MWh")], rows),
    )
