"""Curves: what more of one thing buys of another, the most that limits allow, and where the choice changes."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from optimizer.domain.limits import KINDS
from optimizer.errors import UsageError
from optimizer.service.register import Asked, Parameter, question
from optimizer.service.sought import refuse_sought
from optimizer.service.typed import parse_value
from optimizer.units import parse_decimal, read_days, read_usd, two_readings
from optimizer.units.language import say

if TYPE_CHECKING:
    from optimizer.answers.document import Document
    from optimizer.catalogue import Catalogue
    from optimizer.domain import Case

STEP = 10**6
"""Tokens or parameters to which an answer is settled, where nothing else is said."""
_IN_USD = frozenset(name for kind in KINDS.values() if kind.unit == "USD" for name in (kind.word, kind.flag[2:]))
"""How limits that are money may be typed as an input."""
_MODEL = ("workload", "params_total_b", "params_active_b", "architecture")


@question(
    "frontier",
    "Trade-offs and doubt",
    Parameter(
        "first",
        "One measure: cost, days, peak_power, energy, carbon, capital or compute.",
        "argument",
        "X",
        required=True,
    ),
    Parameter("second", "The other measure.", "argument", "Y", required=True),
    Parameter(
        "points",
        "Maximum number of points shown, evenly spaced; the number of all points is reported too.",
        "whole",
        "N",
        default=30,
        least=2,
        most=10_000,
    ),
    outputs="answers.frontier:FrontierOut",
    rows="answers.frontier:FrontierRow",
)
def frontier(asked: Asked) -> Document:
    """Print the exact trade-off between two measures: every plan that no other beats on both.

    X and Y are two of cost, budget, days, peak_power, energy, carbon, capital (hardware bought) and compute (the
    tokens of the workload; its parameters stay the same); the flags are those of plan. For one kind of server.

    \b
    optimizer frontier cost days --country MX --max-mw 2
    optimizer frontier cost compute --budget 20M --max-mw 2
    """
    from optimizer.answers.frontier import document
    from optimizer.insight.curves.frontier import frontier as curve

    first, second = asked.own["first"], asked.own["second"]
    case = asked.case(**refuse_sought(asked) if "compute" in (first, second) else {})
    return document(curve(case, asked.catalogue, first, second, asked.own["points"]))


@question(
    "largest",
    "Trade-offs and doubt",
    Parameter(
        "tokens_per_param",
        "Find the parameters of a dense model at N tokens each, such as 20; without it, the tokens of the workload.",
        "text",
        "N",
    ),
    Parameter(
        "step",
        "Precision of the answer, in tokens or parameters.",
        "whole",
        "N",
        default=STEP,
        least=1,
        most=10**12,
    ),
    outputs="answers.largest:LargestOut",
    rows="answers.largest:LargestRow",
)
def largest(asked: Asked) -> Document:
    """Find the most training that the budget, the power, the deadline and the other limits allow.

    The flags are those of plan; it finds the number of tokens, or with --tokens-per-param the size of a dense model.
    For one kind of server.

    \b
    optimizer largest --budget 5M --max-mw 1 --deadline 150d --tokens-per-param 20
    """
    text = asked.own["tokens_per_param"]
    per_parameter = None if text is None else parse_value("tokens_per_param", text, _above_0)
    case = asked.case(**refuse_sought(asked, *(_MODEL if per_parameter else ())))
    return most(case, asked.catalogue, per_parameter, asked.own["step"])


def most(case: Case, catalogue: Catalogue, per_parameter: Decimal | None, step: int = STEP) -> Document:
    """The most training that the limits of a case allow.

    Args:
        case: its limits; what is sought in it is not looked at.
        catalogue: the data.
        per_parameter: tokens per parameter of a dense model whose size is sought; None where the tokens are sought.
        step: tokens or parameters to which the answer is settled.
    """
    from optimizer.answers.largest import document
    from optimizer.insight.curves.largest import largest_model, largest_tokens

    if per_parameter is None:
        return document(largest_tokens(case, catalogue, step))
    return document(largest_model(case, catalogue, per_parameter, step))


@question(
    "tipping",
    "Trade-offs and doubt",
    Parameter(
        "input",
        "The input that is varied: price:h100, rent:h100, mfu:h100, ratio:h100/a100, pue, deadline.",
        "argument",
        "INPUT",
        required=True,
    ),
    Parameter("start", "Lowest value of the range.", "text", "VALUE", flag="--from", required=True),
    Parameter("stop", "Highest value of the range.", "text", "VALUE", flag="--to", required=True),
    Parameter(
        "tolerance",
        "Largest distance between the two sides of a change; each input has its own default.",
        "text",
        "VALUE",
    ),
    outputs="answers.tipping:TippingOut",
    rows="answers.tipping:TippingRow",
)
def tipping(asked: Asked) -> Document:
    """Find all values of an input or a limit at which the choice changes, each proven on both sides.

    INPUT is, for any accelerator, price:h100 (USD for one), rent:h100 (USD an hour), mfu:h100 (times its MFU) or
    ratio:h100/a100 (times the sustained speed of one A100); or, for all of them, tariff (USD/kWh), duty (a share) or
    pue; or a limit: max_mw, deadline (days), budget (USD), max_energy (GWh), max_carbon (tCO2e), max_capital (USD),
    max_tpp or max_accelerators. The flags are those of plan. For one kind of server.

    \b
    optimizer tipping price:h100 --from 10000 --to 100000 --use "h100_sxm5_80;a100_sxm4_80"
    optimizer tipping deadline --from 30d --to 365d --max-mw 1
    """
    from optimizer.answers.tipping import document, not_offered_words
    from optimizer.insight.curves.tipping import tipping as changes
    from optimizer.insight.curves.tipping_of_one import NotOfferedError

    own = asked.own
    read = partial(_single, read=_reader(own["input"].partition(":")[0], asked.today))
    values = {
        name: parse_value(name, own[name], read) for name in ("start", "stop", "tolerance") if own[name] is not None
    }
    try:
        found = changes(asked.case(), asked.catalogue, own["input"], **values)
    except NotOfferedError as error:
        raise UsageError(not_offered_words(error)) from error
    return document(found)


def _reader(kind: str, today: str) -> Callable[[str], Decimal]:
    """What reads a value of an input: of money with $ and M if need be, of a deadline with a unit."""
    if kind == "deadline":
        return lambda text: Decimal(read_days(text, today))
    return read_usd if kind in ("price", "rent") or kind in _IN_USD else parse_decimal


def _single(text: str, read: Callable[[str], Decimal] = parse_decimal) -> Decimal:
    """A value that can be read in one way only."""
    if rule := two_readings(text):
        raise ValueError(rule)
    return read(text)


def _above_0(text: str) -> Decimal:
    if (value := _single(text)) <= 0:
        raise ValueError(say("must be above 0"))
    return value
