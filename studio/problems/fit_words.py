"""The lines of an exported script that fit a stage: its schedule, the best epoch, an early end, a fit on everything.

A script says what its run needs and no more: with the usual choices one line, `learn.fit_one_cycle(...)`. Only text is
made here: no torch, no fastai, no Qt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from studio.engine.messages import StagePlan
from studio.problems.watching import watched
from studio.recipe.schema import Recipe, Schedule

FITS: dict[Schedule, str] = {
    "one_cycle": "learn.fit_one_cycle",
    "flat_cosine": "learn.fit_flat_cos",
    "constant": "learn.fit",
}

BEST = '''

class Best(Callback):
    """Remembers the best epoch{early}."""

    order = 80

    def __init__(self):
        self.value, self.weights, self.waited = None, None, 0

    def before_fit(self):
        """Begin to wait anew."""
        self.waited = 0

    def after_epoch(self):
        """Compare the epoch that is over with the best one."""
        told = dict(zip(self.recorder.metric_names[1:], self.recorder.values[-1]))
        value = told.get({monitor!r})
        self.waited += 1
        is_number = value is not None and value == value  # None: this stage does not tell it
        if is_number and (self.value is None or {gain} > {least!r}):
            self.value, self.waited = value, 0
            self.weights = {{name: t.cpu().clone() for name, t in self.learn.model.state_dict().items()}}
{stop}'''
KEPT = "learn.model.load_state_dict(best.weights or learn.model.state_dict())"
STOP = """        if self.waited >= {patience}:
            raise CancelFitException
"""
EVERYTHING = '''

class Everything(Callback):
    """Leaves out validation, since those items train too, and ends a stage after its epochs."""

    order = 80

    def __init__(self, epochs):
        self.epochs = epochs

    def before_validate(self):
        """Leave it out."""
        raise CancelValidException

    def after_epoch(self):
        """End the stage."""
        if self.epoch + 1 == self.epochs:
            raise CancelFitException
'''


@dataclass(frozen=True)
class FitWords:
    """Classes to stand before the loop over the stages, and the lines in it, indented."""

    classes: str
    lines: str


def fit_words(
    recipe: Recipe, plans: Sequence[StagePlan], metrics: Sequence[str], callbacks: Sequence[str] = ()
) -> FitWords:
    """Write the fit of a run.

    Parameters
    ----------
    metrics : sequence of str
        The metrics of the script's learner by fastai's names; where it has none its loss is watched, which is best when
        the score is.
    callbacks : sequence of str
        Names of callbacks that the script has of its own.
    """
    from studio.problems import problem_named

    training = recipe.training
    is_everything = any(plan.until is not None for plan in plans)
    is_judged = not is_everything and (training.keep_best or training.early_stopping > 0)
    before, after, used, classes = [], [], list(callbacks), ""
    if is_everything:
        classes = EVERYTHING
        used.append(f"Everything({_chosen([str(plan.until or plan.epochs) for plan in plans])})")
    if is_judged:
        problem = problem_named(recipe.problem)
        is_known = bool(metrics) and training.monitor != "valid_loss"
        watch = watched(training.monitor, problem, metrics) if is_known else ("valid_loss", False)
        classes = _best(recipe, *watch)
        used.append("best")
        before = [f"if STAGES.index(stage) in {_fresh(plans)}:", "    best = Best()"]
        after = [KEPT] if training.keep_best else []
    cbs = f", cbs={used[0] if len(used) == 1 else '[' + ', '.join(used) + ']'}" if used else ""
    how = _chosen([FITS[plan.schedule] for plan in plans])
    fit = f"{how}(stage.epochs, stage.rate, wd={training.weight_decay!r}{cbs})"
    return FitWords(classes, "\n".join(f"        {line}" for line in (*before, fit, *after)))


def _best(recipe: Recipe, monitor: str, is_up: bool) -> str:
    patience = recipe.training.early_stopping
    return BEST.format(
        early=f", and ends a stage after {patience} epochs without a better one" if patience else "",
        monitor=monitor,
        gain="value - self.value" if is_up else "self.value - value",
        least=recipe.training.min_delta,
        stop=STOP.format(patience=patience) if patience else "",
    )


def _chosen(each: Sequence[str]) -> str:
    """The expression for a stage: what is the same for all, or one of a tuple."""
    return each[0] if len(set(each)) == 1 else f"({', '.join(each)})[STAGES.index(stage)]"


def _fresh(plans: Sequence[StagePlan]) -> tuple[int, ...]:
    """The stages whose epochs cannot be compared with those before."""
    return tuple(
        at
        for at, plan in enumerate(plans)
        if at == 0 or (plans[at - 1].size, plans[at - 1].part) != (plan.size, plan.part)
    )
