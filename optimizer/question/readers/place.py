"""Where, and under which rules, taxes and assumptions."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NoReturn

from optimizer.question.errors import RefusalError
from optimizer.question.facts import Fact, Scene, fact, reader
from optimizer.question.matching import Match
from optimizer.units.language import say


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
def read_avoid_country(match: Match, scene: Scene) -> NoReturn:
    """A country to avoid."""
    raise RefusalError("avoid_country", match)


@reader("region")
def read_region(match: Match, scene: Scene) -> Iterator[Fact]:
    """The countries of a region that the data have; those that they do not have are said."""
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


@reader("all_countries")
def read_all_countries(match: Match, scene: Scene) -> Iterator[Fact]:
    """Every country of the data."""
    yield fact(match, "all_countries", True, say("every country of the data"))


@reader("rules")
def read_rules(match: Match, scene: Scene) -> Iterator[Fact]:
    """A set of export rules."""
    name = match.all("RULES", "RULES_PART")[0].value
    yield fact(match, "rules", name, say("export rules {name}", name=name))


@reader("default_rules")
def read_default_rules(match: Match, scene: Scene) -> Iterator[Fact]:
    """The export rules without a name: those in force."""
    yield fact(match, "rules_in_force", True, say("the export rules in force"))


@reader("no_rules")
def read_no_rules(match: Match, scene: Scene) -> Iterator[Fact]:
    """No export rules at all."""
    yield fact(match, "rules", "unrestricted", say("export rules unrestricted: none at all"))


@reader("both_rules")
def read_both_rules(match: Match, scene: Scene) -> Iterator[Fact]:
    """Two sets of export rules beside each other; those in force where one has no name, and none at all."""
    named = [token.value for token in match.all("RULES")]
    if match.has("NEG", "WITHOUT_TOO"):
        named.append("unrestricted")
    values = tuple(named) if len(named) > 1 else (None, *named)
    words = say("under the export rules in force and {name}", name=named[-1])
    if len(named) > 1:
        words = say("export rules {name} and {other}", name=named[0], other=named[1])
    yield fact(match, "axis", ("rules", values), words)


@reader("both_duties")
def read_both_duties(match: Match, scene: Scene) -> Iterator[Fact]:
    """With the import duty of the country, and without any."""
    yield fact(match, "axis", ("import_duty", (None, Decimal(0))), say("with and without an import duty"))


@reader("assumptions")
def read_assumptions(match: Match, scene: Scene) -> Iterator[Fact]:
    """A set of assumptions."""
    name = match.all("ASSUMPTIONS", "ASSUMPTIONS_PART")[0].value
    yield fact(match, "assumptions", name, say("assumptions {name}", name=name))


@reader("not_assumed")
def read_not_assumed(match: Match, scene: Scene) -> NoReturn:
    """The name of export rules before "assumptions", which have names of their own."""
    raise RefusalError("left", match.tokens[-1], said=match.tokens[-1].text)


@reader("tax")
def read_tax(match: Match, scene: Scene) -> Iterator[Fact]:
    """A tax regime of the country."""
    name = match.all("TAX")[0].value
    yield fact(match, "tax_regime", name, say("the tax regime {name}", name=name))


@reader("both_taxes")
def read_both_taxes(match: Match, scene: Scene) -> Iterator[Fact]:
    """With and without a tax regime: two cases beside each other."""
    name = match.all("TAX")[0].value
    yield fact(match, "axis", ("tax_regime", (None, name)), say("with and without the tax regime {name}", name=name))
