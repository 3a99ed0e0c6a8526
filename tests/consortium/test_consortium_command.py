"""optimizer consortium: words, files, flags, card, JSON, CSV, and what is refused."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import jsonschema
import pytest
from commands import Cli, one_message
from worlds import LIVE

from optimizer.answers.form.envelope import schema_of
from optimizer.service import REGISTER

pytestmark = pytest.mark.usefixtures("few_draws")
DRAWS = 60
FILE = """
[run]
deadline_days = 60
[total]
budget_usd = 20_000_000
[[site]]
name = "North"
country = "BR"
max_mw = 0.3
share = 0.6
[[site.phase]]
from_day = 20
max_mw = 0.5
[[site]]
name = "South"
country = "MX"
max_mw = 0.5
share = 0.4
"""


def test_words_make_a_card(command: Cli) -> None:
    """The decision in a screen, and what is behind it with --full. Wrong: a hundred lines, as there were."""
    words = ("consortium", "BR=0.3", "MX=0.4", "--deadline", "60d")
    ran, full = command(*words), command(*words, "--full")
    assert ran.status == 0, ran.err
    for part in ("Consortium · 2 sites", "Does sharing pay?", "Who does what", "Who pays what", "Limits"):
        assert part in ran.out and part in full.out
    for part in ("Each site alone", "Export control", "Proof"):
        assert part not in ran.out and part in full.out
    assert "--full" in ran.out and len(ran.out.splitlines()) < 40
    assert "Assuming: " in ran.err and "mix 4; lead BR" in ran.err


def test_json_is_of_its_schema_and_adds_up(command: Cli) -> None:
    schema = schema_of(REGISTER["consortium"].outputs_types())
    ran = command("consortium", "BR=0.3", "MX=0.4", "--deadline", "60d", "--json", "-q")
    told = json.loads(ran.out)
    jsonschema.validate(told, schema)
    assert ran.err == ""
    outputs = told["outputs"]
    plan = outputs[outputs["best"]]
    assert plan["cost_usd"] == pytest.approx(
        sum(site["cost_usd"] for site in plan["sites"]) + plan["team_usd"], abs=0.02
    )
    assert sum(site["work_share"] for site in plan["sites"]) == pytest.approx(1, abs=1e-5)
    for rule in ("host", "equal"):
        paid = sum(bill["pays_usd"][rule] for bill in outputs["bills"])
        assert paid == pytest.approx(plan["cost_usd"], abs=0.02)
    assert told["inputs"]["sites"][0]["max_mw"] == "0.3" and set(told["settled"]) == {"BR", "MX"}


def test_a_plan_file_is_verified_without_a_solver(
    command: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it is; and with any one figure, count or site told otherwise."""
    (tmp_path / "c.toml").write_text(FILE, encoding="utf-8")
    assert command("consortium", "c.toml", "--json", "-q", "-o", "c.json").status == 0
    monkeypatch.setattr("optimizer.solve.highs.solve", None)
    ran = command("verify", "c.json")
    assert ran.status == 0 and "The plan is confirmed" in ran.out
    told = json.loads((tmp_path / "c.json").read_text(encoding="utf-8"))
    plan = told["outputs"][told["outputs"]["best"]]
    item = plan["sites"][0]["items"][0]
    for place, key, value in (
        (plan, "cost_usd", plan["cost_usd"] - 0.01),
        (plan, "days", plan["days"] - 1),
        (plan["sites"][0], "peak_mw", plan["sites"][0]["peak_mw"] * 0.9),
        (item["server"], "servers", item["server"]["servers"] + 1),
        (item["server"], "server_days_exact", "1/3"),
        (told["inputs"]["sites"][0], "max_mw", "0.01"),
        (told["settled"]["North"], "country", "MX"),
    ):
        before, place[key] = place[key], value
        (tmp_path / "wrong.json").write_text(json.dumps(told), encoding="utf-8")
        ran = command("verify", "wrong.json")
        assert ran.status == 4 and "Wrong: " in ran.out and "The plan is confirmed" not in ran.out, (key, ran.out)
        place[key] = before
    del told["inputs"]["sites"]
    (tmp_path / "wrong.json").write_text(json.dumps(told), encoding="utf-8")
    assert "has inputs that cannot be read" in one_message(command("verify", "wrong.json"))


def test_the_law_and_the_estimates_of_every_site_are_told(command: Cli) -> None:
    """What a licence is needed for and which inputs are estimates, of each site that is used, as for a plan of one
    site. Without them a consortium's plan passed for lawful in silence."""
    words = ("consortium", "VN=0.3", "DE=0.3", "--deadline", "80d", "--procurement", "buy", "-q")
    told = json.loads(command(*words, "--json").out)
    plan = told["outputs"][told["outputs"]["best"]]
    used = [(site, item["server"]) for site in plan["sites"] for item in site["items"]]
    assert {site["country"] for site, _ in used} == {"VN", "DE"}
    for words_of_law in ("to Viet Nam: 3A090.a, licence required", "to Germany: 3A090.a, no licence"):
        assert any(words_of_law in message for message in told["messages"]), told["messages"]
    figures = {figure["name"]: figure for figure in told["provenance"]["figures"]}
    for _, server in used:
        assert any(name.endswith(f"{server['accelerator']} price") for name in figures)
    # the tariffs differ, so that each bears its site's name; the life of a server does not
    assert {"VN: electricity_usd_per_kwh", "DE: electricity_usd_per_kwh", "spare_ratio"} <= figures.keys()
    assert "the export licence" in command(*words).out  # among what to check first
    card = command(*words, "--full").out
    assert "Export control" in card and "licence required" in card
    rows = list(csv.DictReader(io.StringIO(command(*words, "--csv").out)))
    assert ("VN", "approval") in {(row["country"], row["policy"]) for row in rows}
    assert {row["policy"] for row in rows if row["country"] == "DE"} == {"free"}


def test_what_depends_on_the_buyer_and_estimates_of_the_shipped_data(command: Cli) -> None:
    words = ("consortium", "VN=0.3", "AE=1", "--deadline", "120d", "--procurement", "buy", "-q", "--data", str(LIVE))
    run = ("--workload", "llama-3.1-8b", "--use", "h100_sxm5_80")
    assert "UAE_A5: " in command(*words, *run).out  # among what to check first
    card = command(*words, *run, "--full").out
    assert "UAE_A5: " in card and "Estimates among the inputs" in card and "electricity" in card


def test_lead_time_is_told(command: Cli) -> None:
    words = ("consortium", "VN=0.3", "DE=0.3", "--deadline", "220d", "--deadline-from", "order", "--procurement", "buy")
    ran = command(*words, "--json", "-q")
    outputs = json.loads(ran.out)["outputs"]
    lead = outputs[outputs["best"]]["lead_days"]
    assert lead > 0
    assert f"after {lead} days for delivery and licence" in " ".join(command(*words, "-q").out.split())


def test_a_gain_is_told_in_what_is_minimised(command: Cli) -> None:
    """Fewer days are what sharing gains under that objective; only the money was told."""
    words = ("consortium", "BR=0.5", "DE=0.5", "--deadline", "150d", "--objective", "days", "-q")
    outputs = json.loads(command(*words, "--json").out)["outputs"]
    fewer = outputs["one_site"]["days"] - outputs["shared"]["days"]
    assert fewer > 0 and f"together {fewer} days less, for $" in " ".join(command(*words).out.split())


def test_the_same_question_gives_the_same_bytes(command: Cli) -> None:
    words = ("consortium", "BR=0.3", "MX=0.4", "--deadline", "60d", "--json", "-q")
    assert command(*words).out == command(*words).out


def test_a_file_with_phases_totals_and_shares(command: Cli, tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text(FILE, encoding="utf-8")
    ran = command("consortium", "c.toml", "--json", "-q")
    assert ran.status == 0, ran.err
    outputs = json.loads(ran.out)["outputs"]
    plan = outputs[outputs["best"]]
    limits = {limit["name"]: limit for limit in plan["limits"]}
    assert limits["budget"]["bound"] == 20_000_000
    assert all(limit["used"] <= limit["bound"] for limit in limits.values())
    shares = {bill["site"]: bill["pays_usd"]["agreed"] / plan["cost_usd"] for bill in outputs["bills"]}
    assert shares == pytest.approx({"North": 0.6, "South": 0.4}, abs=1e-6)


def test_flags_go_over_the_file(command: Cli, tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text(FILE, encoding="utf-8")
    ran = command("consortium", "c.toml", "--deadline", "90d", "--budget", "15M", "--json", "-q")
    told = json.loads(ran.out)["inputs"]
    assert told["run"]["deadline_days"] == 90 and told["total"]["budget_usd"] == "15000000"


def test_a_csv_file_of_sites(command: Cli, tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("name,country,max_mw,share\nNorth,BR,0.3,0.5\n,MX,0.4,0.5\n", encoding="utf-8")
    ran = command("consortium", "c.csv", "--deadline", "60d", "--csv", "-q")
    assert ran.status == 0, ran.err
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert {row["site"] for row in rows} <= {"North", "MX"} and rows
    assert len({row["total_cost_usd"] for row in rows}) == 1


def test_csv_goes_into_a_file_with_its_metadata(command: Cli, tmp_path: Path) -> None:
    ran = command("consortium", "BR=0.3", "MX=0.4", "--deadline", "60d", "--csv", "-o", "plan.csv")
    assert ran.status == 0 and "plan.metadata.json" in ran.err
    about = json.loads((tmp_path / "plan.metadata.json").read_text(encoding="utf-8"))
    assert "site_work_share" in json.dumps(about)


def test_infeasible_is_an_answer(command: Cli) -> None:
    """In every form: a row a site says why, and that no single change would do (eight accelerators in 20 kW)."""
    words = ("consortium", "BR=0.01", "MX=0.01", "--deadline", "20d", "--total-accelerators", "8", "-q")
    ran = command(*words)
    assert ran.status == 3
    assert "No plan, neither at one site nor over several. This has been proven." in ran.out
    assert "no single change is enough: at least two limits must change" in ran.out
    told = list(csv.DictReader(io.StringIO(command(*words, "--csv").out)))
    assert list(told[0]) == list(REGISTER["consortium"].row_types()[0].model_fields)
    assert [(row["site"], row["status"], row["cause"]) for row in told] == [
        ("BR", "infeasible", "limits"),
        ("MX", "infeasible", "limits"),
    ]
    assert all(row["reason"].endswith("no single change is enough") for row in told)
    outputs = json.loads(command(*words, "--json").out)["outputs"]
    assert outputs["status"] == "infeasible" and outputs["best"] is None and outputs["bills"] == []
    assert outputs["cause"] == "limits" and outputs["concessions"] == []


def test_its_steps_are_told_on_a_terminal_alone(command: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each site by itself, then all together: it may take minutes. A file of stderr, or --quiet, has none of them."""
    words = ("consortium", "BR=0.3", "MX=0.4", "--deadline", "60d")
    assert "by itself" not in command(*words).err
    monkeypatch.setattr("optimizer.cli.commands.wants_progress", lambda: True)
    steps = command(*words).err.splitlines()[:3]
    assert steps == ["  BR by itself", "  MX by itself", "  2 sites together"]
    assert command(*words, "-q").err == ""


def test_one_site_has_nobody_to_share_with(command: Cli) -> None:
    ran = command("consortium", "BR=1", "--deadline", "90d", "-q", "--full")
    assert ran.status == 0 and "BR alone for" in ran.out
    assert "one site only: no other site to share with" in ran.out


def test_a_consortium_is_verified_from_its_file(command: Cli, tmp_path: Path) -> None:
    """verify reads the plans back, with phases, totals and shares, and sees whatever is told otherwise."""
    (tmp_path / "c.toml").write_text(FILE, encoding="utf-8")
    assert command("consortium", "c.toml", "--json", "-q", "-o", "c.json").status == 0
    ran = command("verify", "c.json")
    assert ran.status == 0 and "The plan is confirmed" in ran.out, ran.err
    told = json.loads((tmp_path / "c.json").read_text(encoding="utf-8"))
    plan = told["outputs"]["shared"]

    def wrong_with(**changes: object) -> str:
        changed = {**told, "outputs": {**told["outputs"], "shared": {**plan, **changes}}}
        (tmp_path / "wrong.json").write_text(json.dumps(changed), encoding="utf-8")
        again = command("verify", "wrong.json")
        assert again.status == 4 and "Traceback" not in again.err and "The plan is confirmed" not in again.out
        return " ".join((again.err + again.out).split())

    assert "cost_usd is reported as" in wrong_with(cost_usd=plan["cost_usd"] - 0.01)
    assert "peak_mw is reported as" in wrong_with(peak_mw=plan["peak_mw"] / 2)
    assert "works on more days than the run has" in wrong_with(days=plan["days"] - 15)
    site = plan["sites"][0]
    item = site["items"][0]
    more = {**item, "server": {**item["server"], "servers": item["server"]["servers"] * 9}}
    assert "breaks a limit" in wrong_with(sites=[{**site, "items": [more]}, *plan["sites"][1:]])
    other = {**item, "server": {**item["server"], "accelerator": "nope"}}
    assert "is not an option of the consortium" in wrong_with(sites=[{**site, "items": [other]}, *plan["sites"][1:]])
    assert "cannot be combined" in wrong_with(sites=[{**site, "site": "Elsewhere"}])
    assert "has no servers" in wrong_with(sites=[{**site, "items": []}, *plan["sites"][1:]])
    assert "does not complete the training" in wrong_with(
        sites=[
            {**site, "items": [{**item, "server": {**item["server"], "server_days_exact": "1"}}]},
            *plan["sites"][1:],
        ]
    )
    for inputs in ({}, {**told["inputs"], "sites": "x"}, {**told["inputs"], "efficiency": "x"}, {"sites": [1]}):
        (tmp_path / "wrong.json").write_text(json.dumps({**told, "inputs": inputs}), encoding="utf-8")
        again = command("verify", "wrong.json")
        assert again.status == 4 and "Traceback" not in again.err and "inputs" in again.err


BAD_FILE = """
efficiency = "x"
[run]
budget_usd = 3
[total]
cash = 4
[[site]]
country = "BR"
max_mw = "1.500"
share = 2
[[site.phase]]
from_day = 0
max_mww = 2
"""


def test_all_that_is_wrong_with_a_file_at_once(command: Cli, tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text(BAD_FILE, encoding="utf-8")
    ran = command("consortium", "bad.toml")
    assert ran.status == 4
    told = one_message(ran)
    for part in (
        "bad.toml efficiency",
        "bad.toml run.budget_usd: is a limit on all sites together; write it under [total]",
        "bad.toml total.cash: is not a key of this table",
        'bad.toml site[1].max_mw "1.500": could be 1.5 or 1500',
        'bad.toml site[1].share "2"',
        'bad.toml site[1].phase[1].from_day "0"',
        "bad.toml site[1].phase[1].max_mww: is not a key of this table",
    ):
        assert part in told, told


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("name,country,mw\nA,BR,1\n", "c.csv:1 mw: is not a column of a site"),
        ("name,country,max_mw\nA,BR,x\n", 'c.csv:2 max_mw "x": must be a number'),
        ("name,country,share\nA,BR,0.5\nB,MX,0.4\n", "must be given and add up to 1"),
        ("name,country\nA,BR\nA,MX\n", "is the name of more than one site"),
        ("name,country\nA,ZZ\nB,MX\n", 'site A country "ZZ": is not a known country'),
    ],
)
def test_what_is_wrong_with_a_csv_file(command: Cli, tmp_path: Path, text: str, rule: str) -> None:
    (tmp_path / "c.csv").write_text(text, encoding="utf-8")
    ran = command("consortium", "c.csv")
    assert ran.status == 4 and rule in one_message(ran)


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        (["BR=x", "MX"], 'BR=x.max_mw "x"'),
        (["BR", "ZZ"], 'country "ZZ"'),
        (["BR", "MX", "--mix", "1"], "must be 2 or more"),
        (["BR", "MX", "--distributed-efficiency", "2"], "above 0 and at most 1"),
        (["BR", "MX", "--distributed-efficiency", "x"], "--distributed-efficiency"),
        (["BR", "MX", "--total-tpp", "0"], "--total-tpp"),
        (["BR", "MX", "--total-supply", "nope=3"], "nope"),
        (["BR", "MX", "--time-limit", "0"], "--time-limit"),
        (["BR", "MX", "--deadline", "soon"], "--deadline"),
        (["sites.toml", "MX=1"], '"sites.toml" is a file of sites and must be the only argument'),
    ],
)
def test_what_is_wrong_with_words_and_flags(command: Cli, words: list[str], rule: str) -> None:
    ran = command("consortium", *words)
    assert ran.status == 2 and rule in ran.err and "Traceback" not in ran.err, ran.err


def test_what_is_wrong_for_every_site_is_told_once(command: Cli) -> None:
    ran = command("consortium", "BR", "MX", "VN", "--use", "nope")
    assert ran.status == 2 and ran.err.count('--use "nope"') == 1


def test_what_each_site_has_is_not_taken_for_what_all_have(command: Cli) -> None:
    """--owned of a consortium of two is twice that: 64 at each."""
    words = ("consortium", "BR=0.3", "MX=0.4", "--deadline", "90d", "-q")
    told = "this limit applies to each site separately, not to all together: owned"
    assert told in " ".join(command(*words, "--owned", "h100=64").out.split())
    assert "each of the sites has it" not in " ".join(command(*words).out.split())


def test_a_country_that_was_taken_by_default_is_said(command: Cli, tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("name,country,max_mw\nNorth,,0.3\nSouth,MX,0.4\n", encoding="utf-8")
    ran = command("consortium", "c.csv", "--deadline", "60d", "-q")
    assert "no country was given for North: Brazil is assumed" in ran.out


def test_the_help_has_examples(command: Cli) -> None:
    ran = command("consortium", "--help")
    assert ran.status == 0 and "optimizer consortium BR=0.5 MX=0.5 AR=1" in ran.out and "sites.toml" in ran.out


def test_a_first_site_without_a_wage_is_named(command: Cli) -> None:
    """Its wages pay the team. Wrong: the country alone, as if the case had no sites."""
    ran = command("consortium", "VA=0.5", "MX=0.5", "--deadline", "200d", "--data", str(LIVE))
    assert 'site "VA"' in one_message(ran) and "--wage" in ran.err


@pytest.mark.parametrize("words", ["BR=0.5,MX=400kW", "BR=0.5MW;MX=0.4", "BR,MX=0.4"])
def test_sites_in_one_word_are_told_apart_by_blanks(command: Cli, words: str) -> None:
    """One message with what to write; wrong: a site of the name BR=0.5,MX=400kW whose limit has an odd unit."""
    told = command("consortium", words, "--deadline", "150d")
    assert told.status == 2 and "has several sites; write BR" in one_message(told) and " MX=" in told.err
