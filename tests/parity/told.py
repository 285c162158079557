"""What a script printed at its end: the metrics of its validation set by name."""

from __future__ import annotations

import ast


def told_in(printed: str) -> dict[str, float | None]:
    """The last dict that a script printed; what is no number is None."""
    found = printed[printed.rindex("{") : printed.rindex("}") + 1].replace(": nan", ": None")
    said: dict[str, float | None] = ast.literal_eval(found)
    return said
