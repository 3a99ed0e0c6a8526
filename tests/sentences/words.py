"""Pack the words of every language again: ``python -m tests.sentences.words``, after ``words.txt`` was changed."""

from __future__ import annotations

import json
from pathlib import Path

from optimizer.question.vocabulary.phrases import WORDS
from optimizer.question.vocabulary.word_files import packed_words


def folders() -> list[Path]:
    """The folders of the languages."""
    return sorted(folder for folder in WORDS.iterdir() if (folder / "words.txt").is_file())


def packed_text(folder: Path) -> dict[str, str]:
    """What the packed files of a language should be: name -> text."""
    head, phrases = packed_words((folder / "words.txt").read_bytes())
    return {"words.json": json.dumps(head, ensure_ascii=False, indent=0) + "\n", "phrases.txt": phrases}


if __name__ == "__main__":
    for folder in folders():
        for name, text in packed_text(folder).items():
            (folder / name).write_bytes(text.encode("utf-8"))
            print(f"{folder.name}/{name}: {(folder / name).stat().st_size:,} bytes")
