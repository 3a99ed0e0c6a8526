"""``read``: one sentence -> the case it states, every phrase that was understood, every word that was not needed.

Nothing is swallowed in silence: a word is either part of a phrase, or filler from a closed list and told, or
an error that points at it.
"""

from __future__ import annotations

import datetime
import shlex
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

from pydantic import ValidationError

from optimizer.case.setting import settle as settle_case
from optimizer.domain.case import Case
from optimizer.domain.limits import KINDS
from optimizer.question.context import settle
from optimizer.question.errors import QuestionError
from optimizer.question.facts import (
    PER_PARAMETER,
    SOUGHT,
    Fact,
    beside,
    combine,
    complete_model,
    complete_tuning,
    complete_ways,
)
from optimizer.question.interpret import FormsOf, Interpreter, TppOf
from optimizer.question.lexer import MAX_CHARACTERS, Lexeme, Lexer
from optimizer.question.lexicon import Vocabulary, lexicon_of
from optimizer.question.quantities import MONEY_ONLY, WRONG_UNITS

if TYPE_CHECKING:
    from lark import Lark, Token, Tree

    from optimizer.catalogue import Catalogue

_NOT_SAID = frozenset(
    (
        *("case_id", "adapter_params_b", "import_duty", "electricity_usd_per_kwh", "rent_premium", "assume_hire"),
        *("site_setup_usd", "utilisation", "feed"),
    )
)
"""The fields of a case that a question cannot set."""
_LIMIT_FLAGS = {kind.field: kind.flag for kind in KINDS.values()}
_FLAGS = tuple(
    (field, _LIMIT_FLAGS.get(field) or f"--{field.replace('_', '-')}")
    for field in Case.model_fields
    if field not in _NOT_SAID
)
"""Every field that a question can set, with its flag of ``optimizer plan``, in the order told."""
_H100 = "h100"


@dataclass(frozen=True)
class Phrase:
    """A part of the question that was understood."""

    text: str
    """As said."""
    field: str
    """The field of the case."""
    value: str
    """In words, with the unit: "grid limit 1 MW", "deadline 120 days (month = 30 days)"."""


@dataclass(frozen=True)
class Reading:
    """What a question was read as."""

    case: Case
    """Only the fields that were said."""
    phrases: tuple[Phrase, ...]
    filler: tuple[str, ...]
    """Words without a meaning here, as written."""
    sought: Literal["tokens", "parameters"] | None = None
    """Where the most training within the limits is asked for: which of the two."""
    tokens_per_parameter: Decimal | None = None
    """Of the largest model, if said."""

    def per_parameter(self, catalogue: Catalogue) -> Decimal | None:
        """Tokens per parameter of the largest model: those said, else the usual ones; None where no model is sought."""
        if self.sought != "parameters":
            return None
        return (
            self.tokens_per_parameter or settle_case(self.case, catalogue).figures["usual_tokens_per_parameter"].value
        )

    def command(self, catalogue: Catalogue) -> str:
        """The command that answers the question, with its flags."""
        per_parameter = self.per_parameter(catalogue)
        words = ["optimizer", "largest" if self.sought else "plan"]
        words += ["--tokens-per-param", str(per_parameter)] if per_parameter else []
        return " ".join([*words, self.flags()]).rstrip()

    def flags(self) -> str:
        """The same case as flags of ``optimizer plan``, quoted for a shell; lists are separated by ";"."""
        parts = []
        for field, flag in _FLAGS:
            value = getattr(self.case, field)
            if self.sought and field == "tokens_t":
                continue
            if value not in (None, ()):
                parts += [flag, shlex.quote(_flag_value(field, value))]
        return " ".join(parts)


def _flag_value(field: str, value: Any) -> str:
    if field == "deadline_days":
        return f"{value}d"
    if isinstance(value, tuple):
        return ";".join(f"{item[0]}={item[1]}" if isinstance(item, tuple) else item for item in value)
    return str(value)


def read(sentence: str, catalogue: Vocabulary, today: datetime.date) -> Reading:
    """Read a question.

    Args:
        sentence: English, at most 500 characters.
        catalogue: knows the names of accelerators, countries, workloads, rules and assumption sets.
        today: the day from which calendar dates count.

    Raises:
        QuestionError: whatever is not understood, with the word that stands in the way.
    """
    sentence = unicodedata.normalize("NFC", sentence)
    if len(sentence) > MAX_CHARACTERS:
        message = f"a question has at most {MAX_CHARACTERS} characters, and this one {len(sentence)}"
        raise QuestionError(message, sentence[:MAX_CHARACTERS], MAX_CHARACTERS - 1, MAX_CHARACTERS)
    lexer = Lexer(sentence, lexicon_of(catalogue))
    lexemes, filler = settle(lexer.lexemes(), lexer.error)
    if not lexemes:
        kind = "says nothing to plan by" if filler else "is empty"
        remedy = 'ask for example "cheapest plan under 1 MW in 120 days"'
        raise QuestionError(f"the question {kind}", sentence, 0, len(sentence.rstrip()), remedy)
    reader = Interpreter(lexer.error, today, _tpp_of(catalogue), _forms_of(catalogue, sentence))
    facts = complete_tuning(reader.facts(_parse(lexemes, lexer)))
    combine(facts, lexer.error)
    of_case, said = beside(facts, lexer.error)
    sought = said.get(SOUGHT)
    of_case = complete_ways(complete_model(of_case, lexer.error, tokens_sought=sought == "tokens"), lexer.error)
    case = _case(of_case, lexer, sought)
    told = [fact for fact in facts if fact.field in (SOUGHT, PER_PARAMETER)] + of_case
    phrases = tuple(Phrase(sentence[fact.start : fact.end], fact.field, fact.words) for fact in told)
    skipped = tuple(sentence[word.start : word.end] for word in filler)
    return Reading(case, phrases, skipped, sought, said.get(PER_PARAMETER))


def _tpp_of(catalogue: Vocabulary) -> TppOf:
    """The TPP of an accelerator by id, where the catalogue has the accelerators and not their names alone."""
    accelerators = getattr(catalogue, "accelerators", {})

    def tpp(accelerator: str) -> tuple[str, Decimal] | None:
        row = accelerators.get(accelerator or catalogue.vocabulary("accelerator").get(_H100, ""))
        return (row.name, row.tpp) if row is not None else None

    return tpp


def _forms_of(catalogue: Vocabulary, sentence: str) -> FormsOf:
    """The forms of a family of accelerators, where the catalogue knows families."""
    family = getattr(catalogue, "family_of", None)

    def forms(start: int, end: int) -> tuple[str, ...]:
        found: tuple[str, ...] = family(sentence[start:end]) if family else ()
        return found

    return forms


@cache
def _parser() -> Lark:
    """The parser of grammar.lark; it holds no word and no name, so one serves every catalogue."""
    from lark import Lark
    from lark.lexer import Lexer as LarkLexer

    class Given(LarkLexer):
        """Hands on tokens that are already made."""

        def __init__(self, conf: Any) -> None:
            pass

        def lex(self, data: Any) -> Any:  # type: ignore[override]
            yield from data

    grammar = files("optimizer.question").joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", lexer=Given, start="question", maybe_placeholders=False)


def _parse(lexemes: list[Lexeme], lexer: Lexer) -> Tree[Token]:
    """The tree of a question.

    Raises:
        QuestionError: known words in an order that means nothing.
    """
    from lark import Token, UnexpectedInput

    tokens = [Token(word.terminal, word.value, start_pos=word.start, end_pos=word.end) for word in lexemes]
    try:
        return _parser().parse(tokens)
    except UnexpectedInput as error:
        at = getattr(error, "token", None)
        place = next((place for place, token in enumerate(tokens) if token is at), len(tokens))
        raise _misfit(lexemes, place, lexer) from error


def _misfit(lexemes: list[Lexeme], place: int, lexer: Lexer) -> QuestionError:
    """The error for the lexeme at ``place`` (or the end), which does not go on from the one before."""
    here = lexemes[place] if place < len(lexemes) else None
    before = lexemes[place - 1] if place else None
    if here is not None and here.terminal in _MEASURES and (noun := _noun_before(lexemes, place)) is not None:
        unit, measured = lexer.sentence[here.start : here.end], lexer.sentence[noun.start : noun.end]
        return lexer.error(f'"{unit}" does not measure {measured}', here.start, here.end, _AFTER[noun.terminal][1])
    if before is not None and before.terminal in _AFTER:
        message, remedy = _AFTER[before.terminal]
        first = before
        if before.value == MONEY_ONLY:
            message, remedy = 'unknown unit "m"', WRONG_UNITS[MONEY_ONLY]
        elif before.terminal == "SCALE" and place > 1:
            first = lexemes[place - 2]
        elif before.terminal == "LEAST" and here is not None and here.terminal == "NUMBER":
            message, remedy = "a lower bound is not understood: every limit is an upper limit", "say under 1 MW"
        return lexer.error(message, first.start, before.end, remedy)
    if here is None:
        assert before is not None
        return lexer.error("the question stops short here", before.start, before.end)
    said = lexer.sentence[here.start : here.end]
    if here.terminal in _HERE:
        message, remedy = _HERE[here.terminal]
        return lexer.error(message.format(said=said), here.start, here.end, remedy)
    after = f' after "{lexer.sentence[before.start : before.end]}"' if before else ""
    return lexer.error(f'"{said}" is not understood here{after}', here.start, here.end)


def _noun_before(lexemes: list[Lexeme], place: int) -> Lexeme | None:
    """What is limited by the amount that ends here: "carbon" in "carbon under 1 MW"."""
    for lexeme in reversed(lexemes[:place]):
        if lexeme.terminal not in ("NUMBER", "SCALE", "LIMIT", "DOLLAR"):
            return lexeme if lexeme.terminal in _NOUNS else None
    return None


_NOUNS = frozenset({"POWER", "COST", "TIME", "COMPUTE", "ENERGY", "CARBON", "CAPITAL"})
_MEASURES = frozenset({"POWER_UNIT", "ENERGY_UNIT", "CARBON_UNIT", "TIME_UNIT", "TPP", "FLOP"})

_AFTER = {
    "NUMBER": ("a number without a unit", "say 1 MW, 120 days, $5M, 512 H100, 10T tokens, 1e25 FLOP"),
    "SCALE": ("a number without a unit", "say $5M, 5 million USD, 10T tokens, 70B parameters, a 70B model"),
    "AVOID": ("this negation is not understood", "say without H100, or no more than 1 MW"),
    "LEAST": ("the least of what?", "say lowest cost, fewest days, lowest peak power, least energy or lowest carbon"),
    "LIMIT": ("a limit needs a number and a unit", "say under 1 MW, within 120 days, at most 512 H100, under $5M"),
    "MONTH": ("a date needs a day and a year", "write 31 March 2027, or 2027-03-31"),
    "BY": ("a date should follow", "write by 2027-03-31, or in 120 days"),
    "BEFORE": ("a date should follow", "write before 2027-03-31, or in 120 days"),
    "MIX": ("how many kinds may be mixed?", "say mix of up to 2 generations"),
    "POWER": ("how much power?", "say under 1 MW, or lowest peak power"),
    "COST": ("how much money?", "say under $5M, or lowest cost"),
    "ENERGY": ("how much energy?", "say under 2 GWh, or least energy"),
    "CARBON": ("how much carbon?", "say at most 500 tCO2e, or lowest carbon"),
    "CAPITAL": ("how much for hardware?", "say at most $10M of hardware"),
    "TIME": ("how much time?", "say within 120 days, by 2027-03-31, or fewest days"),
    "COMPUTE": ("how much compute?", "say under 26.9 million TPP, under 1e25 FLOP"),
}
"""What is missing after a word on which a phrase cannot end."""

_HERE = {
    "MONTH": ("a date stands only after by, before or as of", "say by 31 March 2027, or before June 2027"),
    "DATE": ("a date stands only after by, before or as of", "say by 2027-03-31, or as of 2026-05-01"),
    "POWER_UNIT": ('"{said}" needs a number before it', "say under 1 MW"),
    "TIME_UNIT": ('"{said}" needs a number before it', "say in 120 days, in 4 months"),
    "ENERGY_UNIT": ('"{said}" needs a number before it', "say under 2 GWh"),
    "CARBON_UNIT": ('"{said}" needs a number before it', "say at most 500 tCO2e"),
    "TPP": ('"{said}" needs a number before it', "say under 26.9 million TPP"),
    "FLOP": ('"{said}" needs a number before it', "say under 1e25 FLOP"),
}
"""What to say of a word that cannot begin a phrase."""


def _case(facts: list[Fact], lexer: Lexer, sought: str | None) -> Case:
    """The case of the facts.

    Raises:
        QuestionError: a value beyond the bounds of its field.
    """
    try:
        fields = combine(facts, lexer.error)
        if sought == "tokens" and "params_total_b" in fields:
            fields["tokens_t"] = 1  # an own workload must state some, and these are what is sought
        return Case(**fields)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        field = str(first["loc"][0]) if first["loc"] else ""
        fact = next((fact for fact in facts if fact.field == field), facts[0])
        rule = first["msg"].removeprefix("Value error, ").replace("Input should", "must")
        raise lexer.error(f"{fact.words}: {rule[0].lower()}{rule[1:]}", *fact.place) from error
