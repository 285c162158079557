"""What the language model knows: its perplexity on the validation texts, and how it goes on.

Imports torch: engine only.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from fastai.text.all import AWD_LSTM, awd_lstm_lm_config, get_language_model
from torch import Tensor
from torch.nn import functional

from studio.problems.base import Dataset
from studio.problems.text.data import corpus_of, vocab_of
from studio.problems.text.items import Plan
from studio.problems.text.learner import settle
from studio.problems.text.options import SIZES
from studio.problems.text.tokens import (
    BEGIN,
    NEW_LINE,
    PAD_AT,
    SPECIAL,
    UNKNOWN_AT,
    numbered,
    tokens,
    written,
)
from studio.project.results import Samples
from studio.recipe.schema import Recipe

PROMPTS = 6
PROMPT_TOKENS, ADDED_TOKENS = 10, 40
TEMPERATURE = 0.75
SEED = 0
STREAMS = 16
NEVER = tuple(SPECIAL.index(word) for word in SPECIAL[:5])
Progress = Callable[[str, int, int], None]


def language_results(
    learner: Any, dataset: Dataset, recipe: Recipe, plan: Plan, kept: Path | None, progress: Progress
) -> tuple[float | None, Samples]:
    """Perplexity on the validation texts, and how some of them go on.

    Parameters
    ----------
    kept : Path or None
        The language model as it was left for the classifier; None where the learner is one itself.
    """
    model = learner.model if kept is None else _kept_model(kept, plan, len(vocab_of(learner.dls)))
    settle(model)
    model = copy.deepcopy(model).cpu().float().eval()
    vocab, corpus = vocab_of(learner.dls), corpus_of(dataset, recipe, plan)
    places = {word: at for at, word in enumerate(vocab)}
    read = [numbered(corpus.tokens[item.key], places, 2**62) for item in dataset.valid()]
    progress("Reading with the language model", 0, 0)
    return perplexity_of(model, [n for one in read for n in one], plan.options.seq_len), samples(
        model, vocab, prompts([corpus.tokens[item.key] for item in dataset.valid()]), progress
    )


def _kept_model(kept: Path, plan: Plan, n_words: int) -> Any:
    sizes = dict(zip(("emb_sz", "n_hid", "n_layers"), SIZES[plan.options.arch], strict=True))
    model = get_language_model(AWD_LSTM, n_words, config={**awd_lstm_lm_config, **sizes})
    tensors = safetensors.torch.load_file(kept)
    model.load_state_dict({name: t for name, t in tensors.items() if not name.endswith("vocabulary")})
    return model


def perplexity_of(model: Any, numbers: Sequence[int], seq_len: int) -> float | None:
    """The exponential of the mean loss of the next token, read as the validation loader reads: in streams."""
    streams = max(1, min(STREAMS, (len(numbers) - 1) // 2))
    length = (len(numbers) - 1) // streams
    if length < 1:
        return None
    read = torch.tensor(numbers[: streams * length + 1])
    given, asked = read[:-1].reshape(streams, length), read[1:].reshape(streams, length)
    model.reset()
    total = 0.0
    with torch.no_grad():
        for at in range(0, length, seq_len):
            scores = model(given[:, at : at + seq_len])[0]
            wanted = asked[:, at : at + seq_len]
            total += float(functional.cross_entropy(scores.flatten(0, 1), wanted.flatten(), reduction="sum"))
    model.reset()
    found = math.exp(min(total / (streams * length), 700.0))
    return found if math.isfinite(found) else None


def prompts(texts: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """Beginnings of some validation texts, evenly chosen."""
    step = max(1, len(texts) // PROMPTS)
    return [tuple(text[:PROMPT_TOKENS]) for text in texts[::step]][:PROMPTS]


def samples(
    model: Any, vocab: Sequence[str], begun: Sequence[tuple[str, ...]], progress: Progress
) -> Samples:
    """How the model goes on from some beginnings; the same every time."""
    entries, generator = [], torch.Generator().manual_seed(SEED)
    for at, prompt in enumerate(begun):
        progress("Writing on", at, len(begun))
        words = continued(model, vocab, prompt, ADDED_TOKENS, generator)
        entries.append((written(prompt), written(words).replace(NEW_LINE, " ")))
    return Samples(
        "How it goes on",
        tuple(entries),
        "Beginnings of validation texts, and what the language model writes after them, word by word.",
    )


def continued(
    model: Any, vocab: Sequence[str], prompt: Sequence[str], count: int, generator: torch.Generator
) -> list[str]:
    """Draw the next words from a model's scores; unknown and empty ones are never drawn."""
    places = {word: at for at, word in enumerate(vocab)}
    given = torch.tensor([numbered(prompt or tokens(BEGIN), places, 2**62)])
    model.reset()
    found: list[str] = []
    with torch.no_grad():
        for _ in range(count):
            scores: Tensor = model(given)[0][0, -1].float() / TEMPERATURE
            scores[[UNKNOWN_AT, PAD_AT, *NEVER]] = -math.inf
            drawn = int(torch.multinomial(scores.softmax(dim=0), 1, generator=generator))
            found.append(vocab[drawn])
            given = torch.tensor([[drawn]])
    model.reset()
    return found
