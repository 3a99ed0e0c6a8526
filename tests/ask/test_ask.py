"""What the question reader understands: sentence -> fields of the case."""

from __future__ import annotations

import shlex
import string
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from ask_names import NAMES, TODAY, ask

from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.question import QuestionError, read
from optimizer.question.vocabulary.languages import languages
from optimizer.question.vocabulary.phrases import Meaning, key_of

UNDERSTOOD: list[tuple[str, dict[str, Any]]] = [
    ("cheapest plan under 1 MW in 120 days", {"objective": "cost", "max_mw": "1", "deadline_days": 120}),
    # Objectives
    ("lowest cost", {"objective": "cost"}),
    ("least expensive", {"objective": "cost"}),
    ("minimise the total cost", {"objective": "cost"}),
    ("fastest", {"objective": "days"}),
    ("the shortest training time", {"objective": "days"}),
    ("quickest way", {"objective": "days"}),
    ("fewest days", {"objective": "days"}),
    ("lowest peak power", {"objective": "peak_power"}),
    ("smallest MW", {"objective": "peak_power"}),
    ("least energy", {"objective": "energy"}),
    ("lowest-carbon plan", {"objective": "carbon"}),
    ("greenest", {"objective": "carbon"}),
    ("least CO2", {"objective": "carbon"}),
    ("lowest amortised cost", {"objective": "cost", "basis": "amortised"}),
    # Power
    ("under 1 MW", {"max_mw": "1"}),
    ("below 250 kW", {"max_mw": "0.25"}),
    ("at most 0.1 MW", {"max_mw": "0.1"}),
    ("up to 1.5 GW", {"max_mw": "1500"}),
    ("not more than 500 watts", {"max_mw": "0.0005"}),
    ("max 1 MW", {"max_mw": "1"}),
    ("a 1-MW grid limit", {"max_mw": "1"}),
    ("power <= 1 MW", {"max_mw": "1"}),
    ("grid limit of at most 1 megawatt", {"max_mw": "1"}),
    ("under two MW", {"max_mw": "2"}),
    ("under 1,500,000 W", {"max_mw": "1.5"}),
    ("under 1 MW and at most 1000 kW", {"max_mw": "1"}),
    # Time
    ("in 120 days", {"deadline_days": 120}),
    ("within 4 months", {"deadline_days": 120}),
    ("in 17 weeks", {"deadline_days": 119}),
    ("120-day plan", {"deadline_days": 120}),
    ("120d", {"deadline_days": 120}),
    ("deadline: 2 years", {"deadline_days": 730}),
    ("in 48 hours", {"deadline_days": 2}),
    ("in 120 days or less", {"deadline_days": 120}),
    ("by 2027-03-31", {"deadline_days": 129, "deadline_from": "order"}),
    ("by 31 March 2027", {"deadline_days": 129, "deadline_from": "order"}),
    ("by the 31st of March 2027", {"deadline_days": 129, "deadline_from": "order"}),
    ("by March 31, 2027", {"deadline_days": 129, "deadline_from": "order"}),
    ("before 1 April 2027", {"deadline_days": 129, "deadline_from": "order"}),
    ("before June 2027", {"deadline_days": 190, "deadline_from": "order"}),
    ("by the end of June 2027", {"deadline_days": 220, "deadline_from": "order"}),
    ("by 5 May 2027", {"deadline_days": 164, "deadline_from": "order"}),
    ("before 2028", {"deadline_days": 404, "deadline_from": "order"}),
    ("by 2027-03-31 from the start of training", {"deadline_days": 129, "deadline_from": "training"}),
    ("in 120 days from order", {"deadline_days": 120, "deadline_from": "order"}),
    ("in 120 days counting from the order", {"deadline_days": 120, "deadline_from": "order"}),
    ("in 120 days including delivery", {"deadline_days": 120, "deadline_from": "order"}),
    # Money
    ("under $5M", {"budget_usd": "5000000"}),
    ("USD 5 million", {"budget_usd": "5000000"}),
    ("5 million dollars", {"budget_usd": "5000000"}),
    ("budget of 5,000,000 USD", {"budget_usd": "5000000"}),
    ("within a budget of at most $2.5bn", {"budget_usd": "2500000000"}),
    ("US$5m", {"budget_usd": "5000000"}),
    ("a $5M budget", {"budget_usd": "5000000"}),
    # Compute
    ("under 26.9 million TPP", {"max_tpp": "26900000"}),
    ("cap of 1700 H100 equivalents", {"max_tpp": "26913040"}),
    ("at most 1.7k H100e", {"max_tpp": "26913040"}),
    ("export cap of 100 A100 equivalents", {"max_tpp": "499200"}),
    ("under 1e25 FLOP", {"max_training_flop": "1e25"}),
    # By the habit of English, a comma makes groups of thousands.
    ("under 1,500 kW", {"max_mw": "1.5"}),
    ("cap of 1,700 H100 equivalents", {"max_tpp": "26913040"}),
    ("under 1.500.000 W", {"max_mw": "1.5"}),
    ("budget of 5 million", {"budget_usd": "5000000"}),
    # A month is meant to its end, and this is said.
    ("by June 2027", {"deadline_days": 220, "deadline_from": "order"}),
    ("by 31/03/2027", {"deadline_days": 129, "deadline_from": "order"}),
    # Misspelt in one way only, where the reading cannot change what is planned.
    ("chepest plan", {"objective": "cost"}),
    ("best plan", {}),
    ("anything but H100", {"avoid": ("h100_sxm5_80",)}),
    # Names
    ("in Brazil", {"country": "BR"}),
    ("for Mexico", {"country": "MX"}),
    ("a Brazilian site", {"country": "BR"}),
    ("South Africa's cheapest plan", {"country": "ZA", "objective": "cost"}),
    ("in Türkiye", {"country": "TR"}),
    ("in BR", {"country": "BR"}),
    ("in NO", {"country": "NO"}),
    ("cheapest in IN in 120 days", {"country": "IN", "objective": "cost", "deadline_days": 120}),
    ("cheapest in the U.S.", {"country": "US", "objective": "cost"}),
    ("for DeepSeek-V3", {"workload": "deepseek-v3"}),
    ("train deepseek v3 10t", {"workload": "deepseek-v3-10t"}),
    ("train Llama 3.1 70B", {"workload": "llama-3.1-70b"}),
    ("train Llama 3.1 on 20T tokens", {"workload": "llama-3.1-405b", "tokens_t": "20"}),
    ("a 10T model", {"workload": "deepseek-v3-10t"}),
    # Own workloads
    (
        "a 70B model on 15T tokens",
        {"params_total_b": "70", "params_active_b": "70", "tokens_t": "15", "architecture": "dense"},
    ),
    (
        "a 671B model with 37B active parameters on 10T tokens",
        {"params_total_b": "671", "params_active_b": "37", "tokens_t": "10", "architecture": "moe"},
    ),
    (
        "671B-parameter MoE, 37 billion active, 15 trillion tokens",
        {"params_total_b": "671", "params_active_b": "37", "tokens_t": "15", "architecture": "moe"},
    ),
    # Accelerators
    ("with H100", {"use": ("h100_sxm5_80",)}),
    ("on RTX 4090s", {"use": ("rtx4090",)}),
    ("cheapest with H100 or A100", {"objective": "cost", "use": ("h100_sxm5_80", "a100_sxm4_80")}),
    (
        "cheapest with H100 or A100, at most 64 A100",
        {"objective": "cost", "use": ("h100_sxm5_80", "a100_sxm4_80"), "supply": (("a100_sxm4_80", 64),)},
    ),
    ("using H100, H200 and B200", {"use": ("h100_sxm5_80", "h200_sxm_141", "b200_sxm_180")}),
    ("H100 SXM only", {"use": ("h100_sxm5_80",)}),
    ("GH200 (Grace Hopper, 96GB HBM3)", {"use": ("gh200",)}),
    ("without A100", {"avoid": ("a100_sxm4_80",)}),
    ("no H100 and no A100", {"avoid": ("h100_sxm5_80", "a100_sxm4_80")}),
    ("excluding H100 and A100", {"avoid": ("h100_sxm5_80", "a100_sxm4_80")}),
    ("not on A100", {"avoid": ("a100_sxm4_80",)}),
    ("any accelerator but A100", {"avoid": ("a100_sxm4_80",)}),
    ("with H100 but not A100", {"use": ("h100_sxm5_80",), "avoid": ("a100_sxm4_80",)}),
    ("at most 512 H100", {"use": ("h100_sxm5_80",), "max_accelerators": 512}),
    (
        "at most 8xH100 and 16 x A100",
        {"use": ("h100_sxm5_80", "a100_sxm4_80"), "supply": (("a100_sxm4_80", 16), ("h100_sxm5_80", 8))},
    ),
    ("at most 1000 GPUs", {"max_accelerators": 1000}),
    ("no more than 2k chips in total", {"max_accelerators": 2000}),
    ("we own 64 A100", {"owned": (("a100_sxm4_80", 64),)}),
    ("we have 64 A100s", {"owned": (("a100_sxm4_80", 64),)}),
    ("owning 64 A100 and 32 H100", {"owned": (("a100_sxm4_80", 64), ("h100_sxm5_80", 32))}),
    # Ways, basis, precision, mix
    ("rented", {"procurement": ("rent",)}),
    ("cheapest, buying or renting", {"objective": "cost", "procurement": ("buy", "rent")}),
    ("bought only", {"procurement": ("buy",)}),
    ("we own 64 A100 and can rent", {"owned": (("a100_sxm4_80", 64),), "procurement": ("rent", "own")}),
    ("amortized", {"basis": "amortised"}),
    ("on an upfront basis", {"basis": "upfront"}),
    ("rental basis", {"basis": "rental"}),
    ("in FP8", {"precision": ("fp8",)}),
    ("bf16 only", {"precision": ("bf16",)}),
    ("in bf16 and fp8", {"precision": ("bf16", "fp8")}),
    ("mix of up to 2 generations", {"mix": 2}),
    ("mixing three kinds of accelerators", {"mix": 3}),
    # Rules, assumptions, tax, date
    ("under diffusion-2025 rules", {"rules": "diffusion-2025"}),
    ("under the AI diffusion rule", {"rules": "diffusion-2025"}),
    ("cheapest under the US export rules", {"objective": "cost"}),
    ("under no export rule", {"rules": "unrestricted"}),
    ("with study-2025 assumptions", {"assumptions": "study-2025"}),
    ("assumptions measured-2026", {"assumptions": "measured-2026"}),
    ("REDATA tax regime", {"tax_regime": "redata"}),
    ("as of 2026-05-01", {"date": "2026-05-01"}),
    # Whole questions
    (
        "What is the cheapest way to train DeepSeek-V3 in Brazil within 4 months on a budget of $5M, using H100s?",
        {
            "objective": "cost",
            "workload": "deepseek-v3",
            "country": "BR",
            "deadline_days": 120,
            "budget_usd": "5000000",
            "use": ("h100_sxm5_80",),
        },
    ),
    (
        "CHEAPEST PLAN IN NO MORE THAN 120 DAYS IN SOUTH AFRICA",
        {"objective": "cost", "deadline_days": 120, "country": "ZA"},
    ),
    (
        "cheapest; budget: $5M; power: 1 MW; deadline: 120 days",
        {"objective": "cost", "budget_usd": "5000000", "max_mw": "1", "deadline_days": 120},
    ),
    (
        "max power 1 MW max 120 days max budget $2B",
        {"max_mw": "1", "deadline_days": 120, "budget_usd": "2000000000"},
    ),
]


@pytest.mark.parametrize(("sentence", "fields"), UNDERSTOOD, ids=[sentence for sentence, _ in UNDERSTOOD])
def test_a_sentence_gives_its_fields_and_no_other(sentence: str, fields: dict[str, Any]) -> None:
    assert ask(sentence).case == Case(**fields)


@pytest.mark.parametrize("sentence", [sentence for sentence, _ in UNDERSTOOD])
def test_every_word_is_in_a_phrase_or_reported_as_ignored(sentence: str) -> None:
    """A swallowed word would be left over here; the wrong outcome is a letter or a digit in neither."""
    reading = ask(sentence)
    left = sentence
    for text in sorted({phrase.text for phrase in reading.phrases}, key=len, reverse=True):
        assert text in sentence
        left = left.replace(text, " ")
    for word in sorted(reading.ignored, key=len, reverse=True):
        left = left.replace(word, " ", 1)
    assert not set(left) & set(string.ascii_letters + string.digits), left


@pytest.mark.parametrize("sentence", [sentence for sentence, _ in UNDERSTOOD])
def test_flags_say_the_same_case(sentence: str) -> None:
    reading = ask(sentence)
    words = shlex.split(reading.flags())
    names = {"deadline": "deadline_days", "budget": "budget_usd"}
    said: dict[str, Any] = {}
    for flag, value in zip(words[::2], words[1::2], strict=True):
        name = flag.removeprefix("--").replace("-", "_")
        said[names.get(name, name)] = value.removesuffix("d") if name == "deadline" else value
    assert Case(**said).digest() == reading.case.digest()


@pytest.mark.parametrize(
    ("sentence", "value"),
    [
        ("under 1 MW", "grid limit 1 MW"),
        ("within 4 months", "deadline 120 days (month = 30 days)"),
        ("in 1 year", "deadline 365 days (year = 365 days)"),
        ("by 31 March 2027", "deadline 129 days (by 2027-03-31 = 129 days from today, 2026-11-22)"),
        ("under 1700 H100e", "export limit 26,913,040 TPP (1 H100 SXM equivalent = 15,831.2 TPP)"),
        ("under 1 mw", "grid limit 1 MW (mw read as MW, megawatts)"),
        ("under $5M", "budget limit 5,000,000 USD"),
        ("under 1e25 FLOP", "training compute limit 1e25 FLOP"),
    ],
)
def test_the_reading_says_its_definitions(sentence: str, value: str) -> None:
    phrase = ask(sentence).phrases[0]
    assert sentence.endswith(phrase.text) and phrase.value == value


def test_a_day_of_the_calendar_counts_from_the_order_and_says_so() -> None:
    phrases = ask("fastest by 31 March 2027").phrases
    assert {phrase.field for phrase in phrases} == {"objective", "deadline_days", "deadline_from"}
    assert any("because it is a day of the calendar" in phrase.value for phrase in phrases)


def test_ignored_words_are_reported_in_order() -> None:
    reading = ask("Please, what is the cheapest plan?")
    assert reading.ignored == ("Please", "what", "is", "the", "plan")
    assert reading.flags() == "--objective cost"


def test_a_name_that_reads_as_a_quantity_is_none() -> None:
    """The aliases 4090 and 910b must not swallow a number: "910B" is 910 billion."""
    assert ask("910B model on 1T tokens").case.params_total_b == 910
    with pytest.raises(QuestionError, match="a limit needs a number and a unit"):
        ask("under 4090")


def test_names_alone_are_enough_but_for_equivalents() -> None:
    class Bare:
        def vocabulary(self, kind: str) -> Mapping[str, str]:
            return NAMES[kind]

    assert read("H100 in Brazil", Bare(), TODAY).case.use == ("h100_sxm5_80",)
    with pytest.raises(QuestionError, match="TPP of this accelerator is not known"):
        read("under 100 H100e", Bare(), TODAY)


# The shipped and the frozen catalogue


@pytest.mark.parametrize("every", [6, pytest.param(1, marks=pytest.mark.campaign)], ids=["a sixth", "all"])
def test_every_name_of_the_shipped_catalogue_is_understood(live: Catalogue, every: int) -> None:
    """Of countries, accelerators and workloads, in all languages; 4,500 names, of which the campaign asks for all."""
    fields = {"accelerator": "use", "country": "country", "workload": "workload"}
    templates = {"accelerator": "with {}", "country": "in {}", "workload": "train {}"}
    spoken = languages().values()
    for kind, field in fields.items():
        for name, key in [*live.vocabulary(kind).items()][::every]:
            if name.rstrip("bt").isdigit():
                continue  # reads as a number: see above
            if kind == "country" and Meaning("LANG") in [one.phrases.meaning(key_of(name)) for one in spoken]:
                continue  # "in Portuguese" could be the language
            if name == "sa" or name.removeprefix("huawei ") == "ascend":
                continue  # asked back; in a question the whole line of its maker: "only Ascend"
            said = name.upper() if kind == "country" and len(name) == 2 else name
            value = getattr(read(f"cheapest plan {templates[kind].format(said)}", live, TODAY).case, field)
            forms = live.family_of(name) or (key,)  # "H100" stands for every form of it
            assert value == (forms if kind == "accelerator" else key), name


def test_rules_and_assumptions_of_the_shipped_catalogue(live: Catalogue) -> None:
    for kind in ("rules", "assumptions"):
        for name, key in live.vocabulary(kind).items():
            assert getattr(read(f"with {name}", live, TODAY).case, kind) == key
    case = read("cheapest under the AI diffusion rule with 1700 H100 equivalents", live, TODAY).case
    assert case.rules == "diffusion-2025"
    assert case.max_tpp == 1700 * live.accelerators["h100_sxm5_80"].tpp


def test_the_frozen_catalogue_is_read(frozen: Catalogue) -> None:
    name = next(iter(frozen.accelerators))
    assert read(f"cheapest with {name} under 1 MW", frozen, TODAY).case.use == (name,)


@pytest.mark.parametrize(
    ("sentence", "fields"),
    [
        ("How fast could Brazil train Llama 3.1 70B under 2 MW?", {"objective": "days", "country": "BR"}),
        ("What would it cost Brazil to train Apertus 70B in 6 months?", {"country": "BR", "deadline_days": 180}),
        ("cheapest plan in Chile, don't buy", {"procurement": ("rent", "own")}),
        ("cheapest plan in Brazil without renting", {"procurement": ("buy", "own")}),
        ("buy not rent in Saudi Arabia", {"procurement": ("buy",), "country": "SA"}),
        ("cheapest plan under 1 MW with a PUE of 1.2", {"pue": Decimal("1.2"), "max_mw": Decimal(1)}),
        ("cheapest plan with overhead 1.3", {"overhead": Decimal("1.3")}),
        ("We have 64 A100s already, cheapest plan in 120 days", {"owned": (("a100_sxm4_80", 64),)}),
        # Without money to buy more, "how long" asks for what is owned: not for 11,376 new ones for 1.6 billion USD.
        ("I have 400 H100s, how long for Llama 3 8B", {"objective": "days", "procurement": ("own",)}),
        ("Tenemos 400 H100, ¿cuánto tarda Llama 3 8B?", {"objective": "days", "procurement": ("own",)}),
        ("Temos 400 H100, quanto tempo leva o Llama 3 8B?", {"objective": "days", "procurement": ("own",)}),
        ("We have 400 H100 and $20M, how long for Llama 3 8B", {"budget_usd": 20_000_000}),
        ("is it feasible in Kenya under 500 kW in 90 days", {"country": "KE", "max_mw": Decimal("0.5")}),
        ("cheapest plan without H100", {"avoid": ("h100_sxm5_80", "h100_pcie_80", "h100_nvl_94")}),
    ],
)
def test_what_an_analyst_writes(sentence: str, fields: dict[str, object], live: Catalogue) -> None:
    """Natural questions, over the shipped names. Wrong: a refusal, or half of the question lost."""
    case = read(sentence, live, TODAY).case
    assert {name: getattr(case, name) for name in fields} == fields


@pytest.mark.parametrize("sentence", ["a PUE of 0.9", "overhead 0.5", "without renting or buying or owning"])
def test_what_cannot_be_meant_is_refused(sentence: str, live: Catalogue) -> None:
    """A ratio below 1, no way left to have servers: each points at the word."""
    with pytest.raises(QuestionError, match=r"\^"):
        read(sentence, live, TODAY)
