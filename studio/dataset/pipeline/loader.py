"""A fastai loader of photos on the quick path: the same items, order, types and normalisation, other machinery.

Whatever is not iterating (transforms, decoding, `new`, `test_dl`, exports) stays fastai's `TfmdDL`. The order of an
epoch is drawn as fastai draws it; what is changed at random comes from a seed that the loader's own generator
stands for at that moment, so that an epoch begun again is the same, from any batch on. No global random state is
touched. Imports torch: engine only. No Qt.
"""

from __future__ import annotations

import random
from array import array
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

import torch
from fastai.data.core import TfmdDL
from fastai.vision.all import Normalize, TensorImage, TensorMask
from torch import Tensor

from studio.dataset.pipeline.ahead import Ahead
from studio.dataset.pipeline.changes import looked_up, moved
from studio.dataset.pipeline.gathering import Gathering, Raw
from studio.dataset.pipeline.photos import Photos
from studio.dataset.pipeline.tables import ScalarsStay
from studio.problems.vision.sparing import spares_of


class PhotoLoader(ScalarsStay, TfmdDL):  # type: ignore[misc]
    """See the module's docstring.

    Parameters
    ----------
    photos : Photos
        How items become batches; shared by the loaders of training and validation, and by those made from them.

    Attributes
    ----------
    skip : int
        So many batches of the next epoch are given as empty tuples, for a fit that goes on in the middle of it.
    """

    def __init__(self, dataset: Any, *args: Any, photos: Photos, **kwargs: Any) -> None:
        self.photos, self.skip = photos, 0
        self._targets: Tensor | None = None
        super().__init__(dataset, *args, **kwargs)

    def new(self, dataset: Any = None, cls: Any = None, **kwargs: Any) -> Any:
        """A loader like this one for other items."""
        return super().new(dataset, cls, **{"photos": self.photos, **kwargs})

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        self.randomize()
        self.before_iter()
        order = array("q", self.get_idxs())  # a list of so many numbers would take four times as much
        chunks = [order[at : at + self.bs] for at in range(0, len(order), self.bs)]
        if self.drop_last:
            chunks = [chunk for chunk in chunks if len(chunk) == self.bs]
        skipped, self.skip = self.skip, 0
        yield from (() for _ in range(skipped))
        gathering = self._gathering(chunks[skipped:], skipped)
        with closing(iter(Ahead(gathering.__iter__))) as batches:  # type: ignore[type-var]
            for raw in batches:
                yield self._finished(raw)
        self.after_iter()

    def _gathering(self, chunks: Sequence[Sequence[int]], first: int) -> Gathering:
        device = torch.device(self.device or "cpu")
        is_training = not getattr(self.dataset, "split_idx", 1)
        photos = self.photos if self._has_targets() else self.photos.bare()
        seed, spares = seed_of(self.rng), spares_of(self)
        return Gathering(
            photos, self.dataset.items, chunks, first, seed, is_training, device, self._statistics(), spares
        )

    def _statistics(self) -> tuple[Tensor, Tensor]:
        normalize = next(step for step in self.after_batch.fs if isinstance(step, Normalize))
        mean, deviation = (
            part.as_subclass(Tensor).cpu().reshape(-1) for part in (normalize.mean, normalize.std)
        )
        return mean, deviation

    def _finished(self, raw: Raw) -> tuple[Any, ...]:
        device = torch.device(self.device or "cpu")
        planes = raw.planes.to(device, non_blocking=True)
        mask = planes[:, 3:].float() if planes.shape[1] > 3 else None
        floats = planes[:, :3]
        if raw.light is not None:
            floats = looked_up(floats, raw.light.to(device, non_blocking=True))
        if raw.drawn is not None and self.photos.changes is not None:
            floats = moved(floats, raw.drawn, self.photos.changes, black=self._black())
            mask = None if mask is None else moved(mask, raw.drawn, self.photos.changes, True)
        return (TensorImage(floats), *self._wanted(raw, mask, device))

    def _black(self) -> Tensor | None:
        """0 as normalised, where that comes in at the edges."""
        if self.photos.changes is None or self.photos.changes.pad_mode != "zeros":
            return None
        mean, deviation = self._statistics()
        return -mean / deviation

    def _wanted(self, raw: Raw, mask: Tensor | None, device: torch.device) -> tuple[Any, ...]:
        """The targets of a batch; none for items that have none."""
        if not self._has_targets():
            return ()
        if mask is not None:
            return (TensorMask(mask[:, 0].long()),)
        if raw.points is not None:
            return (self.photos.typed(raw.points.to(device)),)
        if self._targets is None:
            assert self.photos.targets is not None
            self._targets = self.photos.targets(self.dataset.items).to(device)
        return (self.photos.typed(self._targets[torch.as_tensor(raw.rows, device=device)]),)

    def _has_targets(self) -> bool:
        return len(getattr(self.dataset, "tls", ())) > 1


def seed_of(own: random.Random) -> int:
    """A number that a generator would draw next; it is not drawn."""
    copy = random.Random()
    copy.setstate(own.getstate())
    return copy.getrandbits(63)
