"""The rules that settle a word by its neighbours (senses/settling.txt): every sign of a pattern, and no dead rule."""

from __future__ import annotations

import re

import pytest

from optimizer.question.errors import RefusalError
from optimizer.question.senses.settling import ANY, REFUSES, Rule, rules, settle, settle_one
from optimizer.question.tokens import CHIP, Token
from optimizer.question.vocabulary.grammar import RULES
from optimizer.question.vocabulary.languages import languages
from optimizer.question.vocabulary.word_lists import word_lists

EVERY = [(section, rule) for section, known in rules().items() for rule in known]


def tokens_of(text: str) -> list[Token]:
    """ "OWN:our NUM ACCEL": kinds, with the word that is said where it matters."""
    found = []
    for place, part in enumerate(text.split()):
        head, _, said = part.partition(":")
        kind, _, value = head.partition("=")
        found.append(Token(kind, value, said.replace("_", " "), 2 * place, 2 * place + 1))
    return found


def kinds_after(text: str, section: str) -> str:
    """The kinds of a sentence after one section."""
    return " ".join(token.kind for token in settle(tokens_of(text), section))


@pytest.mark.parametrize(
    ("section", "said", "settled"),
    [
        ("already", "ALREADY NEUTRAL OWN", "NEUTRAL NEUTRAL OWN"),  # neutral words do not count
        ("already", "HAVE ALREADY NUM", "HAVE NEUTRAL NUM"),
        ("already", "COUNTRY ALREADY NUM", "COUNTRY UNKNOWN NUM"),  # no rule but the last
        ("asides", "MAKER WORKLOAD", "NEUTRAL WORKLOAD"),
        ("asides", "WORKLOAD FROM MAKER", "WORKLOAD FROM NEUTRAL"),  # as many words between as there are
        ("asides", "NEG MAKER", "NEG ACCEL_OF"),
        ("asides", "PROC FROM MAKER", "PROC FROM UNKNOWN"),
        ("asides", "MAKER OR ACCEL", "ACCEL_OF OR ACCEL"),
        ("asides", "ACCEL OR MAKER", "ACCEL OR ACCEL_OF"),
        ("asides", "RESPECTIVELY CONSORTIUM", "NEUTRAL CONSORTIUM"),  # anywhere in the sentence
        ("asides", "RESPECTIVELY COUNTRY", "UNKNOWN COUNTRY"),
        ("asides", "LAW:legal LIMIT NUM FLOP", "NEUTRAL LIMIT NUM FLOP"),
        ("asides", "LAW:law LIMIT NUM FLOP", "LAW LIMIT NUM FLOP"),  # a word that is not of the list
        ("verbs", "FIGURE=cost MIN:at_least QMARK", "FIGURE MIN QMARK"),  # stays: a rule of the grammar takes it
        ("verbs", "FIGURE=cost IS MIN:at_least QMARK", "FIGURE IS OBJ QMARK"),
        ("verbs", "FIGURE=count IS MIN:at_least QMARK", "FIGURE IS MIN QMARK"),  # another value
        ("verbs", "NEUTRAL:pay MIN:at_least", "NEUTRAL OBJ"),  # a word anywhere in the sentence
        ("verbs", "ROBUST:que_funcione PERCENT", "ROBUST PERCENT"),  # none of these in the sentence
        ("counts", "COUNTRY SUITS:beats COUNTRY", "COUNTRY VS COUNTRY"),
        ("counts", "ONLY NUM:one ACCEL FIGURE", "ONLY NUM ACCEL FIGURE"),
        ("counts", "FIGURE NUM:one ACCEL", "FIGURE NEUTRAL ACCEL"),
        ("counts", "COUNTRY NUM:one", "COUNTRY NEUTRAL"),  # the end of the sentence
        ("counts", "DUTY_N NUM:0 TO NUM", "DUTY_N NUM TO NUM"),  # none of these next
        ("counts", "DUTY_N NUM:0", "DUTY_N FREE"),
        ("clauses", "TIPPING PROC=rent ACCEL", "TIPPING RENT_N ACCEL"),
        ("clauses", "TIPPING PROC=buy ACCEL", "TIPPING PRICE_N ACCEL"),
        ("clauses", "MORE SHIP:gone ACCEL", "MORE SHIP ACCEL"),
    ],
)
def test_a_word_has_the_meaning_of_its_neighbours(section: str, said: str, settled: str) -> None:
    """Every sign of a pattern, once as it fits and once as it does not."""
    assert kinds_after(said, section) == settled


@pytest.mark.parametrize(
    ("before", "token", "after", "kind"),
    [
        ("ENERGY_UNIT", "RANGE", "NUM POWER_UNIT", "STOP"),  # "2 GWh - 1 MW" are two limits
        ("ENERGY_UNIT", "RANGE", "NUM ENERGY_UNIT", "RANGE"),
        ("NUM ACCEL", "HAVE", "COMMA", "OWN"),
        ("NUM ACCEL", "HAVE", "OWN", "NEUTRAL"),
        ("", "MAY", "NUM TIME_UNIT", "CAN"),
        ("", "MAY", "NUM COMMA", "MONTH"),
        ("PROC", "ONLY:solo", "COMMA", "ONLY"),
        ("CAN", "ONLY:solo", "COMMA", "ALONE"),
        ("POWER_UNIT", "ALL_COUNTRIES:each_country", "", "EACH"),
        ("COUNTRY", "ALL_COUNTRIES:each_country", "", "ALL_COUNTRIES"),
        ("", "UTIL_N:uso_de", "ACCEL", "NEUTRAL"),  # whatever begins with "uso"
        ("", "UTIL_N:utilisation", "ACCEL", "UTIL_N"),
        ("OWN NUM ACCEL", "PROC=buy:compradas", "", "NEUTRAL"),  # whatever ends with "adas"
        ("OWN NUM ACCEL", "PROC=buy:comprar", "", "PROC"),
        ("", "WHY_NOT", "COUNTRY", "CAN"),
    ],
)
def test_one_word_between_its_neighbours(before: str, token: str, after: str, kind: str) -> None:
    (one,) = tokens_of(token)
    assert settle_one(one, tokens_of(before), tokens_of(after), "in place").kind == kind


def test_a_rule_refuses() -> None:
    """ "With our H100": how many is not said, and no plan is made of a guess."""
    with pytest.raises(RefusalError, match="how_many_owned"):
        settle_one(*tokens_of("OUR"), [], tokens_of("ACCEL"), "in place")


def test_every_name_of_a_rule_is_known() -> None:
    """A kind or a list that was misspelt would be a rule that never fits."""
    words = {meaning.kind for language in languages().values() for meaning in language.phrases.meanings.values()}
    signs = {"NEUTRAL", "UNKNOWN", "NUM", "QMARK", "DATE"}  # those of the reader itself
    known = words | signs | {name for _, rule in RULES for name in re.findall(r"[A-Z][A-Z_0-9]*", rule)} | CHIP
    made = {rule.new for _, rule in EVERY}
    for section, rule in EVERY:
        where = [one for part in rule.where for one in part.removeprefix("no ").split("|")]
        kinds = {*rule.kinds, *re.findall(r"(?<!\w)([A-Z]\w*) \)", rule.before + rule.after)} - {ANY}
        kinds |= {one.partition("@")[0].partition("=")[0] for one in where} - {""}
        unknown = {kind for kind in kinds if kind not in known | made}
        assert not unknown, (section, rule, unknown)
        lists = {rule.words, *(one.partition("@")[2] for one in where)} - {""}
        assert lists <= word_lists().keys(), (section, rule)


def test_no_rule_stands_behind_one_that_always_fits() -> None:
    """It would never be read."""
    for section, known in rules().items():
        done: set[str] = set()
        for rule in known:
            assert not done & {*rule.kinds}, (section, rule)
            done |= {*rule.kinds} if _always_fits(rule) else set()


def _always_fits(rule: Rule) -> bool:
    return not (rule.value or rule.words or rule.before or rule.after or rule.where) and REFUSES not in rule.new
