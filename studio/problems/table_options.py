"""Fields of the `Options` structs whose problems read tables. No torch, no Qt."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from studio.dataset.letter_encodings import CHOICES
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


def encoding_field(shown_when: tuple[str, tuple[str, ...]] | None = None) -> Meta:
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
