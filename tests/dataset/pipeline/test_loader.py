"""The quick loader gives fastai's items in fastai's order, and the same batches whatever was cached or skipped."""

from __future__ import annotations

import gc
import random
import threading
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import torch
from PIL import Image

from studio.dataset.pipeline import gathering
from studio.dataset.pipeline.loader import PhotoLoader
from studio.errors import UserError
from studio.problems.image_classification import data
from studio.problems.image_classification.items import collect
from studio.recipe.schema import Recipe
from tests.dataset.pipeline.test_decoding import scene
from tests.problems.pictures import STAGES, recipe


@pytest.fixture
def made(tmp_path: Path) -> Recipe:
    """Twenty JPEGs of two classes, no two sizes alike."""
    for at in range(20):
        path = tmp_path / "data" / "ab"[at % 2] / f"{at:02d}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        scene(50 + at, 80 - 2 * at).rotate(17 * at).save(path, quality=95)
    return recipe(tmp_path / "data", augment="standard")


def loaders(made: Recipe, cache: Path | None = None, exact: bool = False) -> Any:
    random.seed(5)
    root = Path(made.data.root)
    used = msgspec.structs.replace(made, training=msgspec.structs.replace(made.training, exact=exact))
    return data.dataloaders(
        collect(used, root), used, STAGES[0], 4, root, **({"cache": cache} if cache else {})
    )


def pixels(loader: Any) -> list[torch.Tensor]:
    return [batch[0].as_subclass(torch.Tensor) for batch in loader if batch]


def test_items_and_their_order_are_fastais(made: Recipe) -> None:
    quick, plain = loaders(made), loaders(made, exact=True)
    assert isinstance(quick.train, PhotoLoader)
    assert not isinstance(plain.train, PhotoLoader)
    for _ in range(2):
        assert [b[1].tolist() for b in quick.train] == [b[1].tolist() for b in plain.train]
    for (ours, wanted), (theirs, known) in zip(quick.valid, plain.valid, strict=True):
        assert (type(ours), type(wanted), ours.dtype) == (type(theirs), type(known), theirs.dtype)
        assert (ours - theirs).abs().max() < 3 / 255 / 0.22
        assert wanted.tolist() == known.tolist()


@pytest.mark.parametrize("least", [0.0, 1.0])
def test_batches_do_not_depend_on_what_is_kept_nor_on_who_reads(
    made: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, least: float
) -> None:
    """With 0, threads share every batch; with 1, none where photos are kept."""
    monkeypatch.setattr(gathering, "LEAST_SHARED", least)
    readers = set()

    def watched(*args: Any) -> Any:
        readers.add(threading.current_thread().name.partition("_")[0])
        return window(*args)

    window = gathering.window
    monkeypatch.setattr(gathering, "window", watched)
    without = loaders(made)
    wanted = [*pixels(without.train), *pixels(without.train), *pixels(without.valid)]
    assert readers == {"photos"}  # nothing is known of the files where nothing is kept
    for _ in range(2):  # the first time nothing is kept
        readers.clear()
        kept = loaders(made, tmp_path / "cache")
        found = [*pixels(kept.train), *pixels(kept.train), *pixels(kept.valid)]
        assert all(torch.equal(a, b) for a, b in zip(found, wanted, strict=True))
        assert readers == ({"batches"} if least else {"photos"})
    assert len(list((tmp_path / "cache" / "photos").iterdir())) == 2


@pytest.mark.parametrize("least", [0.0, 1.0])
def test_the_memory_of_a_batch_is_free_as_soon_as_the_batch_is_gone(
    made: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, least: float
) -> None:
    """Without the collector: a few batches are on their way, however many there are."""
    monkeypatch.setattr(gathering, "LEAST_SHARED", least)
    loader = loaders(made, tmp_path / "cache").train
    gc.collect()
    gc.disable()
    try:
        places = {raw.planes.data_ptr() for raw in loader._gathering([[0, 1]] * 40, 0)}
    finally:
        gc.enable()
    assert len(places) <= gathering.ASKED_AHEAD + 1


def test_an_epoch_can_be_begun_in_its_middle(made: Recipe) -> None:
    loader = loaders(made).train
    state = loader.rng.getstate()
    wanted, then = pixels(loader), loader.rng.getstate()
    loader.rng.setstate(state)
    loader.skip = 2
    batches = list(loader)
    assert batches[:2] == [(), ()]
    assert all(
        torch.equal(b[0].as_subclass(torch.Tensor), w) for b, w in zip(batches[2:], wanted[2:], strict=True)
    )
    assert loader.rng.getstate() == then
    assert loader.skip == 0


def test_epochs_differ_and_global_states_are_left_alone(made: Recipe) -> None:
    loader = loaders(made).train
    before = random.getstate(), torch.get_rng_state().tolist(), np.random.get_state()[1].tolist()
    first, second = pixels(loader), pixels(loader)
    assert not torch.equal(first[0], second[0])
    assert before == (random.getstate(), torch.get_rng_state().tolist(), np.random.get_state()[1].tolist())


def test_a_changed_photo_is_read_anew(made: Recipe, tmp_path: Path) -> None:
    dls = loaders(made, tmp_path / "cache")
    before = pixels(dls.valid)
    victim = dls.valid_ds.items[0].photo
    Image.new("RGB", (60, 60), "red").save(victim)
    assert not torch.equal(pixels(dls.valid)[0][0], before[0][0])
    assert torch.equal(pixels(dls.valid)[0][1], before[0][1])


def test_a_photo_that_breaks_is_replaced_and_too_many_end_the_pass(made: Recipe) -> None:
    dls = loaders(made)
    files = [Path(item.photo) for item in dls.valid_ds.items]
    files[0].write_bytes(b"gone")
    wanted = [item.label for item in dls.valid_ds.items]
    batches = list(dls.valid)
    assert torch.equal(batches[0][0][0], batches[0][0][1])
    assert dls.vocab[int(batches[0][1][0])] == wanted[1]
    for path in files[:3]:
        path.write_bytes(b"gone")
    with pytest.raises(UserError, match="can no longer be read"):
        list(dls.valid)


def test_no_thread_outlives_its_loop(made: Recipe) -> None:
    loader = loaders(made).train
    loader.one_batch()
    for _ in loader:
        break
    assert not [t.name for t in threading.enumerate() if t.name.startswith(("batches", "photos"))]
