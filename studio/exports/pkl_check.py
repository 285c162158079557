"""Opening an exported learner in a fresh process, as others will: on the CPU, without the studio.

Only files that the studio has just written come here. No torch outside the fresh process, no Qt.
"""

from __future__ import annotations

import json
import multiprocessing
import statistics
import sys
import warnings
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

TIMEOUT_S = 600


class LoadError(Exception):
    """The file does not load, or the process that loaded it died."""


def predictions(path: Path, cases: Sequence[Any]) -> tuple[NDArray[np.float32], float]:
    """Load a learner in a process of its own and predict.

    Returns
    -------
    scores : (n_cases, ...) float32
        The learner's predictions.
    latency_ms : float
        Median per item.

    Raises
    ------
    LoadError
        Saying in one line why it does not work.
    """
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    plain = [case if isinstance(case, dict) else str(case) for case in cases]
    process = context.Process(target=answer, args=(sender, str(path), plain), daemon=True)
    process.start()
    sender.close()
    try:
        found = json.loads(_received(receiver))  # JSON: nothing that a pickle made is unpickled here
    finally:
        process.kill()
        process.join()
        receiver.close()
    if "error" in found:
        raise LoadError(found["error"])
    return np.array(found["scores"], dtype=np.float32), float(found["latency_ms"])


def _received(receiver: Connection) -> bytes:
    if not receiver.poll(TIMEOUT_S):
        raise LoadError(f"nothing came back in {TIMEOUT_S} s")
    try:
        return receiver.recv_bytes()
    except EOFError as error:
        raise LoadError("the process that loaded it ended") from error


def answer(sender: Connection, path: str, cases: Sequence[Any]) -> None:
    """Say how loading went; runs in the fresh process, which ends with it."""
    sys.stdout = sys.stderr
    try:
        scores, latency_ms = load_and_predict(path, cases)
        found: dict[str, Any] = {"scores": scores.tolist(), "latency_ms": latency_ms}
    except Exception as error:  # noqa: BLE001 - whatever a pickle can raise
        found = {"error": f"{type(error).__name__}: {error}".splitlines()[0]}
    sender.send_bytes(json.dumps(found).encode())


def load_and_predict(path: str, cases: Sequence[Any]) -> tuple[NDArray[np.float32], float]:
    """Load the file with the studio made unfindable, and predict: (n_cases, ...) float32, ms per item."""
    for name in [n for n in sys.modules if n.partition(".")[0] == "studio"]:
        sys.modules[name] = None  # type: ignore[assignment]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from fastai.learner import load_learner

        learner = load_learner(path, cpu=True)
    batches = [list(cases)] if isinstance(cases[0], dict) else [[case] for case in cases]
    scores, times_ms = [], []
    with learner.no_bar(), learner.no_logging():
        for batch in batches:
            began = perf_counter()
            scores += list(_scores(learner, batch))
            times_ms.append((perf_counter() - began) * 1000 / len(batch))
    return np.stack(scores), statistics.median(times_ms)


def _scores(learner: Any, cases: Sequence[Any]) -> NDArray[np.float32]:
    """Predict one path, or all rows of a table together: a table of a single row is too short for some learners."""
    items = _frame(cases) if isinstance(cases[0], dict) else [Path(case) for case in cases]
    loader = learner.dls.test_dl(items, num_workers=0)
    found: NDArray[np.float32] = learner.get_preds(dl=loader)[0].numpy()
    return found


def _frame(rows: Sequence[dict[str, Any]]) -> Any:
    """Rows of a table as fastai takes them."""
    import pandas as pd

    return pd.DataFrame(rows)
