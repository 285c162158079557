"""fastai's own export loads elsewhere with equal predictions, and costs neither learner nor older export."""

from __future__ import annotations

import multiprocessing
import sys
from pathlib import Path
from typing import Any

import pytest

from studio.errors import UserError
from studio.exports import fastai_pkl
from studio.exports.bundle import Bundle
from tests.exports.photos import Trained


class Trap:
    """Runs code when it is unpickled."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> Any:
        return Path.touch, (self.marker,)


def test_it_loads_in_a_fresh_process_without_the_studio_and_predicts_the_same(
    trained: Trained, tmp_path: Path
) -> None:
    learner = trained.learner
    learner.create_opt()
    learner.model.train()
    dls, opt = learner.dls, learner.opt
    exported = trained.write(fastai_pkl, tmp_path)
    assert Path(exported.path) == tmp_path / "three-colours.pkl"
    assert exported.proof is not None
    assert exported.proof.passed
    assert exported.proof.largest_difference < 1e-5
    assert "pickle" in exported.warning
    assert (learner.dls, learner.opt, learner.model.training) == (dls, opt, True)
    assert len(learner.dls.train_ds) == len(trained.dataset.train())
    written = Path(exported.path).read_bytes()
    for word in (trained.root.parent.name, str(Path(fastai_pkl.__file__).parents[2]), sys.base_prefix):
        assert word.encode() not in written


def test_a_learner_that_does_not_load_again_is_refused_and_the_old_file_stays(
    trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "three-colours.pkl"
    old.write_bytes(b"the older export")
    monkeypatch.setattr(fastai_pkl, "pickled", lambda learner: b"not a learner")
    with pytest.raises(UserError, match="does not load again"):
        trained.write(fastai_pkl, tmp_path)
    assert multiprocessing.active_children() == []
    assert old.read_bytes() == b"the older export"
    assert list(tmp_path.iterdir()) == [old]


def test_predicting_never_opens_a_pickle(tmp_path: Path) -> None:
    import pickle

    marker = tmp_path / "ran"
    for name in ("model.onnx", "learner.pkl", "model.pth"):
        (tmp_path / name).write_bytes(pickle.dumps(Trap(marker)))
        with pytest.raises(UserError):
            Bundle.open(tmp_path / name)
    assert not marker.exists()
