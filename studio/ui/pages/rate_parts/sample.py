"""Invented searches for the preview of the Rate page, for pictures and for tests.

Must not import: torch.
"""

from __future__ import annotations

import math
import random
from dataclasses import replace

import msgspec

from studio.engine import messages as m
from studio.problems import problem_named
from studio.recipe.schema import Data, Rate, Recipe, Stage, Training
from studio.ui.store import JobView, RateView, Store, TrialsView

STEPS = 100
GROUPS = ("early layers", "later layers", "head")


def sample_recipe() -> Recipe:
    """Ants and bees, frozen and then thawed."""
    stages = (
        Stage(freeze=True, epochs=3, size=224, batch_size=64, lr=Rate(max=5e-3)),
        Stage(freeze=False, epochs=3, size=224, batch_size=64, lr=Rate(min=1e-5, max=5e-4)),
    )
    return Recipe(
        problem="image_classification",
        name="ants and bees",
        data=Data(root="../data/hymenoptera"),
        training=Training(stages=stages),
        options={"arch": "resnet34"},
    )


def losses(freeze: bool, steps: int = STEPS) -> tuple[list[float], list[float], list[float]]:
    """Rates, raw and smooth losses of an invented search that falls, levels and shoots up."""
    dice = random.Random(7 if freeze else 11)
    start, drop, where, blow = (1.02, 0.58, -4.1, -1.4) if freeze else (0.86, 0.5, -3.7, -1.05)
    rates, raw, smooth = [], [], []
    mean = weight = 0.0
    for i in range(steps):
        x = -7 + 8 * i / STEPS
        true = start - drop / (1 + math.exp(-2.4 * (x - where))) + math.exp(5.2 * (x - blow - 0.45))
        value = true * (1 + dice.gauss(0, 0.05)) + dice.gauss(0, 0.02)
        mean, weight = 0.9 * mean + 0.1 * value, 0.9 * weight + 0.1
        rates.append(10.0**x)
        raw.append(value)
        smooth.append(true * (1 + 0.012 * math.sin(4 * x)))
        if true > 4 * start:
            break
    return rates, raw, smooth


def found(freeze: bool) -> m.RateFound:
    """A finished search on the frozen or the thawed stage."""
    rates, raw, smooth = losses(freeze)
    frozen = (
        m.Suggestion("steepest", "Steepest slope", 1.4e-4, None, "The loss falls fastest here."),
        m.Suggestion(
            "shoots_up",
            "Before it shoots up / 10",
            4e-3,
            None,
            "A tenth of 4.0e-02, where the loss shoots up.",
        ),
        m.Suggestion("valley", "Valley", 4.4e-4, None, "fastai's first choice: in the longest fall."),
        m.Suggestion("minimum", "Minimum / 10", 1e-3, None, "A tenth of the rate with the lowest loss."),
    )
    thawed = (
        m.Suggestion(
            "frozen_5",
            "Up to the frozen rate / 5",
            1e-3,
            1.6e-5,
            "From a tenth of 1.6e-04, where the loss shoots up, to the frozen stage's 5.0e-03 / 5.",
        ),
        m.Suggestion("valley", "Valley", 2.5e-4, None, "fastai's first choice: in the longest fall."),
        m.Suggestion("minimum", "Minimum / 10", 4.5e-3, None, "A tenth of the rate with the least loss."),
    )
    return m.RateFound(
        stage=0 if freeze else 1,
        freeze=freeze,
        batch_size=64,
        size=224,
        lrs=tuple(rates),
        losses=tuple(raw),
        smooth=tuple(smooth),
        suggestions=frozen if freeze else thawed,
        groups=GROUPS,
        trainable=(not freeze, not freeze, True),
    )


def fill(store: Store) -> None:
    """The thawed stage is found, the frozen one behind it."""
    store.recipe = sample_recipe()
    store.problem = problem_named(store.recipe.problem)
    store.rate = RateView(stage=1, found=found(False), earlier=(found(True),))


def fill_running(store: Store, steps: int = 58) -> None:
    """A search on the thawed stage in the middle of its way."""
    fill(store)
    rates, raw, smooth = losses(False, steps)
    store.rate = RateView(
        stage=1, running=True, lrs=rates, losses=[*raw], smooth=[*smooth], earlier=(found(True),)
    )
    store.job = JobView(1, "FindRate", "Step 58 of 100", steps, STEPS, 14.0)


def fill_empty(store: Store) -> None:
    """Nothing searched yet."""
    fill(store)
    store.rate = RateView()


def fill_few(store: Store) -> None:
    """A search whose losses were hardly ever finite."""
    fill(store)
    one = found(False)
    none: tuple[float | None, ...] = (None,) * (len(one.lrs) - 12)
    few = m.RateFound(
        **{
            **{f: getattr(one, f) for f in one.__struct_fields__},
            "losses": (*one.losses[:12], *none),
            "smooth": (*one.smooth[:12], *none),
            "suggestions": (),
        }
    )
    store.rate = replace(store.rate, found=few)


def fill_error(store: Store) -> None:
    """A search that failed before its first step."""
    fill(store)
    failed = m.Failed(
        message="The training set has 12 photos, fewer than one batch of 64.",
        hint="Choose a smaller batch, or let the gauge choose it.",
    )
    store.rate = RateView(stage=0, error=failed)


def fill_frozen(store: Store) -> None:
    """The frozen stage is found, nothing before it."""
    fill(store)
    store.rate = RateView(stage=0, found=found(True))


def fill_stopped(store: Store) -> None:
    """A search that was cancelled after a while."""
    fill_running(store, 41)
    store.rate.running, store.job = False, None


def fill_overlay(store: Store) -> None:
    """Three earlier searches behind the present one."""
    fill(store)
    small = replace_in(found(True), batch_size=16, smooth=tuple(s * 1.12 for s in found(True).smooth if s))
    half = replace_in(
        found(False), batch_size=32, size=112, smooth=tuple(s * 0.9 for s in found(False).smooth if s)
    )
    store.rate = replace(store.rate, earlier=(small, half, found(True)))


def replace_in(one: m.RateFound, **changes: object) -> m.RateFound:
    """A search with other settings."""
    return msgspec.structs.replace(one, **changes)


def trial_losses(factor: float, steps: int, seed: int = 3) -> list[float | None]:
    """Losses of a short fit that learns faster with a larger rate, and shoots up with a very large one."""
    batches, own = random.Random(seed), random.Random(round(factor * 100))
    speed = {0.1: 0.35, 1.0: 1.6, 10.0: 2.2}[factor]
    made: list[float | None] = []
    for i in range(steps):
        rise = max(0.0, math.exp((i - 16) / 5) - 1) * 0.1 if factor == 10.0 else 0.0
        value = 0.35 + 0.75 * math.exp(-speed * i / 24) + rise
        made.append(value + batches.gauss(0, 0.06) + own.gauss(0, 0.015))
        if made[-1] is not None and made[-1] > 3.5:
            break
    return made


STEPS_TRIED = 48


def fill_trying(store: Store) -> None:
    """Three short fits in the middle of the second."""
    fill(store)
    none: list[float | None] = []
    losses = (trial_losses(0.1, STEPS_TRIED), trial_losses(1.0, 29), none)
    store.trials = TrialsView(stage=1, running=True, rate=Rate(min=1e-5, max=5e-4), steps=48, losses=losses)
    store.job = JobView(2, "TryRates", "Trying three rates", 77, 144, 9.0)


def fill_tried(store: Store) -> None:
    """Three short fits that ended: the chosen one won, the largest shot up."""
    fill_trying(store)
    store.job = None
    losses = tuple(trial_losses(factor, STEPS_TRIED) for factor in (0.1, 1.0, 10.0))
    ends, rates = (0.71, 0.38, None), ((5e-5, 1e-6), (5e-4, 1e-5), (5e-3, 1e-4))
    fits = tuple(
        m.ShortFit(factor, high, low, tuple(one), end is None, end)
        for factor, (high, low), one, end in zip((0.1, 1.0, 10.0), rates, losses, ends, strict=True)
    )
    words = (
        "The chosen rate learned fastest: loss 0.38 after 48 steps, against 0.71 for ten times less. "
        "The loss shot up at ten times more."
    )
    answer = m.RatesTried(
        stage=1, freeze=False, batch_size=64, size=224, steps=48, fits=fits, best=1, sentence=words
    )
    store.trials = replace(store.trials, running=False, tried=answer, losses=losses)
