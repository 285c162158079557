"""The ONNX bundle: a graph with preprocessing and class names inside, proven on real items before it is kept.

torch's traced exporter goes first: on the eleven networks tried it took a tenth of the time of the one built
on `torch.export`, gave the same numbers, and wrote no source paths into the graph. The other one follows
where tracing fails. Imports torch: engine only.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import io
import logging
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import onnx
import torch

import studio
from studio.engine.messages import Exported, Proof
from studio.errors import UserError
from studio.exports import Report, facts, manifest, place, proof, standalone
from studio.exports.bundle import Bundle
from studio.exports.manifest import Manifest
from studio.exports.serving import Serving, served
from studio.problems import problem_named
from studio.problems.base import Dataset
from studio.recipe.schema import Recipe

OPSET = 17
MODEL = "model.onnx"


def write(
    learner: Any, dataset: Dataset, recipe: Recipe, run: facts.Run, folder: Path, progress: Report
) -> Exported:
    """Export the learner as a bundle; see `studio.exports` for the arguments.

    Raises
    ------
    UserError
        Where the model cannot be exported, disagrees with the trained one, or cannot be written.
    """
    root = facts.data_root(learner)
    home = place.bundle_home(folder, manifest.slug(recipe.name))
    place.refuse_data_folder(home, root, run.path.parent.parent)
    progress("Writing the ONNX graph", 0, 0)
    serving = served(problem_named(recipe.problem), learner, dataset, recipe, root, run)
    described = describe(serving, recipe, run)
    with place.staged(home, MODEL) as stage:
        (stage / MODEL).write_bytes(with_manifest(graph(serving), described))
        proven = proof.prove(Bundle.open(stage / MODEL), serving.cases, serving.reference(), progress)
        proof.require(proven)
        finish(stage, described, proven)
    return Exported(run=run.number, format="onnx", path=str(home), proof=proven, warning=serving.caveat)


def describe(serving: Serving, recipe: Recipe, run: facts.Run) -> Manifest:
    """Return what the bundle says about itself."""
    return Manifest(
        format=manifest.FORMAT,
        problem=recipe.problem,
        name=recipe.name,
        metrics=facts.metrics(run),
        created=datetime.datetime.now(datetime.UTC).date().isoformat(),
        studio=studio.__version__,
        **serving.spec,
    )


def finish(stage: Path, described: Manifest, proven: Proof) -> None:
    """Write what lies beside the model."""
    digest = hashlib.sha256((stage / MODEL).read_bytes()).hexdigest()
    whole = msgspec.structs.replace(described, proof=proven, sha256=digest)
    (stage / "bundle.json").write_text(manifest.readable(whole), encoding="utf-8")
    standalone.write(stage, whole)


def graph(serving: Serving) -> onnx.ModelProto:
    """Return the module as an ONNX graph whose batch axes take any size; raises `UserError`."""
    failures: list[Exception] = []
    for exporter in (traced, captured):
        try:
            with quiet(), torch.no_grad():
                return scrubbed(exporter(serving))
        except Exception as error:  # noqa: BLE001 - the exporters raise what their many passes meet
            failures.append(error)
    raise UserError(
        "This network cannot be written as an ONNX graph.",
        "Export it for fastai instead, or choose another network.",
    ) from failures[0]


def traced(serving: Serving) -> onnx.ModelProto:
    """Export by running the example once."""
    axes = {name: {0: "batch", **serving.axes.get(name, {})} for name in (*serving.inputs, *serving.outputs)}
    written = io.BytesIO()
    torch.onnx.export(
        serving.module,
        serving.example,
        written,  # type: ignore[arg-type]  # the traced exporter writes to any file object
        dynamo=False,
        opset_version=OPSET,
        input_names=list(serving.inputs),
        output_names=list(serving.outputs),
        dynamic_axes=axes,
    )
    return onnx.load_model_from_string(written.getvalue())


def captured(serving: Serving) -> onnx.ModelProto:
    """Export by `torch.export`, whose graph is known for every batch size."""
    program = torch.onnx.export(
        serving.module,
        serving.example,
        dynamo=True,
        input_names=list(serving.inputs),
        output_names=list(serving.outputs),
        dynamic_shapes=tuple(
            {
                0: torch.export.Dim("batch", min=1),
                **{at: torch.export.Dim(n) for at, n in serving.axes.get(name, {}).items()},
            }
            for name in serving.inputs
        ),
        verbose=False,
    )
    if program is None:
        raise RuntimeError("torch.onnx.export returned nothing")
    return program.model_proto


def scrubbed(model: onnx.ModelProto) -> onnx.ModelProto:
    """Take out what the exporter notes about its own source files: a bundle is given away."""
    inside = model.graph
    for part in (
        model,
        inside,
        *inside.node,
        *inside.input,
        *inside.output,
        *inside.value_info,
        *inside.initializer,
    ):
        part.doc_string = ""
        part.ClearField("metadata_props")
    return model


def with_manifest(model: onnx.ModelProto, described: Manifest) -> bytes:
    """Return the graph as bytes with its description inside."""
    onnx.helper.set_model_props(model, {manifest.KEY: msgspec.json.encode(described).decode()})
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep the exporters' chatter off the terminal: standard output is not ours to write on."""
    chatty = logging.getLogger("torch.onnx")
    before = chatty.level
    chatty.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        chatty.setLevel(before)
