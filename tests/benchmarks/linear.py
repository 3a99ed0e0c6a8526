"""A mixed-integer linear model as plain arrays, whoever built it, and as an MPS file, which every solver reads."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Linear:
    """Minimise ``cost x`` over rows and bounds, some columns whole; rows in compressed form."""

    integer: NDArray[np.bool_]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    cost: NDArray[np.float64]
    row_lower: NDArray[np.float64]
    row_upper: NDArray[np.float64]
    starts: NDArray[np.int32]
    columns: NDArray[np.int32]
    coefficients: NDArray[np.float64]
    factor: float
    """Objective of the model over that of the question."""
    constant: float
    """What the question's objective has besides."""

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows."""
        return len(self.cost), len(self.row_lower)

    def value(self, objective: float) -> float:
        """The question's objective."""
        return objective / self.factor + self.constant


def as_highs(model: Linear) -> Any:
    """As HiGHS takes it."""
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = model.size
    program.col_cost_ = model.cost
    program.col_lower_, program.col_upper_ = model.lower, model.upper
    program.row_lower_, program.row_upper_ = model.row_lower, model.row_upper
    matrix = program.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kRowwise
    matrix.num_col_, matrix.num_row_ = model.size
    matrix.start_, matrix.index_, matrix.value_ = model.starts, model.columns, model.coefficients
    kinds = highspy.HighsVarType
    program.integrality_ = [kinds.kInteger if whole else kinds.kContinuous for whole in model.integer]
    return program


def write_mps(model: Linear, path: Path) -> None:
    """Write it as MPS (HiGHS does it, with 15 figures)."""
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    if solver.passModel(as_highs(model)) != highspy.HighsStatus.kOk:
        raise RuntimeError("HiGHS did not take the model as it was built")
    # it warns that the columns have no names, and gives them some
    if solver.writeModel(str(path)) == highspy.HighsStatus.kError:
        raise RuntimeError(f"{path} cannot be written")
