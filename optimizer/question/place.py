"""Where a phrase stands in the tree of a question, and what is in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lark import Token, Tree


@dataclass(frozen=True)
class Place:
    """Where a phrase stands, and its node of the tree."""

    node: Tree[Token]
    start: int
    end: int

    def tokens(self, *terminals: str) -> list[Token]:
        """The tokens of some terminals directly in the node."""
        children: list[Any] = self.node.children
        return [child for child in children if getattr(child, "type", None) in terminals]

    def nodes(self, *rules: str) -> list[Tree[Token]]:
        """The nodes of some rules directly in the node."""
        children: list[Any] = self.node.children
        return [child for child in children if getattr(child, "data", None) in rules]

    @property
    def key_start(self) -> int:
        """Where the phrase says its value, after "in" or "under"."""
        return tokens_of(self.node)[0].start_pos or 0


def tokens_of(node: Any) -> list[Token]:
    """Every token under a node, in order."""
    return [node] if hasattr(node, "type") else [token for child in node.children for token in tokens_of(child)]
