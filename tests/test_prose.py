"""Sentences for people are made on one floor: in answers/ and reference/, and nowhere below them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest

from optimizer.answers.ground_words import ground_words
from optimizer.case.ground import Ground, GroundKind
from optimizer.reference.run_words import missing_words
from optimizer.validation.runs import MissingKind, NotCompared

ROOT = Path(__file__).parents[1] / "optimizer"
BELOW = (
    *("domain", "catalogue", "case", "law", "exact", "options", "plans", "model", "solve"),
    *("consortium", "validation", "insight", "uncertainty"),
)
"""The rooms below answers/ and reference/ but question/, which reports its reading in the words of the question."""
REPORTS = re.compile(r"(Error|Problem|column|Field|compile|refuse|undecided_error)$")
"""Calls whose texts are not part of an answer: errors, descriptions of columns, patterns."""
RULE = re.compile(
    r"\W*(X\W+)*(must|is|has|says|cannot|finds|lines|limits|names|did|give|write|end|state|changes|input|Leave|no"
    r" column|not"
    r" UTF)\b"
)
"""How the rule or the remedy of a problem begins that is made before it is reported."""
SENTENCE = re.compile(r"[a-z]{2,},? [a-z]+,? [a-z]{2,}")
NAMES = {
    "insight/provenance.py": "the names of figures",
    "catalogue/country_packs.py": "the source of the figures of a pack",
    "insight/curves/tipping_of_one.py": "units",
    "uncertainty/ranges.py": "units",
    "uncertainty/uncertain_inputs.py": "units",
    "validation/study.py": "the states of a comparison",
    "catalogue/load.py": "a remedy, after the words of its rule",
    "consortium/read.py": "a remedy",
}
"""Files with names and units of several words, which are no sentences."""
TEXTS = ("given by the user", "on every day")
"""The source of a figure, as the data have one in a column; the days of a tax regime, in a problem."""


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def reported(tree: ast.AST) -> set[ast.AST]:
    """Everything in a module that is no part of an answer: docstrings, errors, descriptions, patterns, reprs."""
    found: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            found.add(node.value)
        if isinstance(node, ast.Call) and REPORTS.search(called(node)):
            found.update(ast.walk(node))
        if isinstance(node, ast.Raise | ast.Assert) or (isinstance(node, ast.FunctionDef) and node.name == "__repr__"):
            found.update(ast.walk(node))
    return found


def sentences(source: str) -> Iterator[str]:
    """Every text of a module with three words in a row that could be part of an answer."""
    tree = ast.parse(source)
    skipped = reported(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) and node not in skipped:
            skipped.update(node.values)
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "X" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in skipped:
            text = re.sub(r"\{[^{}]*\}", "X", node.value)  # the places of a message
        else:
            continue
        if SENTENCE.search(text) and not RULE.match(text) and text not in TEXTS:
            yield text


def test_no_sentence_is_made_below_answers_and_reference() -> None:
    """A sentence made below could not be translated, and sooner or later something would branch on it."""
    found = {}
    for room in BELOW:
        for path in sorted((ROOT / room).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if name not in NAMES and (texts := list(sentences(path.read_text(encoding="utf-8")))):
                found[name] = texts
    assert found == {}


@pytest.mark.parametrize(
    "line",
    [
        'why = "accelerator not in the catalogue"',
        'why = f"no efficiency is known for {chip} in {precision}"',
        'return Assumed("date", day, "the day for which the data are valid")',
    ],
)
def test_a_sentence_is_noticed(line: str) -> None:
    """These stood below answers/ once. A search that does not find them would find nothing."""
    assert list(sentences(f"def one(chip, precision, day):\n    {line}\n"))


PROSE = ("why", "meaning", "words", "status_words", "note", "name", "applies_to", "consequence", "basis_note")
"""Fields with texts for people."""


def branches(tree: ast.AST) -> Iterator[str]:
    """Every condition that looks into a text for people: compares it, or asks what it begins with or contains."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            inner = node.func.value
            looks = node.func.attr in ("startswith", "endswith", "find", "partition")
            if looks and isinstance(inner, ast.Attribute) and inner.attr in PROSE[:4]:
                yield ast.unparse(node)
        if isinstance(node, ast.Compare) and any(isinstance(op, ast.In | ast.NotIn) for op in node.ops):
            for side in node.comparators:
                if isinstance(side, ast.Attribute) and side.attr in PROSE[:4] and isinstance(node.left, ast.Constant):
                    yield ast.unparse(node)


def test_nothing_branches_on_prose() -> None:
    """What depends on the wording of a sentence breaks when the sentence is made clearer. Two functions once matched
    different beginnings of one reason, and an answer gave the wrong obstacle."""
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        if texts := list(branches(ast.parse(path.read_text(encoding="utf-8")))):
            found[path.relative_to(ROOT).as_posix()] = texts
    assert found == {}
    assert list(branches(ast.parse('if reason.why.startswith("export control"): pass')))


@pytest.mark.parametrize("kinds", [GroundKind, MissingKind])
def test_every_kind_has_words_of_its_own(kinds: type[StrEnum]) -> None:
    """A kind without words would break the first answer that has it; two with the same could not be told apart."""
    if kinds is GroundKind:
        words = [
            ground_words(Ground(kind, "Base", per_parameter=None)) for kind in GroundKind if "parameter" not in kind
        ]
    else:
        words = [missing_words(NotCompared(kind)) for kind in MissingKind]
    assert len(set(words)) == len(words) and all(words)
