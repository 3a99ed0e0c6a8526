"""Questions for the law of a country, of one accelerator or of all."""

from __future__ import annotations

from optimizer.question.decision.decide import LIMITS, Said
from optimizer.question.errors import RefusalError
from optimizer.units.language import say

_AUTHORITY = "US"
"""The country whose export law is asked about."""
_OF_THE_LAW = frozenset({"rules_in_force", "use", "country", "bare_count", "ship", "figure", "best"})
"""Facts next to which the export rules are what is asked about: no limit, no model."""


def is_law(said: Said) -> bool:
    """The law is asked about a place, with an accelerator or without, and nothing is to be planned."""
    if not said.has("country"):
        return False
    if not said.has("use", "avoid", "counted", "bare_count"):
        return said.has("law", "rules_in_force") and {fact.field for fact in said.facts} <= _OF_THE_LAW | {"law"}
    of_rules = said.has("rules_in_force") and {fact.field for fact in said.facts} <= _OF_THE_LAW
    if of_rules or said.has("law") or (said.has("banned_law") and not said.has("workload", *LIMITS)):
        return not said.has("objective", "sought", "workload", "run_flop")
    plans = said.has("objective", "figure", "workload", "params_total_b", "tokens_t", "sought", "best", *LIMITS)
    if said.has("avoid") and not said.has("if") and "BANNED" in said.kinds and "QMARK" in said.kinds:
        return not plans
    if said.has("no_licence") and said.has("use") and "QMARK" in said.kinds and not plans:
        return True  # "may the H20 go there without a licence?"
    moves = said.has("ship", "banned_law") or "PROC" in said.kinds
    if said.has("no_licence") and moves and not plans:
        return True
    return "CAN" in said.kinds and moves and not plans


def finish_law(said: Said) -> str:
    """What the rules say of an accelerator for a place.

    Raises:
        RefusalError: the words cannot be read, or cannot be planned.
    """
    countries = list(dict.fromkeys(fact.value for fact in said.of("country")))
    if len(countries) > 1 and _AUTHORITY in countries:
        countries.remove(_AUTHORITY)  # "a US licence for Kenya"
    ids = [fact.value for fact in said.facts if fact.field in ("use", "avoid")]
    ids += [pair[0] for fact in said.of("counted") for pair in fact.value] + [f.value[0] for f in said.of("bare_count")]
    if len(countries) != 1:
        raise RefusalError("law_of_one", said.of("country")[-1])
    of_a_vendor = any(len(forms) > 1 and forms not in said.scene.names.families for forms in ids)
    if len(ids) > 1 or (ids and not ids[0]) or said.has("use_groups") or of_a_vendor:
        said.notes.append(say("the law of every accelerator, with those that are named among them"))
        ids = []
    said.arguments = (*(said.scene.names.usual(forms) for forms in ids), countries[0])
    for name in ("date", "rules"):
        if (value := said.first(name)) is not None:
            said.own[f"--{name}"] = value
    beyond = [
        fact
        for fact in said.facts
        if fact.field in (*LIMITS, "procurement", "max_accelerators") and fact.field != "supply"
    ]
    if beyond and any(fact.field in LIMITS and fact.field != "max_accelerators" for fact in beyond):
        raise RefusalError("not_of_law", beyond[0])
    return "law"
