"""How fast one server works, in exact figures; the formulas and their sources stand in :mod:`optimizer.options`."""

from __future__ import annotations

from decimal import Context, Decimal, localcontext
from fractions import Fraction
from functools import lru_cache

from optimizer.case.setting import Setting
from optimizer.domain import OptionKey, SizeBracket
from optimizer.exact.common_figures import Shared
from optimizer.exact.hire import present
from optimizer.units import TFLOPS_PER_PFLOPS, fraction

_AT_ONE = Decimal(0)
"""Represents the factor of the size of a cluster where it is left out: a factor is above 0."""


def speed_of(setting: Setting, key: OptionKey, bracket: SizeBracket, devices: int, shared: Shared) -> Fraction:
    """Sustained PFLOP/s of one server in a cluster of a bracket's size."""
    server, known = (key.accelerator, key.machine, key.precision), shared.pflops
    if (found := known.get((*server, bracket.mfu_factor))) is None:
        if (at_one := known.get((*server, _AT_ONE))) is None:
            at_one = known[(*server, _AT_ONE)] = _pflops(setting, key, devices)
        found = known[(*server, bracket.mfu_factor)] = at_one * fraction(bracket.mfu_factor)
    return found


def _pflops(setting: Setting, key: OptionKey, devices: int) -> Fraction:
    """Sustained PFLOP/s of one server at a factor of 1 for the size of the cluster."""
    way_factor = fraction(setting.way.efficiency_factor)
    catalogue = setting.catalogue
    chip = catalogue.accelerators[key.accelerator]
    efficiency = catalogue.efficiencies[(setting.assumptions.id, key.accelerator, key.precision, setting.architecture)]
    peak_tflops = fraction(
        efficiency.peak_tflops or present(chip.peak_tflops(key.precision), key, f"{key.precision}_tflops")
    )
    size_factor = _model_size_factor(setting, chip.generation)
    sustained = fraction(efficiency.mfu) * fraction(efficiency.goodput) * size_factor * way_factor
    return devices * peak_tflops * sustained / TFLOPS_PER_PFLOPS


def _model_size_factor(setting: Setting, generation: str) -> Fraction:
    """What a model of this size reaches of MFU x goodput; a row of the generation itself goes before one for any.

    The gain of a doubling to the power of the doublings from the size at which it is 1, by natural logarithms in 40
    digits; what the fractions then go on with are 12 decimals of it.
    """
    rows = [r for r in setting.catalogue.model_sizes[setting.assumptions.id] if setting.architecture in r.architectures]
    found = {name: row for row in rows for name in row.generations}
    row = found[generation] if generation in found else found["*"]
    beyond_b = sorted((row.params_from_b, setting.workload.params_active_b, row.params_to_b))[1]
    return _power_of_doublings(beyond_b, row.params_at_one_b, row.per_doubling)


@lru_cache(256)
def _power_of_doublings(size: Decimal, from_size: Decimal, per_doubling: Decimal) -> Fraction:
    """The gain of a doubling to the power of the doublings between two sizes; logarithms in 40 digits take long."""
    with localcontext(Context(prec=40)):
        doublings = (size / from_size).ln() / Decimal(2).ln()
        return Fraction((doublings * per_doubling.ln()).exp().quantize(Decimal("1e-12")))
