"""Rows cut from tensors: the batches of fastai's loader, from any batch on, and judged many at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import torch
from fastai.tabular.all import Categorify, Normalize, RegressionBlock, TabularPandas

from studio.dataset.pipeline.tables import JUDGED, TOGETHER, loading

BATCH = 2
ROWS = 2 * BATCH * TOGETHER + 3  # the last cut and the last batch are short ones


def loaders(exact: bool = False) -> Any:
    frame = pd.DataFrame(
        {"word": ["a", "b", "c"] * ROWS, "number": range(3 * ROWS), "target": range(3 * ROWS)}
    ).astype({"number": "float64", "target": "float64"})
    splits = (list(range(ROWS)), list(range(ROWS, 3 * ROWS)))
    table = TabularPandas(
        frame, [Categorify, Normalize], ["word"], ["number"], "target", y_block=RegressionBlock(), splits=splits
    )  # fmt: skip
    return table.dataloaders(bs=BATCH, path=Path(), device=torch.device("cpu"), **loading(exact, BATCH))


def epoch(loader: Any, skip: int = 0) -> list[tuple[torch.Tensor, ...]]:
    loader.rng.seed(4)
    loader.skip = skip
    return list(loader)


def test_batches_are_those_of_fastai() -> None:
    ours, theirs = epoch(loaders().train), epoch(loaders(exact=True).train)
    assert len(ours) == len(theirs) == ROWS // BATCH  # a short last batch is dropped in training
    for mine, other in zip(ours, theirs, strict=True):
        assert all(torch.equal(a, b.as_subclass(torch.Tensor)) for a, b in zip(mine, other, strict=True))


@pytest.mark.parametrize(
    "skip", [0, 1, TOGETHER - 1, TOGETHER, TOGETHER + 1, ROWS // BATCH - 1, ROWS // BATCH]
)
def test_an_epoch_can_be_begun_at_any_batch_and_after_its_last(skip: int) -> None:
    train = loaders().train
    whole, rest = epoch(train), epoch(train, skip)
    assert train.skip == 0
    assert len(rest) == len(whole)
    assert rest[:skip] == [()] * skip
    for mine, other in zip(rest[skip:], whole[skip:], strict=True):
        assert all(torch.equal(a, b) for a, b in zip(mine, other, strict=True))


def test_validation_takes_many_rows_at_a_time_and_leaves_none_out() -> None:
    valid = loaders().valid
    sizes = [len(batch[0]) for batch in valid]
    assert (max(sizes), sum(sizes)) == (min(JUDGED, 2 * ROWS), 2 * ROWS)
    assert len(loaders(exact=True).valid) == -(-2 * ROWS // BATCH)
