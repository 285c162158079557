"""Fields of the `Options` structs whose problems read tables. No torch, no Qt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from msgspec import Meta

from studio.dataset.letter_encodings import CHOICES
from studio.dataset.table_reading import DECIMALS, SEPARATORS
from studio.recipe.fields import about

Merge = Annotated[
    str,
    about(
        "One class",
        "Classes that are one, parted by commas: Yes:yes, YES:yes makes both yes. The table is not changed.",
        more=True,
        note="why-data",
    ),
]


NOTHING: Final[Mapping[str, Any]] = {}
ShownWhen = tuple[str, tuple[str, ...]] | None

Decimal = Annotated[
    Literal["auto", "point", "comma"],
    about(
        "Decimal mark",
        "What parts the whole from the fraction. Found for each column; say it where 1.500 could be both.",
        choices=DECIMALS,
        more=True,
        note="tabular",
    ),
]
Sheet = Annotated[
    str,
    about("Sheet", "Of a spreadsheet. Empty: the first.", kind="sheet", more=True, note="tabular"),
]


def encoding_field(shown_when: ShownWhen = None) -> Meta:
    """How the table's letters are written: found out, unless a person says it."""
    return about(
        "Letters",
        "How letters outside English are written in the table. Choose another way where names look wrong.",
        choices=CHOICES,
        open=True,
        more=True,
        shown_when=shown_when,
        note="tabular",
    )


def separator_field(shown_when: ShownWhen = None) -> Meta:
    """What stands between the cells of a text table: found out, unless a person says it."""
    return about(
        "Between cells",
        "What parts the cells of a CSV or TSV file: choose it, or type the one sign.",
        choices=SEPARATORS,
        open=True,
        more=True,
        shown_when=shown_when,
        note="tabular",
    )


def header_field(shown_when: ShownWhen = None) -> Meta:
    """Whether the first row names the columns."""
    return about(
        "First row",
        "Whether it names the columns. Columns without names are called column 1, column 2 ...",
        choices={"yes": "Names of columns", "no": "Already data"},
        more=True,
        shown_when=shown_when,
        note="tabular",
    )
