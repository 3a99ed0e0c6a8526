"""One sentence -> the question of the register that it asks, with its case and every word accounted for.

Nothing is swallowed in silence: a word is part of a phrase, or one of a closed list that changes nothing and is
reported, or a refusal that points at it.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from dataclasses import replace
from itertools import pairwise

from optimizer.domain.case import Case
from optimizer.errors import InputError
from optimizer.question import readers
from optimizer.question.beside import (
    BREAKS,
    UNITS_ALONE,
    asks_again,
    between_parts,
    ends_a_limit,
    is_listed,
    two_amounts,
)
from optimizer.question.decision.decide import CONDITIONAL, Said
from optimizer.question.decision.intents import FINISH, choose
from optimizer.question.decision.models import complete, who_buys
from optimizer.question.decision.uses import check_used
from optimizer.question.errors import QuestionError, RefusalError
from optimizer.question.facts import READERS, Fact, Scene
from optimizer.question.matching import Match, matches
from optimizer.question.money import country_of_money, currencies_asked_for
from optimizer.question.number_words import merged
from optimizer.question.reading import Phrase, Reading
from optimizer.question.refusals import check_units, error_of, of_left, of_unknown
from optimizer.question.senses.comparisons import masses_of_carbon
from optimizer.question.senses.context import SOFT, settled, spelt, stands_alone
from optimizer.question.senses.everyday import PASSED, passed_over
from optimizer.question.senses.peoples import settle_peoples, settle_seats
from optimizer.question.senses.who import asks_of_a_chip, refuse_unanswered
from optimizer.question.spelling import active_sizes, normalised
from optimizer.question.tokens import Reader, Token, language_of
from optimizer.question.vocabulary.languages import Language, languages
from optimizer.question.vocabulary.names import Names, Vocabulary, names_of
from optimizer.question.vocabulary.phrases import key_of
from optimizer.units.language import say

MAX_CHARACTERS = 1000
assert readers  # they enter themselves into READERS
_IN_A_CLOUD = re.compile("cloud|nube|nuvem")
_JOINING = frozenset({"OR", "VS", "SLASH", "INSTEAD"})
_NOUN_UNITS = {
    **{"POWER_N": "POWER_UNIT", "TIME_N": "TIME_UNIT", "ENERGY_N": "ENERGY_UNIT", "CARBON_N": "CARBON_UNIT"},
    **{"BUDGET_N": "MONEY", "COST_N": "MONEY"},
}


def facts_of(
    sentence: str, catalogue: Vocabulary, today: datetime.date, *, goes_on: bool = False, language: str = ""
) -> tuple[Said, list[Token]]:
    """Everything that a sentence says, and the words without a meaning.

    Args:
        sentence: in one of the languages of ``words/``, at most 1,000 characters.
        catalogue: knows the names of accelerators, countries, workloads, rules and assumption sets.
        today: the day from which calendar dates count.
        goes_on: whether it may go on from a question before: "and in Chile?".
        language: of the question before, for a sentence of signs and names alone.

    Raises:
        QuestionError: whatever is not understood, with the word that is the obstacle.
    """
    sentence = normalised(sentence)
    if len(sentence) > MAX_CHARACTERS:
        message = say(
            "a question has at most {max_characters} characters, and this one {sentence}",
            max_characters=MAX_CHARACTERS,
            sentence=len(sentence),
        )
        raise QuestionError(message, sentence[:MAX_CHARACTERS], MAX_CHARACTERS - 1, MAX_CHARACTERS)
    names = names_of(catalogue)
    spoken = language_of(sentence, language, names)
    try:
        return _said(sentence, spoken, names, today, goes_on=goes_on)
    except RefusalError as refusal:
        raise error_of(refusal, sentence, spoken, names) from refusal


def reading_of(sentence: str, said: Said, ignored: list[Token], catalogue: Vocabulary) -> Reading:
    """The question that is said.

    Raises:
        QuestionError: what does not go together.
    """
    sentence = unicodedata.normalize("NFC", sentence)
    names = names_of(catalogue)
    language = languages()[said.scene.language]
    try:
        return _reading(sentence, said, ignored, language)
    except RefusalError as refusal:
        raise error_of(refusal, sentence, language, names) from refusal


def _said(
    sentence: str, language: Language, names: Names, today: datetime.date, *, goes_on: bool
) -> tuple[Said, list[Token]]:
    raw = list(active_sizes([*Reader(sentence, language, names).tokens()]))
    whole = _Place(0, len(sentence.rstrip()))
    if not sentence.strip():
        raise RefusalError("empty", whole)
    _known_first(raw, names, language.code)
    raw = settle_seats(raw, names)
    raw = passed_over([spelt(token, language, names) for token in raw], language, names)
    raw = masses_of_carbon(settle_peoples(raw, names, language.code))
    tokens, ignored = settled(merged(raw, language.code))
    joins = bool(tokens) and tokens[0].kind == "AND"
    if joins and not goes_on and not stands_alone(tokens):
        raise RefusalError("follow_up", tokens[0])
    tokens = tokens[1:] if joins else tokens
    countries = tuple(token.value for token in tokens if token.kind == "COUNTRY")
    scene = Scene(names, language.code, today, countries)
    facts, left = _facts(tokens, scene)
    if not facts:
        raise RefusalError("nothing", whole)
    if not goes_on:
        facts += country_of_money(tokens, names)
    said = Said(scene, facts, frozenset(token.kind for token in tokens), goes_on=joins)
    said.notes += currencies_asked_for(tokens, names)
    said.notes += [
        say('"{text}" read as the country', text=token.text)
        if key_of(token.text) == key_of(token.corrected)
        else say('"{text}" read as "{corrected}"', text=token.text, corrected=token.corrected)
        for token in (*tokens, *ignored)
        if token.corrected
    ]
    if passed := ", ".join(f'"{token.text}"' for token in ignored if token.value == PASSED):
        said.notes.append(say("not used: {words}", words=passed))
    return said, sorted([*ignored, *left], key=lambda token: token.start)


_REASONS = frozenset({"explain", "why"})
"""Facts behind which a unit without a number is what is explained: "why so many megawatts"."""
_SAID_IN_ENGLISH = frozenset({"USD", "EUR", "GBP"})
"""Currencies of which "mil" may be a million in English, and a thousand in the words of another language."""


class _Place:
    """A part of the sentence by its ends."""

    def __init__(self, start: int, end: int) -> None:
        self.start, self.end = start, end


def _known_first(raw: list[Token], names: Names, language: str) -> None:
    """What is known and cannot be planned is said before the words that are not known, all of it at once.

    Raises:
        RefusalError: a topic outside plans; a country that the data do not have.
    """
    money = {token.value for token in raw if token.kind == "MONEY"}
    for before, token in pairwise(raw):
        if language == "en" and token.text == "mil" and money and money <= _SAID_IN_ENGLISH:  # "12 mil euros"
            raise RefusalError("two_readings", before, token, said=f"{before.text}M|{before.text}k")
        if token.kind == "SIGN":
            raise RefusalError("sign", token)
        if token.text == "FLOPS":
            raise RefusalError("rate", token, said=token.text)
        if token.kind == "TWO_COUNTRIES":
            raise RefusalError("two_countries", token)
        if token.text == "ca" and before.text.lower() in ("in", "for") and language == "en":
            raise RefusalError("state_of_two", token, said="ca|CA")
        if token.text == "us" and before.text.lower() == "in":
            raise RefusalError("us", token)
        if token.kind == "UNPUBLISHED":
            raise RefusalError("unpublished", token, said=token.text)
    topics = [token for token in raw if token.kind == "CANNOT"]
    known = names.countries | names.law_only
    absent = [token for token in raw if token.kind == "COUNTRY" and token.value not in known]
    if topics:
        named = [token for token in raw if token.kind == "COUNTRY"] if topics[0].value == "evasion" else absent
        said = '", "'.join(dict.fromkeys(token.text for token in (*topics, *named)))
        raise RefusalError(f"cannot_{topics[0].value}", topics[0], said=said)
    if absent:
        raise RefusalError("not_in_data", absent[0], said='", "'.join(dict.fromkeys(token.text for token in absent)))


def _facts(tokens: list[Token], scene: Scene) -> tuple[list[Fact], list[Token]]:
    """The facts of a sentence, in order, and the tokens that carry no meaning.

    Raises:
        RefusalError: a token that no rule takes.
    """
    check_units(tokens)
    unknown = [token for token in tokens if token.kind == "UNKNOWN"]
    if unknown:
        raise of_unknown(unknown, tokens, scene.names)
    items = list(matches(tokens))
    facts: list[Fact] = []
    left: list[Token] = []
    condition = False
    for place, item in enumerate(items):
        if isinstance(item, Match):
            condition = condition or item.name == "if"
            _check_neighbours(items, place)
            for fact in READERS[item.name](item, scene):
                facts.append(replace(fact, note="if") if condition and not fact.note else fact)
            if asks_again(items, place):
                facts.append(Fact("and_question", True, "", item.start, item.end))
                facts[-2:-1] = [replace(facts[-2], listed=True)]
        elif item.kind in UNITS_ALONE and (is_listed(items, place) or any(fact.field in _REASONS for fact in facts)):
            facts.append(Fact("noun", UNITS_ALONE[item.kind], item.text, item.start, item.end))
        elif item.kind == "SLASH" and between_parts(items, place):
            left.append(item)
        elif item.kind in _JOINING or (item.kind == "AND" and two_amounts(items, place)):
            facts.append(Fact("joined", item.kind, item.text, item.start, item.end))
        elif item.kind == "LIMIT" and ends_a_limit(items, place):
            left.append(item)
        elif item.kind in SOFT or (item.kind == "AVAILABLE" and place):
            condition = condition and item.kind not in BREAKS
            left.append(item)
        else:
            named = items[place - 1] if place else None
            of_a_model = item.kind == "NUM" and isinstance(named, Match) and named.name == "workload"
            if of_a_model and named is not None and item.start <= named.end + 1:  # "Sabiá-3", of which Sabiá is known
                raise RefusalError("unknown_model", named, item)
            after = items[place + 1] if place + 1 < len(items) else item
            if item.kind == "LIMIT" and isinstance(after, Token) and after.kind == "NUM" and after.scale:
                reason = "mass_alone" if after.scale == "t" else "no_currency"  # "at most 500 t"
                raise RefusalError(reason, item, after, said=after.text)  # "no more than 5 million"
            raise of_left(item)
    return facts, left


def _check_neighbours(items: list[Match | Token], place: int) -> None:
    """A noun before a limit of another kind, an objective before a noun that it does not work with, "but" before a
    name.

    Raises:
        RefusalError: "carbon under 1 MW", "cheapest electricity", "but H100".
    """
    item = items[place]
    before = items[place - 1] if place else None
    assert isinstance(item, Match)
    if isinstance(before, Token) and before.kind == "BUT" and item.name == "use":
        raise RefusalError("but", before)
    if not isinstance(before, Match):
        return
    noun = before.tokens[0].kind
    if before.name == "noun" and item.name in ("power", "duration", "budget", "energy", "carbon") and item.has("LIMIT"):
        unit = _NOUN_UNITS.get(noun)
        if unit is not None and not item.has(unit):
            units = item.all("POWER_UNIT", "TIME_UNIT", "MONEY", "ENERGY_UNIT", "CARBON_UNIT")
            raise RefusalError("does_not_measure", units[0], said=f"{units[0].text}|{before.tokens[0].text}")
    if before.name == "objective" and item.name == "noun" and item.tokens[0].kind not in ("COST_N", "TIME_N"):
        raise RefusalError("objective_of_part", before, item)


def _reading(sentence: str, said: Said, ignored: list[Token], language: Language) -> Reading:
    _check_joined(said)
    if said.has("follow") and not all(fact.value == "loose" for fact in said.of("follow")):
        raise RefusalError("follow_up", said.of("follow")[0])
    if said.has("follow") and len({fact.field for fact in said.facts} & _WHOLE) < len(_WHOLE):
        raise RefusalError("follow_up", said.of("follow")[0])
    said.drop("follow")
    if {fact.field for fact in said.facts} <= {"why", "expensive", "comparative", "worth"}:
        raise RefusalError("follow_up", said.facts[0])
    nothing = _NOTHING | ({"procurement"} if "QMARK" in said.kinds else frozenset())  # "what am I buying?"
    if {fact.field for fact in said.facts} <= nothing and said.has("procurement", *(_NOTHING - {"best"})):
        raise RefusalError("nothing", said.facts[0], said.facts[-1])
    name = "data show" if asks_of_a_chip(said, ignored) else choose(said)
    if name not in ("law", "data show"):
        for fact in said.of("country"):
            if fact.value not in said.scene.names.countries:
                raise RefusalError("not_in_data", fact, said=sentence[fact.start : fact.end])
    command = FINISH[name](said)
    check_used(said, command)
    refuse_unanswered(said, ignored, command)
    if said.has("where_here") and not said.of("country"):
        raise RefusalError("where_home", said.of("where_here")[0])
    if said.kinds & {"PROC", "RENT_N"} and _IN_A_CLOUD.search(sentence.lower()):
        abroad = say("cloud read as rented servers; what a cloud abroad costs is in the answer")
        said.notes.append(abroad if command == "plan" else say("cloud read as rented servers"))
    complete(said, command)
    who_buys(said, ignored, command)
    case = _case(said)
    beside = _beside(said, case) if command == "plan" else None
    return Reading(
        question=sentence,
        language=language.code,
        command_name=command,
        case=case,
        phrases=_phrases(sentence, said),
        ignored=_ignored(sentence, said, ignored, command),
        arguments=said.arguments,
        own=said.own,
        axes=said.axes,
        beside=beside,
        notes=tuple(said.notes),
        families=said.scene.names.families,
    )


def _ignored(sentence: str, said: Said, ignored: list[Token], command: str) -> tuple[str, ...]:
    """The words that change nothing, in order: those without a meaning, and measures that are only named."""
    words = (token for token in ignored if token.kind not in _MARKS and any(map(str.isalnum, token.text)))
    places = [(token.start, token.end) for token in words]
    if command not in ("tipping", "frontier"):
        places += [(fact.start, fact.end) for fact in said.of("noun")]
    return tuple(sentence[start:end] for start, end in sorted(places))


_WHOLE = frozenset({"country", "max_mw", "deadline_days"})
"""What a question has that needs none before it: "what about Chile with 1 MW in 200 days?"."""
_NOTHING = frozenset({"figure", "best", "noun", "joined", "only", "form", "no_limit", "enough", "rules_in_force"})
"""Facts that alone are no question."""
_MARKS = frozenset({"COMMA", "STOP", "QMARK"})


def _check_joined(said: Said) -> None:
    """ "or" joins two values of one field, or two ways of asking; elsewhere it is a choice that is not understood.

    Raises:
        RefusalError: at the word.
    """
    for place, fact in enumerate(said.facts):
        if fact.field != "joined":
            continue
        before, after = _without_measures(said.facts[:place]), _without_measures(said.facts[place + 1 :])
        near = {other.field for other in (*before[-1:], *after[:1])}
        same = bool(before and after) and before[-1].field == after[0].field == "procurement"
        if (
            fact.value in ("INSTEAD", "VS")
            and near & {"use", "avoid", "owned", "counted", "procurement"}
            and not (same and fact.value == "VS")
        ):
            raise RefusalError("choice", fact)
        if before and after and (before[-1].field == after[0].field or _same_slot(before, after)):
            continue
        if said.has("ways", "shared_in", "consortium", "explain", "why", "alone", "way", "tuned", "tipping", "law"):
            continue
        raise RefusalError("choice", fact)


def _without_measures(facts: list[Fact]) -> list[Fact]:
    """The facts without those that say by what two things are compared: "renting is cheaper than buying"."""
    measures = ("objective", "comparative", "suits", "best", "noun", "changes", "worth")
    return [fact for fact in facts if fact.field not in measures]


def _same_slot(before: list[Fact], after: list[Fact]) -> bool:
    names = {fact.field for fact in before[-2:]}
    return any(fact.field in names for fact in after[:2]) or (
        any(f.field in ("region", "countries", "which_country") for f in before[-2:]) and after[0].field == "country"
    )


def _case(said: Said) -> Case:
    """The case of what is said.

    Raises:
        RefusalError: a value beyond the bounds of its field.
    """
    try:
        case = Case(**said.fields)
        for name, values in said.axes.items():
            for value in values:
                if value not in (None, "all"):
                    case.changed(**{name: value})
        return case
    except InputError as error:
        first = error.problems[0]
        fact = next((fact for fact in said.facts if fact.field == first.column), said.facts[0])
        raise RefusalError("value", fact, said=f"{fact.words}: {first.rule}") from error


def _beside(said: Said, case: Case) -> Case | None:
    """The case without what is said under a condition; None where there is no condition that a plan can lift."""
    under = {fact.field for fact in said.facts if fact.note == "if" and fact.field in CONDITIONAL - {"country"}}
    under &= set(said.fields)
    if not under or len(under) == len(case.given()):
        return None
    return case.changed(**{name: () if isinstance(getattr(case, name), tuple) else None for name in under})


def _phrases(sentence: str, said: Said) -> tuple[Phrase, ...]:
    """What was understood, with the words for it."""
    reported = [
        fact for fact in (*said.facts, *said.filled_in) if fact.words and fact.field not in ("joined", "noun", "intent")
    ]
    reported.sort(key=lambda fact: fact.start)
    return tuple(Phrase(sentence[fact.start : fact.end], fact.field, fact.words) for fact in reported)
