"""One reader of names: what people write for countries and accelerators, in a flag, a file and a question alike."""

from __future__ import annotations

import datetime
import unicodedata

import pytest

from optimizer.answers.form.ground_words import ground_text
from optimizer.case.setting import settle
from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.errors import DataError, InputError
from optimizer.insight import answer
from optimizer.plans.outcome import Plan
from optimizer.question import read
from optimizer.service.case_text import read_case

TODAY = "2026-11-29"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("BRA", "BR"),
        ("kor", "KR"),
        (unicodedata.normalize("NFD", "México"), "MX"),
        ("Mexico", "MX"),
        ("U. S. A.", "US"),
        ("SOUTH-KOREA", "KR"),
        ("south  korea", "KR"),
        ("Southkorea", "KR"),
        ("Viet-Nam", "VN"),
        ("Korea, Republic of", "KR"),
        ("espana", "ES"),
        ("Republica Dominicana", "DO"),
        ("B.R.", "BR"),
        ("turkiye", "TR"),
    ],
)
def test_a_country_as_people_write_it(live: Catalogue, written: str, code: str) -> None:
    """Every spelling is the country; the wrong outcome is "is not a known country" for a name that anybody can read."""
    assert live.find("country", written) == code


def test_every_country_by_its_codes_and_plain_letters(live: Catalogue) -> None:
    """Of every country in the data both codes and its name without accents, in capitals and decomposed, are read; the
    name of Guinea alone is that of others too."""
    assert [code for code, row in live.countries.items() if live.sharing("country", row.name)] == ["GN"]
    for code, row in live.countries.items():
        if code == "GN":
            assert live.find("country", row.iso3) == code
            continue
        plain = "".join(c for c in unicodedata.normalize("NFKD", row.name) if not unicodedata.combining(c))
        for written in (row.iso3, row.iso3.lower(), plain.upper(), unicodedata.normalize("NFD", row.name)):
            assert live.find("country", written) == code, written


@pytest.mark.parametrize(
    ("written", "chip"),
    [
        ("H100-SXM", "h100_sxm5_80"),
        ("V100-32GB", "v100_sxm2_32"),
        ("tpu-v5p", "tpu_v5p"),
        ("TPU v5p", "tpu_v5p"),
        ("NVIDIA H100 80GB HBM3", "h100_sxm5_80"),
        ("NVIDIA A100-SXM4-80GB", "a100_sxm4_80"),
        ("Tesla V100-SXM2-32GB", "v100_sxm2_32"),
        ("H100-80GB-PCIe", "h100_pcie_80"),
        ("AMD Instinct MI300X", "mi300x"),
        ("MI300X-192GB", "mi300x"),
        ("B200-180GB", "b200_sxm_180"),
        ("Gaudi-3", "gaudi3"),
        ("NVIDIA GeForce RTX 4090", "rtx4090"),
    ],
)
def test_an_accelerator_as_vendors_and_shops_write_it(live: Catalogue, written: str, chip: str) -> None:
    """Names of nvidia-smi, of shops and of papers are read; the wrong outcome is a refusal, or another chip."""
    assert live.find("accelerator", written) == chip


@pytest.mark.parametrize(
    ("written", "makers"),
    [("NVIDIA", {"NVIDIA"}), ("amd", {"AMD"}), ("Google", {"Google"}), ("Hopper", {"NVIDIA"}), ("CDNA3", {"AMD"})],
)
def test_a_maker_or_a_generation_is_all_its_accelerators(live: Catalogue, written: str, makers: set[str]) -> None:
    """``--use NVIDIA`` was refused with three chips of NVIDIA, though a question in words reads it."""
    asked = settle(Case(country="BR", use=(written,)), live).case.use
    told = [chip.id for chip in live.accelerators.values() if chip.vendor in makers]
    assert {live.accelerators[key].vendor for key in asked} == makers
    assert list(asked) == told if written.upper() in {maker.upper() for maker in makers} else len(asked) >= 2


@pytest.mark.parametrize("written", ["48GB", "80", "A100-PCIE-40GB", "h20 0", "sxm", "x" * 100_000, "\u0301"])
def test_a_name_that_could_be_several_or_none_is_refused(live: Catalogue, written: str) -> None:
    """Leniency never guesses: a memory size alone, or a chip that the data do not have, is no accelerator."""
    with pytest.raises(DataError, match="is not a known accelerator"):
        live.find("accelerator", written)


def test_names_of_three_letters_in_a_question_count_in_capitals(live: Catalogue) -> None:
    """BRA is Brazil in a question; "per" and "and" stay words, though PER and AND are codes of countries."""
    reading = read("cheapest plan in BRA under 1 MW in 120 days", live, datetime.date(2026, 11, 29))
    assert reading.case.country == "BR"
    other = read("cheapest plan under 1 MW and 120 days", live, datetime.date(2026, 11, 29))
    assert other.case.country is None


def test_a_family_in_supply_is_all_its_forms_together(live: Catalogue) -> None:
    """At most 64 A100 never rents 504 of another form; a mix gets no 64 of each form either."""
    for mix in ("1", "2"):
        typed = {"supply": "a100=64", "use": "a100", "mix": mix, "tokens_t": "0.02", "country": "BR"}
        case = read_case({**typed, "params_total_b": "7"}, live, TODAY)
        plan = answer(case, live).outcome
        assert isinstance(plan, Plan)
        assert 0 < sum(item.accelerators for item in plan.items) <= 64
        assert any(str(use.limit) == "supply:a100" and use.bound == 64 for use in plan.limits)


def test_a_family_in_a_flag_is_settled_as_the_family(live: Catalogue) -> None:
    """However it is written; the wrong outcome is one form of the chip."""
    typed = read_case({"supply": "A100=64"}, live, TODAY)
    assert settle(typed, live).case.supply == (("a100", 64),)


def test_owned_hardware_without_a_form_says_which_was_taken(live: Catalogue) -> None:
    """What stands in a hall has one form: the one taken is said, with the others; of TPU none can be taken."""
    case = read_case({"owned": "a100=64"}, live, TODAY)
    setting = settle(case, live)
    assert dict(setting.case.owned) == {"a100_sxm4_80": 64}
    taken = next(assumed for assumed in setting.assumed if assumed.field == "owned")
    assert taken.value == "a100_sxm4_80=64" and "a100_pcie_80" in ground_text(taken.why)
    with pytest.raises(InputError, match="tpu"):
        read_case({"owned": "tpu=64"}, live, TODAY)


def test_a_family_and_one_of_its_forms_may_both_be_limited(live: Catalogue) -> None:
    """Both limits hold: 32 of one form, 64 of all forms."""
    case = Case(supply={"A100": 64, "A100 PCIe": 32}, country="brazil")
    assert dict(settle(case, live).case.supply) == {"a100": 64, "a100_pcie_80": 32}
