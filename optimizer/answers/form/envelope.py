"""The one envelope in which every answer stands as JSON, and its schema."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import reduce
from operator import or_
from types import UnionType
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, SerializerFunctionWrapHandler, TypeAdapter, model_serializer

from optimizer.answers.form.chart_shapes import AnyChart, chart_out
from optimizer.answers.form.document import Document, Grounds
from optimizer.answers.form.ground_words import ground_text
from optimizer.answers.form.reading_shape import ReadingOut
from optimizer.answers.form.shapes import Exact, Extended, Shape, entry
from optimizer.answers.form.unusual_values import unusual_lines
from optimizer.case.setting import Figure
from optimizer.catalogue import Catalogue
from optimizer.catalogue.source_licences import licence_of
from optimizer.units.language import speaking
from optimizer.version import __version__

OutputsT = TypeVar("OutputsT")
SCHEMA_VERSION: Literal["2"] = "2"
"""1: until 0.1.0; keys in another order, no ``question``, and several answers without an envelope."""


class FigureOut(Shape):
    """One input with its source."""

    name: str
    value: Exact
    low: Exact | None = entry("low end of its range; null if the data have no range")
    high: Exact | None = entry("high end of its range")
    unit: str
    source: str
    licence: str = entry("licence of each source, separated as they are; once where all have the same")
    as_of: str
    is_estimate: bool


class AssumedOut(Shape):
    """One default that was filled in."""

    field: str
    value: str
    why: Annotated[str, BeforeValidator(ground_text)]


class Envelope(Shape, Generic[OutputsT]):
    """The whole answer."""

    leaves_out = True
    schema_version: Literal["2"]
    question: str = entry("the command that answers it, such as plan")
    inputs: dict[str, Any] = entry("the question as it was given")
    settled: dict[str, Any] = entry("the same with all defaults filled in")
    assumptions: tuple[AssumedOut, ...] = entry("every default: field, value, why")
    outputs: OutputsT
    charts: tuple[AnyChart, ...] | None = entry("what a page would draw; left out where there is none", default=None)
    messages: tuple[str, ...]
    asked: ReadingOut | None = entry("of a question in words: how it was read; left out elsewhere", default=None)
    provenance: dict[str, Any] = entry("program, data and the figures that a plan rests on")
    digest: str = entry("SHA-256 of the values of all other keys: optimizer verify sees whether one was changed")

    @model_serializer(mode="wrap")
    def _without_empty_charts(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {
            name: value for name, value in handler(self).items() if name not in ("charts", "asked") or value is not None
        }


def envelope(document: Document) -> Envelope[Any]:
    """An answer as data. The same answer gives the same bytes: no clock, no host."""
    grounds = document.grounds
    with speaking(document.language):
        unusual = unusual_lines(grounds.inputs)
    made = Envelope[Any](
        schema_version=SCHEMA_VERSION,
        question=document.question,
        inputs=dict(grounds.inputs),
        settled=dict(grounds.settled),
        assumptions=tuple(AssumedOut.model_validate(assumed) for assumed in grounds.assumed),
        outputs=document.outputs(),
        charts=tuple(map(chart_out, document.charts)) or None,
        messages=(*document.messages, *unusual),
        asked=document.asked() if document.asked else None,
        provenance=provenance(grounds),
        digest="",
    )
    return made.model_copy(update={KEY: digest_of(made.model_dump(mode="json"))})


def schema_of(outputs: Mapping[str, type[BaseModel] | UnionType]) -> dict[str, Any]:
    """The JSON Schema of the envelope around the outputs of a question, by its name.

    Of several, each goes with its own question. The first of them then says only how words were read; every other
    answer has that next to it.
    """
    form: Any = Envelope
    types = {"": form[reduce(or_, outputs.values())], **outputs}
    # under the names of the fields, as they are written: a name to read from is not what is in JSON
    parts, whole = TypeAdapter.json_schemas(
        [(name, "validation", TypeAdapter(found)) for name, found in types.items()], by_alias=False
    )
    envelope_name = parts["", "validation"]["$ref"].rpartition("/")[2]
    schema: dict[str, Any] = {**whole["$defs"].pop(envelope_name), **whole}
    first, *others = outputs
    schema["properties"]["question"] |= {"enum": list(outputs)} if others else {"const": first}
    if others:
        schema["title"] = f"Envelope[{first}]"
        schema["allOf"] = [
            {
                "if": {"properties": {"question": {"const": name}}},
                "then": {
                    "properties": {"outputs": parts[name, "validation"]},
                    "required": ["outputs"] if name == first else ["outputs", "asked"],
                },
            }
            for name in outputs
        ]
    return schema


def provenance(grounds: Grounds) -> dict[str, Any]:
    """Program, data and the figures that an answer rests on."""
    catalogue = grounds.catalogue
    found: dict[str, Any] = {
        "program": {"name": "optimizer", "version": __version__},
        "data": {
            "version": catalogue.version,
            "as_of": catalogue.as_of,
            "sha256": catalogue.digest,
            "citation": catalogue.citation,
            "packs": list(catalogue.packs),
        },
    }
    found |= {name: value for name, value in (("assumptions", grounds.assumptions), ("rules", grounds.rules)) if value}
    return found | {"figures": [figure_out(figure, catalogue).model_dump() for figure in grounds.figures]}


def figure_out(figure: Figure, catalogue: Catalogue) -> FigureOut:
    """A figure in its JSON form."""
    low, high = figure.range or (None, None)
    return FigureOut.model_validate(Extended(figure, low=low, high=high, licence=licence_of(catalogue, figure.source)))


KEY = "digest"
"""The key of an answer that holds its digest; the digest is over all others."""


def digest_of(content: Mapping[str, Any]) -> str:
    """SHA-256 of an answer, as it is read back from JSON, without its digest.

    It is over the values, and not over the bytes of a file: order of keys, blanks, and 1.0 in place of 1 are no change.
    """
    values = _canonical({name: value for name, value in content.items() if name != KEY})
    # a lone surrogate in a text that somebody put there is a change, and no reason to break down
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _canonical(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _canonical(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_canonical(inner) for inner in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
