"""The rows of national projects: what governments, universities and companies of a country published of theirs."""

from __future__ import annotations

from typing import Literal

from optimizer.domain.base import AsOf, Names, Number, Sourced, Whole, column
from optimizer.domain.evidence import AsPublished, Scope

ProjectKind = Literal["model", "compute"]


class Project(Sourced):
    """A national model or national compute as published: a case that users recognise. No plan depends on it."""

    id: str = column("name used everywhere in this package", pattern=r"^[a-z0-9-]+$")
    name: str = column("the project")
    country: str = column("ISO 3166-1 alpha-2 code of the country whose limits its case takes")
    developer: str = column("who does it", default="")
    kind: ProjectKind = column("model: a model that was or will be trained; compute: machines, for whatever model")
    way: str = column("how the model is trained: a row of ways.csv", default="pretrain")
    base: str = column("the model that the training goes on from, as published", default="")
    params_total_b: Number | None = column("total parameters, in memory", "1e9", None, gt=0)
    params_active_b: Number | None = column("parameters active per token; empty: all", "1e9", None, gt=0)
    tokens_t: Number | None = column("training tokens", "1e12", None, gt=0)
    accelerator: str | None = column("accelerator id; empty where not published, or not in the catalogue", default=None)
    accelerator_published: str = column("accelerator as published", default="")
    precision: AsPublished | None = column("precision of the training; empty: bf16 is compared", default=None)
    count: Whole | None = column("accelerators", "devices", None, gt=0)
    gpu_hours: Number | None = column("accelerator-hours; empty: count x days x 24", "h", None, gt=0)
    days: Number | None = column("days of the run", "days", None, gt=0)
    scope: Scope = column("what the published hours cover", default="not_comparable")
    peak_mw: Number | None = column("power of the site", "MW", None, gt=0)
    power_covers: str = column("what that power is for, where it is not that of the machines at one site", default="")
    cost_usd: Number | None = column("cost or budget as published, or at the rate of fx.csv", "USD", None, gt=0)
    cost_covers: str = column("what that money is for", default="")
    no_limits: Names = column(
        "peak_mw, cost_usd: which of them is not compared, as it is not for machines at one site, or, of a "
        "model, not for the run alone",
        default=(),
    )
    published: AsOf | None = column("when it was announced, or the model released", default=None)
    status: str = column("how far it is", default="")
    run: str = column("its row of real_runs.csv, from which the figures of the run come; empty: none", default="")
    workload: str | None = column(
        "the row of workloads.csv that is the same model, from which its size and tokens come; empty: none",
        default=None,
    )
    differs: str = column("why its size or tokens are not those of that row; empty: they are", default="")
    parts: str = column("why a plan of ours parts from what was published", default="")
    rows: Names = column("the rows of the raw tables that it was made from", default=())
