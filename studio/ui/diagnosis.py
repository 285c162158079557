"""What the curves of a run say, in words: rules over a `LiveRun`, the first that holds wins.

The rules are those of the course notes: over-fitting is judged by the metric, never by the loss alone; a
training loss above the validation loss means under-fitting; a bump of the loss while the rate climbs is
normal.

Must not import: Qt, numpy, torch.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import Final, Literal

from studio.engine import messages as m
from studio.ui.live_run import LiveRun
from studio.ui.scores import is_share, metric_heading, metric_title, score_words

Tone = Literal["good", "warning", "error", "dim"]

_FEW_BATCHES: Final = 8
_BLOWN_UP: Final = 3.0  # smoothed loss against the best of the run
_CLIMB: Final = 0.3  # part of a stage in which one-cycle raises the rate
_BUMP: Final = 1.04
_STILL: Final = 0.03
_ENOUGH: Final = 2000  # points that a rule looks at


@dataclass(frozen=True)
class Diagnosis:
    """One finding about a run. `kind` names the rule, `note` the file of `resources/notes` about it."""

    kind: str
    tone: Tone
    title: str
    sentence: str
    note: str


@dataclass(frozen=True)
class Judge:
    """How a run is scored: the metric, whether more is better, how many items judge it (0 unknown)."""

    metric: str = "accuracy"
    up: bool = True
    items: int = 0

    def scores(self, run: LiveRun) -> list[float]:
        """The score of each epoch that has one."""
        found = (epoch.metrics.get(self.metric) for epoch in run.epochs)
        return [value for value in found if value is not None]

    @property
    def title(self) -> str:
        """The metric for people, within a sentence; `heading` at its start."""
        return metric_title(self.metric)

    @property
    def heading(self) -> str:
        return metric_heading(self.metric)

    def words(self, score: float) -> str:
        """A score as it is written."""
        return score_words(self.metric, score)

    def best(self, scores: list[float]) -> float:
        return max(scores) if self.up else min(scores)

    def loss_of(self, best: float, value: float) -> float:
        """How much worse `value` is than `best`, as a positive number."""
        return best - value if self.up else value - best

    def noise(self, score: float) -> float:
        """One standard error of a share of `items`; a hundredth where that is not known or is no share."""
        if not self.items or not is_share(self.metric, score):
            return abs(score) * 0.01
        return max(sqrt(score * (1 - score) / self.items), 1 / self.items)


def diagnose(run: LiveRun, judge: Judge | None = None) -> Diagnosis | None:
    """The first rule that holds; None while there is too little to say."""
    judge = judge or Judge()
    for rule in RULES:
        found = rule(run, judge)
        if found is not None:
            return found
    return None


def _not_a_number(run: LiveRun, judge: Judge) -> Diagnosis | None:
    last_valid = run.epochs[-1].valid_loss if run.epochs else 0.0
    if not (run.losses and run.losses[-1] is None) and last_valid is not None:
        return None
    lost = next((step for step, loss in zip(run.steps, run.losses, strict=True) if loss is None), None)
    where = "" if lost is None else f" since batch {lost + 1:,}"
    return Diagnosis(
        "nan", "error", "Loss is not a number",
        f"The loss left all bounds{where}. Stop this run, lower the rate ten times, "
        "and use 32 bit precision.",
        "loss-nan",
    )  # fmt: skip


def _rate_too_high(run: LiveRun, judge: Judge) -> Diagnosis | None:
    settled = _of_stage(run)[_FEW_BATCHES:]  # the first averages of a stage are of a batch or two: noise
    if len(settled) < 2:
        return None
    best, now = min(settled), settled[-1]
    if now < _BLOWN_UP * best or now < 1.5 * settled[0]:
        return None
    return Diagnosis(
        "rate-too-high", "error", "Rate too high",
        f"The loss climbed from {best:.3g} to {now:.3g} and does not come back. "
        "Stop, and choose a rate ten times lower on the Rate page.",
        "learning-rate",
    )  # fmt: skip


def _rising_at_first(run: LiveRun, judge: Judge) -> Diagnosis | None:
    smooth = _of_stage(run)
    plan = next((s for s in run.plan if s.index == run.stage), None)
    if plan is None or not run.active or len(smooth) < _FEW_BATCHES:
        return None
    passed = run.steps[-1] - run.stage_steps.get(run.stage, 0)
    if passed > _CLIMB * plan.batches * plan.epochs or smooth[-1] < _BUMP * min(smooth):
        return None
    return Diagnosis(
        "rising-at-first", "dim", "Normal so far",
        "The loss rises a little while the rate climbs to its peak, then falls: one-cycle works like that.",
        "one-cycle",
    )  # fmt: skip


def _over_fitting(run: LiveRun, judge: Judge) -> Diagnosis | None:
    scores = judge.scores(run)
    if len(scores) < 3:
        return None
    best = judge.best(scores)
    since = len(scores) - 1 - scores.index(best)
    worse = [judge.loss_of(best, value) > judge.noise(best) for value in scores[-2:]]
    if since < 2 or not all(worse) or not _valid_loss_rises(run.epochs, scores.index(best)):
        return None
    return Diagnosis(
        "over-fitting", "warning", "Over-fitting",
        f"{judge.heading} went from {judge.words(best)} to {judge.words(scores[-1])} while validation loss rose. "
        "Train fewer epochs, add data or augmentation, or raise weight decay.",
        "over-under-fitting",
    )  # fmt: skip


def _under_fitting(run: LiveRun, judge: Judge) -> Diagnosis | None:
    losses = _last_losses(run)
    if losses is None or len(run.epochs) < 2 or losses[0] <= losses[1] * 1.02:
        return None
    train, valid = losses
    if run.active:
        words = "More epochs usually close the gap; it is early to judge."
    else:
        words = "Train longer or with a higher rate, or lower augmentation, dropout and weight decay."
    return Diagnosis(
        "under-fitting", "dim" if run.active else "warning", "Under-fitting",
        f"Training loss ({train:.3g}) is above validation loss ({valid:.3g}): "
        f"the model can learn more. {words}",
        "over-under-fitting",
    )  # fmt: skip


def _rate_too_low(run: LiveRun, judge: Judge) -> Diagnosis | None:
    scores = judge.scores(run)
    smooth = _finite(run.smooth)
    if len(run.epochs) < 2 or len(scores) < 2 or len(smooth) < 2 * _FEW_BATCHES:
        return None
    early, late = max(smooth[: len(smooth) // 4]), smooth[-1]
    gained = judge.loss_of(scores[-1], scores[0])
    if late < early * (1 - _STILL) or gained > judge.noise(scores[0]):
        return None
    return Diagnosis(
        "rate-too-low", "warning", "Hardly learning",
        f"After {len(run.epochs)} epochs the loss still stands at {late:.3g}. "
        "The rate is probably too low: try ten times more, or look at the Rate page.",
        "learning-rate",
    )  # fmt: skip


def _loss_only(run: LiveRun, judge: Judge) -> Diagnosis | None:
    scores = judge.scores(run)
    if len(scores) < 3 or not _valid_loss_rises(run.epochs, _lowest(run.epochs)):
        return None
    if judge.loss_of(judge.best(scores), scores[-1]) > judge.noise(judge.best(scores)):
        return None
    return Diagnosis(
        "loss-only", "good", "Not over-fitting yet",
        f"Validation loss rises, but {judge.title} ({judge.words(scores[-1])}) does not get worse: "
        "the model is only surer of its mistakes.",
        "over-under-fitting",
    )  # fmt: skip


def _fitting_well(run: LiveRun, judge: Judge) -> Diagnosis | None:
    losses, scores = _last_losses(run), judge.scores(run)
    if losses is None or len(run.epochs) < 2:
        return None
    train, valid = losses
    side = "is level with" if train > valid * 0.98 else "has passed below"
    tail = ""
    if scores:
        best = judge.best(scores)
        held = judge.loss_of(best, scores[-1]) <= judge.noise(best)
        moves = "still improves" if scores[-1] == best and run.active else "holds" if held else "wavers"
        tail = f" and {judge.title} {moves} at {judge.words(scores[-1])}"
    return Diagnosis(
        "fitting-well", "good", "Fitting well",
        f"Training loss ({train:.3g}) {side} validation loss ({valid:.3g}){tail}.",
        "over-under-fitting",
    )  # fmt: skip


Rule = Callable[[LiveRun, Judge], Diagnosis | None]
RULES: Final[tuple[Rule, ...]] = (
    _not_a_number,
    _rate_too_high,
    _rising_at_first,
    _over_fitting,
    _rate_too_low,
    _under_fitting,
    _loss_only,
    _fitting_well,
)


def _of_stage(run: LiveRun) -> list[float]:
    """Smoothed losses of the stage that trains now."""
    first = bisect_left(run.steps, run.stage_steps.get(run.stage, 0))
    return _finite(run.smooth, first)


def _finite(values: list[float | None], first: int = 0) -> list[float]:
    """Finite values from `first` on, the last among them; thinned, so that a long run costs no more."""
    stride = max(1, (len(values) - first) // _ENOUGH)
    backwards = range(len(values) - 1, first - 1, -stride)
    thin = [values[i] for i in backwards]
    return [value for value in reversed(thin) if value is not None]


def _last_losses(run: LiveRun) -> tuple[float, float] | None:
    """Training and validation loss of the last epoch, where both are numbers."""
    if not run.epochs or run.epochs[-1].train_loss is None or run.epochs[-1].valid_loss is None:
        return None
    return run.epochs[-1].train_loss, run.epochs[-1].valid_loss


def _lowest(epochs: list[m.EpochDone]) -> int:
    """Index of the epoch with the lowest validation loss."""
    losses = [e.valid_loss if e.valid_loss is not None else float("inf") for e in epochs]
    return losses.index(min(losses))


def _valid_loss_rises(epochs: list[m.EpochDone], since: int) -> bool:
    """True where the last validation loss is above that of epoch `since` by more than a twentieth."""
    then, now = epochs[min(since, len(epochs) - 1)].valid_loss, epochs[-1].valid_loss
    return then is not None and now is not None and now > then * 1.05
