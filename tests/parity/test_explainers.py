"""The explainers' formulas are those that train: torch's optimizers and losses, fastai's moving average."""

from __future__ import annotations

from itertools import islice

import pytest
import torch

from studio.ui.explainers import losses, optimizers
from studio.ui.explainers.averages import ewma

STEPS = 30


def torch_path(make, rate: float) -> list[tuple[float, float]]:
    """Places of a torch optimizer in the same valley."""
    at = torch.tensor([-9.0, 2.2], dtype=torch.float64, requires_grad=True)
    optimizer, places = make([at], lr=rate), []
    for _ in range(STEPS):
        places.append(tuple(at.tolist()))
        optimizer.zero_grad()
        ((0.03 * at[0] ** 2 + 2.0 * at[1] ** 2) / 2).backward()
        optimizer.step()
    return places


@pytest.mark.parametrize(
    ("ours", "theirs", "rate"),
    [
        (optimizers.plain(0.6), torch.optim.SGD, 0.6),
        (
            optimizers.rmsprop(0.1, 0.9),
            lambda p, lr: torch.optim.RMSprop(p, lr=lr, alpha=0.9, eps=1e-8),
            0.1,
        ),
        (
            optimizers.adam(0.2, 0.9, 0.99),
            lambda p, lr: torch.optim.Adam(p, lr=lr, betas=(0.9, 0.99), eps=1e-8),
            0.2,
        ),
    ],
    ids=["sgd", "rmsprop", "adam"],
)
def test_a_path_is_that_of_torchs_optimizer(ours, theirs, rate):
    for mine, other in zip(islice(ours, STEPS), torch_path(theirs, rate), strict=True):
        assert mine == pytest.approx(other, abs=1e-6)


def test_softmax_and_cross_entropy_agree_with_torch():
    scores = (2.0, -1.0, 0.5)
    shares = losses.softmax(scores)
    assert shares == pytest.approx(torch.softmax(torch.tensor(scores), 0).tolist())
    expected = torch.nn.functional.cross_entropy(torch.tensor([scores]), torch.tensor([0]))
    assert losses.cross_entropy(shares[0]) == pytest.approx(expected.item())


def test_the_moving_average_is_fastais_smooth_loss():
    from fastai.learner import AvgSmoothLoss

    theirs, values = AvgSmoothLoss(beta=0.98), [3.0, 1.0, 2.0, 0.5, 0.25]
    smooth = []
    for value in values:
        theirs.accumulate(type("Learn", (), {"loss": torch.tensor(value)}))
        smooth.append(float(theirs.value))
    assert ewma(values, 0.98) == pytest.approx(smooth, rel=1e-5)
