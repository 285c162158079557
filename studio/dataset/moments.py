"""When an item was made: from a column, the date in a file's name, or what the camera noted. No torch, no Qt."""

from __future__ import annotations

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from PIL import Image

from studio.dataset.images import IMAGE_ERRORS

DATED = re.compile(
    r"(?<!\d)((?:19|20)\d\d)([-_.]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])"
    r"(?:[-_ T.]?([01]\d|2[0-3])[-_:.]?([0-5]\d)(?:[-_:.]?([0-5]\d))?)?(?!\d)"
)
NUMBERED = re.compile(r"(.*?)(\d+)\.\w+")
EXIF_FOLDER, ORIGINAL, CHANGED = 0x8769, 0x9003, 0x0132
THREADS = 4
REMEMBERED = 200_000


def named_moment(key: str) -> float | None:
    """Seconds since 1970 of the date in a file's name, such as 2024-05-31 or 20240531_142500; None without one."""
    match = DATED.search(key.rpartition("/")[2])
    if match is None:
        return None
    year, _, month, day, hour, minute, second = match.groups()
    date, time = (int(year), int(month), int(day)), (int(hour or 0), int(minute or 0), int(second or 0))
    try:
        return datetime(*date, *time, tzinfo=UTC).timestamp()
    except ValueError:  # the 31st of a shorter month is no date
        return None


def named_moments(keys: Sequence[str]) -> list[float | None]:
    """The dates in the files' names; their numbers where they are the frames of one film: img0001, img0002 ..."""
    found = [named_moment(key) for key in keys]
    return found if any(moment is not None for moment in found) else numbered(keys)


def numbered(keys: Sequence[str]) -> list[float | None]:
    """The number that each name ends on, where all have the same words before it and no two the same number."""
    matches = [NUMBERED.fullmatch(key.rpartition("/")[2]) for key in keys]
    numbers = [float(match.group(2)) for match in matches if match]
    is_film = len({match.group(1) for match in matches if match}) == 1 and len(set(numbers)) == len(keys)
    return list[float | None](numbers) if is_film else [None] * len(keys)


def column_moments(name: str, cells: Sequence[str]) -> list[float | None]:
    """The times in a column of dates or of numbers; None for a cell that has none.

    A column that is neither gives None everywhere.
    """
    from studio.problems.tabular.cells import date, finite
    from studio.problems.tabular.profiles import profile

    seen = profile(name, cells)
    if seen.kind == "date":
        read = {cell: date(cell, seen.form) for cell in set(cells)}
        return [None if (when := read[cell]) is None else _seconds(when) for cell in cells]
    if seen.kind == "number":
        numbers = [finite(cell, seen.decimal) for cell in cells]
        return [number if number == number else None for number in numbers]
    return [None] * len(cells)


def camera_moments(root: Path, keys: Sequence[str]) -> list[float | None]:
    """What the cameras noted, by EXIF; each file is opened once until it changes."""
    with ThreadPoolExecutor(THREADS, thread_name_prefix="exif") as pool:
        return list(pool.map(lambda key: _camera_moment(root / key), keys))


def _camera_moment(path: Path) -> float | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return _noted(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=REMEMBERED)
def _noted(path: Path, changed: int, size: int) -> float | None:
    try:
        with Image.open(path) as image:
            exif = image.getexif()
            text = exif.get_ifd(EXIF_FOLDER).get(ORIGINAL) or exif.get(CHANGED) or ""
    except IMAGE_ERRORS:
        return None
    with suppress(ValueError, TypeError):
        return _seconds(datetime.strptime(str(text).strip("\0 ")[:19], "%Y:%m:%d %H:%M:%S"))
    return None


def _seconds(when: datetime) -> float:
    return when.replace(tzinfo=UTC).timestamp()
