"""From which tariff sun and storage pay, as a document."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from functools import partial

from optimizer.answers.charts import Bars
from optimizer.answers.document import Document, Rows, Section, Table, left, of_case, right, section
from optimizer.answers.figure_words import figure_lines
from optimizer.answers.numbers import round_half_even, usd
from optimizer.answers.place_words import country_words
from optimizer.answers.power_charts import break_even_chart
from optimizer.answers.power_words import percent
from optimizer.answers.shapes import Shape, cell, entry
from optimizer.answers.words import stamp
from optimizer.power.break_even import BreakEven, Fed
from optimizer.units import KW_PER_MW
from optimizer.units.language import say


class SteadyOut(Shape):
    """What a steady load costs when it is fed in one way."""

    usd_per_mwh: float
    own_share: float = entry("share of sun and wind")
    fuel_share: float
    proof_gap_usd_per_mwh: float = entry("no supply costs less by more than this: proved in fractions")


class BreakEvenOut(Shape):
    """The break-even of a country."""

    country: str
    tariff_usd_per_kwh: float
    solar_from_usd_per_kwh: float | None = entry("tariff from which solar pays")
    storage_from_usd_per_kwh: float | None = entry("tariff from which storage pays, too: the higher of the two ends")
    panel_usd_per_kwp: float | None = entry("price of solar up to which it pays at the country's tariff")
    ways: dict[str, SteadyOut | None]


class BreakEvenRow(Shape):
    """A country, and a way to feed a steady load of 1 MW there."""

    country: str = entry("ISO 3166-1 alpha-2 code")
    tariff_usd_per_kwh: Decimal = entry("price of the grid", "USD/kWh")
    solar_from_usd_per_kwh: Decimal | None = cell("tariff from which solar pays", "USD/kWh")
    storage_from_usd_per_kwh: Decimal | None = cell("tariff from which storage pays", "USD/kWh")
    way: str = entry("how the load is fed")
    usd_per_mwh: Decimal | None = cell("cost of a MWh; empty where the load cannot be fed so", "USD/MWh")
    own_share: Decimal | None = cell("share of sun and wind", "share")
    fuel_share: Decimal | None = cell("share of fuel", "share")


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
            "When sun and storage pay · {country} · a load of 1 MW that never stops",
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
    return break_even_chart(
        {name: None if fed is None else fed.usd_per_mwh for name, fed in _ways(found).items()}, _table(found)
    )


def _table(found: BreakEven) -> Table:
    rows = [
        (name, say("cannot be fed"), "", "")
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
        "solar pays from a tariff of {solar_from_usd_per_kwh}",
        solar_from_usd_per_kwh=_cents(found.solar_from_usd_per_kwh),
    )
    if found.storage_from_usd_per_kwh is None:
        yield say("a battery does not pay up to a tariff of 2 USD/kWh")
    else:
        low, high = found.storage_from_usd_per_kwh
        if _cents(low) == _cents(high):
            yield say("a battery, too, pays from a tariff of {high}", high=_cents(high))
        else:
            yield say(
                "a battery, too, pays from a tariff between {low:.4f} and {high}", low=float(low), high=_cents(high)
            )
    if found.panel_usd_per_kwp is not None:
        price = found.ready.site.assets["pv"].capital_usd
        yield say(
            "at this tariff solar pays up to a price of {panel_usd_per_kwp} per kWp; it is counted at {price}",
            panel_usd_per_kwp=usd(found.panel_usd_per_kwp),
            price=usd(price),
        )
    if found.solar_from_usd_per_kwh <= found.tariff_usd_per_kwh:
        yield say("the carbon price from which solar pays is 0: the tariff is above its break-even already")
    elif found.ready.site.carbon_grid_kg_per_kwh:
        lacking = found.solar_from_usd_per_kwh - found.tariff_usd_per_kwh
        price = lacking / found.ready.site.carbon_grid_kg_per_kwh * KW_PER_MW
        yield say("solar pays from a carbon price of {price} per tCO2e", price=usd(price))


def _proof(found: BreakEven) -> str:
    gaps = [fed.usd_per_mwh - fed.floor_usd_per_mwh for fed in _ways(found).values() if fed]
    return say(
        "for each way, no supply costs less by more than {value:.1g} USD/MWh: proved in fractions",
        value=max(0.0, float(max(gaps))),
    )


def _data(found: BreakEven) -> BreakEvenOut:
    storage = found.storage_from_usd_per_kwh
    return BreakEvenOut(
        country=found.ready.setting.country.id,
        tariff_usd_per_kwh=float(found.tariff_usd_per_kwh),
        solar_from_usd_per_kwh=_near(found.solar_from_usd_per_kwh, 6),
        storage_from_usd_per_kwh=None if storage is None else _near(storage[1], 6),
        panel_usd_per_kwp=_near(found.panel_usd_per_kwp, 2),
        ways={
            name: None
            if fed is None
            else SteadyOut(
                usd_per_mwh=float(round_half_even(fed.usd_per_mwh, 4)),
                own_share=float(round_half_even(fed.own_share, 6)),
                fuel_share=float(round_half_even(fed.fuel_share, 6)),
                proof_gap_usd_per_mwh=float(
                    round_half_even(max(Fraction(0), fed.usd_per_mwh - fed.floor_usd_per_mwh), 6)
                ),
            )
            for name, fed in _ways(found).items()
        },
    )


def _near(value: Fraction | None, decimals: int) -> float | None:
    return None if value is None else float(round_half_even(value, decimals))


def _rows(found: BreakEven) -> Iterator[BreakEvenRow]:
    solar, storage = found.solar_from_usd_per_kwh, found.storage_from_usd_per_kwh
    for name, fed in _ways(found).items():
        yield BreakEvenRow(
            country=found.ready.setting.country.id,
            tariff_usd_per_kwh=round_half_even(found.tariff_usd_per_kwh, 6),
            solar_from_usd_per_kwh=None if solar is None else round_half_even(solar, 6),
            storage_from_usd_per_kwh=None if storage is None else round_half_even(storage[1], 6),
            way=name,
            usd_per_mwh=None if fed is None else round_half_even(fed.usd_per_mwh, 4),
            own_share=None if fed is None else round_half_even(fed.own_share, 6),
            fuel_share=None if fed is None else round_half_even(fed.fuel_share, 6),
        )
