"""What would mend a finding about a run: edits of the recipe in the words of `--set`, each a button of its own.

Only fields that the problem has are touched, and only where the edit changes something. No torch, no Qt.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from studio.engine.messages import Fix
from studio.problems.base import Problem
from studio.project.curve_rules import Diagnosis
from studio.recipe.schema import Rate, Recipe

_LEVELS: Final = ("none", "light", "standard", "strong")  # of augmentation
_LARGEST: Final = 512
Remedy = Callable[[Recipe, dict[str, Any]], Fix | None]


def remedies(found: Diagnosis, recipe: Recipe, problem: Problem[Any]) -> tuple[Fix, ...]:
    """The edits that may help, the likeliest first; none for what is normal or well."""
    options = problem.options_of(recipe)
    known = {name: getattr(options, name) for name in options.__struct_fields__}
    made = (remedy(recipe, known) for remedy in _REMEDIES.get(found.kind, ()))
    return tuple(fix for fix in made if fix is not None)


def _rates(recipe: Recipe, factor: float) -> str:
    return ",".join(_rate_words(stage.lr, factor) for stage in recipe.training.stages)


def _rate_words(rate: Rate, factor: float) -> str:
    high = f"{rate.max * factor:.3g}"
    return high if rate.min is None else f"{rate.min * factor:.3g}:{high}"


def _lower_rate(recipe: Recipe, options: dict[str, Any]) -> Fix | None:
    return Fix("Rate ten times lower", {"lr": _rates(recipe, 0.1)})


def _higher_rate(recipe: Recipe, options: dict[str, Any]) -> Fix | None:
    return Fix("Rate ten times higher", {"lr": _rates(recipe, 10.0)})


def _full_precision(recipe: Recipe, options: dict[str, Any]) -> Fix | None:
    if recipe.training.precision == "fp32":
        return None
    return Fix("Rate ten times lower, 32 bit", {"lr": _rates(recipe, 0.1), "precision": "fp32"})


def _longer(recipe: Recipe, options: dict[str, Any]) -> Fix | None:
    epochs = [stage.epochs for stage in recipe.training.stages]
    more = max(1, epochs[-1] // 2)
    return Fix(
        f"{more} more epoch{'s' if more > 1 else ''}",
        {"epochs": ",".join(map(str, [*epochs[:-1], epochs[-1] + more]))},
    )


def _shorter(recipe: Recipe, options: dict[str, Any]) -> Fix | None:
    epochs = [stage.epochs for stage in recipe.training.stages]
    fewer = max(1, (2 * epochs[-1]) // 3)
    if fewer == epochs[-1]:
        return None
    return Fix(f"Train {fewer} epochs at last", {"epochs": ",".join(map(str, [*epochs[:-1], fewer]))})


def _keep_best(recipe: Recipe, options: dict[str, Any]) -> Fix | None:
    return None if recipe.training.keep_best else Fix("Keep the best epoch", {"keep_best": True})


def _more_decay(recipe: Recipe, options: dict[str, Any]) -> Fix | None:
    decay = recipe.training.weight_decay
    wanted = min(1.0, decay * 3 if decay else 0.01)
    return None if wanted == decay else Fix(f"Weight decay {wanted:.2g}", {"weight_decay": round(wanted, 6)})


def _less_decay(recipe: Recipe, options: dict[str, Any]) -> Fix | None:
    decay = recipe.training.weight_decay
    return (
        Fix(f"Weight decay {decay / 3:.2g}", {"weight_decay": float(f"{decay / 3:.2g}")}) if decay else None
    )


def _augment(step: int) -> Remedy:
    def remedy(recipe: Recipe, options: dict[str, Any]) -> Fix | None:
        level = options.get("augment")
        place = _LEVELS.index(level) + step if level in _LEVELS else -1
        if not 0 <= place < len(_LEVELS):
            return None
        return Fix(f"Augmentation {_LEVELS[place]}", {"augment": _LEVELS[place]})

    return remedy


def _dropout(change: float) -> Remedy:
    def remedy(recipe: Recipe, options: dict[str, Any]) -> Fix | None:
        before = options.get("dropout")
        if not isinstance(before, float):
            return None
        after = round(min(0.8, max(0.0, before + change)), 2)
        return None if after == before else Fix(f"Dropout {after:g}", {"dropout": after})

    return remedy


def _larger(recipe: Recipe, options: dict[str, Any]) -> Fix | None:
    size = recipe.training.stages[-1].size
    if size is None or size >= _LARGEST:
        return None
    sizes = [stage.size or size for stage in recipe.training.stages]
    wanted = min(_LARGEST, round(size * 1.5 / 32) * 32)
    return Fix(f"Last stage at {wanted} px", {"size": ",".join(map(str, [*sizes[:-1], wanted]))})


def _more_validation(recipe: Recipe, options: dict[str, Any]) -> Fix | None:
    split = recipe.data.split
    if split.kind not in ("random", "stratified") or split.valid_pct >= 0.3:
        return None
    return Fix("Keep 30 % for validation", {"valid_pct": 0.3})


def _weigh(recipe: Recipe, options: dict[str, Any]) -> Fix | None:
    """Where the problem can weigh its classes."""
    return (
        Fix("Weigh the classes", {"class_weights": "balanced"})
        if options.get("class_weights") == "none"
        else None
    )


_REMEDIES: Final[dict[str, tuple[Remedy, ...]]] = {
    "nan": (_full_precision, _lower_rate),
    "rate-too-high": (_lower_rate,),
    "rate-too-low": (_higher_rate,),
    "over-fitting": (_keep_best, _shorter, _augment(1), _more_decay, _dropout(0.1)),
    "under-fitting": (_longer, _less_decay, _augment(-1), _dropout(-0.2)),
    "plateau": (_larger, _shorter),
    "unstable": (_more_validation,),
    "unbalanced": (_weigh,),
}
