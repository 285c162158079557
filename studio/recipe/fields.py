"""What a form needs to know about a field, declared once beside the field's type.

A struct annotates its fields with `about(...)`; `describe` reads them back in order, so that the wizard,
`--set` and the help of the command line all speak from the same declaration. No torch, no Qt.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta, Struct

Kind = Literal["choice", "several", "int", "float", "bool", "text", "file", "folder", "column", "sheet"]


@dataclass(frozen=True)
class Field:
    """One editable field.

    Attributes
    ----------
    choices : dict of str to str
        Value to the words shown for it; empty where any value of the type may be typed.
    open : bool
        The choices are proposals: other values may be typed too.
    shown_when : (str, tuple of str) or None
        Show the field only while the named sibling has one of these values.
    note : str
        Name of the note in `resources/notes` that explains it.
    hints : dict of str to str
        A sentence about a choice, where its words are not enough.
    """

    name: str
    title: str
    help: str
    kind: Kind
    default: Any
    choices: Mapping[str, str]
    open: bool
    unit: str
    minimum: float | None
    maximum: float | None
    more: bool
    shown_when: tuple[str, tuple[str, ...]] | None
    note: str
    hints: Mapping[str, str] = field(default_factory=dict)

    def shown(self, values: Mapping[str, Any]) -> bool:
        """Whether the field applies, given its siblings' `values`."""
        return self.shown_when is None or str(values.get(self.shown_when[0])) in self.shown_when[1]


def about(
    title: str,
    help: str,
    *,
    choices: Mapping[str, str] | None = None,
    hints: Mapping[str, str] | None = None,
    open: bool = False,
    unit: str = "",
    kind: Kind | None = None,
    more: bool = False,
    shown_when: tuple[str, tuple[str, ...]] | None = None,
    note: str = "",
) -> Meta:
    """Annotation that carries a field's words; ranges are given by a `Meta(ge=..., le=...)` beside it."""
    extra = {"choices": dict(choices or {}), "open": open, "unit": unit, "kind": kind, "more": more}
    words = {"shown_when": shown_when, "note": note, "hints": dict(hints or {})}
    return Meta(title=title, description=help, extra={**extra, **words})


def describe(struct: type[Struct]) -> tuple[Field, ...]:
    """Return the annotated fields of `struct` in order; fields without `about` are not for forms."""
    hints = get_type_hints(struct, include_extras=True)
    found = (_field(f, hints[f.name]) for f in msgspec.structs.fields(struct))
    return tuple(f for f in found if f is not None)


def _field(info: msgspec.structs.FieldInfo, hint: Any) -> Field | None:
    metas = [m for m in get_args(hint)[1:] if isinstance(m, Meta)] if get_origin(hint) is Annotated else []
    words = next((m for m in metas if m.extra and "shown_when" in m.extra), None)
    if words is None or words.extra is None:
        return None
    bounds = [b for m in metas for b in (m.ge, m.gt) if b is not None]
    tops = [b for m in metas for b in (m.le, m.lt) if b is not None]
    extra = words.extra
    return Field(
        name=info.name,
        title=words.title or info.name,
        help=words.description or "",
        kind=extra["kind"] or _kind(get_args(hint)[0], bool(extra["choices"]) and not extra["open"]),
        default=None if info.default is msgspec.NODEFAULT else info.default,
        choices=extra["choices"],
        open=extra["open"],
        unit=extra["unit"],
        minimum=bounds[0] if bounds else None,
        maximum=tops[0] if tops else None,
        more=extra["more"],
        shown_when=extra["shown_when"],
        note=extra["note"],
        hints=extra["hints"],
    )


def _kind(hint: Any, has_choices: bool) -> Kind:
    if has_choices or get_origin(hint) is Literal:
        return "choice"
    if get_origin(hint) in (Union, UnionType):
        hint = next(a for a in get_args(hint) if a is not type(None))
    kinds: dict[Any, Kind] = {bool: "bool", int: "int", float: "float", Path: "file"}
    return kinds.get(hint, "text")
