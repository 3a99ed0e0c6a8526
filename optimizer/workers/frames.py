"""What parent and child say to each other: frames of a length (8 bytes), a kind (1 byte) and a content."""

from __future__ import annotations

SETUP, TASK = b"S", b"T"
"""To the child: a pickled (function, arguments) to call once; another one, whose result is wanted."""
READY, DONE, RAISED, FAILED = b"R", b"D", b"E", b"F"
"""To the parent: it is set up; a pickled result; a pickled exception; in words, why it cannot be set up."""
HEAD_BYTES = 9


def framed(kind: bytes, content: bytes = b"") -> bytes:
    """A frame."""
    return len(content).to_bytes(8, "big") + kind + content


def taken(buffer: bytearray) -> tuple[bytes, bytes] | None:
    """The kind and the content of the first whole frame, which leaves the buffer; None where there is none yet."""
    if len(buffer) < HEAD_BYTES:
        return None
    end = HEAD_BYTES + int.from_bytes(buffer[:8], "big")
    if len(buffer) < end:
        return None
    kind, content = bytes(buffer[8:HEAD_BYTES]), bytes(buffer[HEAD_BYTES:end])
    del buffer[:end]
    return kind, content
