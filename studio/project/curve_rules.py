"""The rules about the curves of a run: functions from a `LiveRun` to a finding or None. `diagnosis.py` orders them.

The rules are those of the course notes: over-fitting is judged by the metric, never by the loss alone; a training
loss above the validation loss means under-fitting; a bump of the loss while the rate climbs is normal. No torch, no
Qt, no numpy.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left
from dataclasses import dataclass
from typing import Final, Literal

from studio.engine import messages as m
from studio.project.judge import Judge
from studio.project.live_run import LiveRun

Tone = Literal["good", "warning", "error", "dim"]
Plot = Literal["loss", "metric"]

_FEW_BATCHES: Final = 8
_BLOWN_UP: Final = 3.0  # smoothed loss against the best of the run
_CLIMB: Final = 0.3  # part of a stage in which one-cycle raises the rate
_BUMP: Final = 1.04
_STILL: Final = 0.03
_ENOUGH: Final = 2000  # points that a rule looks at
_PLATEAU_EPOCHS: Final = 4
_FEW_ITEMS: Final = (
    100  # fewer validation items than this make a share jump by a per cent or more for one item
)
_UNBALANCED: Final = 10.0


@dataclass(frozen=True)
class Evidence:
    """Where a finding shows: the plot, and the batches from `start` up to `stop`."""

    plot: Plot
    start: float
    stop: float


@dataclass(frozen=True)
class Diagnosis:
    """One finding about a run.

    Attributes
    ----------
    kind : str
        Names the rule.
    sentence : str
        What was seen, with its figures, and what to do.
    reason : str
        Why that is so, in the words of the notes.
    note : str
        The file of `resources/notes` about it.
    """

    kind: str
    tone: Tone
    title: str
    sentence: str
    note: str
    reason: str = ""
    evidence: Evidence | None = None


def not_a_number(run: LiveRun, judge: Judge) -> Diagnosis | None:
    """The loss is infinite or not a number."""
    last_valid = run.epochs[-1].valid_loss if run.epochs and not run.everything else 0.0
    if not (run.losses and run.losses[-1] is None) and last_valid is not None:
        return None
    lost = next((step for step, loss in zip(run.steps, run.losses, strict=True) if loss is None), None)
    where = "" if lost is None else f" since batch {lost + 1:,}"
    end = run.steps[-1] + 1 if run.steps else 0
    return Diagnosis(
        "nan", "error", "Loss is not a number",
        f"The loss left all bounds{where}. Lower the rate ten times, and use 32 bit precision.",
        "loss-nan",
        "A step that is too long leads to a larger gradient, that to a longer step: within a few batches the numbers "
        "are too large to be written.",
        Evidence("loss", max(0, (lost if lost is not None else end) - _FEW_BATCHES), end),
    )  # fmt: skip


def rate_too_high(run: LiveRun, judge: Judge) -> Diagnosis | None:
    """The smoothed loss of the stage shot up and stays up."""
    smooth = _of_stage(run)
    settled = smooth[_FEW_BATCHES:]  # the first averages of a stage are of a batch or two: noise
    if len(settled) < 2:
        return None
    best, now = min(settled), settled[-1]
    if now < _BLOWN_UP * best or now < 1.5 * settled[0]:
        return None
    return Diagnosis(
        "rate-too-high", "error", "Rate too high",
        f"The loss climbed from {best:.3g} to {now:.3g} and does not come back. Choose a rate ten times lower.",
        "learning-rate",
        "With too long a step the weights jump over the valley and land higher on its other side.",
        _since(run, settled.index(best) / len(settled)),
    )  # fmt: skip


def rising_at_first(run: LiveRun, judge: Judge) -> Diagnosis | None:
    """The loss rises while one-cycle raises the rate, which is normal."""
    smooth = _of_stage(run)
    plan = next((s for s in run.plan if s.index == run.stage), None)
    if plan is None or not run.active or plan.schedule != "one_cycle" or len(smooth) < _FEW_BATCHES:
        return None
    passed = run.steps[-1] - run.stage_steps.get(run.stage, 0)
    if passed > _CLIMB * plan.batches * plan.epochs or smooth[-1] < _BUMP * min(smooth):
        return None
    return Diagnosis(
        "rising-at-first", "dim", "Normal so far",
        "The loss rises a little while the rate climbs to its peak, then falls: one-cycle works like that.",
        "one-cycle",
        "Long steps in the middle of a cycle leave narrow valleys for wide ones, which hold for new data too.",
        Evidence("loss", float(run.stage_steps.get(run.stage, 0)), float(run.steps[-1] + 1)),
    )  # fmt: skip


def over_fitting(run: LiveRun, judge: Judge) -> Diagnosis | None:
    """The score got worse since its best epoch, by more than noise, and the validation loss rose."""
    scores = judge.scores(run)
    if len(scores) < 3 or len(scores) != len(run.epochs):
        return None
    best = judge.best(scores)
    place = scores.index(best)
    since = len(scores) - 1 - place
    worse = [judge.loss_of(best, value) > judge.noise(best) for value in scores[-2:]]
    if since < 2 or not all(worse) or not _valid_loss_rises(run.epochs, place):
        return None
    return Diagnosis(
        "over-fitting", "warning", "Over-fitting",
        f"{judge.heading} went from {judge.words(best)} after epoch {place + 1} to {judge.words(scores[-1])} while "
        "validation loss rose. Keep the best epoch, train fewer epochs, or regularise more.",
        "over-under-fitting",
        "The model learns its training items by heart. What counts is the metric: a loss that rises alone only says "
        "that the model is surer of its mistakes.",
        Evidence("metric", float(run.epochs[place].step), float(run.epochs[-1].step)),
    )  # fmt: skip


def under_fitting(run: LiveRun, judge: Judge) -> Diagnosis | None:
    """The training loss stands above the validation loss."""
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
        "Dropout and augmentation make training items harder than validation items: as long as they are what holds "
        "the model back, it has not learnt all that it could.",
        _last_epochs(run, 2, "loss"),
    )  # fmt: skip


def rate_too_low(run: LiveRun, judge: Judge) -> Diagnosis | None:
    """Neither the loss nor the score has moved since the start."""
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
        "The rate is probably too low: try ten times more.",
        "learning-rate",
        "Each step moves the weights by the rate times the slope: with too small a rate nothing moves, however long "
        "it trains.",
        Evidence("loss", float(run.steps[0]), float(run.steps[-1] + 1)),
    )  # fmt: skip


def plateau(run: LiveRun, judge: Judge) -> Diagnosis | None:
    """The score and the validation loss moved no more than noise over the last epochs, after having moved."""
    scores = judge.scores(run)
    if len(scores) <= _PLATEAU_EPOCHS or len(scores) != len(run.epochs):
        return None
    last, before = scores[-_PLATEAU_EPOCHS:], scores[:-_PLATEAU_EPOCHS]
    flat = max(last) - min(last) <= judge.noise(last[-1])
    losses = [e.valid_loss for e in run.epochs[-_PLATEAU_EPOCHS:] if e.valid_loss is not None]
    still = len(losses) == len(last) and max(losses) - min(losses) <= _STILL * max(losses)
    learnt = judge.loss_of(judge.best(last), before[0]) > judge.noise(before[0])
    if not (flat and still and learnt):
        return None
    return Diagnosis(
        "plateau", "dim", "No more to gain here",
        f"Over the last {_PLATEAU_EPOCHS} epochs {judge.name} stayed at {judge.words(scores[-1])} and validation loss "
        f"at {losses[-1]:.3g}. More epochs of the same will not help.",
        "epochs",
        "What is left to learn needs something new: thawed layers, larger pictures, a larger network, or more data.",
        _last_epochs(run, _PLATEAU_EPOCHS, "metric"),
    )  # fmt: skip


def unstable(run: LiveRun, judge: Judge) -> Diagnosis | None:
    """The score jumps up and down by more than it gains, on a validation set that is small."""
    scores = judge.scores(run)
    if len(scores) < 4 or not judge.items or judge.items >= _FEW_ITEMS or len(scores) != len(run.epochs):
        return None
    moves = [after - before for before, after in itertools.pairwise(scores)][-5:]
    turns = sum(a * b < 0 for a, b in itertools.pairwise(moves))
    swing = max(abs(move) for move in moves)
    if turns < 2 or swing <= 1.5 / judge.items:
        return None
    return Diagnosis(
        "unstable", "warning", "Validation jumps about",
        f"{judge.heading} goes up and down by {judge.words(swing)} from epoch to epoch: only {judge.items} items judge "
        "it. Keep more items for validation before you compare runs.",
        "split",
        f"With {judge.items} items a single one is worth {100 / judge.items:.1f} per cent: such steps are luck.",
        _last_epochs(run, 5, "metric"),
    )  # fmt: skip


def unbalanced(run: LiveRun, judge: Judge) -> Diagnosis | None:
    """One class is so large that answering it always would score as well as the model does."""
    scores, total = judge.scores(run), sum(judge.classes.values())
    if (
        len(judge.classes) < 2
        or not scores
        or not judge.is_share
        or not judge.up
        or judge.metric != "accuracy"
    ):
        return None
    name, most = max(judge.classes.items(), key=lambda pair: pair[1])
    least_name, least = min(judge.classes.items(), key=lambda pair: pair[1])
    if most < _UNBALANCED * max(1, least) or scores[-1] > most / total + judge.noise(most / total):
        return None
    return Diagnosis(
        "unbalanced", "warning", "One class drowns the others",
        f"{most / total:.0%} of the training items are “{name}”, {least:,} are “{least_name}”: always answering "
        f"“{name}” would score as well as this model ({judge.words(scores[-1])}).".replace("%", " %", 1),
        "results-confusion",
        "Accuracy counts items, so that a rare class hardly matters for it: look at the recall of each class on "
        "Results, and give the rare ones more weight or more items.",
        _last_epochs(run, 1, "metric"),
    )  # fmt: skip


def loss_only(run: LiveRun, judge: Judge) -> Diagnosis | None:
    """The validation loss rises alone: no over-fitting yet."""
    scores = judge.scores(run)
    if len(scores) < 3 or not _valid_loss_rises(run.epochs, _lowest(run.epochs)):
        return None
    if judge.loss_of(judge.best(scores), scores[-1]) > judge.noise(judge.best(scores)):
        return None
    return Diagnosis(
        "loss-only", "good", "Not over-fitting yet",
        f"Validation loss rises, but {judge.name} ({judge.words(scores[-1])}) does not get worse: "
        "the model is only surer of its mistakes.",
        "over-under-fitting",
        "Go on as long as the metric that you care for does not get worse.",
        Evidence("loss", float(run.epochs[_lowest(run.epochs)].step), float(run.epochs[-1].step)),
    )  # fmt: skip


def fitting_well(run: LiveRun, judge: Judge) -> Diagnosis | None:
    """The training loss is level with the validation loss, or somewhat below."""
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
        tail = f" and {judge.name} {moves} at {judge.words(scores[-1])}"
    return Diagnosis(
        "fitting-well", "good", "Fitting well",
        f"Training loss ({train:.3g}) {side} validation loss ({valid:.3g}){tail}.",
        "over-under-fitting",
        "That is what a good fit looks like: the model knows its training items a little better than new ones.",
    )  # fmt: skip


def _since(run: LiveRun, part: float) -> Evidence:
    """From a part of the stage that trains now to its end."""
    start = run.stage_steps.get(run.stage, 0)
    stop = run.steps[-1] + 1
    return Evidence("loss", start + part * (stop - start), float(stop))


def _last_epochs(run: LiveRun, count: int, plot: Plot) -> Evidence:
    ends = [e.step for e in run.epochs]
    start = ends[-count - 1] if len(ends) > count else 0
    return Evidence(plot, float(start), float(ends[-1]))


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
