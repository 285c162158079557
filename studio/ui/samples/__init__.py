"""How one item of a problem is drawn: one module per kind of sample, named by `Problem.sample`.

To add a kind: a module with `caption`, `answer`, `decode` and `View` (see README.md), and one line in
`sample_kind`.
Must not import: torch, pandas, the engine's parts, pages.
"""

from __future__ import annotations

from studio.ui.samples import image, row
from studio.ui.samples.base import SampleKind


def sample_kind(name: str) -> SampleKind:
    """The module that draws a kind of sample.

    Raises
    ------
    KeyError
        For a kind that no module draws.
    """
    kinds: dict[str, SampleKind] = {"image": image, "row": row}
    return kinds[name]
