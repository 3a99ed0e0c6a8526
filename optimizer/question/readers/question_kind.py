"""What is asked: the objective, the kind of question, and what belongs to one kind only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from optimizer.question.errors import RefusalError
from optimizer.question.facts import READERS, Fact, Scene, fact, reader, says
from optimizer.question.matching import Match
from optimizer.question.readers.hardware import PROCUREMENTS, chips, read_use
from optimizer.question.readers.limits import count_of, number_of, share_of
from optimizer.units.language import Messages, mark, messages_of, say
from optimizer.units.quantities import exact_decimal, shown_here

_OBJECTIVE_NOUNS = {
    **dict.fromkeys(("PRICE_N", "COST_N", "BUDGET_N", "BASIS"), "cost"),
    **dict.fromkeys(("TIME_N", "TIME_UNIT"), "days"),
    **dict.fromkeys(("POWER_N", "POWER_UNIT"), "peak_power"),
    **{"ENERGY_N": "energy", "CARBON_N": "carbon"},
}
_OBJECTIVE_WORDS: Mapping[str, str] = messages_of(__file__, "objective_words")


@reader("objective")
def read_objective(match: Match, scene: Scene) -> Iterator[Fact]:
    """What to minimise."""
    said = match.all("OBJ", *_OBJECTIVE_NOUNS)[0]
    value = said.value if said.kind == "OBJ" else _OBJECTIVE_NOUNS[said.kind]
    yield fact(match, "objective", value, _OBJECTIVE_WORDS[value])
    if said.kind == "BASIS":
        yield fact(match, "basis", said.value, say("{basis} basis", basis=say(said.value)))


@reader("figure_least")
def read_figure_least(match: Match, scene: Scene) -> Iterator[Fact]:
    """ "what would the cost be, at least": the measure of the figure is what is to be least.

    Raises:
        RefusalError: the words cannot be read, or cannot be planned.
    """
    value = {"time": "days", "power": "peak_power"}.get(match.tokens[0].value, match.tokens[0].value)
    if value not in _OBJECTIVE_WORDS:
        raise RefusalError("least", match)
    yield fact(match, "objective", value, _OBJECTIVE_WORDS[value])


@reader("ranked_by")
def read_ranked_by(match: Match, scene: Scene) -> Iterator[Fact]:
    """ "ordered by emissions": compared, by that measure; "compare the emissions" names a measure only."""
    yield fact(match, "compare", True, match.tokens[0].text)
    noun = match.tokens[-1]
    if match.has("PER") or match.tokens[0].text.lower().endswith((" por", " par", " by")):
        value = _OBJECTIVE_NOUNS[noun.kind]
        yield fact(match, "objective", value, _OBJECTIVE_WORDS[value])
    else:
        yield fact(Match("noun", [noun]), "noun", noun.kind, noun.text)


@reader("best_place")
def read_best_place(match: Match, scene: Scene) -> Iterator[Fact]:
    """ "the cheapest country": every country of the data, by what is to be least."""
    value = match.all("BEST_PLACE", "OBJ")[0].value
    yield fact(match, "objective", value, _OBJECTIVE_WORDS[value])
    yield fact(match, "which_country", True, match.tokens[0].text)


@reader("figure_chip")
def read_figure_chip(match: Match, scene: Scene) -> Iterator[Fact]:
    """ "how much is an H100" asks for its price; "how many H100" for a number of them."""
    if match.tokens[0].value == "cost" and not match.has("OR", "VS", "COMMA", "AND"):
        ids, name = chips(match.tokens, scene)[0]
        yield fact(match, "input_of", ("price", ids, name), say("the {kind} of {name}", kind=say("price"), name=name))
        return
    yield from read_figure(Match("figure", match.tokens[:1]), scene)
    yield from read_use(Match("use", [token for token in match.tokens[1:] if token.kind != "COST_N"]), scene)


@reader("figure")
def read_figure(match: Match, scene: Scene) -> Iterator[Fact]:
    """Which figure of the plan is asked for: "how much", "how long", "how many"."""
    kinds = {"POWER_N": "power", "ENERGY_N": "energy", "CARBON_N": "carbon", "TIME_N": "time", "COST_N": "cost"}
    kinds |= {"POWER_UNIT": "power", "ENERGY_UNIT": "energy", "CARBON_UNIT": "carbon", "TIME_UNIT": "time"}
    kinds |= {"MONEY": "cost"}
    named = [kinds[token.kind] for token in match.tokens if token.kind in kinds]
    asked = match.all("FIGURE")[0].value
    value = named[-1] if named else asked
    if asked == "cost" and named == ["energy"]:
        yield fact(match, "noun", "TARIFF_N", match.tokens[-1].text)  # "how much is electricity"
    yield fact(match, "figure", value, say("the figure asked for: {value}", value=_FIGURES[value]))


@reader("each_figure")
def read_each_figure(match: Match, scene: Scene) -> Iterator[Fact]:
    """ "What would each cost", "cost of each": of several cases, which are set next to each other."""
    if match.has("FIGURE"):
        yield from read_figure(match, scene)
    else:
        measure = match.all("COST_N", "TIME_N", "ENERGY_N", "CARBON_N")[0]
        yield fact(Match("noun", [measure]), "noun", measure.kind, measure.text)
    yield fact(match, "compare", True, match.tokens[-1].text)


_FIGURES: Mapping[str, str] = messages_of(__file__, "figures")


@reader("cost_with")
def read_cost_with(match: Match, scene: Scene) -> Iterator[Fact]:
    """ "The cost with H100 or H200" is that of a plan with the one or the other, no price of a chip."""
    yield fact(Match("noun", match.tokens[:1]), "noun", "COST_N", match.tokens[0].text)
    yield from read_use(Match("use", match.tokens[1:]), scene)


@reader("noun")
def read_noun(match: Match, scene: Scene) -> Iterator[Fact]:
    """A measure by its name alone."""
    yield fact(match, "noun", match.tokens[0].kind, match.tokens[0].text)


@reader("two_nouns", "nouns")
def read_two_nouns(match: Match, scene: Scene) -> Iterator[Fact]:
    """Two measures against each other: "cost vs time", "the curve of cost and days"."""
    for token in match.tokens:
        if token.kind.endswith(("_N", "_UNIT", "MONEY")):
            yield fact(Match("noun", [token]), "noun", _MEASURES.get(token.kind, token.kind), token.text)
    yield fact(match, "frontier", True, match.tokens[0].text)


_MEASURES = {"MONEY": "COST_N", "TIME_UNIT": "TIME_N", "POWER_UNIT": "POWER_N", "ENERGY_UNIT": "ENERGY_N"}
"""A unit without a number, where a measure is meant."""


@reader("form")
def read_form(match: Match, scene: Scene) -> Iterator[Fact]:
    """The form of the answer, which is a flag of every command."""
    value = match.tokens[0].value
    yield fact(match, "form", value, say("the form is a flag: {flag}", flag=value))


@reader("why_not")
def read_why_not(match: Match, scene: Scene) -> Iterator[Fact]:
    """Why an accelerator, or a way to have servers, is not in the plan."""
    named = chips(match.tokens, scene)
    yield fact(match, "intent", "why_not", say("why it is not in the plan"))
    ids = tuple(dict.fromkeys(key for ids, _ in named for key in ids))
    about = ("use", ids) if ids else ("procurement", tuple(token.value for token in match.all("PROC")))
    text = scene.names.chip_words(ids) if ids else [PROCUREMENTS[way] for way in about[1]]
    yield fact(match, "about", about, say("the question is about: {about}", about=", ".join(text)))


@reader("why_instead")
def read_why_instead(match: Match, scene: Scene) -> Iterator[Fact]:
    """ "why rent rather than buy" asks about the second; "why is renting more expensive than buying" about the
    first."""
    yield fact(match, "intent", "why_not", say("why it is not in the plan"))
    first = next(place for place, token in enumerate(match.tokens) if token.kind in ("PROC", "ACCEL", "ACCEL_OF"))
    turn = next(place for place, token in enumerate(match.tokens) if place > first and token.kind in _TURNS)
    dearer = any(token.value == "dearer" for token in match.all("COMPARATIVE"))
    after = match.tokens[:turn] if dearer else match.tokens[turn:]
    if ways := tuple(token.value for token in after if token.kind == "PROC"):
        yield fact(
            match,
            "about",
            ("procurement", ways),
            say("the question is about: {about}", about=", ".join(PROCUREMENTS[way] for way in ways)),
        )
        return
    ids = tuple(dict.fromkeys(key for ids, _ in chips(after, scene) for key in ids))
    yield fact(
        match,
        "about",
        ("use", ids),
        say("the question is about: {about}", about=", ".join(scene.names.chip_words(ids))),
    )


_TURNS = ("INSTEAD", "NEG", "VS", "SUITS", "COMPARATIVE", "OBJ", "BEST", "CHANGES", "MORE", "COMPARE")
"""What stands between what the plan has and what it has not: "why does buying beat renting"."""


@reader("why_worse", "why_first")
def read_why_worse(match: Match, scene: Scene) -> Iterator[Fact]:
    """ "why is renting worse than buying", "what is wrong with renting instead": why the first is not in the plan."""
    turn = next(place for place, token in enumerate(match.tokens) if token.kind in ("WORSE", "INSTEAD", "VS"))
    yield from read_why_not(Match("why_not", match.tokens[:turn]), scene)


@reader("why_have")
def read_why_have(match: Match, scene: Scene) -> Iterator[Fact]:
    """ "why does the plan rent": why it does not buy."""
    other = {"rent": "buy", "buy": "rent", "own": "buy"}[match.all("PROC")[0].value]
    yield fact(match, "intent", "why_not", say("why not {other}", other=PROCUREMENTS[other]))
    yield fact(
        match, "about", ("procurement", (other,)), say("the question is about: {about}", about=PROCUREMENTS[other])
    )


@reader("comparative")
def read_comparative(match: Match, scene: Scene) -> Iterator[Fact]:
    """ "cheaper": of several cases, by what is minimised."""
    value = match.tokens[0].value.replace("dearer", "cost")
    if value != "cost":
        yield fact(match, "objective", value, _OBJECTIVE_WORDS[value])
    words = say("{word}: by {objective}", word=match.tokens[0].text, objective=_OBJECTIVE_WORDS[value])
    yield fact(match, "comparative", match.tokens[0].value, words)


@reader("within")
def read_within(match: Match, scene: Scene) -> Iterator[Fact]:
    """Plans that come so near the best."""
    value = exact_decimal(number_of(match.all("NUM")[0]))
    yield fact(match, "within", value, say("within {value} % of the best", value=shown_here(value)))


@reader("dearer_by")
def read_dearer_by(match: Match, scene: Scene) -> Iterator[Fact]:
    """ "up to 30 % more expensive": of alternatives how far they may be from the best; elsewhere it is not known of
    what."""
    value = exact_decimal(number_of(match.all("NUM")[0]))
    yield fact(match, "dearer_by", value, say("within {value} % of the best", value=shown_here(value)))


@reader("before_buying")
def read_before_buying(match: Match, scene: Scene) -> Iterator[Fact]:
    """ "before India buys it": where the choice turns, and the country for which."""
    yield fact(match, "changes", True, match.tokens[0].text)
    for token in match.all("COUNTRY"):
        words = say("country {token}", token=scene.names.name_of(token.value))
        yield fact(Match("country", [token]), "country", token.value, words)


@reader("draws")
def read_draws(match: Match, scene: Scene) -> Iterator[Fact]:
    """So many random draws of all inputs."""
    value = count_of(match.all("NUM")[0])
    yield fact(match, "draws", value, f"{value:,} draws")


@reader("holds")
def read_holds(match: Match, scene: Scene) -> Iterator[Fact]:
    """A plan that holds in a share of the cases: "in 90 % of them", "in 9 of 10"."""
    numbers = match.all("NUM")
    value = exact_decimal(number_of(numbers[0]) / number_of(numbers[1])) if len(numbers) > 1 else share_of(match)
    yield fact(match, "share", value, say("holds in {value} % of the draws", value=shown_here(value * 100)))


_INPUTS = Messages({"price": "price", "rent": "rental price", "mfu": "MFU"})


@reader("price_of", "rent_of", "mfu_of")
def read_input(match: Match, scene: Scene) -> Iterator[Fact]:
    """An input of one accelerator that is varied or looked up: its price, its rent, its MFU."""
    ids, name = chips(match.tokens, scene)[0]
    kind = match.name.removesuffix("_of")
    yield fact(match, "input_of", (kind, ids, name), say("the {kind} of {name}", kind=_INPUTS[kind], name=name))


@reader("how_cheap")
def read_how_cheap(match: Match, scene: Scene) -> Iterator[Fact]:
    """ "how cheap must the H100 get": from which price of it the choice turns."""
    yield fact(match, "tipping", True, match.tokens[0].text)
    if match.has("POWER_N", "ENERGY_N"):
        yield fact(match, "noun", "TARIFF_N", match.tokens[-1].text)
        return
    ids, name = chips(match.tokens, scene)[0]
    yield fact(match, "input_of", ("price", ids, name), say("the {kind} of {name}", kind=say("price"), name=name))


@reader("share_machine")
def read_share_machine(match: Match, scene: Scene) -> Iterator[Fact]:
    """A machine that several countries share: where it stands, and how many share it."""
    yield fact(match, "intent", "ways", say("a shared machine"))
    for token in match.all("COUNTRY"):
        yield fact(
            match, "shared_in", token.value, say("a shared machine in {token}", token=scene.names.name_of(token.value))
        )
    for token in match.all("NUM"):
        members = count_of(token) + (1 if match.has("OTHER", "MORE") else 0)
        yield fact(match, "members", members, say("{members} share it", members=members))


@reader("members")
def read_members(match: Match, scene: Scene) -> Iterator[Fact]:
    """So many countries."""
    value = count_of(match.all("NUM")[0]) + (1 if match.has("OTHER", "MORE") else 0)
    yield fact(match, "members", value, f"{value} countries")


@reader("options")
def read_options(match: Match, scene: Scene) -> Iterator[Fact]:
    """The options; "what can be rented" asks for those to rent."""
    yield fact(match, "options", True, match.tokens[0].text)
    if way := match.all("OPTIONS") and match.tokens[0].value:
        yield fact(match, "procurement", (way,), say("servers to {names} only", names=PROCUREMENTS[way]))


@reader("data_list")
def read_data_list(match: Match, scene: Scene) -> Iterator[Fact]:
    """A list of the data."""
    yield fact(match, "list", match.tokens[0].value, say("the list of {tokens}", tokens=match.tokens[0].value))


@reader("largest")
def read_largest(match: Match, scene: Scene) -> Iterator[Fact]:
    """The most training, or the largest model."""
    reported = {"parameters": say("the largest dense model"), "tokens": say("the most training tokens")}
    for value in dict.fromkeys(token.value for token in match.all("LARGEST")):
        yield fact(match, "sought", value, reported[value])


@reader("cannot")
def read_cannot(match: Match, scene: Scene) -> Iterator[Fact]:
    """Something that is known and is not a part of a plan."""
    yield fact(match, "cannot", match.tokens[0].value, match.tokens[0].text)


_PLAIN = (
    *("explain", "alternatives", "tipping", "changes", "sensitivity", "ways", "consortium", "alone", "law"),
    *("banned_law", "ship", "data", "validate", "reproduce", "frontier", "compare", "sweep", "which_country"),
    *("why", "feed_ways", "which_model", "assumed", "as_is", "expensive", "worth", "where_here", "fact_n"),
    *("follow", "suits", "enough", "before", "which_chips", "gaps", "held"),
)
"""Rules of which it is enough that they were said."""


def _plain(match: Match, scene: Scene) -> Iterator[Fact]:
    yield fact(match, match.name, match.tokens[0].value or True, match.tokens[0].text)


for _name in _PLAIN:
    READERS[_name] = _plain
reader("best")(says("best", True, mark("the best: of lowest cost")))
reader("why_these", "why_none")(says("why", True, mark("why")))
reader("robust")(says("robust", True, mark("a robust plan")))
