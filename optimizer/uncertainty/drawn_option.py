"""One option in many draws at once: what its servers cost and use in each, vectorised over the draws.

The formulas are those of the options table (:mod:`optimizer.options.columns`) and of the measures
(:mod:`optimizer.model.measures`); only the figures are drawn. Nothing is solved: the choice stands, and the run goes on
until the work is done. Floating point; what is too near a boundary for it is settled exactly.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import field, replace

import numpy as np
from numpy.typing import NDArray

from optimizer.case.cooling import cooling_of
from optimizer.case.rents import hire_most
from optimizer.case.setting import Setting
from optimizer.case.taxes import tax_after, taxes_change
from optimizer.case.what_if import Cell, cooling_cell, price_cell, rent_cell, supply_cell
from optimizer.catalogue.cache import get_or_make
from optimizer.domain import PARAMETERS
from optimizer.domain.limits import DEADLINE, Limit, measure_limits
from optimizer.model.limit_rows import demand
from optimizer.model.measures import LinearMeasure, Surroundings, measure
from optimizer.options import Option, OptionTable, cost
from optimizer.options.columns import Inputs, WorkedOut, inputs_of, kinds_of, work_out
from optimizer.options.performance import Value, model_factor
from optimizer.solve.claim import Prepared
from optimizer.uncertainty.amounts import Amount, is_nothing, one_value
from optimizer.uncertainty.distribution import Floats
from optimizer.uncertainty.fixed_choice import Choice, Standing, scenario_setting, standing
from optimizer.uncertainty.limits_met import NEAR, Met, decided, whole_days
from optimizer.uncertainty.sample import Sample
from optimizer.units import KW_PER_MW
from optimizer.units.records import dataclass

MOST_DRAWN = 64
"""Options that are kept as they were calculated in all draws: some 0.1 MB each."""


@dataclass(frozen=True, eq=False)
class DrawnOption:
    """An option in every draw of a sample."""

    ready: Prepared
    place: int
    """Of the option in the table."""
    sample: Sample
    full_days: Floats
    """Server-days of the work."""
    left_days: Floats
    """Days from the start of training to the deadline."""
    memory_servers: Value
    """Servers that hold the model, a fraction."""
    usd: Amount
    bounded: tuple[tuple[Limit, Amount, Value], ...]
    """Every limit but the deadline, what servers come to of it, and its bound."""

    @property
    def option(self) -> Option:
        """The option."""
        return self.ready.table.options[self.place]

    @property
    def acquired(self) -> Value:
        """Devices that are acquired with one server, spares among them."""
        return one_value(_worked(self.ready, self.place, self.sample).worked.acquired)

    def amount_of(self, limit: Limit) -> Amount:
        """What its servers come to of the measure that a limit is on, in the limit's unit."""
        drawn = _worked(self.ready, self.place, self.sample)
        return _amount(drawn, limit.described.measure, self.full_days, limit.unit)

    def days(self, servers: int) -> Floats:
        """Whole days until the work is done by so many servers, in every draw."""
        return whole_days(self.full_days / servers)

    def cost_usd(self, servers: int, days: Floats | None = None) -> Floats:
        """What so many servers cost until the work is done, in every draw."""
        return _each(self.usd.of(servers, self.days(servers) if days is None else days), self.sample)

    def within(self, servers: int, days: Floats | None = None) -> tuple[dict[Limit | str, Met], Met]:
        """Whether so many servers meet each limit, draw by draw; and in which draws a float cannot say.

        Args:
            servers: how many.
            days: in which they do the work, where that was calculated already.
        """
        days = self.days(servers) if days is None else days
        asked: list[tuple[Limit | str, Value, Value]] = [
            (DEADLINE, self.full_days / servers, self.left_days),
            ("memory", self.memory_servers, float(servers)),
        ]
        asked += [(limit, amount.of(servers, days), bound) for limit, amount, bound in self.bounded]
        met, near = decided(asked, self.sample.count)
        table, o = self.ready.table, self.place
        inside = float(table.min_servers[o]) <= servers <= float(table.max_servers[o])
        met["bracket"] = np.full(self.sample.count, inside and self.ready.asked.compute_allowed)
        return met, near

    def most_met(self, counts: NDArray[np.int64]) -> NDArray[np.int64]:
        """At most in how many draws each of some numbers of servers meets every limit.

        Of limits on servers alone and of the deadline it is that very number but for rounding; others are left out.
        """
        least = np.maximum(self.full_days / np.maximum(self.left_days, 1e-9), self.memory_servers) * (1 - NEAR)
        most = np.full(self.sample.count, np.inf)
        for _, amount, bound in self.bounded:
            if amount.is_of_servers:
                fits = np.divide(
                    bound,
                    amount.per_server,
                    out=np.full(self.sample.count, np.inf),
                    where=np.greater(amount.per_server, 0),
                )
                most = np.minimum(most, fits * (1 + NEAR))
        least, most = np.ceil(least), np.floor(most)
        possible = least <= most
        begun = np.searchsorted(np.sort(least[possible]), counts, side="right")
        ended = np.searchsorted(np.sort(most[possible]), counts, side="left")
        return begun - ended

    def met(self, servers: int) -> Met:
        """Whether so many servers meet every limit, draw by draw: exactly where a float cannot say."""
        return self.all_met(servers, *self.within(servers))

    def all_met(self, servers: int, each: Mapping[Limit | str, Met], near: Met) -> Met:
        """The same from what :meth:`within` says."""
        found: Met = np.logical_and.reduce(list(each.values()))
        for draw in np.flatnonzero(near).tolist():
            found[draw] = self.exactly(servers, draw).met
        return found

    def exactly(self, servers: int, draw: int) -> Standing:
        """What becomes of so many servers in one draw, in exact arithmetic from the raw data."""
        setting = scenario_setting(self.sample.known, self.sample.scenario(draw))
        return standing(setting, Choice(self.option.key, servers))


def draw_option(ready: Prepared, place: int, sample: Sample) -> DrawnOption:
    """An option of a case in every draw of a sample.

    Args:
        ready: the case at its central values.
        place: of the option in the table.
        sample: of what is uncertain about the case, or about this option.
    """
    setting, table, asked = ready.setting, ready.table, ready.asked
    drawn = _worked(ready, place, sample)
    work, memory_gb = _work_and_memory(ready, sample)
    full_days = _each(work / drawn.worked.pflops, sample)
    usd = _amount(drawn, "cost", full_days)
    once = usd.once + float(setting.case.site_setup_usd or 0)
    usd = replace(usd, once=once, per_day=one_value(drawn.worked.day_usd))
    left_days = asked.deadline_days - _lead_days(setting, table.options[place], drawn.parameters)
    return DrawnOption(
        ready,
        place,
        sample,
        full_days,
        left_days=_each(np.minimum(np.maximum(left_days, 0.0), table.most_days[place]), sample),
        memory_servers=memory_gb / float(table.memory_gb[place]),
        usd=usd,
        bounded=(*_measured(ready, drawn, full_days, usd), *_capped(ready, place, drawn, sample)),
    )


@dataclass(frozen=True, eq=False)
class _Worked:
    """An option in every draw, whatever the work and the limits of a case."""

    worked: WorkedOut
    parameters: Mapping[str, Value]
    """Every planning parameter by name."""
    row: OptionTable
    """A table of this option alone, whose columns have one value a draw where they are drawn."""
    around: Surroundings
    measures: dict[tuple[str, str], LinearMeasure] = field(default_factory=dict)
    """By name and unit, those that a case has asked for."""

    def measure(self, name: str, unit: str) -> LinearMeasure:
        """A measure by name, in a unit or in its own."""
        if (name, unit) not in self.measures:
            what = measure(self.row, self.around, name)
            self.measures[name, unit] = what.in_unit(unit) if unit else what
        return self.measures[name, unit]


def _worked(ready: Prepared, place: int, sample: Sample) -> _Worked:
    """What the formulas make of the drawn figures; calculated once for all cases of a batch that share the options and
    have the same doubts, as their limits and their work do not enter."""

    def made() -> _Worked:
        setting, option = ready.setting, ready.table.options[place]
        inputs = _inputs(ready, option, sample)
        worked = work_out(setting, kinds_of((option,)), inputs)
        carbon = sample.of(Cell("countries", (setting.country.id,), "grid_carbon_g_per_kwh"))
        around = Surroundings(0.0, float(setting.country.grid_carbon_g_per_kwh) if carbon is None else carbon)
        return _Worked(worked, inputs.parameters, _one_row(ready.table, place, worked), around)

    cache: dict[Hashable, _Worked] = get_or_make(ready.setting.catalogue.cache, "drawn", dict)
    return get_or_make(cache, (ready.table, place, sample.name), made, MOST_DRAWN)


def _each(values: Value, sample: Sample) -> Floats:
    """A value in every draw."""
    if isinstance(values, np.ndarray) and values.size == sample.count:
        return values
    return np.full(sample.count, values, dtype=np.float64)


def _inputs(ready: Prepared, option: Option, sample: Sample) -> Inputs:
    """The figures of an option and every planning parameter, one value a draw where they are uncertain."""
    setting = ready.setting
    central = inputs_of(setting, (option,))
    drawn = {name: values for name, cell in _cells(setting, option) if (values := sample.of(cell)) is not None}
    if (gain := drawn.get("model_factor")) is not None:
        drawn["model_factor"] = np.asarray(model_factor(option.model_size, setting.workload.params_active_b, gain))
    if (rent := _rent_usd_per_hour(setting, option, sample)) is not None:
        drawn["rent_usd_per_hour"] = rent
    moving = ((given.name, given.spreads[0].cells[0]) for given in sample.known.inputs if given.name in PARAMETERS)
    own = {name: values for name, cell in moving if (values := sample.of(cell)) is not None}
    landed = _landed_factor(ready, option, own, sample.of(Cell("case", (), "import_duty")))
    if landed is not None:
        drawn["landed_factor"] = np.asarray(landed)
    return replace(central, **drawn, parameters={**central.parameters, **own})


def _cells(setting: Setting, option: Option) -> Iterator[tuple[str, Cell]]:
    """Where the figures of an option are found, by the name that :class:`Inputs` has for them."""
    key, at, catalogue = option.key, setting.assumptions.id, setting.catalogue
    chip = key.accelerator
    yield "unit_price_usd", price_cell(setting, chip)
    if not key.machine:
        yield "server_peak_kw", replace(price_cell(setting, chip), column="server_peak_kw")
    if (hall := cooling_of(setting, chip)) is not None:
        yield "liquid_pue", cooling_cell(hall)
    row = (at, chip, key.precision, setting.architecture)
    yield from ((name, Cell("efficiency", row, name)) for name in ("mfu", "goodput"))
    names = [one.bracket for one in catalogue.brackets[at]]
    bracket = 0 if key.machine else names.index(key.bracket)  # that of a machine is the smallest, for it alone
    yield from ((name, Cell("size_brackets", (at, str(bracket)), name)) for name in ("mfu_factor", "network_ratio"))
    size = next(i for i, one in enumerate(catalogue.model_sizes[at]) if one is option.model_size)
    yield "model_factor", Cell("model_sizes", (at, str(size)), "per_doubling")
    yield "way_factor", Cell("ways", (setting.way.id,), "efficiency_factor")


def _rent_usd_per_hour(setting: Setting, option: Option, sample: Sample) -> Floats | None:
    """The rent in every draw; None where nothing about it is drawn."""
    if option.key.procurement != "rent":
        return None
    cell = rent_cell(setting, option.key.accelerator, option.key.terms)
    rent = sample.of(cell)
    if cell.table != "accelerators":
        return rent
    premium = sample.of(Cell("case", (), "rent_premium"))
    if rent is None and premium is None:
        return None
    world: Value = float(option.accelerator.rent_usd_per_hour or 0) if rent is None else rent
    own = float(setting.case.rent_premium or 0) if premium is None else premium
    found: Floats = np.asarray(world * (1 + own))
    return found


def _landed_factor(ready: Prepared, option: Option, own: Mapping[str, Floats], duty: Floats | None) -> Value | None:
    """Landed cost over CIF value, where the duty is drawn, or the day of delivery whose taxes are paid; else None."""
    setting, lead = ready.setting, own.get("buy_lead_days")
    if option.key.procurement != "buy" or lead is None:
        return None if duty is None else cost.landed_factor(setting.tax, duty)

    def made() -> tuple[Floats, Floats | None, Floats]:
        first, last = int(lead.min()), int(lead.max())
        if not taxes_change(setting.case, setting.catalogue, first, last):
            tax = tax_after(setting.case, setting.asked, setting.catalogue, first)
            return lead, duty, np.broadcast_to(np.asarray(cost.landed_factor(tax, duty)), lead.shape)
        found = np.empty_like(lead)
        for days in sorted(set(lead.tolist())):  # np.unique would load masked arrays for it
            then = lead == days
            tax = tax_after(setting.case, setting.asked, setting.catalogue, int(days))
            found[then] = cost.landed_factor(tax, None if duty is None else duty[then])
        return lead, duty, found  # what the name says by identity stays as long as the entry

    cache: dict[Hashable, tuple[Floats, Floats | None, Floats]]
    cache = get_or_make(setting.catalogue.cache, "landed", dict)
    return get_or_make(cache, (ready.table, id(lead), id(duty)), made, MOST_DRAWN)[2]


def _lead_days(setting: Setting, option: Option, figures: Mapping[str, Value]) -> Value:
    """Days of licence and delivery, where the deadline counts from the order."""
    if setting.case.deadline_from != "order" or option.key.procurement == "own":
        return 0.0
    if option.key.procurement == "buy":
        return option.route.lead_days + figures["buy_lead_days"]
    return figures["rent_lead_days"]


def _work_and_memory(ready: Prepared, sample: Sample) -> tuple[Value, Value]:
    """Work, PFLOP/s-days, and memory, GB: an adapter of a drawn size asks for more or less of both, linearly."""
    setting, asked = ready.setting, ready.asked
    work, memory = asked.work_pflops_days, asked.memory_gb
    shares = sample.of(Cell("ways", (setting.way.id,), "adapter_share"))
    if shares is None:
        return work, memory
    (given,) = (one for one in sample.known.inputs if one.name == f"adapter_share:{setting.way.id}")
    central = float(given.central[0])
    other = scenario_setting(sample.known, {given.name: given.high})
    high = demand(other, ready.table)
    along = (shares - central) / (float(given.high[0]) - central)
    return work + (high.work_pflops_days - work) * along, memory + (high.memory_gb - memory) * along


_UNDRAWN = ("devices", "tpp", "memory_gb", "lead_days", "paid_days", "most_days")
"""Columns that no doubt touches."""


def _one_row(table: OptionTable, place: int, worked: WorkedOut) -> OptionTable:
    """A table of one option, whose columns have one value a draw where they are drawn."""
    at = slice(place, place + 1)
    return replace(
        table,
        options=table.options[at],
        **{name: getattr(table, name)[at] for name in _UNDRAWN},
        **{name: getattr(worked, name) for name in ("pflops", "peak_kw", "mean_kw", "server_usd", "server_day_usd")},
        capital_usd=worked.capital_usd,
        acquired=worked.acquired,
        derived={},
    )


def _amount(drawn: _Worked, name: str, full_days: Floats, unit: str = "") -> Amount:
    """What servers come to of a measure; what the site costs of itself is left to the caller."""
    what = drawn.measure(name, unit)
    once, a_day, per_server = one_value(what.latest), one_value(what.per_server_day), one_value(what.per_server)
    worked = 0.0 if is_nothing(a_day) else a_day * full_days
    if what.paid_days is None:
        return Amount(once + worked, per_server, what.per_day)
    return Amount(once, per_server, what.per_day, worked, a_day * one_value(what.paid_days))


def _measured(ready: Prepared, drawn: _Worked, full_days: Floats, usd: Amount) -> Iterator[tuple[Limit, Amount, Value]]:
    """Every limit on a measure, with what servers come to of it, and its bound."""
    for limit, value in measure_limits(ready.setting.case):
        name = limit.described.measure
        amount = usd if name == "cost" else _amount(drawn, name, full_days, limit.unit)
        yield limit, amount, float(value)


def _capped(ready: Prepared, place: int, drawn: _Worked, sample: Sample) -> Iterator[tuple[Limit, Amount, Value]]:
    """Every cap on servers that is no measure, with what one of them comes to of it, and its bound."""
    for cap in ready.asked.caps:
        assert isinstance(cap.limit, Limit)
        uses, bound = float(cap.per_server[place]), cap.bound
        if not uses or cap.limit.described.measure:
            continue
        if cap.limit.kind == "connection":
            yield cap.limit, Amount(0.0, one_value(drawn.worked.peak_kw / KW_PER_MW), 0.0), bound
        elif cap.limit.kind in ("supply", "law"):  # these count the spares, which may be more or fewer
            yield (
                cap.limit,
                Amount(0.0, one_value(uses * (drawn.worked.acquired / ready.table.acquired[place])), 0.0),
                bound,
            )
        elif cap.limit.kind == "hire":
            yield cap.limit, Amount(0.0, uses, 0.0), _for_hire(ready, place, drawn.parameters, sample)
        else:
            yield cap.limit, Amount(0.0, uses, 0.0), bound


def _for_hire(ready: Prepared, place: int, figures: Mapping[str, Value], sample: Sample) -> Value:
    """Devices of the option's kind that can be hired in the country at once."""
    setting, accelerator = ready.setting, ready.table.options[place].accelerator
    if setting.country.id not in setting.catalogue.supply:
        return figures["hire_max_devices"]
    known = sample.of(supply_cell(setting))
    return float(hire_most(setting, accelerator.id)) if known is None else np.floor(known / float(accelerator.tpp))
