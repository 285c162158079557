"""How a table is to be read, where a person says it: every part of it is found out unless it is named.

Standard library only: copied into every bundle that reads tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from studio.dataset.letter_encodings import AUTO
from studio.errors import UserError

SEPARATORS: Final[Mapping[str, str]] = {
    AUTO: "Find out",
    "comma": "Commas ,",
    "semicolon": "Semicolons ;",
    "tab": "Tabs",
    "bar": "Bars |",
}
DECIMALS: Final[Mapping[str, str]] = {AUTO: "Find out", "point": "A point: 1.5", "comma": "A comma: 1,5"}
_SIGNS: Final[Mapping[str, str]] = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
_WORDS: Final[Mapping[str, str]] = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_NO_SIGNS: Final = "\"'\r\n\0"


@dataclass(frozen=True)
class Reading:
    """How to read a table, in the words of a recipe.

    Attributes
    ----------
    encoding, separator, decimal : str
        "auto", or what a person says.
    header : {"yes", "no"}
        Whether the first row names the columns.
    sheet : str
        The sheet of a spreadsheet; "" for the first.
    """

    encoding: str = AUTO
    separator: str = AUTO
    header: str = "yes"
    decimal: str = AUTO
    sheet: str = ""

    @property
    def delimiter(self) -> str:
        """The sign between two cells; "" where it is to be found out.

        Raises
        ------
        UserError
            Where what was said is no single sign.
        """
        said = self.separator if self.separator in (" ", "\t") else self.separator.strip().lower()
        if said in ("", AUTO):
            return ""
        sign = _SIGNS.get(said, said)
        if len(sign) == 1 and not sign.isalnum() and sign not in _NO_SIGNS:
            return sign
        raise UserError(
            f"Cells cannot be parted by “{self.separator}”.",
            "Choose comma, semicolon, tab or bar, or write the one sign that stands between the cells.",
            fix="separator=auto",
        )

    @property
    def decimal_sign(self) -> str:
        """What parts the whole from the fraction; "" where it is to be found out."""
        return {"point": ".", "comma": ","}.get(self.decimal, "")


AS_FOUND: Final = Reading()
FIELDS: Final = tuple(field.name for field in fields(Reading))


def reading_of(options: Any) -> Reading:
    """What the options of a problem say of its table; a problem need not have all of the fields."""
    return Reading(**{name: str(getattr(options, name)) for name in FIELDS if hasattr(options, name)})


def reading_told(values: Mapping[str, Any]) -> Reading:
    """The same from values in the words of `--set`."""
    return Reading(**{name: str(values[name]) for name in FIELDS if name in values})


def separator_words(sign: str) -> str:
    """What parts the cells, for a sentence."""
    return _WORDS.get(sign, "spaces" if sign == " " else f"the sign {sign}")


def separator_word(sign: str) -> str:
    """The word of `--set separator=` for a sign."""
    return next((word for word, own in _SIGNS.items() if own == sign), sign)
