"""Wrong inputs in every language: what is said is said in it, and in no library's words."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from commands import Cli
from worlds import LIVE

DATA = ["--data", str(LIVE)]
WRONG = (
    *(
        "frontier",
        "frontier cost",
        "why-not",
        "tipping",
        "consortium",
        "verify",
        "rank",
        "plann",
        "data shw BR",
        "data",
    ),
    *("plan --max-mvv 1", "plan --objective cheap", "plan --max-mw NaN", "plan --max-mw inf", "plan --max-mw -1"),
    *("plan --max-mw", "plan --mix abc", "plan --mix 1e99", "frontier cost days --points 1", "plan --json=1"),
    *("frontier cost days --points x", "consortium BR=1 MX=1 --time-limit nan", "consortium BR=1 --time-limit -1"),
    *(
        "plan --json --csv",
        "plan Kenya Uganda",
        "plan --country KE --country UG",
        "plan --country ''",
        "batch none.csv",
    ),
    *(
        "batch folder",
        "batch empty.csv",
        "batch binary.csv",
        "batch utf16.csv",
        "plan -o folder",
        "plan -o none/x.json",
    ),
    *("plan -o x.foo", "plan --csv-for xx", "plan --csv --columns nope", "plan --data none", "plan --pack none.toml"),
    *("plan --pack binary.csv", "verify none.json", "verify folder", "verify empty.csv", "verify cells.csv"),
    *(
        "rank empty.csv",
        "rank cells.csv",
        "consortium none.toml",
        "data list nothing",
        "data show",
        "data show nothing",
    ),
    *("law", "law h100 Narnia", "reproduce x", "sensitivity --draws 0", "sensitivity --seed -1", "sweep cut.toml"),
    *("sensitivity --range pue", "tipping pue --from x", "serve --port 99999999", "sweep", "sweep --country BR,"),
    *("guide nothing", "compare", "report none.csv", "explain KE=0.5 TZ=0.5", "tipping carbon", "frontier cost max_mw"),
)
FOREIGN = re.compile(r"x[<>]=?|<=x|Expecting|tokenizing|\(char|Errno|codec|'\[|value for --|dictionary")
"""What is of click, of Python or of pandas, and of no reader."""


@pytest.fixture(autouse=True)
def files(command: Cli) -> None:
    Path("folder").mkdir()
    Path("empty.csv").touch()
    Path("binary.csv").write_bytes(bytes(range(256)))
    Path("utf16.csv").write_bytes("case_id,country\na,BR\n".encode("utf-16"))
    Path("cells.csv").write_text("case_id,status\na,plan\nb,plan,3\n", encoding="utf-8")
    Path("cut.toml").write_text("a = [", encoding="utf-8")


@pytest.mark.parametrize("words", WRONG)
def test_what_is_wrong_is_said_in_every_language(command: Cli, words: str) -> None:
    """Of 70 wrong inputs a few were in English wherever they were made: what a library says, a warning, a range."""
    typed = shlex.split(words)
    if typed[0] not in ("guide", "plann") and "--data" not in typed and typed != ["data"]:
        typed += DATA
    said = {
        code: command(*typed, *(() if typed[-1] == "--max-mw" else ("--lang", code))) for code in ("en", "es", "pt")
    }
    lines = {}
    for code, ran in said.items():
        assert ran.status in (2, 4) and ran.out == "" and "Traceback" not in ran.err, ran
        assert FOREIGN.search(ran.err) is None, ran.err
        lines[code] = [line for line in ran.err.splitlines() if re.match("Erro|  ", line)]
        lines[code] = [line.partition(": ")[2] for line in lines[code]]
    assert not [line for code in ("es", "pt") for line in lines[code] if line and line in lines["en"]], lines


def test_a_warning_is_in_the_language_too(command: Cli) -> None:
    """That a file is not UTF-8 was said in English."""
    Path("latin.csv").write_bytes("case_id,country,note\na,M\xe9xico,x\n".replace("note", "_note").encode("cp1252"))
    for code, words in (("en", "not UTF-8, read as"), ("es", "no es UTF-8"), ("pt", "não é UTF-8")):
        assert words in command("batch", "latin.csv", "--lang", code, *DATA).err


def test_what_a_consortium_assumes_is_in_words(command: Cli) -> None:
    """ "Pressupõe-se: workload deepseek-v3-10t; objective cost; basis upfront"."""
    run = ("--tokens-t", "2", "--deadline", "90d", "--lang", "pt", *DATA)  # more tokens have no plan, which takes long
    plan = command("plan", *run).err
    told = command("consortium", "BR=0.4", "MX=0.4", *run).err
    assert "objective" not in told and "basis" not in told
    shared = {part.strip() for part in plan.partition(": ")[2].split(";")}
    assert len(shared & {part.strip() for part in told.partition(": ")[2].split(";")}) > 5
