"""What people look at first: what the score is worth beside simple answers, and the threshold of each tag. No torch."""

from __future__ import annotations

from collections.abc import Sequence

from studio.problems.multi_label import thresholds as choosing
from studio.problems.multi_label.options import Options
from studio.problems.multi_label.thresholds import LEAST_ITEMS, Flags, Scores
from studio.project.results import Figure, Grid


def of(
    train: Flags,
    scores: Scores,
    true: Flags,
    classes: Sequence[str],
    chosen: Sequence[float],
    is_own: Sequence[bool],
    options: Options,
) -> tuple[Figure, ...]:
    """Both tables; `train` and `true` are the flags of the two sides, `scores` those of the validation set."""
    return (
        worth(train, scores, true, classes, chosen, options),
        tag_table(train, scores, true, classes, chosen, is_own, options),
    )


def worth(
    train: Flags,
    scores: Scores,
    true: Flags,
    classes: Sequence[str],
    chosen: Sequence[float],
    options: Options,
) -> Grid:
    """F-beta of the model, and of saying the most common tags of every photo."""
    beta, usual = options.beta, options.threshold
    common = choosing.most_common(train, beta)
    always = ", ".join(classes[tag] for tag in common)
    rows: list[tuple[str, float | None]] = [
        (f"The model, {usual:g} for every tag", choosing.by_item(scores >= usual, true, beta)),
        ("The model, thresholds chosen on half of these photos", choosing.crossed(scores, true, beta, usual)),
        ("The model, thresholds chosen on these photos", choosing.by_item(scores >= chosen, true, beta)),
        (f"Always “{always}”", choosing.by_item(choosing.constant(common, true.shape), true, beta)),
    ]
    honest = [0, 1, 3]
    best = max(honest, key=lambda at: rows[at][1] or 0.0)
    return Grid(
        title=f"F{beta:g}, the mean of the validation photos",
        columns=("Who answers", f"F{beta:g}"),
        rows=tuple(rows),
        sentence="The second row judges each half of the photos by thresholds from the other half: that is what to "
        "expect of new photos. The third has seen the answers. The last needs no model.",
        best=best,
    )


def tag_table(
    train: Flags,
    scores: Scores,
    true: Flags,
    classes: Sequence[str],
    chosen: Sequence[float],
    is_own: Sequence[bool],
    options: Options,
) -> Grid:
    """Threshold and counts of every tag."""
    said = scores >= chosen
    hits = (said & true).sum(axis=0)
    values = choosing.fbeta(hits, said.sum(axis=0), true.sum(axis=0), options.beta)
    rows = tuple(
        (
            name,
            float(chosen[at]),
            "chosen" if is_own[at] else "usual",
            int(train[:, at].sum()),
            int(true[:, at].sum()),
            int(said[:, at].sum()),
            int(hits[at]),
            float(values[at]) if true[:, at].any() else None,
        )
        for at, name in enumerate(classes)
    )
    return Grid(
        title="Thresholds of the tags",
        columns=("Tag", "Threshold", "How", "Training", "Validation", "Said", "Right", f"F{options.beta:g}"),
        rows=rows,
        sentence=f"Each threshold has the best F{options.beta:g} of its tag on the validation set; a tag with fewer "
        f"than {LEAST_ITEMS} photos there keeps the usual {options.threshold:g}.",
    )
