"""What a word means beside its neighbours, where one word has several uses ("may", "have", "2027", "and").

Words that carry no meaning where they stand become filler; the rest goes to the grammar.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from optimizer.question.errors import QuestionError
from optimizer.question.lexer import Lexeme

_LISTED = frozenset({"ACCELERATOR", "COUNTRY", "WORKLOAD", "PRECISION"})
_WAYS = frozenset({"PROCUREMENT", "OWN"})
_HAD = frozenset({"OWN", "HAVE"})
_JOINING = frozenset({"COMMA", "AND", "OR"})
_AMOUNT_STARTS = frozenset({"NUMBER", "DOLLAR", "POWER", "COST", "TIME", "COMPUTE", "ENERGY", "CARBON", "CAPITAL"})
_UNITS = frozenset(
    (
        *("POWER_UNIT", "ENERGY_UNIT", "CARBON_UNIT", "TIME_UNIT", "DOLLAR", "TPP", "FLOP", "TOKENS", "PARAMETERS"),
        *("SCALE", "DEVICES"),
    )
)
_SIZES = frozenset({"SCALE", "PARAMETERS", "TOTAL", "ACTIVE", "ARCHITECTURE"})
_COUNTED = frozenset({"NUMBER", "SCALE"})
_ONLY_AFTER = {
    "DEVICES": _COUNTED,
    "KINDS": _COUNTED,
    "MODEL": _SIZES,
    "TOTAL": _SIZES,
    "END": frozenset({"BY", "BEFORE"}),
}
"""Words that mean something after these, and are filler elsewhere ("which GPUs", "the model")."""
_AVOIDED = frozenset({"ACCELERATOR", "COMMA", "AND", "OR", "PREPOSITION", "DEVICES", "FILLER"})
_NOUN_AFTER = {
    "POWER": frozenset({"POWER_UNIT", "CAP"}),
    "TIME": frozenset({"TIME_UNIT", "CAP"}),
    "COST": frozenset({"DOLLAR", "CAP"}),
    "COMPUTE": frozenset({"TPP", "FLOP", "EQUIVALENT", "H100_EQUIVALENT", "CAP"}),
    "ENERGY": frozenset({"ENERGY_UNIT", "CAP"}),
    "CARBON": frozenset({"CARBON_UNIT", "CAP"}),
}
"""A noun after its unit ("1 MW grid limit") only repeats what the unit says."""

Error = Callable[..., QuestionError]


def settle(lexemes: list[Lexeme], error: Error) -> tuple[list[Lexeme], list[Lexeme]]:
    """The lexemes for the grammar, and the filler.

    Raises:
        QuestionError: "or" that joins no list, "but" before an accelerator, "only" within a negation, "we own H100".
    """
    lexemes = _months(lexemes)
    _check_only(lexemes, error)
    # Filler goes first, so that neighbours are words with a meaning ("64 of the A100").
    kept = [lexeme for lexeme in lexemes if lexeme.terminal not in ("FILLER", "OR_LESS")]
    filler = [lexeme for lexeme in lexemes if lexeme.terminal in ("FILLER", "OR_LESS")]
    kept = _joined(kept, filler, error)
    settled: list[Lexeme] = []
    for place, lexeme in enumerate(kept):
        before = settled[-1].terminal if settled else ""
        after = kept[place + 1 : place + 3]
        if lexeme.terminal in _HAD and before != "JOIN" and after and after[0].terminal == "ACCELERATOR":
            raise error("how many of these are owned?", lexeme.start, after[0].end, "say we own 64 A100")
        new = _in_place(lexeme, before, after, settled)
        (filler if new.terminal == "FILLER" else settled).append(new)
    return settled, sorted(filler, key=lambda lexeme: lexeme.start)


def _check_only(lexemes: list[Lexeme], error: Error) -> None:
    """ "no A100 and H100 only" must not become a list of two to avoid."""
    avoiding = False
    for lexeme in lexemes:
        if lexeme.terminal == "AVOID":
            avoiding = True
        elif avoiding and lexeme.value in ("only", "just"):
            message = f'"{lexeme.value}" after a negation is not understood'
            raise error(message, lexeme.start, lexeme.end, "say without H100")
        elif lexeme.terminal not in _AVOIDED:
            avoiding = False


def _months(lexemes: list[Lexeme]) -> list[Lexeme]:
    """ "may" is a month beside a number, and filler elsewhere."""
    settled = []
    for place, lexeme in enumerate(lexemes):
        near = {other.terminal for other in lexemes[max(0, place - 1) : place + 2]}
        is_month = lexeme.value == "may" and "NUMBER" in near
        settled.append(replace(lexeme, terminal="MONTH", value="5") if is_month else lexeme)
    return settled


def _joined(kept: list[Lexeme], filler: list[Lexeme], error: Error) -> list[Lexeme]:
    """Commas, "and" and "or" within a list become one JOIN; elsewhere only "or" carries a meaning."""
    settled: list[Lexeme] = []
    place = 0
    while place < len(kept):
        lexeme = kept[place]
        if lexeme.terminal == "BUT":
            if place + 1 < len(kept) and kept[place + 1].terminal == "ACCELERATOR":
                message = '"but" before a name is not understood'
                raise error(message, lexeme.start, lexeme.end, "say with H100, or without H100")
            filler.append(lexeme)
        elif lexeme.terminal not in _JOINING:
            settled.append(lexeme)
        else:
            last = place
            while last + 1 < len(kept) and kept[last + 1].terminal in _JOINING:
                last += 1
            _join(kept[place : last + 1], settled, kept[last + 1 : last + 3], filler, error)
            place = last
        place += 1
    return settled


def _join(run: list[Lexeme], settled: list[Lexeme], after: list[Lexeme], filler: list[Lexeme], error: Error) -> None:
    """Settle one run of commas, "and" and "or"."""
    if settled and after and _is_list(settled[-1].terminal, [lexeme.terminal for lexeme in after]):
        settled.append(replace(run[0], terminal="JOIN"))
        return
    for lexeme in run:
        if lexeme.terminal == "OR":
            remedy = "ask one question at a time; 'or' joins names such as H100 or A100"
            raise error("a choice between these is not understood", lexeme.start, lexeme.end, remedy)
        if lexeme.terminal == "AND":
            filler.append(lexeme)


def _is_list(before: str, after: list[str]) -> bool:
    """Whether a list goes on: a name after a name, or a counted accelerator after one."""
    if before in _WAYS:
        return after[0] in _WAYS
    if before == "ACCELERATOR" and after == ["NUMBER", "ACCELERATOR"]:
        return True
    return before in _LISTED and after[0] == before


def _in_place(lexeme: Lexeme, before: str, after: list[Lexeme], settled: list[Lexeme]) -> Lexeme:
    """The lexeme with the terminal that it has between these neighbours."""
    following = after[0].terminal if after else ""
    terminal = lexeme.terminal
    if terminal == "NUMBER" and _is_year(lexeme, settled) and following not in _UNITS:
        terminal = "YEAR"
    elif terminal == "CAP" and (following in _AMOUNT_STARTS or following == "LIMIT"):
        terminal = "LIMIT"
    elif before in _NOUN_AFTER.get(terminal, ()) or (terminal == "COST" and _is_money(settled)):
        terminal = "CAP"
    elif terminal in ("OF_HARDWARE", "CAPITAL"):
        terminal = _of_hardware(lexeme, following, settled)
    elif terminal == "HAVE":
        counted = [other.terminal for other in after[:2]] == ["NUMBER", "ACCELERATOR"]
        terminal = "OWN" if counted else "FILLER"
    elif terminal in _ONLY_AFTER and (
        before not in _ONLY_AFTER[terminal] or (terminal == "TOTAL" and _is_money(settled))
    ):
        terminal = "FILLER"
    return replace(lexeme, terminal=terminal)


def _of_hardware(lexeme: Lexeme, following: str, settled: list[Lexeme]) -> str:
    """ "$10M of hardware" and "$10M capex" say what the money is for; "for hardware" elsewhere says nothing."""
    money = _is_money(settled) or (len(settled) > 1 and settled[-1].terminal == "DOLLAR")
    after_it = money and lexeme.start <= settled[-1].end + 1
    if lexeme.terminal == "OF_HARDWARE":
        return "OF_HARDWARE" if after_it else "FILLER"
    return "OF_HARDWARE" if after_it and following not in ("LIMIT", "DOLLAR", "NUMBER") else "CAPITAL"


def _is_money(settled: list[Lexeme]) -> bool:
    """Whether an amount such as "$5" or "$5M" stands before."""
    before = [other.terminal for other in settled[-3:]]
    return before[-2:] == ["DOLLAR", "NUMBER"] or before == ["DOLLAR", "NUMBER", "SCALE"]


def _is_year(lexeme: Lexeme, settled: list[Lexeme]) -> bool:
    """Whether a number of four digits stands where a year would: after a month, a day of it, "by" or "before"."""
    if len(lexeme.value) != 4 or not lexeme.value.isdigit():
        return False
    before = [other.terminal for other in settled[-2:]]
    return before[-1:] in (["MONTH"], ["BY"], ["BEFORE"], ["END"]) or before == ["MONTH", "NUMBER"]
