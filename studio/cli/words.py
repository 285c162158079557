"""Figures in words, for a terminal. No torch, no Qt."""

from __future__ import annotations

from datetime import datetime

from studio.engine.messages import StagePlan
from studio.project import scores
from studio.recipe.schema import Stage

MIB = 1024.0


def metric(value: float | None) -> str:
    """A loss or metric with four significant figures, or a dash where there is none."""
    return "-" if value is None else f"{value:.4g}"


def percent(value: float | None) -> str:
    """A share as per cent, or a dash."""
    return "-" if value is None else scores.percent(value)


def seconds_in_words(seconds: float) -> str:
    """A time as people say it."""
    whole = round(seconds)
    if whole < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{whole} s"
    minutes, left = divmod(whole, 60)
    return f"{minutes} min {left} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def memory(mib: float) -> str:
    """Memory in MiB or GiB."""
    return f"{mib:.0f} MiB" if mib < MIB else f"{mib / MIB:.1f} GiB"


def bytes_in_words(count: int) -> str:
    """A file's size."""
    return f"{count / 1000:.0f} kB" if count < 1e6 else f"{count / 1e6:.1f} MB"


def when(iso: str) -> str:
    """A moment to the minute."""
    try:
        return datetime.fromisoformat(iso).strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return iso


def counted(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun."""
    return f"1 {noun}" if number == 1 else f"{number:,} {plural or noun + 's'}"


def thawing(stage: Stage | StagePlan) -> str:
    """What of the network a stage trains: ``thawed``, or ``classifier, last 2 groups``."""
    frozen = f"last {-stage.freeze_to} groups" if stage.freeze_to is not None else "frozen"
    state = frozen if stage.freeze else "thawed"
    return f"{stage.part.replace('_', ' ')}, {state}" if stage.part else state
