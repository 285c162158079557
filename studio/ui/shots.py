"""A picture of every page in both themes: `python -m studio.ui.shots [--out shots] [--only train]`.

Each page stands in the real window, on the data of its own `fill_sample`, at 1440x900 (and some at 1280x720); the
start page, empty pages, a lost engine and a read-only project are among them. Look at them after a change.
Must not import torch, pandas or another way to draw than the window's own.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from studio.engine import messages as m
from studio.problems.base import Guess
from studio.project import RunRecord
from studio.ui import shown, theme
from studio.ui.actions import GuessView
from studio.ui.preview import PrintedActions, settle
from studio.ui.steps import STEPS, module_of, page_specs
from studio.ui.store import JobView, NoticeView, Reading, Store
from studio.ui.window import StudioWindow
from studio.ui.wiring import Wiring

WIDE, SMALL = (1440, 900), (1280, 720)
THEMES: tuple[theme.Choice, ...] = ("light", "dark")
SETTLE_MS = 700
_GB = 1024.0


@dataclasses.dataclass(frozen=True)
class Scene:
    """One picture: the page, what is put into the store after its sample, and the size of the window."""

    name: str
    page: str
    also: Callable[[Store, PrintedActions], None] | None = None
    size: tuple[int, int] = WIDE
    filled: bool = True


class _SampleProject:
    """As much of a project as the shell and the pages look at."""

    read_only = False
    locked_by = ""
    folder = cache = Path("ants and bees.thaw")

    def __init__(self, data_root: Path) -> None:
        self.data_root = data_root


def _lost(store: Store, _actions: PrintedActions) -> None:
    store.engine_state, store.job = "died", None
    words = "The engine stopped: killed by signal 9 (the system does this when memory runs out)."
    store.engine_words = words
    if store.live is not None:
        store.live.apply(
            m.RunDone(run=store.live.run, status="interrupted", metrics={}, seconds=0.0, message=words)
        )
    store.runs = [RunRecord(number=7, status="interrupted", resumable=True, error=words)]
    store.notices = [
        NoticeView("error", words, "The last checkpoint is from 12:03.", "", "Resume the run", ("resume", 7))
    ]


def _read_only(store: Store, _actions: PrintedActions) -> None:
    words = "It is open in another window since 11:48 (process 4021). Close it there to edit here."
    store.notices = [NoticeView("warning", "ants and bees is open for reading only.", words)]
    project: Any = store.project
    project.read_only, project.locked_by = True, words


def _empty(store: Store, _actions: PrintedActions) -> None:
    store.live = store.run = store.results = store.results_run = store.predictions = None
    store.runs, store.exports, store.marks, store.job = [], [], {}, None


def _guessed(_store: Store, actions: PrintedActions) -> None:
    sentence = "398 photos in 2 folders, ants and bees, already divided into train and val."
    guess = Guess("image_classification", 0.95, sentence)
    actions.guessed.emit(GuessView(Path("/home/ida/data/hymenoptera"), (guess,)))


@dataclasses.dataclass(frozen=True)
class _Kind:
    """The sample of another kind of items, by its name."""

    name: str

    def __call__(self, store: Store, _actions: PrintedActions) -> None:
        from studio.ui.pages.results_parts.kinds_sample import KINDS

        KINDS[self.name](store)


@dataclasses.dataclass(frozen=True)
class _Rate:
    """A state of the Rate page, by the name of its sample."""

    name: str

    def __call__(self, store: Store, _actions: PrintedActions) -> None:
        from studio.ui.pages.rate_parts import sample

        project = store.project
        getattr(sample, f"fill_{self.name}")(store)
        store.project = project
        store.rateChanged.emit()


RATE_SCENES = ("empty", "frozen", "running", "stopped", "overlay", "few", "error", "trying", "tried")


@dataclasses.dataclass(frozen=True)
class _Told:
    """A state of a page by its name, as its `scenes` module tells it."""

    page: str
    name: str

    def __call__(self, store: Store, _actions: PrintedActions) -> None:
        from importlib import import_module

        import_module(f"studio.ui.pages.{self.page}_parts.scenes").SCENES[self.name](store)


@dataclasses.dataclass(frozen=True)
class _Gauge:
    """A state of the memory gauge, by its name."""

    name: str

    def __call__(self, store: Store, _actions: PrintedActions) -> None:
        from studio.ui.shell.gauge_scenes import SCENES as STATES

        STATES[self.name](store)


GAUGE_SCENES = ("no-gpu", "two-cards", "unknown", "nothing-fits", "training")
TRAIN_SCENES = (
    "waiting",
    "paused",
    "checkpointing",
    "editing",
    "halved",
    "stopped-early",
    "over-fitting",
    "finished",
    "failed",
)
EDITED = {"train-editing": 2, "train-editing-small": 2}  # the stage whose editor is open
RUNS_SCENES = ("queue", "queue-failed", "seeds", "curve", "numbers")
KIND_SCENES = (
    ("results", "rows"), ("results", "numbers"), ("results", "ratings"), ("results", "tags"), ("results", "texts"),
    ("clean", "rows"), ("clean", "ratings"), ("data", "rows"), ("ship", "rows"), ("ship", "texts"),
    ("results", "points"), ("clean", "points"), ("data", "points"),
    ("data", "tags"), ("data", "texts"), ("data", "ratings"), ("data", "numbers"), ("clean", "texts"),
    ("results", "masks"), ("clean", "masks"), ("data", "masks"),
)  # fmt: skip

SCENES = (
    *(Scene(step.key, step.key, filled=step.key != "home") for step in STEPS),
    Scene("home-guess", "home", _guessed, filled=False),
    *(Scene(f"gauge-{name}", "train", _Gauge(name), size=SMALL) for name in GAUGE_SCENES),
    Scene("train-lost", "train", _lost),
    Scene("train-small", "train", size=SMALL),
    *(Scene(f"train-{name}", "train", _Told("train", name)) for name in TRAIN_SCENES),
    Scene("train-editing-small", "train", _Told("train", "editing"), size=SMALL),
    Scene("train-over-fitting-small", "train", _Told("train", "over-fitting"), size=SMALL),
    *(Scene(f"runs-{name}", "runs", _Told("runs", name)) for name in RUNS_SCENES),
    Scene("runs-queue-small", "runs", _Told("runs", "queue"), size=SMALL),
    Scene("data-small", "data", size=SMALL),
    Scene("clean-small", "clean", size=SMALL),
    Scene("runs-small", "runs", size=SMALL),
    Scene("data-read-only", "data", _read_only),
    *(Scene(f"{page}-{kind}", page, _Kind(kind)) for page, kind in KIND_SCENES),
    *(Scene(f"rate-{name}", "rate", _Rate(name)) for name in RATE_SCENES),
    Scene("rate-small", "rate", size=SMALL),
    Scene("rate-tried-small", "rate", _Rate("tried"), size=SMALL),
    *(Scene(f"{key}-empty", key, _empty) for key in ("train", "results", "clean", "ship", "runs")),
)


class Stage(QObject):
    """The window on sample data, for one scene."""

    def __init__(self, scene: Scene) -> None:
        super().__init__()
        self.store, self.actions = Store(self), PrintedActions(self)
        self._fill(scene)
        self.window = StudioWindow(page_specs(self.store, self.actions))
        self.wiring = Wiring(self.window, self.store, self.actions, self)
        self.window.resize(*scene.size)
        self.wiring.show_all()
        self.window.show()
        self.window.show_page(scene.page)
        if scene.also is not None:
            scene.also(self.store, self.actions)
            self._tell()
        if isinstance(scene.also, _Gauge):
            self.window.gauge.set_gauge(shown.gauge_view(self.store))
            self.window.gauge.open_panel()
        self._choose_view(scene)
        settle(SETTLE_MS)

    def _fill(self, scene: Scene) -> None:
        gauge = Reading("GPU 0 · RTX 4090", "gpu", 24 * _GB, 2.1 * _GB, 11.3 * _GB, 10.6 * _GB)
        self.store.reading, self.store.engine_state = gauge, "ready"
        if not scene.filled:
            return
        step = next(step for step in STEPS if step.key == scene.page)
        module_of(step).fill_sample(self.store)
        if self.store.recipe is None:
            _fill_runs(self.store)
        if self.store.project is None and self.store.recipe is not None:
            self.store.project = _SampleProject(Path(self.store.recipe.data.root))  # type: ignore[assignment]
        if self.store.live is None and self.store.run is not None and self.store.run.active:
            self.store.live = self.store.run
        if self.store.live is not None and self.store.live.active and self.store.job is None:
            self.store.job = JobView(1, "Train")

    def _choose_view(self, scene: Scene) -> None:
        """Pages of several views come with the one that the scene is about."""
        from studio.ui.pages.runs_parts.scenes import VIEWS

        views: Any = getattr(self.window.page(scene.page), "views", None)
        if views is not None and isinstance(scene.also, _Told):
            settle(1)
            views.keyChosen.emit(VIEWS.get(scene.also.name, "runs"))
        if scene.name in EDITED:
            timeline: Any = getattr(self.window.page(scene.page), "timeline", None)
            timeline.stageChosen.emit(EDITED[scene.name])

    def _tell(self) -> None:
        for name in ("engineChanged", "jobChanged", "runChanged", "runsChanged", "resultsChanged", "marksChanged",
                     "shipChanged", "rateChanged", "noticesChanged", "comparedChanged", "recipeChanged",
                     "projectChanged", "scanChanged", "findingsChanged", "previewChanged", "queueChanged",
                     "curveChanged", "estimateChanged"):  # fmt: skip
            signal: Any = getattr(self.store, name)
            signal.emit()

    def save(self, path: Path) -> None:
        """Write the picture and take the window away."""
        self.window.grab().save(str(path))
        self.window.close()
        self.window.deleteLater()
        self.deleteLater()
        settle(1)


def _fill_runs(store: Store) -> None:
    """A recipe for pages whose sample needs none, so that the shell has a name to show."""
    from studio.ui.pages.runs_parts.sample import fill_sample

    sample = Store()
    fill_sample(sample)
    store.recipe, store.problem = sample.recipe, sample.problem


def shoot(out: Path, only: str = "", themes: Sequence[theme.Choice] = THEMES) -> list[Path]:
    """Write the pictures; their paths. `only` names a page or a scene."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for choice in themes:
        theme.install(application, choice)
        for scene in SCENES:
            if only and only not in (scene.page, scene.name):
                continue
            path = out / f"{scene.name}-{choice}.png"
            Stage(scene).save(path)
            sys.stdout.write(f"{path}\n")
            written.append(path)
    return written


def main(argv: Sequence[str] | None = None) -> int:
    """Write pictures; the exit status."""
    parser = argparse.ArgumentParser(description="A picture of every page in both themes.")
    parser.add_argument("--out", type=Path, default=Path("shots"))
    parser.add_argument("--only", default="", help="a page or a scene")
    parser.add_argument("--theme", choices=THEMES, default=None)
    options = parser.parse_args(argv)
    application = QApplication([])
    shoot(options.out, options.only, THEMES if options.theme is None else (options.theme,))
    application.quit()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
