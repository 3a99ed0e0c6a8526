"""Accelerators to use, to avoid, counted and owned; how servers are had; costing basis and precision."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NoReturn, get_args

from optimizer.domain import Procurement
from optimizer.question.errors import RefusalError
from optimizer.question.facts import READERS, Fact, Scene, fact, one_form, reader, says
from optimizer.question.matching import Match
from optimizer.question.readers.limits import LEAST_BUDGET, count_of, dollars, limits_of, no_currency
from optimizer.question.tokens import Token
from optimizer.units.language import Messages, and_words, mark, or_words, say

Chips = tuple[str, ...]
_NAMED = ("ACCEL", "ACCEL_OF")


def chips(tokens: Sequence[Token], scene: Scene) -> list[tuple[Chips, str]]:
    """The accelerators of a list, each name with every form that it represents: "Nvidia Hopper" is one name.

    Raises:
        RefusalError: a vendor without accelerators in the data, or two names next to each other that share none.
    """
    found: list[tuple[Chips, str]] = []
    before: Token | None = None
    for token in tokens:
        if token.kind not in _NAMED:
            before = None if token.kind != "DEVICES" else before
            continue
        ids = tuple(token.value.split(";")) if token.kind == "ACCEL" else scene.names.of_vendors(token.value)
        if not ids:
            raise RefusalError("no_such_chips", token)
        if before is not None and found:
            both = tuple(key for key in found[-1][0] if key in ids)
            if not both:
                raise RefusalError("two_chips", before, token)
            found[-1] = (both, f"{found[-1][1]} {token.text}")
        else:
            found.append((ids, token.text))
        before = token
    return found


def _union(named: list[tuple[Chips, str]]) -> Chips:
    return tuple(dict.fromkeys(key for ids, _ in named for key in ids))


PROCUREMENTS: Mapping[str, str] = Messages({"buy": "buy", "rent": "rent", "own": "use what is owned"})
"""Ways to have servers, in words."""


def _ways_words(names: Iterable[str]) -> str:
    return or_words(PROCUREMENTS[name] for name in names)


@reader("use")
def read_use(match: Match, scene: Scene) -> Iterator[Fact]:
    """Only these accelerators; of a list, each may be compared with the others."""
    named = chips(match.tokens, scene)
    groups = tuple(ids for ids, _ in named)
    ids = _union(named)
    bounded = match.has("ONLY", "WITH") and not match.has("VS")
    note = "list" if bounded or not match.has("OR", "VS", "SLASH") else "choice"
    yield fact(match, "use", ids, say("only {ids}", ids=or_words(scene.names.chip_words(ids))))
    if match.has("ONLY"):
        yield fact(match, "only", True, "")
    if len(groups) > 1:
        yield fact(match, "use_groups", (groups, note), "")


@reader("avoid")
def read_avoid(match: Match, scene: Scene) -> Iterator[Fact]:
    """None of these accelerators."""
    ids = _union(chips(match.tokens, scene))
    yield fact(match, "avoid", ids, say("without {ids}", ids=and_words(scene.names.chip_words(ids))))


@reader("if")
def read_if(match: Match, scene: Scene) -> Iterator[Fact]:
    """ "if": what follows is a condition; "if we can't use H100" has its own, that there are none.

    Raises:
        RefusalError: the words cannot be read, or cannot be planned.
    """
    yield fact(match, "if", True, match.tokens[0].text)
    if match.has("PROC"):
        raise RefusalError("negation", match)  # "if we cannot buy H100": renting them is left open
    if match.has("NEG"):
        yield from read_avoid(match, scene)


@reader("no_limit")
def read_no_limit(match: Match, scene: Scene) -> Iterator[Fact]:
    """ "no deadline": nothing bounds it, as where nothing is said."""
    yield fact(match, "no_limit", True, say("no limit: {words}", words=" ".join(token.text for token in match.tokens)))


@reader("both_ways")
def read_both_ways(match: Match, scene: Scene) -> Iterator[Fact]:
    """With and without these accelerators: two cases next to each other.

    Raises:
        RefusalError: the words cannot be read, or cannot be planned.
    """
    named = chips(match.tokens, scene)
    ids = _union(named)
    if match.has("NEG") and set(named[0][0]) != set(named[-1][0]):
        raise RefusalError("choice", match)
    yield fact(
        match, "axis", ("avoid", (None, ids)), say("with and without {ids}", ids=and_words(scene.names.chip_words(ids)))
    )


@reader("not_only", "without_devices", "not_bought")
def read_refused(match: Match, scene: Scene) -> NoReturn:
    """Negations with two meanings, or of all accelerators.

    Raises:
        RefusalError: the words cannot be read, or cannot be planned.
    """
    raise RefusalError(match.name.replace("not_bought", "negation"), match)


@reader("chip_price")
def read_chip_price(match: Match, scene: Scene) -> Iterator[Fact]:
    """ "if the H100 were 40 % cheaper": the price from which the choice changes can be asked, and no other stated.

    What is more than one may cost is the budget of the run: "on H100, cost $5M".

    Raises:
        RefusalError: the words cannot be read, or cannot be planned.
    """
    if match.has("MONEY") and not match.has("EACH", "PER") and dollars(match, scene)[0][0] > DEAREST_CHIP:
        chip = [token for token in match.tokens if token.kind in (*_NAMED, "DEVICES")]
        yield from READERS["use"](Match("use", chip), scene)
        yield from READERS["budget"](Match("budget", [token for token in match.tokens if token not in chip]), scene)
        return
    said = " ".join(token.text for token in match.tokens)
    of_money = all(token.value in ("cost", "dearer") for token in match.all("OBJ", "COMPARATIVE"))
    raise RefusalError("cannot_discount" if of_money else "left", match, said=said)


DEAREST_CHIP = 200_000
"""US dollars: more than any accelerator costs."""


@reader("devices")
def read_devices(match: Match, scene: Scene) -> Iterator[Fact]:
    """So many accelerators of any kind, at most."""
    value = count_of(match.all("NUM")[0])
    if match.has("LIMIT", "UPTO", "ONLY"):
        yield fact(match, "max_accelerators", value, say("limit of {value:,} accelerators", value=value))
    else:
        yield fact(match, "bare_count", ((), value), f"{value:,} accelerators")


def _counted(match: Match, scene: Scene) -> list[tuple[Chips, int, str]]:
    """The accelerators of a run, each with its number."""
    found = []
    numbers = [place for place, token in enumerate(match.tokens) if token.kind == "NUM"]
    for first, last in zip(numbers, [*numbers[1:], len(match.tokens)], strict=True):
        named = chips(match.tokens[first:last], scene)
        found.append((named[0][0], count_of(match.tokens[first]), named[0][1]))
    return found


@reader("counted")
def read_counted(match: Match, scene: Scene) -> Iterator[Fact]:
    """ "at most 64 A100": these and no others, all their forms together; a bare number needs a question it fits.

    Raises:
        RefusalError: the words cannot be read, or cannot be planned.
    """
    counted = _counted(match, scene)
    if match.has("EXACT"):
        raise RefusalError("exact_amount", match)
    words = ", ".join(say("{count:,} {name}", count=count, name=name) for _, count, name in counted)
    field = "counted" if match.has("LIMIT", "UPTO") else "bare_count" if len(counted) == 1 else "bare_counts"
    value = counted[0][:2] if field == "bare_count" else tuple((ids, count) for ids, count, _ in counted)
    yield fact(match, field, value, say("at most {words}, and no others", words=words))


read_only_those = reader("only_those")(says("procurement", ("own",), mark("only what is owned")))


@reader("owned")
def read_owned(match: Match, scene: Scene) -> Iterator[Fact]:
    """Accelerators that are owned already: of a family the usual form.

    Raises:
        RefusalError: the words cannot be read, or cannot be planned.
    """
    pairs: dict[str, int] = {}
    for ids, count, name in _counted(match, scene):
        key = one_form(scene, ids, match)
        if pairs.setdefault(key, count) != count:
            raise RefusalError("two_counts", match, said=name)
    words = ", ".join(
        say("{count:,} {name}", count=count, name=name)
        for key, count in pairs.items()
        for name in scene.names.chip_words((key,))
    )
    yield fact(match, "owned", tuple(pairs.items()), say("already owned: {words}", words=words))
    if "ONLY" in (match.tokens[0].kind, match.tokens[-1].kind) or match.has("THOSE"):
        yield from read_only_those(match, scene)


def _ways(match: Match) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(token.value if token.kind == "PROC" else "rent" for token in match.all("PROC", "RENT_N"))
    )


@reader("procurement")
def read_procurement(match: Match, scene: Scene) -> Iterator[Fact]:
    """How servers may be had."""
    names = _ways(match)
    if len(names) > 1:
        note = "choice" if match.has("OR", "VS", "SLASH") else "list"
        yield fact(match, "ways_to_have", (names, note), say("servers to {names}", names=_ways_words(names)))
    else:
        yield fact(match, "procurement", names, say("servers to {names} only", names=_ways_words(names[:1])))


@reader("capital")
def read_capital(match: Match, scene: Scene) -> Iterator[Fact]:
    """The most that bought hardware may be worth.

    Raises:
        RefusalError: no currency is said.
    """
    if not match.has("MONEY"):
        raise no_currency(match)
    amounts = dollars(match, scene)
    if any(usd < LEAST_BUDGET for usd, _ in amounts):
        raise RefusalError("small_budget", match)
    yield from limits_of(match, "capital", [*amounts])


@reader("avoid_procurement")
def read_avoid_procurement(match: Match, scene: Scene) -> Iterator[Fact]:
    """How servers may not be had.

    Raises:
        RefusalError: the words cannot be read, or cannot be planned.
    """
    avoided = _ways(match)
    names = tuple(way for way in get_args(Procurement) if way not in avoided)
    if not names:
        raise RefusalError("no_way_left", match)
    yield fact(match, "procurement", names, say("servers to {names} only", names=_ways_words(names)))


@reader("not_possible")
def read_not_possible(match: Match, scene: Scene) -> Iterator[Fact]:
    """ "alquilar, comprar no se puede": the second way is left out; "comprar es caro" says only that it is dear."""
    if match.has("NEG") or match.all("EXPENSIVE")[0].value == "no":
        ways = match.all("PROC")
        yield from read_avoid_procurement(Match("avoid_procurement", ways[-1:]), scene)
        if len(ways) > 1:
            yield from read_procurement(Match("procurement", ways[:1]), scene)
        return
    yield from read_procurement(match, scene)
    yield fact(match, "expensive", True, match.all("EXPENSIVE")[0].text)


@reader("not_how", "instead_how")
def read_not_how(match: Match, scene: Scene) -> Iterator[Fact]:
    """ "buy, not rent" and "instead of renting, buying".

    "How much is saved by renting instead of buying": what is asked sets the one next to the other.

    Raises:
        RefusalError: both are the same.
    """
    if match.has("IF"):  # "instead of buying, what if we rent": one beside the other
        yield from read_procurement(
            Match("procurement", [*match.all("PROC"), replace(match.tokens[0], kind="VS")]), scene
        )
        yield fact(match, "compare", True, match.tokens[0].text)
        return
    kept, avoided = (token.value for token in match.all("PROC")[:: -1 if match.name == "instead_how" else 1])
    if kept == avoided:
        raise RefusalError("no_way_left", match)
    yield fact(match, "procurement", (kept,), say("servers to {names} only", names=_ways_words((kept,))))
    if match.has("INSTEAD"):
        yield fact(match, "instead", (kept, avoided), "")


@reader("buyer")
def read_buyer(match: Match, scene: Scene) -> Iterator[Fact]:
    """Who buys: to a ministry or a public university VAT mostly does not come back."""
    value = match.all("BUYER")[0].value
    words = say("a public buyer, to whom VAT is mostly not refunded") if value == "public" else say("a private buyer")
    yield fact(match, "buyer", value, words)


@reader("basis")
def read_basis(match: Match, scene: Scene) -> Iterator[Fact]:
    """The costing basis; of "amortised rather than upfront" the first."""
    said = match.all("BASIS")[0].value
    yield fact(match, "basis", said, say("{basis} basis", basis=say(said)))


@reader("both_bases")
def read_both_bases(match: Match, scene: Scene) -> Iterator[Fact]:
    """Two costing bases next to each other."""
    for token in match.all("BASIS"):
        yield fact(match, "basis", token.value, say("{basis} basis", basis=say(token.value)), listed=True)


@reader("precision")
def read_precision(match: Match, scene: Scene) -> Iterator[Fact]:
    """The precisions of training that are allowed."""
    names = tuple(dict.fromkeys(token.value for token in match.all("PRECISION")))
    if (
        match.has("VS", "OR", "SLASH", "INSTEAD") and len(names) > 1 and not match.has("ONLY")
    ):  # "fp8 vs bf16", "fp8 or bf16?"
        yield fact(match, "axis", ("precision", tuple((name,) for name in names)), or_words(names))
        return
    yield fact(match, "precision", names, say("precision {names} only", names=or_words(names)))


reader("no_licence")(says("no_licence", True, mark("only accelerators that need no licence there")))
reader("in_country")(says("procurement", ("rent", "own"), mark("servers to rent or own only: nothing is imported")))
