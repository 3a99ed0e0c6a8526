"""The tables of the data folder as they are shipped: what must be there, in which order, with which source."""

from __future__ import annotations

import csv
from itertools import pairwise

import pytest

from optimizer.catalogue import Catalogue
from optimizer.catalogue.load import data_folder
from optimizer.catalogue.source_licences import credits_of_sources
from optimizer.domain import PARAMETERS, SizeBracket
from optimizer.errors import DataError

BITS = {"fp16": 16, "bf16": 16, "fp8": 8, "nvfp4": 4}
"""TPP is TOPS times the bits of the operation (15 CFR 774, 3A090 technical notes)."""


TPP_BY_OTHER_PEAKS = {
    # accelerator: (dense peak in tera-operations per second, bits, why it is not among the training peaks)
    "b300_sxm_288": (13_500, 4, "FP4, which no training peak of this row counts"),
    "rtx4090": (330.3, 16, "FP16 with FP16 accumulation: training needs FP32 accumulation, half as fast"),
    "rtx5090": (419, 16, "FP16 with FP16 accumulation: training needs FP32 accumulation, half as fast"),
    "mi350x": (9228, 6, "FP6, which runs at the rate of FP4 on CDNA4"),
    "mi355x": (10_066, 6, "FP6, which runs at the rate of FP4 on CDNA4"),
    "trainium1": (420, 8, "INT8"),
}


# --- the shipped tables ---------------------------------------------------------------------------------------------


def test_the_shipped_tables_load(live: Catalogue) -> None:
    """Every table is there; version and date are those of the file that names them."""
    assert live.version and live.title and live.licence and live.citation
    assert len(credits_of_sources(live)) > len(live.attribution) >= 1
    assert len(live.digest) == 64
    assert live.as_of == "2026-11-22"


def test_twenty_accelerators_can_be_had(live: Catalogue) -> None:
    """At least 20 with a price or a rent, that is most of the catalogue: 29 of 37 today."""
    priced = [a.id for a in live.accelerators.values() if a.unit_price_usd or a.rent_usd_per_hour]
    assert len(priced) >= 20


def test_two_hundred_countries(live: Catalogue) -> None:
    """The 193 members and 2 observers of the United Nations and five more; Brazil and Mexico, the study's own, too."""
    assert len(live.every_country) == 200
    assert {"BR", "MX", "ZA", "KE", "NG", "IN", "ID", "VN", "AE", "SA"} <= set(live.countries)


def test_every_country_has_one_default_tax_regime_and_groups(live: Catalogue) -> None:
    """A country without a tax row could not be planned for; with two defaults the answer would depend on row order."""
    for country in live.countries:
        standing = [r for r in live.tax_regimes if r.country == country and r.assumption_set == "*" and r.is_default]
        for date in ("2023-11-17", live.as_of, "2026-12-31", "2027-01-01", "2030-01-01"):
            held = [r for r in standing if (r.effective_from or "") <= date <= (r.effective_to or date)]
            assert len(held) == 1, (country, date)
        assert live.country_groups.get(country), country


@pytest.mark.parametrize(
    ("workload", "total_b", "active_b", "tokens_t", "architecture"),
    [
        ("deepseek-v3-10t", "671", "37", "10", "moe"),
        ("deepseek-v3", "671", "37", "14.8", "moe"),
        ("llama-3.1-8b", "8.03", "8.03", "15", "dense"),
        ("llama-3.1-70b", "70.6", "70.6", "15", "dense"),
        ("llama-3.1-405b", "405", "405", "15.6", "dense"),
        ("apertus-70b", "70.6", "70.6", "15", "dense"),
    ],
)
def test_the_workloads_that_must_be_there(
    live: Catalogue, workload: str, total_b: str, active_b: str, tokens_t: str, architecture: str
) -> None:
    """Shapes as published; a mixture of experts with its total as active would need 18 times the compute."""
    row = live.workloads[workload]
    assert (str(row.params_total_b), str(row.params_active_b), str(row.tokens_t)) == (total_b, active_b, tokens_t)
    assert row.architecture == architecture


def test_every_row_of_every_table_has_a_source_and_a_date() -> None:
    """A figure without them cannot be checked. (catalogue.toml names its own; study and golden rows quote theirs.)

    The profiles of a solar field are calculated from the yields of their country, whose rows have both.
    """
    sources = {"golden_cases.csv": "source_url", "study_cells.csv": "source", "source_licences.csv": "address"}
    dateless = set(sources)
    calculated_from = {"pv_profiles.csv": "solar_yield.csv"}
    seen = 0
    for path in sorted(data_folder().glob("*.csv")):
        if path.name in calculated_from:
            rows, origin = (
                {row["country"] for row in csv.DictReader(table.read_text(encoding="utf-8").splitlines())}
                for table in (path, path.with_name(calculated_from[path.name]))
            )
            assert rows and rows <= origin, path.name
            continue
        with path.open(encoding="utf-8", newline="") as file:
            for number, row in enumerate(csv.DictReader(file), 2):
                assert row[sources.get(path.name, "source")].strip(), f"{path.name}:{number} has no source"
                if path.name not in dateless:
                    assert row["as_of"][:4].isdigit(), f"{path.name}:{number} has no date"
                seen += 1
    assert seen > 600


def test_a_row_without_a_source_names_its_estimates(live: Catalogue) -> None:
    """'planning estimate' as a source means that at least one figure of the row is reported as an estimate."""
    rows = [
        *live.accelerators.values(),
        *live.countries.values(),
        *live.parameters.values(),
        *live.efficiencies.values(),
        *live.offers,
    ]
    bare = [row for row in rows if row.source == "planning estimate"]
    assert bare
    assert all(row.estimates for row in bare)


def test_a_price_without_a_source_is_told_as_an_estimate(live: Catalogue) -> None:
    """Three prices have no source: each must be marked, or an answer would pass a guess off as a quote."""
    guessed = {a.id for a in live.accelerators.values() if a.price_source == "planning estimate"}
    assert guessed == {"l40s", "gaudi2", "ascend910c"}
    assert all(live.accelerators[name].is_estimate("unit_price_usd") for name in guessed)
    for accelerator in live.accelerators.values():
        assert (accelerator.unit_price_usd is None) == (accelerator.price_source == ""), accelerator.id
        assert (accelerator.rent_usd_per_hour is None) == (accelerator.rent_source == ""), accelerator.id


def test_low_central_and_high_are_in_order(live: Catalogue) -> None:
    """A low price above the central one would turn a range of answers inside out."""
    triples = [(a.unit_price_low_usd, a.unit_price_usd, a.unit_price_high_usd) for a in live.accelerators.values()]
    triples += [(p.low, p.central, p.high) for p in live.parameters.values()]
    triples += [(e.mfu_low, e.mfu, e.mfu_high) for e in live.efficiencies.values()]
    triples += [(e.goodput_low, e.goodput, e.goodput_high) for e in live.efficiencies.values()]
    for triple in triples:
        known = [value for value in triple if value is not None]
        assert known == sorted(known), triple


def test_tpp_is_the_most_over_the_precisions(live: Catalogue) -> None:
    """Within 1 %: dense TOPS x bits. Sparse peaks would double it and make half the catalogue look controlled."""
    for accelerator in live.accelerators.values():
        peaks = [
            float(peak) * bits
            for name, bits in BITS.items()
            if (peak := getattr(accelerator, f"{name}_tflops")) is not None
        ]
        best = max(peaks)
        if accelerator.id in TPP_BY_OTHER_PEAKS:
            tera, bits, _ = TPP_BY_OTHER_PEAKS[accelerator.id]
            assert best < 0.99 * float(accelerator.tpp), f"{accelerator.id} is no exception any more"
            best = tera * bits
        assert best == pytest.approx(float(accelerator.tpp), rel=0.01), accelerator.id


def test_the_training_peak_is_never_above_the_tpp(live: Catalogue) -> None:
    """No precision used in training may be faster than the export metric says: that would be a sparse peak."""
    for accelerator in live.accelerators.values():
        for name, bits in BITS.items():
            peak = accelerator.peak_tflops(name)
            assert peak is None or float(peak) * bits <= 1.001 * float(accelerator.tpp), accelerator.id


def test_tpp_of_the_h100(live: Catalogue) -> None:
    """1,978.9 dense FP8 TFLOP/s x 8 = 15,831.2; with the sparse 3,957.8 it would be 31,662."""
    assert float(live.accelerators["h100_sxm5_80"].tpp) == pytest.approx(1978.9 * 8, abs=0.01)
    assert 15_800 <= live.accelerators["h100_sxm5_80"].tpp < 15_900


def test_names_and_aliases_lead_to_one_id(live: Catalogue) -> None:
    """'H100' in any spelling is the SXM5 card; an unknown name gets a suggestion, never the first match."""
    for name in ("h100", "H100", " NVIDIA H100 ", "dgx h100", "h100_sxm5_80"):
        assert live.find("accelerator", name) == "h100_sxm5_80"
    assert live.find("country", "brasil") == live.find("country", "BR") == "BR"
    with pytest.raises(DataError, match=r'"h1000": is not a known accelerator; did you mean .*h100'):
        live.find("accelerator", "h1000")


def test_size_brackets_leave_no_gap(live: Catalogue) -> None:
    """Each set's brackets follow on one another from 1: a cluster between two of them could not be planned."""
    for name, brackets in live.brackets.items():
        assert brackets[0].min_devices == 1, name
        pairs: list[tuple[SizeBracket, SizeBracket]] = list(pairwise(brackets))
        assert all(after.min_devices == before.max_devices + 1 for before, after in pairs), name


def test_every_parameter_of_every_set_is_used_by_the_code(live: Catalogue) -> None:
    """A row with a name that no formula reads would be a figure that changes nothing."""
    assert {name for _, name in live.parameters} == set(PARAMETERS)
