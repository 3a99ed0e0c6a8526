"""The docstrings of public functions: what is raised, and in which unit a number is.

What is held: a function that raises an error of its own names it under ``Raises:``, and one whose numbers have no unit
in their names says the unit, or that there is none (a share, a count). Errors of what it calls are not followed, a
unit that is wrong is not seen, and docstrings that are the help of a command have no such parts.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "optimizer"
NUMBER = re.compile(r"\b(?:Fraction|Decimal|float)\b")
UNIT = re.compile(
    r"\b(?:units?|USD|(?:US )?dollars?|litres|doubling|"
    r"k?W|MW|[kMG]Wh|kg|g|t|tonnes?|days?|hours?|years?|months?|seconds?|s|points|bytes|GB|h|km|"
    r"FLOP(?:/s)?|TPP|PFLOP/s|tokens?|parameters|devices|accelerators|characters|shares?|ratios?|factors?|probability|"
    r"count|number of|how many|times|percent|per cent|quantile|degrees|%)(?!\w)",
    re.IGNORECASE,
)
NAMED = re.compile(
    r"(?:usd|mw|kw|kwh|mwh|gwh|days|hours|years|flop|tpp|shares?|ratio|factor|tokens|_t|_g|_kg|_s|_b|fte|seconds|bytes|gb|"
    r"pue|mfu|goodput|efficiency)$"
)
OTHERS = ("AssertionError", "NotImplementedError", "StopIteration", "AttributeError", "KeyboardInterrupt")
Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions() -> Iterator[tuple[str, Function]]:
    """Every public function and method whose docstring is no help of a command, with its place."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for function in _public(ast.parse(path.read_text(encoding="utf-8"))):
            if not any("question" in text or "command" in text for text in map(ast.unparse, function.decorator_list)):
                yield f"{path.relative_to(PACKAGE)}: {function.name}", function


def _public(node: ast.AST) -> Iterator[Function]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef | Function) and not child.name.startswith("_"):
            if isinstance(child, ast.ClassDef):
                yield from _public(child)
            else:
                yield child


def raised(node: ast.AST, caught: frozenset[str] = frozenset()) -> Iterator[str]:
    """What a function itself raises and does not catch: the names of classes, or of functions that make an error."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Try):
            handled = {ast.unparse(handler.type).strip("()") for handler in child.handlers if handler.type}
            names = caught | {name.strip() for text in handled for name in text.split(",")}
            yield from raised(ast.Module(child.body, []), names)
            rest: list[ast.stmt] = [line for handler in child.handlers for line in handler.body]
            yield from raised(ast.Module([*rest, *child.orelse, *child.finalbody], []), caught)
        elif isinstance(child, ast.Raise) and child.exc is not None:
            call = child.exc.func if isinstance(child.exc, ast.Call) else child.exc
            name = ast.unparse(call).removesuffix(".at").removesuffix(".say")
            if name not in (*caught, *OTHERS):
                yield name
        elif not isinstance(child, ast.Lambda | ast.ClassDef | Function):
            yield from raised(child, caught)


def test_what_a_function_raises_is_said() -> None:
    """By its name; an error that another function makes, or that is passed on, by some name under Raises."""
    found = list(functions())
    assert len(found) > 1500 and sum(bool(list(raised(function))) for _, function in found) > 200
    lacking = []
    for place, function in found:
        said = (ast.get_docstring(function) or "").partition("Raises:")[2]
        for name in raised(function):
            if name not in said if name[0].isupper() and name.isidentifier() else not said:
                lacking.append(f"{place} raises {name}")
    assert lacking == []


def numbers_of(function: Function) -> Iterator[str]:
    """The numbers that a function takes or gives, by names without a unit."""
    for one in (*function.args.args, *function.args.kwonlyargs):
        said = ast.unparse(one.annotation) if one.annotation else ""
        if NUMBER.search(said) and "Callable" not in said and not NAMED.search(one.arg):
            yield one.arg
    said = ast.unparse(function.returns) if function.returns else ""
    if NUMBER.search(said) and "Callable" not in said and not NAMED.search(function.name):
        yield "what it returns"


def test_the_unit_of_every_number_is_said() -> None:
    """In a name (``cost_usd``) or in the docstring: a figure without its unit is read in another one."""
    found = {place: list(numbers_of(function)) for place, function in functions()}
    assert sum(map(bool, found.values())) > 200
    lacking = [
        f"{place}: {', '.join(found[place])}"
        for place, function in functions()
        if found[place] and not UNIT.search(ast.get_docstring(function) or "")
    ]
    assert lacking == []


def test_these_tests_find_what_is_lacking() -> None:
    """On three functions that lack something, and three that do not."""
    code = '''
def cost(x: Fraction) -> Fraction:
    """The cost."""
    raise InputError("no")
def cost_usd(days: Fraction) -> Fraction:
    """The cost."""
def caught():
    try:
        raise ValueError
    except ValueError:
        raise error_of(1) from None
'''
    one, two, three = _public(ast.parse(code))
    assert list(numbers_of(one)) == ["x", "what it returns"] and list(raised(one)) == ["InputError"]
    assert list(numbers_of(two)) == list(raised(two)) == []
    assert list(raised(three)) == ["error_of"]
