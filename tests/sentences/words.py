"""Pack the words of every language again: ``python -m tests.sentences.words``, after ``words.txt`` was changed."""

from __future__ import annotations

import json
from pathlib import Path

from optimizer.question.languages import WORDS
from optimizer.question.word_files import packed_words


def folders() -> list[Path]:
    """The folders of the languages."""
    return sorted(folder for folder in WORDS.iterdir() if (folder / "words.txt").is_file())


def packed_text(folder: Path) -> str:
    """What ``words.json`` of a language should be."""
    data = packed_words((folder / "words.txt").read_bytes())
    return json.dumps(data, ensure_ascii=False, indent=0) + "\n"


if __name__ == "__main__":
    for folder in folders():
        (folder / "words.json").write_text(packed_text(folder), encoding="utf-8")
        print(f"{folder.name}: {(folder / 'words.json').stat().st_size:,} bytes")
