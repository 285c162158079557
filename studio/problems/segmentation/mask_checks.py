"""What the masks tell: those that cannot be used, have another size, or values that are no class. No torch, no Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.dataset.headers import Header
from studio.dataset.masks import MaskLook
from studio.dataset.scan_cache import NO_CACHE, ScanCache
from studio.engine.messages import Finding, Fix
from studio.problems.base import Dataset, Item
from studio.problems.image_classification.findings import finding, leave_out, many, quoted
from studio.problems.segmentation.codes import Codes
from studio.problems.segmentation.mask_counts import class_pixels, looks, unknown_values
from studio.problems.vision.sizes import ON_SIDE

SHOWN = 20
MOST_COMMON = 0.9
NAMED_VALUES = 12
SAID = 3
FEW_VALUES = 3

TROUBLES = {
    "missing": ("mask_vanished", "no longer there", "The file was there a moment ago."),
    "unreadable": ("mask_unreadable", "that cannot be read", "The file is damaged, or no picture."),
    "colour": (
        "mask_in_colours",
        "in colours",
        "A mask has one class number a pixel. Save these as grey or with a palette, each class as its number.",
    ),
    "deep": ("mask_too_deep", "with numbers above 255", "Save them with class numbers from 0 to 254."),
}


@dataclass
class Seen:
    """What all masks come to; keys are those of the photos.

    `levels` are the values in masks with hardly more unknown values than there are classes: one that was enlarged with
    smooth edges, or saved as JPEG, has dozens that mean nothing.
    """

    troubles: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    resized: list[tuple[str, str]] = field(default_factory=list)
    unknown: dict[str, tuple[int, ...]] = field(default_factory=dict)
    levels: set[int] = field(default_factory=set)
    masks: int = 0
    nothing: list[str] = field(default_factory=list)
    pixels: dict[bool, NDArray[np.int64]] = field(default_factory=dict)


def mask_findings(
    dataset: Dataset,
    headers: Mapping[str, Header],
    codes: Codes,
    root: Path,
    progress: Callable[[str, int, int], None],
    cache: ScanCache = NO_CACHE,
) -> Iterator[Finding]:
    """Yield what all masks tell, worst first."""
    n = len(codes.classes)
    seen = Seen(pixels={True: np.zeros(n, dtype=np.int64), False: np.zeros(n, dtype=np.int64)})
    for item, look in looks(dataset.items, root, progress, cache):
        _take(seen, item, look, headers[item.key], codes)
    yield from _troubles(seen)
    yield from _resized(seen)
    yield from _unknown(seen, codes)
    yield from _nothing(seen)
    if 2 * len(seen.unknown) <= seen.masks:  # else the classes cannot be told yet
        yield from _unseen_classes(seen, codes)
        yield from _uneven(seen, codes)


def _take(seen: Seen, item: Item, look: MaskLook, header: Header, codes: Codes) -> None:
    if look.trouble:
        seen.troubles.setdefault(look.trouble, []).append((item.key, f"{item.target} ({look.why})"))
        return
    upright = (header.width, header.height)
    if header.orientation in ON_SIDE:
        upright = (header.height, header.width)
    if not header.trouble and upright != (look.width, look.height):
        sizes = f"{look.width} x {look.height}, its photo {upright[0]} x {upright[1]}"
        seen.resized.append((item.key, f"{item.target} ({sizes})"))
    unknown = unknown_values(look, codes)
    if unknown:
        seen.unknown[item.key] = unknown
    if len(unknown) <= len(codes.classes):
        seen.levels.update(look.pixels)
    seen.masks += 1
    pixels = class_pixels(look, codes)
    seen.pixels[item.valid] += pixels
    if not unknown and not pixels[list(codes.judged)].any():
        seen.nothing.append(item.key)


def _troubles(seen: Seen) -> Iterator[Finding]:
    for trouble, (code, words, meaning) in TROUBLES.items():
        if found := seen.troubles.get(trouble):
            yield finding(
                code,
                "error",
                f"{many(len(found), 'mask')} {words}",
                f"{meaning} Training stops when it comes to such a file.",
                [name for _, name in found],
                leave_out([key for key, _ in found], "Leave their photos out"),
            )


def _resized(seen: Seen) -> Iterator[Finding]:
    if seen.resized:
        yield finding(
            "mask_size",
            "error",
            f"{many(len(seen.resized), 'mask')} of another size than the photo",
            "A mask says of every pixel of its photo what it is: it must be as wide and high as the photo.",
            [name for _, name in seen.resized],
            leave_out([key for key, _ in seen.resized], "Leave their photos out"),
        )


def _unknown(seen: Seen, codes: Codes) -> Iterator[Finding]:
    if not seen.unknown:
        return
    values = sorted({value for some in seen.unknown.values() for value in some})
    named = ", ".join(map(str, values[:NAMED_VALUES])) + (" ..." if len(values) > NAMED_VALUES else "")
    masks = many(len(seen.unknown), "mask has", "masks have")
    yield finding(
        "mask_values",
        "error",
        f"{masks} values that are no class: {named}",
        f"Classes are the numbers 0 to {len(codes.classes) - 1} ({quoted(codes.classes, 3)}). Training stops at "
        "another number. Say what these mean (remap).",
        [
            f"{key} ({', '.join(map(str, some[:NAMED_VALUES]))})"
            for key, some in list(seen.unknown.items())[:SHOWN]
        ],
        _remap(values, seen, codes),
        count=len(seen.unknown),
    )


def _remap(values: list[int], seen: Seen, codes: Codes) -> Fix | None:
    """The edit that is most likely meant.

    As many values as there are classes stand for them in their order: 0 and 255, or 0, 128 and 255. A few others are
    what nobody labelled. Many, in a few masks, are masks that went wrong.
    """
    classes, levels = codes.classes, sorted(seen.levels)
    odd = {value: at for at, value in enumerate(levels) if value != at}
    is_spread = len(levels) == len(classes) and odd and (len(odd) > 1 or len(classes) == 2)
    if is_spread and set(odd) <= set(values):
        words = ", ".join(f"{value} as “{classes[at]}”" for value, at in list(odd.items())[:SAID])
        more = " ..." if len(odd) > SAID else ""
        return Fix(f"Read {words}{more}", {"remap": ", ".join(f"{value}:{at}" for value, at in odd.items())})
    if len(values) <= FEW_VALUES:
        return Fix("Leave such pixels out", {"remap": ", ".join(f"{value}:ignore" for value in values)})
    if 2 * len(seen.unknown) <= seen.masks:
        return leave_out(list(seen.unknown), "Leave their photos out")
    return None


def _nothing(seen: Seen) -> Iterator[Finding]:
    if seen.nothing:
        yield finding(
            "mask_nothing",
            "warning",
            f"{many(len(seen.nothing), 'mask')} in which nothing is labelled",
            "Every pixel is void, so that there is nothing to learn from or to judge by.",
            seen.nothing,
            leave_out(seen.nothing, "Leave their photos out"),
        )


def _unseen_classes(seen: Seen, codes: Codes) -> Iterator[Finding]:
    train, valid = seen.pixels[False], seen.pixels[True]
    only_valid = [codes.classes[code] for code in codes.judged if valid[code] and not train[code]]
    if only_valid:
        yield finding(
            "class_only_in_validation",
            "warning",
            f"Only in validation: {quoted(only_valid)}",
            "The model never sees it in training and can only get it wrong; it pulls the mean IoU down.",
            only_valid,
        )
    nowhere = [codes.classes[code] for code in codes.judged if not valid[code] and not train[code]]
    if nowhere:
        yield finding(
            "class_nowhere",
            "info",
            f"In no mask: {quoted(nowhere)}",
            "The model has a place for it that nothing fills. Nothing needs doing.",
            nowhere,
        )
    unjudged = [codes.classes[code] for code in codes.judged if train[code] and not valid[code]]
    if unjudged and valid.any():
        yield finding(
            "class_only_in_training",
            "info",
            f"Never judged: {quoted(unjudged)}",
            "No validation mask has it, so that nothing tells how well the model knows it.",
            unjudged,
        )


def _uneven(seen: Seen, codes: Codes) -> Iterator[Finding]:
    train = seen.pixels[False][list(codes.judged)]
    if not train.any():
        return
    share, at = float(train.max() / train.sum()), int(train.argmax())
    name = codes.classes[codes.judged[at]]
    severity = "warning" if share >= MOST_COMMON else "info"
    yield finding(
        "most_common_class",
        severity,  # type: ignore[arg-type]  # one of the two words
        f"“{name}” is {100 * share:.0f} % of the labelled pixels",
        f"Always answering it gets {100 * share:.0f} % of pixels right: judge by IoU, which counts every class alike.",
        [name],
        count=1,
    )
