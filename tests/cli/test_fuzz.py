"""Everything that people can feed to the program, at random: no traceback, and no reading that takes a second."""

from __future__ import annotations

import datetime
import io
import json
import random
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from worlds import FROZEN

from optimizer.answers.plan.row import COLUMNS
from optimizer.answers.readback.check import check
from optimizer.batch.cases import entry_of, read_cases
from optimizer.batch.run import run
from optimizer.batch.source import lines_of
from optimizer.batch.sweep.axes import SPECS
from optimizer.batch.sweep.reading import read_sweep
from optimizer.catalogue import Catalogue, load_catalogue
from optimizer.catalogue.hours_file import read_year
from optimizer.catalogue.tables import decode, parse_toml
from optimizer.consortium.read import from_file
from optimizer.domain import Case
from optimizer.domain.case import FEED_FIELDS
from optimizer.errors import OptimizerError, Problem
from optimizer.question import read
from optimizer.render.csv import csv_lines
from optimizer.service import REGISTER
from optimizer.service.case_text import read_case
from optimizer.service.register import Asked

TODAY = "2026-11-29"
MOST_S = {"compare": 10.0, "report": 10.0}
"""Most processor seconds; these two solve what they can read. All else only reads, and may take one second. What takes
longer is fed twice more: a busy machine is slow now and then, a reader that grows with the square always."""
OLD = Path(__file__).parents[1] / "version_1" / "plan.json"
FIELDS = [name for name in Case.model_fields if name != "case_id"]
WORDS = [
    *("BR", "BRA", "brasil", "México", "h100", "H100-SXM", "a100=64", "h100;a100", "1", "150.0", "1.500", "1,5"),
    *("1e25", "-1", "0", "nan", "inf", "1e999", "9" * 50, "120d", "2027", "2027-03-31", "2027-13-45", "5M", "$5M"),
    *("16%", "1 MW", "500 kW", "none", "all", "1:5:1", "1:9:0", "dense", "moe", "MoE", "cost", "rent", "fp8", "BF16"),
    *("true", "yes", "", "\x1b[31m", "\u202e", "\x00", "\ud800", "é" * 30, "x" * 3000, '"', "'", ";", "=", "=x", ","),
    *("\n", "\r\n", "\t", "{", "[", "under", "at most", "in", "cheapest plan", "fastest", "without", "we own", "by"),
    *("tokens", "70B", "llama-3.1-8b", "%"),
]


def word(dice: random.Random) -> str:
    """A word that somebody may type, or two of them run together, or noise."""
    if dice.random() < 0.1:
        return "".join(chr(dice.choice((dice.randrange(32, 127), dice.randrange(0x2FF), 0x1F600))) for _ in range(9))
    return dice.choice(WORDS) + (dice.choice(WORDS) if dice.random() < 0.2 else "")


def mutated(text: str, dice: random.Random) -> str:
    """A text with some of it left out, doubled, or replaced by a word."""
    for _ in range(dice.randrange(1, 5)):
        begin = dice.randrange(len(text) + 1)
        end = min(len(text), begin + dice.choice((0, 1, 2, 10, 100)))
        text = text[:begin] + dice.choice((word(dice), "", text[begin:end] * 2)) + text[end:]
    return text


def encoded(text: str, dice: random.Random) -> bytes:
    """As bytes, of which one may be any."""
    raw = bytearray(text.encode("utf-8", "surrogatepass"))
    if raw and dice.random() < 0.2:
        raw[dice.randrange(len(raw))] = dice.randrange(256)
    return bytes(raw)


def cases(kind: str, raw: bytes) -> None:
    """Every line of a file of cases, to the case or its problems."""
    for line in lines_of(io.StringIO(decode(raw, "cases", []), newline=""), kind, "cases"):
        entry = entry_of(line)
        assert entry.case is not None or all(isinstance(problem, Problem) for problem in entry.problems)


def csv_file(dice: random.Random) -> bytes:
    """A file of cases, nearly right."""
    columns = dice.sample(FIELDS, 3)
    rows = [",".join(word(dice) for _ in range(dice.choice((2, 3, 4)))) for _ in range(4)]
    return encoded(mutated("\n".join(["case_id," + ",".join(columns), *(f"a{row}" for row in rows)]), dice), dice)


def json_file(dice: random.Random) -> bytes:
    """Cases in JSON Lines, nearly right."""
    values = (word(dice), dice.random(), dice.randrange(10**6), None, True, [word(dice)], {word(dice): 3})
    lines = [json.dumps({name: dice.choice(values) for name in dice.sample(FIELDS, 3)}) for _ in range(3)]
    return encoded(mutated("\n".join(lines), dice), dice)


PACK = '[country]\nid = "BR"\npue = 1.3\n[[tax_regime]]\nregime = "x"\nis_default = true\nvat = 0.1\n[[offer]]\n'
SITES = 'efficiency = 0.9\n[run]\ndeadline_days = 90\n[total]\nmax_tpp = 1e7\n[[site]]\ncountry = "BR"\nshare = 0.5\n'
STUDY = 'name = "x"\n[axes]\ncountry = ["BR", "MX"]\nmax_mw = "1:3:1"\n[[scenario]]\nname = "y"\npue = 1.2\n'
SENTENCE = "cheapest plan under 1 MW and $5M in Brazil within 120 days with at most 512 H100, without renting"


HOURS = "hour,pv,grid\n" + "".join(f"{hour},0.{hour % 10},1\n" for hour in range(8760))
"""A year of one's own, as short as it may be."""


def asked(name: str, frozen: Catalogue, **own: object) -> Callable[[], object]:
    """A question that needs no solver, with values of its own."""
    return lambda: REGISTER[name].answer(Asked(frozen, own, {}, TODAY))


def of_commands(
    folder: Path, frozen: Catalogue, dice: random.Random
) -> Iterator[tuple[str, str, Callable[[], object]]]:
    """What the newer commands take: what feeds a site, files of plans, names."""
    flags: dict[str, object] = {name: word(dice) for name in dice.sample(FEED_FIELDS, dice.randrange(1, 4))}
    yield "feed", repr(flags), lambda: read_case(flags, frozen, TODAY)
    if dice.random() < 0.05:  # a year has 8,760 lines
        year = folder / "hours.csv"
        year.write_bytes(encoded(mutated(HOURS, dice), dice))
        yield "hours", "a year", lambda: read_year(year)
    plans = folder / "plans.csv"
    plans.write_bytes(encoded(mutated(_plans(frozen), dice), dice))
    by, within, top = (
        dice.choice((None, word(dice), "cost_usd")),
        (word(dice),) * dice.randrange(2),
        dice.choice((None, 2)),
    )
    if dice.random() < 0.4:  # it takes ten times as long as what reads a line
        own = asked("rank", frozen, plans=str(plans), by=by, within=within, top=top)
        yield "rank", plans.read_bytes()[-300:].hex(), own
    if dice.random() < 0.3:
        yield "report", plans.read_bytes()[-300:].hex(), asked("report", frozen, file=str(plans), by=by)
        one = folder / dice.choice(("one.csv", "one.jsonl", "one.json"))
        one.write_bytes(OLD.read_bytes() if one.suffix == ".json" else csv_file(dice))
        one.write_bytes(encoded(mutated(one.read_text(encoding="utf-8", errors="replace"), dice), dice))
        yield "report", one.read_bytes()[:300].hex(), asked("report", frozen, file=str(one), by=None)
    if dice.random() < 0.3:
        axes: dict[str, object] = {name: (word(dice), word(dice)) for name in dice.sample([*SPECS], 1)}
        region = dice.choice((None, None, "Mercosur", word(dice)))
        fixed: dict[str, object] = {name: word(dice) for name in dice.sample([*SPECS], dice.randrange(2))}
        question = Asked(frozen, {"region": region}, {"max_mw": (0.5,), **fixed, **axes}, TODAY)
        yield "compare", repr((region, fixed, axes)), lambda: REGISTER["compare"].answer(question)
    said = [word(dice) for _ in range(3)]
    yield "law", repr(said), asked("law", frozen, accelerator=said[0], country=said[1], date=None, rules=said[2])
    yield (
        "data show",
        repr(said),
        asked("data show", frozen, names=(dice.choice(("mfu", "tax", "rent", said[0])), said[1])),
    )


@cache
def _plans(frozen: Catalogue) -> str:
    """A file of plans, as batch writes it."""
    rows = run(read_cases("case_id,max_mw,country\na,0.6,BR\nb,2,MX\nc,0.1,MX\n", "cases.csv"), frozen)
    return "".join(csv_lines(rows, COLUMNS))


def inputs(folder: Path, frozen: Catalogue, dice: random.Random) -> Iterator[tuple[str, str, Callable[[], object]]]:
    """Without end: the name of a reader, what is fed to it, and the call."""
    day = datetime.date.fromisoformat(TODAY)
    file, old = folder / "own.toml", OLD.read_text(encoding="utf-8")
    while True:
        raw = csv_file(dice)
        yield "csv", repr(raw), lambda raw=raw: cases("csv", raw)
        raw = json_file(dice)
        yield "jsonl", repr(raw), lambda raw=raw: cases("jsonl", raw)
        for name, text, call in (
            ("pack", PACK, lambda: load_catalogue(FROZEN, [file])),
            ("toml", STUDY, lambda: parse_toml(file.read_bytes(), "own.toml")),
            ("sites", SITES, lambda: from_file(file, {}, {}, None)),
            ("study", STUDY, lambda: read_sweep(file, {}, frozen, TODAY)),
        ):
            if name == "pack" and dice.random() < 0.9:  # it reads all tables again
                continue
            changed = encoded(mutated(text, dice), dice)
            file.write_bytes(changed)
            yield name, repr(changed), call
        said = mutated(SENTENCE, dice)
        yield "ask", repr(said), lambda said=said: read(said, frozen, day)
        for _ in range(4):
            flags = {name: word(dice) for name in dice.sample([*FIELDS, "case_id"], dice.randrange(1, 4))}
            yield "flags", repr(flags), lambda flags=flags: read_case(flags, frozen, TODAY)
        axes = {name: (word(dice),) for name in dice.sample([*SPECS], 2)}
        yield "axes", repr(axes), lambda axes=axes: read_sweep(None, axes, frozen, TODAY)
        for kind in ("country", "accelerator", "workload"):
            name = word(dice)
            yield kind, repr(name), lambda kind=kind, name=name: frozen.find(kind, name)
        yield from of_commands(folder, frozen, dice)
        if dice.random() < 0.1:
            answer = mutated(old, dice)
            yield "verify", f"{len(answer)} characters", lambda answer=answer: check(answer, "x.json", frozen)


def feed(count: int, seed: int, folder: Path, frozen: Catalogue) -> list[str]:
    """What went wrong with so many inputs."""
    wrong = []
    for (name, shown, call), _ in zip(inputs(folder, frozen, random.Random(seed)), range(count), strict=False):
        most_s = MOST_S.get(name, 1.0)
        try:
            taken_s = seconds_of(call)
            if taken_s > most_s:
                taken_s = min(taken_s, seconds_of(call), seconds_of(call))
        except Exception as error:
            wrong.append(f"{name} {shown[:300]}: {type(error).__name__}: {str(error)[:200]}")
            continue
        if taken_s > most_s:
            wrong.append(f"{name} {shown[:300]}: {taken_s:.1f} s")
    return wrong


def seconds_of(call: Callable[[], object]) -> float:
    """The processor time of a call that may refuse what it is given in words; any other error is the caller's."""
    begun = time.process_time()
    try:
        call()
    except OptimizerError as error:
        str(error)
    return time.process_time() - begun


def test_what_is_always_slow_is_found(tmp_path: Path, frozen: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that takes too long each time is named; one that did so once is not: else the test below is blind, or
    fails on a busy machine."""
    clock = iter(range(0, 10**6, 2))  # every call takes two seconds
    monkeypatch.setattr(time, "process_time", lambda: next(clock))
    slow = feed(30, 1, tmp_path, frozen)
    assert slow and all(line.endswith(": 2.0 s") for line in slow)
    once = iter([0, 2, *[2] * 10**6])
    monkeypatch.setattr(time, "process_time", lambda: next(once))
    assert feed(30, 1, tmp_path, frozen) == []


def test_odd_inputs(tmp_path: Path, frozen: Catalogue) -> None:
    """1,000 inputs over every reader: each is read or refused in words, at once."""
    assert feed(1_000, 1, tmp_path, frozen) == []


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(10))
def test_many_odd_inputs(tmp_path: Path, frozen: Catalogue, seed: int) -> None:
    """100,000 inputs in all."""
    assert feed(10_000, 100 + seed, tmp_path, frozen) == []
