"""What the headers of image files tell. No torch, no Qt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from statistics import median

from studio.dataset.headers import Header
from studio.engine.messages import Finding, Fix
from studio.problems.image_classification.findings import finding, leave_out, many
from studio.problems.image_classification.options import DEFAULT_SIZE
from studio.recipe.schema import Recipe

TINY_PIXELS = 12
FEW_OF_A_KIND = 0.02
UPSCALED_TOO_FAR = 3

Headers = Mapping[str, Header]

TROUBLES = {
    "empty": ("empty_file", "with no content", "The file is 0 bytes long: a copy or download that failed."),
    "truncated": (
        "truncated",
        "cut short",
        "The end of the file is missing: a copy or download that broke off.",
    ),
    "unreadable": (
        "unreadable",
        "that cannot be read",
        "The file is damaged, or not an image in spite of its name.",
    ),
    "bomb": ("too_many_pixels", "far too large", "Opening it could fill the memory. Save a smaller copy."),
    "missing": ("vanished", "no longer there", "The file was there a moment ago."),
}


def file_findings(headers: Headers, recipe: Recipe) -> Iterator[Finding]:
    """Yield what the headers tell, worst first."""
    yield from _troubles(headers)
    yield from _misnamed(headers)
    yield from _deep(headers)
    yield from _tiny(headers)
    yield from _odd_format(headers)
    yield from _converted(headers)
    yield from _turned(headers)
    yield from _upscaled(headers, recipe)


def _troubles(headers: Headers) -> Iterator[Finding]:
    for trouble, (code, words, meaning) in TROUBLES.items():
        keys = [key for key, header in headers.items() if header.trouble == trouble]
        if keys:
            yield finding(
                code,
                "error",
                f"{many(len(keys), 'image')} {words}",
                f"{meaning} Training stops when it comes to such a file.",
                [f"{key} ({headers[key].why})" if trouble in ("unreadable", "bomb") else key for key in keys],
                leave_out(keys),
            )


def _misnamed(headers: Headers) -> Iterator[Finding]:
    names = {key: header.named_as(key) for key, header in headers.items() if not header.trouble}
    keys = [key for key, promised in names.items() if promised]
    if keys:
        first = headers[keys[0]].format
        yield finding(
            "misnamed",
            "warning",
            f"{many(len(keys), 'image')} not what the name says ({first} named {_ending(keys[0])})",
            "It is read as what it is. Look at it: such files are often placeholders for a lost photo.",
            [f"{key} (really {headers[key].format})" for key in keys],
            leave_out(keys),
        )


def _deep(headers: Headers) -> Iterator[Finding]:
    keys = [key for key, header in headers.items() if header.deep and not header.trouble]
    if keys:
        yield finding(
            "deep_pixels",
            "warning",
            f"{many(len(keys), 'image')} with more than 8 bits a pixel (16-bit or float)",
            "Each is stretched from its darkest to its brightest pixel. If absolute brightness matters, save "
            "them as 8-bit with a scale of your own.",
            [f"{key} ({headers[key].mode})" for key in keys],
            leave_out(keys),
        )


def _tiny(headers: Headers) -> Iterator[Finding]:
    keys = [k for k, h in headers.items() if not h.trouble and min(h.width, h.height) < TINY_PIXELS]
    if keys:
        yield finding(
            "tiny",
            "warning",
            f"{many(len(keys), 'image')} under {TINY_PIXELS} pixels wide or high",
            "There is next to nothing to see in them.",
            [f"{key} ({headers[key].width} x {headers[key].height})" for key in keys],
            leave_out(keys),
        )


def _odd_format(headers: Headers) -> Iterator[Finding]:
    kinds = Counter(header.format for header in headers.values() if not header.trouble)
    if len(kinds) < 2:
        return
    rare = {kind for kind, n in kinds.items() if n <= FEW_OF_A_KIND * len(headers)}
    keys = [k for k, h in headers.items() if not h.trouble and h.format in rare and not h.named_as(k)]
    if keys:
        yield finding(
            "odd_format",
            "info",
            f"{many(len(keys), 'image')} of another kind than the rest ({', '.join(sorted(rare))})",
            "Look at it: a lone file of another kind is often a placeholder such as “image not found”.",
            keys,
            leave_out(keys),
        )


def _converted(headers: Headers) -> Iterator[Finding]:
    keys = [key for key, header in headers.items() if header.mode == "CMYK" and not header.trouble]
    if keys:
        yield finding(
            "cmyk",
            "info",
            f"{many(len(keys), 'image')} in printing colours (CMYK)",
            "They are converted to red, green and blue. Nothing needs doing.",
            keys,
        )


def _turned(headers: Headers) -> Iterator[Finding]:
    keys = [key for key, header in headers.items() if header.orientation != 1 and not header.trouble]
    if keys:
        yield finding(
            "turned",
            "info",
            f"{many(len(keys), 'photo')} stored on the side",
            "The camera noted which way is up; they are turned upright. Nothing needs doing.",
            keys,
        )


def _upscaled(headers: Headers, recipe: Recipe) -> Iterator[Finding]:
    sides = [min(h.width, h.height) for h in headers.values() if not h.trouble]
    largest = max(stage.size or DEFAULT_SIZE for stage in recipe.training.stages)
    if not sides or median(sides) * UPSCALED_TOO_FAR > largest:
        return
    typical = int(median(sides))
    size = max(32, -(-typical // 32) * 32)
    yield finding(
        "upscaled",
        "info",
        f"Photos of about {typical} pixels are enlarged to {largest}",
        f"That takes {(largest / size) ** 2:.0f} times the time and memory of {size} pixels, for nothing.",
        fix=Fix(f"Train at {size} pixels", {"size": str(size)}),
        count=len(sides),
    )


def _ending(key: str) -> str:
    return "." + key.rpartition(".")[2]
