"""fastai's AWD-LSTM trained on WikiText-103: found where it was downloaded before, or downloaded once.

Nobody publishes a checksum of the archive. So it is fetched over HTTPS, its length is compared with what the server
says and its own checksums (gzip) with its content; then its SHA-256 is written down beside it and compared ever after.
Only two known files are taken out of it, and both are read without running code. No torch, no Qt.
"""

from __future__ import annotations

import hashlib
import os
import tarfile
import zlib
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from urllib.request import urlopen

from studio.atomic import replacing
from studio.errors import UserError

URL = "https://s3.amazonaws.com/fast-ai-modelzoo/wt103-fwd.tgz"
WEIGHTS, WORDS = "lstm_fwd.pth", "itos_wt103.pkl"
CHUNK = 1 << 20
TIMEOUT_S = 30.0
MIB = 2**20
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


def fetch(progress: Progress) -> None:
    """Download the archive where it is not here yet, and take the two files out of it.

    Raises
    ------
    UserError
        Where the network is away, or what came is damaged or no longer what it was.
    """
    try:
        wikitext_files()
    except UserError:
        archive = home() / "wt103-fwd.tgz"
        archive.parent.mkdir(parents=True, exist_ok=True)
        if not archive.is_file():
            _download(archive, progress)
        require_known(archive)
        _unpack(archive, home() / "wt103-fwd")


def _download(archive: Path, progress: Progress) -> None:
    try:
        with urlopen(URL, timeout=TIMEOUT_S) as answer, replacing(archive) as made, made.open("wb") as file:
            total, done = int(answer.headers.get("Content-Length", 0)), 0
            while chunk := answer.read(CHUNK):
                file.write(chunk)
                done += len(chunk)
                progress("Downloading WikiText weights", done // MIB, total // MIB)
            if total and done != total:
                raise _not_here(f"the download broke off after {done // MIB} of {total // MIB} MB")
    except (OSError, HTTPException) as error:
        raise _not_here(str(getattr(error, "reason", "") or error) or "the network is away") from error


def require_known(archive: Path) -> None:
    """Compare an archive with its SHA-256 of the first time, which is written down now where it is new.

    Raises
    ------
    UserError
        Where it is another one.
    """
    digest = hashlib.sha256()
    with archive.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    noted = archive.with_suffix(".sha256")
    if not noted.is_file():
        noted.write_text(digest.hexdigest(), encoding="ascii")
    elif noted.read_text(encoding="ascii").strip() != digest.hexdigest():
        raise UserError(
            f"{archive} is not what was downloaded.", "Delete it, and download it again.", fix="weights"
        )


def _unpack(archive: Path, folder: Path) -> None:
    """Take the two known files out, whatever else or wherever the archive says they lie."""
    try:
        with tarfile.open(archive, "r:gz") as tar:
            for member in tar:
                name = Path(member.name).name
                source = tar.extractfile(member) if name in (WEIGHTS, WORDS) and member.isfile() else None
                if source is not None:
                    folder.mkdir(parents=True, exist_ok=True)
                    with source, replacing(folder / name) as made, made.open("wb") as file:
                        while chunk := source.read(CHUNK):
                            file.write(chunk)
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        archive.unlink(missing_ok=True)
        raise _not_here("what was downloaded is damaged, it was deleted") from error


def _not_here(why: str) -> UserError:
    return UserError(
        f"The WikiText weights could not be had: {why}.",
        "Connect to the internet once, choose a weights file, or train from scratch (weights=none).",
        fix="weights=none",
    )
