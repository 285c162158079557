"""The window as a whole: what it starts with, what its shell says, and what happens to an error nobody caught."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from studio.engine import messages as m
from studio.project import RunRecord
from studio.project.live_run import LiveRun
from studio.ui import shown
from studio.ui.app import Studio, choose_theme
from studio.ui.excepthook import Failures
from studio.ui.notices import Notices
from studio.ui.pages.notes import found
from studio.ui.store import JobView, NoticeView, Reading, Store


class Sample:
    read_only, locked_by = False, ""


@pytest.fixture
def store() -> Store:
    made = Store()
    made.project, made.engine_state = Sample(), "ready"  # type: ignore[assignment]
    return made


def plan(index: int, freeze: bool) -> m.StagePlan:
    return m.StagePlan(
        index=index, freeze=freeze, epochs=2, size=64, batch_size=8, batches=5, lr_min=None, lr_max=1e-2
    )


def live(stage: int = 1, left: float | None = 192.0, state: str = "training") -> LiveRun:
    run = LiveRun(1, plan=(plan(0, True), plan(1, False)), stage=stage)
    run.seconds_left, run.state = left, state
    return run


def test_the_window_starts_on_home_and_warms_the_engine_up(studio: Studio, wait_for):
    assert studio.window.current_page() == "home"
    assert studio.window.windowTitle() == "Thaw Studio"
    assert not studio.window.rail.isVisibleTo(studio.window)
    wait_for(lambda: studio.store.engine_state == "ready")
    wait_for(lambda: studio.store.reading is not None)
    assert studio.store.reading.ours_mib > 0


def test_the_window_keeps_its_place_and_its_look(studio: Studio):
    studio.window.resize(1200, 760)
    studio.actions.choose_theme("dark")
    studio.window.close()
    assert studio.settings.values.theme == "dark"
    assert studio.settings.values.geometry
    choose_theme("light")


def test_every_page_is_there_and_says_what_is_missing(studio: Studio, project_folder: Path, wait_for):
    studio.actions.open_project(project_folder)
    wait_for(lambda: studio.store.scan is not None)
    for key in ("data", "rate", "train", "results", "clean", "ship", "runs", "notes", "settings"):
        studio.window.show_page(key)
        assert studio.window.current_page() == key
    assert "birds" in studio.window.windowTitle()


@pytest.mark.parametrize(
    ("job", "run", "kind", "text"),
    [
        (None, None, "idle", "Ready"),
        (
            JobView(1, "Check", "Looking for copies", 3, 12, 4.0),
            None,
            "checking",
            "Looking for copies · 25 % · 0:04 left",
        ),
        (JobView(1, "Train"), None, "training", "Getting ready to train"),
        (JobView(1, "Train"), live(), "training", "Training · stage 2 of 2 · thawed · 3:12 left"),
        (JobView(1, "Train"), live(0, None), "training", "Training · stage 1 of 2 · frozen"),
        (
            JobView(1, "Train"),
            live(left=None, state="validating"),
            "training",
            "Validating · stage 2 of 2 · thawed",
        ),
        (
            JobView(1, "Train"),
            live(left=None, state="checkpointing"),
            "training",
            "Writing a checkpoint · stage 2 of 2 · thawed",
        ),
        (JobView(1, "Train", paused=True), live(), "paused", "Paused · stage 2 of 2 · thawed"),
        (JobView(1, "Train", stopping=True), live(), "stopping", "Stopping after this batch"),
    ],
)
def test_the_header_says_what_the_engine_does(store: Store, job, run, kind: str, text: str):
    store.job, store.live = job, run
    state = shown.run_state(store)
    assert (state.kind, state.text) == (kind, text)


def test_an_interrupted_run_can_be_resumed_from_the_header(store: Store):
    store.runs = [RunRecord(number=3, status="interrupted", resumable=True)]
    assert shown.run_state(store).can_resume
    store.engine_state = "died"
    assert shown.run_state(store).kind == "lost" and shown.run_state(store).can_resume
    store.runs.append(RunRecord(number=4, status="finished"))
    assert not shown.run_state(store).can_resume


def test_the_rail_marks_what_is_done_and_what_needs_attention(store: Store):
    store.scan = m.Scanned(n_train=4, n_valid=2, classes=(), samples=())
    store.findings = (m.Finding("broken", "error", "2 files are broken", ""),)
    store.runs = [RunRecord(number=1, status="failed", error="The loss became no number.")]
    store.job = JobView(1, "Export")
    marks = shown.rail_marks(store)
    assert marks["data"] == ("attention", "2 files are broken")
    assert marks["train"] == ("attention", "The loss became no number.")
    assert marks["ship"][0] == "running" and marks["rate"][0] == "none"


def test_the_gauge_adds_what_others_hold_to_what_a_batch_takes(store: Store, recipe):
    store.recipe = recipe
    store.reading = Reading("GPU", "gpu", 8000, 1000, 500, 6500)
    ticks = (m.BatchTick(8, 700.0, True), m.BatchTick(64, 9000.0, False))
    store.estimate = m.Estimated(
        free_mib=6500,
        total_mib=8000,
        device_name="GPU",
        stages=(m.StageEstimate(0, 8, 700.0, ticks, "fits"),),
    )
    view = shown.gauge_view(store)
    assert view.predicted_mib == 1700 and view.ticks == ((8, 1700.0, True), (64, 10000.0, False))
    assert (view.chosen_batch, view.picked, view.in_use()) == ("auto", 8, 8)
    store.reading = Reading("GPU", "unknown", reason="The driver does not tell.")
    assert shown.gauge_view(store).reason == "The driver does not tell. fits"


def test_a_driver_that_cannot_say_is_shown_as_unknown(store: Store):
    store.reading = Reading("GPU", "unknown", reason="The driver does not answer.")
    assert shown.gauge_view(store).total_mib is None


def test_an_error_nobody_caught_becomes_one_notice_that_can_be_copied(qtbot: QtBot):
    notices_store = Store()
    failures = Failures(Notices(notices_store, notices_store), notices_store)

    def fail() -> None:
        raise ZeroDivisionError("by nothing")

    failures.install()
    try:
        for _ in range(50):
            try:
                fail()
            except ZeroDivisionError:
                sys.excepthook(*sys.exc_info())
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
        qtbot.waitUntil(lambda: bool(notices_store.notices), timeout=2000)
        qtbot.wait(20)
    finally:
        failures.remove()
    assert len(notices_store.notices) == 1
    assert "in fail" in notices_store.notices[0].detail
    assert "Traceback" not in notices_store.notices[0].text + notices_store.notices[0].hint
    assert "in fail" in shown.notices(notices_store)[0].words()


def test_a_notice_is_said_once_and_taken_back_by_its_place():
    store = Store()
    notices = Notices(store, store)
    notices.say("info", "one")
    notices.say("info", "two")
    notices.say("info", "one")
    assert [n.text for n in store.notices] == ["one", "two"]
    notices.take_back(NoticeView("info", "two"))
    assert [n.text for n in store.notices] == ["one"]


def test_notes_are_found_by_their_words():
    assert any(name == "learning-rate" for name, _ in found("rate"))
    assert found("xyzzy") == ()
    assert len(found("")) > 10


def test_the_window_of_a_fresh_process_has_no_heavy_library():
    code = (
        "import sys; from studio.ui import app; a = app.make_application(); s = app.Studio(app.Settings()); s.start();"
        "a.processEvents(); print(*({'torch', 'fastai', 'pandas', 'numpy', 'pyqtgraph'} & set(sys.modules)));"
        "import builtins; print(builtins.__import__.__name__); s.close()"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines() == ["", "__import__"]
