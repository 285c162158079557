"""The main job through the real window: from a dropped folder to a shipped model, with nothing faked."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.exceptions import TimeoutError as WaitedInVain
from pytestqt.qtbot import QtBot

from studio.problems import problem_named
from studio.project import Project
from studio.recipe.new import new_recipe
from studio.ui.app import Studio
from tests.e2e.conftest import QUICK

PATIENT_MS = 90_000


@pytest.fixture
def project_folder(photos: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "spots.thaw"
    values = QUICK | {"epochs": "40"}
    recipe = new_recipe(problem_named("image_classification"), "spots", photos, folder, values)
    Project.create(folder, recipe).close()
    return folder


def test_from_a_dropped_folder_to_a_shipped_model(studio: Studio, photos: Path, tmp_path: Path, qtbot: QtBot):
    def until(condition, timeout_ms: int = PATIENT_MS) -> None:
        try:
            qtbot.waitUntil(condition, timeout=timeout_ms)
        except WaitedInVain as error:
            words = [f"{n.level}: {n.text} {n.hint} {n.detail}" for n in studio.store.notices]
            pytest.fail(
                f"waited in vain; job {studio.store.job}, {studio.client.waiting()}, notices {words}: {error}"
            )

    store, window = studio.store, studio.window

    # Home: drop, take the proposal
    home = window.page("home")
    studio.actions.guess(photos)
    until(lambda: home._guesses.count() == 1)
    qtbot.mouseClick(home._guesses.itemAt(0).widget().button, Qt.MouseButton.LeftButton)
    until(lambda: store.project is not None)
    assert window.current_page() == "data"

    # Data: the wizard's fields, then what they make
    data = window.page("data")
    for name, value in (QUICK | {"epochs": "2"}).items():
        studio.actions.set_value(name, value)
    until(lambda: store.scan is not None and store.findings is not None and store.preview is not None)
    assert store.scan.n_train == 32 and store.scan.n_valid == 8
    assert {c.name for c in store.scan.classes} == {"stripes", "spots"}
    until(lambda: store.estimate is not None)
    qtbot.mouseClick(data.primary, Qt.MouseButton.LeftButton)
    assert window.current_page() == "rate"

    # Rate: find (what looks at the data in the background gives way), click on the plot, use it
    rate = window.page("rate")
    until(rate.primary.isEnabled)
    qtbot.mouseClick(rate.primary, Qt.MouseButton.LeftButton)
    until(lambda: store.rate.found is not None)
    until(lambda: store.job is None)
    qtbot.wait(50)
    plot = rate.board.plot
    lr = store.rate.found.lrs[len(store.rate.found.lrs) // 2]
    place = plot.to_pixel(math.log10(lr), 0).x()
    middle = plot.viewport().height() // 2
    qtbot.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(round(place), middle))
    qtbot.mouseClick(rate.primary, Qt.MouseButton.LeftButton)
    chosen = store.recipe.training.stages[0].lr
    assert chosen.max == pytest.approx(lr, rel=0.3)

    # Train
    studio.actions.set_stage(0, lr=type(chosen)(max=3e-3))
    studio.actions.train()
    assert window.current_page() == "train"
    until(lambda: store.live is not None and store.live.done is not None)
    assert store.live.done.status == "finished"
    assert len(store.live.epochs) == 2

    # Results come by themselves
    until(lambda: store.results is not None and store.results_run == 1)
    window.show_page("results")
    assert len(store.results.items) == 40
    assert sum(map(sum, store.results.confusion)) == 8

    # Clean: mark with a key, take it back, mark again
    window.show_page("clean")
    clean = window.page("clean")
    clean.grid.setFocus()
    qtbot.keyClick(clean.grid, Qt.Key.Key_Delete)
    assert [mark.action for mark in store.marks.values()] == ["remove"]
    qtbot.keyClick(clean.grid, Qt.Key.Key_U)
    assert store.marks == {}
    qtbot.keyClick(clean.grid, Qt.Key.Key_Delete)
    assert len(store.marks) == 1
    assert len(list(photos.rglob("*.png"))) == 40

    # Retrain on what is left, on the same validation set
    until(clean.retrain.isEnabled)
    qtbot.mouseClick(clean.retrain, Qt.MouseButton.LeftButton)
    until(lambda: store.results_run == 2)
    until(lambda: store.job is None)
    assert len(store.runs) == 2 and len(store.results.items) == 39
    window.show_page("runs")
    until(lambda: set(store.compared) == {1, 2})

    # Ship: export with its proof, then ask
    bundle = tmp_path / "bundle"
    window.show_page("ship")
    studio.actions.export("onnx", bundle)
    until(lambda: bool(store.exports))
    assert store.exports[0].proof is not None and store.exports[0].proof.passed
    assert list(bundle.rglob("*.onnx"))
    until(lambda: store.job is None)
    studio.actions.predict([photos / "spots" / "spots_003.png", photos / "stripes" / "stripes_003.png"])
    until(lambda: store.predictions is not None)
    assert [p.problem for p in store.predictions.predictions] == ["", ""]
    assert {p.answer for p in store.predictions.predictions} <= {"stripes", "spots"}
    assert [n for n in store.notices if n.level == "error"] == []


def test_a_killed_engine_is_told_and_the_run_goes_on_from_the_button(
    studio: Studio, project_folder: Path, qtbot: QtBot
):
    store = studio.store
    studio.actions.open_project(project_folder)
    studio.actions.train()
    qtbot.waitUntil(lambda: store.live is not None and len(store.live.checkpoints) >= 2, timeout=PATIENT_MS)
    os.kill(store.greeting.pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: store.engine_state == "died", timeout=10_000)
    assert store.notices[0].text.startswith("The engine stopped: killed by signal 9")
    assert store.notices[0].hint.startswith("The last checkpoint is from ")
    kept = store.live.checkpoints[-1]
    qtbot.waitUntil(lambda: bool(store.runs) and store.runs[0].status == "interrupted", timeout=10_000)
    qtbot.mouseClick(studio.window.header.pause, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(store.live.resumes) and store.live.active, timeout=PATIENT_MS)
    assert store.live.resumes == [kept]
    qtbot.waitUntil(lambda: len(store.live.steps) > kept + 3, timeout=PATIENT_MS)
    assert store.live.steps == list(range(len(store.live.steps)))
    studio.actions.stop_keep()
    qtbot.waitUntil(lambda: store.live.done is not None, timeout=PATIENT_MS)
    assert store.live.done.status == "stopped"


def test_a_paused_run_gives_its_memory_back_and_goes_on_later(
    studio: Studio, project_folder: Path, qtbot: QtBot
):
    store, header = studio.store, studio.window.header
    studio.actions.open_project(project_folder)
    studio.actions.train()
    qtbot.waitUntil(lambda: store.live is not None and len(store.live.steps) > 5, timeout=PATIENT_MS)
    qtbot.mouseClick(header.pause, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: store.live.state == "paused", timeout=PATIENT_MS)
    engine, at = psutil.Process(store.greeting.pid), len(store.live.steps)
    page = studio.window.page("train")
    qtbot.waitUntil(lambda: page._banner is not None and page._banner[0].title == "Paused", timeout=10_000)
    page._banner[1].showRequested.emit()
    qtbot.waitUntil(lambda: store.engine_state == "off", timeout=PATIENT_MS)
    assert not engine.is_running()
    assert store.live.done is not None and store.live.done.status == "interrupted"
    qtbot.waitUntil(lambda: bool(store.runs) and store.runs[0].resumable, timeout=10_000)
    assert header.state().text == "Run 1 was interrupted" and header.state().can_resume
    assert [n for n in store.notices if n.level == "error"] == []
    qtbot.mouseClick(header.pause, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(store.live.resumes) and len(store.live.steps) > at, timeout=PATIENT_MS)
    assert store.live.resumes == [at] and store.live.steps == list(range(len(store.live.steps)))
    studio.actions.discard()
    qtbot.waitUntil(lambda: store.live.done is not None, timeout=PATIENT_MS)


def test_closing_while_a_run_trains_keeps_it_and_offers_it_again(
    project_folder: Path, themed, tmp_path: Path, qtbot: QtBot
):
    from studio.ui.settings import Settings
    from tests.ui.conftest import close_studio

    first = Studio(Settings(tmp_path / "settings.json"))
    first.start(project_folder)
    first.actions.train()
    qtbot.waitUntil(
        lambda: first.store.live is not None and len(first.store.live.steps) > 2, timeout=PATIENT_MS
    )
    pid = first.store.greeting.pid
    close_studio(first)
    assert not psutil.pid_exists(pid)
    second = Studio(Settings(tmp_path / "settings.json"))
    second.start(project_folder)
    qtbot.waitUntil(lambda: any(n.wanted == ("resume", 1) for n in second.store.notices), timeout=10_000)
    assert second.store.runs[0].status == "interrupted" and second.store.runs[0].resumable
    close_studio(second)


CHILD = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from studio.ui import app, theme
application = app.make_application()
theme.install(application, "light")
studio = app.Studio(app.Settings(Path(sys.argv[2])))
studio.start(Path(sys.argv[1]))
studio.actions.train()
timer = QTimer()
def tell():
    if studio.store.live and studio.store.live.steps:
        print(studio.store.greeting.pid, flush=True)
timer.timeout.connect(tell)
timer.start(100)
application.exec()
"""


def test_a_killed_window_leaves_no_engine_behind(project_folder: Path, tmp_path: Path):
    command = [sys.executable, "-c", CHILD, str(project_folder), str(tmp_path / "settings.json")]
    window = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    with window:
        engine = psutil.Process(int(window.stdout.readline()))
        window.kill()
    _, alive = psutil.wait_procs([engine], timeout=5)
    assert alive == []
    with Project.open(project_folder) as project:
        record = project.runs()[0]
        assert record.status == "interrupted" and record.resumable
