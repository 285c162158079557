"""Weights of a language model: downloaded and checked, or from a file; taken over as fastai does; never run as code."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import pickle
import tarfile
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import torch
from fastai.text.all import AWD_LSTM, LMLearner, awd_lstm_lm_config, awd_lstm_lm_split, get_language_model

from studio.errors import UserError
from studio.problems.text import learner as learners
from studio.problems.text import options, wikitext
from studio.problems.text.data import dataloaders, vocab_of
from studio.problems.text.items import collect
from studio.problems.text.tokens import SPECIAL
from studio.problems.text.unpacking import take_out
from tests.problems.texts_made import STAGES, recipe, write_texts

SIZE = (12, 16, 2)
THEIRS = (*SPECIAL, "film", "the", "swordfish", "great", "was")
Files = dict[str, bytes]
Told = list[tuple[str, int, int]]


def language_model(n_words: int) -> Any:
    """fastai's language model, small."""
    torch.manual_seed(2)
    sizes = dict(zip(("emb_sz", "n_hid", "n_layers"), SIZE, strict=True))
    return get_language_model(AWD_LSTM, n_words, config={**awd_lstm_lm_config, **sizes})


def saved(content: object) -> bytes:
    written = io.BytesIO()
    torch.save(content, written)
    return written.getvalue()


@pytest.fixture(scope="module")
def files() -> Files:
    """Weights and words in fastai's form."""
    weights = saved(language_model(len(THEIRS)).state_dict())
    return {wikitext.WEIGHTS: weights, wikitext.WORDS: pickle.dumps(list(THEIRS))}


def tgz(entries: list[tuple[tarfile.TarInfo | str, bytes]]) -> bytes:
    """An archive of files by their names, or of entries as they are."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w:gz") as tar:
        for entry, content in entries:
            info = tarfile.TarInfo(entry) if isinstance(entry, str) else entry
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return written.getvalue()


def whole(files: Files) -> bytes:
    return tgz([(f"wt103-fwd/{name}", content) for name, content in files.items()])


class Server:
    """Gives one archive to whoever asks; `said` is how long it says that it is."""

    def __init__(self, content: bytes, said: int) -> None:
        handler = type("Handler", (_Handler,), {"content": content, "said": said})
        self._server = HTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/wt103-fwd.tgz"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    content = b""
    said = 0

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(self.said))
        self.end_headers()
        self.wfile.write(self.content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Serve an archive in the place of the published one, `known` being the one that was published."""
    servers: list[Server] = []

    def start(content: bytes, known: bytes, said: int | None = None) -> None:
        servers.append(Server(content, len(content) if said is None else said))
        monkeypatch.setattr(wikitext, "URL", servers[-1].url)
        monkeypatch.setattr(wikitext, "LENGTH", len(known))
        md5 = hashlib.md5(known[: wikitext.MIB], usedforsecurity=False).hexdigest()
        monkeypatch.setattr(wikitext, "BEGINNING_MD5", md5)
        monkeypatch.setenv("no_proxy", "*")

    yield start
    for server in servers:
        server.close()


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """The full network, made small."""
    monkeypatch.setitem(options.SIZES, "awd_lstm", SIZE)


def built(root: Path, stage: int, **given: Any) -> Any:
    """A learner of a stage on made texts."""
    made = recipe(write_texts(root / "data", 24), arch="awd_lstm", **given)
    learners.fetch(made, lambda text, done, total: None)
    dataset = collect(made, root / "data")
    dls = dataloaders(dataset, made, STAGES[stage], 4, root / "data")
    return learners.build(dls, dataset, made, root)


def kept_in(tmp_path: Path, files: Files) -> Path:
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path / wikitext.WEIGHTS


def test_the_archive_is_downloaded_once_told_and_unpacked(files: Files, serve: Callable[..., None]) -> None:
    told: Told = []
    serve(whole(files), whole(files))
    wikitext.fetch(lambda *said: told.append(said))
    weights, words = wikitext.wikitext_files()
    assert (weights.read_bytes(), words.read_bytes()) == tuple(files.values())
    assert [text for text, _, _ in told][-2:] == [
        "Downloading WikiText weights",
        "Unpacking WikiText weights",
    ]
    assert not list(wikitext.home().glob("*.tgz"))
    wikitext.fetch(lambda *said: told.clear())
    assert told


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda archive: archive[:-40], "broke off"),
        (lambda archive: archive + b"more", "bytes instead of"),
        (lambda archive: b"\0" + archive[1:], "checksum differs"),
    ],
    ids=["cut short", "longer", "another"],
)
def test_what_is_not_the_published_archive_is_not_kept(
    files: Files, serve: Callable[..., None], change: Callable[[bytes], bytes], why: str
) -> None:
    serve(change(whole(files)), whole(files))
    with pytest.raises(UserError, match=why):
        wikitext.fetch(lambda text, done, total: None)
    assert not [path for path in wikitext.home().rglob("*") if path.is_file()]


def test_a_line_that_breaks_is_no_full_disk(files: Files, serve: Callable[..., None]) -> None:
    serve(whole(files)[:100], whole(files), said=len(whole(files)))
    with pytest.raises(UserError, match="could not be had") as raised:
        wikitext.fetch(lambda text, done, total: None)
    assert raised.value.fix == "weights=none" and "wt103-fwd.tgz" in raised.value.hint


def test_damage_in_the_middle_is_found_by_the_checksum_inside(
    files: Files, serve: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = whole({**files, "filler": os.urandom(4096)})
    monkeypatch.setattr(wikitext, "MIB", 256)
    serve(archive[:-900] + bytes(b ^ 0xFF for b in archive[-900:-800]) + archive[-800:], archive)
    with pytest.raises(UserError, match="not the archive"):
        wikitext.fetch(lambda text, done, total: None)
    assert not list(wikitext.home().glob("*.tgz"))


def entry(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ((entry("../a.pkl"), b"x"), "leads out of it"),
        ((entry("/tmp/a.pkl"), b"x"), "leads out of it"),
        ((entry("C:\\a.pkl"), b"x"), "leads out of it"),
        ((entry("wt103-fwd/a.pkl", tarfile.SYMTYPE, "/etc/hostname"), b""), "is a link"),
        ((entry("wt103-fwd/a.pkl", tarfile.LNKTYPE, "../b"), b""), "is a link"),
        ((entry("wt103-fwd/a.pkl", tarfile.FIFOTYPE), b""), "a device"),
        ((entry("wt103-fwd/zeros"), bytes(2**20)), "unpacks to far more"),
    ],
)
def test_an_archive_that_would_do_more_is_refused(
    tmp_path: Path, bad: tuple[tarfile.TarInfo, bytes], why: str
) -> None:
    archive, target = tmp_path / "a.tgz", tmp_path / "inside" / "target"
    archive.write_bytes(tgz([bad, ("wt103-fwd/b", b"wanted")]))
    with pytest.raises(UserError, match=why):
        take_out(archive, ("a.pkl", "b"), target, most=2**19)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["a.tgz"]


def test_thousands_of_entries_and_missing_files_are_refused(tmp_path: Path) -> None:
    archive = tmp_path / "a.tgz"
    archive.write_bytes(tgz([(f"{n}", b"") for n in range(1001)]))
    with pytest.raises(UserError, match="far more entries"):
        take_out(archive, ("b",), tmp_path / "target")
    archive.write_bytes(tgz([("wt103-fwd/other", b"")]))
    with pytest.raises(UserError, match="b is not in it"):
        take_out(archive, ("b",), tmp_path / "target")
    archive.write_bytes(gzip.compress(b"no archive"))
    with pytest.raises(UserError, match="not the archive"):
        take_out(archive, ("b",), tmp_path / "target")


def test_a_network_that_the_weights_are_not_of_is_told_before_the_download() -> None:
    with pytest.raises(UserError, match="full AWD-LSTM") as raised:
        learners.fetch(recipe(Path("/data"), weights="wikitext"), partial(pytest.fail, "asked"))
    assert raised.value.fix == "arch=awd_lstm"


def test_words_are_matched_as_fastai_matches_them(
    tmp_path: Path, files: Files, serve: Callable[..., None]
) -> None:
    serve(whole(files), whole(files))
    made = built(tmp_path, 0, weights="wikitext")
    weights = kept_in(tmp_path, files)
    model = language_model(len(vocab_of(made.dls)))
    plain = LMLearner(made.dls, model, loss_func=made.loss_func, splitter=awd_lstm_lm_split)
    made.dls.vocab = list(vocab_of(made.dls))
    plain.load_pretrained(str(weights), str(weights.with_name(wikitext.WORDS)))
    ours, theirs = made.model.state_dict(), plain.model.state_dict()
    assert ours.keys() - theirs.keys() == {"0.vocabulary"}
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


def test_a_classifier_starts_from_a_file_of_fastai(tmp_path: Path, files: Files) -> None:
    weights = str(kept_in(tmp_path, files))
    with pytest.raises(UserError, match="another vocabulary"):
        built(tmp_path, 2, weights=weights)
    state = built(tmp_path, 2, weights=weights, match_words=True).model.state_dict()
    given = torch.load(io.BytesIO(files[wikitext.WEIGHTS]), weights_only=True)
    hidden = "rnns.1.weight_hh_l0_raw"
    assert torch.equal(state[f"0.module.{hidden}"], given[f"0.{hidden}"])


def test_a_file_that_would_run_a_program_is_not_opened(tmp_path: Path, files: Files) -> None:
    class Payload:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.system, (f"touch {tmp_path}/ran",)

    weights = str(kept_in(tmp_path, {**files, wikitext.WEIGHTS: saved({"0.encoder.weight": Payload()})}))
    with pytest.raises(UserError, match="could run a program"):
        built(tmp_path, 0, weights=weights, match_words=True)
    kept_in(tmp_path, {**files, wikitext.WORDS: pickle.dumps([Payload()])})
    with pytest.raises(UserError, match="no plain list of words"):
        built(tmp_path, 0, weights=weights, match_words=True)
    assert not (tmp_path / "ran").exists()


def test_weights_of_another_size_name_the_network_that_they_are_of(tmp_path: Path, files: Files) -> None:
    weights = str(kept_in(tmp_path, files))
    made = recipe(write_texts(tmp_path / "data", 24), weights=weights)
    dataset = collect(made, tmp_path / "data")
    dls = dataloaders(dataset, made, STAGES[0], 4, tmp_path / "data")
    with pytest.raises(UserError, match="12 numbers a word") as raised:
        learners.build(dls, dataset, made, tmp_path)
    assert raised.value.fix == "arch=awd_lstm"
