"""Learners on made items, to foretell and to measure: no data, no downloads."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from torch import nn

from studio.engine import fast_step


class Loader:
    """Just enough of a loader: one item again and again."""

    n, device = 100, torch.device("cpu")

    def __init__(self, item: tuple[torch.Tensor, ...]) -> None:
        self.item = item
        self.after_batch = SimpleNamespace(fs=[])

    def before_iter(self) -> None:
        """Nothing to draw."""

    def do_item(self, at: int) -> tuple[torch.Tensor, ...]:
        """The item."""
        return self.item

    def do_batch(self, items: list[Any]) -> tuple[torch.Tensor, ...]:
        """Items one after the other."""
        return tuple(torch.stack(column) for column in zip(*items, strict=True))


def learner_of(
    model: nn.Module, loss: Any, item: tuple[torch.Tensor, ...], n_inp: int = 1, **kwargs: Any
) -> Any:
    """A quick fastai learner of a model, fed with `item`."""
    from fastai.learner import Learner

    dls: Any = SimpleNamespace(train=Loader(item), n_inp=n_inp, device=torch.device("cpu"), path=Path())
    learner = Learner(dls, model, loss, **kwargs)
    fast_step.quicken(learner)
    return learner


def label() -> torch.Tensor:
    """A class number."""
    return torch.tensor(0)


def photos(arch: Any, size: int) -> Any:
    """A classifier of photos (3, size, size)."""
    from fastai.losses import CrossEntropyLossFlat
    from fastai.vision.learner import create_vision_model, default_split

    model = create_vision_model(arch, 10, pretrained=False)
    return learner_of(
        model, CrossEntropyLossFlat(), (torch.zeros(3, size, size), label()), splitter=default_split
    )


def unet(size: int) -> Any:
    """A U-Net on resnet18 for 12 classes."""
    from fastai.losses import CrossEntropyLossFlat
    from fastai.vision.learner import create_unet_model
    from torchvision.models import resnet18

    masks = torch.zeros(size, size, dtype=torch.long)
    model = create_unet_model(resnet18, 12, (size, size), pretrained=False)
    return learner_of(model, CrossEntropyLossFlat(axis=1), (torch.zeros(3, size, size), masks))


def texts(length: int) -> Any:
    """fastai's AWD_LSTM with its classifier, on texts of so many words."""
    from fastai.callback.rnn import rnn_cbs
    from fastai.losses import CrossEntropyLossFlat
    from fastai.text.models import AWD_LSTM, awd_lstm_clas_split, get_text_classifier

    words = torch.full((length,), 5)
    return learner_of(
        get_text_classifier(AWD_LSTM, 2000, 2),
        CrossEntropyLossFlat(),
        (words, label()),
        splitter=awd_lstm_clas_split,
        cbs=rnn_cbs(2, 1),
    )


def rows() -> Any:
    """fastai's tabular network: five columns of words, six of numbers."""
    from fastai.losses import CrossEntropyLossFlat
    from fastai.tabular.model import TabularModel

    model = TabularModel([(1000, 50)] * 5, 6, 2, [400, 200])
    item = (torch.zeros(5, dtype=torch.long), torch.zeros(6), label())
    return learner_of(model, CrossEntropyLossFlat(), item, n_inp=2)
