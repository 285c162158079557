"""fastai's own export: a learner in a pickle, for `load_learner`. Imports torch: engine only.

`Learner.export` empties the learner it is called on and has already overwritten the old file when it fails.
So a fresh learner is built around a copy of the model, pickled into memory, written to a temporary file,
loaded in a process of its own and compared there, and only then put in place. No pickle is loaded elsewhere.
"""

from __future__ import annotations

import contextlib
import copy
import io
import warnings
from collections.abc import Iterator
from pathlib import Path, PurePath
from types import CodeType, FunctionType, SimpleNamespace
from typing import Any

import cloudpickle  # type: ignore[import-untyped]
import torch
from fastai.callback.rnn import ModelResetter, RNNCallback
from fastai.learner import Learner

import studio
from studio.engine.messages import Exported, Proof
from studio.errors import UserError
from studio.exports import Report, export_named, facts, manifest, pkl_check, place, proof
from studio.exports.serving import Serving
from studio.problems import problem_named
from studio.problems.base import Dataset
from studio.recipe.schema import Recipe

CASES = 8
KEPT = ("arch", "n_out", "normalize", "pretrained")


def write(
    learner: Any, dataset: Dataset, recipe: Recipe, run: facts.Run, folder: Path, progress: Report
) -> Exported:
    """Export the learner as fastai does; see `studio.exports` for the arguments.

    Raises
    ------
    UserError
        Where the file cannot be written, does not load again, or predicts something else.
    """
    root, name = facts.data_root(learner), f"{manifest.slug(recipe.name)}.pkl"
    place.refuse_data_folder(folder, root, run.path.parent.parent)
    progress("Writing the learner", 0, 0)
    serving: Serving = problem_named(recipe.problem).part("serving").serving(learner, dataset, recipe, root)
    with place.staged(folder, name) as stage:
        (stage / name).write_bytes(pickled(detached(learner)))
        progress("Loading it in a process of its own", 0, 0)
        proven = verified(stage / name, serving)
        proof.require(proven)
    warning = export_named("fastai").caveat
    return Exported(run=run.number, format="fastai", path=str(folder / name), proof=proven, warning=warning)


def detached(learner: Any) -> Learner:
    """Return a fresh learner without data, on the CPU, around a copy of the model."""
    dls = copy.deepcopy(learner.dls.new_empty())
    dls.cpu()
    fresh = Learner(
        dls,
        copy.deepcopy(learner.model).cpu(),
        loss_func=copy.deepcopy(learner.loss_func),
        opt_func=learner.opt_func,
        lr=learner.lr,
        splitter=learner.splitter,
        metrics=copy.deepcopy(list(learner.metrics)),
        path=Path(),
        wd=learner.wd,
        wd_bn_bias=learner.wd_bn_bias,
        train_bn=learner.train_bn,
        moms=learner.moms,
    )
    for name in KEPT:
        if hasattr(learner, name):
            setattr(fresh, name, getattr(learner, name))
    fresh.add_cbs([type(cb)() for cb in learner.cbs if type(cb) in (ModelResetter, RNNCallback)])
    fresh.opt = None
    return fresh


class PortablePickler(cloudpickle.Pickler):
    """A pickler whose files tell nothing of this machine and open on another system.

    An absolute path becomes the current folder, paths are of whatever kind the opening system has, and functions
    do not say which folder their source lies in.
    """

    def reducer_override(self, obj: Any) -> Any:
        """Replace what is bound to this machine."""
        if isinstance(obj, PurePath):
            return Path, ("." if obj.is_absolute() else obj.as_posix(),)
        if isinstance(obj, CodeType):
            return self.dispatch_table[CodeType](obj.replace(co_filename=PurePath(obj.co_filename).name))
        reduced = super().reducer_override(obj)
        if isinstance(obj, FunctionType):
            for name in ("__file__", "__path__"):
                self.globals_ref.get(id(obj.__globals__), {}).pop(name, None)
        return reduced


def pickled(learner: Learner) -> bytes:
    """Return the learner as `Learner.export` writes it, the studio's own classes carried inside."""
    written = io.BytesIO()
    module = SimpleNamespace(Pickler=PortablePickler, __name__="cloudpickle")
    with warnings.catch_warnings(), carried(studio):
        warnings.simplefilter("ignore")
        torch.save(learner, written, pickle_module=module, pickle_protocol=2)
    return written.getvalue()


@contextlib.contextmanager
def carried(package: Any) -> Iterator[None]:
    """Pickle the package's classes and functions by value: who opens the file need not have it."""
    cloudpickle.register_pickle_by_value(package)
    try:
        yield
    finally:
        cloudpickle.unregister_pickle_by_value(package)


def verified(path: Path, serving: Serving) -> Proof:
    """Load the file in a fresh process and compare its predictions on a few real items."""
    reference = serving.learner_reference() if serving.learner_reference else serving.reference()["scores"]
    cases = serving.learner_cases or serving.cases
    picked = proof.chosen(len(cases), CASES)
    try:
        scores, latency_ms = pkl_check.predictions(path, [cases[i] for i in picked])
    except pkl_check.LoadError as error:
        raise UserError(
            f"The exported learner does not load again, so it was not kept ({error}).",
            "Export it as an ONNX bundle instead.",
        ) from error
    size = max(1.0, float(abs(reference).max(initial=0.0)))  # numbers in their own unit may be large
    differences = [
        proof.largest(got / size, reference[i] / size) for got, i in zip(scores, picked, strict=True)
    ]
    agreed = sum(d <= proof.TOLERANCE for d in differences)
    return proof.judged(len(picked), agreed, max(differences), latency_ms, path.stat().st_size)
