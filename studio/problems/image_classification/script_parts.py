"""The text of the exported script, in parts; `script.py` fills in the braces. Nothing but text."""

from __future__ import annotations

HEAD = '''\
"""{name}: a run of Thaw Studio {studio}, as a plain fastai script.

    python {slug}.py                    trains and writes {slug}.pth
    python {slug}.py --data FOLDER      where the photos are now
    python {slug}.py --losses FILE      also writes the loss of every batch, one a line

It needs fastai 2.8{timm}. {slug}.csv lists the photos, their classes and the validation set, as cleaned.
"""

import argparse
import csv
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from fastai.vision.all import *
from PIL import Image, ImageOps
{imports}
HERE = Path(__file__).resolve().parent
DATA = Path({data})
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
CLASSES = {classes}


class Stage(NamedTuple):
    """One fit."""

    seed: int
    freeze: bool
    epochs: int
    size: int
    batch_size: int
    rate: slice


STAGES = (
{stages}
)
'''

LABELLED_PART = '''

class Labelled(NamedTuple):
    """A photo and its class."""

    photo: Path
    label: str
'''

PHOTO_PART = '''

class Photo(PILImage):
    """A photo, opened by `open_photo`."""

    @classmethod
    def create(cls, fn, **kwargs):
        """Open a file; anything that is not a path is fastai's business."""
        return cls(open_photo(fn)) if isinstance(fn, (str, Path)) else super().create(fn, **kwargs)


def open_photo(path):
    """Open a photo upright and in 8-bit RGB; deeper ones are stretched from darkest to brightest pixel."""
    with Image.open(path) as image:
        ImageOps.exif_transpose(image, in_place=True)
        if image.mode.startswith("I;16") or image.mode in ("I", "F"):
            values = np.asarray(image).astype(np.float64)
            finite = values[np.isfinite(values)]
            low, high = (finite.min(), finite.max()) if finite.size else (0.0, 0.0)
            scaled = (values - low) * (255.0 / (high - low if high > low else 1.0))
            scaled = np.nan_to_num(scaled, nan=0.0, posinf=255.0, neginf=0.0)
            image = Image.fromarray(np.clip(scaled + 0.5, 0, 255).astype(np.uint8))
        if image.mode == "P" and "transparency" in image.info:
            image = image.convert("RGBA")
        return image.convert("RGB")
'''

BLOCK_PART = '''

def photo_of(item):
    """Return the photo of a labelled one; an item without a class is the photo itself."""
    return item.photo if isinstance(item, Labelled) else item


def class_of(item):
    """Return the class of a labelled photo."""
    return item.label


def loaders(folder, stage):
    """Return the stage's batches: the photos of the table, in its order."""
    with open(HERE / "{slug}.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    block = DataBlock(
        blocks=(ImageBlock(Photo), CategoryBlock(vocab=CLASSES)),
        get_x=photo_of,
        get_y=class_of,
        splitter=IndexSplitter([i for i, row in enumerate(rows) if row["valid"] == "yes"]),
        item_tfms=Resize(stage.size, method={resize}),
        batch_tfms=[
            *{augment},
            Normalize.from_stats(*imagenet_stats, cuda=DEVICE.type == "cuda"),
        ],
    )
    items = [Labelled(folder / row["photo"], row["class"]) for row in rows]
    return block.dataloaders(items, path=folder, bs=stage.batch_size, num_workers=0, device=DEVICE)
'''

DATA_PART = LABELLED_PART + PHOTO_PART + BLOCK_PART

LEARNER_PART = '''

def learner(dls):
    """Return a learner with its starting weights."""
    learn = vision_learner(
        dls,
        {arch},
        pretrained={pretrained},
        normalize=False,
        ps={dropout},
        loss_func={loss},
        metrics={metrics},
        path=HERE,
    )
'''

WEIGHTS_PART = '''

def start_from(path, body):
    """Copy the weights in a file into the network's body; its classifier is not used."""
    tensors = plain({loading})
    own = {{name.removeprefix("0."): t for name, t in tensors.items() if name.startswith("0.")}}
    if own.keys() >= body.state_dict().keys():  # written by a learner of the same network
        return fill(body, own)
    {network}
    fill(network, tensors)
    body.load_state_dict(part.state_dict())


def fill(network, tensors):
    """Copy those tensors that the network has a place for."""
    places = network.state_dict()
    fitting = {{n: t for n, t in tensors.items() if n in places and places[n].shape == t.shape}}
    network.load_state_dict(fitting, strict=False)


def plain(found):
    """Return the state dict in a file, without the wrapping and the prefixes that trainers put around it."""
    wrappers = {wrappers}
    while not any(isinstance(t, torch.Tensor) for t in found.values()):
        found = found[next(name for name in wrappers if name in found)]
    tensors = {{str(name): t for name, t in found.items() if isinstance(t, torch.Tensor)}}
    prefixes = {prefixes}
    while used := [p for p in prefixes if all(name.startswith(p) for name in tensors)]:
        tensors = {{name.removeprefix(used[0]): t for name, t in tensors.items()}}
    return tensors
'''

TRAIN_PART = '''

class Losses(Callback):
    """Keeps the loss of every training batch; fastai's recorder has only their moving average."""

    def __init__(self):
        self.values = []

    def after_batch(self):
        """Keep this batch's."""
        if self.training:
            self.values.append(self.loss.item())
{classes}

def train(folder):
    """Run the stages, each on the weights of the one before; return the learner and every batch's loss."""
    weights, losses = None, Losses()
    for stage in STAGES:
        set_seed(stage.seed, reproducible=True)
        learn = learner(loaders(folder, stage))
        if weights is not None:
            learn.model.load_state_dict(weights)
        set_seed(stage.seed, reproducible=True)
        learn.freeze() if stage.freeze else learn.unfreeze()
{fit}
        weights = {{name: t.cpu() for name, t in learn.model.state_dict().items()}}
    return learn, losses.values


def main():
    """Read the command line, train, and keep the weights."""
    as_written = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=as_written)
    parser.add_argument("--data", type=Path, default=DATA, help="folder with the photos")
    parser.add_argument("--losses", type=Path, help="file for the loss of every batch")
    parser.add_argument("--weights", type=Path, default=HERE / "{slug}.pth", help="file for the weights")
    given = parser.parse_args()
    learn, losses = train(given.data)
    torch.save(learn.model.state_dict(), given.weights)
    if given.losses:
        given.losses.write_text("".join(f"{{loss!r}}\\n" for loss in losses), encoding="utf-8")
    print(dict(zip([{named}], learn.validate())))


if __name__ == "__main__":
    main()
'''
