"""What makes every worker of a Dask cluster ready for a batch; imported only where Dask is."""

from __future__ import annotations

import pickle
from typing import Any

from distributed import WorkerPlugin

from optimizer.batch.work import Setup, forget, make_ready, versions_here


class Ready(WorkerPlugin):
    """Brings the catalogue to a worker once, and to every worker that joins later."""

    def __init__(self, setup: bytes) -> None:
        self._setup = setup
        self._token = ""

    def setup(self, worker: Any) -> None:
        """Called on each worker.

        Raises:
            RuntimeError: the worker has another version of the program or of HiGHS.
        """
        setup: Setup = pickle.loads(self._setup)
        if setup.versions != (mine := versions_here()):
            raise RuntimeError(
                "a worker has optimizer {} with HiGHS {} where this batch needs {} with {}".format(
                    *mine, *setup.versions
                )
            )
        self._token = setup.token
        make_ready(setup)

    def teardown(self, worker: Any) -> None:
        """Called when the batch is over."""
        forget(self._token)
