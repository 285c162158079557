"""The same run as a plain fastai script: what a person would have written, and the same losses batch for batch.

The script takes its texts, labels and sets from a table beside it, and cuts them up by the studio's own tokeniser,
which lies beside it too. Only text is made here: no torch, no fastai, no pandas, no Qt.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

import studio
from studio.dataset.balance import class_weights
from studio.engine.messages import StagePlan
from studio.problems.base import Dataset
from studio.problems.fit_words import fit_words
from studio.problems.measures.parts import class_words
from studio.problems.text import script_parts as parts
from studio.problems.text.items import (
    Plan,
    metric_names_of,
    metrics_of_part,
    plan_of,
    read_by_language_model,
)
from studio.problems.text.options import CLASSIFIER, LANGUAGE_MODEL, SIZES
from studio.problems.vision.loss_parts import CLASS_LOSSES, loss_words
from studio.recipe.schema import Recipe


def write(
    recipe: Recipe,
    dataset: Dataset,
    root: Path,
    plans: Sequence[StagePlan],
    precision: str,
    folder: Path,
    slug: str,
) -> dict[str, str]:
    """Return the script, its table and the tokeniser, by file name; the script comes first.

    Parameters
    ----------
    dataset : Dataset
        As trained on, edits applied.
    plans : sequence of StagePlan
        The stages as run, with the batch sizes that were used.
    precision : {"fp32", "fp16", "bf16"}
        What the run was computed in.
    slug : str
        Stem of the file names.
    """
    plan, fit = plan_of(recipe, root), fit_words(recipe, plans, metric_names_of(dataset, recipe))
    of_model = metrics_of_part(recipe, LANGUAGE_MODEL)
    told = class_words(metrics_of_part(recipe, CLASSIFIER) if dataset.classes else ())
    is_weighted = plan.options.class_weights == "balanced"
    weighted = {"weight": f"torch.tensor({class_weights(dataset)})"} if is_weighted else {}
    own, loss = loss_words(CLASS_LOSSES, plan.options.loss, **weighted)
    options, module = plan.options, f"{slug.replace('-', '_')}_tokens"
    half = f'    if DEVICE.type == "cuda":\n        learn.to_{precision}()\n' if precision != "fp32" else ""
    fills = {
        "name": recipe.name.replace("\\", "/").replace('"', "'"),
        "studio": studio.__version__,
        "slug": slug,
        "module": module,
        "classes": json.dumps(list(dataset.classes), ensure_ascii=False),
        "size": "emb_sz={}, n_hid={}, n_layers={}".format(*SIZES[options.arch]),
        "stages": "\n".join(_stage(recipe, stage, len(dataset.train())) for stage in plans),
        "seq_len": options.seq_len,
        "most": options.most_tokens,
        "min_freq": options.min_freq,
        "max_vocab": options.max_vocab,
        "is_html": options.html == "remove",
        "dropout": repr(options.dropout),
        "own_loss": own,
        "imports": told.imports,
        "functions": "".join(parts.TOKEN_PARTS.get(name, "") for name in of_model) + told.functions,
        "model_metrics": ", ".join("Perplexity()" if name == "perplexity" else name for name in of_model),
        "class_metrics": ", ".join(told.expressions),
        "loss": loss,
        "precision": half,
        "fit": fit.lines,
        "watch": fit.classes,
        "start": parts.STARTED if options.weights != "none" else "",
    }
    text = parts.SCRIPT
    for name, value in fills.items():
        text = text.replace(f"<<{name}>>", str(value))
    source = Path(__file__).with_name("tokens.py").read_text(encoding="utf-8")
    return {f"{slug}.py": text, f"{slug}.csv": table(dataset, recipe, plan), f"{module}.py": source}


def table(dataset: Dataset, recipe: Recipe, plan: Plan) -> str:
    """Return the texts as CSV: text, label, and set (train, valid, or read: by the language model only)."""
    texts, skipped = plan.texts(), set(recipe.data.skip)
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(("text", "label", "set"))
    for item in dataset.items:
        rows.writerow((texts[item.key], item.target, "valid" if item.valid else "train"))
    if read_by_language_model(recipe):
        for key in plan.unlabelled():
            if key not in skipped:
                rows.writerow((texts[key], "", "read"))
    return written.getvalue()


def _stage(recipe: Recipe, plan: StagePlan, n_train: int) -> str:
    rate = f"slice({plan.lr_max!r})" if plan.lr_min is None else f"slice({plan.lr_min!r}, {plan.lr_max!r})"
    is_model = plan.part == LANGUAGE_MODEL
    size = plan.batch_size if is_model else min(plan.batch_size, n_train)
    freeze_to = plan.freeze_to if plan.freeze and plan.freeze_to else -1 if plan.freeze else 0
    return (
        f'    Stage("{LANGUAGE_MODEL if is_model else CLASSIFIER}", seed={recipe.seed + plan.index}, '
        f"freeze_to={freeze_to}, epochs={plan.epochs}, batch_size={size}, rate={rate}),"
    )
