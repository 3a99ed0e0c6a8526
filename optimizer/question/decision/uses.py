"""What each question takes in of what a sentence says; the rest is a refusal."""

from __future__ import annotations

from optimizer.question.decision.decide import CASE_FIELDS, Said, unused
from optimizer.question.errors import RefusalError
from optimizer.question.vocabulary.word_lists import set_of

_SAID = set_of(
    "intent noun figure best where_here if and_question suits only comparative which_chips rules_in_force joined form "
    "sized no_limit instead assumed which_model held"
)
_OF_A_CASE = set_of(
    "about use_groups ways_to_have countries avoid_country axis all_countries range more counted bare_count "
    "bare_counts run_flop optimal per_parameter tuned no_licence"
)
_FIELDS_OF = {
    "law": set_of("no_licence use avoid country date rules procurement"),
    "data show": frozenset({"use", "country", "workload"}),
    "data gaps": frozenset({"country"}),
    **dict.fromkeys(("data list", "validate", "reproduce"), frozenset[str]()),
}
"""Questions that take no case -> the fields that they use all the same."""


def check_used(said: Said, command: str) -> None:
    """Refuse what the question does not use: nothing is dropped in silence.

    Raises:
        RefusalError: at the first fact that is left.
    """
    if said.has("form", "which_chips", "options"):
        said.drop("ship")  # "export it as CSV", "which chips may be sent there"
    if command == "plan" and (said.has("if") or said.has("electricity_usd_per_kwh")):
        said.drop("worth", "expensive", "changes")
    if (said.has("if") and said.has("avoid")) or (
        said.has("workload", "params_total_b") and not said.has("use", "law", "banned_law", "bare_count", "counted")
    ):
        said.drop("ship")  # "if exports of the B200 to India were banned"
    if command == "plan":  # "in a single run" of one site
        said.facts = [fact for fact in said.facts if (fact.field, fact.value) != ("consortium", "loose")]
    fields = _FIELDS_OF.get(command, CASE_FIELDS)
    used = {*_SAID, *USED_BY[command], *(_OF_A_CASE if command not in _FIELDS_OF else ())}
    for fact in unused(said, used, fields):
        raise RefusalError("two_questions", fact)


USED_BY: dict[str, frozenset[str]] = {
    "plan": frozenset({"enough", "compare", "and_question", "as_is"}),
    "compare": frozenset(
        {
            "as_is",
            "compare",
            "which_country",
            "changes",
            "worth",
            "enough",
            "explain",
            "why",
            "expensive",
            "tipping",
            "sweep",
        }
        | {"frontier"}
    ),
    "largest": frozenset({"sought", "which_country", "enough", "tipping"}),
    "explain": set_of("explain why expensive worth changes enough law"),
    "why-not": set_of("changes why expensive worth compare alternatives"),
    "alternatives": set_of("alternatives within compare options worth"),
    "options": frozenset({"options", "alternatives", "law"}),
    "power": set_of("feed_ways ways compare alternatives options enough worth"),
    "law": set_of("use_groups no_licence law banned_law ship compare bare_count counted why if"),
    "sensitivity": set_of("sensitivity draws share robust changes worth input_of"),
    "tipping": set_of("tipping before changes input_of worth why compare fact_n which_country expensive"),
    "ways": set_of("enough ways compare shared_in members worth alternatives alone consortium"),
    "consortium": set_of("consortium each_mw worth alone compare members"),
    "frontier": frozenset({"frontier", "compare", "worth", "sweep"}),
    "data show": frozenset({"data", "input_of", "fact_n", "sweep", "list", "place"}),
    "data list": frozenset({"list", "data", "options"}),
    "data gaps": set_of("gaps data compare fact_n list options sensitivity which_country place"),
    "validate": frozenset({"validate", "data", "compare", "sensitivity"}),
    "reproduce": frozenset({"reproduce", "validate"}),
}
"""Command -> the facts next to the case that it takes in."""
