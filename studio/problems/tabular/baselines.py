"""What simpler models reach on the same rows: linear, random forest, gradient boosting (scikit-learn).

Same training rows, same validation rows, same preparation as the network; fixed seeds. They are there to be honest:
on tables the network often comes second. Imports scikit-learn inside: engine only. No Qt.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST_ROWS = 50_000
"""Training rows used at most, so that the comparison takes seconds; more are drawn from evenly."""
SEED = 0
Array = NDArray[Any]


@dataclass(frozen=True)
class Rows:
    """Prepared rows: `categories` (n, n_categories) codes, `numbers` (n, n_numbers) standardised, `targets` (n,)."""

    categories: Array
    numbers: Array
    targets: Array

    def some(self, most: int) -> Rows:
        """At most so many rows, evenly spaced."""
        if len(self.targets) <= most:
            return self
        chosen = np.linspace(0, len(self.targets) - 1, most).round().astype(int)
        return Rows(self.categories[chosen], self.numbers[chosen], self.targets[chosen])

    def as_codes(self) -> Array:
        """Categories as their codes, beside the numbers: for trees."""
        return np.hstack([self.categories.astype(np.float64), self.numbers.astype(np.float64)])


@dataclass(frozen=True)
class Baseline:
    """A simpler model's answers for the validation rows (n,), and the seconds it took."""

    name: str
    answers: Array
    seconds: float


def baselines(
    train: Rows, valid: Rows, is_class: bool, progress: Callable[[str, int, int], None]
) -> list[Baseline]:
    """Fit every simpler model and let it answer for the validation rows."""
    train = train.some(MOST_ROWS)
    fits = CLASS_MODELS if is_class else NUMBER_MODELS
    found = []
    for at, (name, fit) in enumerate(fits.items()):
        progress(f"Comparing with {name.lower()}", at, len(fits))
        began = time.perf_counter()
        answers = fit(train, valid)
        found.append(Baseline(name, answers, time.perf_counter() - began))
    progress("Comparing with simpler models", len(fits), len(fits))
    return found


def _most_common(train: Rows, valid: Rows) -> Array:
    values, counts = np.unique(train.targets, return_counts=True)
    return np.full(len(valid.targets), values[counts.argmax()])


def _mean(train: Rows, valid: Rows) -> Array:
    return np.full(len(valid.targets), train.targets.mean())


def _logistic(train: Rows, valid: Rows) -> Array:
    from sklearn.linear_model import LogisticRegression

    return _linear(LogisticRegression(max_iter=300, random_state=SEED), train, valid)


def _ridge(train: Rows, valid: Rows) -> Array:
    from sklearn.linear_model import Ridge

    return _linear(Ridge(alpha=1.0, random_state=SEED), train, valid)


def _linear(model: Any, train: Rows, valid: Rows) -> Array:
    """Categories as one column each, numbers as they are."""
    import warnings

    from sklearn.compose import ColumnTransformer
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder

    words = list(range(train.categories.shape[1]))
    columns = ColumnTransformer(
        [("words", OneHotEncoder(handle_unknown="ignore"), words)], remainder="passthrough"
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # 300 rounds are enough to compare with
        fitted = make_pipeline(columns, model).fit(train.as_codes(), train.targets)
    return np.asarray(fitted.predict(valid.as_codes()))


def _forest(is_class: bool) -> Callable[[Rows, Rows], Array]:
    def fit(train: Rows, valid: Rows) -> Array:
        from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

        kind = RandomForestClassifier if is_class else RandomForestRegressor
        model = kind(n_estimators=100, min_samples_leaf=2, random_state=SEED, n_jobs=1)
        return np.asarray(model.fit(train.as_codes(), train.targets).predict(valid.as_codes()))

    return fit


def _boosting(is_class: bool) -> Callable[[Rows, Rows], Array]:
    def fit(train: Rows, valid: Rows) -> Array:
        from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

        kind = HistGradientBoostingClassifier if is_class else HistGradientBoostingRegressor
        model = kind(max_iter=200, learning_rate=0.1, early_stopping=False, random_state=SEED)
        return np.asarray(model.fit(train.as_codes(), train.targets).predict(valid.as_codes()))

    return fit


CLASS_MODELS: Mapping[str, Callable[[Rows, Rows], Array]] = {
    "Most common class": _most_common,
    "Logistic regression": _logistic,
    "Random forest": _forest(True),
    "Gradient boosting": _boosting(True),
}
NUMBER_MODELS: Mapping[str, Callable[[Rows, Rows], Array]] = {
    "Mean": _mean,
    "Linear regression": _ridge,
    "Random forest": _forest(False),
    "Gradient boosting": _boosting(False),
}
