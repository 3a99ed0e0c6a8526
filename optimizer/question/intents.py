"""Which question of the register a sentence is, and what it takes of what is said."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from optimizer.question.decide import LIMITS, Said, collect, sequence
from optimizer.question.errors import Refusal
from optimizer.question.facts import Fact
from optimizer.question.quantities import shown

_TIPPING_NOUNS = {
    **{"TARIFF_N": "tariff", "DUTY_N": "duty", "PUE": "pue", "ENERGY_N": "tariff", "TIME_N": "deadline"},
    **{"BUDGET_N": "budget", "POWER_N": "max_mw", "CARBON_N": "max_carbon"},
}
"""Measure in the sentence -> input of tipping, in the order in which one is preferred."""
_RANGES = {
    **{"tariff": ("0.01", "0.4"), "duty": ("0", "0.5"), "pue": ("1", "2"), "deadline": ("30", "365")},
    **{"budget": ("1000000", "100000000"), "max_mw": ("0.1", "10"), "max_carbon": ("10", "10000")},
    **{"price": ("1000", "100000"), "rent": ("0.1", "20"), "mfu": ("0.5", "1.5"), "ratio": ("0.1", "10")},
}
"""Input of tipping -> the range that is searched where none is said; it is reported."""
_FIELD_OF_INPUT = {"deadline": "deadline_days", "max_mw": "max_mw", "budget": "budget_usd", "duty": "import_duty"}
_MEASURES = {"COST_N": "cost", "BUDGET_N": "budget", "TIME_N": "days", "POWER_N": "peak_power", "ENERGY_N": "energy"}
_MEASURES |= {"CARBON_N": "carbon", "CAPITAL_N": "capital", "COMPUTE_N": "compute", "PRICE_N": "cost"}
_USUAL_PER_PARAMETER = "tokens_per_param"
_TWO = 2


def choose(said: Said) -> str:
    """The question of the register that a sentence is, by what is said: the most particular one first."""
    has = said.has
    several_ways = len({fact.value for fact in said.of("way") + said.of("tuned")}) > 1
    if has("cannot"):
        fact = said.of("cannot")[0]
        raise Refusal(f"cannot_{fact.value}", fact, said=fact.words)
    if has("validate"):
        return "validate"
    if has("reproduce"):
        return "reproduce"
    if has("list") and not has("which_country"):
        return "data list"
    if _is_law(said):
        return "law"
    if has("consortium", "each_mw") and len(said.of("country")) > 1:
        return "consortium"
    if has("ways") or "ways" in said.intents() or several_ways:
        return "ways"
    if (_turns(said) and _input(said) is not None and not _is_comparison(said)) or (
        has("range") and _input(said) is not None and _turns(said)
    ):
        return "tipping"
    if has("sensitivity", "draws", "share", "robust"):
        return "sensitivity"
    if "why_not" in said.intents():
        return "why_not"
    if has("data") and has("country", "input_of", "use", "workload", "fact_n"):
        return "data show"
    if has("fact_n") and has("use", "country") and not has("figure", *LIMITS):
        return "data show"
    if has("alternatives", "within"):
        return "alternatives"
    if has("explain", "why"):
        return "explain"
    if has("frontier"):
        return "frontier"
    if has("options"):
        return "options"
    if has("sought"):
        return "largest"
    return "plan"


def _is_law(said: Said) -> bool:
    """The law is asked about an accelerator and a place, and nothing is to be planned."""
    if not said.has("use", "avoid", "counted", "bare_count") or not said.has("country"):
        return False
    if said.has("law") or (said.has("banned_law") and not said.has("workload", *LIMITS)):
        return not said.has("objective", "sought", "workload", "run_flop")
    plans = said.has("objective", "figure", "workload", "params_total_b", "tokens_t", "sought", "best", *LIMITS)
    if said.has("avoid") and not said.has("if") and "BANNED" in said.kinds and "QMARK" in said.kinds:
        return not plans
    moves = said.has("ship") or "PROC" in said.kinds
    return "CAN" in said.kinds and moves and not plans


def _turns(said: Said) -> bool:
    """Whether a sentence asks where something changes."""
    return said.has("tipping", "changes")


def _is_comparison(said: Said) -> bool:
    """Whether two values of one thing are set against each other by "from 1 to 2 MW"."""
    return said.has("range") and bool(said.first("range")[0]) and not said.has("tipping") and _noun_input(said) is None


def finish_plan(said: Said) -> str:
    """A plan, or a comparison of plans."""
    _open_counts(said)
    comparing = said.has("compare", "which_country") or _compares_by_form(said)
    _range_as_axis(said)
    collect(said, comparing=comparing)
    _more_as_axis(said)
    if said.has("all_countries") or (said.has("which_country") and said.axis is None):
        if said.axis is not None or "country" in said.fields:
            raise Refusal("two_values", (said.of("all_countries") + said.of("which_country"))[0], said="country")
        said.axis = ("country", ("all",))
    _objective_of_figure(said)
    if said.axis is not None:
        return "compare"
    if said.has("compare") and not said.has("worth"):
        raise Refusal("compare_what", said.of("compare")[0])
    return "plan"


def _compares_by_form(said: Said) -> bool:
    return bool({"VS", "OR"} & said.kinds) or said.has("and_question")


def _range_as_axis(said: Said) -> None:
    """ "from 1 to 2 MW" and "between 90 and 150 days" are two cases where a difference is asked for."""
    for fact in said.of("range"):
        name, low, high = fact.value
        if not name or not said.has("compare", "changes", "worth", "figure", "tipping"):
            raise Refusal("range", fact)
        ends = (int(low), int(high)) if name == "deadline_days" else (low, high)
        said.axis = (name, ends)


def _more_as_axis(said: Said) -> None:
    """ "one more MW": the case as it is, and the case with more."""
    for fact in said.of("more"):
        name, amount = fact.value
        now = said.fields.pop(name, None)
        if now is None or said.axis is not None:
            raise Refusal("more_than_what", fact)
        more = now + (int(amount) if name == "deadline_days" else amount)
        said.axis = (name, (now, more))


def _objective_of_figure(said: Said) -> None:
    """ "How long" without a time limit asks for the fastest plan, "how much power do we need" for the lowest peak."""
    if said.has("objective", "best"):
        return
    for fact in said.of("figure"):
        open_time = "deadline_days" not in said.fields and (said.axis is None or said.axis[0] != "deadline_days")
        if fact.value == "time" and open_time and not any(f.value == "cost" for f in said.of("figure")):
            said.fields["objective"] = "days"
            said.told.append(Fact("objective", "days", "fewest days, as no time is said", fact.start, fact.end))
        elif fact.value == "power" and "max_mw" not in said.fields:
            said.fields["objective"] = "peak_power"
            said.told.append(Fact("objective", "peak_power", "lowest peak power", fact.start, fact.end))


def _open_counts(said: Said) -> None:
    """ "on 512 H100" without "at most": a limit where the most or the fastest is asked for, else a question back."""
    facts = []
    fastest = said.first("objective") == "days" or (
        any(fact.value == "time" for fact in said.of("figure")) and not said.has("deadline_days")
    )
    for fact in said.facts:
        if fact.field in ("bare_count", "bare_counts"):
            if not (fastest or said.has("sought", "enough")):
                raise Refusal("bare_count", fact)
            value = (fact.value,) if fact.field == "bare_count" else fact.value
            fact = Fact("counted", value, fact.words, fact.start, fact.end)
        facts.append(fact)
    said.facts = facts
    _counted(said)


def _counted(said: Said) -> None:
    """ "at most 64 A100": A100 and nothing else, 64 of all its forms together; of several kinds, the usual forms."""
    pairs = [(pair, fact) for fact in said.of("counted") for pair in fact.value]
    if not pairs:
        return
    (ids, count), at = pairs[0]
    if len(pairs) == 1:
        if ids:
            said.told.append(Fact("use", ids, f"only {' or '.join(ids)}", at.start, at.end))
            said.fields["use"] = ids
        said.fields["max_accelerators"] = count
        said.told.append(Fact("max_accelerators", count, f"limit of {count:,} accelerators", at.start, at.end))
    else:
        named = [(said.scene.names.usual(ids), count) for (ids, count), _ in pairs]
        said.fields |= {"use": tuple(name for name, _ in named), "supply": tuple(named)}
        words = ", ".join(f"{count:,} {name}" for name, count in named)
        said.told.append(Fact("supply", tuple(named), f"limit of {words}", at.start, at.end))
    if said.has("use"):
        raise Refusal("counted_and_used", said.of("use")[0])


def finish_largest(said: Said) -> str:
    """The most training that the limits allow."""
    _open_counts(said)
    for fact in said.of("run_flop"):
        said.fields["max_training_flop"] = fact.value
        words = f"training compute limit {shown(fact.value)} FLOP"
        said.told.append(Fact("max_training_flop", fact.value, words, fact.start, fact.end))
    collect(said, comparing=False)
    _one_case(said)
    sought = {fact.value for fact in said.of("sought")}
    per_parameter = said.first("per_parameter")
    if sought == {"tokens", "parameters"}:
        sought = {"parameters"} if said.has("optimal") or per_parameter else sought
    if len(sought) > 1:
        raise Refusal("two_sought", said.of("sought")[1])
    own_model = [name for name in ("workload", "params_total_b", "params_active_b", "architecture") if name in said.fields]
    if sought == {"parameters"}:
        said.fields.pop("architecture", None) if said.fields.get("architecture") == "dense" else None
        given = [fact for fact in said.facts if fact.field in (*own_model, "tokens_t") and fact.field in said.fields]
        if given:
            raise Refusal("sought_given", given[0], said="the largest dense model is")
        said.own["--tokens-per-param"] = per_parameter or _USUAL_PER_PARAMETER
    else:
        given = said.of("tokens_t") + said.of("per_parameter")
        if given:
            reason = "per_parameter_of_what" if given[0].field == "per_parameter" else "sought_given"
            raise Refusal(reason, given[0], said="the most training tokens are")
    return "largest"


def _one_case(said: Said) -> None:
    """Refuse several values where a question takes one."""
    if said.axis is not None:
        at = next((fact for fact in reversed(said.facts) if fact.field in (said.axis[0], "use_groups", "countries", "axis", "ways_to_have")), said.facts[0])
        raise Refusal("one_at_a_time", at)
    for name in ("all_countries", "range", "more"):
        for fact in said.of(name):
            raise Refusal("one_at_a_time", fact)


def _finish_simple(name: str) -> Callable[[Said], str]:
    def finish(said: Said) -> str:
        _open_counts(said)
        collect(said, comparing=False)
        _one_case(said)
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
    """Why something is not in the plan: the case, and what is asked about."""
    name = _finish_simple("why-not")(said)
    kind, values = said.first("about")
    said.arguments = tuple(values) if kind == "procurement" else _short(said, values)
    return name


def _short(said: Said, ids: tuple[str, ...]) -> tuple[str, ...]:
    return (";".join(ids),)


def finish_options(said: Said) -> str:
    """Every option that was considered."""
    said.facts = [fact for fact in said.facts if not (fact.field == "procurement" and fact.value == ("buy",))]
    return _finish_simple("options")(said)


def finish_law(said: Said) -> str:
    """What the rules say of an accelerator for a place."""
    countries = list(dict.fromkeys(fact.value for fact in said.of("country")))
    ids = [fact.value for fact in said.facts if fact.field in ("use", "avoid")]
    ids += [pair[0] for fact in said.of("counted") for pair in fact.value] + [f.value[0] for f in said.of("bare_count")]
    if len(countries) != 1 or len(ids) != 1 or said.has("use_groups"):
        raise Refusal("law_of_one", said.of("country")[-1])
    said.arguments = (said.scene.names.usual(ids[0]), countries[0])
    for name in ("date", "rules"):
        if (value := said.first(name)) is not None:
            said.own[f"--{name}"] = value
    beyond = [fact for fact in said.facts if fact.field in (*LIMITS, "procurement", "max_accelerators") and fact.field != "supply"]
    if beyond and any(fact.field in LIMITS and fact.field != "max_accelerators" for fact in beyond):
        raise Refusal("not_of_law", beyond[0])
    return "law"


def finish_sensitivity(said: Said) -> str:
    """How sure the answer is."""
    name = _finish_simple("sensitivity")(said)
    if (draws := said.first("draws")) is not None:
        said.own["--draws"] = draws
    share = said.first("share")
    if said.has("robust") or share is not None:
        said.own["--robust"] = True
    if share is not None:
        if not 0 < share <= 1:
            raise Refusal("share", said.of("share")[0])
        said.own["--share"] = share
    return name


def _noun_input(said: Said) -> str | None:
    """The input that a measure in the sentence names."""
    nouns = [fact.value for fact in said.of("noun")]
    return next((name for noun, name in _TIPPING_NOUNS.items() if noun in nouns), None)


def _input(said: Said) -> str | None:
    """What is varied in a question for a tipping point; None where the sentence names nothing of the kind."""
    if (of := said.first("input_of")) is not None:
        kind, ids, _ = of
        return f"{kind}:{said.scene.names.usual(ids)}"
    if (noun := _noun_input(said)) is not None:
        return noun
    return "pue" if said.has("pue") else None


def finish_tipping(said: Said) -> str:
    """Where the choice changes as one input grows."""
    name = _input(said)
    assert name is not None
    kind = name.partition(":")[0]
    start, stop = _RANGES[kind]
    if (ends := said.first("range")) is not None:
        start, stop = (shown(end).replace(",", "") for end in ends[1:])
    else:
        said.notes.append(f"{name} from {start} to {stop}, as no range is said")
    if kind == "price" and said.has("use"):
        # "from which price of H100 does A100 win": the two against each other
        said.facts.append(_use_both(said))
    said.facts = [fact for fact in said.facts if fact.field != _FIELD_OF_INPUT.get(kind)]
    _open_counts(said)
    said.facts = [fact for fact in said.facts if fact.field != "range"]
    collect(said, comparing=False)
    _one_case(said)
    said.arguments = (name,)
    said.own |= {"--from": start, "--to": stop}
    return "tipping"


def _use_both(said: Said) -> Fact:
    _, ids, name = said.first("input_of")
    at = said.of("input_of")[0]
    return Fact("use", ids, f"with {name}", at.start, at.end)


def finish_ways(said: Said) -> str:
    """The ways to the same model beside each other."""
    said.facts = [fact for fact in said.facts if fact.field not in ("use_groups",)]
    tokens = said.first("tokens_t")
    named = {fact.value for fact in said.of("way")}
    _open_counts(said)
    said.facts = [fact for fact in said.facts if fact.field not in ("way", "tuned")]
    if tokens is not None and "continued" in named:
        said.facts = [fact for fact in said.facts if fact.field != "tokens_t"]
        said.own["--continued-tokens"] = f"{shown(tokens * 1000).replace(',', '')}B"
    collect(said, comparing=False)
    _one_case(said)
    if "params_total_b" in said.fields and "tokens_t" not in said.fields:
        said.fields["way"] = "pretrain"  # whose usual tokens are then taken
    if (host := said.first("shared_in")) is not None:
        said.own["--shared-in"] = host
        if (members := said.first("members")) is not None:
            said.own["--shared-members"] = members
    elif said.has("members") or (said.intents() & {"share_machine"}):
        raise Refusal("shared_where", said.of("members")[0])
    return "ways"


def finish_consortium(said: Said) -> str:
    """One run over several sites, each with its own limit where one stands beside its name."""
    sites: list[list[Any]] = []
    for fact in sequence(said, ("country", "max_mw")):
        if fact.field == "country":
            sites.append([fact.value, None])
        elif not sites or sites[-1][1] is not None:
            raise Refusal("whose_limit", fact)
        else:
            sites[-1][1] = fact.value
    each: Decimal | None = said.first("each_mw")
    if each is not None:
        sites = [[code, mw if mw is not None else each] for code, mw in sites]
    if len({code for code, _ in sites}) < len(sites):
        raise Refusal("same_site", said.of("country")[-1])
    limits = {mw for _, mw in sites}
    if None in limits and limits != {None}:
        raise Refusal("whose_limit", said.of("max_mw")[0])
    said.facts = [fact for fact in said.facts if fact.field not in ("country", "max_mw")]
    _open_counts(said)
    collect(said, comparing=False)
    _one_case(said)
    said.arguments = tuple(code if mw is None else f"{code}={shown(mw)}" for code, mw in sites)
    return "consortium"


def finish_data_show(said: Said) -> str:
    """What the data have of a country, an accelerator or a model."""
    names = [fact.value for fact in said.facts if fact.field in ("country", "workload")]
    names += [said.scene.names.usual(fact.value) for fact in said.of("use")]
    names += [said.scene.names.usual(fact.value[1]) for fact in said.of("input_of")]
    beyond = [fact for fact in said.facts if fact.field in LIMITS or fact.field in ("objective", "sought")]
    if beyond:
        raise Refusal("not_of_data", beyond[0])
    said.arguments = tuple(dict.fromkeys(names))
    return "data show"


def finish_data_list(said: Said) -> str:
    """A list of the data."""
    said.arguments = (said.first("list"),)
    return "data list"


def finish_frontier(said: Said) -> str:
    """How much of one measure buys how much of another."""
    measures = list(dict.fromkeys(_MEASURES[fact.value] for fact in said.of("noun") if fact.value in _MEASURES))
    if len(measures) != _TWO:
        raise Refusal("two_measures", said.of("frontier")[0])
    name = _finish_simple("frontier")(said)
    said.arguments = tuple(measures)
    return name


def finish_checks(name: str) -> Callable[[Said], str]:
    """A question without a case."""

    def finish(said: Said) -> str:
        beyond = [fact for fact in said.facts if fact.field in LIMITS or fact.field in ("objective", "country", "use")]
        if beyond:
            raise Refusal("not_of_data", beyond[0])
        if name == "reproduce":
            said.arguments = ("study",)
        return name

    return finish


FINISH: dict[str, Callable[[Said], str]] = {
    "plan": finish_plan,
    "largest": finish_largest,
    "explain": finish_explain,
    "why_not": finish_why_not,
    "alternatives": finish_alternatives,
    "options": finish_options,
    "law": finish_law,
    "sensitivity": finish_sensitivity,
    "tipping": finish_tipping,
    "ways": finish_ways,
    "consortium": finish_consortium,
    "frontier": finish_frontier,
    "data show": finish_data_show,
    "data list": finish_data_list,
    "validate": finish_checks("validate"),
    "reproduce": finish_checks("reproduce"),
}
"""What :func:`choose` gives -> what makes its command."""

ASKED = frozenset(
    (
        *("intent", "about", "use_groups", "ways_to_have", "countries", "axis", "all_countries", "range", "more"),
        *("counted", "bare_count", "bare_counts", "run_flop", "optimal", "per_parameter", "tuned", "no_licence"),
        *("each_mw", "noun", "figure", "best", "where_here", "if", "and_question", "objective", "suits"),
    )
)
"""Facts beside the case that are looked at for every question."""
USED_BY: dict[str, frozenset[str]] = {
    "plan": frozenset({"enough", "compare", "and_question"}),
    "compare": frozenset({"compare", "which_country", "changes", "worth", "enough", "explain", "why", "expensive", "tipping", "sweep"}),
    "largest": frozenset({"sought", "which_country", "enough"}),
    "explain": frozenset({"explain", "why", "expensive", "worth", "changes", "enough"}),
    "why-not": frozenset({"why", "expensive", "worth", "compare", "alternatives"}),
    "alternatives": frozenset({"alternatives", "within", "compare", "options", "worth"}),
    "options": frozenset({"options", "alternatives"}),
    "law": frozenset({"law", "banned_law", "ship", "compare", "bare_count", "counted", "why", "if"}),
    "sensitivity": frozenset({"sensitivity", "draws", "share", "robust", "changes", "worth"}),
    "tipping": frozenset({"tipping", "before", "changes", "input_of", "worth", "why", "compare", "fact_n", "which_country", "expensive"}),
    "ways": frozenset({"ways", "compare", "shared_in", "members", "worth", "alternatives", "alone", "consortium"}),
    "consortium": frozenset({"consortium", "worth", "alone", "compare", "members"}),
    "frontier": frozenset({"frontier", "compare", "worth"}),
    "data show": frozenset({"data", "input_of", "fact_n", "sweep"}),
    "data list": frozenset({"list", "data", "options"}),
    "validate": frozenset({"validate", "data", "compare", "sensitivity"}),
    "reproduce": frozenset({"reproduce", "validate"}),
}
"""Command -> the facts beside the case that it takes in."""
