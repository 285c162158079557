"""Turns whatever went wrong into a sentence, a remedy, and a trace for the log.

fastai replaces the text of errors that pass a callback, so that facts are read from types, error numbers and
the chain of causes, never from `str(error)` alone. Must not import Qt or fastai.
"""

from __future__ import annotations

import errno
import traceback
from collections.abc import Iterator
from typing import Literal
from urllib.error import URLError

from studio.engine.messages import Failed
from studio.errors import UserError

FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG)
_NO_CARD = (
    "CUDA out of memory",
    "CUDA error: out of memory",
    "CUDNN_STATUS_ALLOC_FAILED",
    "CUBLAS_STATUS_ALLOC_FAILED",
)
_NO_MEMORY = (
    "DefaultCPUAllocator",
    "not enough memory",
    "Cannot allocate memory",
    "std::bad_alloc",
    "bad allocation",
    "could not create a primitive",
    "PyObject pointer is null",
)
"""The last two were seen of oneDNN, torch's library on processors, and of safetensors, where memory was all used."""
SENTENCE = "Something went wrong that the studio does not know."
REPORT = "The log has the details. What was saved before is untouched."


def explain(error: BaseException) -> Failed:
    """Say an exception to a person.

    Returns
    -------
    Failed
        With an empty job number; `detail` is the whole traceback.
    """
    detail = "".join(traceback.format_exception(error))
    for cause in chain(error):
        found = _known(cause)
        if found is not None:
            message, hint, fix = found
            return Failed(message=message, hint=hint, fix=fix, detail=detail)
    return Failed(message=SENTENCE, hint=f"{REPORT} ({type(error).__name__})", detail=detail)


def forget(error: BaseException) -> None:
    """Let go of the models and batches that a traceback keeps alive."""
    for cause in chain(error):
        if cause.__traceback__ is not None:
            traceback.clear_frames(cause.__traceback__)
        cause.__traceback__ = None


def poisons(error: BaseException) -> bool:
    """Whether the card can no longer be used by this process."""
    return any(_is_poison(cause) for cause in chain(error))


def chain(error: BaseException) -> Iterator[BaseException]:
    """The error and its causes, the outermost first."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        yield cause
        seen.add(id(cause))
        cause = cause.__cause__ or cause.__context__


def _known(error: BaseException) -> tuple[str, str, str] | None:
    if isinstance(error, UserError):
        return error.message, error.hint, error.fix
    for recognise in (_memory, _download, _file, _loader, _device, _tiny_batch):
        found = recognise(error)
        if found is not None:
            return (*found, "")
    return None


def ran_out(error: BaseException) -> Literal["card", "computer", ""]:
    """Whose memory an error says is used up; empty for any other error."""
    text = str(error)
    if type(error).__name__ == "OutOfMemoryError" or any(words in text for words in _NO_CARD):
        return "card"
    is_out = isinstance(error, MemoryError) or any(words in text for words in _NO_MEMORY)
    return "computer" if is_out else ""


def _memory(error: BaseException) -> tuple[str, str] | None:
    whose = ran_out(error)
    if whose == "card":
        return (
            "The GPU has too little free memory.",
            "Choose a smaller batch or size, or close other programs that use it.",
        )
    if whose == "computer":
        return (
            "The computer has too little free memory.",
            "Choose a smaller batch or size, or close other programs.",
        )
    return None


def _download(error: BaseException) -> tuple[str, str] | None:
    if isinstance(error, URLError):
        hint = (
            "Connect to the internet once, choose a file of weights, or train from scratch (weights: none)."
        )
        return f"The starting weights could not be downloaded ({error.reason}).", hint
    if "PytorchStreamReader" in str(error) or type(error).__name__ == "UnpicklingError":
        return "A file of weights is damaged or of another kind.", "Delete it, or choose another file."
    return None


def _file(error: BaseException) -> tuple[str, str] | None:
    if not isinstance(error, OSError):
        return None
    name = str(error.filename or "")
    if error.errno in FULL:
        return f"The disk is full{': ' + name if name else ''}.", "Free some space and try again."
    if isinstance(error, FileNotFoundError):
        return (
            f"The file {name or 'that is needed'} is not there any more.",
            "Put it back, or scan the data again.",
        )
    if isinstance(error, PermissionError):
        return (
            f"There is no permission for {name or 'a file'}.",
            "Change its permissions, or use another place.",
        )
    if type(error).__name__ == "UnidentifiedImageError" or "image file is truncated" in str(error):
        return f"An image cannot be read: {error}.", "Let the doctor find and skip it, then train again."
    return None


def _loader(error: BaseException) -> tuple[str, str] | None:
    if "DataLoader worker" in str(error):
        return (
            "A process that reads the data was ended from outside.",
            "Most often memory ran out: close other programs.",
        )
    return None


def _device(error: BaseException) -> tuple[str, str] | None:
    if _is_poison(error):
        hint = "Most often a label is out of range: run the check. The engine starts afresh for the next job."
        return "The GPU reported an error and cannot go on.", hint
    return None


def _is_poison(error: BaseException) -> bool:
    return "device-side assert" in str(error) or "CUDA error" in str(error)


def _tiny_batch(error: BaseException) -> tuple[str, str] | None:
    if "Expected more than 1 value per channel" in str(error):
        return "A batch of 1 is too small for this network.", "Choose a batch of 2 or more."
    return None
