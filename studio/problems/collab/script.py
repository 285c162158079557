"""The same run as a plain fastai script: what a person would have written, and the same losses batch for batch.

The script takes its ratings and sets from a table beside it, so that cleaning, rows left out and the split are exactly
those of the run. Only text is made here: no torch, no fastai, no pandas, no Qt.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import studio
from studio.engine.messages import StagePlan
from studio.problems.base import Dataset
from studio.problems.collab.items import metric_names_of
from studio.problems.collab.plan import Plan, plan_of
from studio.problems.fit_words import fit_words
from studio.problems.measures.parts import rating_words
from studio.problems.tabular.options import layer_sizes
from studio.recipe.schema import Recipe

TEXT = '''\
"""{name}: a run of Thaw Studio {studio}, as a plain fastai script.

    python {slug}.py                    trains and writes {slug}.pth
    python {slug}.py --losses FILE      also writes the loss of every batch, one a line

It needs fastai 2.8. {slug}.csv holds the ratings and the validation set, cleaning included.
"""

import argparse
from pathlib import Path
from typing import NamedTuple

import pandas as pd
{imports}import torch
import torch.nn.functional as F
from fastai.collab import *
from fastai.tabular.all import *

HERE = Path(__file__).resolve().parent
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")


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


def loaders(stage):
    """Return the stage's batches: the ratings of the table, in its order."""
    frame = pd.read_csv(
        HERE / "{slug}.csv", dtype={{"user": "str", "item": "str"}}, keep_default_na=False, float_precision="round_trip"
    )
    valid = [at for at, word in enumerate(frame["validation"]) if word == "yes"]
    train = [at for at, word in enumerate(frame["validation"]) if word != "yes"]
    table = TabularCollab(
        frame[["user", "item", "rating"]].astype({{"rating": "float64"}}),
        [Categorify],
        ["user", "item"],
        y_names=["rating"],
        y_block=TransformBlock(),
        splits=(train, valid),
        reduce_memory=False,
    )
    # fastai's default loader draws rows with replacement; this one shuffles them
    return table.dataloaders(bs=stage.batch_size, path=HERE, device=DEVICE, dl_type=TabDataLoader)
{functions}

def learner(dls):
    """Return a learner."""
    learn = collab_learner(
        dls,
        n_factors={factors},
        use_nn={use_nn},
        layers={layers},
        y_range={y_range},
        metrics={metrics},
        path=HERE,
    )
{precision}    return learn
{classes}

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


def write(
    recipe: Recipe,
    dataset: Dataset,
    root: Path,
    plans: Sequence[StagePlan],
    precision: str,
    folder: Path,
    slug: str,
) -> dict[str, str]:
    """Return the script and its table, by file name; the script comes first. See `tabular/script.py`."""
    from studio.problems.collab import PROBLEM

    options, plan = PROBLEM.options_of(recipe), plan_of(recipe, root)
    names = metric_names_of(dataset, recipe)
    told, fit = rating_words(names), fit_words(recipe, plans, names)
    half = (
        f'    if DEVICE.type == "cuda":\n        learn.to_{precision}()\n'
        if precision in ("fp16", "bf16")
        else ""
    )
    text = TEXT.format(
        name=recipe.name.replace("\\", "/").replace('"', "'"),
        studio=studio.__version__,
        slug=slug,
        stages="\n".join(_stage(recipe, stage, len(dataset.train())) for stage in plans),
        factors=options.factors,
        use_nn=options.kind == "neural",
        layers=layer_sizes(options.layers),
        y_range=plan.y_range,
        precision=half,
        imports=told.imports,
        functions=told.functions,
        metrics=told.listed(),
        named=", ".join(f'"{name}"' for name in ("valid_loss", *names)),
        fit=fit.lines,
        classes=fit.classes,
    )
    return {f"{slug}.py": text, f"{slug}.csv": table(dataset, plan)}


def table(dataset: Dataset, plan: Plan) -> str:
    """Return the ratings as CSV: user, item, rating, validation (yes or no)."""
    at = {str(row.line): place for place, row in enumerate(plan.table.rows)}
    users, items = plan.ids(plan.user), plan.ids(plan.item)
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(("user", "item", "rating", "validation"))
    for item in dataset.items:
        place = at[item.key]
        rows.writerow((users[place], items[place], repr(float(item.target)), "yes" if item.valid else "no"))
    return written.getvalue()


def _stage(recipe: Recipe, plan: StagePlan, n_train: int) -> str:
    rate = f"slice({plan.lr_max!r})" if plan.lr_min is None else f"slice({plan.lr_min!r}, {plan.lr_max!r})"
    return (
        f"    Stage(seed={recipe.seed + plan.index}, freeze={plan.freeze}, epochs={plan.epochs}, "
        f"batch_size={min(plan.batch_size, n_train)}, rate={rate}),"
    )
