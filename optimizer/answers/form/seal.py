"""The digest of an answer in its file: whether anything in it was changed after it was written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

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
