"""From photos to the network's input, and from its output to an answer: what a bundle does around its graph.

The arithmetic is that of fastai's validation pipeline (`Resize` by Pillow), so that a bundle and the learner
that it came from see the same numbers. This file and the modules of the studio that it imports are copied
into every bundle: none may need more than the standard library, numpy and Pillow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from numpy.typing import NDArray

from studio.problems.vision.fitting import find as find
from studio.problems.vision.fitting import fit as fit
from studio.problems.vision.fitting import prepare as prepare


def decode(
    outputs: Mapping[str, NDArray[Any]], spec: Mapping[str, Any]
) -> tuple[str, tuple[tuple[str, float], ...]]:
    """Return the answer for one photo and every class with its score, best first.

    Parameters
    ----------
    outputs : mapping
        `scores` : (n_classes,) float32, as the graph gives them.
    """
    scores: Sequence[float] = outputs["scores"].tolist()
    order = sorted(range(len(scores)), key=lambda i: -scores[i])
    ranked = tuple((str(spec["classes"][i]), float(scores[i])) for i in order)
    return ranked[0][0], ranked
