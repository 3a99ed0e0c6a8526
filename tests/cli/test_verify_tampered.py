"""A plan that was changed in its file is refused, wherever it was changed; odd values never break the program."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from commands import EASY, Cli
from tampering import OLD, VERIFIED, changed_at, leaves, put, refused

from optimizer.answers.form.envelope import digest_of
from optimizer.answers.readback.check import check
from optimizer.catalogue import Catalogue

CLAIMS = ("settled", "assumptions", "outputs", "messages")
"""What a file says of its question."""


def other(value: Any) -> Any:
    """Another value of the same kind, as like as a forger would choose it."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return round(value * 1.001 + 0.01, 6)
    if isinstance(value, str):
        return str(int(value) - 1) if value.isdigit() else f"{value}x"
    return 1


def tampered_unseen(command: Cli, frozen: Catalogue, folder: Path, *, every: bool) -> list[str]:
    """The places of answers whose value can be changed unseen: each place of the plan itself, of the rest one for each
    name (entry 7 of a list is read as entry 0 is), of the second and third answer what the first has not;
    ``every``: all of all."""
    known: set[tuple[Any, ...]] = set()
    accepted = []
    for kind in ("rented", "bought", "mixed"):
        command("plan", *VERIFIED[kind], "--json", "-o", "plan.json")
        told = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
        for path, value in leaves({name: told[name] for name in CLAIMS}):
            place = tuple("" if isinstance(part, int) else part for part in path)
            if path[:3] == ("outputs", "plan", "items"):
                place = (kind, *path)
            # a file may come from another version of the solver; its digest is over the name
            if path[-1] == "solver" or (place in known and not every):
                continue
            known.add(place)
            for changed in (other(value), None)[: 2 if kind == "rented" and value is not None else 1]:
                try:
                    if not refused(put(told, path, changed), frozen):
                        accepted.append(f"{'.'.join(map(str, path))}: {changed}")
                except Exception as error:
                    accepted.append(f"{'.'.join(map(str, path))}: {type(error).__name__}")
    return accepted


@pytest.mark.usefixtures("once")
def test_verify_refuses_every_tampered_value(command: Cli, frozen: Catalogue, tmp_path: Path) -> None:
    """Any value of the file, with its digest worked out again: figures, law, proof, gap, savings, words, other plans;
    with another value, and in the first kind (which has every field of a plan) with none.

    "Every value is the same" would be untrue of one that can be changed unseen.
    """
    assert tampered_unseen(command, frozen, tmp_path, every=False) == []


@pytest.mark.campaign
@pytest.mark.usefixtures("once")
def test_verify_refuses_every_tampered_value_of_every_list(command: Cli, frozen: Catalogue, tmp_path: Path) -> None:
    """The same with every entry of every list, in all three answers."""
    assert tampered_unseen(command, frozen, tmp_path, every=True) == []


def test_every_change_shows_in_the_digest(command: Cli, frozen: Catalogue, tmp_path: Path) -> None:
    """Any value at all that was changed by hand, the digest too; the same values written otherwise are no change."""
    command("plan", *VERIFIED["rented"], "--json", "-o", "plan.json")
    told = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    unseen = []
    for path, value in leaves(told):
        changed = changed_at(told, path, other(value))
        changed["digest"] = told["digest"] if path != ("digest",) else "0" * 64
        if changed["digest"] == digest_of(changed):
            unseen.append(path)
    assert unseen == []
    by_hand = json.dumps({**told, "messages": ["all is well"]})
    assert "changed after it was written" in str(check(by_hand, "x", frozen).wrong)
    turned = json.dumps(dict(reversed(told.items())), indent=7).replace("1.0,", "1,")
    assert check(turned, "x", frozen).wrong == ()
    del told["digest"]
    assert refused(json.dumps(told), frozen)


ODD: tuple[Any, ...] = (-1, 0, 1.5, "", "x", None, [], {}, 10**400, "9" * 500, "1/0", True)


def broken_by_odd_values(command: Cli, catalogue: Catalogue, folder: Path, each: int) -> list[str]:
    """Put odd values into the places of a plan and its inputs, ``each`` of them in every place, another one first in
    each; where that ends in anything but a refusal in words."""
    command("plan", *EASY, "--json", "-o", "plan.json")
    told = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    plan = ("outputs", "plan")
    places = [path for path, _ in leaves(told["outputs"]["plan"], plan)] + [(*plan, "items"), (*plan, "limits")]
    places += [("inputs", name) for name in ("max_mw", "deadline_days", "country", "supply", "unknown")]
    broke = []
    for i, path in enumerate(places):
        for k in range(each):
            value = ODD[(i + k * len(ODD) // each) % len(ODD)]
            try:
                refused(put(told, path, value), catalogue)
            except Exception as error:
                broke.append(f"{'.'.join(map(str, path))} {value!r}: {type(error).__name__}: {str(error)[:60]}"[:300])
    return broke


@pytest.mark.usefixtures("once")
def test_verify_never_breaks_down(command: Cli, frozen: Catalogue, tmp_path: Path) -> None:
    """Whatever stands in the place of a value of the plan or the inputs: a refusal in words, no traceback. Four odd
    values in every place; all twelve are a campaign."""
    assert broken_by_odd_values(command, frozen, tmp_path, 4) == []


@pytest.mark.campaign
def test_verify_never_breaks_down_over_any_odd_value(command: Cli, frozen: Catalogue, tmp_path: Path) -> None:
    """The same with every odd value in every place."""
    assert broken_by_odd_values(command, frozen, tmp_path, len(ODD)) == []


def of_shared_plan(told: Any) -> list[tuple[tuple[Any, ...], Any]]:
    """Every figure and word of the shared plan of a consortium's answer, but those about its proof."""
    places = leaves(told["outputs"]["shared"], ("outputs", "shared"))
    return [(path, value) for path, value in places if path[2] != "proof" and value is not None]


def test_verify_refuses_every_tampered_figure_of_a_consortium(frozen: Catalogue) -> None:
    """The named costs of a site too, which are rounded together: read back, they must not be rounded again."""
    told = json.loads((OLD / "consortium.json").read_text(encoding="utf-8"))
    places = of_shared_plan(told)
    assert len(places) > 80
    assert [path for path, value in places if not refused(put(told, path, other(value)), frozen)] == []


def test_verify_never_breaks_down_over_a_consortium(frozen: Catalogue) -> None:
    """An odd value in any place of its plans, any odd value in that of its inputs: a refusal in words."""
    told = json.loads((OLD / "consortium.json").read_text(encoding="utf-8"))
    places = [path for path, _ in of_shared_plan(told)] + [("outputs", "shared", "sites"), ("outputs", "alone")]
    odd = [(path, ODD[i % len(ODD)]) for i, path in enumerate(places)]
    odd += [(("inputs", name), value) for name in ("run", "total", "efficiency", "sites") for value in ODD]
    for path, value in odd:
        try:
            refused(put(told, path, value), frozen)
        except Exception as error:
            pytest.fail(f"{'.'.join(map(str, path))} {value!r}: {type(error).__name__}: {error}"[:300])
