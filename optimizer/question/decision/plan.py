"""Questions for a plan, for several plans next to each other, and for the most training."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from optimizer.domain.limits import KINDS
from optimizer.question.decision.decide import CONDITIONAL, LIMITS, Said, collect, range_refused
from optimizer.question.errors import RefusalError
from optimizer.question.facts import Fact, one_form
from optimizer.units.language import Messages, and_words, or_words, say
from optimizer.units.quantities import shown_here

_CHEAPEST = re.compile(r"(?i)\b(?:m[aá]s|mais) barat")
_USUAL_PER_PARAMETER = "tokens_per_param"


def finish_plan(said: Said) -> str:
    """A plan, or a comparison of plans.

    Raises:
        RefusalError: the words cannot be read, or cannot be planned.
    """
    open_counts(said)
    said.facts = [replace(fact, field="max_mw") if fact.field == "each_mw" else fact for fact in said.facts]
    comparing = said.has("compare", "which_country") or _compares_by_form(said)
    _range_as_axis(said)
    if comparing:
        _one_ranking(said)
    collect(said, comparing=comparing)
    _more_as_axis(said)
    if said.has("all_countries") or (said.has("which_country") and "country" not in said.axes):
        if said.axes:
            raise RefusalError("two_axes", (said.of("all_countries") + said.of("which_country"))[0])
        if "country" in said.fields:
            asked = said.of("all_countries") + said.of("which_country")
            raise RefusalError("one_country", asked[0], said=said.fields["country"])
        left_out = {fact.value for fact in said.of("avoid_country")}  # "every country except China"
        said.axes["country"] = tuple(sorted(said.scene.names.countries - left_out)) if left_out else ("all",)
    _objective_of_figure(said)
    _beside_as_it_is(said)
    _check_inputs(said)
    if said.axes:
        _ranked_by_what_is_named(said)
        return "compare"
    for fact in said.of("comparative"):
        if fact.value == "dearer" and not said.has("why", "explain", "if", "worth", "changes", "expensive"):
            raise RefusalError("dearest", fact)  # "the most expensive plan"
    if said.has("compare") and all(_CHEAPEST.search(fact.words) for fact in said.of("compare")):
        said.fields.setdefault("objective", "cost")  # "Angola, 3 MW: qual o mais barato?"
        return "plan"
    if said.has("compare") and not said.has("worth"):
        countries = said.of("country")
        if len(countries) > 1 and len({fact.value for fact in countries}) == 1:
            raise RefusalError("same_country", countries[-1], said=countries[0].value)
        raise RefusalError("compare_what", said.of("compare")[0])
    return "plan"


def _one_ranking(said: Said) -> None:
    """ "Which is cheapest and which emits least", of several cases: ranked by the first, and this is said."""
    objectives = {fact.value: fact.words for fact in said.of("objective")}
    several = said.has("countries", "use_groups", "axis", "which_country", "all_countries", "ways_to_have") or any(
        fact.listed for fact in said.facts if fact.field != "objective"
    )
    if len(objectives) > 1 and several and "OR" not in said.kinds:
        ranked_by = next(iter(objectives))
        said.facts = [fact for fact in said.facts if fact.field != "objective" or fact.value == ranked_by]
        first, *others = objectives.values()
        said.notes.append(
            say("ranked by {first}; ask again for a ranking by {others}", first=first, others=and_words(others))
        )


def _ranked_by_what_is_named(said: Said) -> None:
    """ "Kenya vs Vietnam: carbon": what is compared, where it is the one measure named and no objective is said."""
    named = [fact for fact in (*said.of("noun"), *said.of("figure")) if fact.value in _COMPARED]
    if not said.has("compare"):  # "energy" may be what the site is fed with
        named = [fact for fact in named if fact.value != "ENERGY_N"]
    named = [fact for fact in named if not _is_of_a_limit(fact, said)]
    measures = {_COMPARED[fact.value] for fact in named}
    if said.has("objective", "best", "comparative") or len(measures) != 1 or "objective" in said.fields:
        return
    value = measures.pop()
    if value != "cost":
        said.tell(named[0], "objective", value, _BY_MEASURE[value])


def _is_of_a_limit(noun: Fact, said: Said) -> bool:
    """ "Carbon limits of 500 t and 900 t": the noun of the amount that stands behind it, and no measure to rank by."""
    others = [fact for fact in said.facts if fact.start >= noun.end or (fact.field == "range" and fact.end >= noun.end)]
    limit = min(others, key=lambda fact: fact.start, default=None)
    field = limit.value[0] if limit is not None and limit.field == "range" else limit and limit.field
    measure = next((kind.measure for kind in KINDS.values() if kind.field == field), None)
    return noun.field == "noun" and measure == _COMPARED[noun.value]


_COMPARED = {
    **{"CARBON_N": "carbon", "ENERGY_N": "energy", "COST_N": "cost", "BUDGET_N": "cost", "PRICE_N": "cost"},
    **{"carbon": "carbon", "energy": "energy", "cost": "cost"},
}
"""A measure or a figure that is asked for, as the objective of a comparison."""
_BY_MEASURE: Mapping[str, str] = Messages({"carbon": "lowest carbon", "energy": "least energy"})


def _compares_by_form(said: Said) -> bool:
    return "VS" in said.kinds or said.has("and_question", "joined", "comparative") or _measured_apart(said)


def _measured_apart(said: Said) -> bool:
    """ "Chile is cheaper than Peru?": two countries, and between them by what they are compared."""
    named = said.of("country")
    two = len(named) == len({fact.value for fact in named}) == len(("one", "other"))
    return (
        two
        and "QMARK" in said.kinds
        and any(
            fact.field in ("objective", "suits", "best") and named[0].end <= fact.start < named[1].start
            for fact in said.facts
        )
    )


def _range_as_axis(said: Said) -> None:
    """ "between 1 and 2 MW" bounds twice, as a limit is an upper one: both ends are planned, next to each other.

    Raises:
        RefusalError: no unit says of what it is, or something else is compared as well.
    """
    for fact in said.of("range"):
        name, *ends = fact.value
        others = ("countries", "which_country", "all_countries", "axis", "more")
        if len(said.of("range")) > 1 and not said.has(*others):
            return _upper_ends(said)
        if not name or said.axes or said.has(*others):
            raise range_refused(fact)
        said.axes[name] = tuple(ends)


def _upper_ends(said: Said) -> None:
    """ "Between 10 and 15 MW, 20-25 million": each range as its upper end, which limits; and this is said.

    Raises:
        RefusalError: a range is of no limit, or may be a change from one value to another.
    """
    for fact in said.of("range"):
        name, _, high = fact.value
        if name not in LIMITS or name in said.fields or not fact.listed or said.has("if"):
            raise range_refused(fact)
        said.tell(fact, name, high, say("{words}: the upper end is the limit", words=fact.words.partition(" (")[0]))
        said.notes.append(say("every plan up to the upper end of the range; its lower end limits nothing"))
    said.notes = list(dict.fromkeys(said.notes))


def _check_inputs(said: Said) -> None:
    """ "Which tariff would make Kenya as cheap as Ethiopia": an input is asked for, and a plan gives none.

    Raises:
        RefusalError: at the input.
    """
    for fact in said.of("noun"):
        field = _INPUTS.get(fact.value, "")
        of_figure = any(figure.start <= fact.start < figure.end for figure in said.of("figure"))
        if field and field not in said.fields and field not in said.axes and not of_figure:
            raise RefusalError("input_alone", fact, said=fact.words)


_TARIFF = "electricity_usd_per_kwh"
_INPUTS = {"TARIFF_N": _TARIFF, "DUTY_N": "import_duty", "PUE": "pue"}
"""Measure that is an input of a plan -> its field."""


def _beside_as_it_is(said: Said) -> None:
    """ "How does the cost change if power costs 8 cents instead of what you assume": the case as it is, and with it."""
    under = {
        fact.field
        for fact in said.facts
        if (fact.note == "if" or fact.field == _TARIFF) and fact.field in CONDITIONAL and fact.field in said.fields
    }
    if said.has("worth", "suits") and len(said.fields.get("precision", ())) == 1 and not said.axes:
        under = {"precision"}  # "is fp8 worth it?": with and without it
    elif said.axes or len(under) != 1 or not said.has("as_is"):
        return
    name = under.pop()
    said.axes[name] = (None, said.fields.pop(name))


def _more_as_axis(said: Said) -> None:
    """ "one more MW": the case as it is, and the case with more."""
    for fact in said.of("more"):
        name, amount = fact.value
        now = said.fields.pop(name, None)
        if now is None or said.axes:
            raise RefusalError("more_than_what", fact)
        more = now + (int(amount) if name == "deadline_days" else amount)
        said.axes[name] = (now, more)


def _objective_of_figure(said: Said) -> None:
    """ "How long" without a time limit asks for the fastest plan, "how much power do we need" for the lowest peak."""
    if said.has("objective", "best"):
        return
    for fact in said.of("figure"):
        open_time = "deadline_days" not in said.fields and "deadline_days" not in said.axes
        if fact.value == "time" and open_time and not any(f.value == "cost" for f in said.of("figure")):
            said.tell(fact, "objective", "days", say("fewest days, because no time is given"))
            if said.has("owned") and "procurement" not in said.fields and "budget_usd" not in said.fields:
                only_owned = say("only what is owned, because no money to buy more is named")
                said.tell(fact, "procurement", ("own",), only_owned)
        elif fact.value == "power" and "max_mw" not in said.fields:
            said.tell(fact, "objective", "peak_power", say("lowest peak power"))


def open_counts(said: Said) -> None:
    """ "on 512 H100" without "at most": a limit where the most or the fastest is asked for, else a question back.

    Raises:
        RefusalError: the words cannot be read, or cannot be planned.
    """
    _owned_where_nothing_else(said)
    facts = []
    fastest = said.first("objective") == "days" or (
        any(fact.value == "time" for fact in said.of("figure")) and not said.has("deadline_days")
    )
    for fact in said.facts:
        if fact.field in ("bare_count", "bare_counts"):
            if not (fastest or said.has("sought", "enough")):
                raise RefusalError("bare_count", fact)
            value = (fact.value,) if fact.field == "bare_count" else fact.value
            fact = Fact("counted", value, fact.words, fact.start, fact.end)
        facts.append(fact)
    said.facts = facts
    _counted(said)


def _owned_where_nothing_else(said: Said) -> None:
    """ "128 H100, only with what we have": these are what is owned."""
    if said.has("owned") or not any(fact.value == ("own",) for fact in said.of("procurement")):
        return
    facts = []
    for fact in said.facts:
        if fact.field in ("bare_count", "bare_counts") and all(ids for ids, _ in _pairs(fact)):
            pairs = tuple((one_form(said.scene, ids, fact), count) for ids, count in _pairs(fact))
            names = ", ".join(f"{count:,} {said.scene.names.chip_words((key,))[0]}" for key, count in pairs)
            fact = replace(fact, field="owned", value=pairs, words=say("already owned: {words}", words=names))
        facts.append(fact)
    said.facts = facts


def _pairs(fact: Fact) -> tuple[tuple[tuple[str, ...], int], ...]:
    """Accelerators and their number, of one kind or of several."""
    return (fact.value,) if fact.field == "bare_count" else fact.value


def _counted(said: Said) -> None:
    """ "at most 64 A100": A100 and nothing else, 64 of all its forms together; of several kinds, the usual forms."""
    pairs = [(pair, fact) for fact in said.of("counted") for pair in fact.value]
    if not pairs:
        return
    (ids, count), at = pairs[0]
    if len(pairs) > 1 and any(not ids for (ids, _), _ in pairs):
        raise RefusalError("counted_and_used", pairs[1][1])
    if len(pairs) == 1 and ids and said.has("use"):
        _counted_among_others(said, ids, count, at)
    elif len(pairs) == 1:
        if ids:
            said.tell(at, "use", ids, say("only {ids}", ids=or_words(said.scene.names.chip_words(ids))))
        said.tell(at, "max_accelerators", count, say("limit of {count:,} accelerators", count=count))
    elif said.has("use"):
        raise RefusalError("counted_and_used", said.giving("use")[0])
    else:
        named = [(one_form(said.scene, ids, of), count) for (ids, count), of in pairs]
        for place, (name, _) in enumerate(named):
            if name in dict(named[:place]):
                raise RefusalError("two_counts", pairs[place][1], said=name)
        said.fields["use"] = tuple(name for name, _ in named)
        words = ", ".join(
            say("{count:,} {name}", count=count, name=said.scene.names.chip_words((name,))[0]) for name, count in named
        )
        said.tell(at, "supply", tuple(named), say("limit of {words}", words=words))


def _counted_among_others(said: Said, ids: tuple[str, ...], count: int, at: Fact) -> None:
    """ "with H100 or B200, at most 200 H100": both kinds, and of the counted one, in its usual form, so many.

    Raises:
        RefusalError: the counted kind is not among those that may be used.
    """
    used = {key for fact in said.of("use") for key in fact.value}
    if not set(ids) <= used:
        raise RefusalError("counted_and_used", said.giving("use")[0])
    if used == set(ids):
        said.tell(at, "max_accelerators", count, say("limit of {count:,} accelerators", count=count))
        return
    name = one_form(said.scene, ids, at)
    left_out = set(ids) - {name}  # a limit on its supply is one of a single form
    said.facts = [
        replace(fact, value=tuple(key for key in fact.value if key not in left_out)) if fact.field == "use" else fact
        for fact in said.facts
    ]
    said.tell(at, "supply", ((name, count),), say("limit of {count:,} {name}", count=count, name=name))


def finish_largest(said: Said) -> str:
    """The most training that the limits allow.

    Raises:
        RefusalError: the words cannot be read, or cannot be planned.
    """
    open_counts(said)
    for fact in said.of("run_flop"):
        words = say("training compute limit {fact} FLOP", fact=shown_here(fact.value))
        said.tell(fact, "max_training_flop", fact.value, words)
    collect(said, comparing=False)
    one_case(said)
    sought = {fact.value for fact in said.of("sought")}
    per_parameter = said.first("per_parameter")
    if sought == {"tokens", "parameters"}:
        sought = {"parameters"} if said.has("optimal") or per_parameter else sought
    if len(sought) > 1:
        raise RefusalError("two_sought", said.of("sought")[1])
    own_model = [
        name for name in ("workload", "params_total_b", "params_active_b", "architecture") if name in said.fields
    ]
    if sought == {"parameters"}:
        said.fields.pop("architecture", None) if said.fields.get("architecture") == "dense" else None
        given = [fact for fact in said.facts if fact.field in (*own_model, "tokens_t") and fact.field in said.fields]
        if given:
            raise RefusalError("sought_given", given[0], said="the largest dense model is")
        said.own["--tokens-per-param"] = per_parameter or _USUAL_PER_PARAMETER
    else:
        given = said.of("tokens_t") + said.of("per_parameter")
        if given:
            reason = "per_parameter_of_what" if given[0].field == "per_parameter" else "sought_given"
            raise RefusalError(reason, given[0], said="the most training tokens are")
    return "largest"


def one_case(said: Said) -> None:
    """Refuse several values where a question takes one.

    Raises:
        RefusalError: the words cannot be read, or cannot be planned.
    """
    if said.axes:
        at = next(
            (
                fact
                for fact in reversed(said.facts)
                if fact.field in (*said.axes, "use_groups", "countries", "axis", "ways_to_have")
            ),
            said.facts[0],
        )
        raise RefusalError("one_at_a_time", at)
    _upper_ends(said)
    for name in ("all_countries", "more"):
        for fact in said.of(name):
            raise RefusalError("one_at_a_time", fact)
