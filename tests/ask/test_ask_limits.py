"""A comparison with an amount is a limit, and never an objective: every measure, in three languages, in every order."""

from __future__ import annotations

import pytest
from commands import Cli
from sentences import command_of
from worlds import LIVE

MEASURES = {
    "--max-mw 1": {"en": ("power", "1 MW"), "es": ("potencia", "1 MW"), "pt": ("potência", "1 MW")},
    "--max-energy 2": {"en": ("energy", "2 GWh"), "es": ("gasto de energía", "2 GWh"), "pt": ("consumo", "2 GWh")},
    "--max-carbon 250": {"en": ("CO2", "250 t"), "es": ("emisiones", "250 toneladas"), "pt": ("emissões", "250 t CO2")},
    "--max-capital 10000000": {
        "en": ("hardware spending", "$10M"),
        "es": ("capex", "10 millones de dólares"),
        "pt": ("orçamento de hardware", "10 milhões de dólares"),
    },
    "--budget 10000000": {
        "en": ("cost", "$10M"),
        "es": ("costo", "10 millones de dólares"),
        "pt": ("custo", "10 milhões de dólares"),
    },
    "--deadline 150d": {"en": ("time", "150 days"), "es": ("plazo", "150 días"), "pt": ("prazo", "150 dias")},
}
SAID = {
    "en": (
        "plan with {measure} lower than {amount}",
        "plan with {measure} below {amount}",
        "plan with {measure} under {amount}",
        "plan with {measure} no more than {amount}",
        "plan with less {measure} than {amount}",
        "plan with a lower {measure} than {amount}",
    ),
    "es": (
        "plan con {measure} menor que {amount}",
        "plan con {measure} menor a {amount}",
        "plan con {measure} inferior a {amount}",
        "plan con {measure} por debajo de {amount}",
        "plan con menos {measure} que {amount}",
        "plan con {measure} de menos de {amount}",
    ),
    "pt": (
        "plano com {measure} menor que {amount}",
        "plano com {measure} menores do que {amount}",
        "plano com {measure} inferior a {amount}",
        "plano com {measure} abaixo de {amount}",
        "plano com menos {measure} que {amount}",
        "plano com menor {measure} do que {amount}",
    ),
}
CHEAPEST = {"en": ", the cheapest", "es": ", el más barato", "pt": ", o mais barato"}


@pytest.mark.parametrize("flag", MEASURES)
@pytest.mark.parametrize("language", SAID)
def test_a_comparison_with_an_amount_is_a_limit(language: str, flag: str) -> None:
    """The flag of the limit alone; wrong would be an objective nobody named, or two limits read as two objectives."""
    measure, amount = MEASURES[flag][language]
    for form in SAID[language]:
        sentence = form.format(measure=measure, amount=amount)
        assert command_of(sentence)[0] == f"optimizer plan {flag}", sentence
        cheapest, _ = command_of(sentence + CHEAPEST[language])
        assert cheapest == f"optimizer plan --objective cost {flag}", sentence


def refusal_of(sentence: str) -> str:
    """What a sentence is refused with."""
    command, error = command_of(sentence)
    assert not command and error is not None
    return error.message


@pytest.mark.parametrize(
    ("sentence", "unit"),
    [
        ("plano com emissões menores que 1 MW", "MW"),
        ("plan with carbon lower than 1 MW", "MW"),
        ("plan con menos energía que 150 días", "días"),
        ("con menos potencia que 150 días en Chile", "días"),
        ("plano com menos energia do que 150 dias", "dias"),
        ("plan with lower cost than 2 GWh", "GWh"),
        ("menos costo que 2 GWh", "GWh"),
        ("custo menor que 2 GWh", "GWh"),
        ("cheaper than 150 days in Chile", "days"),
        ("faster than 2 MW", "MW"),
        ("less energy than $3M", "$"),
    ],
)
def test_a_comparison_in_another_unit_is_refused(sentence: str, unit: str) -> None:
    """The unit does not measure what is compared; wrong would be a limit on something else, or an objective."""
    assert unit in refusal_of(sentence)


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("más barato que comprar con 1 MW", "comprar"),
        ("menos carbono que en Brasil", "Brasil"),
        ("plan más rápido que con A100 en Chile", "A100"),
        ("mais barato que comprar no Brasil", "comprar"),
        ("menos emissões que no Chile", "Chile"),
    ],
)
def test_a_comparison_with_nothing_is_refused(sentence: str, name: str) -> None:
    """It was read as the opposite: a plan that buys, or one in Brazil."""
    assert f'"{name}"' in refusal_of(sentence)


@pytest.mark.parametrize(
    ("sentence", "flags"),
    [
        ("a run that costs less than 2 GWh", "--max-energy 2"),
        ("fewer than 200 GPUs in Mexico", "--country MX --max-accelerators 200"),
        ("no more than 120 days in Brazil", "--country BR --deadline 120d"),
        ("no más de 200 H100 en Brasil con 1 MW", "--country BR --max-mw 1 --max-accelerators 200 --use h100"),
        ("não mais que 120 dias no Chile com 1 MW", "--country CL --max-mw 1 --deadline 120d"),
        ("hardware cheaper than $20M", "--max-capital 20000000"),
        ("hardware worth less than 20 million dollars", "--max-capital 20000000"),
        ("equipos más baratos que 20 millones de dólares en Chile", "--country CL --max-capital 20000000"),
        ("el plan más barato que use A100", "--objective cost --use a100"),
        (
            "el plan más barato que alquile H100 en Brasil",
            "--country BR --objective cost --use h100 --procurement rent",
        ),
    ],
)
def test_a_comparison_is_the_limit_of_its_unit(sentence: str, flags: str) -> None:
    """What is bought is no budget; a verb behind "que" is no comparison."""
    assert command_of(sentence)[0] == f"optimizer plan {flags}"


def test_without_an_amount_it_stays_an_objective() -> None:
    """Words of comparison alone are an objective; wrong would be a limit made of the next amount in the sentence."""
    assert command_of("plan de menor costo a 150 días")[0] == "optimizer plan --objective cost --deadline 150d"
    assert command_of("plano com menor consumo em 150 dias")[0] == "optimizer plan --objective energy --deadline 150d"
    assert command_of("lowest emissions under 1 MW")[0] == "optimizer plan --objective carbon --max-mw 1"


@pytest.mark.parametrize(
    ("sentence", "unused", "assumed"),
    [
        (
            "cap the energy at 1.5 GWh in Mexico, under 1 MW, 150 days: at what energy limit does the choice change?",
            "energy limit 1.5 GWh is not used: it is what varies",
            "energy limit from 0.1 to 100 GWh, because no range is given",
        ),
        (
            "con 20 millones de dólares en México, 1 MW y 150 días, ¿a qué presupuesto cambia la elección?",
            "no se usa: es lo que varía",
            "100.000.000 USD, porque no se dijo un rango",
        ),
    ],
)
def test_a_value_of_what_varies_is_not_lost(command: Cli, sentence: str, unused: str, assumed: str) -> None:
    """Both are said, in words and with the unit. Wrong: 1.5 GWh in no line, and "max_energy from 0.1 to 100"."""
    ran = command("ask", "--dry-run", sentence, "--data", str(LIVE))
    assert ran.status == 0 and unused in ran.err and assumed in ran.err, ran.err
