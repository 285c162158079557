"""What simpler models reach on the same texts: the most common class, and TF-IDF with logistic regression.

Same tokens, same training texts, same validation texts. On a thousand texts TF-IDF is hard to beat, and is shown where
it comes first. Imports scikit-learn inside: engine only. No Qt.
"""

from __future__ import annotations

import time
import warnings
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from studio.problems.base import Dataset

MOST_TEXTS = 20_000
STRENGTH = 10.0
SEED = 0


@dataclass(frozen=True)
class Simpler:
    """A simpler model's accuracy on the validation texts, and the seconds that it took."""

    name: str
    accuracy: float
    seconds: float


def simpler(
    dataset: Dataset, cut: Mapping[str, tuple[str, ...]], progress: Callable[[str, int, int], None]
) -> list[Simpler]:
    """Fit every simpler model and judge it on the validation texts."""
    progress("Comparing with TF-IDF", 0, 0)
    train, valid = dataset.train(), dataset.valid()
    step = max(1, -(-len(train) // MOST_TEXTS))
    train = train[::step]
    targets = [item.target for item in valid]
    common = Counter(item.target for item in train).most_common(1)[0][0]
    began = time.perf_counter()
    answers = _tf_idf([cut[i.key] for i in train], [i.target for i in train], [cut[i.key] for i in valid])
    seconds = time.perf_counter() - began
    return [
        Simpler("Most common class", _share([common] * len(targets), targets), 0.0),
        Simpler("TF-IDF and logistic regression", _share(answers, targets), seconds),
    ]


def _share(answers: Sequence[str], targets: Sequence[str]) -> float:
    return sum(a == t for a, t in zip(answers, targets, strict=True)) / max(1, len(targets))


def _tf_idf(
    train: Sequence[tuple[str, ...]], targets: Sequence[str], valid: Sequence[tuple[str, ...]]
) -> list[str]:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    vectors = TfidfVectorizer(analyzer=_as_it_is, min_df=2 if len(train) > 50 else 1, sublinear_tf=True)
    model = LogisticRegression(C=STRENGTH, max_iter=500, random_state=SEED)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # 500 rounds are enough to compare with
        model.fit(vectors.fit_transform(train), targets)
    return [str(answer) for answer in model.predict(vectors.transform(valid))]


def _as_it_is(tokens: tuple[str, ...]) -> tuple[str, ...]:
    return tokens
