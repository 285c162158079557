"""Comparing an export with the trained model on real items. No torch, no Qt.

The bundle answers from the files, as it will for a person; the trained model answers through the learner's
own data pipeline. An export whose scores differ by more than `TOLERANCE`, or whose answers differ where the
trained model was not torn between two, is refused.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from studio.engine.messages import Proof
from studio.errors import UserError
from studio.exports import Report
from studio.exports.bundle import Bundle

TOLERANCE = 1e-3
CASES = 200


def chosen(count: int, cases: int = CASES) -> list[int]:
    """Return the indices of at most `cases` of `count` items, spread evenly over them."""
    return sorted({round(i) for i in np.linspace(0, count - 1, min(count, cases))}) if count else []


def prove(
    bundle: Bundle, cases: Sequence[Path], reference: Mapping[str, NDArray[Any]], progress: Report
) -> Proof:
    """Compare the bundle with `reference`, the trained model's outputs for `cases`.

    Raises
    ------
    UserError
        Where a case cannot be read.
    """
    differences, agreed, latencies, pixels = [0.0], 0, list[float](), list[float]()
    agreement = getattr(bundle.answers, "agreement", None)
    for i, case in enumerate(cases):
        progress("Comparing with the trained model", i, len(cases))
        outputs, took_ms = bundle.outputs(case)
        latencies.append(took_ms)
        expected = {name: values[i] for name, values in reference.items()}
        differences += [largest(outputs[name], value) for name, value in expected.items()]
        agreed += same_answer(bundle, outputs, expected)
        if agreement is not None:
            pixels.append(agreement(outputs, expected))
    sheet = judged(
        len(cases), agreed, max(differences), statistics.median(latencies or [0.0]), size_of(bundle)
    )
    return sheet if not pixels else with_pixels(sheet, statistics.fmean(pixels))


def with_pixels(sheet: Proof, share: float) -> Proof:
    """A sheet that says for how many pixels the answer is the trained model's, where an answer is a picture."""
    words = f"{sheet.sentence} {100 * share:.6g} % of all pixels get the trained model's class."
    return msgspec.structs.replace(sheet, sentence=words, agreement=share)


def judged(count: int, agreed: int, worst: float, latency_ms: float, size_bytes: int) -> Proof:
    """Return the sheet for `agreed` of `count` items whose scores differ by at most `worst`."""
    passed = count > 0 and worst <= TOLERANCE and agreed == count
    sentence = (
        f"{agreed} of {count} validation items get the trained model's answer; scores differ by at most "
        f"{worst:.1e}. One item takes {latency_ms:.3g} ms on this CPU."
    )
    return Proof(count, worst, agreed / max(count, 1), latency_ms, size_bytes, passed, sentence)


def size_of(bundle: Bundle) -> int:
    """Return the size of the model file in bytes."""
    return bundle.model.stat().st_size


def largest(got: NDArray[Any], expected: NDArray[Any]) -> float:
    """Return the largest absolute difference; infinite where a number is missing or not finite."""
    if got.shape != expected.shape or not np.isfinite(got).all():
        return float("inf")
    return float(np.abs(got.astype(np.float64) - expected).max(initial=0.0))


def same_answer(
    bundle: Bundle, got: Mapping[str, NDArray[Any]], expected: Mapping[str, NDArray[Any]]
) -> bool:
    """Whether both answers are the same, or tied in the trained model's eyes; numbers need only be close."""
    spec = bundle.manifest.spec()
    own = getattr(bundle.answers, "same", None)
    if own is not None:
        return bool(own(got, expected, spec, TOLERANCE))
    answer, _ = bundle.answers.decode(got, spec)
    wanted, scores = bundle.answers.decode(expected, spec)
    if not scores:
        return all(largest(got[name], value) <= TOLERANCE for name, value in expected.items())
    known = dict(scores)
    return bool(answer == wanted or (answer in known and known[wanted] - known[answer] <= 2 * TOLERANCE))


def require(proof: Proof) -> None:
    """Raise `UserError` where the export disagrees with the trained model."""
    if not proof.passed:
        raise UserError(
            f"The exported model does not agree with the trained one, so it was not kept. {proof.sentence}",
            "Evaluate the run again; if it goes on, choose another network and report this.",
        )
