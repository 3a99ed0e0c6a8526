"""An answer as a part of the page: what was asked, the answer with its downloads, and what the controls then show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from pathlib import Path
from urllib.parse import urlencode

from markupsafe import Markup

from optimizer.answers.document import Document
from optimizer.catalogue import Catalogue
from optimizer.errors import DataError, OptimizerError, Problem
from optimizer.render.html import environment_of, fragment
from optimizer.service.fields import FLAG_OF
from optimizer.units.language import speaking
from optimizer.units.records import dataclass
from optimizer.web.answers import Answers, Given, given
from optimizer.web.words import words_in

FIELDS = ("question", "country", "workload", "max_mw", "deadline", "budget", "rules", "confidence", "others")
"""The controls of the page, by their names in an address."""
FILES = ("xlsx", "html", "csv", "json", "md")
"""Forms in which an answer is fetched: first those that people open."""
HERE = Path(__file__).parent
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
    query_of_file = urlencode([*fields, ("lang", language)])
    links = [(f"/download/{question}.{form}?{query_of_file}", words.get(form, form.upper())) for form in FILES]
    case = _case_of(document)
    report = f"/download/{REPORT}.html?{urlencode([*case.items(), ('lang', language)])}" if case else ""
    here = urlencode([(name, query[name].strip()) for name in FIELDS if query.get(name, "").strip()])
    foot = (
        environment_of(HERE)
        .get_template("foot.html.jinja")
        .render(words=words, links=links, report=report, here=f"/?{here}&lang={language}")
    )
    with speaking(language):
        text = Markup(fragment(document, foot))
    controls = {_CONTROL_OF.get(name, name): value for name, value in case.items()} if question == "ask" else {}
    controls = {name: value for name, value in controls.items() if name in FIELDS}
    if controls.get("deadline", "").removesuffix("d").isdigit():
        controls["deadline"] = controls["deadline"].removesuffix("d")
    return Shown(text, controls)


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
