"""Fixtures of the window's tests. Each test fails that leaves widgets, threads, timers or processes behind, or at
which Qt complains."""

from __future__ import annotations

import gc
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QProcess, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from studio.project import Project
from studio.recipe.schema import Data, Rate, Recipe, Stage, Training
from studio.ui import theme
from studio.ui.app import Studio
from studio.ui.settings import Settings

HARMLESS = (
    r"This plugin does not support",  # the offscreen platform has no window manager
    r"QFont.*",
    r".*Populating font family aliases.*",
)
PATIENCE_S = 20.0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Qt's own complaints fail a test of the window."""
    for item in items:
        if "qtbot" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.qt_log_level_fail("WARNING"))
            item.add_marker(pytest.mark.qt_log_ignore(*HARMLESS, extend=True))


@pytest.fixture(autouse=True)
def nothing_left(qapp: QApplication) -> Iterator[None]:
    """Top-level widgets, studio threads, running timers and processes that a test started must be gone after it."""
    tidy()
    before = {kind: set(map(id, found)) for kind, found in leftovers().items()}
    yield
    deadline = time.monotonic() + PATIENCE_S
    while True:
        tidy()
        left = {kind: [o for o in found if id(o) not in before[kind]] for kind, found in leftovers().items()}
        if not any(left.values()) or time.monotonic() > deadline:
            break
        qapp.processEvents()
    assert not any(left.values()), {kind: found for kind, found in left.items() if found}


def tidy() -> None:
    """Carry out deletions that were asked for, and collect."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()


def leftovers() -> dict[str, list[object]]:
    """What lives now, by kind."""
    alive = [o for o in gc.get_objects() if isinstance(o, QTimer | QProcess) and shiboken6.isValid(o)]
    return {
        "widgets": [w for w in QApplication.topLevelWidgets() if was_shown(w)],
        "threads": [t for t in threading.enumerate() if t.name.startswith("studio-")],
        "timers": [o for o in alive if isinstance(o, QTimer) and o.isActive()],
        "processes": [
            o for o in alive if isinstance(o, QProcess) and o.state() != QProcess.ProcessState.NotRunning
        ],
    }


def was_shown(widget: QWidget) -> bool:
    """Whether a widget ever was a window; a label that a page has made and not yet placed was not."""
    return widget.isVisible() or widget.testAttribute(Qt.WidgetAttribute.WA_WState_Created)


@pytest.fixture
def themed(qapp: QApplication) -> theme.ThemeSwitch:
    """The application in its light dress."""
    return theme.install(qapp, "light")


@pytest.fixture
def fake_engine() -> Callable[[str], list[str]]:
    """The command of an engine without torch, by its behaviour."""
    script = Path(__file__).with_name("fake_engine.py")

    def command(behaviour: str = "normal") -> list[str]:
        return [sys.executable, str(script), behaviour]

    return command


@pytest.fixture
def recipe() -> Recipe:
    """A recipe whose data are not there."""
    stages = (
        Stage(freeze=True, epochs=3, size=64, lr=Rate(max=5e-3)),
        Stage(freeze=False, epochs=2, size=64, lr=Rate(min=1e-5, max=1e-4)),
    )
    return Recipe(
        problem="image_classification",
        name="birds",
        data=Data(root="photos"),
        training=Training(stages=stages),
    )


@pytest.fixture
def wait_for(qtbot: QtBot) -> Callable[[Callable[[], bool]], None]:
    """Let the event loop run until something is so; a minute at most, on a busy machine."""

    def wait(condition: Callable[[], bool], timeout_ms: int = 60_000) -> None:
        qtbot.waitUntil(condition, timeout=timeout_ms)

    return wait


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Two folders of tiny photos."""
    return draw_photos(tmp_path / "photos")


def draw_photos(folder: Path, each: int = 12, size: int = 32) -> Path:
    """Write `each` pictures of two kinds that a small network can tell apart: reddish stripes, bluish spots."""
    for kind in ("stripes", "spots"):
        (folder / kind).mkdir(parents=True)
        for number in range(each):
            picture = QImage(size, size, QImage.Format.Format_RGB32)
            picture.fill(QColor.fromHsv((number * 7) % 40 + (0 if kind == "stripes" else 200), 160, 200))
            painter = QPainter(picture)
            for at in range(0, size, 8):
                if kind == "stripes":
                    painter.fillRect(0, at + number % 4, size, 3, QColor("white"))
                else:
                    painter.setBrush(QColor("black"))
                    painter.drawEllipse(at, (at * 5 + number) % size, 5, 5)
            painter.end()
            picture.save(str(folder / kind / f"{kind}_{number:03d}.png"))
    return folder


@pytest.fixture
def project_folder(tmp_path: Path, photos: Path, recipe: Recipe) -> Path:
    """A project on the tiny photos, closed."""
    folder = tmp_path / "birds.thaw"
    data = Data(root=str(photos))
    Project.create(folder, msgspec.structs.replace(recipe, data=data)).close()
    return folder


@pytest.fixture
def studio(
    qtbot: QtBot, themed: theme.ThemeSwitch, tmp_path: Path, fake_engine: Callable[[str], list[str]]
) -> Iterator[Studio]:
    """The whole window around an engine without torch."""
    made = Studio(Settings(tmp_path / "settings.json"), fake_engine("normal"))
    made.start()
    yield made
    close_studio(made)


def close_studio(made: Studio) -> None:
    """As the program does at its end."""
    made.window.close()
    made.close()
    made.window.deleteLater()
    made.deleteLater()
