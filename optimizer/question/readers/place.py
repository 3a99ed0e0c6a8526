"""Where, and under which rules, taxes and assumptions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import NoReturn

from optimizer.question.errors import RefusalError
from optimizer.question.facts import Fact, Scene, fact, names_one, reader, says
from optimizer.question.matching import Match
from optimizer.units.language import mark, say


@reader("country")
def read_country(match: Match, scene: Scene) -> Iterator[Fact]:
    """Countries by name."""
    codes = list(dict.fromkeys(token.value for token in match.all("COUNTRY")))
    for token in match.all("COUNTRY"):
        if token.value in codes:
            codes.remove(token.value)
            place = Match(match.name, [token])
            several = len(match.all("COUNTRY")) > 1
            yield fact(
                place,
                "country",
                token.value,
                say("country {token}", token=scene.names.name_of(token.value)),
                listed=several,
            )


@reader("avoid_country")
def read_avoid_country(match: Match, scene: Scene) -> Iterator[Fact]:
    """ "South America without Brazil": the countries that are left out of those of a region; "Chile, not Peru"."""
    for token in match.all("COUNTRY"):
        words = say("without {name}", name=scene.names.name_of(token.value))
        yield replace(fact(match, "avoid_country", token.value, words), listed=match.has("NOT_THERE"))


@reader("region")
def read_region(match: Match, scene: Scene) -> Iterator[Fact]:
    """The countries of a region that the data have; those that they do not have are said.

    Raises:
        RefusalError: the words cannot be read, or cannot be planned.
    """
    name = match.all("REGION")[0]
    members = scene.names.regions.get(name.value, ())
    known = tuple(code for code in members if code in scene.names.countries)
    missing = tuple(code for code in members if code not in scene.names.countries)
    words = f"{name.text}: {', '.join(scene.names.name_of(code) for code in known)}"
    if missing:
        words += say("; not in the data: {missing}", missing=", ".join(missing))
    if not known:
        raise RefusalError("empty_region", match)
    yield fact(match, "countries", known, words)


@reader("both_rules")
def read_both_rules(match: Match, scene: Scene) -> Iterator[Fact]:
    """Two sets of export rules next to each other; those in force where one has no name, and none at all."""
    named = [token.value for token in match.all("RULES")]
    if match.has("NEG", "WITHOUT_TOO"):
        named.append("unrestricted")
    values = tuple(named) if len(named) > 1 else (None, *named)
    words = say("under the export rules in force and {name}", name=named[-1])
    if len(named) > 1:
        words = say("export rules {name} and {other}", name=named[0], other=named[1])
    yield fact(match, "axis", ("rules", values), words)


@reader("not_assumed")
def read_not_assumed(match: Match, scene: Scene) -> NoReturn:
    """The name of export rules before "assumptions", which have names of their own.

    Raises:
        RefusalError: the words cannot be read, or cannot be planned.
    """
    raise RefusalError("left", match.tokens[-1], said=match.tokens[-1].text)


@reader("both_taxes")
def read_both_taxes(match: Match, scene: Scene) -> Iterator[Fact]:
    """With and without a tax regime: two cases next to each other."""
    name = match.all("TAX")[0].value
    yield fact(match, "axis", ("tax_regime", (None, name)), say("with and without the tax regime {name}", name=name))


reader("all_countries")(says("all_countries", True, mark("every country of the data")))
reader("rules")(names_one("rules", "RULES", "RULES_PART", words=mark("export rules {name}")))
reader("default_rules")(says("rules_in_force", True, mark("the export rules in force")))
reader("no_rules")(says("rules", "unrestricted", mark("export rules unrestricted: none at all")))
reader("both_duties")(says("axis", ("import_duty", (None, Decimal(0))), mark("with and without an import duty")))
reader("assumptions")(names_one("assumptions", "ASSUMPTIONS", "ASSUMPTIONS_PART", words=mark("assumptions {name}")))
reader("tax")(names_one("tax_regime", "TAX", words=mark("the tax regime {name}")))
