"""What a bundle says about itself. Lies inside the model file, and readable beside it. No torch, no Qt.

Nothing that names this machine or its user may enter it: a bundle is given away.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import msgspec
from msgspec import Struct

from studio.engine.messages import Proof
from studio.errors import UserError

FORMAT = 1
KEY = "thaw"


class Manifest(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The description of a bundle.

    `input` is what the problem's `answers.prepare` needs; `in_graph` tells what the graph does itself; `output`
    is what `answers.decode` needs besides the classes.
    `created` is a date (ISO). `proof` and `sha256` are known after the model is written: only in bundle.json.
    """

    format: int
    problem: str
    name: str
    classes: tuple[str, ...] = ()
    input: dict[str, Any] = {}
    in_graph: dict[str, Any] = {}
    output: dict[str, Any] = {}
    metrics: dict[str, float | None] = {}
    created: str = ""
    studio: str = ""
    proof: Proof | None = None
    sha256: str = ""

    def spec(self) -> dict[str, Any]:
        """The manifest as plain data, as `answers.py` reads it."""
        built: dict[str, Any] = msgspec.to_builtins(self)
        return built


def read(text: str | bytes, source: str) -> Manifest:
    """Read a manifest.

    Raises
    ------
    UserError
        Where it is damaged, or of a newer format; `source` names it.
    """
    try:
        manifest = msgspec.json.decode(text, type=Manifest)
    except msgspec.DecodeError as error:
        raise UserError(
            f"The description in {source} is damaged ({error}).", "Export the model again."
        ) from error
    if manifest.format > FORMAT:
        raise UserError(
            f"{source} was made by a newer Thaw Studio ({manifest.studio}).", "Update Thaw Studio."
        )
    return manifest


def readable(manifest: Manifest) -> str:
    """Return the manifest as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=2).decode() + "\n"


def slug(name: str) -> str:
    """Return a file name for a person's name of a thing: "Ants & bees" gives "ants-bees"."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "model"
