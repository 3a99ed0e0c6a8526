"""Curves: what more of one thing buys of another, the most that limits allow, and where the choice changes."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from optimizer.domain.limits import KINDS
from optimizer.domain.tipping_ranges import USUAL_RANGES
from optimizer.errors import InputError, Problem, UsageError
from optimizer.service.parameter_values import parse_value
from optimizer.service.register import Asked, Parameter, question
from optimizer.units.language import say

if TYPE_CHECKING:
    from optimizer.answers.form.document import Document
    from optimizer.catalogue import Catalogue
    from optimizer.domain import Case

STEP = 10**6
"""Tokens or parameters to which an answer is settled, where nothing else is said."""
_INPUTS = {"electricity": "tariff", "electricity_usd_per_kwh": "tariff", "import_duty": "duty"} | {
    kind.field: kind.word for kind in KINDS.values() if kind.field and kind.tolerance is not None
}
"""An input by the name of its field or flag, where the two differ."""
_MODEL = ("workload", "params_total_b", "params_active_b", "architecture")


@question(
    "frontier",
    "Trade-offs and uncertainty",
    Parameter(
        "first",
        "One measure: cost, days, peak_power, energy, carbon, capital or compute.",
        "argument",
        "X",
        required=True,
    ),
    Parameter("second", "The other measure, such as days.", "argument", "Y", required=True),
    Parameter(
        "points",
        "Maximum number of points shown, evenly spaced; the number of all points is reported too.",
        "whole",
        "N",
        default=30,
        least=2,
        most=10_000,
    ),
    outputs=("answers.curves.frontier:FrontierOut", "answers.power.choices:PowerChoicesOut"),
    rows=("answers.curves.frontier:FrontierRow", "answers.power.choices:PowerChoiceRow"),
    takes_power=True,
)
def frontier(asked: Asked) -> Document:
    """Print the exact trade-off between two measures: every plan that no other beats on both.

    X and Y are two of cost, budget, days, peak_power, energy, carbon, capital (price of bought hardware) and compute
    (the tokens of the workload; its parameters stay the same); the flags are those of plan. With
    --mix, up to nine points, cost against another measure.

    \b
    optimizer frontier cost days --country MX --max-mw 2
    optimizer frontier cost compute --budget 20M --max-mw 2
    """
    from optimizer.answers.curves.frontier import document
    from optimizer.insight.curves.frontier import frontier as curve

    first, second = asked.own["first"], asked.own["second"]
    case = asked.case(**refuse_unknowns(asked) if "compute" in (first, second) else {})
    if case.feed is not None:
        return _fed_frontier(case, asked)
    return document(curve(case, asked.catalogue, first, second, asked.own["points"]))


MOST_POINTS = 9
"""Of a frontier of a fed site: each of its points is a search and a proof of its own."""


def _fed_frontier(case: Case, asked: Asked) -> Document:
    """Cost against another measure, where the case says what feeds its site."""
    from optimizer.service.powering import choices

    names = [asked.own["first"], asked.own["second"]]
    if "cost" not in names:
        rule = "one of the two must be cost where the flags say what feeds the site"
        raise InputError.at(rule, column="second", value=names[1])
    names.remove("cost")
    return choices("frontier", case, asked, measure=names[0], points=min(asked.own["points"], MOST_POINTS))


@question(
    "largest",
    "Trade-offs and uncertainty",
    Parameter(
        "tokens_per_param",
        "Find the parameters of a dense model at N tokens each, such as 20; without it, the tokens of the workload.",
        "text",
        "N",
    ),
    Parameter(
        "step", "Precision of the answer, in tokens or parameters.", "whole", "N", default=STEP, least=1, most=10**12
    ),
    outputs="answers.curves.largest:LargestOut",
    rows="answers.curves.largest:LargestRow",
)
def largest(asked: Asked) -> Document:
    """Find the most training that the budget, the power, the deadline and the other limits allow.

    The flags are those of plan; it finds the number of tokens, or with --tokens-per-param the size of a dense model.

    \b
    optimizer largest --budget 5M --max-mw 1 --deadline 150d --tokens-per-param 20
    """
    text = asked.own["tokens_per_param"]
    per_parameter = None if text is None else parse_value("tokens_per_param", text, _above_0)
    case = asked.case(**refuse_unknowns(asked, *(_MODEL if per_parameter else ())))
    return most(case, asked.catalogue, per_parameter, asked.own["step"])


def most(case: Case, catalogue: Catalogue, per_parameter: Decimal | None, step: int = STEP) -> Document:
    """The most training that the limits of a case allow.

    Args:
        case: its limits; what is sought in it is not looked at.
        catalogue: the data.
        per_parameter: tokens per parameter of a dense model whose size is sought; None where the tokens are sought.
        step: tokens or parameters to which the answer is settled.
    """
    from optimizer.answers.curves.largest import document
    from optimizer.insight.curves.largest import largest_model, largest_tokens

    if per_parameter is None:
        return document(largest_tokens(case, catalogue, step))
    return document(largest_model(case, catalogue, per_parameter, step))


@question(
    "tipping",
    "Trade-offs and uncertainty",
    Parameter(
        "input",
        "The input that is varied: price:h100, rent:h100, mfu:h100, ratio:h100/a100, pue, deadline.",
        "argument",
        "INPUT",
        required=True,
    ),
    Parameter("start", "Lowest value of the range; each input has its own default.", "text", "VALUE", flag="--from"),
    Parameter("stop", "Highest value of the range; each input has its own default.", "text", "VALUE", flag="--to"),
    Parameter(
        "tolerance",
        "Largest distance between the two sides of a change; each input has its own default.",
        "text",
        "VALUE",
    ),
    outputs=("answers.curves.tipping:TippingOut", "answers.power.choices:PowerChoicesOut"),
    rows=("answers.curves.tipping:TippingRow", "answers.power.choices:PowerChoiceRow"),
    takes_power=True,
)
def tipping(asked: Asked) -> Document:
    """Find all values of an input or a limit at which the choice changes, each proven on both sides.

    INPUT is, for any accelerator, price:h100 (USD for one), rent:h100 (USD per hour), mfu:h100 (times its MFU) or
    ratio:h100/a100 (times the sustained speed of one A100); or, for all of them, tariff (USD/kWh), duty (a share) or
    pue; or a limit: max_mw, deadline (days), budget (USD), max_energy (GWh), max_carbon (tCO2e), max_capital (USD),
    max_tpp or max_accelerators. The flags are those of plan. For one kind of server.

    \b
    optimizer tipping tariff --country MX --max-mw 1 --deadline 150d
    optimizer tipping price:h100 --from 10000 --to 100000 --use "h100_sxm5_80;a100_sxm4_80"
    optimizer tipping deadline --from 30d --to 365d --max-mw 1
    """
    from optimizer.answers.curves.tipping import document, not_offered_words
    from optimizer.domain.quantity_text import read_one
    from optimizer.insight.curves.tipping import input_of
    from optimizer.insight.curves.tipping import tipping as changes
    from optimizer.insight.curves.tipping_of_one import NotOfferedError

    own = asked.own
    kind, sign, one = own["input"].strip().partition(":")
    kind = kind.lower().replace("-", "_")
    what = (kind := _INPUTS.get(kind, kind)) + sign + one
    case = asked.case()
    if (of_feeding := _of_feeding(what, case)) is None and case.feed is None:
        input_of(what)  # before a range of something unknown is read
    read = partial(read_one, _FIELD_OF.get(kind, kind), today=asked.today)
    ends = zip(("start", "stop"), USUAL_RANGES.get(kind, ("0", "1")), strict=True)
    texts = {name: own[name] or usual for name, usual in ends} | {"tolerance": own["tolerance"]}
    values = {name: parse_value(name, text, read) for name, text in texts.items() if text is not None}
    if of_feeding is not None:
        from optimizer.service.powering import choices

        return choices("tipping", case, asked, name=of_feeding, **{"tolerance": None, **values})
    if case.feed is not None:
        from optimizer.power.choices import INPUTS

        raise UsageError.say(
            "of a site with its own supply, tipping varies {inputs}; for other values, optimizer sweep plans each",
            inputs=", ".join(INPUTS),
        )
    try:
        found = changes(case, asked.catalogue, what, **values)
    except NotOfferedError as error:
        raise UsageError(not_offered_words(error)) from error
    return document(found)


def _of_feeding(name: str, case: Case) -> str | None:
    """The input, where it is one of what feeds the site; the tariff only where the flags of Power say so."""
    from optimizer.power.choices import is_of_feeding

    plain = name.strip().lower().replace("-", "_")
    return plain if is_of_feeding(plain, case) else None


_FIELD_OF: Mapping[str, str] = {
    **{kind.word: kind.field for kind in KINDS.values() if kind.field},
    **{"tariff": "electricity_usd_per_kwh", "duty": "import_duty", "diesel": "diesel_usd_per_litre"},
    **{"pv_cost": "pv_usd_per_kwp", "battery_cost": "battery_usd_per_kwh", "carbon_price": "carbon_usd_per_t"},
    "export_price": "export_usd_per_kwh",
}
"""Input -> the field whose units it has, where it has another name."""


def _above_0(text: str) -> Decimal:
    from optimizer.domain.quantity_text import read_one

    if (value := read_one("ratio", text)) <= 0:
        raise ValueError(say("must be above 0"))
    return value


STAND_IN = "1"
"""Represents the tokens that an own workload must state, where they are what is searched for."""


def refuse_unknowns(asked: Asked, *others: str) -> dict[str, str]:
    """The fields to change where the tokens are searched for: an own workload must state some.

    Args:
        asked: the question.
        others: further fields that are searched for.

    Raises:
        InputError: what is searched for is given.
    """
    given = [name for name in ("tokens_t", *others) if asked.fields.get(name) is not None]
    if given:
        rule = say("is the quantity that is searched for, so it cannot be given; leave it out, or use optimizer plan")
        raise InputError(Problem(rule, column=name) for name in given)
    own = asked.fields.get("params_total_b") or asked.fields.get("params_active_b")
    return {"tokens_t": STAND_IN} if own else {}
