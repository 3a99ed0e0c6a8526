"""Questions to the data: an entry, a list, what is missing, and what holds the tool against the world."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from optimizer.question.decision.decide import LIMITS, Said
from optimizer.question.errors import RefusalError
from optimizer.question.facts import one_form

PROJECTS = "projects"
"""The national projects: a list that is shown with its sources."""


def finish_data_show(said: Said) -> str:
    """What the data have of a country, an accelerator or a model.

    Raises:
        RefusalError: the words cannot be read, or cannot be planned.
    """
    if said.has("use", "input_of"):
        said.drop("procurement")  # "what does it cost to buy"
    names = [fact.value for fact in said.facts if fact.field in ("country", "workload")]
    names += [one_form(said.scene, fact.value, fact) for fact in said.of("use")]
    names += [one_form(said.scene, fact.value[1], fact) for fact in said.of("input_of")]
    beyond = [fact for fact in said.facts if fact.field in LIMITS or fact.field in ("objective", "sought")]
    if beyond:
        raise RefusalError("not_of_data", beyond[0])
    if not names or ("VAT" in {fact.words.upper() for fact in said.of("fact_n")} and said.has("workload")):
        raise RefusalError("not_of_data", said.facts[0])
    said.arguments = tuple(dict.fromkeys(names))
    return "data show"


def finish_data_list(said: Said) -> str:
    """A list of the data."""
    said.arguments = (said.first("list"),)
    return "data list"


def _places(said: Said) -> list[str]:
    """The countries and regions that a look-up names, as the commands of the data take them.

    Raises:
        RefusalError: the question has limits, or an aim, which no look-up takes.
    """
    beyond = [fact for fact in said.facts if fact.field in LIMITS or fact.field in ("objective", "sought", "use")]
    if beyond:
        raise RefusalError("not_of_data", beyond[0])
    names = said.scene.names
    regions: dict[tuple[str, ...], str] = {}
    for name, members in names.regions.items():
        regions.setdefault(tuple(code for code in members if code in names.countries), name)
    found = [regions.get(fact.value) or ",".join(fact.value) for fact in said.of("countries")]
    found += dict.fromkeys(fact.value for fact in said.of("country"))
    found += ["all"] * said.has("all_countries")
    placed = ("countries", "all_countries")
    said.facts = [replace(fact, field="place") if fact.field in placed else fact for fact in said.facts]
    return found


def finish_projects(said: Said) -> str:
    """The national projects, of all countries or of those named."""
    said.arguments = (PROJECTS, *(place for place in _places(said) if place != "all"))
    return "data show"


def finish_gaps(said: Said) -> str:
    """What the data lack: of one country its cells, else the figures that decide over several."""
    places = _places(said)
    if places:
        alone = len(places) == 1 and said.has("country")
        said.own["--country" if alone else "--over"] = ",".join(places)
    return "data gaps"


def finish_checks(name: str) -> Callable[[Said], str]:
    """A question without a case."""

    def finish(said: Said) -> str:
        beyond = [fact for fact in said.facts if fact.field in LIMITS or fact.field in ("objective", "country", "use")]
        if beyond:
            raise RefusalError("not_of_data", beyond[0])
        if name == "reproduce":
            said.arguments = ("study",)
        return name

    return finish
