"""An answer as a part of the page: what was asked, the answer with its downloads, and what the controls then show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from markupsafe import Markup

from optimizer.answers.document import Document
from optimizer.catalogue import Catalogue
from optimizer.errors import DataError, OptimizerError, Problem
from optimizer.render.html import fragment
from optimizer.service.fields import FLAG_OF
from optimizer.units.language import speaking
from optimizer.web.answers import FORMS, Answers, Given, given
from optimizer.web.words import words_in

FIELDS = ("question", "country", "workload", "max_mw", "deadline", "budget", "rules", "confidence", "others")
"""The controls of the page, by their names in an address."""
REPORT = "report"
"""The question whose document is the whole report: it takes seconds, and is fetched, not shown."""
_CONTROL_OF = {"deadline_days": "deadline", "budget_usd": "budget"}
"""Field of a case -> control, where they differ."""


@dataclass(frozen=True)
class Shown:
    """An answer, and the values that the controls take from it."""

    part: Markup
    controls: Mapping[str, str] = field(default_factory=dict)


def asked_of(query: Mapping[str, str], catalogue: Catalogue) -> tuple[str, Given]:
    """Which question the page asks with its controls: a sentence, a comparison, or a plan."""
    fields = {name: value.strip() for name, value in query.items() if name in FIELDS and value.strip()}
    if sentence := fields.pop("question", ""):
        return "ask", (("question", sentence),)
    if fields.get("deadline", "").isdigit():
        fields["deadline"] += "d"
    if others := fields.pop("others", ""):
        home = fields.get("country", str(catalogue.defaults["country"].value))
        fields["country"] = f"{home},{others}"
        return "compare", given(fields)
    return "plan", given(fields)


def shown(answers: Answers, query: Mapping[str, str], language: str) -> Shown:
    """The answer to what the controls ask, or what is wrong with it."""
    question, fields = asked_of(query, answers.catalogue)
    words = words_in(language)
    try:
        document = answers.document(question, fields, language)
    except OptimizerError as error:
        return Shown(alert(words["wrong"], _with_labels(error, words)))
    with speaking(language):
        text = Markup(fragment(document))
    links = [
        (f"/download/{question}.{form}?{urlencode([*fields, ('lang', language)])}", form.upper()) for form in FORMS
    ]
    case = _case_of(document)
    report = Markup("")
    if case:
        address = f"/download/{REPORT}.html?{urlencode([*case.items(), ('lang', language)])}"
        report = Markup('<p class="downloads"><a href="{}">{}</a> <span class="quiet">{}</span></p>').format(
            address, words["full_report"], words["report_wait"]
        )
    downloads = Markup('<p class="downloads">{}: {}</p>{}<p class="quiet">{}</p>').format(
        words["download"], _linked(links), report, words["link"]
    )
    controls = {_CONTROL_OF.get(name, name): value for name, value in case.items()} if question == "ask" else {}
    controls = {name: value for name, value in controls.items() if name in FIELDS}
    if controls.get("deadline", "").removesuffix("d").isdigit():
        controls["deadline"] = controls["deadline"].removesuffix("d")
    return Shown(text + downloads, controls)


def alert(head: str, error: OptimizerError) -> Markup:
    """What is wrong, every problem as a line."""
    if isinstance(error, DataError) and len(error.problems) > 1:
        items = Markup("").join(Markup("<li>{}</li>").format(str(problem)) for problem in error.problems)
        return Markup('<div class="bad" role="alert"><p>{}</p><ul>{}</ul></div>').format(head, items)
    text = str(error.problems[0]) if isinstance(error, DataError) else str(error)
    return Markup('<p class="bad" role="alert">{} {}</p>').format(head, text)


def _with_labels(error: OptimizerError, words: Mapping[str, str]) -> OptimizerError:
    """The error with its fields called as the controls are."""
    if not isinstance(error, DataError):
        return error

    def labelled(problem: Problem) -> Problem:
        name = problem.column or ""
        return replace(problem, column=words.get(_CONTROL_OF.get(name, name), name) or None)

    return DataError(map(labelled, error.problems))


def _case_of(document: Document) -> Mapping[str, str]:
    """The fields of the case that a plan answers, as they are typed; none of another answer."""
    if document.question != "plan":
        return {}
    from optimizer.question.reading import flag_value

    given_fields = document.grounds.inputs
    return {name: flag_value(name, value) for name, value in given_fields.items() if name in FLAG_OF}


def _linked(links: Iterable[tuple[str, str]]) -> Markup:
    return Markup(" ").join(Markup('<a href="{}">{}</a>').format(address, name) for address, name in links)
