"""What a word means by what stands next to it, where one word has several uses: the rules of ``settling.txt``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from optimizer.question.errors import RefusalError
from optimizer.question.tokens import Token
from optimizer.question.vocabulary.phrases import lines_of
from optimizer.question.vocabulary.word_lists import word_lists
from optimizer.units.records import dataclass

_HEAD = re.compile(r"(?P<kinds>[A-Z0-9_|]+|\.)(?:=(?P<value>\S+))?(?: @(?P<words>\w+))?$")
_BODY = re.compile(
    r"(?:(?P<left>.*?)_ (?P<right>.*))?-> (?P<new>!?\w+|\.)(?:=(?P<value>\w*))?(?: where (?P<where>.*))?$"
)
_KIND = re.compile(r"(!)?(%)?([A-Z_][A-Z_0-9]*|\.)")
_NONE_OF, _SPACE = "\1", "\0"
_compiled = cache(re.compile)
"""A pattern, compiled once: a sentence needs a few of the rules."""
ANY = "."
"""Any kind; as the new one, the kind that the token has."""
REFUSES = "!"
"""Leads the name of a refusal, in the place of a kind."""


@dataclass(frozen=True)
class Rule:
    """One line of the file: a kind, what stands around it, and the kind that it has there."""

    kinds: tuple[str, ...]
    value: str
    """Of the token; any where it is empty."""
    words: str
    """The list of words of which the token is one; any word where it is empty."""
    before: str
    """The pattern of what stands before, up to the token."""
    after: str
    where: tuple[str, ...]
    new: str
    new_value: str | None

    def fits(self, token: Token) -> bool:
        """Whether it is about this token."""
        return (not self.value or token.value == self.value) and (not self.words or is_one_of(self.words, token))

    def stands(self, left: str, right: str) -> bool:
        """Whether what is before and behind the token is what it asks for."""
        return all(
            not pattern or _compiled(pattern).search(text) is not None
            for pattern, text in ((self.before, left), (self.after, right))
        )

    def holds(self, tokens: Iterable[Token]) -> bool:
        """Whether the whole sentence has what it asks for, and not what it excludes."""
        return all(_said(part.removeprefix("no "), tokens) != part.startswith("no ") for part in self.where)

    def settled(self, token: Token, after: Sequence[Token]) -> Token:
        """The token with its new kind.

        Raises:
            RefusalError: the rule refuses it there.
        """
        if self.new == ANY:
            return token
        if self.new.startswith(REFUSES):
            raise RefusalError(self.new[1:], token, *after[:1])
        return replace(token, kind=self.new, value=token.value if self.new_value is None else self.new_value)


def _said(names: str, tokens: Iterable[Token]) -> bool:
    """Whether one of the tokens is of a kind (``FIGURE``, ``FIGURE=cost``), or a word of a list (``@paying``)."""
    return any(_is(name, token) for name in names.split("|") for token in tokens)


def _is(name: str, token: Token) -> bool:
    kind, _, words = name.partition("@")
    return kind in ("", token.kind, f"{token.kind}={token.value}") and (not words or is_one_of(words, token))


def is_one_of(name: str, token: Token) -> bool:
    """Whether a token is a word of a list; ``uso*`` there stands for what begins so, ``*ado`` for what ends so."""
    said = token.text.lower()
    exact, rest = _words(name)
    return said in exact or (rest is not None and rest.fullmatch(said) is not None)


@cache
def _words(name: str) -> tuple[frozenset[str], re.Pattern[str] | None]:
    words = word_lists()[name]
    wild = [re.escape(word).replace(r"\*", ".*") for word in words if "*" in word]
    return words, re.compile("|".join(wild)) if wild else None


@cache
def rules() -> Mapping[str, Sequence[Rule]]:
    """The rules of each section of the file."""
    parts: dict[str, str] = {}
    found: dict[str, list[Rule]] = {}
    section: list[Rule] = []
    for head, body in lines_of(Path(__file__).with_suffix(".txt")):
        if head.startswith("["):
            section = found[head[1:-1]] = []
        elif head.startswith("<"):
            parts[head[1:-1]] = body.format_map(parts)
        else:
            section.append(_rule(head, body.partition("  #")[0].format_map(parts)))
    return found


@cache
def _rules_of(section: str, kind: str) -> tuple[Rule, ...]:
    """The rules that can be about a token of a kind."""
    return tuple(rule for rule in rules()[section] if kind in rule.kinds or ANY in rule.kinds)


def _rule(head: str, body: str) -> Rule:
    about, what = _HEAD.match(head), _BODY.match(body.strip())
    assert about is not None and what is not None, f"{head}: {body}"
    where = re.sub(r" *([|,]) *", r"\1", (what["where"] or "").strip())
    return Rule(
        tuple(about["kinds"].split("|")),
        about["value"] or "",
        about["words"] or "",
        rf"(?:^|(?<= ))(?:{_over_kinds(what['left'])})\Z" if what["left"] else "",
        rf"\A{_over_kinds(what['right'])}" if what["right"] else "",
        tuple(where.split(",")) if where else (),
        what["new"],
        what["value"],
    )


def _over_kinds(pattern: str) -> str:
    """A pattern over the kinds of tokens as one over text, in which every kind ends with a space.

    ``.`` is any kind, ``%_UNIT`` every one that ends so, ``!NUM`` is "not followed by", ``^`` and ``$`` its two ends.
    """
    text = _KIND.sub(_one_kind, pattern.replace("!(", _NONE_OF).replace("(", "(?:"))
    return text.replace(" ", "").replace(_SPACE, " ").replace(_NONE_OF, "(?!").replace("$", r"\Z").replace("^", r"\A")


def _one_kind(found: re.Match[str]) -> str:
    excluded, begins, name = found.groups()
    return ("(?!" if excluded else "(?:") + (r"\w*" if begins else "") + name.replace(".", r"\w+") + f"{_SPACE})"


def settle(tokens: list[Token], section: str) -> list[Token]:
    """The tokens, each with the kind that the first rule that fits gives it; all rules see the kinds from before.

    Raises:
        RefusalError: a rule refuses a token.
    """
    found = list(tokens)
    text, ends = _text_of(tokens)
    for place, token in enumerate(tokens):
        for rule in _rules_of(section, token.kind):
            start, end = ends[place]
            if rule.fits(token) and rule.stands(text[:start], text[end:]) and rule.holds(tokens):
                found[place] = rule.settled(token, tokens[place + 1 :])
                break
    return found


def settle_one(token: Token, before: Sequence[Token], after: Sequence[Token], section: str) -> Token:
    """One token between its neighbours, none of which is neutral.

    Raises:
        RefusalError: a rule refuses it.
    """
    known = _rules_of(section, token.kind)
    if known:
        left, right = ("".join(f"{other.kind} " for other in side) for side in (before, after))
        for rule in known:
            if rule.fits(token) and rule.stands(left, right):
                return rule.settled(token, after)
    return token


def _text_of(tokens: Sequence[Token]) -> tuple[str, list[tuple[int, int]]]:
    """The kinds that are not neutral, and between which places of this text each token stands."""
    text, ends = "", []
    for token in tokens:
        start = len(text)
        text += "" if token.kind == "NEUTRAL" else f"{token.kind} "
        ends.append((start, len(text)))
    return text, ends
