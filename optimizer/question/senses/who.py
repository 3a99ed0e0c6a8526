"""Who may have an accelerator, who makes it, where it is: the law of every country, a sheet of the data, or no plan."""

from __future__ import annotations

from dataclasses import replace

from optimizer.question.decision.decide import Said
from optimizer.question.errors import RefusalError
from optimizer.question.senses.neighbours import next_places
from optimizer.question.tokens import CHIP, Token
from optimizer.question.vocabulary.word_lists import word_list

_MAY = frozenset({"CAN", "SHIP", "BANNED_LAW", "NEG", "DISCARD", "BANNED", "PROC", "LAW"})
_OF_A_PLAN = frozenset({"OBJ", "NUM", "WORKLOAD", "BIG", "LEAST", "COMPARATIVE", "FIGURE"})


def who_may(tokens: list[Token]) -> list[Token]:
    """ "Who can buy H20?", "which countries can't get it?": it asks of every country what the law says.

    "Who makes the H100?" asks for what no plan says; "who is cheaper, Chile or Peru?" compares the two.

    Raises:
        RefusalError: the law is asked about one accelerator and one country.
    """
    found = list(tokens)
    kinds = {token.kind for token in tokens}
    named = {token.value for token in tokens if token.kind in ("COUNTRY", "REGION")}
    for place, token in enumerate(tokens):
        who = token.kind in ("NEUTRAL", "WHICH_COUNTRY") and token.text.lower().split(" ")[0] in _WHO
        if not who and token.kind != "WHICH_COUNTRY":
            continue
        behind = next_places(tokens, place + 1, 5)
        chips = next((at for at in behind if tokens[at].kind in CHIP), None)
        if chips is not None and not named:
            between = [tokens[at] for at in range(place, chips)]
            words = " ".join(other.text.lower() for other in between)
            denied = bool({other.kind for other in between} & {"NEG", "DISCARD", "BANNED", "BANNED_LAW"})
            asks = {other.kind for other in between} & _MAY and any(word in words for word in _GETTING)
            if asks and (denied or not kinds & _OF_A_PLAN):
                raise RefusalError("law_of_one", token, tokens[chips])
        opens = place == 0 or tokens[place - 1].kind in ("STOP", "QMARK") or tokens[place - 1].text == "¿"
        region = any(other.kind == "REGION" for other in tokens)
        if who and opens and not region and len(named) < len(("one", "other")):
            found[place] = replace(token, kind="UNKNOWN")
    return found


_WHO = frozenset({"who", "quién", "quien", "quiénes", "quienes", "quem", "qui"})
_INFORMATION = word_list("information")
_LOOKED_UP = frozenset({"use", "country", "workload"})
_GETTING = word_list("getting") | {"ter "}


def asks_of_a_chip(said: Said, ignored: list[Token]) -> bool:
    """ "What is an H100?", "dónde se fabrica": an accelerator and nothing else is what the data are asked about.

    So is a country or a model alone, where information on it is asked for.
    """
    named = {fact.field for fact in said.facts}
    asks = "QMARK" in said.kinds or any(_first(token) in _QUESTIONS for token in ignored)
    informs = any(token.text.lower() in _INFORMATION for token in ignored)
    return "ONLY" not in said.kinds and (
        (named == {"use"} and asks) or (informs and len(named) == 1 and named <= _LOOKED_UP)
    )


def refuse_unanswered(said: Said, ignored: list[Token], command: str) -> None:
    """Refuse a plan for "where is the data centre in Chile?" and "how many H100 are there in Chile?".

    Raises:
        RefusalError: at the word that asks for what no plan says.
    """
    if command not in ("plan", "compare"):
        return
    _refuse_what_is_not_asked(said, ignored, command)
    first = min((fact.start for fact in said.facts), default=0)
    named = {fact.field for fact in said.facts}
    counts = {fact.value for fact in said.of("figure")} <= {"count"}
    stock = counts and "use" in named and named <= {"use", "country", "figure"}
    for token in ignored:
        opens = command == "plan" and _first(token) in _NOT_OF_A_PLAN and token.start < first
        there = stock and token.text.lower() in _THERE
        if opens or there:
            raise RefusalError("unknown_word", token, said=token.text)


def _refuse_what_is_not_asked(said: Said, ignored: list[Token], command: str) -> None:
    """ "What is the population of Chile?": a name alone, and words that are about no plan; "how many TPUs" of what run.

    Raises:
        RefusalError: at the first such word, or at the count.
    """
    named = {fact.field for fact in said.facts}
    if "figure" in named and named <= {"figure", "use"} and said.first("figure") == "count":
        raise RefusalError("count_of_what", said.of("figure")[0])
    if command == "plan" and "tokens_t" in named and named <= {"tokens_t", "objective", "noun", "figure", "best"}:
        raise RefusalError("count_of_what", said.of("tokens_t")[0])  # "a model on 1T tokens, cheap": which, and where?
    if command == "plan" and named == {"use", "comparative"}:
        raise RefusalError("compared_with", said.of("use")[0], said=said.of("use")[0].words)  # "will H100 get cheaper"
    if command != "plan" or not named <= _NAMES_ALONE:
        return
    for fact in said.of("noun"):
        if fact.value == "CAPITAL_N":  # "¿cuál es la capital de Chile?"
            raise RefusalError("asked_what", fact, said=fact.words)
    words = [token for token in ignored if token.text[0].isalnum()]
    done = words[:1] if words and _first(words[0]) in _DONE and words[0].start < said.facts[0].start else []
    if not done and any(_says_plan(token) for token in words):
        return
    strange = done or [token for token in words if len(token.text) >= _SHORTEST and token.text.lower() not in _LEADING]
    if strange:
        raise RefusalError("asked_what", strange[0], said=strange[0].text)


_NAMES_ALONE = frozenset({"country", "workload", "noun", "use", "joined"})
_DONE = frozenset({"has", "have", "did", "ha", "han", "hizo", "já", "was", "were", "fue", "foi"})
"""What opens a question about what was done: "has Chile trained a model?"."""
_SHORTEST = 4
"""Letters of a word that can be what is asked about."""
_OF_PLANS = tuple(word_list("of_a_plan"))
_LEADING = word_list("leading_words")


def _says_plan(token: Token) -> bool:
    return any(word.startswith(_OF_PLANS) for word in token.text.lower().split())


def _first(token: Token) -> str:
    return token.text.lower().split(" ")[0]


_NOT_OF_A_PLAN = frozenset({"where", "when", "whose", "dónde", "cuándo", "onde", "quando", "où", "quand", "whom"})
_QUESTIONS = frozenset((*_NOT_OF_A_PLAN, "what", "qué", "que", "quelle", "which"))
_THERE = frozenset({"there", "are there", "hay", "existen", "existem", "há", "have", "has", "tiene", "tem"})
