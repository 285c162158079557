"""The text of the exported script; `script.py` fills in what stands in double angle brackets. Nothing but text."""

from __future__ import annotations

STARTED = """
This run began with weights from a file; the script begins from scratch. Load them where it says so.
"""

TOKEN_PARTS = {
    "token_accuracy": '''

def token_accuracy(predicted, target):
    """Return the share of next words that are foretold."""
    return accuracy(predicted, target)
''',
    **{
        f"top_{k}_token_accuracy": f'''

def top_{k}_token_accuracy(predicted, target):
    """Return the share of next words among the {word} likeliest."""
    return top_k_accuracy(predicted, target, k={k})
'''
        for k, word in ((3, "three"), (5, "five"))
    },
}
"""Metrics of a language model that fastai knows by another name."""

SCRIPT = '''\
"""<<name>>: a run of Thaw Studio <<studio>>, as a plain fastai script.

    python <<slug>>.py                    trains and writes <<slug>>.pth
    python <<slug>>.py --losses FILE      also writes the loss of every batch, one a line

It needs fastai 2.8. <<slug>>.csv holds the texts and the validation set, cleaning included; <<module>>.py cuts them up.
<<start>>"""

import argparse
import csv
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import torch
from <<module>> import SPECIAL, tokens
<<imports>>from fastai.text.all import *

HERE = Path(__file__).resolve().parent
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
CLASSES = <<classes>>
SIZE = dict(<<size>>)
SEQ_LEN, MOST_TOKENS, MIN_FREQ, MAX_VOCAB = <<seq_len>>, <<most>>, <<min_freq>>, <<max_vocab>>
csv.field_size_limit(2**31 - 1)


class Stage(NamedTuple):
    """One fit; `freeze_to` 0 thaws all layer groups, -1 the head alone."""

    part: str
    seed: int
    freeze_to: int
    epochs: int
    batch_size: int
    rate: slice


STAGES = (
<<stages>>
)


class Text(NamedTuple):
    """One row of the table, cut up."""

    words: tuple
    label: str
    side: str


def read():
    """Return the texts in their order."""
    with (HERE / "<<slug>>.csv").open(encoding="utf-8", newline="") as file:
        return [Text(tuple(tokens(r["text"], <<is_html>>)), r["label"], r["set"]) for r in csv.DictReader(file)]


TEXTS = read()
COUNTS = Counter(w for text in TEXTS if text.side != "valid" for w in text.words if w not in SPECIAL)
KNOWN = sorted((w for w, n in COUNTS.items() if n >= MIN_FREQ), key=lambda w: (-COUNTS[w], w))
VOCAB = [*SPECIAL, *KNOWN[: max(0, MAX_VOCAB - len(SPECIAL))]]
PLACES = {word: at for at, word in enumerate(VOCAB)}


class Streams(LMDataLoader):
    """Shuffles the texts of each epoch from their first order."""

    def shuffle_fn(self, idxs):
        """Shuffle."""
        self.items.idxs[:] = range(len(self.items.idxs))
        return super().shuffle_fn(idxs)


class Numbers:
    """Texts as numbers, with their class where they are to be told apart."""

    def __init__(self, texts, classes, most=None):
        self.texts, self.classes, self.most = texts, classes, most

    def __len__(self):
        return len(self.texts)

    def __getitem__(self, at):
        text = self.texts[at]
        x = TensorText(torch.tensor([PLACES.get(word, 0) for word in text.words[: self.most]]))
        return (x, TensorCategory(CLASSES.index(text.label))) if self.classes else (x,)


def padded(samples):
    """Return texts of one length, in whole chunks; fastai's encoder misreads a text that ends before the last."""
    whole = -(-max(len(sample[0]) for sample in samples) // SEQ_LEN) * SEQ_LEN
    pad = partial(pad_chunk, pad_idx=1, pad_first=True, seq_len=SEQ_LEN, pad_len=whole)
    return [(pad(sample[0]), *sample[1:]) for sample in samples]


def loaders(stage):
    """Return the stage's batches."""
    valid = [text for text in TEXTS if text.side == "valid"]
    if stage.part == "language_model":
        sides = (([text for text in TEXTS if text.side != "valid"], True), (valid, False))
        made = []
        for texts, shuffle in sides:
            lens = [len(text.words) for text in texts]
            size = min(stage.batch_size, (sum(lens) - 1) // 2)
            data = Numbers(texts, False)
            made.append(Streams(data, lens=lens, bs=size, seq_len=SEQ_LEN, shuffle=shuffle, device=DEVICE))
        return DataLoaders(*made, path=HERE, device=DEVICE)
    made = []
    for texts, train in (([text for text in TEXTS if text.side == "train"], True), (valid, False)):
        made.append(
            SortedDL(
                Numbers(texts, True, MOST_TOKENS),
                res=[min(len(text.words), MOST_TOKENS) for text in texts],
                bs=stage.batch_size,
                shuffle=train,
                drop_last=train,
                before_batch=padded,
                device=DEVICE,
            )
        )
    return DataLoaders(*made, path=HERE, device=DEVICE)
<<own_loss>><<functions>>

def learner(stage, dls):
    """Return the learner of a stage: the language model, or the classifier around its encoder."""
    if stage.part == "language_model":
        config = {**awd_lstm_lm_config, **SIZE}
        model = get_language_model(AWD_LSTM, len(VOCAB), config=config, drop_mult=<<dropout>>)
        kind, metrics, splitter, loss = LMLearner, [<<model_metrics>>], awd_lstm_lm_split, CrossEntropyLossFlat()
    else:
        config = {**awd_lstm_clas_config, **SIZE}
        model = get_text_classifier(
            AWD_LSTM, len(VOCAB), len(CLASSES), seq_len=SEQ_LEN, config=config, drop_mult=<<dropout>>, max_len=None
        )
        kind, metrics, splitter, loss = TextLearner, [<<class_metrics>>], awd_lstm_clas_split, <<loss>>
    learn = kind(dls, model, loss_func=loss, metrics=metrics, splitter=splitter, path=HERE)
<<precision>>    return learn


def carried(weights, before, stage, model):
    """Return what a stage takes of the one before: all, or the encoder where a classifier follows."""
    if before == stage.part:
        return weights
    encoder = {f"0.module.{n[2:]}": t for n, t in weights.items() if n.startswith("0.")}
    return {name: encoder.get(name, own) for name, own in model.state_dict().items()}
<<watch>>

def train():
    """Run the stages, each on the weights of the one before; return the learner and the loss of every batch."""
    weights, before, losses = None, "", []
    for stage in STAGES:
        set_seed(stage.seed, reproducible=True)
        learn = learner(stage, loaders(stage))
        if weights is not None:
            learn.model.load_state_dict(carried(weights, before, stage, learn.model))
        set_seed(stage.seed, reproducible=True)
        learn.freeze_to(stage.freeze_to) if stage.freeze_to else learn.unfreeze()
<<fit>>
        losses += [float(loss) for loss in learn.recorder.losses]
        weights, before = {name: t.cpu() for name, t in learn.model.state_dict().items()}, stage.part
    return learn, losses


def main():
    """Read the command line, train, and keep the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--losses", type=Path, help="file for the loss of every batch")
    parser.add_argument("--weights", type=Path, default=HERE / "<<slug>>.pth", help="file for the trained weights")
    given = parser.parse_args()
    learn, losses = train()
    torch.save({"weights": learn.model.state_dict(), "vocabulary": VOCAB}, given.weights)
    if given.losses:
        given.losses.write_text("".join(f"{loss!r}\\n" for loss in losses), encoding="utf-8")
    print(dict(zip(learn.recorder.metric_names[2:-1], learn.validate())))


if __name__ == "__main__":
    main()
'''
