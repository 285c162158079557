"""The text of the exported script, in parts; `script.py` fills in the braces. Nothing but text."""

from __future__ import annotations

HEAD = '''\
"""{name}: a run of Thaw Studio {studio}, as a plain fastai script.

    python {slug}.py                    trains and writes {slug}.pth
    python {slug}.py --losses FILE      also writes the loss of every batch, one a line

It needs fastai 2.8. {slug}.csv holds the rows and the validation set, cleaning included.
"""

import argparse
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
{imports}import torch
import torch.nn.functional as F
from fastai.tabular.all import *

HERE = Path(__file__).resolve().parent
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
TARGET = {target}
VALID = {valid}
{lists}

class Stage(NamedTuple):
    """One fit."""

    seed: int
    freeze: bool
    epochs: int
    batch_size: int
    rate: slice


STAGES = (
{stages}
)


class FillGaps(TabularProc):
    """Fills the gaps of every column of numbers by its training median, also of those without any in training."""

    def setups(self, to):
        """Learn medians, and which columns have gaps, from the training rows."""
        self.medians = {{n: 0.0 if np.isnan(to[n].median()) else float(to[n].median()) for n in to.cont_names}}
        self.gaps = [n for n in to.cont_names if to[n].isna().any()]

    def encodes(self, to):
        """Fill the gaps."""
        for name, median in self.medians.items():
            missing = to[name].isna()
            to[name] = to[name].fillna(median)
            if name in self.gaps:
                to.loc[:, f"{{name}}_na"] = missing
                if f"{{name}}_na" not in to.cat_names:
                    to.cat_names.append(f"{{name}}_na")
'''

LOADERS = '''

def loaders(stage):
    """Return the stage's batches: the rows of the table, in its order."""
    frame = pd.read_csv(
        HERE / "{slug}.csv",
        dtype={{name: "str" for name in TEXTS}},
        keep_default_na=False,
        na_values=[""],
        float_precision="round_trip",
    )
{dates}    valid = [at for at, word in enumerate(frame[VALID]) if word == "yes"]
    train = [at for at, word in enumerate(frame[VALID]) if word != "yes"]
    table = TabularPandas(
        frame[[*CATEGORIES, *NUMBERS, TARGET]],
        procs=[FillGaps(), Categorify(), Normalize()],
        cat_names=list(CATEGORIES),
        cont_names=list(NUMBERS),
        y_names=TARGET,
        y_block={block},
        splits=(train, valid),
        reduce_memory=False,
    )
    return table.dataloaders(bs=stage.batch_size, path=HERE, device=DEVICE, dl_type=TabDataLoader)
'''

DATES = """\
    for name in DATES:
        frame[name] = pd.to_datetime(frame[name]).astype("datetime64[ns]")
        add_datepart(frame, name, prefix=f"{name} ", time=True)
    for name in DATE_CATEGORIES:
        frame[name] = frame[name].map(word, na_action="ignore")
    frame[DATE_NUMBERS] = frame[DATE_NUMBERS].astype("float64")
"""

WORD = '''

def word(part):
    """A part of a date as a category."""
    return str(int(part))
'''

CLASS_LEARNER = '''{functions}

def learner(dls):
    """Return a learner."""
    learn = tabular_learner(
        dls,
        layers={layers},
        config=tabular_config(ps={dropout}, embed_p={embed_dropout}),
        n_out=len(CLASSES),
        loss_func=CrossEntropyLossFlat(),
        metrics={metrics},
        path=HERE,
    )
{precision}    return learn
'''

NUMBER_LEARNER = '''

class StandardisedLoss:
    """Mean squared error of a number in units of its deviation; predictions come back in the number's own unit."""

    reduction = "mean"

    def __init__(self, mean, deviation):
        self.mean, self.deviation = mean, deviation

    def __call__(self, predicted, target, reduction="mean"):
        """Compare the network's standardised output with targets in their own unit."""
        wanted = (target.reshape(-1).float() - self.mean) / self.deviation
        return F.mse_loss(predicted.reshape(-1), wanted, reduction=reduction)

    def activation(self, predicted):
        """Outputs in the target's unit."""
        return predicted * self.deviation + self.mean

    def decodes(self, predicted):
        """An answer is what `activation` gave."""
        return predicted
{functions}

def learner(dls):
    """Return a learner."""
    learn = tabular_learner(
        dls,
        layers={layers},
        config=tabular_config(ps={dropout}, embed_p={embed_dropout}),
        n_out=1,
        loss_func=StandardisedLoss(*SCALE),
        metrics={metrics},
        path=HERE,
    )
{precision}    return learn
'''

TRAIN = '''{classes}

def train():
    """Run the stages, each on the weights of the one before; return the learner and the loss of every batch."""
    weights, losses = None, []
    for stage in STAGES:
        set_seed(stage.seed, reproducible=True)
        learn = learner(loaders(stage))
        if weights is not None:
            learn.model.load_state_dict(weights)
        set_seed(stage.seed, reproducible=True)
        learn.freeze() if stage.freeze else learn.unfreeze()
{fit}
        losses += [float(loss) for loss in learn.recorder.losses]
        weights = {{name: t.cpu() for name, t in learn.model.state_dict().items()}}
    return learn, losses


def main():
    """Read the command line, train, and keep the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--losses", type=Path, help="file for the loss of every batch")
    parser.add_argument("--weights", type=Path, default=HERE / "{slug}.pth", help="file for the trained weights")
    given = parser.parse_args()
    learn, losses = train()
    torch.save(learn.model.state_dict(), given.weights)
    if given.losses:
        given.losses.write_text("".join(f"{{loss!r}}\\n" for loss in losses), encoding="utf-8")
    print(dict(zip([{named}], learn.validate())))

if __name__ == "__main__":
    main()
'''
