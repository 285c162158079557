"""Batches whose points follow every change, losses without missing points, results, bundles that answer in pixels."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime  # noqa: F401
import pytest
import torch
from PIL import Image

from studio.engine.control import Control
from studio.engine.session import Session
from studio.errors import UserError
from studio.problems.image_regression import data, heads, items, learner, losses, metrics, results
from studio.problems.image_regression.drawing import drawn
from studio.problems.image_regression.geometry import in_photo
from studio.problems.image_regression.options import AUGMENT, NUMBER_METRICS, POINT_METRICS, SEVERAL_METRICS
from studio.problems.image_regression.scaling import bounds_of, scale_of
from studio.problems.vision.fitting import fit
from studio.problems.vision.sizes import upright_size
from studio.project import Project
from studio.project.results import Grid, Pictures, Scatter
from studio.recipe.schema import Rate, Recipe, Stage
from tests.problems.spots_made import COLOURS, STAGES, animals, cells, recipe, spot, written

LARGE = Stage(freeze=False, epochs=1, size=96, batch_size=8, lr=Rate(max=1e-3))


def batches(root: Path, made: Recipe, stage: Stage = STAGES[0]) -> Any:
    return data.dataloaders(items.collect(made, root), made, stage, stage.batch_size, root)  # type: ignore[arg-type]


def built(root: Path, made: Recipe) -> Any:
    return learner.build(batches(root, made), items.collect(made, root), made, root.parent)


def seen_at(photo: np.ndarray, colour: tuple[int, int, int]) -> tuple[np.ndarray, int]:
    """The middle of the pixels of a colour, from the upper left, and how many there are."""
    near = np.abs(photo.astype(float) - colour).sum(axis=2) < 200
    rows, columns = np.nonzero(near)
    return np.array([columns.mean() + 0.5, rows.mean() + 0.5]) if len(rows) else np.array([np.nan] * 2), len(
        rows
    )


@pytest.mark.parametrize("resize", ["squish", "pad", "crop"])
@pytest.mark.parametrize(("augment", "flip"), [("strong", "on"), ("standard", "off"), ("none", "off")])
def test_points_follow_their_marks_through_every_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, augment: str, flip: str, resize: str
) -> None:
    still_lit = {**(AUGMENT[augment] or {}), "max_lighting": 0.0}  # marks are found by their colours
    monkeypatch.setitem(AUGMENT, augment, still_lit if AUGMENT[augment] is not None else None)
    root = tmp_path / "d"
    (root / "images").mkdir(parents=True)
    rows: list[list[Any]] = [["image", "nose_x", "nose_y", "tail_x", "tail_y"]]
    for number in range(10):
        generator = np.random.default_rng(number)
        pixels = np.full((240, 320, 3), 60, dtype=np.uint8)
        places = generator.uniform([110, 80], [210, 160], (2, 2))
        if np.hypot(*(places[0] - places[1])) < 30:
            places[1] += 34
        for place, colour in zip(places, COLOURS, strict=True):
            spot(pixels, *place, colour, 10.0)
        Image.fromarray(pixels).save(root / "images" / f"{number}.png")
        rows.append([f"{number}.png", *places.ravel().tolist()])
    written(root / "points.csv", rows)
    dls = batches(root, recipe(root, augment=augment, flip=flip, resize=resize), LARGE)
    torch.manual_seed(3)
    compared = 0
    for _ in range(2):
        pictures, targets = dls.train.one_batch()
        photos = (data.pixels_of(dls, pictures).permute(0, 2, 3, 1).numpy() * 255).clip(0, 255)
        for photo, places in zip(photos, (targets.numpy() + 1) / 2 * 96, strict=False):
            for place, colour in zip(places, COLOURS, strict=True):
                middle, count = seen_at(photo, colour)
                whole = bool((np.abs(place - 48) < 38).all())
                if whole and count > 8:
                    assert np.hypot(*(middle - place)) < 1.5, (augment, resize, middle, place)
                    compared += 1
    assert compared >= 12


def test_missing_points_stay_missing_and_are_left_out_of_the_loss(tmp_path: Path) -> None:
    root = animals(tmp_path / "d", 8, missing=range(8))
    dls = batches(root, recipe(root, augment="strong", targets="nose, tail"))
    _, targets = dls.train.one_batch()
    assert targets.shape == (4, 2, 2)
    assert targets[:, 0].isfinite().all()
    assert targets[:, 1].isnan().all()
    loss = losses.PointLoss()
    places = torch.randn(4, 2, 2, requires_grad=True)
    value = loss(places, targets)
    value.backward()
    assert places.grad is not None
    assert math.isfinite(value.item())
    assert places.grad[:, 1].abs().sum() == 0
    assert torch.allclose(loss(places, targets, reduction="none").mean(), value)


def test_a_batch_without_any_known_point_costs_nothing() -> None:
    places = torch.zeros(2, 1, 2, requires_grad=True)
    value = losses.PointLoss()(places, torch.full((2, 1, 2), torch.nan))
    value.backward()
    assert value.item() == 0
    assert places.grad is not None and not places.grad.isnan().any()


def test_a_point_outside_the_picture_counts_for_nothing() -> None:
    target = torch.tensor([[[0.5, 0.5], [1.4, 0.0]]])
    assert losses.PointLoss()(torch.zeros(1, 2, 2), target).item() == pytest.approx(0.5)


def test_points_are_not_mirrored_by_themselves_and_numbers_are(tmp_path: Path) -> None:
    points, numbers = recipe(tmp_path), recipe(tmp_path, "counts.csv")
    for made, is_points, mirrored in ((points, True, False), (numbers, False, True)):
        changes = data.augmentation(data.changing("light", data.mirrors(items.options_of(made), is_points)))
        functions = [str(f) for change in changes for f in getattr(change, "aff_fs", ())]
        assert any("flip" in one for one in functions) is mirrored


def test_the_head_reaches_the_edge_and_works_on_any_grid() -> None:
    head = heads.PointHead(8, 3).eval()
    for rows, columns in ((1, 1), (7, 7), (5, 9)):
        places = head(torch.randn(2, 8, rows, columns))
        assert places.shape == (2, 3, 2)
        assert (places.abs() < 2.0).all()
    assert heads.cells(6, torch.zeros(1)).tolist() == pytest.approx([-1.25, -0.75, -0.25, 0.25, 0.75, 1.25])


def test_numbers_are_standardised_by_the_loss_alone(tmp_path: Path) -> None:
    root = cells(tmp_path / "d")
    made = recipe(root, "counts.csv")
    dataset = items.collect(made, root)
    _, targets = batches(root, made).one_batch()
    assert targets.shape == (4, 2)
    assert targets[:, 1].max() > 1000  # in its own unit
    means, deviations = scale_of(dataset)
    loss = losses.NumberLoss(means, deviations)
    assert loss(torch.zeros(4, 2), targets) < 10
    assert torch.allclose(loss.activation(torch.zeros(1, 2)), torch.tensor([means]))
    assert learner.metric_names_of(dataset, made) == SEVERAL_METRICS


def test_answers_stay_within_the_limits(tmp_path: Path) -> None:
    root = cells(tmp_path / "d")
    made = recipe(root, "counts.csv", targets="discs", y_range="0, 5")
    learn = built(root, made)
    with torch.no_grad():
        raw = learn.model.eval()(100 * torch.randn(6, 3, 32, 32))
    answers = learn.loss_func.activation(raw)
    assert answers.shape == (6, 1)
    assert 0 <= answers.min() <= answers.max() <= 5
    dataset = items.collect(made, root)
    assert bounds_of(dataset, items.options_of(recipe(root, "counts.csv", y_range="none"))) is None
    assert learner.metric_names_of(dataset, made) == NUMBER_METRICS


def test_relabelled_photos_must_have_as_many_points(tmp_path: Path) -> None:
    root = animals(tmp_path / "d")
    with Project.create(tmp_path / "p.thaw", recipe(root)) as project:
        project.mark(["images/00.png"], "relabel", items.target_of("1 2, 3 4, 5 6", project.recipe))
        with pytest.raises(UserError, match=r"images/00\.png has 3 points"):
            Session(project, lambda event: None, Control()).train()


@pytest.mark.parametrize("method", ["squish", "pad", "crop"])
@pytest.mark.parametrize("size", [(320, 200), (120, 260), (90, 90)])
def test_places_come_back_to_the_photos_pixels(method: str, size: tuple[int, int]) -> None:
    pixels = np.full((size[1], size[0], 3), 60, dtype=np.uint8)
    middle = (size[0] / 2 + 9, size[1] / 2 - 12)
    spot(pixels, *middle, COLOURS[0], 9.0)
    fitted = np.asarray(fit(Image.fromarray(pixels), (128, 128), method, "zeros"))
    seen, _ = seen_at(fitted, COLOURS[0])
    back = in_photo((seen / 64 - 1)[None], size, (128, 128), method)[0]
    assert np.hypot(*(back - middle)) < 1.5


def test_the_figures_are_in_pixels_of_the_photo() -> None:
    pixels = metrics.distances(np.array([[3.0, 4.0], [10.0, 0.0]]), np.array([[0.0, 0.0], [np.nan, 0.0]]))
    figures = metrics.point_figures(pixels, np.array([100.0, 100.0]))
    assert figures == {"point_error": 5.0, "error_of_width": 0.05, "pck": 1.0}
    assert metrics.point_figures(np.array([np.nan]), np.array([9.0]))["point_error"] is None


def test_the_preview_draws_the_points(tmp_path: Path) -> None:
    root = animals(tmp_path / "d")
    samples = data.preview(batches(root, recipe(root, augment="none")))
    assert len(samples) == 4
    assert samples[0].picture.startswith(b"\x89PNG")
    assert "points" in samples[0].label


def test_the_preview_says_the_numbers(tmp_path: Path) -> None:
    root = cells(tmp_path / "d")
    made = recipe(root, "counts.csv", augment="none")
    given = {", ".join(f"{value:.5g}" for value in one.target) for one in items.collect(made, root).items}
    labels = {one.label for one in data.preview(batches(root, made))}
    assert labels and labels <= given


def test_a_drawing_shows_truth_answer_and_the_way_between() -> None:
    photo = np.full((100, 100, 3), 200, dtype=np.uint8)
    picture = np.asarray(drawn(photo, ((20.0, 50.0), None), ((80.0, 50.0), (50.0, 10.0)))).astype(int)
    assert (picture[50, 50] != 200).any()  # on the line
    assert (picture[50, 80] != 200).any()
    assert (picture[10, 50] != 200).any()
    assert (picture[90, 90] == 200).all()


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A run on points and one on numbers, with their bundles."""
    found: dict[str, Any] = {}
    folder = tmp_path_factory.mktemp("regression")
    for kind, make, table in (("points", animals, "points.csv"), ("numbers", cells, "counts.csv")):
        root = make(folder / kind)
        Image.new("RGB", (90, 33)).save(root / "images" / "new.png")
        with Project.create(folder / f"{kind}.thaw", recipe(root, table, resize="pad")) as project:
            session = Session(project, lambda event: None, Control())
            done = session.train()
            session.evaluate(done.run)
            bundle = Path(session.export(done.run, "onnx", str(folder / f"{kind}-onnx")).path)
            pickle = session.export(done.run, "fastai", str(folder / f"{kind}-pkl"))
            run = project.run(done.run)
            found[kind] = (done, run.results(), run.path, bundle, pickle, root)
    return found


def test_results_of_points_are_the_metrics_of_the_run(trained: dict[str, Any]) -> None:
    done, found, folder, *_ = trained["points"]
    for name in POINT_METRICS:
        assert found.metrics[name] == pytest.approx(done.metrics[name], rel=1e-4)
    assert found.unit == "px"
    grid, *pictures = found.figures
    assert isinstance(grid, Grid)
    assert {row[0] for row in grid.rows} == {"nose", "tail"}
    assert all(isinstance(one, Pictures) for one in pictures)
    assert (folder / pictures[0].files[0]).is_file()
    missing = next(item for item in found.items if item.key == "images/03.png")
    assert missing.target[1] is None
    assert len(missing.predicted[1]) == 2
    losses_ = [item.loss for item in found.items]
    assert losses_ == sorted(losses_, reverse=True)


def test_results_of_numbers_have_a_scatter_for_each_and_the_mean_beside(trained: dict[str, Any]) -> None:
    done, found, *_ = trained["numbers"]
    for name in SEVERAL_METRICS:
        assert found.metrics[name] == pytest.approx(done.metrics[name], rel=1e-4)
    grid, *scatters = found.figures
    assert isinstance(grid, Grid)
    assert [row[0] for row in grid.rows] == ["discs", "bright"]
    assert [type(one) for one in scatters] == [Scatter, Scatter]
    assert scatters[1].diagonal


@pytest.mark.parametrize("kind", ["points", "numbers"])
def test_both_exports_agree_with_the_model(trained: dict[str, Any], kind: str) -> None:
    *_, bundle, pickle, _ = trained[kind]
    assert (bundle / "model.onnx").is_file() or bundle.suffix == ".onnx"
    assert pickle.proof is not None and pickle.proof.passed


@pytest.mark.parametrize("kind", ["points", "numbers"])
def test_a_bundle_answers_without_torch(trained: dict[str, Any], kind: str, tmp_path: Path) -> None:
    *_, bundle, _, root = trained[kind]
    code = (
        "import sys\nfrom pathlib import Path\nfrom studio.exports.bundle import Bundle\n"
        f"found, _ = Bundle.open(Path({str(bundle)!r})).predict([Path({str(root / 'images')!r})], "
        f"folder=Path({str(tmp_path)!r}))\n"
        "assert not {'torch', 'fastai', 'pandas', 'PySide6'} & set(sys.modules)\n"
        "print(found[0].answer, '|', found[0].note)\nprint(len(found), sum(bool(p.problem) for p in found))\n"
    )
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    first, counts = told.splitlines()
    assert counts == "13 0"
    if kind == "points":
        assert first.startswith("nose ")
        assert f"Picture saved as {tmp_path.name}/00_points.png." in first
        assert upright_size(tmp_path / "00_points.png") == upright_size(root / "images" / "00.png")
    else:
        assert first.startswith("discs ")
        assert not list(tmp_path.iterdir())


def test_a_bundle_stands_alone(trained: dict[str, Any], tmp_path: Path) -> None:
    *_, bundle, _, root = trained["points"]
    program = (bundle if bundle.is_dir() else bundle.parent) / "predict.py"
    told = subprocess.run(
        [sys.executable, str(program), str(root / "images" / "new.png"), "--to", str(tmp_path / "out")],
        check=True, capture_output=True, text=True, cwd=tmp_path,
    ).stdout  # fmt: skip
    assert "nose " in told
    assert (tmp_path / "out" / "new_points.png").is_file()


def test_answers_of_the_bundle_are_those_of_the_results(trained: dict[str, Any]) -> None:
    from studio.exports.bundle import Bundle

    _, found, _, bundle, _, root = trained["points"]
    outputs, _ = Bundle.open(bundle).outputs(root / "images" / "05.png")
    item = next(item for item in found.items if item.key == "images/05.png")
    assert np.abs(outputs["points"] - np.array(item.predicted)).max() < 0.05


def test_a_few_photos_can_be_shown_while_it_trains(tmp_path: Path) -> None:
    root = animals(tmp_path / "d")
    made = recipe(root)
    dataset, learn = items.collect(made, root), built(root, made)
    found = results.shown(learn, dataset.valid()[:2], dataset, made, tmp_path)
    assert [one.key for one in found] == [item.key for item in dataset.valid()[:2]]
    assert (tmp_path / "1.jpg").is_file()
