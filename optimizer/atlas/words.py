"""What the pages of an atlas say of plans, limits and reasons, in the language that is spoken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from optimizer.answers.comparisons.ranking import MEASURES
from optimizer.answers.comparisons.row_words import none_of
from optimizer.answers.form.numbers import about_usd, about_usd_range, musd, up, up_to_digits
from optimizer.answers.words.common_words import capital, days, longest_run_words
from optimizer.answers.words.grid_words import site_checks
from optimizer.answers.words.limit_words import LIMIT_WORDS, limit_words, need_in_words, value_in_words
from optimizer.answers.words.reason_words import CAUSES, no_plan_words
from optimizer.answers.words.rule_words import buyer_rule_words
from optimizer.atlas.cases import LIMIT_OF_FIELD
from optimizer.atlas.views import Entry, View
from optimizer.batch.sweep import fault
from optimizer.batch.sweep.axes import as_flags
from optimizer.catalogue import Catalogue
from optimizer.catalogue.unknown_names import local_name
from optimizer.domain.limits import Limit
from optimizer.domain.reasons import Cause
from optimizer.insight.comparison import UNITS
from optimizer.uncertainty.odds import DRAWS, in_hundred
from optimizer.units import KW_PER_MW
from optimizer.units.language import Messages, and_words, mark, messages_of, say

OBJECTIVES: Mapping[str, str] = messages_of(__file__, "objectives")
"""Title of a view by what it makes least."""
LABELS: Mapping[str, str] = messages_of(__file__, "labels")
"""What the templates say, by the name that they have for it."""
DARKER: Mapping[str, str] = messages_of(__file__, "darker")
"""What the shades of the map show, by what a view makes least."""
INVALID = "invalid"
"""The status of a row whose case cannot be used."""
HATCHED = mark("Hatched: no plan, for one of the reasons below. Grey: not in this comparison, or without figures.")
CAUSES_MEAN: Mapping[Cause, str] = messages_of(__file__, "causes_mean")
"""What the absence of a plan means to somebody who decides; of the law it depends on the country."""
READING = (
    (
        mark("plan"),
        mark(
            "Which accelerators to buy or rent in the country, how many and for how many days, so that the model of the"
            " question is trained within all limits. Each one is proven twice to be the best."
        ),
    ),
    (
        mark("no plan"),
        mark(
            "Either the law excludes it, or a deciding figure is not known, or no plan fits within the "
            'limits. The section "Why not" says which, and what would be enough.'
        ),
    ),
    (
        mark("expected cost (P10 to P90)"),
        mark("Prices and performance are not known exactly. In 8 of 10 draws the cost is within this range."),
    ),
    (
        mark("draws"),
        mark(
            "All uncertain figures are drawn many times within their ranges. Limits met in 28 of 100 "
            "draws: in the other 72 the plan would be late, or exceed another limit."
        ),
    ),
    (mark("what binds"), mark("The limits without which the plan would be better, and by how much.")),
    (
        mark("evidence"),
        mark(
            "Listed: published by a seller or an authority. Derived: calculated from published figures. Estimate: a"
            " planning value that somebody should check. The grade of a plan is that of its accelerators; the figures"
            " of the country in it are counted apart, and the page of a country names the source of each."
        ),
    ),
)
"""The words of a page, explained by what they are called there."""
WAYS: Mapping[str, str] = {
    "buy": mark("buy {count:,} {chip} in {precision}"),
    "rent": mark("rent {count:,} {chip} in {precision}"),
    "own": mark("use {count:,} {chip} in {precision}, owned already"),
}


FIGURES = {
    "electricity_usd_per_kwh": mark("electricity"),
    "grid_carbon_g_per_kwh": mark("carbon intensity of the grid"),
    "pue": mark("power usage effectiveness"),
    "colocation_usd_per_kw_month": mark("colocation"),
    "engineer_usd_per_year": mark("cost of an engineer"),
    "cost_of_capital": mark("cost of capital"),
    "medium_voltage_limit_mw": mark("largest load on medium voltage"),
}
"""The figures of a country that decide its plans, by column."""
TAXES = {
    "duty": mark("import duty"),
    "vat": mark("value added tax"),
    "excise": mark("excise on import"),
    "contribution": mark("contributions on import"),
    "inside_tax": mark("tax inside its own base"),
}
"""What the customs take, by column of the tax regime."""
UNIT_WORDS: Mapping[str, str] = Messages({"USD/kW-month": "USD per kW and month", "USD/year": "USD a year"})
"""Units of these figures as a reader says them; of others as they are, of a ratio none."""
PROOFS: Mapping[str, str] = messages_of(__file__, "proofs")
"""What is behind a plan."""
EVIDENCE = mark("weakest evidence of the accelerators (price, efficiency, power, law)")
"""What the grade of a plan is of; figures of a country decide between no two accelerators, and are counted apart."""
GRADES = {"listed": mark("listed"), "derived": mark("derived"), "estimate": mark("estimate")}


def region_name(catalogue: Catalogue, key: str) -> str:
    """The name of a region, in the language that is spoken where the data have it."""
    return local_name(catalogue.regions[key])


def title_words(view: View) -> str:
    """ "Cheapest plan in every country"."""
    return OBJECTIVES[view.objective]


_SAID = frozenset({"country", "workload", "objective", "rules", "assumptions", "date", *LIMIT_OF_FIELD})
"""Fields of a question that have words of their own here: the others are shown as their flags."""


def question_words(view: View, catalogue: Catalogue) -> list[str]:
    """What is asked of every country: the model, the limits, the law."""
    row = view.settled
    reported = []
    for field, kind in LIMIT_OF_FIELD.items():
        if text := view.cells.get(field):
            limit = Limit(kind)
            reported.append(
                say("{limit}: {value}", limit=limit_words(limit), value=value_in_words(limit, Decimal(text)))
            )
    reported += filter(None, [usual_deadline_words(view).rstrip(".")])
    workload = catalogue.workloads.get(view.cells.get("workload") or row["workload"])
    model = say(workload.name) if workload else say("a model of your own")
    rules = catalogue.rule_sets.get(row["rules"])
    assumed = catalogue.assumption_sets.get(row["assumptions"])
    return [
        say("model: {model}", model=model),
        *reported,
        say("export rules: {rules}, on {day}", rules=say(rules.name) if rules else row["rules"], day=row["date"]),
        say("assumptions: {assumptions}", assumptions=say(assumed.name) if assumed else row["assumptions"]),
        *filter(None, (" ".join(as_flags({field: text})) for field, text in view.cells.items() if field not in _SAID)),
    ]


def usual_deadline_words(view: View) -> str:
    """That no deadline was given, and which one was taken; empty where one was, or no case could be read."""
    settled = next((entry.row["deadline_days"] for entry in view.entries if entry.row["deadline_days"]), "")
    return longest_run_words(int(settled)) if settled and not view.cells.get("deadline_days") else ""


def differing_words(views: Sequence[View], catalogue: Catalogue) -> list[str]:
    """What each of several views asks that not all of them ask."""
    asked = [question_words(view, catalogue) for view in views]
    common = set(asked[0]).intersection(*asked)
    return [" · ".join(word for word in words if word not in common) for words in asked]


def plan_words(entry: Entry, catalogue: Catalogue) -> str:
    """What to do: which accelerators, how many, how to get them, and what feeds them where the question plans that."""
    parts = []
    for count, chip, precision, way in entry.parts:
        known = catalogue.accelerators.get(chip)
        name = known.name if known else chip
        parts.append(say(WAYS[way], count=count, chip=name, precision=precision.upper()))
    text = and_words(parts)
    return say("{last}; fed by: {plan}", last=text, plan=fed_by_words(entry)) if entry.is_fed else text


def fed_by_words(entry: Entry) -> str:
    """The grid contract and what is built next to it."""
    from optimizer.answers.power.words import fed_words  # reads in what plans a supply: only where one is planned
    from optimizer.power.site import ASSETS

    columns = {asset: f"{asset}_mw" for asset in ASSETS} | {"battery": "battery_mwh", "converter": "battery_mw"}
    return fed_words({asset: Fraction(entry.row[column]) * KW_PER_MW for asset, column in columns.items()})


def supply_cost_words(entry: Entry) -> str:
    """What the supply costs the run, and of which price."""
    from optimizer.answers.power.words import supply_words

    columns = ("supply_usd", "supply_usd_per_mwh", "supply_cash_usd")
    return supply_words(entry.row["supply_basis"], *(Fraction(entry.row[column]) for column in columns))


def proof_words(entry: Entry) -> str:
    """What is behind a plan."""
    if not entry.is_fed:
        return PROOFS[entry.row["proof"]]
    from optimizer.answers.power.words import row_proof_words

    return row_proof_words(Fraction(entry.row["proof_gap_usd"]))


def money(value: float | None) -> str:
    """Dollars in millions with two decimals: neighbours in the ranking can be distinguished."""
    return "" if value is None else musd(Fraction(value))


def cost_words(entry: Entry) -> str:
    """What a plan costs, in millions."""
    return musd(entry.used("cost_usd"))


def measure_words(entry: Entry, objective: str) -> str:
    """What the objective comes to for a plan, with its unit."""
    column = MEASURES[objective]
    if column == "cost_usd":
        return cost_words(entry)
    if column == "days":
        return figure_words(entry.measure or 0.0, objective)
    unit = UNITS[objective]  # type: ignore[index]
    return say("{value:,} {unit}", value=up_to_digits(entry.used(column), 3), unit=unit)


def figure_words(value: float, objective: str) -> str:
    """By how much plans differ in their objective, with its unit."""
    unit = UNITS[objective]  # type: ignore[index]
    if unit == "USD":
        return money(value)
    if unit == "days":
        return days(int(value))
    return say("{value:,.3g} {unit}", value=value, unit=unit)


def mw_words(entry: Entry) -> str:
    """Peak power in MW, rounded up: never within a limit that it exceeds."""
    return say("{peak_mw}", peak_mw=up(entry.used("peak_mw"), 3))


def odds_words(entry: Entry) -> str:
    """Expected cost with its range."""
    expected, low, high = (entry.number(f"{name}_usd") for name in ("expected_cost", "cost_p10", "cost_p90"))
    if expected is None or low is None or high is None:
        return ""
    return f"{about_usd(expected)} ({about_usd_range(low, high)})"


def met_words(entry: Entry) -> str:
    """In how many draws of 100 the plan meets every limit."""
    share = entry.number("met_share")
    return "" if share is None else say("{count} of 100", count=in_hundred(round(share * DRAWS), DRAWS))


def binding_words(entry: Entry, objective: str) -> str:
    """The limits that bind, with what each costs."""
    return "; ".join(
        say("{limit}: {less} less without it", limit=limit_words(b.limit), less=figure_words(b.saving, objective))
        for b in entry.bindings
    )


def need_words(entry: Entry) -> str:
    """What alone would be enough, of each limit."""
    return "; ".join(
        say("{limit}: {value}", limit=limit_words(limit), value=need_in_words(limit, value))
        for limit, value in entry.needs
    )


def cause_words(why: Cause | str) -> str:
    """Why there is no plan, in the few words that many countries share."""
    if isinstance(why, Cause):
        return CAUSES[why]
    return say("the question cannot be asked there") if why == INVALID else say("not decided")


def fault_words(entry: Entry, view: View, catalogue: Catalogue) -> str:
    """Why a country was not decided, in the language that is spoken; empty where only its row says it, in English."""
    return (fault(view.case_of(entry.code), catalogue) or "") if entry.why == INVALID else ""


def reason_words(entry: Entry, catalogue: Catalogue) -> str:
    """Why there is no plan, as every answer says it, without what would be enough."""
    if entry.cause is None:
        return f"{capital(cause_words(entry.why))}."
    why = none_of(entry.row, catalogue.countries[entry.code], catalogue)
    return f"{capital(no_plan_words(why)).rstrip('.')}."


def rule_words(rule: str, catalogue: Catalogue) -> str:
    """An export rule as it is cited, with what it says."""
    meaning = next((law.meaning for law in catalogue.licence_rules if law.rule == rule), "")
    return say("{rule}: {meaning}", rule=rule, meaning=say(meaning)) if meaning else rule


def buyer_words(entry: Entry, catalogue: Catalogue) -> list[str]:
    """What of a plan that buys depends on the buyer: in the Emirates most of them need a licence."""
    row = entry.row
    chips = [chip for _, chip, _, way in entry.parts if way == "buy" and chip in catalogue.accelerators]
    return list(buyer_rule_words(chips, entry.code, catalogue, row["rules"], row["date"]))


def grid_words(entry: Entry, catalogue: Catalogue) -> list[str]:
    """What should be asked about the grid under the plan of a country; a planned supply has its outages in it."""
    if entry.is_fed:
        return []
    return list(site_checks(catalogue.countries[entry.code], catalogue, Fraction(entry.row["peak_mw"] or 0)))


def limit_heading(limit: Limit) -> str:
    """The name of a limit as a heading."""
    words = LIMIT_WORDS[limit.kind]
    return f"{words[:1].upper()}{words[1:]}"


def need_range(needs: list[Fraction], limit: Limit) -> str:
    """From the least to the greatest of what would be enough, in the unit of the limit."""
    low, high = min(needs), max(needs)
    if low == high:
        return need_in_words(limit, low)
    return say("{low} to {high}", low=need_in_words(limit, low), high=need_in_words(limit, high))
