"""Nothing but what is owned: "with those alone", "nothing else bought or rented", "using only them"."""

from __future__ import annotations

from dataclasses import replace

from optimizer.question.senses.neighbours import ENDS, next_kinds
from optimizer.question.tokens import CHIP, Token
from optimizer.question.vocabulary.word_lists import word_list

_OWNED = frozenset({"OWN", "HAVE", "OUR"})


def nothing_else(tokens: list[Token]) -> list[Token]:
    """ "Buy nothing" is what "do not buy" is; "we own 64 A100 and will buy nothing else": with those alone."""
    tokens = _only_they(_neither_way(_nothing_to_come(_not_there(tokens))))
    found = list(tokens)
    owns = False
    for place, token in enumerate(tokens):
        owns = owns or token.kind in ("OWN", "HAVE")
        ends = next_kinds(tokens, place + 1, 1) in ([], ["COMMA"], ["STOP"], ["QMARK"], ["AND"], ["BUT"])
        said = token.text.lower()
        at = next((at for at in range(place - 1, -1, -1) if tokens[at].kind != "NEUTRAL"), None)
        if token.kind == "ONLY" and said in _NOTHING_ELSE and ends and owns and at is not None:
            if tokens[at].kind == "PROC":
                found[at] = replace(tokens[at], kind="NEUTRAL")
            if tokens[at].kind not in (*CHIP, "DEVICES"):
                found[place] = replace(token, kind="THOSE")
        elif token.kind == "THOSE" and said in _NOTHING_ELSE and not owns:
            found[place] = replace(token, kind="ONLY")  # "rent H100s and nothing else"
        elif token.kind == "VS" and place > 1 and at is not None and tokens[at].kind == "PROC" and _rather(tokens[:at]):
            found[place] = replace(token, kind="INSTEAD")  # "we would rather rent than buy"
        elif token.kind == "NEG" and said in ("nothing", "none") and at is not None and tokens[at].kind == "PROC":
            alone = not {"PROC", "ONLY", "NUM", *CHIP} & {*next_kinds(tokens, place + 1, 1)}
            if alone:
                found[at], found[place] = token, tokens[at]
    return found


def _rather(before: list[Token]) -> bool:
    """Whether a preference is said just before: "we would rather"."""
    return any(token.kind == "NEUTRAL" and token.text.lower() == "rather" for token in before[-2:])


_NOTHING_ELSE = word_list("nothing_else")


def _not_there(tokens: list[Token]) -> list[Token]:
    """ "We lost our 64 A100", "tendremos 64 A100 el año que viene": what is gone, or not there yet, is not owned."""
    found = list(tokens)
    for place, token in enumerate(tokens):
        said = token.text.lower()
        behind = next_kinds(tokens, place + 1, 4)
        owned = behind[:1] in (["OWN"], ["OUR"]) or (behind[:1] == ["NUM"] and bool(CHIP & {*behind[1:2]}))
        gone = owned and said.startswith(_LOSING) and token.kind in ("NEUTRAL", "WORTH", "WORSE", "CANNOT")
        will = said in _TO_COME or (place > 0 and tokens[place - 1].text.lower() in ("will", "we'll", "shall"))
        to_come = will and token.kind in ("HAVE", "OWN") and bool(CHIP & {*behind}) and behind[2:3] in _DATED
        if gone or to_come:
            found[place] = replace(token, kind="UNKNOWN")
    return found


_LOSING = tuple(word_list("losing"))
_TO_COME = word_list("will_have")
_DATED = (["NEXTYEAR"], ["NEXTMONTH"], ["NEXTQUARTER"], ["NEXTHALF"], ["MONTH"], ["YEAR"], ["BY"], ["FROM"], ["SEASON"])


def _nothing_to_come(tokens: list[Token]) -> list[Token]:
    """ "Nothing else bought or rented", "sin comprar ni alquilar nada más": no way to have more is left."""
    found = list(tokens)
    owns = False
    for place, token in enumerate(tokens):
        owns = owns or token.kind in _OWNED
        if token.kind not in ("ONLY", "THOSE") or token.text.lower() not in _NOTHING_ELSE or not owns:
            continue
        behind, ways = _ways(tokens, range(place + 1, len(tokens)))
        if not ways:
            denies = token.text.lower().startswith("nothing")
            behind, ways = _ways(tokens, range(place - 1, -1, -1), nothing=denies)
        if ways:
            for at in behind:
                found[at] = replace(tokens[at], kind="NEUTRAL")
            found[place] = replace(token, kind="THOSE")
    return found


def _neither_way(tokens: list[Token]) -> list[Token]:
    """ "Neither rent nor buy: only our 64 A100": with what is owned alone."""
    found = list(tokens)
    for place, token in enumerate(tokens):
        near = [at for at in range(place, len(tokens)) if tokens[at].kind != "NEUTRAL"][:4]
        both = [tokens[at].kind for at in near] == ["NOR", "PROC", "NOR", "PROC"]
        if both and any(other.kind in (*_OWNED, "THOSE") for other in tokens):
            for at in near[1:]:
                found[at] = replace(tokens[at], kind="NEUTRAL")
            found[place] = replace(token, kind="THOSE")
    return found


def _ways(tokens: list[Token], places: range, *, nothing: bool = False) -> tuple[list[int], int]:
    """The places of a run of ways to have servers, with what joins and denies them, and how many ways there are."""
    run: list[int] = []
    ways = 0
    for at in places:
        kind, said = tokens[at].kind, tokens[at].text.lower()
        if kind == "PROC":
            ways, run = ways + 1, [*run, at]
        elif kind in ("NEG", "NOR") or said in _AND_NOT:
            run.append(at)
            if places.step < 0 and ways and kind != "NOR":
                break
        elif kind == "OR" or (kind in ("AND", "COMMA") and ways):
            run.append(at)
        elif kind not in ("NEUTRAL", "HAVE", "CAN", "IS", "TO"):
            break
    while run and tokens[run[-1]].kind in ("AND", "COMMA") and places.step > 0:
        run.pop()
    while run and tokens[run[-1]].kind == "COMMA":
        run.pop()
    denied = (
        places.step > 0 or nothing or any(tokens[at].kind == "NEG" or tokens[at].text.lower() in _AND_NOT for at in run)
    )
    return run, ways if denied else 0


_AND_NOT = frozenset({"y no", "e não", "e nao", "and not", "et non"})


def _only_they(tokens: list[Token]) -> list[Token]:
    """ "We have 32 H100. Using only them": with what is owned and nothing else."""
    found = list(tokens)
    owns = False
    for place, token in enumerate(tokens):
        owns = owns or token.kind in ("OWN", "HAVE", "OUR")
        at = next((at for at in range(place + 1, len(tokens)) if tokens[at].text.lower() not in _LEADS_TO_THEM), place)
        they = at > place and tokens[at].text.lower() in _THEY and next_kinds(tokens, at + 1, 1) in ENDS
        if token.kind == "ONLY" and owns and they and tokens[at].kind in ("NEUTRAL", "POINTS_BACK", "UNKNOWN"):
            found[place] = replace(token, kind="THOSE")
            found[at] = replace(tokens[at], kind="NEUTRAL")
    return found


_LEADS_TO_THEM = frozenset({"con", "com", "with", "on", "a", "las", "los", "as", "os", "the", "avec"})
_THEY = word_list("they")
