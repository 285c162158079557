"""What the items alone tell: tags, their counts and the two sets. No file is opened. No torch, no Qt."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher

from studio.engine.messages import Finding, Fix
from studio.errors import UserError
from studio.problems.base import Dataset, Item, names_in
from studio.problems.image_classification.findings import STRATIFY, finding, many, merged, quoted, weigh
from studio.problems.multi_label.items import no_validation, only_in_validation, options_of
from studio.problems.multi_label.options import LAST_SIZE
from studio.problems.vision.networks import require_architecture, require_size
from studio.recipe.schema import Recipe

FEW_ITEMS = 10
UNBALANCED_RATIO = 10.0
ALIKE = 0.9
LONG_NAME = 6
MOST_COMPARED = 400


def tag_findings(dataset: Dataset, recipe: Recipe) -> Iterator[Finding]:
    """Yield what is wrong with tags and sets, worst first."""
    for look in (_network, _no_tags, _empty_set, _only_in_validation, _only_in_training, _few_items):
        yield from look(dataset, recipe)
    yield from _near_names(dataset, recipe)
    yield from _always(dataset)
    yield from _single(dataset)
    yield from _small_for_batch(dataset, recipe)
    yield from _unbalanced(dataset, recipe)


def counts_of(items: Iterable[Item]) -> Counter[str]:
    """Items of every tag."""
    return Counter(name for item in items for name in names_in(item.target))


def _stratify(recipe: Recipe) -> Fix | None:
    return STRATIFY if recipe.data.split.kind != "stratified" else None


def _network(dataset: Dataset, recipe: Recipe) -> Iterator[Finding]:
    arch = options_of(recipe).arch
    try:
        require_architecture(arch)
        require_size(arch, min(stage.size or LAST_SIZE for stage in recipe.training.stages))
    except UserError as error:
        yield finding("network", "error", error.message, error.hint)


def _no_tags(dataset: Dataset, recipe: Recipe) -> Iterator[Finding]:
    if not dataset.classes and dataset.items:
        meaning = "There is nothing to learn. Choose the column that holds the tags."
        yield finding("no_tags", "error", "No photo has a tag", meaning, count=len(dataset.items))


def _empty_set(dataset: Dataset, recipe: Recipe) -> Iterator[Finding]:
    if not dataset.valid():
        why = no_validation(dataset, recipe.data.split)
        meaning = f"Nothing is left to judge the model by: {why}."
        yield finding(
            "empty_validation", "error", "The validation set is empty", meaning, fix=_stratify(recipe)
        )
    if not dataset.train():
        meaning = "Every item is kept for validation, so that there is nothing to learn from."
        yield finding("empty_training", "error", "The training set is empty", meaning, fix=_stratify(recipe))


def _only_in_validation(dataset: Dataset, recipe: Recipe) -> Iterator[Finding]:
    names = only_in_validation(dataset) if dataset.train() else ()
    if names:
        yield finding(
            "tag_only_in_validation",
            "warning",
            f"Only in validation: {quoted(names)}",
            "The model never sees such a photo in training and cannot learn the tag; it counts as missed.",
            names,
            _stratify(recipe),
        )


def _only_in_training(dataset: Dataset, recipe: Recipe) -> Iterator[Finding]:
    judged, taught = counts_of(dataset.valid()), counts_of(dataset.train())
    names = [name for name in dataset.classes if taught[name] > 1 and not judged[name]]
    if names and dataset.valid():
        yield finding(
            "tag_only_in_training",
            "warning",
            f"Never judged: {quoted(names)}",
            "No validation photo has the tag, so that nothing tells how well the model knows it.",
            names,
            _stratify(recipe),
        )


def _few_items(dataset: Dataset, recipe: Recipe) -> Iterator[Finding]:
    counts = counts_of(dataset.items)
    rare = sorted(
        (name for name in dataset.classes if counts[name] < FEW_ITEMS), key=lambda name: counts[name]
    )
    if rare:
        yield finding(
            "few_items",
            "warning",
            f"{many(len(rare), 'tag has', 'tags have')} fewer than {FEW_ITEMS} photos: {quoted(rare)}",
            "So few teach little, and the score of such a tag rests on one or two photos. Add photos of it, or "
            "take the tag out of the table.",
            [f"{name}: {many(counts[name], 'photo')}" for name in rare],
        )


def _near_names(dataset: Dataset, recipe: Recipe) -> Iterator[Finding]:
    counts = counts_of(dataset.items)
    found = [*_variants(dataset.classes), *_misspelled(dataset.classes)]
    pairs = [tuple(sorted(pair, key=lambda name: -counts[name])) for pair in found]
    if pairs:
        first = quoted(pairs[0])
        yield finding(
            "class_name_variants",
            "warning",
            f"Tags with nearly the same name: {first}",
            "They are taken for different tags. If they are one, make them one.",
            [" and ".join(f"{name} ({counts[name]})" for name in pair) for pair in pairs],
            merged(recipe, pairs),
        )


def _plain(name: str) -> str:
    return " ".join(name.casefold().replace("_", " ").replace("-", " ").split())


def _variants(names: Sequence[str]) -> list[tuple[str, ...]]:
    """Names that differ only in spaces, hyphens or capitals."""
    groups: dict[str, list[str]] = defaultdict(list)
    for name in names:
        groups[_plain(name)].append(name)
    return [tuple(group) for group in groups.values() if len(group) > 1]


def _misspelled(names: Sequence[str]) -> list[tuple[str, ...]]:
    """Long names that differ in a letter or two; numbers in them do not count as letters."""
    long = [name for name in names if len(name) >= LONG_NAME][:MOST_COMPARED]
    return [
        (one, other)
        for at, one in enumerate(long)
        for other in long[at + 1 :]
        if _plain(one) != _plain(other) and _digits(one) == _digits(other) and _alike(one, other)
    ]


def _digits(name: str) -> str:
    return "".join(letter for letter in name if letter.isdigit())


def _alike(one: str, other: str) -> bool:
    if abs(len(one) - len(other)) > 2:
        return False
    return SequenceMatcher(None, _plain(one), _plain(other), autojunk=False).ratio() >= ALIKE


def _always(dataset: Dataset) -> Iterator[Finding]:
    counts = counts_of(dataset.items)
    names = [name for name in dataset.classes if counts[name] == len(dataset.items)]
    if names and len(dataset.items) > 1:
        yield finding(
            "tag_on_every_item",
            "info",
            f"On every photo: {quoted(names)}",
            "There is nothing to tell apart; saying it always is always right and lifts the score.",
            names,
        )


def _single(dataset: Dataset) -> Iterator[Finding]:
    if len(dataset.classes) > 1 and all(len(names_in(item.target)) == 1 for item in dataset.items):
        yield finding(
            "one_tag_each",
            "info",
            "Every photo has exactly one tag",
            "Image classification fits such data better. If a cell holds several tags, choose what stands "
            "between them.",
            count=len(dataset.items),
        )


def _small_for_batch(dataset: Dataset, recipe: Recipe) -> Iterator[Finding]:
    n_train = len(dataset.train())
    wanted = [s.batch_size for s in recipe.training.stages if isinstance(s.batch_size, int)]
    if n_train and wanted and max(wanted) > n_train:
        yield finding(
            "fewer_than_batch",
            "warning",
            f"{many(n_train, 'training item')} for a batch of {max(wanted)}",
            f"A step needs a whole batch, so that the batch is lowered to {n_train}: one step an epoch.",
            fix=Fix("Choose the batch automatically", {"batch_size": "auto"}),
            count=n_train,
        )


def _unbalanced(dataset: Dataset, recipe: Recipe) -> Iterator[Finding]:
    counts = counts_of(dataset.train())
    if len(counts) < 2:
        return
    (most, n_most), (least, n_least) = counts.most_common()[0], counts.most_common()[-1]
    if n_most >= UNBALANCED_RATIO * n_least:
        yield finding(
            "unbalanced",
            "info",
            f"“{most}” is on {n_most / n_least:,.0f} times as many photos as “{least}”",
            f"{n_most:,} against {n_least:,} in training. It trains all the same; every tag gets a threshold of "
            "its own, and its own row in the results.",
            [most, least],
            weigh(recipe),
        )
