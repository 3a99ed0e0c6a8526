"""The JSON interface in the form of OpenAPI 3.1, made from the register."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from optimizer.service import REGISTER
from optimizer.service.fields import FIELDS
from optimizer.service.register import Question
from optimizer.version import __version__
from optimizer.web.answers import CLOSED, OPEN, open_parameters
from optimizer.web.quotas import Bounds

_REFUSALS = {
    "400": "the request cannot be read, or names another host",
    "404": "there is no such question",
    "405": "the address takes another method, which Allow names",
    "413": "more was sent than may be",
    "414": "the address is too long",
    "422": "what cannot be read, by field, or is undecided",
    "429": "too many requests from one address; Retry-After says how many seconds to wait",
    "503": "busy, or the answer takes too long here; Retry-After says how many seconds to wait",
}
_ERROR = {
    "type": "object",
    "properties": {"error": {"type": "string"}},
    "required": ["error"],
    "additionalProperties": False,
}


def description(bounds: Bounds) -> Mapping[str, Any]:
    """Every question with its fields, and the file of cases."""
    paths: dict[str, Any] = {}
    for name in OPEN:
        paths[f"/api/{name.replace(' ', '-')}"] = {"get": _question(REGISTER[name])}
    paths["/batch"] = {"post": _batch(bounds)}
    closed = "; ".join(f"{name}: {why}" for name, why in CLOSED.items())
    words = f"Every question of the program has an address here, but these have none: {closed}."
    info = {"title": "optimizer", "version": __version__, "description": words}
    return {"openapi": "3.1.0", "info": info, "paths": paths}


def _question(entry: Question) -> Mapping[str, Any]:
    envelope = {"type": "object", "required": ["schema_version", "outputs"]}
    good = {
        "description": "the answer, in the one envelope",
        "content": {"application/json": {"schema": envelope}},
    }
    refusals = {
        status: {"description": words, "content": {"application/json": {"schema": _ERROR}}}
        for status, words in _REFUSALS.items()
        if status not in ("400", "413")
    }
    parameters = list(_parameters(entry))
    return {
        "summary": entry.summary,
        "operationId": entry.name.replace(" ", "_"),
        "parameters": parameters,
        "responses": {"200": good, **refusals},
    }


def _parameters(entry: Question) -> Iterator[Mapping[str, Any]]:
    given = [(p.name, p.required, p.words, p.choices) for p in open_parameters(entry)]
    fields = FIELDS if entry.takes_case else ()
    given += [(field.flag.removeprefix("--").replace("-", "_"), False, field.words, ()) for field in fields]
    for name, required, words, choices in given:
        schema = {"type": "string", **({"enum": list(choices)} if choices else {})}
        yield {"name": name, "in": "query", "required": required, "description": words, "schema": schema}


def _batch(bounds: Bounds) -> Mapping[str, Any]:
    words = f"A workbook (.xlsx) or CSV: at most {bounds.cases} rows and {bounds.body_bytes:,} bytes."
    form = {
        "type": "object",
        "properties": {"cases": {"type": "string", "format": "binary", "description": words}},
        "required": ["cases"],
    }
    accepted = {"name": "Accept", "in": "header", "required": True, "schema": {"const": "text/csv"}}
    return {
        "summary": "Solve a file of cases: one row of CSV for each, in order.",
        "operationId": "batch",
        "parameters": [accepted],
        "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": form}}},
        "responses": {
            "200": {"description": "the plans, when all rows are done", "content": {"text/csv": {}}},
            "403": {"description": "sent from the page of another server"},
            **{status: {"description": text} for status, text in _REFUSALS.items()},
        },
    }
