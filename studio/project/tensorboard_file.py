"""Scalars as a TensorBoard event file, written by the format's own description.

Each record is its length (uint64) and masked CRC-32C of that, the message, and its masked CRC. The message is
`tensorflow.Event` in protobuf's wire format: wall time (field 1, double), step (2, varint), version (3, text) or
summary (5) of values (1) with a tag (1, text) and a number (2, float). The library that does this imports torch
wherever it is installed, which the window must not. Must not import: anything of the studio but `atomic`.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Mapping
from pathlib import Path

from studio.project import atomic

_POLYNOMIAL = 0x82F63B78
_MASK = 0xA282EAD8
VERSION = b"brain.Event:2"


def _table() -> tuple[int, ...]:
    made = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (_POLYNOMIAL if value & 1 else 0)
        made.append(value)
    return tuple(made)


_TABLE = _table()


def write(path: Path, events: Iterable[tuple[float, int, Mapping[str, float]]]) -> None:
    """Write events of (wall time in seconds since 1970, step, value by tag); raises like `atomic.replacing`."""
    with atomic.replacing(path) as temporary, temporary.open("wb") as file:
        file.write(record(event(0.0, 0, {}, VERSION)))
        for moment, step, values in events:
            finite = {tag: value for tag, value in values.items() if math.isfinite(value)}
            if finite:
                file.write(record(event(moment, step, finite)))


def event(moment: float, step: int, values: Mapping[str, float], version: bytes = b"") -> bytes:
    """One `Event` in protobuf's wire format."""
    head = b"\x09" + struct.pack("<d", moment) + (b"\x10" + _varint(step) if step else b"")
    if version:
        return head + _field(3, version)
    summary = b"".join(
        _field(1, _field(1, tag.encode()) + b"\x15" + struct.pack("<f", value))
        for tag, value in values.items()
    )
    return head + _field(5, summary)


def record(message: bytes) -> bytes:
    """A message with its length and its two check sums."""
    length = struct.pack("<Q", len(message))
    return length + struct.pack("<I", _masked(length)) + message + struct.pack("<I", _masked(message))


def crc32c(data: bytes) -> int:
    """The Castagnoli check sum."""
    value = 0xFFFFFFFF
    for byte in data:
        value = _TABLE[(value ^ byte) & 0xFF] ^ value >> 8
    return value ^ 0xFFFFFFFF


def _masked(data: bytes) -> int:
    value = crc32c(data)
    return ((value >> 15 | value << 17) + _MASK) & 0xFFFFFFFF


def _field(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | 2]) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    made = bytearray()
    while value > 0x7F:
        made.append(value & 0x7F | 0x80)
        value >>= 7
    made.append(value)
    return bytes(made)
