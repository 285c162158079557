"""The exported script of a run with tags has the same loss in every batch, to the last bit, and no studio in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.engine.building import exactly
from studio.engine.messages import Event
from studio.recipe.schema import Rate, Stage
from tests.exports.test_script import losses_of, script_losses, session_of
from tests.problems.tagged import recipe, tagged_photos

STAGES = (
    Stage(freeze=True, epochs=2, size=32, batch_size=4, lr=Rate(max=2e-3)),
    Stage(freeze=False, epochs=1, size=40, batch_size=8, lr=Rate(min=1e-4, max=1e-3)),
)

CHOSEN = ["fbeta_macro", "average_precision", "roc_auc", "exact_match", "hamming_loss"]


@pytest.mark.parametrize("delimited", [True, False])
def test_the_script_trains_as_the_studio_does(tmp_path: Path, delimited: bool) -> None:
    root = tagged_photos(tmp_path / "data")
    options = (
        {"no_tags": "none", "delimiter": "space"}
        if delimited
        else {**_one_hot(root), "class_weights": "balanced", "loss": "focal"}
    )
    made = recipe(
        root, stages=STAGES, arch="mobilenet_v3_small", resize="pad", beta=1.5, metrics=CHOSEN, **options
    )
    events: list[Event] = []
    session = session_of(tmp_path / "tagged.thaw", exactly(made), events)
    session.project.journal.mark(["images/p03.png"], "relabel", ["striped"])
    session.project.journal.mark(["images/p05.png"], "relabel", [])
    session.project.journal.mark(["images/p06.png"], "remove")
    assert session.train().status == "finished"
    exported = session.export(1, "script", str(tmp_path / "out"))
    rows = (tmp_path / "out" / "tagged.csv").read_text().splitlines()
    assert "images/p03.png,striped,no" in rows or "images/p03.png,striped,yes" in rows
    assert "images/p05.png,,no" in rows or "images/p05.png,,yes" in rows
    assert len(rows) == 24
    ours = losses_of(events)
    assert len(ours) == 2 * 5 + 2
    assert script_losses(Path(exported.path), tmp_path) == ours
    session.project.close()


def _one_hot(root: Path) -> dict[str, str]:
    """The same tags as columns of 1 and 0."""
    lines = [line.split(",") for line in (root / "labels.csv").read_text().splitlines()[1:]]
    names = sorted({tag for _, tags in lines for tag in tags.split()})
    rows = [["image", *names]]
    rows += [[image, *("1" if name in tags.split() else "0" for name in names)] for image, tags in lines]
    (root / "labels.csv").write_text("\n".join(",".join(row) for row in rows) + "\n")
    return {"labels": "one_hot"}
