"""A mark on an item: what a person decided about it while cleaning. No torch, no Qt."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from msgspec import Struct

from studio.errors import UserError
from studio.problems.base import in_words

MarkAction = Literal["keep", "relabel", "remove"]
ACTIONS: tuple[MarkAction, ...] = ("keep", "relabel", "remove")


class Mark(Struct, frozen=True):
    """What was decided about the item `key`.

    Attributes
    ----------
    value : any plain data
        The new target where `action` is "relabel".
    sha256 : str
        The file's content when it was marked, in hexadecimal; empty where it is not known. A file that has
        changed since is left alone when the marks are carried out.
    """

    key: str
    action: MarkAction
    value: Any = None
    sha256: str = ""


def checked_action(action: str, value: Any) -> MarkAction:
    """Return the action.

    Raises
    ------
    UserError
        For an unknown one, or a relabel without a new label.
    """
    for known in ACTIONS:
        if action == known:
            if known == "relabel" and value in (None, ""):
                raise UserError("Relabel needs the new label.", "Say which one the item should have.")
            return known
    raise UserError(f"“{action}” is not something a mark can say.", f"Use one of: {', '.join(ACTIONS)}.")


def said(action: str, count: int, value: Any = None) -> str:
    """Say a mark in words, as for the undo button."""
    items = "1 item" if count == 1 else f"{count} items"
    words = {
        "keep": f"Kept {items}",
        "remove": f"Removed {items}",
        "relabel": f"Relabelled {items} as {in_words(value)}",
    }
    return words.get(action, f"Cleared the marks of {items}")


def counted(marks: Iterable[Mark]) -> dict[str, int]:
    """How many items carry each action."""
    counts = dict.fromkeys(ACTIONS, 0)
    for mark in marks:
        counts[mark.action] += 1
    return {str(action): count for action, count in counts.items()}
