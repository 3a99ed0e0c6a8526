"""Sentences for people are made on one floor: in answers/ and reference/, and nowhere below them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest

from optimizer.answers.form.ground_words import ground_words
from optimizer.case.ground import Ground, GroundKind
from optimizer.reference.validation_outputs import missing_words
from optimizer.validation.runs import MissingKind, NotCompared

ROOT = Path(__file__).parents[2] / "optimizer"
BELOW = (
    *("domain", "catalogue", "case", "law", "exact", "options", "plans", "model", "solve"),
    *("consortium", "validation", "insight", "uncertainty"),
)
"""The rooms below answers/ and reference/ but question/, which reports its reading in the words of the question."""
REPORTS = re.compile(r"(Error|Problem|column|Field|compile|refuse|undecided_error)$")
"""Calls whose texts are not part of an answer: errors, descriptions of columns, patterns."""
RULE = re.compile(
    r"\W*(X\W+)*(must|is|has|works|says|cannot|finds|lines|limits|names|did|give|write|end|state|changes|input|Leave|no"
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
    "catalogue/headings.py": "a remedy, after the words of its rule",
    "catalogue/tables.py": "a remedy, after the words of its rule",
    "catalogue/unknown_names.py": "a remedy, after the words of its rule",
    "consortium/read.py": "a remedy",
    "consortium/settle.py": "a rule, put in the problem of a figure that is missing",
    "domain/field_units.py": "units, and a remedy",
}
"""Files with names and units of several words, which are no sentences."""
TEXTS = ("given by the user", "on every day")
"""The source of a figure, as the data have one in a column; the days of a tax regime, in a problem."""


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def reported(tree: ast.AST) -> set[ast.AST]:
    """Everything in a module that is no part of an answer: docstrings, errors, descriptions, patterns, reprs, names."""
    found: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            found.add(node.value)
        of = ast.unparse(node.func).removesuffix(".say") if isinstance(node, ast.Call) else ""
        if REPORTS.search(of) or of == "names_in":
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


PROSE = (
    *("why", "meaning", "words", "status_words", "reason", "rule", "remedy", "note", "source", "verification"),
    *("applies_to", "consequence", "basis_note", "evidence_class", "parts", "cost_covers", "title", "description"),
)
"""Fields, columns and keys with texts for people."""
LOOKS = (
    "startswith",
    "endswith",
    "find",
    "rfind",
    "index",
    "count",
    "partition",
    "rpartition",
    "removeprefix",
    "split",
)
SAID = re.compile(r"say|say_many|mark|\w+_words")
"""Calls that make a text for people."""


def is_prose(node: ast.AST, names: tuple[str, ...] = PROSE) -> bool:
    """Whether an expression is a text for people: a field of that name, a cell of that column, or what is said."""
    if isinstance(node, ast.Attribute):
        return node.attr in names
    if isinstance(node, ast.Subscript):
        return isinstance(node.slice, ast.Constant) and node.slice.value in names
    if isinstance(node, ast.Call):
        of_row = isinstance(node.func, ast.Attribute) and node.func.attr == "get" and bool(node.args)
        return SAID.fullmatch(called(node)) is not None or (of_row and getattr(node.args[0], "value", None) in names)
    return False


def branches(tree: ast.AST) -> Iterator[str]:
    """Every place that looks into a text for people: compares it, or asks what it begins with or contains."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            looks = node.func.attr in LOOKS and bool(node.args)
            if looks and is_prose(node.func.value) and getattr(node.args[0], "value", None) != " | ":
                yield ast.unparse(node)
        searches = isinstance(node, ast.Call) and called(node) in ("match", "fullmatch", "search")
        if searches and any(map(is_prose, getattr(node, "args", []))):
            yield ast.unparse(node)
        if isinstance(node, ast.Compare):
            sides = [part for side in (node.left, *node.comparators) for part in getattr(side, "elts", [side])]
            text = any(isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value for part in sides)
            spoken = any(isinstance(part, ast.Call) and SAID.fullmatch(called(part)) for part in sides)
            if spoken or (text and any(map(is_prose, sides))):
                yield ast.unparse(node)


def test_nothing_branches_on_prose() -> None:
    """What depends on the wording of a sentence breaks when the sentence is made clearer, or said in another language:
    in Spanish whole runs were once no evidence, and the atlas did not know why Russia has no plan.

    A question is read word by word: the notes and reasons of that room are keys.
    """
    paths = [path for path in sorted(ROOT.rglob("*.py")) if path.relative_to(ROOT).parts[0] != "question"]
    found = {str(path.relative_to(ROOT)): [*branches(ast.parse(path.read_text(encoding="utf-8")))] for path in paths}
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "line",
    [
        'if reason.why.startswith("export control"): pass',
        'kind = next(cause for cause, words in CAUSES.items() if row["reason"].startswith(words))',
        'if kind in (say("real run"), say("real runs")): pass',
        'if "real run" in row.evidence_class: pass',
        'if problem.rule == "is not a column of this table": pass',
        "if again.worse != say(BETTER): pass",
        'if not size.source.startswith("planning"): pass',
        'clause = runs_words(plan).split(";")[0]',
        'if built_words(plan) == "nothing": pass',
        'if re.match("no import duty", row.get("reason")): pass',
    ],
)
def test_a_branch_on_prose_is_noticed(line: str) -> None:
    """Most of these stood in the program. A search that does not find them would find nothing."""
    assert list(branches(ast.parse(line)))


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
