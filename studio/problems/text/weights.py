"""Starting weights of an encoder: from a language model trained here, fastai's files, or WikiText-103.

An encoder is worth nothing without its vocabulary, so both are read together and compared. One of another vocabulary is
refused, or matched word by word where that is asked for: words that it knows bring their numbers, others begin as the
mean of all. Only tensors and a list of words are ever read: no file can run code. Imports torch where it is used.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.errors import UserError
from studio.problems.image_classification.weights import find_file, read_file
from studio.problems.text.options import SIZES, Options
from studio.problems.text.wikitext import wikitext_files

if TYPE_CHECKING:
    from torch import Tensor, nn

WORDS = "vocabulary"
PREFIXES = ("0.module.", "0.", "module.", "")
"""What may stand before an encoder's names in a file: of a classifier, of a language model, or an encoder alone."""
EMBEDDING = "encoder.weight"


@dataclass(frozen=True)
class Encoder:
    """A network, the prefix of its encoder's names, and its vocabulary."""

    model: nn.Module
    prefix: str
    vocab: tuple[str, ...]


@dataclass(frozen=True)
class Given:
    """What a file holds: tensors by the names of a language model, and the vocabulary that they are for."""

    tensors: dict[str, Tensor]
    vocab: tuple[str, ...]
    source: str


def start_from(encoder: Encoder, options: Options, folder: Path) -> None:
    """Put the weights that the options name into a network.

    Raises
    ------
    UserError
        Where they are not there, are of another size, or of another vocabulary that is not to be matched.
    """
    is_wikitext = options.weights == "wikitext"
    given = _from_fastai(*wikitext_files()) if is_wikitext else from_file(find_file(options.weights, folder))
    _require_size(given, options)
    if given.vocab == encoder.vocab:
        places = list(range(len(given.vocab)))
    elif is_wikitext or options.match_words:
        places = matched(given.vocab, encoder.vocab)
    else:
        raise UserError(
            f"The encoder in {given.source} has another vocabulary: {len(given.vocab):,} words, this data has "
            f"{len(encoder.vocab):,}.",
            "Match them word by word, or train from scratch.",
            fix="match_words=true",
        )
    _put(encoder, given.tensors, places)


def matched(theirs: Sequence[str], ours: Sequence[str]) -> list[int]:
    """For each of our words its place among theirs, -1 where they do not have it.

    >>> matched(["xxunk", "film", "good"], ["xxunk", "good", "movie"])
    [0, 2, -1]
    """
    known = {word: at for at, word in enumerate(theirs)}
    return [known.get(word, -1) for word in ours]


def _put(encoder: Encoder, tensors: Mapping[str, Tensor], places: Sequence[int]) -> None:
    """Copy tensors into the network: rows of the vocabulary by `places`, all else as it is."""
    own = encoder.model.state_dict()
    for name, tensor in tensors.items():
        target = f"{encoder.prefix}{name[2:]}" if name.startswith("0.") else name
        if encoder.prefix != "0." and name.startswith("1."):
            continue  # the decoder of a language model has no place in a classifier
        if target not in own or target.endswith(WORDS):
            continue
        is_rows = name.endswith((EMBEDDING, "encoder_dp.emb.weight", "decoder.weight", "decoder.bias"))
        own[target] = rows(tensor, places) if is_rows else tensor
    encoder.model.load_state_dict(own)


def rows(tensor: Tensor, places: Sequence[int]) -> Tensor:
    """The rows at `places` (n, ...); the mean of all for -1."""
    import torch

    at = torch.tensor(places)
    found = tensor[at.clamp(min=0)].clone()
    found[at < 0] = tensor.mean(dim=0)
    return found


def _require_size(given: Given, options: Options) -> None:
    """Raise a `UserError` where an encoder is of another network."""
    found = size_of(given.tensors)
    if found != SIZES[options.arch]:
        fitting = next((name for name, size in SIZES.items() if size == found), "")
        raise UserError(
            f"The encoder in {given.source} is no {options.arch}: {_in_words(found)} instead of "
            f"{_in_words(SIZES[options.arch])}.",
            f"Set the network (arch) to {fitting}." if fitting else "Choose another file.",
            fix=f"arch={fitting}" if fitting else "weights",
        )


def _in_words(size: tuple[int, int, int]) -> str:
    return f"{size[0]} numbers a word, {size[1]} units, {size[2]} layer{'s' if size[2] != 1 else ''}"


def size_of(tensors: Mapping[str, Tensor]) -> tuple[int, int, int]:
    """Numbers a word, units of a layer, layers, as an encoder's tensors say."""
    embedding = tensors[f"0.{EMBEDDING}"].shape[1]
    layers = len({name.split(".")[2] for name in tensors if name.startswith("0.rnns.")})
    first = tensors.get("0.rnns.0.module.weight_ih_l0")
    units = first.shape[0] // 4 if first is not None else 0
    return embedding, (units if layers > 1 else _units_of_one(embedding)), layers


def _units_of_one(embedding: int) -> int:
    """A single layer answers in numbers of a word, so that its own units stand nowhere."""
    return next((size[1] for size in SIZES.values() if size[0] == embedding and size[2] == 1), 0)


def from_file(path: Path) -> Given:
    """Read an encoder with its vocabulary.

    Raises
    ------
    UserError
        Where the file holds none, or no vocabulary belongs to it.
    """
    if path.suffix.lower() in (".pth", ".pt"):
        return _from_fastai(path, vocabulary_beside(path))
    tensors = read_file(path)
    words = next((value for name, value in tensors.items() if name.rpartition(".")[2] == WORDS), None)
    if words is None:
        raise UserError(
            f"{path.name} holds no vocabulary, so that its numbers mean no words.",
            "Choose the language_model.safetensors of a run's folder.",
            fix="weights",
        )
    vocab = tuple(words.numpy().tobytes().decode("utf-8", "surrogatepass").split("\0"))
    return Given(plain_names(tensors, path.name), vocab, path.name)


def vocabulary_beside(path: Path) -> Path:
    """The file of words that belongs to fastai's weights.

    Raises
    ------
    UserError
        Where there is none.
    """
    found = [p for p in (path.with_suffix(".pkl"), *sorted(path.parent.glob("*.pkl"))) if p.is_file()]
    if found:
        return found[0]
    raise UserError(
        f"There is no vocabulary beside {path.name}.",
        "Put fastai's .pkl with the list of words into the same folder.",
        fix="weights",
    )


def _from_fastai(weights: Path, words: Path) -> Given:
    return Given(plain_names(read_file(weights), weights.name), read_words(words), weights.name)


def plain_names(tensors: Mapping[str, Tensor], source: str) -> dict[str, Tensor]:
    """Tensors by the names of a language model (`0.` the encoder, `1.` the decoder), without those that are copies."""
    prefix = next((p for p in PREFIXES if f"{p}{EMBEDDING}" in tensors), None)
    if prefix is None:
        raise UserError(f"{source} holds no AWD-LSTM.", "Choose weights of a language model.", fix="weights")
    inside = {f"0.{n.removeprefix(prefix)}": t for n, t in tensors.items() if n.startswith(prefix)}
    if prefix == "":
        return inside
    decoder = {n: t for n, t in tensors.items() if n.startswith("1.decoder.")} if prefix == "0." else {}
    return {
        **{n: t for n, t in inside.items() if not n.startswith("0.0.") and "1.decoder" not in n},
        **decoder,
    }


class WordsOnly(pickle.Unpickler):
    """Reads a pickled list of words; anything that would have to be imported is refused."""

    def find_class(self, module: str, name: str) -> Any:
        """Refuse."""
        raise pickle.UnpicklingError(f"{module}.{name} is no word")


def read_words(path: Path) -> tuple[str, ...]:
    """Read fastai's list of words.

    Raises
    ------
    UserError
        Where the file holds anything else; it is then not opened further.
    """
    try:
        found = WordsOnly(io.BytesIO(path.read_bytes())).load()
    except (
        OSError,
        EOFError,
        ValueError,
        IndexError,
        KeyError,
        AttributeError,
        TypeError,
        pickle.UnpicklingError,
    ) as error:
        raise UserError(
            f"{path.name} is no plain list of words.", "Choose another vocabulary file.", fix="weights"
        ) from error
    if not isinstance(found, list) or not all(isinstance(word, str) for word in found):
        raise UserError(
            f"{path.name} is no plain list of words.", "Choose another vocabulary file.", fix="weights"
        )
    return tuple(found)
