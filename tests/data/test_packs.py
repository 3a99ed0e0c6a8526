"""Country packs: a country of one's own in one TOML file."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from optimizer.answers.plan.explain_words import fault_words
from optimizer.case.setting import settle
from optimizer.catalogue import load_catalogue
from optimizer.catalogue.country_packs import MAX_PACK_BYTES
from optimizer.cli import run
from optimizer.domain import Case
from optimizer.domain.reasons import By, Cause, Reason, ReasonKind
from optimizer.errors import DataError
from optimizer.insight.why_not import WhyNot, why_not
from optimizer.options.cost import landed_factor
from optimizer.plans.outcome import Plan
from optimizer.solve.planner import plan, prepare

HERE = Path(__file__).parents[1]
FROZEN = HERE / "catalogue"

ATLANTIS = """
[country]
id = "XA"
iso3 = "XAA"
name = "Atlantis"
aliases = ["Atlantean"]
region = "Sea"
income_group = "HIC"
electricity_usd_per_kwh = 0.05
grid_carbon_g_per_kwh = 20
pue = 1.25
colocation_usd_per_kw_month = 73
engineer_usd_per_year = 36_500
cost_of_capital = 0.1
as_of = 2026-01-01
estimates = ["pue"]

[[tax_regime]]
regime = "standard"
is_default = true
duty = 0.25
excise = 0
contribution = 0
inside_tax = 0
vat = 0.2
vat_recoverable = 0.5

[[offer]]
accelerator = "h100 sxm"
provider = "Atlantis Cloud"
usd_per_hour = 2.75

[[group]]
group = "B"
"""


def pack(tmp_path: Path, text: str, name: str = "pack.toml") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def problems_of(tmp_path: Path, text: str, folder: Path = FROZEN) -> list[str]:
    with pytest.raises(DataError) as caught:
        load_catalogue(folder, [pack(tmp_path, text)])
    return [str(problem) for problem in caught.value.problems]


# --- the law of a country that no rule names ------------------------------------------------------------------------


def test_a_country_in_no_group_is_out_by_the_law(tmp_path: Path) -> None:
    """27 accelerators that no rule clears, with prices and offers: that is the law's doing, and other rules would help.

    It said "what is in the way is what can be had", as two functions looked for different words of one sentence.
    """
    text = ATLANTIS.replace('[[group]]\ngroup = "B"\n', "")
    assert text != ATLANTIS
    catalogue = load_catalogue(None, [pack(tmp_path, text)])
    found = why_not(Case(country="XA", deadline_days=200), catalogue)
    assert isinstance(found, WhyNot) and found.outcome.cause is Cause.LAW
    barred = [one for one in found.excluded if one.reason == Reason(ReasonKind.NO_RULE)]
    assert len(barred) > 20 and all(one.by is By.LAW for one in barred)
    assert fault_words(found).startswith("the obstacle is the export rules, not power, time or budget: under ")
    assert any(row.plan is not None for row in found.rules)


# --- taxes by date --------------------------------------------------------------------------------------------------


def test_rows_that_hold_on_one_day_are_refused(tmp_path: Path) -> None:
    """Two regimes of one name, or two defaults, on the same day: the answer would depend on the order of rows."""
    tax = "excise = 0\ncontribution = 0\ninside_tax = 0\nvat = 0\nvat_recoverable = 0\nduty = 0\n"
    row = f'[[tax_regime]]\nregime = "a"\nis_default = true\n{tax}'
    head = '[country]\nid = "BR"\n'
    assert problems_of(tmp_path, head + row + row) == ['pack.toml regime "BR/a": is in force twice on one day']
    other = row.replace('"a"', '"b"')
    assert problems_of(tmp_path, head + row + other) == ['pack.toml regime "BR/b": is a default, and so is a']
    early, late = row + 'effective_to = "2025-12-31"\n', row + "effective_from = 2026-01-01\n"
    assert load_catalogue(FROZEN, [pack(tmp_path, head + early + late)])
    backwards = row + 'effective_from = "2026-01-02"\neffective_to = "2026-01-01"\n'
    assert any("must not be before effective_from" in p for p in problems_of(tmp_path, head + backwards))


# --- a country of one's own -----------------------------------------------------------------------------------------


def test_a_new_country_is_planned_for(tmp_path: Path) -> None:
    """Atlantis: PUE 1.25, so 15 kW peak a server of H100; landed 1.25 x (1 + 0.2 x 0.5) = 1.375 x 346,500 USD."""
    known = load_catalogue(FROZEN, [pack(tmp_path, ATLANTIS)])
    table = prepare(Case(country="atlantean", workload="moe-10k"), known).table
    place = [o.key.procurement for o in table.options if o.key.accelerator == "h100"]
    assert set(place) == {"buy", "rent"}
    for option, peak, landed in zip(table.options, table.peak_kw, table.server_usd, strict=True):
        if option.key.accelerator == "h100":
            assert peak == pytest.approx(15)
            if option.key.procurement == "buy" and option.bracket.min_devices == 1:
                assert landed == pytest.approx(346_500 * 1.375)
    found = plan(Case(country="XA", workload="moe-10k"), known)
    assert isinstance(found, Plan)
    assert found.setting.country.source == "given by the user (pack.toml)"
    assert known.countries["XA"].is_estimate("pue")
    assert known.hire[("XA", "h100")].usd_per_hour == Decimal("2.75")


def test_a_known_country_is_changed_where_the_pack_says_so(tmp_path: Path) -> None:
    """Only the tariff: the rest stays, its source too, and the tariff is no estimate any more."""
    text = '[country]\nid = "BR"\nelectricity_usd_per_kwh = 0.07\nsource = "an offer"\nas_of = 2026-11-02\n'
    known, before = load_catalogue(packs=[pack(tmp_path, text)]), load_catalogue()
    brazil, was = known.countries["BR"], before.countries["BR"]
    assert brazil.electricity_usd_per_kwh == Decimal("0.07")
    assert brazil.electricity_low_usd_per_kwh is None and was.electricity_low_usd_per_kwh is not None
    assert (brazil.electricity_as_of, brazil.as_of) == ("2026-11-02", "2026-11-02")
    assert brazil.source_of("electricity_usd_per_kwh") == "an offer"
    assert brazil.source_of("grid_carbon_g_per_kwh") == was.source_of("grid_carbon_g_per_kwh")
    assert was.is_estimate("electricity_usd_per_kwh") and not brazil.is_estimate("electricity_usd_per_kwh")
    assert brazil.is_estimate("pue") and brazil.pue == was.pue
    assert {c: r for c, r in known.countries.items() if c != "BR"} == {
        c: r for c, r in before.countries.items() if c != "BR"
    }
    assert known.tax_regimes == before.tax_regimes and known.offers == before.offers


def test_a_carbon_of_ones_own_is_without_the_range_and_the_year_of_the_one_before(tmp_path: Path) -> None:
    """The range of the figure replaced would be drawn, or refused as out of order, and 2022 shown as its date."""
    text = '[country]\nid = "CF"\ngrid_carbon_g_per_kwh = 90\nsource = "a ministry"\nas_of = 2026-11-02\n'
    known = load_catalogue(packs=[pack(tmp_path, text)]).countries["CF"]
    assert known.range_of("grid_carbon_g_per_kwh") is None and not known.is_estimate("grid_carbon_g_per_kwh")
    assert known.date_of("grid_carbon_g_per_kwh") == "2026-11-02"


def test_a_regime_of_ones_own_becomes_the_default(tmp_path: Path) -> None:
    """The standing default steps back but stays to be named; its namesake is replaced, all its dated rows."""
    tax = "excise = 0\ncontribution = 0\ninside_tax = 0\nvat = 0\nvat_recoverable = 0\n"
    head = '[country]\nid = "BR"\n[[tax_regime]]\nis_default = true\nduty = 0.01\n' + tax
    port = load_catalogue(packs=[pack(tmp_path, head + 'regime = "port"\n')])
    assert landed_factor(settle(Case(country="BR"), port).tax) == pytest.approx(1.01)
    assert landed_factor(settle(Case(country="BR", tax_regime="standard"), port).tax) == pytest.approx(1.506, abs=1e-3)
    own = load_catalogue(packs=[pack(tmp_path, head + 'regime = "standard"\n')])
    for day in ("2026-11-22", "2027-06-01"):
        assert landed_factor(settle(Case(country="BR", date=day), own).tax) == pytest.approx(1.01)


def test_groups_that_are_given_are_all_of_the_countrys(tmp_path: Path) -> None:
    """Brazil moved to D:1 for the sake of the question: a licence, no longer free."""
    from optimizer.reference.law import law_answer

    known = load_catalogue(packs=[pack(tmp_path, '[country]\nid = "BR"\n[[group]]\ngroup = "D:1"\n')])
    assert [r.rule for r in law_answer(known, "h100", "BR").routes] == ["LIC_D1_D4"]


def test_a_later_pack_goes_over_an_earlier_one(tmp_path: Path) -> None:
    """And each counts for the digest, in its order."""
    one = pack(tmp_path, '[country]\nid = "BR"\npue = 1.2\ncost_of_capital = 0.2\n', "one.toml")
    two = pack(tmp_path, '[country]\nid = "BR"\npue = 1.3\n', "two.toml")
    both, turned = load_catalogue(FROZEN, [one, two]), load_catalogue(FROZEN, [two, one])
    assert (both.countries["BR"].pue, both.countries["BR"].cost_of_capital) == (Decimal("1.3"), Decimal("0.2"))
    assert turned.countries["BR"].pue == Decimal("1.2")
    digests = {load_catalogue(FROZEN, some).digest for some in ([], [one], [two], [one, two], [two, one])}
    assert len(digests) == 5
    assert both.packs == ("one.toml", "two.toml")


def test_every_problem_is_told_at_once_with_file_and_key(tmp_path: Path) -> None:
    """Nothing of it is planned with."""
    told = problems_of(
        tmp_path,
        """
        colour = "red"
        [country]
        id = "BR"
        pue = 0.9
        elektricity = 3
        cost_of_capital = true
        [[tax_regime]]
        regime = "zone"
        duty = "much"
        [[offer]]
        accelerator = "h1000"
        usd_per_hour = "maybe"
        [[offer]]
        accelerator = "h1001"
        provider = "Atlantis Cloud"
        usd_per_hour = 2
        [[group]]
        group = "D9"
        [hires]
        """,
    )
    assert all(problem.startswith("pack.toml") for problem in told)
    for words in (
        *(
            "colour: is not a table of a pack; known: [country], [[tax_regime]], [[offer]], [[group]]",
            "hires: is not a table",
        ),
        *('country.pue "0.9": must be greater', "country.elektricity: is not a key of this table"),
        *(
            'country.cost_of_capital "True"',
            'tax_regime[1].duty "much": must be a number',
            "tax_regime[1].vat: must not",
        ),
        *(
            'offer[1].usd_per_hour "maybe"',
            'accelerator "h1001": is not known',
            'group "D9": is named by no licence rule',
        ),
    ):
        assert any(words in problem for problem in told), (words, told)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("[country", "is not readable TOML"),
        ("a = " + "[" * 3_000, "is nested too deeply"),
        ("a" + ".a" * 100_000 + " = 1", "must be at most 4,000 characters a line"),
        ("x = 1", "needs a table [country] with an id such as BR"),
        ('country = "BR"', "needs a table [country] with an id such as BR"),
        ("[country]\nid = 7", "needs a table [country] with an id such as BR"),
        ('offer = 3\n[country]\nid = "BR"', "offer: must be a list of tables: write [[offer]]"),
        ('offer = [3]\n[country]\nid = "BR"', "offer[1]: must be a table"),
        ('[country]\nid = "XA"', "country.iso3: must not be empty"),
        ('[country]\nid = "Brazil"', 'country.id "Brazil": must be two capital letters'),
        ('[country]\nid = "BR"\npue = nan', 'country.pue "NaN"'),
        ('[country]\nid = "BR"\npue = inf', "country.pue"),
        (ATLANTIS.split("[[tax_regime]]")[0], 'tax_regime "XA": needs one [[tax_regime]] with is_default = true'),
        ('[country]\nid = "MX"\naliases = ["Brazil"]', 'aliases "brazil": is a name of both'),
        ('[country]\nid = "BR"\ncurrency = "XXX"', 'currency "XXX": is not in fx.csv'),
        ("#" * (MAX_PACK_BYTES + 1), "must be at most 256 KiB"),
    ],
)
def test_a_pack_that_cannot_be_used(tmp_path: Path, text: str, words: str) -> None:
    """One message each, with what would mend it."""
    assert any(words in problem for problem in problems_of(tmp_path, text))


def test_a_pack_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status 4, as for other bad data; /dev/zero is cut off, not read to the end of memory."""
    assert run(["plan", "--pack", str(tmp_path / "nowhere.toml")]) == 4
    assert "nowhere.toml: cannot be read" in capsys.readouterr().err
    assert run(["plan", "--pack", str(tmp_path)]) == 4
    if Path("/dev/zero").exists():
        assert run(["data", "show", "BR", "--pack", "/dev/zero"]) == 4


# --- on the command line --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ["ask", "cheapest plan in Atlantis for moe-10k", "-q"],
        ["plan", "--country", "XA", "-q"],
        ["options", "--country", "Atlantis"],
        ["law", "h100", "Atlantis"],
        ["data", "show", "Atlantis"],
    ],
)
def test_the_flag_on_every_command_that_needs_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    """The pack's country is known by code and name; without the pack it is not."""
    path = str(pack(tmp_path, ATLANTIS))
    assert run([*arguments, "--data", str(FROZEN), "--pack", path]) == 0
    assert capsys.readouterr().out
    assert run([*arguments, "--data", str(FROZEN)]) in (2, 4)


def test_a_batch_and_a_verified_plan_with_a_pack(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A plan made with a pack is verified with the same pack."""
    path = str(pack(tmp_path, ATLANTIS))
    cases = pack(tmp_path, "case_id,country\na,XA\nb,BR\n", "cases.csv")
    own = ["--data", str(FROZEN), "--pack", path]
    assert run(["batch", str(cases), "-q", *own]) == 0
    assert [line.split(",")[1] for line in capsys.readouterr().out.splitlines()[1:]] == ["plan", "plan"]
    plan_file = tmp_path / "plan.json"
    assert run(["plan", "--country", "XA", "--json", "-q", "-o", str(plan_file), *own]) == 0
    capsys.readouterr()
    assert run(["verify", str(plan_file), *own]) == 0
    assert "The plan is confirmed" in capsys.readouterr().out
    assert run(["verify", str(plan_file), "--data", str(FROZEN)]) != 0


def test_the_example_of_the_guide(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is read, it changes the plan's tariff and tax, and its source is told."""
    guide = (HERE.parent / "optimizer" / "guide" / "data.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml pack.toml\n(\[country\].*?)```", guide, re.DOTALL)
    known = load_catalogue(packs=[pack(tmp_path, example)])
    setting = settle(Case(), known)
    assert (setting.country.id, str(setting.country.electricity_usd_per_kwh)) == ("BR", "0.07")
    assert setting.tax.regime == "port"
    assert landed_factor(setting.tax) == pytest.approx(1 / 0.83)
    assert setting.figures["electricity_usd_per_kwh"].source.startswith("a supplier's offer")
    assert not setting.figures["electricity_usd_per_kwh"].is_estimate
