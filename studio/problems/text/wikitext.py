"""fastai's AWD-LSTM trained on WikiText-103: found where it was downloaded before, or downloaded once.

fastai published the archive's length and the MD5 of its first MiB; gzip's own checksum covers the rest. All are
compared before anything is kept. Only two known files are taken out of it (`unpacking.py` refuses an archive that would
do anything else), and both are read without running code. No torch, no Qt.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from http.client import HTTPException
from pathlib import Path
from typing import IO
from urllib.request import urlopen

from studio.atomic import replacing
from studio.errors import UserError
from studio.problems.text.unpacking import refused, take_out

URL = "https://s3.amazonaws.com/fast-ai-modelzoo/wt103-fwd.tgz"
LENGTH, BEGINNING_MD5 = 105_067_061, "7d1114cd9684bf9d1ca3c9f6a54da6f9"
"""Bytes of the archive, and the MD5 of its first MiB."""
ARCH = "awd_lstm"
"""The network that these weights are of."""
WEIGHTS, WORDS = "lstm_fwd.pth", "itos_wt103.pkl"
MIB = CHUNK = 1 << 20
TIMEOUT_S = 30.0
Progress = Callable[[str, int, int], None]


def home() -> Path:
    """The folder that downloads are kept in, beside torch's own."""
    cache = os.environ.get("XDG_CACHE_HOME", "") or str(Path.home() / ".cache")
    return Path(os.environ.get("TORCH_HOME", "") or Path(cache) / "torch") / "hub" / "checkpoints"


def fastai_home() -> Path:
    """Where fastai itself keeps it."""
    return Path(os.environ.get("FASTAI_HOME", "") or Path.home() / ".fastai") / "models" / "wt103-fwd"


def wikitext_files() -> tuple[Path, Path]:
    """Weights and words, as downloaded before.

    Raises
    ------
    UserError
        Where they are not there.
    """
    for folder in (home() / "wt103-fwd", fastai_home()):
        if (folder / WEIGHTS).is_file() and (folder / WORDS).is_file():
            return folder / WEIGHTS, folder / WORDS
    raise _not_here("they are not on this machine")


def require_arch(arch: str) -> None:
    """Raise a `UserError` for another network than that of the weights."""
    if arch != ARCH:
        raise UserError(
            f"The WikiText weights are of the full AWD-LSTM, not of {arch}.",
            f"Set the network (arch) to {ARCH}, or train from scratch.",
            fix=f"arch={ARCH}",
        )


def fetch(progress: Progress) -> None:
    """Download the archive where it is not here yet, and take the two files out of it.

    One that somebody has put there by hand is taken too, and is checked in the same way.

    Raises
    ------
    UserError
        Where the network is away, or what came is damaged or not what fastai published.
    """
    try:
        wikitext_files()
    except UserError:
        archive = home() / "wt103-fwd.tgz"
        archive.parent.mkdir(parents=True, exist_ok=True)
        if is_ours := not archive.is_file():
            _download(archive, progress)
        try:
            require_known(archive)
            progress("Unpacking WikiText weights", 0, 0)
            take_out(archive, (WEIGHTS, WORDS), archive.with_suffix(""))
        finally:
            if is_ours:
                archive.unlink(missing_ok=True)


def _download(archive: Path, progress: Progress) -> None:
    try:
        answer = urlopen(URL, timeout=TIMEOUT_S)
    except (OSError, HTTPException) as error:
        raise _broken_off(error) from error
    with answer, replacing(archive) as made, made.open("wb") as file:
        done = 0
        for chunk in _chunks(answer):
            file.write(chunk)
            done += len(chunk)
            progress("Downloading WikiText weights", done // MIB, LENGTH // MIB)
        if done < LENGTH:
            raise _not_here(f"the download broke off after {done // MIB} of {LENGTH // MIB} MB")


def _chunks(answer: IO[bytes]) -> Iterator[bytes]:
    """What comes, never much more than there should be; a broken line is told apart from a full disk."""
    left = LENGTH + 1
    try:
        while left > 0 and (chunk := answer.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk
    except (OSError, HTTPException) as error:
        raise _broken_off(error) from error


def require_known(archive: Path) -> None:
    """Compare an archive with what fastai published of it.

    Raises
    ------
    UserError
        Where it is another one.
    """
    with archive.open("rb") as file:
        beginning = hashlib.md5(file.read(MIB), usedforsecurity=False).hexdigest()
    length = archive.stat().st_size
    if length != LENGTH:
        raise refused(archive, f"it has {length:,} bytes instead of {LENGTH:,}")
    if beginning != BEGINNING_MD5:
        raise refused(archive, "its checksum differs from the published one")


def _broken_off(error: Exception) -> UserError:
    return _not_here(str(getattr(error, "reason", "") or error) or "the network is away")


def _not_here(why: str) -> UserError:
    return UserError(
        f"The WikiText weights could not be had: {why}.",
        f"Connect to the internet once, put {URL.rpartition('/')[2]} into {home()}, choose a weights file, "
        "or train from scratch (weights=none).",
        fix="weights=none",
    )
