"""Figures as words: times and amounts of memory, always the same way.

Must not import: Qt.
"""

from __future__ import annotations

MIB_PER_GB = 1024


def duration(seconds: float) -> str:
    """``3:12``, ``1:04:30``, or ``under 1 s``; seconds in, clock out."""
    if seconds < 1:
        return "under 1 s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}:{minutes:02d}:{rest:02d}"
    return f"{minutes}:{rest:02d}"


def gigabytes(mib: float) -> str:
    """Mebibytes as gigabytes: one decimal below a hundred, none above and none for whole numbers."""
    amount = mib / MIB_PER_GB
    return f"{amount:.0f}" if amount >= 100 or abs(amount - round(amount)) < 0.05 else f"{amount:.1f}"


def plural(count: int, one: str, many: str = "") -> str:
    """``1 notice``, ``3 notices``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def rate(value: float) -> str:
    """A learning rate or a similar small number: ``0.01`` as ``1e-2``, ``0.00016`` as ``1.6e-4``."""
    if value == 0 or 0.1 <= abs(value) < 1000:
        return f"{value:g}"
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{float(mantissa):g}e{int(exponent)}"
