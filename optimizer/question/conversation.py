"""Questions that go on from the one before: "and in Chile?", "with 2 MW", "why?"; what is not changed is kept."""

from __future__ import annotations

import datetime
import unicodedata
from dataclasses import replace

from optimizer.question.decision.decide import Said
from optimizer.question.errors import QuestionError
from optimizer.question.facts import Fact
from optimizer.question.mending import first_of_two, with_way_on
from optimizer.question.reading import Reading
from optimizer.question.sentence import facts_of, reading_of
from optimizer.question.tokens import Token
from optimizer.question.vocabulary.names import Vocabulary
from optimizer.question.vocabulary.word_lists import set_of

SLOTS: tuple[frozenset[str], ...] = (
    set_of("country countries region which_country all_countries where_here"),
    set_of("objective best figure expensive comparative"),
    frozenset({"tokens_t", "per_parameter", "optimal"}),
    frozenset({"deadline_days", "deadline_from"}),
    frozenset({"rules", "rules_in_force"}),
    frozenset({"procurement", "ways_to_have"}),
    frozenset({"counted", "bare_count", "max_accelerators", "supply"}),
)
"""Facts of one slot: a new one of them takes the place of those before."""
MODEL = set_of("workload params_total_b params_active_b architecture run_flop tokens_t per_parameter optimal")
"""What says the model: another model has tokens of its own."""
CHIPS = frozenset({"use", "use_groups", "only"})
ASKED = set_of(
    "explain why alternatives within ways consortium each_mw law list data options frontier tipping sensitivity draws "
    "share robust sought validate reproduce intent compare which_chips fact_n about range input_of more turns"
)
"""What a question asks for next to a plan: a new one takes the place of that before."""
_NOT_KEPT = frozenset({"follow", "joined", "noun", "if", "enough", "worth", "suits", "before"})
"""Facts of the words between others, which belong to their own sentence."""
_OPENS = frozenset({"objective", "figure", "best", "workload", "sought", "run_flop", "params_total_b"})
"""A sentence that says one of these and more is a question of its own."""


class Conversation:
    """The last question, and what it says."""

    def __init__(self, catalogue: Vocabulary, today: datetime.date) -> None:
        self.catalogue, self.today = catalogue, today
        self.sentence = ""
        self.facts: list[Fact] = []
        self.language = ""

    def read(self, sentence: str) -> Reading:
        """The reading of a sentence, as a question of its own or as a change of the last one.

        Raises:
            QuestionError: what is not understood; the last question stays.
        """
        sentence = unicodedata.normalize("NFC", sentence)
        if not self.facts:
            return self._first(sentence)
        said, ignored = facts_of(sentence, self.catalogue, self.today, goes_on=True, language=self.language)
        if self._changes(said):
            return self._changed(sentence, said, ignored)
        facts = list(said.facts)
        reading = reading_of(sentence, said, ignored, self.catalogue)
        self._keep(sentence, said.scene.language, facts)
        return reading

    def _first(self, sentence: str) -> Reading:
        """The reading of the first question."""
        try:
            said, ignored = facts_of(sentence, self.catalogue, self.today, language=self.language)
            facts = list(said.facts)
            reading = reading_of(sentence, said, ignored, self.catalogue)
        except QuestionError as error:
            first = first_of_two(error, self.catalogue, self.today)
            if first is None:
                raise with_way_on(error, self.catalogue, self.today) from error
            return self._first(first[0]).noting(sentence, first[1])
        self._keep(sentence, said.scene.language, facts)
        return reading

    def _changes(self, said: Said) -> bool:
        """Whether a sentence changes the last question: it begins as one, or does not say enough to stand alone."""
        names = {fact.field for fact in said.facts} - _NOT_KEPT
        if said.has("follow") or said.goes_on:
            return True
        return not (names & _OPENS) or len(names) == 1

    def _changed(self, sentence: str, said: Said, ignored: list[Token]) -> Reading:
        """The last question with what is said now in place of what was said before.

        Raises:
            QuestionError: what does not go together, shown in the sentence said now.
        """
        kept = kept_beside(self.facts, said.facts)
        gap = len(self.sentence) + 2
        new = [
            replace(fact, start=fact.start + gap, end=fact.end + gap) for fact in said.facts if fact.field != "follow"
        ]
        facts, both = [*kept, *new], f"{self.sentence}; {sentence}"
        said.facts = list(facts)
        try:
            reading = reading_of(both, said, [_moved(token, gap) for token in ignored], self.catalogue)
        except QuestionError as error:
            start, end = (max(0, place - gap) for place in (error.position, error.end))
            raise QuestionError(error.message, sentence, start, end, error.remedy) from error
        if {fact.field for fact in new} - _NOT_KEPT - ASKED:
            self._keep(both, said.scene.language, facts)
        # else "why?" asks about the last plan, and what is said next changes the plan again
        return replace(reading, question=sentence)

    def _keep(self, sentence: str, language: str, facts: list[Fact]) -> None:
        self.sentence, self.language, self.facts = sentence, language, facts


def kept_beside(before: list[Fact], new: list[Fact]) -> list[Fact]:
    """The facts of the last question that those said now leave as they are."""
    names = {fact.field for fact in new} - _NOT_KEPT
    gone = set(names)
    for slot in SLOTS:
        if slot & names:
            gone |= slot
    if names & {"workload", "params_total_b", "run_flop"}:
        gone |= MODEL
    if names & ASKED:
        gone |= ASKED | {"figure", "best"}
    if names & CHIPS:
        gone |= CHIPS
    now = {key for fact in new if fact.field in ("use", "avoid") for key in fact.value}
    kept = []
    for fact in before:
        if fact.field in _NOT_KEPT and not (fact.field == "joined" and not gone & {"country", "use", "max_mw"}):
            continue
        if fact.field in ("use", "avoid") and now:
            left = tuple(key for key in fact.value if key not in now)
            if fact.field in gone or not left:
                continue
            fact = replace(fact, value=left) if left != fact.value else fact
        elif fact.field in gone:
            continue
        kept.append(fact)
    return kept


def _moved(token: Token, by: int) -> Token:
    return replace(token, start=token.start + by, end=token.end + by)
