"""What is uncertain about a case: every figure that the data hold with low, central and high, or the user gives so.

A figure that the case itself states is not uncertain, nor is what represents a choice that a question leaves open
(tokens, overhead). A figure of a row without a range of its own takes that of ``usual_ranges.csv``, an estimate that
says so; one that no table speaks of is held at its value unless the user gives a range: none is invented here.

**The doubt about efficiency is counted once.** A plan takes MFU x goodput x the factors of the sizes of the cluster and
of the model. ``run_bands.csv`` says how far whole runs lie from that very product; where it speaks of a case, it moves
the MFU of all accelerators alike, and represents the ranges of goodput and of both factors. It was seen on some
generations only. On these it also represents the range of the MFU. On the others, whose MFU rests on benchmarks and
estimates, the range of the MFU is a doubt of its own, about the hardware rather than the run, and stays next to it.
Where there is no band (other assumptions, data of your own), each of the four ranges counts for itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from optimizer.case.cooling import cooling_of
from optimizer.case.setting import Setting
from optimizer.case.what_if import (
    Cell,
    cooling_cell,
    efficiency_cells,
    multiply_cells,
    parameter_cell,
    price_cell,
    rent_cell,
    row_of,
    supply_cell,
)
from optimizer.catalogue import Catalogue
from optimizer.catalogue.cache import get_or_make
from optimizer.catalogue.rows import rows_once
from optimizer.domain import OptionKey, Procurement
from optimizer.domain.base import Sourced
from optimizer.domain.tendencies import UsualRange
from optimizer.insight.real_runs import band_of
from optimizer.options.performance import model_size_of
from optimizer.uncertainty.spreads import Scenario, Spread, UncertainInput
from optimizer.units.records import dataclass

if TYPE_CHECKING:
    from optimizer.domain.tendencies import RunBand

RUN = "run"
"""Name of the common factor on the efficiency of whole runs."""
WHOLE_UNITS = ("days", "devices", "years")
"""Parameters in these units are whole numbers."""
NEVER_IN_A_PLAN = ("usual_overhead", "usual_tokens_per_parameter", "usual_utilisation", "max_run_days")
"""Parameters that are reported next to an answer or represent what a question leaves open."""


@dataclass(frozen=True, eq=False)
class Uncertain:
    """What is uncertain about a case, sorted by name, and what the run band represents."""

    setting: Setting
    inputs: tuple[UncertainInput, ...]
    covered: tuple[str, ...]
    """Inputs with a range of their own that the run band already covers."""
    band: RunBand | None

    def named(self, name: str) -> UncertainInput | None:
        """An input by its name."""
        return next((given for given in self.inputs if given.name == name), None)

    def values(self, scenario: Scenario) -> dict[Cell, Decimal]:
        """What every cell has in a scenario, in the unit of its column; factors go over what other inputs set."""
        case, catalogue = self.setting.asked, self.setting.catalogue
        found: dict[Cell, Decimal] = {}
        for given in self.inputs:
            if given.name in scenario and not given.factor:
                for spread, value in zip(given.spreads, scenario[given.name], strict=True):
                    found.update(dict.fromkeys(spread.cells, value))
        for given in self.inputs:
            if given.name in scenario and given.factor:
                for spread, value in zip(given.spreads, scenario[given.name], strict=True):
                    set_already = {cell: found[cell] * value for cell in spread.cells if cell in found}
                    rest = [cell for cell in spread.cells if cell not in found]
                    found |= multiply_cells(case, catalogue, rest, value) | set_already
        return found


def uncertain_inputs(setting: Setting, keys: tuple[OptionKey, ...]) -> Uncertain:
    """Every input of a case that the data hold with a range.

    Args:
        keys: the options of the case; a range of an accelerator that is in none of them cannot matter.

    Raises:
        DataError: run_bands.csv cannot be read.
    """
    chips = list(dict.fromkeys(key.accelerator for key in keys))
    bands = _bands(setting, chips)
    covered: list[str] = []
    found = [
        *_parameters(setting),
        *_of_accelerators(setting, keys),
        *_rents(setting, keys),
        *_supply(setting, keys),
        *_cooling(setting, keys),
        *_of_country(setting, keys),
        *_efficiencies(setting, chips, bands, covered),
        *_way(setting),
        *_sizes(setting, chips, covered if bands else None),
    ]
    if bands:
        found.append(_run(setting, bands))
    moving = [given for given in found if given.low != given.high]
    return Uncertain(
        setting,
        tuple(sorted(moving, key=lambda given: given.name)),
        tuple(sorted(covered)),
        next(iter(bands.values()), None),
    )


def with_input(known: Uncertain, stated: UncertainInput) -> Uncertain:
    """What is uncertain with another range, or one more."""
    others = [given for given in known.inputs if given.name != stated.name]
    return replace(
        known,
        inputs=tuple(sorted([*others, stated], key=lambda given: given.name)),
        covered=tuple(name for name in known.covered if name != stated.name),
    )


def _parameters(setting: Setting) -> tuple[UncertainInput, ...]:
    """The planning parameters, the tariff of the country among them, but for what the case states itself; found once
    for all cases for which they are the same."""
    way = (setting.way.id, setting.workload.params_active_b)
    name = ("doubts of parameters", setting.country.id, setting.assumptions.id, *way, setting.left_open)
    return get_or_make(setting.catalogue.cache, name, lambda: tuple(_open_parameters(setting)))


def _open_parameters(setting: Setting) -> Iterator[UncertainInput]:
    supplied = setting.country.id in setting.catalogue.supply
    for name, figure in setting.figures.items():
        cell = parameter_cell(setting, name)
        if name in NEVER_IN_A_PLAN or cell.table == "case" or (name == "hire_max_devices" and supplied):
            continue
        row = _row_of(setting.catalogue, cell)
        usual = None if figure.range is not None else usual_range(setting, cell, figure.value)
        ends = figure.range or usual
        if ends is not None:
            ends_of = ("low", "high", f"{cell.column}_low", f"{cell.column}_high")
            guess = any(map(row.is_estimate, (cell.column, *ends_of)))
            yield UncertainInput(
                name,
                figure.unit,
                (Spread((cell,), ends[0], figure.value, ends[1]),),
                whole=figure.unit in WHOLE_UNITS,
                estimate=guess or usual is not None,
            )


def _row_of(catalogue: Catalogue, cell: Cell) -> Sourced:
    """The row in which a planning parameter stands."""
    if cell.table == "parameters":
        return catalogue.parameters[cell.row[0], cell.row[1]]
    if cell.table == "staff":
        return catalogue.staff[cell.row[0]][int(cell.row[1])]
    return catalogue.countries[cell.row[0]]


@dataclass(frozen=True)
class Ranged:
    """A figure of an accelerator that the data may hold with a range."""

    name: str
    column: str
    """Of accelerators.csv."""
    unit: str
    procurements: tuple[Procurement, ...]
    """The ways to get servers into which it enters."""


OF_ACCELERATORS = (
    Ranged("price", "unit_price_usd", "USD", ("buy", "own")),
    Ranged("server_power", "server_peak_kw", "kW", ("buy", "own", "rent")),
)
"""A column here joins the doubts of every case as soon as the data give it a low and a high."""


def _of_accelerators(setting: Setting, keys: tuple[OptionKey, ...]) -> Iterator[UncertainInput]:
    """Price and power of every accelerator that the case could use in a way into which they enter."""
    for ranged in OF_ACCELERATORS:
        for chip in dict.fromkeys(key.accelerator for key in keys if key.procurement in ranged.procurements):
            if price_cell(setting, chip).table == "hardware_overrides":
                continue  # such a row has no range
            row = setting.catalogue.accelerators[chip]
            cell = Cell("accelerators", (chip,), ranged.column)
            yield from _of_row(row, cell, f"{ranged.name}:{chip}", ranged.unit)


def _of_country(setting: Setting, keys: tuple[OptionKey, ...]) -> Iterator[UncertainInput]:
    """Import duty and the carbon of the grid, but for what the case states itself."""
    asked, ways = setting.asked, {key.procurement for key in keys}
    if asked.import_duty is None and "buy" in ways:
        yield from _of_row(setting.tax, Cell("case", (), "import_duty"), "import_duty", "share", "duty")
    cell = Cell("countries", (setting.country.id,), "grid_carbon_g_per_kwh")
    yield from _of_row(setting.country, cell, "grid_carbon", "gCO2e/kWh")


def _of_row(row: Sourced, cell: Cell, name: str, unit: str, column: str = "") -> Iterator[UncertainInput]:
    """The figure of a row as an input, where it has a central value and a range.

    Args:
        column: of the row, where the cell that moves has another name.
    """
    central, ends = getattr(row, column or cell.column), row.range_of(column or cell.column)
    if central is not None and ends is not None:
        guess = row.is_estimate(column or cell.column)
        yield UncertainInput(name, unit, (Spread((cell,), ends[0], central, ends[1]),), estimate=guess)


def _rents(setting: Setting, keys: tuple[OptionKey, ...]) -> Iterator[UncertainInput]:
    """Rents: the user's own range, the range of the offer in the country, or that of the world's lists."""
    catalogue = setting.catalogue
    stated = {name: (low, high) for name, low, high in setting.case.rent}
    seen: set[Cell] = set()  # one rent stated for a family is one doubt
    for chip, terms in dict.fromkeys((key.accelerator, key.terms) for key in keys if key.procurement == "rent"):
        cell = rent_cell(setting, chip, terms)
        if cell in seen:
            continue
        seen.add(cell)
        guess = False
        if chip in stated:
            ends, value = stated[chip], setting.stated_rents[chip]
        else:
            row = row_of(catalogue, cell)
            assert row is not None  # it is an option
            found, value = row.range_of(cell.column), getattr(row, cell.column)
            if found is None:
                continue
            ends, guess = found, row.is_estimate(cell.column) or any(map(row.is_estimate, _RENT_ENDS))
        spread = Spread((cell,), ends[0], value, ends[1])
        name = f"rent:{chip}:{terms}" if terms else f"rent:{chip}"
        yield UncertainInput(name, "USD/h", (spread,), estimate=guess)


def _supply(setting: Setting, keys: tuple[OptionKey, ...]) -> Iterator[UncertainInput]:
    """How much may be hired in the country, where it matters: a case may state a supply of its own."""
    row = setting.catalogue.supply.get(setting.country.id)
    hired = {key.accelerator for key in keys if key.procurement == "rent"}
    if row is not None and hired - setting.supplied:
        yield from _of_row(row, supply_cell(setting), "supply", "TPP")


def _cooling(setting: Setting, keys: tuple[OptionKey, ...]) -> Iterator[UncertainInput]:
    """The PUE of halls with liquid cooling, where an option has it: one doubt, whichever accelerator it is."""
    chips = dict.fromkeys(key.accelerator for key in keys)
    halls = {row.cooling: row for row in (cooling_of(setting, chip) for chip in chips) if row is not None}
    for cooling, row in halls.items():
        yield from _of_row(row, cooling_cell(row), f"pue:{cooling}", "ratio")


_RENT_ENDS = ("usd_low_per_hour", "usd_high_per_hour")


def _bands(setting: Setting, chips: list[str]) -> dict[str, RunBand]:
    """The run band of every accelerator; none under assumptions that do not claim to be measured."""
    if not setting.assumptions.is_default:
        return {}
    found = {chip: band_of(setting, setting.catalogue.accelerators[chip].generation) for chip in chips}
    return {chip: band for chip, band in found.items() if band is not None}


def _run(setting: Setting, bands: Mapping[str, RunBand]) -> UncertainInput:
    """The whole run: one factor on the MFU of every accelerator, within the band that speaks of it."""
    cells: dict[tuple[Decimal, Decimal], list[Cell]] = {}
    for chip, band in bands.items():
        cells.setdefault((band.band_low, band.band_high), []).extend(mfu_cells(setting, chip))
    spreads = tuple(Spread(tuple(some), low, Decimal(1), high) for (low, high), some in sorted(cells.items()))
    return UncertainInput(RUN, "times the efficiency", spreads, factor=True)


def mfu_cells(setting: Setting, chip: str) -> Iterator[Cell]:
    """Where the case itself finds the MFU of an accelerator, by precision."""
    for cell in efficiency_cells(setting, chip, "mfu"):
        if cell.row[3] == setting.architecture and cell.row[2] in setting.case.precision:
            yield cell


def _efficiencies(
    setting: Setting, chips: list[str], bands: Mapping[str, RunBand], covered: list[str]
) -> Iterator[UncertainInput]:
    """MFU and goodput of every accelerator: its precisions move together."""
    catalogue, precisions = setting.catalogue, setting.case.precision
    for chip in chips:
        band = bands.get(chip)
        seen = band is not None and catalogue.accelerators[chip].generation in band.seen_generations
        for column, by_band in (("mfu", seen), ("goodput", band is not None)):
            spreads, guessed = [], False
            for cell in efficiency_cells(setting, chip, column):
                row = catalogue.efficiencies[cell.row]  # type: ignore[index]
                ends = row.range_of(column)
                if ends is None or row.architecture != setting.architecture or row.precision not in precisions:
                    continue
                spreads.append(Spread((cell,), ends[0], getattr(row, column), ends[1]))
                guessed = guessed or row.is_estimate(column)
            if spreads and by_band:
                covered.append(f"{column}:{chip}")
            elif spreads:
                yield UncertainInput(f"{column}:{chip}", "share", tuple(spreads), estimate=guessed)


def _way(setting: Setting) -> Iterator[UncertainInput]:
    """The way to train: what it makes of efficiency, which no band speaks of, and how large its adapter is."""
    way = setting.way
    columns = ["efficiency_factor"] + ["adapter_share"] * (setting.asked.adapter_params_b is None)
    for column in columns:
        ends, value = way.range_of(column), getattr(way, column)
        if ends is not None and value is not None:
            spread = Spread((Cell("ways", (way.id,), column),), ends[0], value, ends[1])
            yield UncertainInput(f"{column}:{way.id}", "ratio", (spread,), estimate=way.is_estimate(column))


def _sizes(setting: Setting, chips: list[str], covered: list[str] | None) -> Iterator[UncertainInput]:
    """The factors of the sizes of the cluster and of the model; reported as covered where there is a run band."""
    catalogue, at = setting.catalogue, setting.assumptions.id
    clusters = [
        (place, row, ends) for place, row in enumerate(catalogue.brackets[at]) if (ends := row.range_of("mfu_factor"))
    ]
    if clusters:  # one doubt: how much is lost by scale
        spreads = tuple(
            Spread((Cell("size_brackets", (at, str(place)), "mfu_factor"),), ends[0], row.mfu_factor, ends[1])
            for place, row, ends in clusters
        )
        guess = any(row.is_estimate("mfu_factor") for _, row, _ in clusters)
        yield from _unless_covered(UncertainInput("cluster_size", "ratio", spreads, estimate=guess), covered)
    rows = catalogue.model_sizes[at]
    met = {catalogue.accelerators[chip].generation for chip in chips}
    used = [model_size_of(rows, generation, setting.architecture) for generation in sorted(met)]
    for place, size in enumerate(rows):
        ends = size.range_of("per_doubling")
        if ends is not None and any(size is row for row in used):
            cell = Cell("model_sizes", (at, str(place)), "per_doubling")
            first = size.generations[0].lower().replace(" ", "_")
            spread = Spread((cell,), ends[0], size.per_doubling, ends[1])
            guess = size.is_estimate("per_doubling")
            given = UncertainInput(f"model_size:{first}", "ratio", (spread,), estimate=guess)
            yield from _unless_covered(given, covered)


def _unless_covered(given: UncertainInput, covered: list[str] | None) -> Iterator[UncertainInput]:
    if covered is None:
        yield given
    else:
        covered.append(given.name)


def usual_range(setting: Setting, cell: Cell, value: Decimal) -> tuple[Decimal, Decimal] | None:
    """The range of a figure whose row has none, in its unit, by usual_ranges.csv; None where that says nothing of it,
    and under assumptions that do not claim to be measured.

    Raises:
        DataError: usual_ranges.csv cannot be read.
    """
    row = _usual(setting.catalogue).get((cell.table, cell.column)) if setting.assumptions.is_default else None
    if row is None:
        return None
    low = value * row.low_factor
    return low if row.least is None else max(low, min(row.least, value)), value * row.high_factor


def _usual(catalogue: Catalogue) -> Mapping[tuple[str, str], UsualRange]:
    """The rows of usual_ranges.csv, read once; a data folder of your own may do without."""
    rows = rows_once(catalogue.folder / "usual_ranges.csv", UsualRange, catalogue.cache)
    return get_or_make(catalogue.cache, "usual ranges", lambda: {(row.of_table, row.of_column): row for row in rows})
