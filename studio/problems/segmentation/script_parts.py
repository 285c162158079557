"""The text of the exported script of a segmentation, in parts; `script.py` fills in the braces. Nothing but text."""

from __future__ import annotations

HEAD = '''\
"""{name}: a run of Thaw Studio {studio}, as a plain fastai script.

    python {slug}.py                    trains and writes {slug}.pth
    python {slug}.py --data FOLDER      where the photos and masks are now
    python {slug}.py --losses FILE      also writes the loss of every batch, one a line

It needs fastai 2.8. {slug}.csv lists the photos, their masks and the validation set, as cleaned.
"""

import argparse
import csv
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from fastai.vision.all import *
from PIL import Image, ImageOps
{imports}from torchvision import models

HERE = Path(__file__).resolve().parent
DATA = Path({data})
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
CLASSES = {classes}
VOID = {void}  # the class that nobody labelled, if there is one
IGNORED = {ignored}  # the number in a mask that loss and metrics leave out
REMAP = {remap}  # values in the masks that mean another class number


class Stage(NamedTuple):
    """One fit; `size` is height and width."""

    seed: int
    freeze: bool
    epochs: int
    size: tuple
    batch_size: int
    rate: slice


STAGES = (
{stages}
)
'''

DATA_PART = '''

class Labelled(NamedTuple):
    """A photo and its mask."""

    photo: Path
    mask: Path


class Mask(PILMask):
    """A mask, opened by `open_mask`."""

    @classmethod
    def create(cls, fn, **kwargs):
        """Open a file; anything that is not a path is fastai's business."""
        return cls(open_mask(fn)) if isinstance(fn, (str, Path)) else super().create(fn, **kwargs)


def open_mask(path):
    """Open a mask as its class numbers: those of a palette too, never its colours."""
    with Image.open(path) as image:
        values = np.array(image).astype(np.uint8)
    codes = values.copy()
    for value, code in REMAP.items():
        codes[values == value] = code
    return Image.fromarray(codes)


def photo_of(item):
    """Return the photo of a labelled one; an item without a mask is the photo itself."""
    return item.photo if isinstance(item, Labelled) else item


def mask_of(item):
    """Return the mask of a labelled photo."""
    return item.mask


def loaders(folder, stage):
    """Return the stage's batches: the photos and masks of the table, in its order."""
    with open(HERE / "{slug}.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    masks = TransformBlock(
        type_tfms=Mask.create, item_tfms=AddMaskCodes(codes=CLASSES), batch_tfms=IntToFloatTensor
    )
    block = DataBlock(
        blocks=(ImageBlock(Photo), masks),
        get_x=photo_of,
        get_y=mask_of,
        splitter=IndexSplitter([i for i, row in enumerate(rows) if row["valid"] == "yes"]),
        item_tfms=Resize(stage.size, method={resize}),
        batch_tfms=[
            *{augment},
            Normalize.from_stats(*imagenet_stats, cuda=DEVICE.type == "cuda"),
        ],
    )
    items = [Labelled(folder / row["photo"], folder / row["mask"]) for row in rows]
    return block.dataloaders(items, path=folder, bs=stage.batch_size, num_workers=0, device=DEVICE)
'''

METRICS_PART = '''

class PixelMetric(Metric):
    """A figure of all labelled pixels of the validation set, from counts[truth][answer]."""

    def __init__(self, figure, name):
        self.figure, self._name = figure, name

    def reset(self):
        self.counts = np.zeros((len(CLASSES), len(CLASSES)), dtype=np.int64)

    def accumulate(self, learn):
        scores = learn.pred.detach().as_subclass(torch.Tensor).clone()
        if VOID is not None:
            scores[:, VOID] = -torch.inf
        truth, said = learn.y.as_subclass(torch.Tensor).flatten(), scores.argmax(dim=1).flatten()
        cells = (truth * len(CLASSES) + said)[truth != IGNORED]
        counts = torch.bincount(cells, minlength=len(CLASSES) ** 2).cpu().numpy()
        self.counts += counts.reshape(self.counts.shape)

    @property
    def value(self):
        hits, truth, said = np.diag(self.counts), self.counts.sum(axis=1), self.counts.sum(axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            return float(self.figure(hits, truth, said))

    @property
    def name(self):
        return self._name

'''

FIGURES = {
    "foreground_acc": '''

def foreground_acc(hits, truth, said):
    """Return the share of labelled pixels that are right."""
    return hits.sum() / truth.sum()
''',
    "dice": '''

def dice(hits, truth, said):
    """Return the mean Dice of the classes that are there or were said to be."""
    return np.nanmean(2 * hits / (truth + said))
''',
    "iou": '''

def iou(hits, truth, said):
    """Return their mean IoU."""
    return np.nanmean(hits / (truth + said - hits))
''',
}
"""Of the counts of every class."""

CELLS_PART = '''

class CellMetric(PixelMetric):
    """The same by scikit-learn, from the cells of the counts, weighted by them."""

    @property
    def value(self):
        truth, said = np.nonzero(self.counts)
        return float(self.figure(truth, said, sample_weight=self.counts[truth, said])) if truth.size else None
'''

CELLS = {
    "balanced_accuracy": "skm.balanced_accuracy_score",
    "precision_macro": 'partial(skm.precision_score, average="macro", zero_division=0)',
    "recall_macro": 'partial(skm.recall_score, average="macro", zero_division=0)',
    "cohen_kappa": "skm.cohen_kappa_score",
    "matthews_corrcoef": "skm.matthews_corrcoef",
    "jaccard_weighted": 'partial(skm.jaccard_score, average="weighted", zero_division=0)',
}
"""What `CellMetric` takes."""

LEARNER_PART = '''

def learner(dls):
    """Return a learner with its starting weights."""
    learn = unet_learner(
        dls,
        {arch},
        pretrained={pretrained},
        normalize=False,
        n_out=len(CLASSES),
        loss_func={loss},
        metrics=[
{metrics}
        ],
        path=HERE,
    )
'''
