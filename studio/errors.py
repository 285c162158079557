"""What went wrong, in words a person can act on.

Raise `UserError` where the fact is known. Everything else that escapes is a defect and is mapped to a
sentence by `engine.failures`. This module must not import anything of the studio.
"""

from __future__ import annotations


class UserError(Exception):
    """A failure that the person at the screen can understand and mend.

    Parameters
    ----------
    message : str
        What happened, naming the file, row or field.
    hint : str
        What to do about it.
    fix : str
        Name of an edit that mends it, as offered by a button; empty where there is none.
    """

    def __init__(self, message: str, hint: str = "", fix: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()
