"""What an engineer checks first: accelerator-hours, tokens a second, and the efficiencies that a plan takes."""

from __future__ import annotations

from fractions import Fraction

from optimizer.case.setting import TRILLION
from optimizer.options.performance import model_factor, model_size_of
from optimizer.plans.outcome import Fleet, PlanItem
from optimizer.units import HOURS_PER_DAY, SECONDS_PER_HOUR, fraction
from optimizer.units.records import dataclass


@dataclass(frozen=True)
class ItemFigures:
    """The figures of one kind of server."""

    accelerator: str
    precision: str
    accelerator_hours: Fraction
    mfu: Fraction
    """Share of the dense peak at the precision in steady state, with the factors of the sizes and of the way."""
    goodput: Fraction
    """Share of the time that is spent on progress."""
    peak_hours: Fraction
    """What its accelerators could do in its hours: hours x dense peak at the precision, TFLOP/s x h."""

    @property
    def of_peak(self) -> Fraction:
        """Share of the dense peak that the whole run reaches, 0 to 1."""
        return self.mfu * self.goodput


@dataclass(frozen=True)
class RunFigures:
    """The figures of a plan."""

    items: tuple[ItemFigures, ...]
    tokens_per_s_per_accelerator: Fraction | None
    """Over the hours of work, with the experiments that the overhead counts; None where no token count is known."""

    @property
    def accelerator_hours(self) -> Fraction:
        """Of all kinds together."""
        return sum((item.accelerator_hours for item in self.items), Fraction(0))

    @property
    def goodput(self) -> Fraction:
        """Of all kinds together: share of their peak x hours that is spent on progress."""
        return self._progress / sum(item.peak_hours for item in self.items)

    @property
    def mfu(self) -> Fraction:
        """MFU of all kinds together, a share from 0 to 1: work done over what their peaks could do in that part of the
        time."""
        return sum((item.of_peak * item.peak_hours for item in self.items), Fraction(0)) / self._progress

    @property
    def _progress(self) -> Fraction:
        return sum((item.goodput * item.peak_hours for item in self.items), Fraction(0))


def run_figures(plan: Fleet) -> RunFigures:
    """Accelerator-hours, tokens a second and efficiencies of a plan.

    Tokens a second = tokens x overhead / accelerator-seconds of work.
    """
    items = tuple(_of_item(plan, item) for item in plan.items)
    hours = sum((item.accelerator_hours for item in items), Fraction(0))
    tokens_t = plan.setting.workload.tokens_t
    rate = None
    if tokens_t is not None and hours:
        worked = fraction(tokens_t) * TRILLION * fraction(plan.setting.case.overhead or 1)
        rate = worked / (hours * SECONDS_PER_HOUR)
    return RunFigures(items, rate)


def _of_item(plan: Fleet, item: PlanItem) -> ItemFigures:
    setting, key = plan.setting, item.key
    catalogue, at = setting.catalogue, setting.assumptions.id
    row = catalogue.efficiencies[at, key.accelerator, key.precision, setting.architecture]
    bracket = catalogue.bracket(at, key.bracket)
    chip = catalogue.accelerators[key.accelerator]
    size = model_size_of(catalogue.model_sizes[at], chip.generation, setting.architecture)
    of_model = Fraction(str(model_factor(size, setting.workload.params_active_b)))
    factors = fraction(bracket.mfu_factor) * of_model * fraction(setting.way.efficiency_factor)
    devices = Fraction(item.accelerators, item.servers)
    hours = item.server_days * devices * HOURS_PER_DAY
    peak = fraction(row.peak_tflops or chip.peak_tflops(key.precision) or 0)
    mfu, goodput = fraction(row.mfu) * factors, fraction(row.goodput)
    return ItemFigures(key.accelerator, key.precision, hours, mfu, goodput, hours * peak)
