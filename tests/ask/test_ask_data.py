"""Questions to the data: what is missing of a country, and the national projects, in three languages."""

from __future__ import annotations

import datetime

import pytest

from optimizer.catalogue import Catalogue
from optimizer.question.errors import QuestionError
from optimizer.question.mending import read

TODAY = datetime.date(2026, 11, 30)

SENTENCES = """
data gaps --country FJ | what figures are missing for Fiji
data gaps --country KE | which prices are estimates for Kenya
data gaps --country CO | which figures of Colombia are only estimates?
data gaps --country RS | what data are missing for Serbia?
data gaps --country GH | what do you not know about Ghana
data gaps --country PE | show me the data gaps of Peru
data gaps --country NG | where are the gaps in the data for Nigeria?
data gaps --country UY | which numbers for Uruguay are guesses
data gaps --country BD | missing figures of Bangladesh
data gaps --country MA | which figures should I look up for Morocco?
data gaps --country FJ | is any price missing for Fiji?
data gaps | which figures decide most answers?
data gaps | what data are missing?
data show projects | national projects
data show projects europe | show me the national LLM projects of Europe
data show projects | list the national AI projects
data show projects CL | which national projects does Chile have?
data show projects latin-america | sovereign LLM projects in Latin America
data show projects IN | national models of India
data show projects | what national projects are in the data?
data gaps --country FJ | qué cifras faltan para Fiyi
data gaps --country KE | qué precios son estimaciones para Kenia
data gaps --country CO | ¿qué cifras de Colombia son solo estimaciones?
data gaps --country RS | ¿qué datos faltan de Serbia?
data gaps --country GH | qué no sabes de Ghana
data gaps --country PE | muéstrame los vacíos de datos de Perú
data gaps --country NG | ¿dónde faltan datos para Nigeria?
data gaps --country UY | qué números de Uruguay son estimados
data gaps --country BD | cifras que faltan de Bangladés
data gaps --country MA | ¿qué cifras debería buscar para Marruecos?
data gaps --country FJ | ¿falta algún precio para Fiyi?
data gaps | ¿qué cifras deciden más respuestas?
data gaps | ¿qué datos faltan?
data show projects | proyectos nacionales
data show projects europe | muéstrame los proyectos nacionales de LLM de Europa
data show projects | lista los proyectos nacionales de IA
data show projects CL | ¿qué proyectos nacionales tiene Chile?
data show projects latin-america | proyectos de LLM soberanos en América Latina
data show projects IN | modelos nacionales de la India
data show projects | ¿qué proyectos nacionales hay en los datos?
data gaps --country FJ | que números faltam para Fiji
data gaps --country KE | quais preços são estimativas para o Quênia
data gaps --country CO | quais números da Colômbia são só estimativas?
data gaps --country RS | que dados faltam da Sérvia?
data gaps --country GH | o que você não sabe sobre Gana
data gaps --country PE | mostre as lacunas de dados do Peru
data gaps --country NG | onde faltam dados para a Nigéria?
data gaps --country UY | quais valores do Uruguai são estimados
data gaps --country BD | números que faltam de Bangladesh
data gaps --country MA | quais números devo procurar para o Marrocos?
data gaps --country FJ | falta algum preço para Fiji?
data gaps | quais números decidem mais respostas?
data gaps | que dados faltam?
data show projects | projetos nacionais
data show projects europe | mostre os projetos nacionais de LLM da Europa
data show projects | liste os projetos nacionais de IA
data show projects CL | quais projetos nacionais o Chile tem?
data show projects latin-america | projetos de LLM soberanos na América Latina
data show projects IN | modelos nacionais da Índia
data show projects | que projetos nacionais há nos dados?
data gaps --country TZ | What information is missing for Tanzania?
data gaps --country BO | what's missing in the data for Bolivia
data gaps --country EG | Which inputs are only estimated for Egypt?
data gaps --country LK | what is unknown about Sri Lanka?
data gaps --country PA | list the missing figures for Panama
data show projects | Which countries have a national LLM project?
data show projects africa | national AI projects in Africa
data show projects JP | show Japan's national projects
data show projects BR | what sovereign AI projects are there in Brazil?
plan --country BR --objective cost --max-mw 1 | cheapest plan for our national project in Brazil under 1 MW
plan --country IN --max-mw 5 | our national projects need a plan in India under 5 MW
plan --country KE --max-mw 2 | give me cost estimates for Kenya with 2 MW
data gaps --country TZ | ¿Qué información falta de Tanzania?
data gaps --country MN | cuáles datos de Mongolia son aproximaciones
data gaps --country BO | qué falta en los datos de Bolivia
data gaps --country EG | ¿qué valores de Egipto son solo estimados?
data gaps --country LK | ¿qué se desconoce de Sri Lanka?
data gaps --country PA | lista las cifras que faltan para Panamá
data show projects | ¿qué países tienen un proyecto nacional de LLM?
data show projects africa | proyectos nacionales de IA en África
data show projects JP | muestra los proyectos nacionales de Japón
data show projects BR | ¿qué proyectos soberanos de IA hay en Brasil?
plan --country BR --objective cost --max-mw 1 | el plan más barato para nuestro proyecto nacional en Brasil con 1 MW
data gaps --country TZ | Que informação falta da Tanzânia?
data gaps --country MN | quais dados da Mongólia são aproximações
data gaps --country BO | o que falta nos dados da Bolívia
data gaps --country EG | quais preços do Egito são apenas estimados?
data gaps --country LK | o que se desconhece do Sri Lanka?
data gaps --country PA | liste os números que faltam para o Panamá
data show projects | quais países têm um projeto nacional de LLM?
data show projects africa | projetos nacionais de IA na África
data show projects JP | mostre os projetos nacionais do Japão
data show projects BR | quais projetos soberanos de IA há no Brasil?
plan --country BR --objective cost --max-mw 1 | o plano mais barato para nosso projeto nacional no Brasil com 1 MW
"""
"""Command | question. A hundred were written before the words were; none of the first sixty was read right."""


@pytest.mark.parametrize("line", SENTENCES.strip().splitlines())
def test_what_is_missing_and_which_projects_there_are(line: str, live: Catalogue) -> None:
    """The price of an estimate was read as a plan, and "national projects" as a question that says nothing."""
    command, _, question = line.partition(" | ")
    assert read(question, live, TODAY).command() == f"optimizer {command}"


@pytest.mark.parametrize(
    "question",
    [
        "which figures are missing for Fiji under 1 MW?",
        "cheapest national projects of Europe",
        "which prices of H100 are estimates?",
    ],
)
def test_a_look_up_with_a_limit_or_an_aim_is_two_questions(question: str, live: Catalogue) -> None:
    """Nothing is left out in silence: a limit would be, as a look-up has none."""
    with pytest.raises(QuestionError):
        read(question, live, TODAY)
