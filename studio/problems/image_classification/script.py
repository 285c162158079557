"""The same run as a plain fastai script, as a person would have written it: the same losses batch for batch.

The script takes its photos, classes and sets from a table beside it, so that cleaning, skipped files and the
split are exactly those of the run. Only text is made here: no torch, no fastai, no Qt.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import studio
from studio.dataset.balance import class_weights
from studio.engine.messages import StagePlan
from studio.problems.base import Dataset
from studio.problems.fit_words import fit_words
from studio.problems.image_classification.items import metric_names_of, options_of
from studio.problems.image_classification.options import DEFAULT_SIZE, TORCHVISION
from studio.problems.image_classification.script_parts import (
    DATA_PART,
    HEAD,
    LEARNER_PART,
    TRAIN_PART,
    WEIGHTS_PART,
)
from studio.problems.measures.parts import Words as Told
from studio.problems.measures.parts import class_words
from studio.problems.vision.loss_parts import CLASS_LOSSES, loss_words
from studio.problems.vision.networks import PhotoOptions
from studio.recipe.schema import Recipe

AUGMENT: dict[str, str] = {
    "none": "[]",
    "light": "aug_transforms(max_rotate=0.0, max_zoom=1.0, max_lighting=0.0, max_warp=0.0)",
    "standard": "aug_transforms()",
    "strong": "aug_transforms(flip_vert=True, max_rotate=30.0, max_zoom=1.3, max_lighting=0.4, max_warp=0.3)",
}
LOADING = {True: "load_file(path)", False: 'torch.load(path, map_location="cpu", weights_only=True)'}
RESIZE = {"crop": "ResizeMethod.Crop", "squish": "ResizeMethod.Squish", "pad": "ResizeMethod.Pad"}


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
    block = DATA_PART.replace("{resize}", RESIZE[options.resize]).replace(
        "{augment}", AUGMENT[options.augment]
    )
    is_weighted = options.class_weights == "balanced"
    weighted = {"weight": f"torch.tensor({class_weights(dataset)})"} if is_weighted else {}
    own, loss = loss_words(CLASS_LOSSES, options.loss, **weighted)
    names = metric_names_of(dataset, recipe)
    told = class_words(names)
    data = block.replace("{slug}", slug) + own
    words = Words(HEAD, data, loss, told, names)
    text = composed(recipe, dataset, root, plans, precision, folder, slug, options, words)
    return {f"{slug}.py": text, f"{slug}.csv": table(dataset)}


@dataclass(frozen=True)
class Words:
    """What is the problem's own in a script of photos.

    Attributes
    ----------
    head, data : str
        The beginning, with its braces still open, and the part that makes the loaders, all filled in.
    loss : str
        The loss as an expression.
    told : measures.parts.Words
        The metrics.
    names : tuple of str
        Their names, in their order.
    after : str
        What happens to the learner once it has its starting weights; indented lines, or nothing.
    """

    head: str
    data: str
    loss: str
    told: Told
    names: tuple[str, ...]
    after: str = ""


def composed(
    recipe: Recipe,
    dataset: Dataset,
    root: Path,
    plans: Sequence[StagePlan],
    precision: str,
    folder: Path,
    slug: str,
    options: PhotoOptions,
    words: Words,
) -> str:
    """Put the script of a run with photos together."""
    weights = found_weights(options.weights, folder)
    named = ", ".join(_text(name) for name in ("valid_loss", *words.names))
    fit = fit_words(recipe, plans, words.names, ["losses"])
    parts = [
        _head(recipe, dataset, root, plans, options, weights, slug, words),
        words.data + words.told.functions,
        _learner(options, precision, weights, words),
        *([_weights(options, weights)] if _is_file(weights) else []),
        TRAIN_PART.format(fit=fit.lines, classes=fit.classes, slug=slug, named=named),
    ]
    return "".join(parts).replace("num_workers=0", f"num_workers={recipe.training.workers}")


def table(dataset: Dataset) -> str:
    """Return the items as CSV: photo (below the data folder), class, valid (yes or no)."""
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(("photo", "class", "valid"))
    rows.writerows((i.key, i.target, "yes" if i.valid else "no") for i in dataset.items)
    return written.getvalue()


def _head(
    recipe: Recipe,
    dataset: Dataset,
    root: Path,
    plans: Sequence[StagePlan],
    options: PhotoOptions,
    weights: str,
    slug: str,
    words: Words,
) -> str:
    is_timm = options.arch not in TORCHVISION
    n_train = len(dataset.train())
    return words.head.format(
        name=_quotable(recipe.name),
        studio=studio.__version__,
        slug=slug,
        timm=" and timm" if is_timm else "",
        imports=words.told.imports + _imports(is_timm, weights),
        data=_text(str(root)),
        classes=_listed(dataset.classes),
        stages="\n".join(_stage(recipe, plan, n_train) for plan in plans),
    )


def _imports(is_timm: bool, weights: str) -> str:
    lines = [
        "import timm\n" if is_timm and _is_file(weights) else "",
        "from safetensors.torch import load_file\n" if _is_safetensors(weights) else "",
        "" if is_timm else "from torchvision import models\n",
    ]
    return "".join(lines)


def _stage(recipe: Recipe, plan: StagePlan, n_train: int) -> str:
    fields = {
        "seed": recipe.seed + plan.index,
        "freeze": plan.freeze,
        "epochs": plan.epochs,
        "size": plan.size or DEFAULT_SIZE,
        "batch_size": min(plan.batch_size, n_train),
        "rate": slice(plan.lr_max) if plan.lr_min is None else slice(plan.lr_min, plan.lr_max),
    }
    return f"    Stage({', '.join(f'{name}={_code(value)}' for name, value in fields.items())}),"


def _code(value: Any) -> str:
    if not isinstance(value, slice):
        return repr(value)
    return f"slice({value.stop!r})" if value.start is None else f"slice({value.start!r}, {value.stop!r})"


def _learner(options: PhotoOptions, precision: str, weights: str, words: Words) -> str:
    arch = f"models.{options.arch}" if options.arch in TORCHVISION else repr(options.arch)
    text = LEARNER_PART.format(
        arch=arch,
        pretrained=weights == "imagenet",
        dropout=repr(options.dropout),
        loss=words.loss,
        metrics=words.told.listed(),
    )
    if _is_file(weights):
        text += f"    start_from(Path({_text(weights)}), learn.model[0])\n"
    text += words.after
    if precision in ("fp16", "bf16"):
        text += f'    if DEVICE.type == "cuda":\n        learn.to_{precision}()\n'
    return text + "    return learn\n"


def _weights(options: PhotoOptions, weights: str) -> str:
    return WEIGHTS_PART.format(
        network=_network(options.arch),
        wrappers=("state_dict", "model", "model_state_dict", "model_state", "net", "state_dict_ema"),
        prefixes=("module.", "model.", "_orig_mod.", "backbone.", "encoder."),
        loading=LOADING[_is_safetensors(weights)],
    )


def _network(arch: str) -> str:
    if arch not in TORCHVISION:
        made = f"timm.create_model({_text(arch)}, pretrained=False, num_classes=0)"
        return f"network = {made}\n    part = TimmBody(network)"
    cut = f'model_meta.get(models.{arch}, {{"cut": None}})["cut"]'
    return (
        f"network = models.{arch}(weights=None)\n    part = create_body(network, pretrained=False, cut={cut})"
    )


def found_weights(weights: str, folder: Path) -> str:
    """Return a weights file by its absolute path where it is found; "imagenet" and "none" as they are."""
    if not _is_file(weights):
        return weights
    places = (base / Path(weights).expanduser() for base in (folder, *folder.absolute().parents))
    return next((str(place.resolve()) for place in places if place.is_file()), weights)


def _is_file(weights: str) -> bool:
    return weights not in ("imagenet", "none")


def _is_safetensors(weights: str) -> bool:
    return Path(weights).suffix.lower() == ".safetensors"


def _listed(names: Sequence[str]) -> str:
    """Return a list as Python writes it, in lines of about a hundred letters."""
    lines = [""]
    for name in names:
        if len(lines[-1]) > 90:
            lines.append("")
        lines[-1] += f"{_text(name)}, "
    text = "\n".join(f"    {line.rstrip()}" for line in lines)
    return f"[\n{text}\n]" if len(lines) > 1 else f"[{text.strip(' ,')}]"


def _text(value: str) -> str:
    """Return a string as Python writes it, in double quotes."""
    return json.dumps(value, ensure_ascii=False)


def _quotable(name: str) -> str:
    """Return a name that cannot end a docstring."""
    return name.replace("\\", "/").replace('"', "'")
