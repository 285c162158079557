"""The same run as a plain fastai script, as a person would have written it: the same losses batch for batch.

The script takes its photos, masks and sets from a table beside it, so that cleaning, skipped files and the split
are exactly those of the run. Only text is made here: no torch, no fastai, no Qt.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

import studio
from studio.engine.messages import StagePlan
from studio.problems.base import Dataset
from studio.problems.fit_words import fit_words
from studio.problems.image_classification.script import AUGMENT, LOADING, RESIZE, found_weights
from studio.problems.image_classification.script_parts import PHOTO_PART, TRAIN_PART, WEIGHTS_PART
from studio.problems.measures.parts import IMPORT
from studio.problems.segmentation.codes import UNKNOWN, Codes
from studio.problems.segmentation.frame import frame
from studio.problems.segmentation.items import codes_for, metric_names_of, options_of
from studio.problems.segmentation.options import Options
from studio.problems.segmentation.script_parts import (
    CELLS,
    CELLS_PART,
    DATA_PART,
    FIGURES,
    HEAD,
    LEARNER_PART,
    METRICS_PART,
)
from studio.problems.vision.loss_parts import CLASS_LOSSES, loss_words
from studio.recipe.schema import Recipe

WRAPPERS = ("state_dict", "model", "model_state_dict", "model_state", "net", "state_dict_ema")
PREFIXES = ("module.", "model.", "_orig_mod.", "backbone.", "encoder.", "layers.")
LINE = 90


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
    root : Path
        The absolute data root; `--data` overrides it. Some photos' sizes are read.
    plans : sequence of StagePlan
        The stages as run, with the batch sizes that were used.
    folder : Path
        The run's folder: a relative weights file is looked for in it and above it.
    """
    options, codes = options_of(recipe), codes_for(recipe, root)
    weights = found_weights(options.weights, folder)
    names = metric_names_of(dataset, recipe)
    named = ", ".join(_text(name) for name in ("valid_loss", *names))
    fit = fit_words(recipe, plans, names, ["losses"])
    own_loss, loss = loss_words(CLASS_LOSSES, options.loss, axis="1", ignore_index="IGNORED")
    parts = [
        _head(recipe, dataset, root, plans, codes, weights, slug),
        PHOTO_PART,
        DATA_PART.replace("{slug}", slug)
        .replace("{resize}", RESIZE[options.resize])
        .replace("{augment}", AUGMENT[options.augment]),
        METRICS_PART,
        *(FIGURES[name] for name in names if name in FIGURES),
        *([CELLS_PART] if set(names) & CELLS.keys() else []),
        own_loss,
        _learner(options, precision, weights, loss, names),
        _weights(options, weights),
        TRAIN_PART.format(fit=fit.lines, classes=fit.classes, slug=slug, named=named),
    ]
    text = "".join(parts).replace("num_workers=0", f"num_workers={recipe.training.workers}")
    return {f"{slug}.py": text, f"{slug}.csv": table(dataset)}


def table(dataset: Dataset) -> str:
    """Return the items as CSV: photo and mask (below the data folder), valid (yes or no)."""
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(("photo", "mask", "valid"))
    rows.writerows((i.key, i.target, "yes" if i.valid else "no") for i in dataset.items)
    return written.getvalue()


def _head(
    recipe: Recipe,
    dataset: Dataset,
    root: Path,
    plans: Sequence[StagePlan],
    codes: Codes,
    weights: str,
    slug: str,
) -> str:
    is_safe = Path(weights).suffix.lower() == ".safetensors"
    n_train = len(dataset.train())
    return HEAD.format(
        name=recipe.name.replace("\\", "/").replace('"', "'"),
        studio=studio.__version__,
        slug=slug,
        imports=(IMPORT if set(metric_names_of(dataset, recipe)) & CELLS.keys() else "")
        + ("from safetensors.torch import load_file\n" if is_safe else ""),
        data=_text(str(root)),
        classes=_listed(dataset.classes),
        void=codes.void,
        ignored=codes.ignored,
        remap=_remap(codes),
        stages="\n".join(_stage(recipe, plan, n_train, frame(dataset, root, plan.size)) for plan in plans),
    )


def _remap(codes: Codes) -> str:
    """The values that mean another number than their own."""
    changed = {v: int(c) for v, c in enumerate(codes.table) if c not in (UNKNOWN, v)}
    return repr(changed | ({255: 255} if codes.table[255] == 255 else {}))


def _stage(recipe: Recipe, plan: StagePlan, n_train: int, size: tuple[int, int]) -> str:
    rate = f"slice({plan.lr_max!r})" if plan.lr_min is None else f"slice({plan.lr_min!r}, {plan.lr_max!r})"
    return (
        f"    Stage(seed={recipe.seed + plan.index}, freeze={plan.freeze}, epochs={plan.epochs}, size={size}, "
        f"batch_size={min(plan.batch_size, n_train)}, rate={rate}),"
    )


def _metric(name: str) -> str:
    made = f"CellMetric({CELLS[name]}" if name in CELLS else f"PixelMetric({name}"
    return f"            {made}, {_text(name)}),"


def _learner(options: Options, precision: str, weights: str, loss: str, names: Sequence[str]) -> str:
    text = LEARNER_PART.format(
        arch=f"models.{options.arch}",
        pretrained=weights == "imagenet",
        loss=loss,
        metrics="\n".join(map(_metric, names)),
    )
    if weights not in ("imagenet", "none"):
        text += f"    start_from(Path({_text(weights)}), learn.model[0])\n"
    if precision in ("fp16", "bf16"):
        text += f'    if DEVICE.type == "cuda":\n        learn.to_{precision}()\n'
    return text + "    return learn\n"


def _weights(options: Options, weights: str) -> str:
    if weights in ("imagenet", "none"):
        return ""
    cut = f'model_meta[models.{options.arch}]["cut"]'
    return WEIGHTS_PART.format(
        network=f"network = models.{options.arch}(weights=None)\n"
        f"    part = create_body(network, pretrained=False, cut={cut})",
        wrappers=WRAPPERS,
        prefixes=PREFIXES,
        loading=LOADING[Path(weights).suffix.lower() == ".safetensors"],
    )


def _listed(names: Sequence[str]) -> str:
    """Return a list as Python writes it, in lines of about a hundred letters."""
    lines = [""]
    for name in names:
        if len(lines[-1]) > LINE:
            lines.append("")
        lines[-1] += f"{_text(name)}, "
    return "[\n" + "\n".join(f"    {line.rstrip()}" for line in lines) + "\n]"


def _text(value: str) -> str:
    """Return a string as Python writes it, in double quotes."""
    return json.dumps(value, ensure_ascii=False)
