"""What was found and not used: rows without a class, photos outside the class folders. No torch, no Qt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from studio.dataset import splitting
from studio.engine.messages import Finding, Severity
from studio.problems.base import Dataset
from studio.problems.image_classification import items as collecting
from studio.problems.image_classification import sources, table_source
from studio.problems.image_classification.findings import finding, leave_out, many

NOT_READ = "files are not read"
LINK = "it is a link"


@dataclass(frozen=True)
class Reason:
    """A reason for leaving out, as a finding: items whose reason starts with `why`; `skip` may confirm."""

    why: str
    code: str
    severity: Severity
    thing: str
    title: str
    meaning: str
    skip: bool = True


SPLIT_REASONS = (
    Reason(
        splitting.NO_TIME,
        "no_time",
        "warning",
        "item",
        "without a date",
        "The split is by time, so that nothing says whether they are early or late. They are left out.",
    ),
    Reason(
        splitting.IN_NO_LIST,
        "in_no_list",
        "info",
        "item",
        "in neither list",
        "Neither the training nor the validation list names them. They are left out.",
        skip=False,
    ),
    Reason(
        splitting.NOT_LISTED,
        "not_listed",
        "warning",
        "line",
        "of a list naming nothing that is there",
        "The list may belong to another version of the data. Nothing is done with such lines.",
        skip=False,
    ),
)
REASONS = (
    Reason(
        table_source.NO_LABEL,
        "missing_label",
        "error",
        "row",
        "without a class",
        "They cannot teach anything and are left out. Fill the class in, or confirm that they stay out.",
    ),
    Reason(
        table_source.BAD_ROW,
        "broken_row",
        "warning",
        "row",
        "that cannot be read",
        "They have more or fewer cells than the header, so that nothing is sure. They are left out.",
    ),
    Reason(
        table_source.NO_FILE,
        "missing_file",
        "warning",
        "row",
        "without a photo",
        "The file that is named is not below the data folder. They are left out.",
    ),
    Reason(
        table_source.NO_NAME, "missing_name", "warning", "row", "without a file name", "They are left out."
    ),
    Reason(
        table_source.OUTSIDE,
        "outside_root",
        "warning",
        "row",
        "pointing outside the data folder",
        "Nothing outside the data folder is read. Choose a higher data folder, or correct the rows.",
    ),
    Reason(
        table_source.AMBIGUOUS,
        "ambiguous_file",
        "warning",
        "row",
        "that could mean several photos",
        "Several files have that name. Write the folder before the name. They are left out.",
    ),
    Reason(
        table_source.OTHER_CLASS,
        "named_twice_differently",
        "warning",
        "row",
        "contradicting an earlier one",
        "The same photo is named with two classes; the first is used.",
    ),
    Reason(
        table_source.NAMED_TWICE,
        "named_twice",
        "info",
        "row",
        "repeated",
        "The photo is used once.",
        skip=False,
    ),
    Reason(
        collecting.NO_SIDE,
        "no_side",
        "warning",
        "photo",
        "in neither set",
        "The validation column says neither training nor validation. They are left out.",
    ),
    Reason(
        collecting.IN_NEITHER,
        "in_neither",
        "info",
        "photo",
        "in neither set",
        "They lie in neither the training nor the validation folder and are left out.",
        skip=False,
    ),
    *SPLIT_REASONS,
    Reason(
        sources.NO_FOLDER,
        "no_class_folder",
        "warning",
        "photo",
        "outside the class folders",
        "Their class is not known, so that they are left out.",
    ),
    Reason(
        sources.NOT_MATCHED,
        "not_matched",
        "warning",
        "file name",
        "without a class",
        "The pattern does not match them, so that they are left out.",
    ),
    Reason(
        LINK,
        "link",
        "info",
        "link",
        "not followed",
        "Links may lead round in circles or out of the folder. Copy the files if they are needed.",
        skip=False,
    ),
)


def left_out_findings(dataset: Dataset, reasons: Sequence[Reason] = REASONS) -> Iterator[Finding]:
    """Yield a finding for each reason for which something was left out."""
    for reason in reasons:
        found = [
            (key, why.removeprefix(reason.why)) for key, why in dataset.left_out if why.startswith(reason.why)
        ]
        if found:
            keys = [key for key, _ in found]
            yield finding(
                reason.code,
                reason.severity,
                f"{many(len(keys), reason.thing)} {reason.title}",
                reason.meaning,
                [f"{key}{more}" if more.startswith((" (", ": ")) else key for key, more in found],
                leave_out(keys) if reason.skip else None,
            )
    yield from _not_read(dataset)
    yield from _blocked(dataset)


def _not_read(dataset: Dataset) -> Iterator[Finding]:
    keys = [key for key, why in dataset.left_out if NOT_READ in why]
    if keys:
        yield finding(
            "format_not_read",
            "warning",
            f"{many(len(keys), 'image')} of a kind that is not read",
            "Save them as JPEG or PNG to use them. They are left out.",
            keys,
            leave_out(keys),
        )


def _blocked(dataset: Dataset) -> Iterator[Finding]:
    starts = ("the folder cannot", "its name is")
    blocked = [f"{key}: {why}" for key, why in dataset.left_out if why.startswith(starts)]
    if blocked:
        title = f"{many(len(blocked), 'folder or file', 'folders or files')} not readable"
        yield finding("blocked", "warning", title, "What they hold is left out.", blocked)
