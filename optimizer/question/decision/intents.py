"""Which question of the register a sentence is, and what it takes of what is said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from optimizer.question.decision.data import (
    PROJECTS,
    finish_checks,
    finish_data_list,
    finish_data_show,
    finish_gaps,
    finish_projects,
)
from optimizer.question.decision.decide import LIMITS, Said, collect
from optimizer.question.decision.input import asks_where_it_turns, finish_tipping, input_of, is_comparison
from optimizer.question.decision.law import finish_law, is_law
from optimizer.question.decision.plan import finish_largest, finish_plan, one_case, open_counts
from optimizer.question.errors import RefusalError
from optimizer.question.facts import Fact
from optimizer.question.readers.hardware import DEAREST_CHIP, PROCUREMENTS
from optimizer.question.vocabulary.word_lists import set_of
from optimizer.units.language import or_words, say
from optimizer.units.quantities import shown

_MEASURES = {"COST_N": "cost", "BUDGET_N": "budget", "TIME_N": "days", "POWER_N": "peak_power", "ENERGY_N": "energy"}
_MEASURES |= {"CARBON_N": "carbon", "CAPITAL_N": "capital", "COMPUTE_N": "compute", "PRICE_N": "cost"}
_TWO = 2


def choose(said: Said) -> str:
    """The question of the register that a sentence is, by what is said: the most particular one first.

    Raises:
        RefusalError: the words cannot be read, or cannot be planned.
    """
    has = said.has
    several_ways = len({fact.value for fact in said.of("way") + said.of("tuned")}) > 1 and (
        bool({"OR", "VS"} & said.kinds) or has("compare", "suits")
    )
    if has("cannot"):
        fact = said.of("cannot")[0]
        raise RefusalError(f"cannot_{fact.value}", fact, said=fact.words)
    if has("which_model") and not has(*_KNOWS_ITS_MODEL):
        said.facts.append(replace(said.of("which_model")[0], field="sought", value="parameters"))
    if has("validate"):
        return "validate"
    if has("reproduce"):
        return "reproduce"
    if has("gaps"):
        return "data gaps"
    if has("held"):
        if _asks_what_is_held(said):
            return "data show"
        said.drop("held")
    if said.first("list") == PROJECTS:
        if not has("workload", "params_total_b", "tokens_t", *LIMITS):
            return PROJECTS
        said.drop("list")  # "our national projects need 5 MW": a plan for them
    if has("list") and not has("which_country"):
        return "data list"
    if is_law(said):
        return "law"
    if has("law") and has("country") and not has("which_chips", "options", "workload", *LIMITS):
        raise RefusalError("law_of_one", said.of("law")[0])
    if has("feed_ways"):
        return "power"
    if has("consortium"):
        named = {fact.value for fact in said.of("country")}
        if any(named & {*fact.value} for fact in said.of("countries")):
            said.drop("countries")  # "the Baltic states (Estonia, Latvia)": named one by one
        said.facts = [one for fact in said.facts for one in _single_countries(fact)]
    several_ways = several_ways or _a_way_or_another(said)
    if has("consortium", "each_mw") and len(said.of("country")) > 1 and not (has("each_mw") and _compares(said)):
        return "consortium"
    if has("ways") or "ways" in said.intents() or several_ways:
        return "ways"
    if (asks_where_it_turns(said) and input_of(said) is not None and not is_comparison(said)) or (
        has("range") and input_of(said) is not None and asks_where_it_turns(said)
    ):
        return "tipping"
    if has("sensitivity", "draws", "share", "robust"):
        return "sensitivity"
    if (
        has("instead")
        and (has("worth") or said.first("figure") == "cost")
        and len(said.of("procurement")) == 1
        and "why_not" not in said.intents()
    ):
        _beside_what_is_not_kept(said)
    elif has("worth") and {fact.field for fact in said.facts} & _TURNS == {"worth"} and "QMARK" in said.kinds:
        _beside_the_other(said)
    if "why_not" in said.intents():
        return "why_not"
    if _asks_a_figure(said):
        return "data show"
    if has("data") and has("country", "input_of", "use", "workload", "fact_n"):
        return "data show"
    if has("fact_n") and has("use", "country", "workload") and not has("figure", *LIMITS):
        return "data show"
    if has("alternatives", "within"):
        said.facts = [replace(fact, field="within") if fact.field == "dearer_by" else fact for fact in said.facts]
        return "alternatives"
    if has("explain", "why"):
        several = len({fact.value for fact in said.of("country")}) > 1
        compares = several and ("VS" in said.kinds or has("comparative"))
        return "plan" if compares else "explain"  # "why is Brazil dearer than Chile?"
    if has("frontier") and not any(fact.listed and fact.field in LIMITS for fact in said.facts):
        return "frontier"
    if has("options") or _asks_what_there_is(said):
        return "options"
    if has("which_chips") and not has("objective", "figure", "workload", "sought", "enough", *LIMITS):
        return "options"
    if has("sought"):
        return "largest"
    if has("worth") and has("noun", "figure") and not _sets_beside(said):
        return "sensitivity"  # "how much does electricity matter?"
    return "plan"


_TURNS = set_of("worth instead joined ways_to_have why explain why_not changes tipping if range compare owned tariff")


def _beside_the_other(said: Said) -> None:
    """ "Is it worth buying for 45 days?": buying and renting, one beside the other."""
    if (ways := {fact.value for fact in said.of("procurement")}) in ({("buy",)}, {("rent",)}) and not said.has("only"):
        both = sorted(("buy", "rent"), reverse=("rent",) in ways)
        said.facts.append(replace(said.of("procurement")[0], field="instead", value=tuple(both)))
        _beside_what_is_not_kept(said)


_KNOWS_ITS_MODEL = set_of("workload params_total_b sized run_flop sought data list fact_n law ways")
"""Facts beside which "which model" is not the largest one that is sought."""


def _beside_what_is_not_kept(said: Said) -> None:
    """ "How much do we save by renting instead of buying": both ways beside each other."""
    at = said.of("procurement")[0]
    words = say("servers to {names}", names=or_words(PROCUREMENTS[way] for way in said.first("instead")))
    both = replace(at, field="ways_to_have", value=(said.first("instead"), "choice"), words=words)
    compare = replace(at, field="compare", value=True, words="")
    said.drop("procurement", "instead")
    said.facts += [both, compare]


def _single_countries(fact: Fact) -> list[Fact]:
    """ "The Baltic states share one run": each of them is a site."""
    if fact.field != "countries":
        return [fact]
    return [
        replace(fact, field="country", value=code, words=fact.words if not n else "", listed=True)
        for n, code in enumerate(fact.value)
    ]


def _asks_a_figure(said: Said) -> bool:
    """ "what is the electricity price in Brazil?": a figure of the data is named, with a place, and nothing else."""
    named = {fact.field for fact in said.facts}
    measures = {fact.value for fact in (*said.of("noun"), *said.of("figure"))}
    if "use" in named and named <= {"use", "noun", "figure"} and measures & _OF_A_CHIP:
        return True
    priced = {"use", "procurement"} <= named <= {"use", "procurement", "noun", "figure", "data", "country"}
    if priced and measures & _OF_MONEY:
        return True  # "what does an MI325X cost to buy"
    if not named <= {"country", "noun", "figure", "fact_n", "input_of", "data", "best"}:
        return False
    figures = any(fact.value in ("TARIFF_N", "DUTY_N", "PUE") for fact in said.of("noun"))
    return ("country" in named and (figures or "fact_n" in named)) or "input_of" in named


def _asks_what_is_held(said: Said) -> bool:
    """ "Do you have Bhutan?": a country, an accelerator or a model alone, which the data have or have not."""
    named = {fact.field for fact in said.facts} - {"held", "noun"}
    return len(named) == 1 and named <= {"country", "use", "workload"} and "ONLY" not in said.kinds


_OF_MONEY = frozenset({"COST_N", "PRICE_N", "RENT_N", "cost"})
_OF_A_CHIP = frozenset({"ENERGY_N", "POWER_N", "PRICE_N", "RENT_N", "power", "energy"})
"""Measures that a chip has by itself: "what power does an H200 draw?"."""


def _asks_what_there_is(said: Said) -> bool:
    """ "What can Syria buy?": a country, a way to have servers, and no model, limit or accelerator."""
    named = {fact.field for fact in said.facts}
    can = "CAN" in said.kinds and "ONLY" not in said.kinds
    if "DEVICES" in said.kinds and (named == {"country"} or (can and named == {"country", "no_licence"})):
        return True  # "accelerators for Ecuador", "chips that Peru can get without a licence"
    return "CAN" in said.kinds and named == {"country", "procurement"} and "QMARK" in said.kinds


def _sets_beside(said: Said) -> bool:
    """Whether two cases are set beside each other, so that the difference between them is what is asked."""
    named = said.has(
        "if", "range", "more", "axis", "countries", "compare", "comparative", "all_countries", "use_groups"
    )
    return named or said.has("which_country", "ways_to_have", "joined") or any(fact.listed for fact in said.facts)


def _compares(said: Said) -> bool:
    """Whether countries are set beside each other, each with the limit that all of them have."""
    return not said.has("consortium") and (said.has("compare", "which_country") or bool({"VS", "OR"} & said.kinds))


def _a_way_or_another(said: Said) -> bool:
    """ "Build its own, or continue pre-training": one way by its name, and another in other words."""
    for place, fact in enumerate(said.facts):
        if fact.field == "joined" and fact.value in ("OR", "VS"):
            near = {
                other.field for other in (*said.facts[max(0, place - 1) : place], *said.facts[place + 1 : place + 2])
            }
            if near & {"way", "tuned"}:
                return True
    return False


def _finish_simple(name: str) -> Callable[[Said], str]:
    def finish(said: Said) -> str:
        open_counts(said)
        collect(said, comparing=False)
        one_case(said)
        return name

    return finish


def finish_explain(said: Said) -> str:
    """Why the plan is as it is; with "one more MW" the two plans beside each other."""
    if said.has("more", "range"):
        return finish_plan(said)
    return _finish_simple("explain")(said)


def finish_alternatives(said: Said) -> str:
    """What else there is."""
    name = _finish_simple("alternatives")(said)
    if (within := said.first("within")) is not None:
        said.own["--within"] = within
    return name


def finish_why_not(said: Said) -> str:
    """Why something is not in the plan: the case, and what is asked about.

    Raises:
        RefusalError: the words cannot be read, or cannot be planned.
    """
    name = _finish_simple("why-not")(said)
    kind, values = said.first("about")
    if kind == "procurement" and "procurement" in said.fields:
        raise RefusalError("two_questions", said.giving("procurement")[0])
    said.arguments = tuple(values) if kind == "procurement" else (";".join(values),)
    return name


def finish_options(said: Said) -> str:
    """Every option that was considered.

    Raises:
        RefusalError: an accelerator is to be recommended, for no run.
    """
    said.facts = [fact for fact in said.facts if not (fact.field == "procurement" and fact.value == ("buy",))]
    if "RECOMMEND" in said.kinds and not said.has("country", "workload", "params_total_b", *LIMITS):
        raise RefusalError("count_of_what", said.facts[0])  # "which chip do you recommend?"
    return _finish_simple("options")(said)


def finish_sensitivity(said: Said) -> str:
    """How sure the answer is.

    Raises:
        RefusalError: the words cannot be read, or cannot be planned.
    """
    if said.has("input_of") and (said.first("budget_usd") or DEAREST_CHIP) < DEAREST_CHIP:
        raise RefusalError("cannot_discount", said.of("budget_usd")[0], said="$")  # "is this its price? I saw $15,000"
    name = _finish_simple("sensitivity")(said)
    if (draws := said.first("draws")) is not None:
        said.own["--draws"] = draws
    share = said.first("share")
    if said.has("robust") or share is not None:
        said.own["--robust"] = True
    if share is not None:
        if not 0 < share <= 1:
            raise RefusalError("share", said.of("share")[0])
        said.own["--share"] = share
    return name


def finish_ways(said: Said) -> str:
    """The ways to the same model beside each other.

    Raises:
        RefusalError: the words cannot be read, or cannot be planned.
    """
    said.drop("use_groups")
    tokens = said.first("tokens_t")
    named = {fact.value for fact in said.of("way")}
    open_counts(said)
    said.drop("way", "tuned")
    if tokens is not None and "continued" in named:
        said.drop("tokens_t")
        said.own["--continued-tokens"] = f"{(tokens * 1000).normalize():f}B"
    collect(said, comparing=False)
    one_case(said)
    if "params_total_b" in said.fields and "tokens_t" not in said.fields:
        said.fields["way"] = "pretrain"  # whose usual tokens are then taken
    if (host := said.first("shared_in")) is not None:
        said.own["--shared-in"] = host
        if (members := said.first("members")) is not None:
            said.own["--shared-members"] = members
    elif said.has("members") or (said.intents() & {"share_machine"}):
        raise RefusalError("shared_where", said.of("members")[0])
    return "ways"


def finish_consortium(said: Said) -> str:
    """One run over several sites, each with its own limit where one stands beside its name.

    Raises:
        RefusalError: the words cannot be read, or cannot be planned.
    """
    sites: list[list[Any]] = []
    named, limited = said.of("country"), said.of("max_mw")
    if len(named) == len(limited) > 1 and named[-1].start < limited[0].start:
        order = [fact for pair in zip(named, limited, strict=True) for fact in pair]  # "Spain and Portugal, 2 and 1 MW"
    else:
        order = [fact for fact in said.facts if fact.field in ("country", "max_mw")]
    for fact in order:
        if fact.field == "country":
            sites.append([fact.value, None])
        elif not sites or sites[-1][1] is not None:
            raise RefusalError("whose_limit", fact)
        else:
            sites[-1][1] = fact.value
    half = len(sites) // 2
    if {mw for _, mw in sites[:half]} == {None} and {code for code, _ in sites[:half]} == {c for c, _ in sites[half:]}:
        sites = sites[half:]  # "Chile and Peru: Chile 2 MW, Peru 1 MW"
    each: Decimal | None = said.first("each_mw")
    if each is not None:
        sites = [[code, mw if mw is not None else each] for code, mw in sites]
    if len({code for code, _ in sites}) < len(sites):
        raise RefusalError("same_site", said.of("country")[-1])
    limits = {mw for _, mw in sites}
    if None in limits and limits != {None}:
        raise RefusalError("whose_limit", said.of("max_mw")[0])
    said.drop("country", "max_mw")
    open_counts(said)
    collect(said, comparing=False)
    one_case(said)
    said.arguments = tuple(code if mw is None else f"{code}={shown(mw)}" for code, mw in sites)
    return "consortium"


def finish_frontier(said: Said) -> str:
    """How much of one measure buys how much of another.

    Raises:
        RefusalError: the words cannot be read, or cannot be planned.
    """
    measures = list(dict.fromkeys(_MEASURES[fact.value] for fact in said.of("noun") if fact.value in _MEASURES))
    if not measures:
        measures = ["cost", "days"]
        said.notes.append(say("the trade-off between cost and time, because no measures are given"))
    if len(measures) != _TWO:
        raise RefusalError("two_measures", said.of("frontier")[0])
    for fact in said.of("range"):
        field, _, high = fact.value
        if field in LIMITS and not said.has(field):
            said.facts.append(replace(fact, field=field, value=high))
            said.drop("range")
            said.notes.append(say("every plan up to the upper end of the range; its lower end limits nothing"))
    name = _finish_simple("frontier")(said)
    said.arguments = tuple(measures)
    return name


FINISH: dict[str, Callable[[Said], str]] = {
    "plan": finish_plan,
    "largest": finish_largest,
    "explain": finish_explain,
    "why_not": finish_why_not,
    "alternatives": finish_alternatives,
    "options": finish_options,
    "power": _finish_simple("power"),
    "law": finish_law,
    "sensitivity": finish_sensitivity,
    "tipping": finish_tipping,
    "ways": finish_ways,
    "consortium": finish_consortium,
    "frontier": finish_frontier,
    "data show": finish_data_show,
    "data list": finish_data_list,
    "data gaps": finish_gaps,
    PROJECTS: finish_projects,
    "validate": finish_checks("validate"),
    "reproduce": finish_checks("reproduce"),
}
"""What :func:`choose` gives -> what makes its command."""
