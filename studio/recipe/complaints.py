"""What is wrong with a field, in words: turns msgspec's errors into sentences with field, line and remedy.

No torch, no Qt.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Struct

from studio.errors import UserError
from studio.recipe.lines import Path, line_of

TYPES = {
    "int": "a whole number",
    "float": "a number",
    "str": "text",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
    "null": "nothing",
}
_WHERE = re.compile(r" - at `([^`]*)`$")
_STEP = re.compile(r"\.?([^.\[\]]+)|\[(\d+)\]")


def complaint(
    error: msgspec.ValidationError, struct: type[Struct], text: str, source: str, inside: Path = ()
) -> UserError:
    """Say what a validation error means for the person who wrote `text`.

    Parameters
    ----------
    struct : type
        What was being read; its fields are proposed for a mistyped name.
    source : str
        Name of the file, for the sentence.
    inside : path
        Where `struct` stands in the text.
    """
    message, path = _split(str(error))
    words, hint, leaf = _words(message, _fields_at(struct, path))
    allowed = _allowed_at(struct, path)
    if allowed and not leaf:
        hint = f"Use one of: {', '.join(allowed)}."
    whole = (*inside, *path, *([leaf] if leaf else []))
    line = line_of(text, whole)
    return UserError(f"{place(source, line)}: {named(whole)} {words}.", hint)


def place(source: str, line: int | None) -> str:
    """Name a line of a file."""
    return source if line is None else f"{source}, line {line}"


def named(path: Path) -> str:
    """Name a field for a person: “training.stages.epochs” (number 2)."""
    numbers = [part + 1 for part in path if isinstance(part, int)]
    name = ".".join(str(part) for part in path if not isinstance(part, int)) or "the recipe"
    return f"“{name}”" + "".join(f" (number {n})" for n in numbers)


def near(name: str, known: Sequence[str]) -> str:
    """Propose what a mistyped name may have meant, else list what there is."""
    close = difflib.get_close_matches(name.lower(), known, n=3, cutoff=0.5)
    if close:
        return "Did you mean " + " or ".join(f"“{c}”" for c in close) + "?"
    return f"Use one of: {', '.join(known)}." if known else "Remove it."


def _split(message: str) -> tuple[str, Path]:
    where = _WHERE.search(message)
    if where is None:
        return message, ()
    steps = _STEP.findall(where[1].removeprefix("$"))
    return message[: where.start()], tuple(int(index) if index else name for name, index in steps)


def _words(message: str, fields: Sequence[str]) -> tuple[str, str, str]:
    """Sentence, remedy, and the name of a field below the path where the message tells one."""
    for pattern, words in _MESSAGES:
        if found := re.fullmatch(pattern, message):
            return words(found, fields)
    return f"is not right: {message[:1].lower()}{message[1:]}", "Correct the value.", ""


Words = tuple[str, str, str]


def _missing(found: re.Match[str], fields: Sequence[str]) -> Words:
    return "is missing", f"Add a line “{found[1]} = ...” to this table.", found[1]


def _unknown(found: re.Match[str], fields: Sequence[str]) -> Words:
    return "is not a field that is known here", near(found[1], fields), found[1]


def _limit(found: re.Match[str], fields: Sequence[str]) -> Words:
    sign = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than"}[found[2]]
    unit = " entries" if found[1].startswith("array") else " characters" if found[1].startswith("str") else ""
    return f"must be {sign} {found[3].removesuffix('.0')}{unit}", "Correct the value.", ""


def _type(found: re.Match[str], fields: Sequence[str]) -> Words:
    wanted = " or ".join(
        TYPES.get(part.strip(), part.strip()) for part in found[1].split("|") if part.strip() != "null"
    )
    return f"must be {wanted}, but is {TYPES.get(found[2], found[2])}", "Correct the value.", ""


def _choice(found: re.Match[str], fields: Sequence[str]) -> Words:
    return f"cannot be “{found[1]}”", "Use one of the values that the wizard offers for this field.", ""


_MESSAGES: tuple[tuple[str, Callable[[re.Match[str], Sequence[str]], Words]], ...] = (
    (r"Object missing required field `([^`]+)`", _missing),
    (r"Object contains unknown field `([^`]+)`", _unknown),
    (r"Expected `([^`]+)` (>=|<=|>|<) ([-\d.e+]+)", _limit),
    (r"Expected `([^`]+)`, got `([^`]+)`", _type),
    (r"Invalid enum value '?([^']*)'?", _choice),
)


def _fields_at(struct: type[Struct], path: Path) -> tuple[str, ...]:
    """Names of the fields of the struct at `path` below `struct`; none where it is no struct."""
    here: Any = struct
    for step in path:
        here = _member(here, step)
    inner = _struct_in(here)
    return tuple(f.encode_name for f in msgspec.structs.fields(inner)) if inner else ()


def _allowed_at(struct: type[Struct], path: Path) -> list[str]:
    """The values that the field at `path` may have, where it lists them."""
    here: Any = struct
    for step in path:
        here = _member(here, step)
    words = [str(value) for part in _flat(here) if get_origin(part) is Literal for value in get_args(part)]
    return [*words, "a whole number"] if words and int in _flat(here) else words


def _member(hint: Any, step: str | int) -> Any:
    if isinstance(step, int):
        return next((a for a in _flat(hint) if _struct_in(a)), hint)
    inner = _struct_in(hint)
    return get_type_hints(inner).get(step) if inner else None


def _struct_in(hint: Any) -> type[Struct] | None:
    return next((h for h in _flat(hint) if isinstance(h, type) and issubclass(h, Struct)), None)


def _flat(hint: Any) -> list[Any]:
    return [hint, *(inner for arg in get_args(hint) for inner in _flat(arg))]
