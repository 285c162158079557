"""Why a page about results has nothing to show, and what brings it: one answer for Results and Clean. No widgets.

Must not import: Qt, numpy.
"""

from __future__ import annotations

from dataclasses import dataclass

from studio.project import RunRecord
from studio.ui.store import Store


@dataclass(frozen=True)
class Nothing:
    """An empty page in words, and its button.

    Attributes
    ----------
    page : str
        The page that the button leads to; empty where it shows a run.
    run : int or None
        The run that the button shows.
    """

    title: str
    sentence: str
    button: str = ""
    page: str = ""
    run: int | None = None


def trained(store: Store) -> tuple[RunRecord, ...]:
    """Runs with a model, oldest first."""
    return tuple(r for r in store.runs if r.status in ("finished", "stopped") and not r.broken)


def no_results(store: Store, what: str) -> Nothing:
    """Nothing was answered for yet; `what` says what the page shows of results: "what it got most wrong"."""
    job, done = store.job, trained(store)
    if job is not None and job.what == "Evaluate":
        return Nothing("The model looks at every item", f"When it has seen them all, {what} appears here.")
    if job is not None and job.what == "Train":
        return Nothing("Training", f"When the run is done, {what} appears here.")
    shown = next((r for r in done if store.run is not None and r.number == store.run.run), None)
    last = shown or (done[-1] if done else None)
    if last is None:
        return Nothing("No results yet", f"Train a model; {what} appears here.", "Go to Train", "train")
    if last.everything is not None:
        why = f"Run {last.number} was trained on the validation items too: no item is left to judge it by."
        return Nothing(
            "Nothing judges this run",
            f"{why} Run {last.everything} has the same recipe.",
            f"Show run {last.everything}",
            run=last.everything,
        )
    sentence = f"It was trained, but has not yet answered for every item. Then {what} appears here."
    return Nothing(f"Run {last.number} has no results yet", sentence, "Look at every item", run=last.number)


NO_ITEMS = Nothing(
    "Nothing to clean in a language model",
    "It learns how texts go on and is told no classes, so that no text can have a wrong one. Results shows how it goes "
    "on. To find wrong classes, train a classifier: on Data, name the column of classes and let it tell classes apart.",
    "Open Results",
    "results",
)
"""A model that answers for no single item."""
