"""The names of the world's countries in four languages, those of several, and regions."""

from __future__ import annotations

from datetime import date

import pytest

import optimizer
from optimizer.batch.sweep.axes import read_axis
from optimizer.catalogue import Catalogue
from optimizer.errors import DataError
from optimizer.question.errors import QuestionError
from optimizer.question.mending import read

DAY = "2026-11-22"
TODAY = date.fromisoformat(DAY)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        *(("Switzerland", "CH"), ("Suiza", "CH"), ("Suíça", "CH"), ("Suisse", "CH"), ("CHE", "CH"), ("swiss", "CH")),
        *(("Côte d'Ivoire", "CI"), ("Costa de Marfil", "CI"), ("Ivory Coast", "CI"), ("Reino Unido", "GB")),
        *(("UK", "GB"), ("Corea", "KR"), ("Corea del Norte", "KP"), ("Holanda", "NL"), ("Países Bajos", "NL")),
        *(("EUA", "US"), ("EE.UU.", "US"), ("estadounidense", "US"), ("Birmania", "MM"), ("Guinea-Conakry", "GN")),
        *(("Dominica", "DM"), ("dominicano", "DO"), ("Macao", "MO"), ("Hong Kong", "HK"), ("Namibia", "NA")),
    ],
)
def test_names_in_four_languages(live: Catalogue, written: str, code: str) -> None:
    """As people write them; the wrong outcome is "is not a known country" for a country that the data have."""
    assert live.find("country", written) == code


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        *(("Congo", ("CD", "CG")), ("Congolese", ("CD", "CG")), ("Dominican", ("DO", "DM"))),
        *(("guineano", ("GN", "GQ", "GW")), ("Guinea", ("GN", "GQ", "GW")), ("Guiné", ("GN", "GQ", "GW"))),
    ],
)
def test_a_name_of_several_countries_is_asked_back(live: Catalogue, written: str, codes: tuple[str, ...]) -> None:
    """Congo is two countries: a plan for one of them, picked in silence, would be the wrong one half of the time."""
    with pytest.raises(DataError) as caught:
        live.find("country", written)
    told = str(caught.value)
    assert f"is the name of {len(codes)} countries" in told
    assert all(code in told for code in codes), told


@pytest.mark.parametrize(
    ("sentence", "several"),
    [
        ("cheapest plan in Congo under 1 MW", "DR Congo or Republic of the Congo"),
        ("cheapest Dominican plan under 1 MW", "Dominican Republic or Dominica"),
        ("plano mais barato no Congo com 1 MW", "República Democrática do Congo ou República do Congo"),
        ("plan guineano más barato con 1 MW", "Guinea-Conakry o Guinea Ecuatorial o Guinea-Bisáu"),
        ("cheapest plan in Guinea under 1 MW", "Guinea-Conakry or Equatorial Guinea or Guinea-Bissau"),
        ("plano mais barato na Guiné com 1 MW", "Guiné-Conacri ou Guiné Equatorial ou Guiné-Bissau"),
    ],
)
def test_a_question_with_a_name_of_several_countries_names_each(live: Catalogue, sentence: str, several: str) -> None:
    """The sentence said "unknown word Congo", where the flag asked which one."""
    with pytest.raises(QuestionError) as caught:
        read(sentence, live, TODAY)
    assert several in str(caught.value)


@pytest.mark.parametrize("sentence", ["plan más barato en América con 1 MW", "plano mais barato na América com 1 MW"])
def test_america_is_a_continent_where_it_is_one(live: Catalogue, sentence: str) -> None:
    """In Spanish and Portuguese; it was read as the United States, which it is in English alone."""
    found = read(sentence, live, TODAY)
    assert found.command_name == "compare" and len(found.axes["country"]) == len(live.regions["americas"].members)
    assert read("cheapest plan in America under 1 MW", live, TODAY).case.country == "US"


def test_a_region_in_place_of_a_country_is_told_as_one(live: Catalogue) -> None:
    """Mercosur is known, and no country: "not a known country" left it there. A slip of the pen finds it too."""
    with pytest.raises(DataError, match=r"is a region.*AR, BO, BR, PY, UY.*compare --region") as caught:
        live.find("country", "Mercosul")
    assert 'compare --region "Mercosur"' in str(caught.value)
    with pytest.raises(DataError, match="did you mean Mercosur"):
        live.find("country", "Mercosu")


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("Greenland", "counts as Denmark (15 CFR 738.3(b)), and --country DK"),
        ("Guam", "counts as United States"),
        ("French Guiana", "counts as France"),
        ("Transnistria", "--country MD takes the figures of Moldova, where the maps of the United Nations draw it"),
        ("Abkhazia", "--country GE"),
        ("Somaliland", "--country SO"),
        ("Northern Cyprus", "--country CY"),
        ("Western Sahara", "a country of your choice"),
        ("Falkland Islands", "a country of your choice"),
        ("Xanadu", "data list countries"),
    ],
)
def test_a_name_that_is_like_none_is_not_likened(live: Catalogue, name: str, remedy: str) -> None:
    """ "Did you mean Ireland or Grenada?" of Greenland; a slip of the pen still finds its country."""
    with pytest.raises(DataError) as caught:
        live.find("country", name)
    assert "did you mean" not in str(caught.value) and remedy in str(caught.value)
    with pytest.raises(DataError, match="did you mean Mozambique"):
        live.find("country", "Mozambik")


def test_a_region_stands_for_its_countries(live: Catalogue) -> None:
    """Mercosur has five full members; in a sweep they are five values of the axis, whatever language names it."""
    for written in ("Mercosur", "mercosul", "MERCOSUR"):
        problems: list[optimizer.errors.Problem] = []
        axis = read_axis("country", [written], live, DAY, problems)
        assert not problems and axis is not None
        assert [dict(value.cells)["country"] for value in axis.values] == ["AR", "BO", "BR", "PY", "UY"]


@pytest.mark.parametrize(
    ("region", "number"),
    [
        ("european-union", 27),
        ("african-union", 54),
        ("asean", 11),
        ("g7", 7),
        ("latin-america", 21),
        ("world", 200),
        ("oecd", 38),
        ("nato", 32),
        ("ecowas", 12),
        ("eac", 8),
        ("arab-league", 22),
        ("commonwealth", 56),
        ("brics", 10),
        ("balkans", 11),
        ("western-balkans", 6),
        ("benelux", 3),
        ("opec", 11),
        ("opec-plus", 22),
        ("visegrad", 4),
        ("euro-area", 21),
        ("sica", 8),
        ("celac", 33),
        ("ibero-america", 22),
        ("g77", 134),
        ("oic", 57),
        ("francophonie", 50),
        ("landlocked", 32),
        ("small-islands", 37),
    ],
)
def test_regions_have_as_many_members_as_they_say(live: Catalogue, region: str, number: int) -> None:
    """The EU has 27 members, ASEAN 11 since Timor-Leste joined; a code left out would be missing in a ranking."""
    members = live.regions[region].members
    assert len(set(members)) == len(members) == number
    assert set(members) <= set(live.countries)


@pytest.mark.parametrize(
    ("question", "region"),
    [
        ("compare the Balkans", "balkans"),
        ("compara los Balcanes", "balkans"),
        ("compare os países dos Bálcãs", "balkans"),
        ("compare the Western Balkans", "western-balkans"),
        ("compara los países de la OPEP", "opec"),
        ("rank OPEC countries", "opec"),
        ("compara el Cuerno de África", "horn-of-africa"),
        ("compare Benelux", "benelux"),
        ("compare os países do Sahel", "sahel"),
    ],
)
def test_a_question_compares_a_region(live: Catalogue, question: str, region: str) -> None:
    """The region in any of the three languages is its members, no more; the Balkans are more than their west."""
    found = read(question, live, TODAY)
    assert found.command_name == "compare"
    assert set(found.axes["country"]) == set(live.regions[region].members)


def test_no_name_is_that_of_two_regions(live: Catalogue) -> None:
    """ "the Balkans" were the Western Balkans: a name of two regions would compare whichever comes first."""
    names: dict[str, str] = {}
    for key, row in live.regions.items():
        for name in {row.name, row.name_es, row.name_pt, row.name_fr, *row.aliases} - {""}:
            assert names.setdefault(name.lower(), key) == key, name


def test_a_part_of_the_world_is_no_community(live: Catalogue) -> None:
    """Mali is in West Africa and left ECOWAS; Ethiopia is in East Africa and not in the East African Community."""
    regions = {name: set(row.members) for name, row in live.regions.items()}
    assert "ML" in regions["west-africa"] - regions["ecowas"] and "ET" in regions["east-africa"] - regions["eac"]
    assert "CD" in regions["eac"] - regions["east-africa"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Rep. Dominicana", "DO"),
        ("Korea, Dem. People's Rep.", "KP"),
        ("Czech Rep.", "CZ"),
        ("Somalia, Fed. Rep.", "SO"),
    ],
)
def test_an_abbreviated_name_is_read_as_a_flag_too(live: Catalogue, name: str, code: str) -> None:
    """What a sentence reads a flag reads: a name of the World Bank's tables was no country there."""
    assert live.find("country", name) == code
