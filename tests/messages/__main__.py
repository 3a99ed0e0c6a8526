"""Compare the messages of the source with the catalogues of the languages.

``python -m tests.messages`` lists what lacks a translation; ``--write`` puts it into the catalogues, to be filled in
there, leaves out what is said no longer, and compiles them; ``--from FILE`` takes translations from a JSON Lines file
with the keys ``en``, ``es``, ``pt`` (a list of two forms where a number decides), or from another version of a
catalogue (``.po``). After a merge with conflicts in the catalogues: take one side, then ``--from`` the other.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from babel.messages.pofile import read_po

from . import TRANSLATED, missing, obsolete, texts_of, write, written


def of_catalogue(path: Path) -> tuple[str, dict[str, tuple[str, ...]]]:
    """The language of another catalogue, and its translations by the English text."""
    with path.open("rb") as stream:
        other = read_po(stream)
    entries = {(entry.id if isinstance(entry.id, str) else entry.id[0]): texts_of(entry) for entry in other if entry.id}
    return str(other.locale), {text: texts for text, texts in entries.items() if all(texts)}


def main(arguments: list[str]) -> int:
    """Exit status 1 where something lacks a translation."""
    further: dict[str, dict[str, tuple[str, ...]]] = {code: {} for code in TRANSLATED}
    if "--from" in arguments:
        source = Path(arguments[arguments.index("--from") + 1])
        if source.suffix == ".po":
            code, found = of_catalogue(source)
            further[code] |= found
        else:
            for line in source.read_text(encoding="utf-8").splitlines():
                row = json.loads(line)
                for code in TRANSLATED:
                    if code in row:
                        further[code][row["en"]] = (row[code],) if isinstance(row[code], str) else tuple(row[code])
    for code in TRANSLATED:
        if "--write" in arguments or "--from" in arguments:
            write(code, written(code, further[code]))
        for message in missing(code):
            forms = " / ".join(json.dumps(text, ensure_ascii=False) for text in (message.one, message.several) if text)
            print(f"{code}: no translation: {forms} ({message.where[0]})")
        for text in obsolete(code):
            print(f"{code}: said no longer: {json.dumps(text, ensure_ascii=False)}")
        print(f"{code}: {len(missing(code))} without a translation")
    return 1 if any(missing(code) or obsolete(code) for code in TRANSLATED) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
