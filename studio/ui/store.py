"""Everything the pages show, in one place.

Pages read attributes and listen to signals; only `Actions` and `Updates` (the two writers) change anything.
A signal says *what* changed and carries no value: a late listener reads the same truth as an early one.
Must not import torch, fastai, pandas, numpy or pyqtgraph.

`plans` says the stages of each run in words. `run` is the run that Train and Results show; `live` the one that the
engine trains now (often the same object). `follows_recipe` says whether its plan is that of the open recipe, so
that an edit of stages to come reaches it.

Signals
-------
projectChanged    another project is open, or none
recipeChanged     the recipe was edited (also by undo, or by hand)
refusedChanged    an edit of a field was refused: `refused` says why, by field, until the field is edited again
engineChanged     the engine's state
jobChanged        the running job or its progress
scanChanged       counts, classes, samples, or why there are none
findingsChanged   the doctor's findings
previewChanged    the augmented batch
estimateChanged   predicted memory
rateChanged       the finder's curve, or that of three short fits (at most one a tick)
runChanged        the live run's curves (at most one a tick)
runsChanged       the list of runs
comparedChanged   the stories of the ticked runs
resultsChanged    the results of the chosen run
marksChanged      the cleaning journal
shipChanged       exports and predictions
gaugeChanged      a reading of memory
noticesChanged    the list of notices
queueChanged      the queue of runs, or whether it goes
queueDone         the last run of the queue has ended (`queue_words` says how)
curveChanged      the learning curve of "Do I need more data?"
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from PySide6.QtCore import QObject, Signal

from studio.engine import messages as m
from studio.problems.base import Problem
from studio.project import Project, RunRecord
from studio.project.live_run import LiveRun
from studio.project.marks import Mark
from studio.project.queue import Entry
from studio.project.results import Results
from studio.recipe.schema import Rate, Recipe
from studio.ui.samples.pack import Pack

EngineState = Literal["off", "starting", "ready", "busy", "died"]


@dataclass(frozen=True)
class JobView:
    """The running job: `what` names the command ("Train", "FindRate", ...); `paused`, `stopping` only for a fit.

    A `background` job looks at the data by itself; it gives way to whatever a person asks for.
    """

    number: int
    what: str
    text: str = ""
    done: int = 0
    total: int = 0
    seconds_left: float | None = None
    paused: bool = False
    stopping: bool = False
    background: bool = False


@dataclass
class RateView:
    """The finder's page: the curve as it grows, the last answer, and earlier ones of this project."""

    stage: int = 0
    running: bool = False
    lrs: list[float] = field(default_factory=list)
    losses: list[float | None] = field(default_factory=list)
    smooth: list[float | None] = field(default_factory=list)
    found: m.RateFound | None = None
    earlier: tuple[m.RateFound, ...] = ()
    error: m.Failed | None = None


@dataclass
class TrialsView:
    """Three short fits at a tenth, once and ten times a rate: their losses as they grow, and the answer."""

    stage: int = 0
    running: bool = False
    rate: Rate | None = None
    steps: int = 0
    losses: tuple[list[float | None], ...] = field(default_factory=lambda: ([], [], []))
    tried: m.RatesTried | None = None
    error: m.Failed | None = None


@dataclass(frozen=True)
class CurveView:
    """The learning curve: its points as they come, and the answer once all are there."""

    running: bool = False
    started: m.CurveStarted | None = None
    points: tuple[m.CurvePoint, ...] = ()
    found: m.CurveFound | None = None
    error: str = ""


@dataclass(frozen=True)
class Reading:
    """Memory of the device that fits run on, in MiB. `kind` "unknown" comes with a `reason`."""

    name: str
    kind: Literal["gpu", "ram", "unknown"]
    total_mib: float = 0.0
    others_mib: float = 0.0
    ours_mib: float = 0.0
    free_mib: float = 0.0
    reason: str = ""
    card: int = 0
    cards: tuple[tuple[int, str, float], ...] = ()
    """Number, name and free memory of each card, where there are several."""


@dataclass(frozen=True)
class RunStory:
    """A run to be compared: its curves, the recipe as it was run, and how many cleaning marks it was trained with."""

    run: LiveRun
    recipe: Recipe | None = None
    marks: int = 0


@dataclass(frozen=True)
class NoticeView:
    """One entry of the notices list. `detail` can be copied into a report.

    `fix` is the words on its button, and `wanted` what that asks for: a method of `Actions` and its arguments.
    """

    level: m.Severity
    text: str
    hint: str = ""
    detail: str = ""
    fix: str = ""
    wanted: tuple[Any, ...] = ()


class Store(QObject):
    """See the module's docstring for the signals."""

    projectChanged = Signal()
    recipeChanged = Signal()
    refusedChanged = Signal()
    engineChanged = Signal()
    jobChanged = Signal()
    scanChanged = Signal()
    findingsChanged = Signal()
    previewChanged = Signal()
    estimateChanged = Signal()
    rateChanged = Signal()
    runChanged = Signal()
    runsChanged = Signal()
    comparedChanged = Signal()
    resultsChanged = Signal()
    marksChanged = Signal()
    shipChanged = Signal()
    gaugeChanged = Signal()
    noticesChanged = Signal()
    queueChanged = Signal()
    queueDone = Signal()
    curveChanged = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.reading: Reading | None = None
        self.notices: list[NoticeView] = []
        self.engine_state: EngineState = "off"
        self.engine_words = ""
        self.greeting: m.Greeting | None = None
        self.clear()

    def clear(self) -> None:
        """Forget the project; the engine, the gauge and the notices stay."""
        self.project: Project | None = None
        self.problem: Problem[Any] | None = None
        self.recipe: Recipe | None = None
        self.can_undo_recipe = False
        self.can_redo_recipe = False
        self.refused: dict[str, str] = {}
        self.job: JobView | None = None
        self.scan: m.Scanned | None = None
        self.scan_error: m.Failed | None = None
        self.findings: tuple[m.Finding, ...] | None = None
        self.preview: m.PreviewBatch | None = None
        self.preview_error: m.Failed | None = None
        self.estimate: m.Estimated | None = None
        self.rate = RateView()
        self.trials = TrialsView()
        self.run: LiveRun | None = None
        self.live: LiveRun | None = None
        self.runs: list[RunRecord] = []
        self.plans: dict[int, str] = {}
        self.compared: dict[int, RunStory] = {}
        self.sparks: dict[int, tuple[float, ...]] = {}
        self.queue: tuple[Entry, ...] = ()
        self.queue_going = False
        self.queue_words = ""
        self.curve = CurveView()
        self.follows_recipe = False
        self.results: Results | None = None
        self.results_run: int | None = None
        self.marks: dict[str, Mark] = {}
        self.thumbnails: Pack | None = None
        self.exports: list[m.Exported] = []
        self.predictions: m.Predicted | None = None
        self.ship_error: m.Failed | None = None

    @property
    def read_only(self) -> bool:
        """True where another window owns the project, or its folder cannot be written."""
        return self.project is not None and self.project.read_only

    @property
    def busy(self) -> bool:
        """True while the engine works on what a person asked for; background jobs give way to a new wish."""
        return self.job is not None and not self.job.background
