"""What names and copies tell: photos without masks, empty sets, films, leaks. No picture is opened. No torch, no Qt."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from studio.dataset import splitting
from studio.engine.messages import Finding, Fix
from studio.errors import UserError
from studio.problems.base import Dataset, Item
from studio.problems.image_classification.findings import finding, leave_out, many
from studio.problems.image_classification.left_out_checks import LINK, NOT_READ
from studio.problems.segmentation import items as collecting
from studio.problems.segmentation import pairing
from studio.problems.segmentation.options import SMALLEST, require_encoder
from studio.recipe.schema import Recipe

FRAME = re.compile(r"^(.*?)(\d+)\D*$")
LEAST_OF_A_FILM = 8
MOST_FILMS = 0.1


def set_findings(dataset: Dataset, recipe: Recipe) -> Iterator[Finding]:
    """Yield what is wrong with names and sets, worst first."""
    yield from _network(recipe)
    yield from _empty_set(dataset)
    yield from _left_out(dataset)
    yield from _small_for_batch(dataset, recipe)


def _network(recipe: Recipe) -> Iterator[Finding]:
    try:
        require_encoder(collecting.options_of(recipe).arch)
    except UserError as error:
        yield finding("network", "error", error.message, error.hint)
    smallest = min(stage.size or SMALLEST for stage in recipe.training.stages)
    if smallest < SMALLEST:
        title = f"A U-Net cannot work at {smallest} pixels"
        yield finding("network", "error", title, f"Set the size to {SMALLEST} or more in every stage.")


def _empty_set(dataset: Dataset) -> Iterator[Finding]:
    for code, title, items in (
        ("empty_validation", "The validation set is empty", dataset.valid()),
        ("empty_training", "The training set is empty", dataset.train()),
    ):
        if not items:
            meaning = "A model needs photos to learn from and others to be judged by."
            fix = Fix("Keep a random share for validation", {"split": "random"})
            yield finding(code, "error", title, meaning, fix=fix)


def _left_out(dataset: Dataset) -> Iterator[Finding]:
    reasons = (
        (
            pairing.NO_MASK,
            "no_mask",
            "photo",
            "without a mask",
            "They cannot teach anything and are left out.",
            True,
        ),
        (pairing.NO_PHOTO, "no_photo", "mask", "without a photo", "They are left out.", True),
        (
            collecting.NOT_LISTED,
            "not_listed",
            "line",
            "of the validation list naming no photo",
            "Nothing is done with them.",
            False,
        ),
        (
            splitting.NO_TIME,
            "no_time",
            "photo",
            "without a date",
            "The split is by time: they are left out.",
            True,
        ),
        (splitting.IN_NO_LIST, "in_no_list", "photo", "in neither list", "They are left out.", False),
        (collecting.IN_NEITHER, "in_neither", "photo", "in neither set", "They are left out.", True),
        (
            pairing.ELSEWHERE,
            "elsewhere",
            "folder",
            "with images that are not used",
            "They are left out.",
            False,
        ),
        (LINK, "link", "link", "not followed", "Copy the files if they are needed.", False),
        (
            NOT_READ,
            "format_not_read",
            "image",
            "of a kind that is not read",
            "Save them as PNG or JPEG.",
            True,
        ),
    )
    for why, code, thing, words, meaning, is_skipped in reasons:
        keys = [key for key, reason in dataset.left_out if why in reason]
        if keys:
            severity = (
                "warning" if code in ("no_mask", "not_listed", "no_time", "format_not_read") else "info"
            )
            fix = leave_out(keys) if is_skipped else None
            title = f"{many(len(keys), thing)} {words}"
            yield finding(code, severity, title, meaning, keys, fix)  # type: ignore[arg-type]  # two words


def film_findings(dataset: Dataset) -> Iterator[Finding]:
    """Frames of a film in both sets: neighbours look alike."""
    films: dict[str, set[bool]] = defaultdict(set)
    frames: dict[str, int] = defaultdict(int)
    for item in dataset.items:
        match = FRAME.match(item.key.rpartition("/")[2].rpartition(".")[0])
        name = match.group(1) if match else item.key
        films[name].add(item.valid)
        frames[name] += 1
    both = sorted(name for name, sides in films.items() if len(sides) > 1 and frames[name] >= LEAST_OF_A_FILM)
    is_numbered_only = set(films) <= {""}
    if both and not is_numbered_only and len(films) <= max(2, MOST_FILMS * len(dataset.items)):
        yield finding(
            "films",
            "warning",
            f"Photos look like frames of {many(len(films), 'film')}, and {len(both)} are on both sides",
            "Neighbouring frames are nearly the same photo, so that the score is better than it will be on a film "
            "that the model has not seen. Keep whole films for validation, by folders or a list.",
            [f"{name}* ({frames[name]} photos)" for name in both],
        )


def _small_for_batch(dataset: Dataset, recipe: Recipe) -> Iterator[Finding]:
    n_train = len(dataset.train())
    wanted = [s.batch_size for s in recipe.training.stages if isinstance(s.batch_size, int)]
    if n_train and wanted and max(wanted) > n_train:
        yield finding(
            "fewer_than_batch",
            "warning",
            f"{many(n_train, 'training photo')} for a batch of {max(wanted)}",
            f"A step needs a whole batch, so that the batch is lowered to {n_train}: one step an epoch.",
            fix=Fix("Choose the batch automatically", {"batch_size": "auto"}),
            count=n_train,
        )


def copy_findings(dataset: Dataset, groups: Sequence[Sequence[str]]) -> Iterator[Finding]:
    """Yield what groups of equal photos mean: leaks between the sets, and repetitions within one."""
    by_key = {item.key: item for item in dataset.items}
    members: list[list[Item]] = [[by_key[key] for key in group] for group in groups]
    leaking = [group for group in members if len({item.valid for item in group}) > 1]
    repeated = [group for group in members if len({item.valid for item in group}) == 1]
    if leaking:
        yield finding(
            "leak",
            "warning",
            f"{many(len(leaking), 'photo')} both in training and in validation",
            "The model is judged by photos that it has learned by heart, so that its score is too good.",
            [" = ".join(item.key for item in group) for group in leaking],
            leave_out([i.key for g in leaking for i in g if not i.valid], "Leave the training copies out"),
        )
    if repeated:
        yield finding(
            "repeated",
            "info",
            f"{many(len(repeated), 'photo')} more than once",
            "Copies count more than other photos. One of each is enough.",
            [" = ".join(item.key for item in group) for group in repeated],
            leave_out([item.key for group in repeated for item in group[1:]], "Keep one of each"),
        )
