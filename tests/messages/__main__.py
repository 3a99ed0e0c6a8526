"""Compare the messages of the source with the catalogues of the languages.

``python -m tests.messages`` lists what lacks a translation; ``--write`` puts it into the catalogues, to be filled in
there, leaves out what is said no longer, and compiles them; ``--from FILE`` takes translations from a JSON Lines file
with the keys ``en``, ``es``, ``pt`` (a list of two forms where a number decides).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from . import TRANSLATED, missing, obsolete, write, written


def main(arguments: list[str]) -> int:
    """Exit status 1 where something lacks a translation."""
    further: dict[str, dict[str, tuple[str, ...]]] = {code: {} for code in TRANSLATED}
    if "--from" in arguments:
        for line in Path(arguments[arguments.index("--from") + 1]).read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            for code in TRANSLATED:
                if code in row:
                    further[code][row["en"]] = (row[code],) if isinstance(row[code], str) else tuple(row[code])
    for code in TRANSLATED:
        if "--write" in arguments or "--from" in arguments:
            write(code, written(code, further[code]))
        for message in missing(code):
            print(f"{code}: no translation: {json.dumps(message.one, ensure_ascii=False)} ({message.where[0]})")
        for text in obsolete(code):
            print(f"{code}: said no longer: {json.dumps(text, ensure_ascii=False)}")
        print(f"{code}: {len(missing(code))} without a translation")
    return 1 if any(missing(code) or obsolete(code) for code in TRANSLATED) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
