"""Reads what a person typed for a field into a value of the field's kind. No torch, no Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from studio.errors import UserError
from studio.recipe.complaints import near
from studio.recipe.fields import Field

TRUE = ("true", "yes", "on", "1")
FALSE = ("false", "no", "off", "0")
SHOWN_CHOICES = 8


def read_value(field: Field, value: Any) -> Any:
    """Return `value` as the field's type; text is read, anything else is checked.

    Raises
    ------
    UserError
        Naming the field, what is wrong with the value, and a remedy.
    """
    if value is None:
        return field.default
    readers = {
        "int": _whole,
        "float": _number,
        "bool": _yes_or_no,
        "choice": _choice,
        "several": _several,
        "file": _file,
        "folder": _file,
    }
    return readers.get(field.kind, _text)(field, value)


def entries(value: Any) -> list[Any]:
    """What is written with commas, or given as a list, one by one."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return list(value) if isinstance(value, (list, tuple)) else [value]


def whole(name: str, value: Any, minimum: float | None = None, maximum: float | None = None) -> int:
    """Read a whole number within limits; `UserError` names the field."""
    try:
        number = value if isinstance(value, int) and not isinstance(value, bool) else int(str(value).strip())
    except ValueError as error:
        raise UserError(f"{name} must be a whole number, not “{value}”.", "Correct the value.") from error
    _within(name, number, minimum, maximum)
    return number


def number(name: str, value: Any, minimum: float | None = None, maximum: float | None = None) -> float:
    """Read a finite number within limits; `UserError` names the field."""
    try:
        read = float(str(value).strip().removesuffix("%")) / (100 if str(value).strip().endswith("%") else 1)
    except ValueError as error:
        raise UserError(
            f"{name} must be a number, not “{value}”.", "Correct the value, for example 1e-3."
        ) from error
    if not math.isfinite(read):
        raise UserError(
            f"{name} must be a finite number, not “{value}”.", "Correct the value, for example 1e-3."
        )
    _within(name, read, minimum, maximum)
    return read


def _whole(field: Field, value: Any) -> int:
    return whole(field.name, value, field.minimum, field.maximum)


def _number(field: Field, value: Any) -> float:
    return number(field.name, value, field.minimum, field.maximum)


def _yes_or_no(field: Field, value: Any) -> bool:
    word = str(value).strip().lower()
    if word in TRUE or word in FALSE:
        return word in TRUE
    raise UserError(f"{field.name} must be true or false, not “{value}”.", "Write true or false.")


def _choice(field: Field, value: Any) -> str:
    word = str(value).strip()
    if not field.choices or word in field.choices:
        return word
    same = [choice for choice in field.choices if choice.lower() == word.lower()]
    if same:
        return same[0]
    raise UserError(
        f"{field.name} cannot be “{value}” ({field.title.lower()}).", _meant(word, list(field.choices))
    )


def _several(field: Field, value: Any) -> list[str]:
    """Some of the choices, each once, in the order in which they are told; an empty text is none."""
    return list(dict.fromkeys(_choice(field, one) for one in entries(value)))


def _file(field: Field, value: Any) -> str:
    """A choice, or a file; one found from here is kept by its whole path: recipes run from anywhere."""
    word = str(value).strip()
    if word.lower() in field.choices:
        return word.lower()
    path = Path(word).expanduser()
    return str(path.resolve()) if path.is_absolute() or path.exists() else word


def _text(field: Field, value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def _meant(word: str, choices: Sequence[str]) -> str:
    hint = near(word, choices)
    if len(choices) > SHOWN_CHOICES or not hint.startswith("Did"):
        return hint
    return f"{hint} It can be: {', '.join(choices)}."


def _within(name: str, value: float, minimum: float | None, maximum: float | None) -> None:
    if minimum is not None and value < minimum:
        raise UserError(f"{name} must be at least {minimum:g}, not {value:g}.", "Choose a larger value.")
    if maximum is not None and value > maximum:
        raise UserError(f"{name} must be at most {maximum:g}, not {value:g}.", "Choose a smaller value.")
