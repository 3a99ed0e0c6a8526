"""The training compute of a case in exact figures, from the rows of the data: nothing is taken from the case's own sum.

The same is calculated in :mod:`optimizer.case.training` for the model; a plan whose two sums differ is refused.
"""

from __future__ import annotations

from fractions import Fraction

from optimizer.case.setting import Setting
from optimizer.catalogue.cache import get_or_make
from optimizer.units import FLOP_PER_PFLOPS_DAY, fraction

_BILLION, _TRILLION = 10**9, 10**12
_PASSES = 3
"""Forward once, and twice as much backward: for the inputs of a product and for what it is multiplied with."""
_FLOP_PER_MULTIPLICATION = 2
"""A multiplication and an addition."""


def work_pflops_days(setting: Setting) -> Fraction:
    """The training compute in PFLOP/s-days, overhead in."""
    return training_flop(setting) / FLOP_PER_PFLOPS_DAY


def training_flop(setting: Setting) -> Fraction:
    """The training compute of the final run times the overhead, FLOP; kept by value."""
    case, workload = setting.case, setting.workload
    asked = (case.context_tokens, case.layers, case.attention_width, case.adapter_params_b, case.overhead)
    rows = (workload.params_total_b, workload.params_active_b, workload.tokens_t, workload.training_flop)
    shape, way = (workload.layers, workload.attention_width), setting.way
    each = (way.flop_per_trained_parameter, way.flop_per_frozen_parameter, way.adapter_share)
    return get_or_make(setting.catalogue.cache, ("work", *asked, *rows, *shape, *each), lambda: _training_flop(setting))


def _training_flop(setting: Setting) -> Fraction:
    overhead = fraction(setting.case.overhead or 1)
    stated = setting.workload.training_flop
    if stated is not None:
        return fraction(stated) * overhead
    tokens = fraction(setting.workload.tokens_t or 0) * _TRILLION
    return overhead * tokens * (_through_weights(setting) + _through_attention(setting))


def _through_weights(setting: Setting) -> Fraction:
    """FLOP of one token in the products with the weights: those that are trained, and those that are frozen."""
    workload, way = setting.workload, setting.way
    active = fraction(workload.params_active_b) * _BILLION
    if not way.is_adapter:
        return active * fraction(way.flop_per_trained_parameter)
    given = setting.case.adapter_params_b
    share = fraction(way.adapter_share or 0) if given is None else fraction(given) / fraction(workload.params_total_b)
    return active * (share * fraction(way.flop_per_trained_parameter) + fraction(way.flop_per_frozen_parameter or 0))


def _through_attention(setting: Setting) -> Fraction:
    """FLOP of one token in the products of queries with keys, and of scores with values: in each layer both are as wide
    as all heads together, and a token meets those before it, half of the context in the mean."""
    case, workload = setting.case, setting.workload
    if case.context_tokens is None:
        return Fraction(0)
    met = Fraction(case.context_tokens, 2)
    width = fraction(case.attention_width or workload.attention_width or 0)
    scores = values = _FLOP_PER_MULTIPLICATION * width * met
    return _PASSES * (case.layers or workload.layers or 0) * (scores + values)
