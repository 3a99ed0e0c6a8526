"""Names of files and folders as they are given from Python."""

from __future__ import annotations

import os
from pathlib import Path

from optimizer.errors import UsageError, described, unreadable


def path_of(name: object) -> Path:
    """The path of a file or a folder by its name.

    Raises:
        UsageError: what is given is no name.
        DataError: the system has no such names, or does not say whether the file is there.
    """
    try:
        if isinstance(name, str | Path) and b"\x00" not in os.fsencode(name):
            Path(name).exists()
            return Path(name)
    except OSError as error:
        raise unreadable(name, error) from error
    except UnicodeEncodeError:  # half a character
        pass
    raise UsageError.say("a file or a folder is given by its name, not by {value}", value=described(name))
