"""A trained network made ready to leave: tokens in, scores of the classes (or of the next word) out.

fastai's sentence encoder reads chunk after chunk and pads in between; a single text needs neither, and the memory goes
on from chunk to chunk, so that one pass over the whole text gives the same numbers. That pass is what goes into the
graph, for any length. Cutting a text up stays outside, in `tokens.py`. Imports torch: engine only.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from studio.errors import UserError
from studio.exports.serving import Serving
from studio.problems.base import Dataset
from studio.problems.text.answers import TextCase
from studio.problems.text.data import vocab_of
from studio.problems.text.items import plan_of
from studio.problems.text.learner import encoder_of, is_language_model, settle
from studio.recipe.schema import Recipe

MODEL_CASES = 50
PROMPT = 40
"""Of a language model as many validation texts are compared, each by its first tokens."""


class TextNetwork(nn.Module):
    """One text, or several of the same length, to the scores of the classes or of the word that follows.

    Parameters
    ----------
    model : nn.Module
        fastai's classifier or language model.
    """

    def __init__(self, model: Any, is_classifier: bool) -> None:
        super().__init__()
        encoder = encoder_of(model)
        self.words, self._is_classifier = encoder.encoder, is_classifier
        self.layers = nn.ModuleList([_plain(rnn) for rnn in encoder.rnns])
        self.head = model[1].layers if is_classifier else model[1].decoder

    def forward(self, tokens: Tensor) -> Tensor:
        """Answer for `tokens` (n, length) int64 with scores (n, n_classes or n_words)."""
        hidden = self.words(tokens)  # (n, length, numbers of a word)
        for layer in self.layers:
            hidden, _ = layer(hidden)
        last = hidden[:, -1]
        if self._is_classifier:
            last = torch.cat([last, hidden.max(dim=1)[0], hidden.mean(dim=1)], dim=1)
        return torch.softmax(self.head(last), dim=1)


def _plain(dropped: Any) -> nn.LSTM:
    """The LSTM inside fastai's weight dropout, with its weights as they are."""
    inner = dropped.module
    made = nn.LSTM(inner.input_size, inner.hidden_size, 1, batch_first=True)
    state = {name: value for name, value in inner.state_dict().items()}
    made.load_state_dict({**state, "weight_hh_l0": dropped.weight_hh_l0_raw.detach()})
    return made


def serving(learner: Any, dataset: Dataset, recipe: Recipe, root: Path) -> Serving:
    """Return what the bundle needs of a trained learner, which is copied and stays as it is.

    Raises
    ------
    UserError
        Where there are no validation texts to prove the bundle with.
    """
    if not dataset.valid():
        raise UserError(
            "There are no validation texts to compare the export with.", "Keep a share for validation."
        )
    plan, is_classifier = plan_of(recipe, root), not is_language_model(learner)
    settle(learner.model)
    model = copy.deepcopy(learner.model).cpu().float().eval().requires_grad_(False)
    module = TextNetwork(model, is_classifier).eval()
    texts = plan.texts()
    items = dataset.valid() if is_classifier else dataset.valid()[:MODEL_CASES]
    most = plan.options.most_tokens if is_classifier else PROMPT
    cases = tuple(TextCase(item.key, texts[item.key]) for item in items)
    scores = _classified if is_classifier else _continued
    return Serving(
        module=module,
        example=(torch.arange(24).reshape(2, 12) % 9 + 1,),
        inputs=("tokens",),
        outputs=("scores",),
        axes={"tokens": {1: "length"}},
        spec={
            "classes": dataset.classes if is_classifier else (),
            "input": {
                "vocabulary": list(vocab_of(learner.dls)),
                "most_tokens": most,
                "is_html": plan.options.html == "remove",
                "column": plan.source.text_column,
            },
            "in_graph": {"softmax": True},
        },
        cases=cases,
        reference=lambda: {"scores": scores(learner, cases, most)},
        learner_cases=tuple({"text": case.text} for case in cases) if is_classifier else (),
    )


def _classified(learner: Any, cases: tuple[TextCase, ...], most: int) -> NDArray[np.float32]:
    """What the learner's own pipeline answers for texts as written: cut up, padded, sorted, batched by fastai."""
    loader = learner.dls.test_dl([case.text for case in cases])
    with learner.no_bar(), learner.no_logging():
        found: NDArray[np.float32] = learner.get_preds(dl=loader)[0].float().cpu().numpy()
    return found


def _continued(learner: Any, cases: tuple[TextCase, ...], most: int) -> NDArray[np.float32]:
    """Scores of the word after the first tokens of each text, by fastai's own language model."""
    model, found = learner.model.eval(), []
    number = learner.dls.train_ds.tls[0].tfms.fs[1]
    for case in cases:
        model.reset()
        tokens = number(case.text)[:most].as_subclass(Tensor)[None].to(learner.dls.device)
        with torch.no_grad():
            found.append(model(tokens)[0][0, -1].float().softmax(dim=0).cpu().numpy())
    model.reset()
    return np.stack(found)
