"""Questions for the value of an input at which the choice changes."""

from __future__ import annotations

from decimal import Decimal

from optimizer.domain.limits import KINDS
from optimizer.domain.tipping_ranges import USUAL_RANGES
from optimizer.question.decision.decide import Said, collect
from optimizer.question.decision.plan import one_case, open_counts
from optimizer.question.facts import Fact, one_form
from optimizer.question.limit_names import NAMES
from optimizer.question.vocabulary.phrases import key_of
from optimizer.question.vocabulary.word_lists import word_list
from optimizer.units.language import or_words, say, unit_words
from optimizer.units.quantities import shown, shown_here

_TIPPING_NOUNS = {"TARIFF_N": "tariff", "DUTY_N": "duty", "PUE": "pue"} | {
    kind.noun: kind.word for kind in reversed([*KINDS.values()]) if kind.noun
}
"""Measure in the sentence -> input of tipping, in the order in which one is preferred."""
_INPUT_OF_FIGURE = {"time": "deadline", "power": "max_mw"}
_FIELD_OF_INPUT = {"duty": "import_duty"} | {kind.word: kind.field for kind in KINDS.values() if kind.noun}


def asks_where_it_turns(said: Said) -> bool:
    """Whether a sentence asks where something changes."""
    return said.has("tipping", "changes")


def is_comparison(said: Said) -> bool:
    """Whether two values of one thing are set against each other by "from 1 to 2 MW"."""
    return said.has("range") and bool(said.first("range")[0]) and not said.has("tipping") and _noun_input(said) is None


def _noun_input(said: Said) -> str | None:
    """The input that a measure in the sentence names."""
    nouns = [fact.value for fact in said.of("noun")]
    if "ENERGY_N" in nouns and _is_of_a_price(said):
        return "tariff"
    return next((name for noun, name in _TIPPING_NOUNS.items() if noun in nouns), None)


def _is_of_a_price(said: Said) -> bool:
    """Whether of energy its price is meant: "at what electricity cost", "how cheap must power be"."""
    texts = [fact.words.lower() for fact in said.of("noun") if fact.value == "ENERGY_N"]
    by_name = any(key_of(text) in word_list("sold_energy") for text in texts)
    return by_name or any(fact.value in ("PRICE_N", "COST_N") for fact in said.of("noun"))


def input_of(said: Said) -> str | None:
    """What is varied in a question for a tipping point; None where the sentence names nothing of the kind."""
    if (of := said.first("input_of")) is not None:
        kind, ids, _ = of
        return f"{kind}:{one_form(said.scene, ids, said.of('input_of')[0])}"
    if (noun := _noun_input(said)) is not None:
        return noun
    figures = {fact.value for fact in said.of("figure")}
    if said.has("changes", "instead") and len(figures) == 1 and figures <= set(_INPUT_OF_FIGURE):
        return _INPUT_OF_FIGURE[figures.pop()]  # "at how many days does the choice change?"
    return "pue" if said.has("pue") else None


def finish_tipping(said: Said) -> str:
    """Where the choice changes as one input grows."""
    name = input_of(said)
    assert name is not None
    kind = name.partition(":")[0]
    start, stop = USUAL_RANGES[kind]
    if (ends := said.first("range")) is not None:
        start, stop = (shown(end).replace(",", "") for end in ends[1:])
    else:
        said.notes.append(
            say(
                "{name} from {start} to {stop}, because no range is given",
                name=_input_words(name),
                start=shown_here(Decimal(start)),
                stop=_with_unit(kind, stop),
            )
        )
    if kind == "price" and said.has("use"):
        # "from which price of H100 does A100 win": the two against each other
        said.facts.append(_use_both(said))
    elif not said.has("only"):
        # "at which tariff does Gaudi 3 stop being best": all others must stay in
        for fact in said.of("use"):
            said.notes.append(say("the question is about {names}; all others are allowed", names=or_words(fact.value)))
        said.drop("use", "use_groups")
    field = "procurement" if kind == "rent" else _FIELD_OF_INPUT.get(kind, "")  # "at which rent would renting win"
    if kind in _FIELD_OF_INPUT:  # "under 1 MW: at what grid limit does the choice change"
        given = [fact.words for fact in said.giving(field) if fact.words]
        said.notes += [say("{words} is not used: it is what varies", words=words) for words in given]
    said.drop(field)
    way = said.of("procurement")[-1:]  # "at what duty would Brazil rent rather than buy", "does it stop paying to buy"
    turns = [fact for fact in said.facts if fact.field in ("worth", "changes", "suits")]
    asked = way and any(fact.end <= way[0].start for fact in turns)
    against = len(said.of("procurement")) > 1 and "VS" in said.kinds  # "renting becomes cheaper than buying"
    if ("INSTEAD" in said.kinds or asked or against) and not said.has("only"):
        said.drop("procurement")
    open_counts(said)
    said.drop("range")
    collect(said, comparing=False)
    one_case(said)
    said.arguments = (name,)
    said.own |= {"--from": start, "--to": stop}
    return "tipping"


def _input_words(name: str) -> str:
    """What is varied: a limit in words, and anything else by its name."""
    return next((NAMES[kind.name] for kind in KINDS.values() if kind.noun and kind.word == name), name)


def _with_unit(name: str, value: str) -> str:
    """A value of what is varied, with the unit of a limit."""
    unit = next((kind.unit for kind in KINDS.values() if kind.noun and kind.word == name), "")
    return f"{shown_here(Decimal(value))} {unit_words(unit)}".rstrip()


def _use_both(said: Said) -> Fact:
    _, ids, name = said.first("input_of")
    at = said.of("input_of")[0]
    return Fact("use", ids, say("with {name}", name=name), at.start, at.end)
