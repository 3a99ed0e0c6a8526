"""Words beside the matter: which of them may change the decision where they stand.

A word of everyday language that means nothing to the grammar (``ASIDE`` in ``words.txt``) decides only by where it
stands: next to a number, a chip or a limit, behind a negation, in a condition. There it is asked about, as a word that
is not known is; elsewhere it is passed over, and the answer names it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from optimizer.question.refusals import suggestions
from optimizer.question.tokens import Token
from optimizer.question.vocabulary.languages import Language
from optimizer.question.vocabulary.names import Names
from optimizer.question.vocabulary.word_lists import set_of, word_list

PASSED = "passed"
"""Value of a token that is passed over."""
TURNED = set_of("NEG NOR BUT IF BANNED MIN EXACT INSTEAD MORE SIGN")
"""Before one of these kinds, a name or an amount may be what is not wanted."""
_MAY_TURN = TURNED | set_of("ACCEL ACCEL_OF PROC PRECISION NUMBER NUM MONEY SCALE ONLY NOTHING LIMIT UPTO ONE CANNOT")
"""Next to one of these kinds, a word that is not known may be what decides."""
_MEASURED = set_of(
    "POWER_N TIME_N BUDGET_N COST_N ENERGY_N CARBON_N TARIFF_N DUTY_N PRICE_N RENT_N COMPUTE_N CAPITAL_N DEVICES "
    "HARDWARE_N PUE UTIL_N TOKENS PARAMETERS RULES_N"
)
"""Right next to one of these, a word may say which: "marginal cost"."""
_TURNING = word_list("turning")


def passed_over(read: Sequence[Token], language: Language, names: Names) -> list[Token]:
    """The tokens, with the words beside the matter as neutral ones, or as unknown ones where they may decide."""
    found = list(read)
    for place, token in enumerate(read):
        if token.kind == "ASIDE":
            beside = {other.kind for other in (*read[max(0, place - 1) : place], *read[place + 1 : place + 2])}
            decides = not beside.isdisjoint(_MEASURED) or may_turn(read, place, language, names)
            found[place] = replace(token, kind="UNKNOWN" if decides else "NEUTRAL", value=PASSED)
    return found


def may_turn(read: Sequence[Token], place: int, language: Language, names: Names) -> bool:
    """Whether a word that is not known may turn what stands next to it, or be a name that is not known.

    So may a word next to a chip, a number, a negation or a condition, and before a country ("outside Chile").
    """
    token, before, behind = read[place], read[:place][::-1], read[place + 1 :]
    near = {one.kind for one in (_first_that_counts(before), _first_that_counts(behind)) if one is not None}
    first = behind[0] if behind and behind[0].text.lower() not in ("of", "de") else (*behind, token, token)[1]
    clause = list(takewhile(lambda one: one.kind not in ("COMMA", "STOP", "QMARK"), before))
    if token.text.lower() in _TURNING or any(one.kind in ("IF", "NEG") for one in clause):
        return True
    named = bool(names.models_of(token.text)) or any(map(str.isdigit, token.text))
    named = named or bool(suggestions(token.text, language, names))  # the word that it may be is offered
    return named or bool(near & _MAY_TURN) or first.kind in ("COUNTRY", "REGION")


def _first_that_counts(tokens: Sequence[Token]) -> Token | None:
    return next(
        (token for token in tokens if token.kind not in ("NEUTRAL", "UNKNOWN", "ASIDE", "IS", "WITH", "FROM", "TO")),
        None,
    )
