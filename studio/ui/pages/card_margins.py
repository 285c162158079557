"""Cards whose content needs other margins than a card of text: plots and tables reach nearer to the edge."""

from __future__ import annotations

from studio.ui.widgets import Card


def set_margins(card: Card, left: int, top: int, right: int, bottom: int) -> None:
    """Set the margins of a card's content, in device-independent pixels."""
    layout = card.layout()
    assert layout is not None  # a card makes its layout itself
    layout.setContentsMargins(left, top, right, bottom)
