"""From which tariff sun and storage pay, as a document."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from typing import Annotated

from pydantic import BeforeValidator

from optimizer.answers.form.charts import Bar, Bars
from optimizer.answers.form.document import Document, Rows, Section, Table, left, of_case, right, section
from optimizer.answers.form.numbers import usd
from optimizer.answers.form.shapes import CellNear4, CellNear6, Extended, Near2, Near4, Near6, Plain, Shape, cell, entry
from optimizer.answers.power.words import percent
from optimizer.answers.words.common_words import stamp
from optimizer.answers.words.figure_words import figure_lines
from optimizer.answers.words.place_words import country_words
from optimizer.power.break_even import BreakEven, Fed
from optimizer.units import KW_PER_MW
from optimizer.units.language import say


class SteadyOut(Shape):
    """What a steady load costs when it is fed in one way."""

    usd_per_mwh: Near4
    own_share: Near6 = entry("share of sun and wind")
    fuel_share: Near6
    proof_gap_usd_per_mwh: Near6 = entry(
        "proven in exact fractions: no supply costs less by more than this", path="gap_usd_per_mwh"
    )


_HIGHER = BeforeValidator(lambda ends: ends[1] if isinstance(ends, tuple) else ends)


class BreakEvenOut(Shape):
    """The break-even of a country."""

    country: str = entry(path="ready.setting.country.id")
    tariff_usd_per_kwh: Plain
    solar_from_usd_per_kwh: Near6 | None = entry("tariff from which solar pays")
    storage_from_usd_per_kwh: Annotated[Near6 | None, _HIGHER] = entry(
        "tariff from which storage pays, too: the higher of the two ends"
    )
    panel_usd_per_kwp: Near2 | None = entry("price of solar up to which it pays at the country's tariff")
    ways: dict[str, SteadyOut | None]


class BreakEvenRow(Shape):
    """A country, and a way to feed a steady load of 1 MW there."""

    country: str = entry("ISO 3166-1 alpha-2 code", path="ready.setting.country.id")
    tariff_usd_per_kwh: CellNear6 = entry("price of the grid", "USD/kWh")
    solar_from_usd_per_kwh: CellNear6 | None = cell("tariff from which solar pays", "USD/kWh")
    storage_from_usd_per_kwh: CellNear6 | None = cell(
        "tariff from which storage pays", "USD/kWh", path="storage_from_usd_per_kwh.1"
    )
    way: str = entry("how the load is fed")
    usd_per_mwh: CellNear4 | None = cell(
        "cost of a MWh; empty where the load cannot be fed so", "USD/MWh", path="fed.usd_per_mwh"
    )
    own_share: CellNear6 | None = cell("share of sun and wind", "share", path="fed.own_share")
    fuel_share: CellNear6 | None = cell("share of fuel", "share", path="fed.fuel_share")


def _ways(found: BreakEven) -> dict[str, Fed | None]:
    shares = {say("at least {percent} % renewable", percent=percent): fed for percent, fed in found.shares.items()}
    return {
        "grid alone": found.grid,
        "free choice": found.free,
        **shares,
        "off-grid": found.off_grid,
        "grid off from 17 to 21, a genset": found.shed_genset,
    }


def document(found: BreakEven) -> Document:
    """The break-even of a country."""
    setting, site = found.ready.setting, found.ready.site
    return Document(
        question="power",
        title=say(
            "When solar and storage are worth their cost · {country} · a load of 1 MW that never stops",
            country=country_words(setting.country),
        ),
        sections=[
            Section("", [_chart(found)]),
            section(say("Break-even"), _lines(found)),
            section(say("Estimates among the inputs"), figure_lines(site.figures, setting.catalogue)),
            section(say("Proof"), [_proof(found), stamp(setting)]),
        ],
        outputs=partial(_data, found),
        **of_case(setting, site.figures),
        rows=Rows("break-even", "When sun and storage pay", BreakEvenRow, lambda: list(_rows(found))),
    )


def _chart(found: BreakEven) -> Bars:
    """The bars of the table."""
    bars = [Bar(name, None if fed is None else float(fed.usd_per_mwh)) for name, fed in _ways(found).items()]
    return Bars(say("What a megawatt-hour costs"), "USD/MWh", bars, _table(found))


def _table(found: BreakEven) -> Table:
    rows = [
        (name, say("no supply possible"), "", "")
        if fed is None
        else (
            name,
            say("{usd_per_mwh:.1f}", usd_per_mwh=float(fed.usd_per_mwh)),
            percent(fed.own_share),
            percent(fed.fuel_share),
        )
        for name, fed in _ways(found).items()
    ]
    return Table([left(say("fed by")), right("USD/MWh"), right(say("sun")), right(say("fuel"))], rows)


def _cents(value: Fraction) -> str:
    return say("{value:.4f} USD/kWh", value=float(value))


def _lines(found: BreakEven) -> Iterator[str]:
    yield say("tariff of the grid: {tariff_usd_per_kwh}", tariff_usd_per_kwh=_cents(found.tariff_usd_per_kwh))
    if found.solar_from_usd_per_kwh is None:
        yield say("no sun in this case: nothing to compare")
        return
    yield say(
        "solar is worth its cost from a tariff of {solar_from_usd_per_kwh}",
        solar_from_usd_per_kwh=_cents(found.solar_from_usd_per_kwh),
    )
    if found.storage_from_usd_per_kwh is None:
        yield say("a battery is not worth its cost up to a tariff of 2 USD/kWh")
    else:
        low, high = found.storage_from_usd_per_kwh
        if _cents(low) == _cents(high):
            yield say("a battery is worth its cost, too, from a tariff of {high}", high=_cents(high))
        else:
            yield say(
                "a battery is worth its cost, too, from a tariff between {low:.4f} and {high}",
                low=float(low),
                high=_cents(high),
            )
    if found.panel_usd_per_kwp is not None:
        price = found.ready.site.assets["pv"].capital_usd
        yield say(
            "at this tariff solar is worth its cost up to a price of {panel_usd_per_kwp} per kWp; the "
            "price used is {price}",
            panel_usd_per_kwp=usd(found.panel_usd_per_kwp),
            price=usd(price),
        )
    if found.solar_from_usd_per_kwh <= found.tariff_usd_per_kwh:
        yield say(
            "the carbon price from which solar is worth its cost is 0: the tariff is already above its break-even"
        )
    elif found.ready.site.carbon_grid_kg_per_kwh:
        lacking = found.solar_from_usd_per_kwh - found.tariff_usd_per_kwh
        price = lacking / found.ready.site.carbon_grid_kg_per_kwh * KW_PER_MW
        yield say("solar is worth its cost from a carbon price of {price} per tCO2e", price=usd(price))


def _proof(found: BreakEven) -> str:
    gaps = [fed.gap_usd_per_mwh for fed in _ways(found).values() if fed]
    return say(
        "for each way: no other supply is cheaper by more than {value:.1g} USD/MWh (proven in exact fractions)",
        value=float(max(gaps)),
    )


def _data(found: BreakEven) -> BreakEvenOut:
    return BreakEvenOut.model_validate(Extended(found, ways=_ways(found)))


def _rows(found: BreakEven) -> Iterator[BreakEvenRow]:
    for name, fed in _ways(found).items():
        yield BreakEvenRow.model_validate(Extended(found, way=name, fed=fed))
