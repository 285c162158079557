"""What is told of the data: counts, findings, a batch made visible."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from studio.engine.messages.base import Event, Severity


class ClassCount(Struct, frozen=True):
    """Items of one class."""

    name: str
    train: int
    valid: int


class SampleRef(Struct, frozen=True):
    """One item to show: its key (path below the data root) and the words for its target.

    `names` are the classes in it, where its label does not name them (a mask).
    """

    key: str
    label: str
    valid: bool
    names: tuple[str, ...] = ()


class Scanned(Event, frozen=True, kw_only=True):
    """What the recipe makes of the data, edits applied.

    `train_groups` and `valid_groups` count groups where the split keeps them whole. `left_out` names the first of
    what is not used, `n_left_out` counts all of it.
    """

    n_train: int
    n_valid: int
    classes: tuple[ClassCount, ...]
    samples: tuple[SampleRef, ...]
    left_out: tuple[tuple[str, str], ...] = ()
    n_left_out: int = 0
    train_groups: int = 0
    valid_groups: int = 0


class Fix(Struct, frozen=True):
    """An edit of the recipe that mends a finding: field name to new value, in the words of `--set`."""

    label: str
    values: dict[str, Any]


class Finding(Struct, frozen=True):
    """One thing wrong (or worth knowing) about the data.

    `items` names the first 20 files or rows, `count` how many there are in all.
    """

    code: str
    severity: Severity
    title: str
    meaning: str
    items: tuple[str, ...] = ()
    count: int = 0
    fix: Fix | None = None


class FindingsFound(Event, frozen=True, kw_only=True):
    """Some findings; more may follow until `Done`."""

    findings: tuple[Finding, ...]


class PreviewSample(Struct, frozen=True):
    """One element of a batch as a picture (PNG or JPEG bytes) and the words for its target.

    Where an item is no picture (a row, a text) `picture` is empty and `words` says what the model receives.
    """

    picture: bytes
    label: str
    words: str = ""


class PreviewBatch(Event, frozen=True, kw_only=True):
    """A batch as the model receives it, made visible again."""

    stage: int
    samples: tuple[PreviewSample, ...]
