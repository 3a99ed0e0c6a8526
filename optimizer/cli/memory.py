"""Too little memory is said in words, also where a library would only crash."""

from __future__ import annotations

LEAST_BYTES = 150_000_000
"""Of address space, what numpy needs to be loaded at all; a plan needs three times as much. With less, a library in C
may end the program with a segmentation fault, and nobody can say why."""
_SIGNS = ("failed to map segment", "cannot allocate memory", "Cannot allocate memory")
"""What the system says where a library does not fit into memory."""


def limit_bytes() -> int | None:
    """How much memory this process may have (``ulimit -v``); None where that is not limited."""
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return None
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    return None if limit == resource.RLIM_INFINITY else limit


def check_memory() -> None:
    """Refuse to begin where the limit on memory is too low to end in words.

    Raises:
        MemoryError: it is.
    """
    limit = limit_bytes()
    if limit is not None and limit < LEAST_BYTES:
        raise MemoryError


def lacks_memory(error: Exception) -> bool:
    """Whether an error comes of too little memory.

    A library in C that gets none while it is loaded may raise an error without a cause: where memory is limited, that
    is the cause.
    """
    if isinstance(error, SystemError):
        return limit_bytes() is not None
    return isinstance(error, MemoryError) or any(sign in str(error) for sign in _SIGNS)
