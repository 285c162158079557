"""Key points drawn on photos: true ones from the table, and those that the model sees, at any size of tile."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtGui import QImage

from studio.problems.segmentation.palette import colour
from studio.project.results import ItemResult, Results
from studio.project.scores import metric_title, score_words
from studio.ui.pages.data_parts.words import found_words
from studio.ui.samples import about, reader, sample_kind
from studio.ui.samples.base import Asked, Decode
from studio.ui.targets import answer_words, is_points, seen_words
from tests.problems.spots_made import HEIGHT, WIDTH, animals, cells, recipe

KIND = sample_kind("points")


def painted(image: QImage, number: int) -> np.ndarray:
    """Where a picture has the colour of a point: (n, 2), x and y in its pixels."""
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    pixels = np.array(plain.constBits()).reshape(plain.height(), plain.bytesPerLine())[:, : 3 * plain.width()]
    near = (
        np.abs(pixels.reshape(plain.height(), plain.width(), 3).astype(int) - colour(number)).sum(axis=2) < 60
    )
    return np.argwhere(near)[:, ::-1] + 0.5


def results(target: object, predicted: object, key: str = "a.png") -> Results:
    return Results("image_regression", (), {}, (ItemResult(key, True, target, predicted, 0.1),))


def shown(tmp_path: Path, target: object, predicted: object, size: tuple[int, int] = (400, 200)) -> Decode:
    Image.new("RGB", size, (128, 128, 128)).save(tmp_path / "a.png")
    return reader(KIND, recipe(tmp_path), tmp_path, results(target, predicted))


@pytest.mark.parametrize("asked", [Asked(200, 200, 1.0, fill=False), Asked(160, 120, 2.0), Asked(100, 60)])
def test_a_ring_lies_where_the_point_is_however_the_photo_is_fitted(tmp_path: Path, asked: Asked) -> None:
    read = shown(tmp_path, ((100.0, 50.0),), (None,))
    image = read(tmp_path / "a.png", asked).image
    scale = min(image.width() / 400, image.height() / 200)
    left, top = (image.width() - 400 * scale) / 2, (image.height() - 200 * scale) / 2
    found = painted(image, 0)
    assert len(found) > 4
    assert np.abs(found.mean(axis=0) - (left + 100 * scale, top + 50 * scale)).max() < 1.5
    assert image.devicePixelRatio() == asked.ratio


def test_a_dot_and_a_thin_line_show_what_the_model_sees(tmp_path: Path) -> None:
    read = shown(tmp_path, ((100.0, 100.5),), ((300.0, 100.5),))
    found = painted(read(tmp_path / "a.png", Asked(400, 200, fill=False)).image, 0)
    across = found[np.abs(found[:, 1] - 100) < 3][:, 0]
    assert across.min() < 100 < 300 < across.max()
    assert ((across > 150) & (across < 250)).sum() > 50


def test_a_tile_shows_the_whole_photo_so_that_no_point_is_cut_off(tmp_path: Path) -> None:
    read = shown(tmp_path, ((5.0, 100.0),), (None,))
    image = read(tmp_path / "a.png", Asked(100, 100)).image
    assert (image.width(), image.height()) == (100, 100)
    assert painted(image, 0)[:, 0].min() < 8
    assert image.pixelColor(50, 4).alpha() == 0


def test_the_true_points_of_a_project_come_from_its_table(tmp_path: Path) -> None:
    root = animals(tmp_path / "d")
    read = reader(KIND, recipe(root), root)
    image = read(root / "images" / "03.png", Asked(4 * WIDTH, 4 * HEIGHT, fill=False)).image
    bare = KIND.decode(root / "images" / "03.png", Asked(4 * WIDTH, 4 * HEIGHT, fill=False)).image  # type: ignore[attr-defined]
    assert len(painted(image, 0)) > 0
    assert len(painted(bare, 0)) == 0
    assert len(painted(image, 1)) == 0  # the tail of this one is missing


def test_a_photo_on_its_side_has_its_points_upright(tmp_path: Path) -> None:
    photo = Image.new("RGB", (200, 100), (128, 128, 128))
    exif = photo.getexif()
    exif[0x0112] = 6
    photo.save(tmp_path / "a.jpg", exif=exif)
    read = reader(KIND, recipe(tmp_path), tmp_path, results(((50.0, 150.0),), (None,), "a.jpg"))
    image = read(tmp_path / "a.jpg", Asked(100, 200, fill=False)).image
    assert (image.width(), image.height()) == (100, 200)
    assert np.abs(painted(image, 0).mean(axis=0) - (50, 150)).max() < 1.5


def test_what_cannot_be_drawn_on_is_shown_as_it_is(tmp_path: Path) -> None:
    root = cells(tmp_path / "d")
    for made in (
        recipe(root, "counts.csv"),
        recipe(root, "gone.csv"),
        recipe(root, "counts.csv", kind="numbers"),
    ):
        photo = reader(KIND, made, root)(root / "images" / "00.png", Asked(40, 40))
        assert not photo.problem
        assert not photo.image.isNull()
    broken = reader(KIND, recipe(root), root, results(((1.0, 2.0),), (None,), "no.png"))
    assert broken(root / "no.png", Asked(40, 40)).problem


def test_points_are_said_by_how_far_they_are_off() -> None:
    target, predicted = ((0.0, 0.0), None, (10.0, 0.0)), ((3.0, 4.0), (1.0, 1.0), (10.0, 0.0))
    assert is_points(target) and not is_points((1.0, 2.0))
    assert seen_words(target, predicted) == "2.5 px off"
    assert answer_words(target, predicted, None) == "2 points, 2.5 px off"
    assert answer_words((19.0, 1.0), (18.24, 0.9), None) == "19, 1, predicted 18.24, 0.9"


def test_samples_of_a_run_are_told_apart_by_how_far_their_points_are_off() -> None:
    from studio.engine import messages as m
    from studio.project.live_run import LiveRun
    from studio.ui.pages.train_parts.sample_words import rows

    run = LiveRun(1)
    for epoch, words in enumerate(("42.1 px off, tail 60.0 px", "7.5 px off, nose 11.0 px")):
        answer = m.SampleAnswer("a.png", ((0.0, 0.0),), ((3.0, 4.0),), words=words, picture="shown/0.jpg")
        run.shown.append(m.SamplesShown(run=1, stage=0, epoch=epoch, step=epoch, samples=(answer,)))
    (row,) = rows(run, 1, KIND)
    assert (row.said, row.truth, row.history) == ("7.5 px off", "nose 11.0 px", "42 → 7.5")


def test_the_figures_of_points_have_names_and_a_unit() -> None:
    assert score_words("point_error", 10.98, "px") == "10.98 px"
    assert score_words("error_of_width", 0.0171) == "1.7 %"
    assert metric_title("pck") == "points within 5 % of the width"


def test_the_data_page_speaks_of_points() -> None:
    from studio.engine import messages as m

    counts = tuple(m.ClassCount(name, 8, 2) for name in ("nose", "tail"))
    scan = m.Scanned(n_train=8, n_valid=2, classes=counts, samples=())
    assert found_words(scan, about(KIND).part, about(KIND).parts) == "10 found with 2 points"
    assert found_words(scan) == "10 found in 2 classes"
