"""Invented searches for the preview of the Rate page, for pictures and for tests.

Must not import: torch.
"""

from __future__ import annotations

import math
import random
from dataclasses import replace

from studio.engine import messages as m
from studio.problems import problem_named
from studio.recipe.schema import Data, Rate, Recipe, Stage, Training
from studio.ui.store import JobView, RateView, Store

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
        m.Suggestion("steep", "Steepest", 7.9e-5, None, "Where the loss falls fastest."),
        m.Suggestion(
            "tenth", "Blow-up / 10", 6.3e-3, None, "A tenth of the rate at which the loss shoots up."
        ),
        m.Suggestion(
            "valley", "Valley", 1.4e-3, None, "fastai's valley: two thirds down the longest descent."
        ),
    )
    thawed = (
        m.Suggestion(
            "thawed",
            "Frozen rate / 5",
            1e-3,
            1.6e-5,
            "From a tenth of where it shoots up to the frozen rate over five.",
        ),
        m.Suggestion("steep", "Steepest", 2.5e-4, None, "Where the loss falls fastest."),
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
