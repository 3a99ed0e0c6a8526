"""A case in exact figures: its options with what they use of every limit, and what is asked of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from optimizer.case.setting import Setting
from optimizer.catalogue.cache import kept
from optimizer.domain import OptionKey, Procurement
from optimizer.exact import option as one
from optimizer.exact.figures import ZERO, Figures
from optimizer.exact.option import ExactOption
from optimizer.units import BYTES_PER_GB, DAYS_PER_YEAR, FLOP_PER_PFLOPS_DAY, HOURS_PER_DAY, KW_PER_MW, fraction

Used = tuple[int, int, Fraction]
"""(index of the option, servers, server-days worked)."""


class ExactOptions(tuple[ExactOption, ...]):
    """The options of a case. Many cases share them, so what follows from them alone is worked out once."""

    _kept: dict[object, Figures]

    def _once(self, name: object, value: Callable[[ExactOption], Fraction | int]) -> Figures:
        kept = self.__dict__.setdefault("_kept", {})
        if name not in kept:
            kept[name] = Figures(_fraction(value(option)) for option in self)
        found: Figures = kept[name]
        return found

    def column(self, name: str) -> Figures:
        """A figure of every option by the name of its attribute."""
        return self._once(name, lambda option: getattr(option, name))

    @property
    def nothing(self) -> Figures:
        """Zero for every option."""
        return self._once("nothing", lambda option: 0)

    @property
    def one_each(self) -> Figures:
        """One for every option."""
        return self._once("one each", lambda option: 1)

    @property
    def peak_mw(self) -> Figures:
        """Peak of one server, MW."""
        return self._once("peak_mw", lambda option: option.peak_kw / KW_PER_MW)

    @property
    def medium_voltage_mw(self) -> Figures:
        """Peak of one server, MW, of those that stay within the country's medium-voltage limit."""
        return self._once(
            "medium_voltage_mw", lambda option: option.peak_kw / KW_PER_MW if option.key.connection == "mv" else ZERO
        )

    @property
    def kwh_per_day(self) -> Figures:
        """Energy of one server and day of work, kWh."""
        return self._once("kwh_per_day", lambda option: option.mean_kw * HOURS_PER_DAY)

    def grams_per_day(self, carbon_g_per_kwh: Fraction) -> Figures:
        """Emissions of one server and day of work, g."""
        return self._once(
            ("carbon", carbon_g_per_kwh), lambda option: option.mean_kw * HOURS_PER_DAY * carbon_g_per_kwh
        )

    @property
    def devices_had(self) -> Iterable[tuple[str, Figures, Figures, Figures]]:
        """Of every accelerator, the devices of one server of each option of it: acquired (bought or rented), rented
        and owned; 0 for the other options."""
        if "_devices_had" not in self.__dict__:
            self.__dict__["_devices_had"] = [
                (name, self._devices(name, "buy", "rent"), self._devices(name, "rent"), self._devices(name, "own"))
                for name in dict.fromkeys(option.key.accelerator for option in self)
            ]
        found: list[tuple[str, Figures, Figures, Figures]] = self.__dict__["_devices_had"]
        return found

    def _devices(self, accelerator: str, *ways: Procurement) -> Figures:
        had = {
            place: Fraction(option.devices)
            for place, option in enumerate(self)
            if option.key.accelerator == accelerator and option.key.procurement in ways
        }
        return Figures(had.get(place, ZERO) for place in range(len(self))) if had else self.nothing

    def tpp_through(self, rule: str) -> Figures:
        """TPP of one server that comes in under a rule; what is owned already stands there."""
        return self._once(
            ("through", rule),
            lambda option: option.tpp if option.key.procurement != "own" and option.key.route == rule else 0,
        )


def _fraction(value: Fraction | int) -> Fraction:
    return value if isinstance(value, Fraction) else Fraction(value)


@dataclass(frozen=True, eq=False)
class ExactCap:
    """``sum uses[o] n[o] <= bound``, exactly."""

    name: str
    unit: str
    bound: Fraction
    uses: Figures

    def __post_init__(self) -> None:
        if not isinstance(self.uses, Figures):
            object.__setattr__(self, "uses", Figures(self.uses))


@dataclass(frozen=True)
class Site:
    """One of several sites: what using it costs."""

    name: str
    setup_usd: Fraction
    staff_usd_per_day: Fraction
    carbon_g_per_kwh: Fraction


@dataclass(frozen=True, eq=False)
class Measure:
    """Something a plan has more or less of: linear in servers, server-days and days, and never falling in them."""

    name: str
    unit: str
    constant: Fraction
    latest: Figures
    """Of what is used, the greatest counts, once: lead times."""
    per_server: Figures
    per_server_day: Figures
    per_day: Fraction
    sites: tuple[Site, ...] = ()
    """The site of every option, where using one costs something of its own."""

    def value(self, used: Iterable[tuple[int, int, Fraction]], days: int) -> Fraction:
        """The measure of a plan: (option, servers, server-days) of every option used, and the days of the run."""
        used = list(used)
        total = self.constant + self.per_day * days + max((self.latest[option] for option, _, _ in used), default=ZERO)
        for option, servers, server_days in used:
            total += self.per_server[option] * servers + self.per_server_day[option] * server_days
        for site in {self.sites[option] for option, _, _ in used} if self.sites else ():
            total += site.setup_usd + site.staff_usd_per_day * days
        return total


@dataclass(frozen=True, eq=False)
class ExactProblem:
    """A case in exact figures: the options, and what is asked of them."""

    options: ExactOptions
    work_pflops_days: Fraction
    memory_gb: Fraction
    deadline_days: int
    budget_usd: Fraction | None
    compute_allowed: bool
    caps: tuple[ExactCap, ...]
    staff_usd_per_day: Fraction
    site_setup_usd: Fraction
    carbon_g_per_kwh: Fraction
    fewest_sites: int = 1
    """How many sites a plan uses at least."""

    _measures: dict[str, Measure] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        if not isinstance(self.options, ExactOptions):
            object.__setattr__(self, "options", ExactOptions(self.options))

    def measure(self, name: str) -> Measure:
        """A measure by name: cost, days, finish (days and lead), peak_power, energy, carbon, servers, or a cap."""
        if name not in self._measures:
            self._measures[name] = self._measure(name)
        return self._measures[name]

    def _measure(self, name: str) -> Measure:
        options, zeros = self.options, self.options.nothing
        if name == "cost":
            per_server, per_server_day = options.column("server_usd"), options.column("server_day_usd")
            return Measure(name, "USD", self.site_setup_usd, zeros, per_server, per_server_day, self.staff_usd_per_day)
        if name == "days":
            return Measure(name, "days", ZERO, zeros, zeros, zeros, Fraction(1))
        if name == "finish":
            return Measure(name, "days", ZERO, options.column("lead_days"), zeros, zeros, Fraction(1))
        if name == "servers":
            return Measure(name, "servers", ZERO, zeros, options.one_each, zeros, ZERO)
        if name == "peak_power":
            return Measure(name, "kW", ZERO, zeros, options.column("peak_kw"), zeros, ZERO)
        if name == "energy":
            return Measure(name, "kWh", ZERO, zeros, zeros, options.kwh_per_day, ZERO)
        if name == "carbon":
            return Measure(name, "g", ZERO, zeros, zeros, options.grams_per_day(self.carbon_g_per_kwh), ZERO)
        cap = next(cap for cap in self.caps if cap.name == name)
        return Measure(name, cap.unit, ZERO, zeros, cap.uses, zeros, ZERO)


def exact_problem(setting: Setting, keys: Sequence[OptionKey]) -> ExactProblem:
    """The exact figures of a case over the options named by ``keys``, of which many cases share the options."""
    return problem_over(setting, _options(setting, tuple(keys)))


def problem_over(setting: Setting, options: ExactOptions) -> ExactProblem:
    """The exact figures of a case over some options."""
    case, exact = setting.case, setting.exact
    assert case.deadline_days is not None  # settled
    return ExactProblem(
        options=options,
        work_pflops_days=fraction(setting.training_flop) / FLOP_PER_PFLOPS_DAY,
        memory_gb=_memory_bytes(setting) / BYTES_PER_GB,
        deadline_days=case.deadline_days,
        budget_usd=None if case.budget_usd is None else fraction(case.budget_usd),
        compute_allowed=case.max_training_flop is None or setting.training_flop <= case.max_training_flop,
        caps=tuple(_caps(setting, options)),
        staff_usd_per_day=exact("staff_fte") * exact("engineer_usd_per_year") / DAYS_PER_YEAR,
        site_setup_usd=fraction(case.site_setup_usd or 0),
        carbon_g_per_kwh=fraction(setting.country.grid_carbon_g_per_kwh),
    )


def _memory_bytes(setting: Setting) -> Fraction:
    """Bytes of the model's state: trained parameters with gradients and optimiser, frozen ones as they are stored."""
    held = fraction(setting.workload.params_total_b) * 10**9
    trained, frozen = held, Fraction(0)
    if setting.adapter_params_b is not None:
        trained, frozen = fraction(setting.adapter_params_b) * 10**9, held
    state = trained * setting.exact("training_bytes_per_parameter")
    stored = setting.way.frozen_bytes_per_parameter
    return state if stored is None else state + frozen * fraction(stored)


def _options(setting: Setting, keys: tuple[OptionKey, ...]) -> ExactOptions:
    """The exact options, kept by value: they depend on the case only through its assumptions, never its limits."""
    case, cache = setting.case, setting.catalogue.cache
    # what a server costs knows neither the export rules nor the model that is trained
    priced = (
        *(case.basis, case.assumptions, setting.tax, case.pue, case.electricity_usd_per_kwh, case.rent_premium),
        case.utilisation,
    )
    speed = (setting.architecture, setting.size_class, setting.way.efficiency_factor)
    name = ("exact", keys, *speed, case.deadline_from, *priced)

    def made() -> ExactOptions:
        shared = kept(cache, ("money", *priced), one.Shared)
        return ExactOptions(one.exact_option(setting, key, shared) for key in keys)

    return kept(cache, name, made)


def _caps(setting: Setting, options: ExactOptions) -> Iterator[ExactCap]:
    """Every cap of the case, from its own fields: independent of :mod:`optimizer.model.limits`."""
    case = setting.case
    if case.max_mw is not None:
        yield ExactCap("grid", "MW", fraction(case.max_mw), options.peak_mw)
    if setting.country.medium_voltage_limit_mw is not None and options.medium_voltage_mw.any:
        bound = fraction(setting.country.medium_voltage_limit_mw)
        yield ExactCap("connection", "MW", bound, options.medium_voltage_mw)
    if case.max_tpp is not None:
        yield ExactCap("tpp", "TPP", fraction(case.max_tpp), options.column("tpp"))
    if case.max_accelerators is not None:
        yield ExactCap("accelerators", "accelerators", Fraction(case.max_accelerators), options.column("devices"))
    supply, owned = dict(case.supply), dict(case.owned)
    hire_max = setting.exact("hire_max_devices")
    for name, acquired, rented, mine in options.devices_had:
        if name in supply and acquired.any:
            yield ExactCap(f"supply:{name}", "accelerators", Fraction(supply[name]), acquired)
        elif name not in supply and rented.any:
            yield ExactCap(f"hire:{name}", "accelerators", hire_max, rented)
        if mine.any:
            yield ExactCap(f"owned:{name}", "accelerators", Fraction(owned.get(name, 0)), mine)
    for rule in setting.catalogue.licence_rules:
        if rule.cap_tpp is not None and (through := options.tpp_through(rule.rule)).any:
            yield ExactCap(f"law:{rule.rule}", "TPP", fraction(rule.cap_tpp), through)
