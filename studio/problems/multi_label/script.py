"""The same run as a plain fastai script: the same losses batch for batch.

The script takes its photos, tags and sets from a table beside it, so that cleaning, skipped files and the split
are exactly those of the run. Only text is made here: no torch, no fastai, no Qt.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from studio.dataset.balance import positive_weights
from studio.engine.messages import StagePlan
from studio.problems.base import Dataset, names_in
from studio.problems.image_classification.script import AUGMENT, RESIZE, Words, composed
from studio.problems.image_classification.script_parts import HEAD, PHOTO_PART
from studio.problems.measures.parts import tag_words
from studio.problems.multi_label.items import metric_names_of, options_of
from studio.problems.multi_label.script_parts import BLOCK_PART, TAGGED_PART
from studio.problems.vision.loss_parts import TAG_LOSSES, loss_words
from studio.recipe.schema import Recipe

SEPARATORS = (" ", "|", ";", ",", "\t", "\x1f")
"""The first that no tag holds stands between the tags of a photo."""


def write(
    recipe: Recipe,
    dataset: Dataset,
    root: Path,
    plans: Sequence[StagePlan],
    precision: str,
    folder: Path,
    slug: str,
) -> dict[str, str]:
    """Return the script and its table, by file name; the script comes first.

    Parameters
    ----------
    dataset : Dataset
        As trained on, edits applied.
    root : Path
        The absolute data root; `--data` overrides it.
    plans : sequence of StagePlan
        The stages as run, with the batch sizes that were used.
    precision : {"fp32", "fp16", "bf16"}
        What the run was computed in.
    folder : Path
        The run's folder: a relative weights file is looked for in it and above it.
    slug : str
        Stem of the file names.
    """
    options = options_of(recipe)
    between = separator(dataset)
    block = (
        BLOCK_PART.replace("{slug}", slug)
        .replace("{between}", repr(between))
        .replace("{resize}", RESIZE[options.resize])
        .replace("{augment}", AUGMENT[options.augment])
    )
    threshold = repr(options.threshold)
    is_weighted = options.class_weights == "balanced"
    weighted = {"pos_weight": f"torch.tensor({positive_weights(dataset)})"} if is_weighted else {}
    own, loss = loss_words(TAG_LOSSES, options.loss, thresh=threshold, **weighted)
    names = metric_names_of(dataset, recipe)
    told = tag_words(names, threshold, repr(options.beta))
    words = Words(
        head=_head(),
        data=TAGGED_PART + PHOTO_PART + block + own,
        loss=loss,
        told=told,
        names=names,
    )
    text = composed(recipe, dataset, root, plans, precision, folder, slug, options, words)
    return {f"{slug}.py": text, f"{slug}.csv": table(dataset, between)}


def _head() -> str:
    """The beginning of every script of photos, in the words of tags."""
    return HEAD.replace("lists the photos, their classes", "lists the photos, their tags").replace(
        "import csv\n", "import csv\nfrom functools import partial\n"
    )


def separator(dataset: Dataset) -> str:
    """What no tag holds, to stand between the tags of a photo."""
    return next(one for one in SEPARATORS if not any(one in name for name in dataset.classes))


def table(dataset: Dataset, between: str) -> str:
    """Return the items as CSV: photo (below the data folder), tags, valid (yes or no)."""
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(("photo", "tags", "valid"))
    rows.writerows(
        (i.key, between.join(names_in(i.target)), "yes" if i.valid else "no") for i in dataset.items
    )
    return written.getvalue()
