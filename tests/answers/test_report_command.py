"""The report to forward: one case with all that stands behind it, or a file of plans with its ranking and countries."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from commands import Cli, one_message

from optimizer.answers.comparisons.ranking import composition_words
from optimizer.catalogue import Catalogue

pytestmark = pytest.mark.usefixtures("inline")

pytest.importorskip("jinja2")
pytest.importorskip("matplotlib")

CASE = ("--country", "BR", "--max-mw", "0.6", "--deadline", "90d")
CASES = "case_id,country,max_mw,deadline_days\none,BR,0.6,90\ntwo,MX,0.6,90\nsmall,BR,0.01,90\nbad,BR,1 MV,90\n"


def headings(page: str) -> list[str]:
    return re.findall(r"<h2[^>]*>([^<]*)</h2>", page)


def test_the_report_of_a_case_has_every_part(command: Cli) -> None:
    """Decision, costs, limits, odds, both trade-offs, what moves the cost, alternatives, grounds, sources, proof.

    A part that is missing would be asked for by whoever gets the file, who cannot run the program.
    """
    assert command("report", *CASE, "-q", "-o", "r.html").status == 0
    page = Path("r.html").read_text(encoding="utf-8")
    parts = headings(page)
    for part in ("Cost", "Limits", "Trade-off: cost against days", "By generation", "Assumed", "Proof"):
        assert part in parts, part
    assert "varied alone" in page and parts[-1] == "Figures and their sources"
    assert parts.index("Proof") > parts.index("By generation"), "what it rests on comes last"
    assert page.count("<svg") >= 3 and "<script" not in page and len(page) < 2_000_000
    shown = command("plan", *CASE, "-q").out
    assert set(re.findall(r"\$[0-9]{1,3}(?:,[0-9]{3})+", shown)) <= set(re.findall(r"\$[0-9,]+[0-9]", page))


def test_a_case_in_a_file_is_the_case_in_flags(command: Cli) -> None:
    """A cases file with one row, and the JSON of a plan, give the report of the flags."""
    Path("case.csv").write_text("country,max_mw,deadline_days\nBR,0.6,90\n", encoding="utf-8")
    assert command("plan", *CASE, "--json", "-q", "-o", "plan.json").status == 0
    wanted = command("report", *CASE, "-q", "--csv").out
    assert command("report", "plan.json", "-q", "--csv").out == wanted
    assert command("report", "case.csv", "-q", "--csv").out == wanted


def test_where_there_is_no_plan_the_report_says_what_would_do(command: Cli) -> None:
    """Status 3 as everywhere, and what would be enough; no trade-off of plans that do not exist."""
    done = command("report", "--country", "BR", "--max-mw", "0.01", "--deadline", "90d", "-q", "--md")
    assert done.status == 3 and "is enough" in done.out and "Trade-off" not in done.out


def test_a_mix_or_a_confidence_says_what_its_parts_are(command: Cli) -> None:
    """The parts beside the plan are for one kind of server: said, not left out in silence."""
    done = command("report", *CASE, "--mix", "2", "-q", "--md")
    assert done.status == 0 and "for one kind of server" in done.out and "Trade-off" in done.out


@pytest.mark.parametrize("name", ["plans.csv", "plans.jsonl"])
def test_the_report_of_plans(command: Cli, name: str) -> None:
    """Best, ranking, one row a country, what binds, why some have none, the sources: from the file alone."""
    Path("cases.csv").write_text(CASES, encoding="utf-8")
    assert command("batch", "cases.csv", "-o", name, "-q", "--workers", "1").status == 6
    done = command("report", name, "-q", "-o", "r.html")
    page = Path("r.html").read_text(encoding="utf-8")
    assert done.status == 0
    assert headings(page) == [
        *(
            "By country",
            "Ranking",
            "What binds",
            "Without a plan",
            "Assumed",
            "Sources of the figures in the plans",
            "Proof",
        )
    ]
    assert "Brazil" in page and "Mexico" in page and "small (Brazil)" in page and "rent 248 H100" in page
    ranked = json.loads(command("report", name, "-q", "--json").out)["outputs"]
    assert [row["case_id"] for row in ranked[:2]] == [
        row["case_id"] for row in json.loads(command("rank", name, "-q", "--json").out)["outputs"][:2]
    ]


def test_what_cannot_be_reported_is_said(command: Cli) -> None:
    """Flags beside a file, a file of several cases, one that is not there: one message each, and what to do."""
    Path("cases.csv").write_text(CASES, encoding="utf-8")
    assert "with optimizer batch" in one_message(command("report", "cases.csv", "-q"))
    assert "give a file or flags" in one_message(command("report", "cases.csv", "--max-mw", "1", "-q"))
    assert "cannot be read" in one_message(command("report", "none.csv", "-q"))
    assert "--by" in one_message(command("report", *CASE, "--by", "days", "-q"))
    Path("x.json").write_text("[1]", encoding="utf-8")
    assert "--json" in one_message(command("report", "x.json", "-q"))


def test_a_composition_in_words(frozen: Catalogue) -> None:
    """The name of an accelerator in place of its id; what is no composition is shown as it is."""
    chip = frozen.accelerators["h100"].name
    words = composition_words("248xh100/fp8/rent+8xa100/bf16/own", frozen)
    assert words == f"rent 248 {chip} in FP8 and own 8 {frozen.accelerators['a100'].name} in BF16"
    assert composition_words("strange", frozen) == "strange"
