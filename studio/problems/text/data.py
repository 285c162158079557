"""Texts to batches, in plain fastai: what is here, a script of sixty lines can say too.

    x = [text_of, Numbered(vocabulary, most, html)]
    Datasets(texts, [x, [label_of, Categorize(vocab=classes)]]) with SortedDL, or Datasets(texts, [x]) with LMDataLoader

A language model reads the training texts, and those without a label, one after the other as one stream; it is judged on
the validation texts. The classifier reads the first `most_tokens` of each text, batches of texts about as long.
The vocabulary comes from what trains, never from a validation text. Imports torch: engine only. No Qt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from fastai.text.all import (
    Categorize,
    DataLoaders,
    Datasets,
    LMDataLoader,
    SortedDL,
    TensorText,
    Transform,
    pad_chunk,
)

from studio.engine.messages import PreviewSample
from studio.errors import UserError
from studio.problems.base import Dataset
from studio.problems.text.corpus import Tokens, vocabulary
from studio.problems.text.items import (
    Plan,
    is_language_model,
    plan_of,
    read_by_language_model,
    require_trainable,
)
from studio.problems.text.options import Options
from studio.problems.text.tokens import PAD_AT, numbered, tokens, written
from studio.recipe.schema import Recipe, Stage

PREVIEWED = 12
UNLIMITED = 2**62
SMALLEST_BATCH = 2
SHOWN_TOKENS = 160


@dataclass(frozen=True)
class Read:
    """A text as it comes to the loaders: its tokens, cut up before, and its label."""

    tokens: Tokens
    label: str = ""


def text_of(item: object) -> Any:
    """The tokens of a text of ours; else a text itself: a string, or the `text` of a row."""
    if isinstance(item, Read):
        return item.tokens
    return item if isinstance(item, str) else str(item.text)  # type: ignore[attr-defined]


def label_of(item: object) -> str:
    """The label of a text."""
    return str(item.label)  # type: ignore[attr-defined]


class Numbered(Transform):
    """A text, or its tokens, to the numbers of its tokens in the vocabulary; at most `most` of them."""

    def __init__(self, vocab: Sequence[str], most: int, is_html: bool) -> None:
        self.known, self.most, self.is_html = tuple(vocab), most, is_html
        self.places = {word: at for at, word in enumerate(self.known)}

    def __call__(self, item: Any, **kwargs: Any) -> TensorText:
        """Cut a text up where it is not, and number its tokens: (n,) int64."""
        words = tokens(item, self.is_html) if isinstance(item, str) else item
        return TensorText(torch.tensor(numbered(words, self.places, self.most), dtype=torch.int64))

    def decode(self, numbers: Any, **kwargs: Any) -> str:
        """Numbers as a person would write them."""
        return written([self.known[int(at)] for at in numbers])


class Streams(LMDataLoader):
    """fastai's loader of a language model, whose order in an epoch depends on the random state alone.

    fastai shuffles what the epoch before left; a run that is resumed could then not repeat it.
    """

    def shuffle_fn(self, idxs: Any) -> Any:
        """Shuffle the texts from their first order."""
        self.items.idxs[:] = range(len(self.items.idxs))
        return super().shuffle_fn(idxs)


@dataclass(frozen=True)
class Corpus:
    """All texts of a recipe as tokens.

    Attributes
    ----------
    vocab : tuple of str
        From the training texts (and those without a label, where a language model reads them).
    extra : tuple of str
        Keys of the texts that only the language model reads.
    """

    tokens: dict[str, Tokens]
    vocab: tuple[str, ...]
    extra: tuple[str, ...]


def corpus_of(dataset: Dataset, recipe: Recipe, plan: Plan) -> Corpus:
    """Cut up the texts of a dataset and build the vocabulary."""
    skipped = set(recipe.data.skip)
    extra = tuple(k for k in plan.unlabelled() if k not in skipped) if read_by_language_model(recipe) else ()
    cut = plan.tokens()
    learned = [cut[item.key] for item in dataset.train()] + [cut[key] for key in extra]
    return Corpus(cut, vocabulary(learned, plan.options.min_freq, plan.options.max_vocab), extra)


def dataloaders(dataset: Dataset, recipe: Recipe, stage: Stage, batch_size: int, path: Path) -> DataLoaders:
    """Build the loaders of one stage.

    Parameters
    ----------
    batch_size : int
        Lowered to what there is to train on.
    path : Path
        The absolute data root; nothing is written into it.

    Returns
    -------
    DataLoaders
        Language model: batches of tokens (batch, seq_len) int64 and the tokens that follow them, the same shape.
        Classifier: tokens (batch, whole chunks) int64, padded by chunks in front and the rest behind, and classes
        (batch,) int64; training texts are shuffled, a last short batch is dropped.

    Raises
    ------
    UserError
        Where the dataset cannot be trained on.
    """
    plan = plan_of(recipe, path)
    require_trainable(dataset)
    corpus = corpus_of(dataset, recipe, plan)
    if is_language_model(stage):
        return _language_model(dataset, corpus, plan.options, batch_size, path)
    return _classifier(dataset, corpus, plan.options, batch_size, path)


def batches(dataset: Dataset, recipe: Recipe, stage: Stage, batch_size: int, path: Path) -> int:
    """Training batches of an epoch."""
    if not is_language_model(stage):
        return len(dataset.train()) // batch_size
    plan = plan_of(recipe, path)
    corpus = corpus_of(dataset, recipe, plan)
    n_tokens = sum(len(corpus.tokens[key]) for key in read_keys(dataset, corpus))
    return -(-((n_tokens - 1) // batch_size) // plan.options.seq_len)


def read_keys(dataset: Dataset, corpus: Corpus) -> list[str]:
    """Keys of the texts that train the language model, in their order."""
    return [*(item.key for item in dataset.train()), *corpus.extra]


def _language_model(
    dataset: Dataset, corpus: Corpus, options: Options, batch_size: int, path: Path
) -> DataLoaders:
    sides = (read_keys(dataset, corpus), [item.key for item in dataset.valid()])
    loaders = []
    for keys, is_train in zip(sides, (True, False), strict=True):
        read = [Read(corpus.tokens[key]) for key in keys]
        lengths = [len(one.tokens) for one in read]
        used = fitting(batch_size, sum(lengths))
        number = Numbered(corpus.vocab, UNLIMITED, options.html == "remove")
        loaders.append(
            Streams(
                Datasets(read, [[text_of, number]]),
                lens=lengths,
                bs=used,
                seq_len=options.seq_len,
                shuffle=is_train,
                device=device(),
            )
        )
    return DataLoaders(*loaders, path=path, device=device())


def fitting(batch_size: int, n_tokens: int) -> int:
    """The batch of a language model: never so many streams that one has less than two tokens.

    Raises
    ------
    UserError
        Where there are hardly any words.
    """
    used = min(batch_size, (n_tokens - 1) // 2)
    if used < 1:
        raise UserError("There are too few words to learn a language from.", "Add texts.")
    return used


def _classifier(
    dataset: Dataset, corpus: Corpus, options: Options, batch_size: int, path: Path
) -> DataLoaders:
    used = min(batch_size, len(dataset.train()))
    if used < SMALLEST_BATCH:
        raise UserError(
            "A batch of one text is too small: the network compares the texts of a batch.",
            "Set the batch size to 2 or more.",
            fix="batch_size=auto",
        )
    number = Numbered(corpus.vocab, options.most_tokens, options.html == "remove")
    pad = partial(padded, seq_len=options.seq_len)
    loaders = []
    for items, is_train in ((dataset.train(), True), (dataset.valid(), False)):
        read = [Read(corpus.tokens[item.key], item.target) for item in items]
        loaders.append(
            SortedDL(
                Datasets(read, [[text_of, number], [label_of, Categorize(vocab=list(dataset.classes))]]),
                res=[min(len(one.tokens), options.most_tokens) for one in read],
                bs=used,
                shuffle=is_train,
                drop_last=is_train,
                before_batch=pad,
                device=device(),
            )
        )
    return DataLoaders(*loaders, path=path, device=device())


def padded(samples: Sequence[tuple[Any, ...]], seq_len: int) -> list[tuple[Any, ...]]:
    """Texts of one length, a whole number of chunks of `seq_len`: padded by whole chunks in front, the rest behind.

    fastai's `pad_input_chunk` goes to the longest text instead. Its encoder then meets texts that end before the last
    chunk begins, takes them for texts that have not begun, and reads the last words of others as nothing: what a text
    is taken for depends on the texts beside it.
    """
    whole = -(-max(len(sample[0]) for sample in samples) // seq_len) * seq_len
    return [
        (pad_chunk(sample[0], pad_idx=PAD_AT, pad_first=True, seq_len=seq_len, pad_len=whole), *sample[1:])
        for sample in samples
    ]


def device() -> torch.device:
    """The card, where there is one."""
    if torch.cuda.is_available():
        return torch.device("cuda", torch.cuda.current_device())
    return torch.device("cpu")


def vocab_of(dls: DataLoaders) -> tuple[str, ...]:
    """The vocabulary of some loaders."""
    return tuple(_numbered(dls).known)


def _numbered(dls: DataLoaders) -> Numbered:
    return next(t for t in dls.train_ds.tls[0].tfms.fs if isinstance(t, Numbered))


def preview(dls: DataLoaders) -> tuple[PreviewSample, ...]:
    """Show up to 12 texts of a training batch as the model receives them: unknown words are dots.

    The target of a language model is the token that follows each; the last one is shown.
    """
    batch, vocab = dls.train.one_batch(), vocab_of(dls)
    classes = getattr(dls.train, "vocab", None) if len(dls.train_ds.tls) > 1 else None
    shown = []
    for at in range(min(PREVIEWED, len(batch[0]))):
        numbers = [int(n) for n in batch[0][at] if int(n) != PAD_AT]
        words = written([vocab[n] for n in numbers[:SHOWN_TOKENS]]) + (
            " …" if len(numbers) > SHOWN_TOKENS else ""
        )
        label = str(classes[int(batch[1][at])]) if classes is not None else _following(batch[1][at], vocab)
        shown.append(PreviewSample(b"", label, words))
    return tuple(shown)


def _following(target: Any, vocab: Sequence[str]) -> str:
    """The last token that a language model is asked for."""
    return f"then: {written([vocab[int(target[-1])]]) or '…'}"
