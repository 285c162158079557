"""The samples after an epoch as rows to be painted: what the model says now, and how it got there. No widgets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from studio.engine import messages as m
from studio.project.live_run import LiveRun
from studio.project.scores import percent
from studio.ui.samples import about
from studio.ui.samples.base import SampleKind
from studio.ui.samples.pairs import pairs

Tone = Literal["good", "error", "text"]
_LETTERS = 200  # of a running text, of which a line shows fewer
_STEPS = 4  # answers before this one that are written
_LONG = 4  # letters of a figure from which its tenths are left out


@dataclass(frozen=True)
class SampleRow:
    """One sample: what it is, what the model says of it, whether that is right, and what it said before."""

    key: str
    picture: str
    title: str
    said: str
    sure: str
    tone: Tone
    truth: str
    history: str


def rows(run: LiveRun, place: int, kind: SampleKind) -> tuple[SampleRow, ...]:
    """The samples after the epoch at `place` of those shown."""
    if not run.shown:
        return ()
    place = max(0, min(place, len(run.shown) - 1))
    return tuple(
        _row(answer, [_of(event, answer.key) for event in run.shown[: place + 1]], kind)
        for answer in run.shown[place].samples
    )


def _of(event: m.SamplesShown, key: str) -> m.SampleAnswer | None:
    return next((answer for answer in event.samples if answer.key == key), None)


def _row(answer: m.SampleAnswer, before: Sequence[m.SampleAnswer | None], kind: SampleKind) -> SampleRow:
    number = isinstance(answer.target, float | int)
    said, truth = kind.caption(answer.predicted), kind.caption(answer.target)
    right = said == truth
    known = [one for one in before[-_STEPS:] if one is not None]
    shown, measured = (said, answer.words) if not right else _measured(said, answer.words)
    return SampleRow(
        key=answer.key,
        picture=answer.picture,
        title=_title(answer, kind),
        said=shown if answer.picture else said,
        sure="" if answer.confidence is None else percent(answer.confidence),
        tone="text" if number or answer.picture else "good" if right else "error",
        truth=measured if answer.picture else "" if right else f"is {truth}",
        history=" → ".join(_step(one, number, kind) for one in known) if len(known) > 1 else "",
    )


def _measured(said: str, words: str) -> tuple[str, str]:
    """``7.5 px off`` and ``snout 11.0 px`` in place of ``4 points``, where only a figure tells answers apart."""
    first, _, rest = words.partition(", ")
    return (first, rest) if first else (said, "")


def _title(answer: m.SampleAnswer, kind: SampleKind) -> str:
    """What the sample is, where it is words; its last part is what tells it from others."""
    if answer.picture or not answer.words:
        return ""
    if about(kind).prose:
        return " ".join(answer.words[:_LETTERS].split())
    return " · ".join(value or name for name, value in pairs(answer.words)[:4])


def _step(answer: m.SampleAnswer, number: bool, kind: SampleKind) -> str:
    if answer.picture and answer.words:
        figure = answer.words.split()[0]
        return figure if len(figure) < _LONG else figure.partition(".")[0]
    if number or answer.confidence is None:
        return kind.caption(answer.predicted)
    return percent(answer.confidence, 0).removesuffix(" %")


def epoch_words(run: LiveRun, place: int) -> str:
    """``after epoch 7 of 9``."""
    total = sum(plan.epochs for plan in run.plan)
    return f"after epoch {place + 1} of {total}" if run.shown else ""
