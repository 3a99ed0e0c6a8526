"""An answer as a part of the page: what was asked, the answer with its downloads, and what the controls then show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from pathlib import Path
from urllib.parse import urlencode

from markupsafe import Markup

from optimizer.answers.form.document import Document
from optimizer.errors import DataError, OptimizerError, Problem
from optimizer.render.html import environment_of, fragment
from optimizer.units.language import speaking
from optimizer.units.records import dataclass
from optimizer.web.answers import Answers
from optimizer.web.controls import CONTROL_OF, FIELDS, asked_of, by_labels, shown_in_controls, typed_case, with_labels
from optimizer.web.words import words_in

FILES = ("xlsx", "html", "csv", "json", "md")
"""Forms in which an answer is fetched: first those that people open."""
HERE = Path(__file__).parent
REPORT = "report"
"""The question whose document is the whole report: it takes seconds, and is fetched, not shown."""


@dataclass(frozen=True)
class Shown:
    """An answer, and the values that the controls take from it."""

    part: Markup
    controls: Mapping[str, str] = field(default_factory=dict)


def shown(answers: Answers, query: Mapping[str, str], language: str) -> Shown:
    """The answer to what the controls ask, or what is wrong with it."""
    words = words_in(language)
    try:
        with speaking(language):
            question, fields = asked_of(query, str(answers.catalogue.defaults["country"].value))
        document = answers.document(question, fields, language)
    except OptimizerError as error:
        return Shown(alert(words["wrong"], _labelled(error, words)))
    query_of_file = urlencode([*fields, ("lang", language)])
    links = [(f"/download/{question}.{form}?{query_of_file}", words.get(form, form.upper())) for form in FILES]
    report = address_of_report(document, language)
    here = urlencode([(name, query[name].strip()) for name in FIELDS if query.get(name, "").strip()])
    foot = (
        environment_of(HERE)
        .get_template("foot.html.jinja")
        .render(words=words, links=links, report=report, here=f"/?{here}&lang={language}")
    )
    with speaking(language):
        text = Markup(fragment(with_labels(document, words), foot))
        usual = {name: row.value for name, row in answers.catalogue.defaults.items()}
        return Shown(text, shown_in_controls(typed_case(document), usual) if question == "ask" else {})


def alert(head: str, error: OptimizerError) -> Markup:
    """What is wrong, every problem as a line."""
    if isinstance(error, DataError) and len(error.problems) > 1:
        items = Markup("").join(Markup("<li>{}</li>").format(str(problem)) for problem in error.problems)
        return Markup('<div class="bad" role="alert"><p>{}</p><ul>{}</ul></div>').format(head, items)
    text = str(error.problems[0]) if isinstance(error, DataError) else str(error)
    return Markup('<p class="bad" role="alert">{} {}</p>').format(head, text)


def _labelled(error: OptimizerError, words: Mapping[str, str]) -> OptimizerError:
    """The error with its fields and its advice in the words of the page."""
    if not isinstance(error, DataError):
        return OptimizerError(by_labels(str(error), words))

    def labelled(problem: Problem) -> Problem:
        name = problem.column or ""
        return replace(
            problem,
            column=words.get(CONTROL_OF.get(name, name), name) or None,
            rule=by_labels(problem.rule, words),
            remedy=by_labels(problem.remedy, words) if problem.remedy else problem.remedy,
        )

    return DataError(map(labelled, error.problems))


def address_of_report(document: Document, language: str) -> str:
    """Where the whole report of a plan is fetched; empty where there is none: it says nothing of what feeds a site."""
    if document.question != "plan" or "feed" in document.grounds.inputs:
        return ""
    return f"/download/{REPORT}.html?{urlencode([*typed_case(document).items(), ('lang', language)])}"
