"""From scores to tags: what a bundle does after its graph; photos are prepared as in `vision/fitting.py`.

This file and the modules of the studio that it imports are copied into every bundle: none may need more than the
standard library, numpy and Pillow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from numpy.typing import NDArray

from studio.problems.vision.fitting import find as find
from studio.problems.vision.fitting import prepare as prepare

NONE = "none"


def decode(
    outputs: Mapping[str, NDArray[Any]], spec: Mapping[str, Any]
) -> tuple[str, tuple[tuple[str, float], ...]]:
    """Return the tags of one photo, joined by commas, and every tag with its score, best first.

    Parameters
    ----------
    outputs : mapping
        `scores` : (n_tags,) float32, as the graph gives them.
    spec : mapping
        `output.thresholds` has the score from which each tag is said.
    """
    scores: Sequence[float] = outputs["scores"].tolist()
    names = [str(name) for name in spec["classes"]]
    said = [n for n, s, t in zip(names, scores, spec["output"]["thresholds"], strict=True) if s >= t]
    order = sorted(range(len(scores)), key=lambda i: -scores[i])
    return ", ".join(said) or NONE, tuple((names[i], float(scores[i])) for i in order)


def same(
    got: Mapping[str, NDArray[Any]],
    expected: Mapping[str, NDArray[Any]],
    spec: Mapping[str, Any],
    tolerance: float,
) -> bool:
    """Whether both say the same tags, but for one whose score lies within `tolerance` of its threshold."""
    pairs = zip(got["scores"], expected["scores"], spec["output"]["thresholds"], strict=True)
    return all((a >= t) == (b >= t) or abs(float(b) - t) <= tolerance for a, b, t in pairs)
