"""The quick step does what fastai's does: weights, moments, rates, records, and who is called when."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from fastai.basics import CancelBatchException, DataLoader, DataLoaders, Learner
from fastai.callback.core import Callback, TrainEvalCallback
from fastai.callback.progress import ProgressCallback
from fastai.callback.schedule import combined_cos, fit_one_cycle  # noqa: F401
from fastai.torch_core import TensorBase
from torch import nn

from studio.engine import fast_step
from studio.engine.building import learner_for
from studio.engine.quick_schedule import up_and_down
from studio.engine.snapshot import Bookmark
from studio.problems import problem_named
from tests.problems.spots_made import STAGES, animals, recipe


def learner(folder: Path, is_quick: bool, callbacks: Any = ()) -> Any:
    """Two layer groups, with normalisation and biases, which do not decay."""
    torch.manual_seed(3)
    rows = [(torch.randn(6), torch.randn(2)) for _ in range(40)]
    dls = DataLoaders(DataLoader(rows, bs=8), DataLoader(rows[:16], bs=8), device=torch.device("cpu"))
    model = nn.Sequential(nn.Sequential(nn.Linear(6, 5, bias=False), nn.BatchNorm1d(5)), nn.Linear(5, 2))
    made = Learner(
        dls, model, nn.functional.mse_loss, path=folder, cbs=list(callbacks),
        splitter=lambda m: [list(m[0].parameters()), list(m[1].parameters())],
    )  # fmt: skip
    made.remove_cbs([cb for cb in made.cbs if isinstance(cb, ProgressCallback)])
    made.logger = lambda line: None
    if is_quick:
        fast_step.quicken(made)
    return made


def test_weights_moments_rates_and_records_are_fastais(tmp_path: Path) -> None:
    plain, quick = learner(tmp_path, False), learner(tmp_path, True)
    for one in (plain, quick):
        one.fit_one_cycle(3, slice(1e-3, 1e-2), wd=0.1)
    assert isinstance(quick.opt, fast_step.FusedAdam)
    for ours, theirs in zip(quick.model.parameters(), plain.model.parameters(), strict=True):
        assert torch.allclose(ours, theirs, atol=1e-6)
        for name in ("grad_avg", "sqr_avg"):
            assert torch.allclose(quick.opt.state[ours][name], plain.opt.state[theirs][name], atol=1e-6)
        assert float(quick.opt.state[ours]["step"]) == plain.opt.state[theirs]["step"] == 15
    for name in ("lr", "mom"):
        assert quick.recorder.hps[name] == plain.recorder.hps[name]
    assert quick.recorder.lrs == plain.recorder.lrs
    assert np.allclose(quick.recorder.losses, plain.recorder.losses, atol=1e-5)
    assert np.allclose(quick.recorder.values, plain.recorder.values, atol=1e-5)
    assert quick.recorder.iters == plain.recorder.iters
    assert quick.recorder.metric_names == plain.recorder.metric_names


def test_a_frozen_group_stays_as_it_is(tmp_path: Path) -> None:
    made = learner(tmp_path, True)
    made.create_opt()
    made.freeze_to(1)
    before = made.model[0][0].weight.detach().clone()
    made.fit_one_cycle(1, 1e-2, wd=0.1)
    assert torch.equal(made.model[0][0].weight, before)
    assert "grad_avg" not in made.opt.state[made.model[0][0].weight]
    assert "grad_avg" in made.opt.state[made.model[1].weight]


def test_a_learner_that_was_frozen_while_it_was_built_gets_the_fused_optimizer(tmp_path: Path) -> None:
    made = learner(tmp_path, False)
    made.freeze()
    fast_step.quicken(made)
    assert isinstance(made.opt, fast_step.FusedAdam)
    assert made.opt.frozen_idx == 1
    assert [p.requires_grad for p in made.model[0][0].parameters()] == [False]


def test_every_photo_problem_trains_with_it(tmp_path: Path) -> None:
    given = recipe(animals(tmp_path / "d"), weights="none")
    problem = problem_named("image_regression")
    dataset = problem.part("items").collect(given, tmp_path / "d")
    made = learner_for(problem, dataset, given, STAGES[0], 4, tmp_path / "d", tmp_path)
    assert isinstance(made.opt, fast_step.FusedAdam)


@pytest.mark.parametrize("share", [0.25, 0.3, 0.75])
def test_the_schedule_is_fastais_to_the_last_bit(share: float) -> None:
    groups = np.array([1e-4, 3e-3])
    for start, middle, end in ((groups / 25, groups, groups / 1e5), (0.95, 0.85, 0.95)):
        ours, theirs = up_and_down(share, start, middle, end), combined_cos(share, start, middle, end)
        for place in (*np.linspace(0, 1, 203), 1 / 3, share):
            assert np.array_equal(ours(float(place)), theirs(float(place)))


class Noting(Callback):
    """Writes down what it is called for."""

    def __init__(self, noted: list[str], order: int, **flags: bool) -> None:
        super().__init__()
        self.noted, self.order = noted, order
        for name, value in flags.items():
            setattr(self, name, value)

    def _note(self, event: str) -> None:
        self.noted.append(f"{self.order} {event} {'train' if self.learn.training else 'valid'}")

    def before_fit(self) -> None:
        self._note("before_fit")

    def before_batch(self) -> None:
        self._note("before_batch")

    def after_loss(self) -> None:
        self._note("after_loss")
        if self.order == 3 and self.learn.training and self.learn.iter == 1:
            raise CancelBatchException

    def after_cancel_batch(self) -> None:
        self._note("after_cancel_batch")

    def after_batch(self) -> None:
        self._note("after_batch")

    def after_fit(self) -> None:
        self._note("after_fit")


def test_callbacks_are_called_in_fastais_order_by_fastais_flags(tmp_path: Path) -> None:
    found = []
    for is_quick in (False, True):
        noted: list[str] = []
        several = [
            Noting(noted, 3),
            Noting(noted, 1, run_valid=False),
            Noting(noted, 2, run_train=False),
            Noting(noted, 4, run=False),
        ]
        made = learner(tmp_path, is_quick, several)
        made.fit(1, 1e-3)
        assert several[-1].run, "a fit gives it back"
        made.remove_cb(several[0])
        made.fit(1, 1e-3)
        found.append(noted)
    assert found[0] == found[1]
    assert "3 after_cancel_batch train" in found[1]


def test_what_a_callback_raises_is_raised(tmp_path: Path) -> None:
    class Broken(Callback):
        def after_pred(self) -> None:
            raise ValueError("it broke")

    with pytest.raises(ValueError, match="it broke"):
        learner(tmp_path, True, [Broken()]).fit(1, 1e-3)


def test_moments_that_are_put_back_are_the_ones_that_go_on(tmp_path: Path) -> None:
    """The optimizer remembers whose moments are whose; another's are to take their place."""
    made = learner(tmp_path, True)
    made.fit(1, 1e-2)
    bookmark = Bookmark(made)
    made.fit(1, 1e-2)
    wanted = [parameter.detach().clone() for parameter in made.model.parameters()]
    made.fit(1, 1e-2)
    bookmark.go_back()
    made.fit(1, 1e-2)
    assert all(torch.equal(a, b) for a, b in zip(made.model.parameters(), wanted, strict=True))
    assert {float(state["step"]) for state in made.opt.state.values()} == {10.0}


def test_fastais_callbacks_are_replaced_by_name(tmp_path: Path) -> None:
    made = learner(tmp_path, True)
    assert isinstance(made.train_eval, fast_step.QuickCount)
    assert isinstance(made.cast_to_tensor, fast_step.QuickCast)
    assert sum(isinstance(callback, TrainEvalCallback) for callback in made.cbs) == 1
    made.fit(2, 1e-3)
    assert made.train_iter == 10
    assert made.pct_train == pytest.approx(1.0)


def test_what_is_no_plain_tensor_is_cast(tmp_path: Path) -> None:
    made = learner(tmp_path, True)
    plain = torch.zeros(2)
    made.xb, made.yb = (TensorBase(torch.ones(2)),), (plain,)
    made.cast_to_tensor.before_batch()
    assert type(made.xb[0]) is torch.Tensor
    made.xb = held = (plain,)
    made.cast_to_tensor.before_batch()
    assert made.xb is held
