"""A trained network made ready to leave: the graph's module, the preparation in numbers, every validation row.

The graph takes prepared rows (numbered categories, standardised numbers); `answers.py` prepares them from cells by the
vocabularies, medians, means and deviations written down here. Imports torch: engine only.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from studio.errors import UserError
from studio.exports.serving import Serving
from studio.problems.base import Dataset
from studio.problems.tabular.answers import RowCase
from studio.problems.tabular.baselines import Rows
from studio.problems.tabular.data import framed
from studio.problems.tabular.plan import Plan, plan_of
from studio.problems.tabular.results import prepared
from studio.recipe.schema import Recipe


class RowNetwork(nn.Module):
    """From prepared rows to the scores of the classes, or to a standardised number.

    Parameters
    ----------
    network : nn.Module
        fastai's `TabularModel`.
    is_class : bool
        Whether its outputs are those of classes.
    """

    def __init__(self, network: nn.Module, has_categories: bool, has_numbers: bool, is_class: bool) -> None:
        super().__init__()
        self.network, self._is_class = network, is_class
        self._has_categories, self._has_numbers = has_categories, has_numbers

    def forward(self, *inputs: Tensor) -> Tensor:
        """Answer for `categories` (n, n_categories) int64 and `numbers` (n, n_numbers) float32, where there are any."""
        given = list(inputs)
        categories = given.pop(0) if self._has_categories else torch.zeros(0, 0, dtype=torch.int64)
        outputs: Tensor = self.network(categories, given.pop(0) if self._has_numbers else None)
        return torch.softmax(outputs, dim=1) if self._is_class else outputs


def serving(learner: Any, dataset: Dataset, recipe: Recipe, root: Path) -> Serving:
    """Return what the bundle needs of a trained learner, which is copied and stays as it is.

    Raises
    ------
    UserError
        Where there are no validation rows to prove the bundle with.
    """
    if not dataset.valid():
        raise UserError(
            "There are no validation rows to compare the export with.", "Keep a share for validation."
        )
    plan, is_class = plan_of(recipe, root), bool(dataset.classes)
    rows = prepared(learner.dls.valid_ds, dataset)
    places = [int(at) for at in learner.dls.valid_ds.items.index]
    network = copy.deepcopy(learner.model).cpu().float().eval().requires_grad_(False)
    module = RowNetwork(network, rows.categories.shape[1] > 0, rows.numbers.shape[1] > 0, is_class).eval()
    inputs = _batch(rows)
    frame = framed(dataset, plan).frame.drop(columns=plan.target)
    return Serving(
        module=module,
        example=tuple(value[:2] for value in inputs.values()),
        inputs=tuple(inputs),
        outputs=("scores" if is_class else "value",),
        spec={
            "classes": dataset.classes,
            "input": input_spec(learner, dataset, plan),
            "in_graph": {"softmax": is_class},
        },
        cases=cases_of(plan, [dataset.items[at].key for at in places]),
        reference=lambda: {"scores" if is_class else "value": _outputs(module, inputs)},
        learner_cases=tuple(frame.iloc[at].to_dict() for at in places[:200]),
        learner_reference=lambda: _in_unit(_outputs(module, inputs), learner.loss_func, is_class),
    )


def _batch(rows: Rows) -> dict[str, Tensor]:
    """Prepared rows as the module takes them, by input name."""
    given = {
        "categories": torch.as_tensor(rows.categories.astype(np.int64)),
        "numbers": torch.as_tensor(rows.numbers.astype(np.float32)),
    }
    return {name: value for name, value in given.items() if value.shape[1]}


def _outputs(module: nn.Module, inputs: Mapping[str, Tensor]) -> Any:
    with torch.no_grad():
        return module(*inputs.values()).numpy()


def _in_unit(outputs: Any, loss: Any, is_class: bool) -> Any:
    """Outputs as `get_preds` gives them: numbers in their own unit."""
    return outputs if is_class else loss.activation(outputs)


def cases_of(plan: Plan, keys: Sequence[str]) -> tuple[RowCase, ...]:
    """Rows of the table as a person would give them."""
    cells = {str(row.line): row.cells for row in plan.table.rows}
    return tuple(
        RowCase(f"row {key}", dict(zip(plan.table.columns, cells[key], strict=True))) for key in keys
    )


def input_spec(learner: Any, dataset: Dataset, plan: Plan) -> dict[str, Any]:
    """How a row is prepared, as plain data: what the training rows taught fastai's processors."""
    table = learner.dls.train_ds
    gaps = {f"{name}_na": name for name in table.gaps}
    given: dict[str, Any] = {
        "target": plan.target,
        "task": plan.task,
        "columns": list(plan.inputs),
        "categories": [
            {
                "name": name,
                "vocabulary": [str(word) for word in table.classes[name]],
                "gaps_of": gaps.get(name, ""),
            }
            for name in table.cat_names
        ],
        "numbers": [
            {
                "name": name,
                "median": float(table.medians[name]),
                "mean": float(table.means[name]),
                "deviation": float(table.stds[name]),
            }
            for name in table.cont_names
        ],
    }
    if not dataset.classes:
        given["unit"] = {"mean": learner.loss_func.mean, "deviation": learner.loss_func.deviation}
    return given
