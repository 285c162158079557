"""One run on made reviews: language model, classifier, results, exports, and what is refused."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import pytest
import safetensors.torch
import torch

from studio.engine.control import Control
from studio.engine.messages import Event, RunDone, RunStarted
from studio.engine.session import Session
from studio.errors import UserError
from studio.exports.bundle import Bundle
from studio.problems.text import PROBLEM, answers, corpus, figures
from studio.problems.text.data import dataloaders, vocab_of
from studio.problems.text.items import collect, plan_of
from studio.problems.text.learner import LANGUAGE_MODEL_FILE, build, words_in
from studio.problems.text.moved import moved_words
from studio.problems.text.results import class_scores_of
from studio.problems.text.tokens import SPECIAL
from studio.problems.text.weights import matched, read_words, rows
from studio.project import Project
from studio.project.results import ItemResult, Results
from studio.recipe.schema import Stage
from tests.problems.texts_made import BAD, GOOD, PLAIN, STAGES, recipe, write_texts

QUICK = tuple(msgspec.structs.replace(stage, epochs=min(stage.epochs, 2)) for stage in STAGES)


class Trained:
    def __init__(self, folder: Path) -> None:
        self.root = write_texts(folder / "data", 48, unlabelled=4)
        self.project = Project.create(folder / "reviews.thaw", recipe(self.root, QUICK))
        self.events: list[Event] = []
        self.session = Session(self.project, self.events.append, Control())
        self.done: RunDone = self.session.train()
        self.session.evaluate(1)
        found = self.project.run(1).results()
        assert found is not None
        self.results: Results = found


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trained]:
    made = Trained(tmp_path_factory.mktemp("text"))
    yield made
    made.project.close()


def test_each_part_is_judged_by_its_own_metric(trained: Trained) -> None:
    assert trained.done.status == "finished"
    assert set(trained.results.metrics) >= {"accuracy", "perplexity"}
    assert PROBLEM.judged_by(trained.results.metrics) == ("accuracy", True)


def test_the_plan_counts_batches_of_tokens(trained: Trained) -> None:
    started = next(e for e in trained.events if isinstance(e, RunStarted))
    steps = sum(plan.batches * plan.epochs for plan in started.stages)
    last = max(e.step for e in trained.events if type(e).__name__ == "EpochDone")  # type: ignore[attr-defined]
    assert last == steps


def test_the_figures_rank_explain_and_write_on(trained: Trained) -> None:
    titles = [figure.title for figure in trained.results.figures]
    assert titles[:2] == ["Beside simpler models", "Words that moved the answer"]
    assert titles[-1] == "How it goes on"
    assert {row[0] for row in trained.results.figures[0].rows} >= {"Most common class", "This network"}  # type: ignore[union-attr]


def test_words_are_ranked_by_what_they_do_to_the_odds() -> None:
    read = ("xxbos", "dull", "but", "lovely")
    item = ItemResult(key="2", valid=True, target="bad", predicted="good", loss=9.0)

    def scores(texts: Sequence[tuple[str, ...]]) -> torch.Tensor:
        odds = [1e9 * (8 if "lovely" in text else 1) / (4 if "dull" in text else 1) for text in texts]
        return torch.tensor([[1 / (1 + one), one / (1 + one)] for one in odds])

    explained = moved_words([item], {"2": read}, 10, scores, lambda text, done, total: None)
    assert [word for word, _ in explained[0].words] == ["lovely", "but", "dull"]
    assert [doubled for _, doubled in explained[0].words] == pytest.approx([3.0, 0.0, -2.0], abs=1e-3)
    told = figures.words(explained)[0].entries[0]  # type: ignore[union-attr]
    assert told == ("2: bad, taken for good", "for it: lovely ×8.0; against it: dull ×4.0")


def test_the_language_model_is_kept_with_its_vocabulary(trained: Trained) -> None:
    kept = safetensors.torch.load_file(trained.project.run(1).path / LANGUAGE_MODEL_FILE)
    words = words_in(kept["0.vocabulary"])
    assert len(words) == kept["0.encoder.weight"].shape[0] and "great" in words


def test_a_bundle_answers_as_the_trained_model(trained: Trained, tmp_path: Path) -> None:
    told = trained.session.export(1, "onnx", str(tmp_path))
    assert told.proof is not None and told.proof.passed and told.proof.largest_difference < 1e-5
    bundle = Bundle.open(Path(told.path))
    texts = ["A great lovely film", "awful, dull and far too slow for me", ""]
    found, _ = bundle.predict(texts)
    asked = trained.session.predict(1, texts).predictions
    assert [one.answer for one in found] == [one.answer for one in asked]
    assert found[2].problem == "The text is empty."
    file = tmp_path / "new.txt"
    file.write_text("A great lovely film", encoding="utf-8")
    assert bundle.predict([file])[0][0].scores == found[0].scores


HERE_ONLY = """
import json, sys
class Refused:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("torch", "fastai", "studio", "pandas"):
            raise ImportError(name)
sys.meta_path.insert(0, Refused())
sys.path.insert(0, sys.argv[1])
import answers
spec = json.load(open(sys.argv[1] + "/bundle.json", encoding="utf-8"))
cases = [answers.TextCase("", text) for text in json.load(sys.stdin)]
print(json.dumps([answers.prepare(case, spec)["tokens"].tolist() for case in cases]))
"""


def odd_texts(count: int) -> list[str]:
    """Texts with all that a tokeniser can stumble over, some longer than what is read."""
    draw = random.Random(7)
    odd = [
        "<br />",
        "&amp;",
        "DON'T",
        "it’s",
        "sooooo",
        "!!!!",
        "3.14",
        "電影",
        "😀😀😀",
        "A\u0301",
        "\n\n",
        "e-mail@x.y",
    ]
    odd += [
        "İstanbul",
        "ﬁne",
        "great great great great",
        "\u00a0",
        "_x_",
        "“quoted”",
        "xxbos",
        "ẞ",
        "<b>Bold</b>",
        "5:30",
    ]
    words = [*odd, *GOOD, *BAD, *PLAIN]
    return [" ".join(draw.choices(words, k=draw.randint(1, 40))) + "." for _ in range(count)]


def test_a_bundle_cuts_texts_up_as_training_did_with_nothing_of_the_studio(
    trained: Trained, tmp_path: Path
) -> None:
    told, texts = trained.session.export(1, "onnx", str(tmp_path)), odd_texts(220)
    given = trained.project.recipe
    plan, dataset = plan_of(given, trained.root), collect(given, trained.root)
    number = dataloaders(dataset, given, STAGES[1], 4, trained.root).train_ds.tls[0].tfms.fs[1]
    cut = corpus.tokenised(dict(enumerate(texts)), plan.options.html == "remove")  # type: ignore[arg-type]
    again = corpus.unpacked(corpus.packed(list(cut.values())), len(texts))
    assert again is not None
    answered = subprocess.run(
        [sys.executable, "-c", HERE_ONLY, told.path],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(answered.stdout) == [number(words).tolist() for words in again]


def test_an_answer_does_not_depend_on_the_texts_beside_it(tmp_path: Path) -> None:
    given = recipe(write_texts(tmp_path, 40))
    dataset = collect(given, tmp_path)
    learner = build(dataloaders(dataset, given, STAGES[1], 8, tmp_path), dataset, given, tmp_path)
    texts = [" ".join(PLAIN[:1] * n) for n in (1, 3, 15, 16, 17, 29, 30, 31, 33, 47, 48, 49)]
    together = class_scores_of(learner, texts)
    alone = torch.cat([class_scores_of(learner, [text]) for text in texts])
    assert torch.allclose(together, alone, atol=1e-6)


@pytest.mark.parametrize("count", [4, 9])
def test_a_corpus_smaller_than_a_batch_is_trained_on(tmp_path: Path, count: int) -> None:
    given = recipe(write_texts(tmp_path / "data", count), tuple(
        msgspec.structs.replace(stage, epochs=1, batch_size=64) for stage in STAGES[::2]
    ))  # fmt: skip
    with Project.create(tmp_path / "few.thaw", given) as project:
        session = Session(project, lambda event: None, Control())
        assert session.train().status == "finished"
        assert session.evaluate(1).metrics["accuracy"] is not None


def test_a_bundle_reads_the_column_that_it_was_trained_on(tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_text(
        "reviews,link\nfine,http://a.long/address/of/a/page\n", encoding="utf-8"
    )
    case = answers.find([tmp_path / "new.csv"])[0]
    given = {"vocabulary": [*SPECIAL, "fine"], "most_tokens": 9, "is_html": True, "column": "Reviews"}
    assert answers.numbers_of(case, given) == [2, len(SPECIAL)]


def test_an_encoder_of_another_vocabulary_is_refused_unless_matched(trained: Trained, tmp_path: Path) -> None:
    root = write_texts(tmp_path / "data", 24)
    (root / "reviews.csv").write_text(
        (root / "reviews.csv").read_text(encoding="utf-8").replace("film", "movie"), encoding="utf-8"
    )
    file = str(trained.project.run(1).path / LANGUAGE_MODEL_FILE)
    given = recipe(root, QUICK[:1], weights=file, task="language_model")
    with Project.create(tmp_path / "other.thaw", given) as project:
        session = Session(project, lambda event: None, Control())
        with pytest.raises(UserError, match="another vocabulary") as refused:
            session.train()
        assert refused.value.fix == "match_words=true"
        project.save_recipe(recipe(root, QUICK[:1], weights=file, task="language_model", match_words=True))
        assert session.train().status == "finished"


def test_words_are_matched_by_name() -> None:
    table = torch.tensor([[1.0], [3.0]])
    assert matched(["a", "b"], ["b", "c"]) == [1, -1]
    assert rows(table, [1, -1]).tolist() == [[3.0], [2.0]]


def test_a_list_of_words_that_would_run_code_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "words.pkl"
    path.write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    with pytest.raises(UserError, match="no plain list of words"):
        read_words(path)


def test_a_language_model_alone_is_judged_by_perplexity_and_says_the_next_word(tmp_path: Path) -> None:
    root = write_texts(tmp_path / "data", 24)
    stage = Stage(part="language_model", freeze=False, epochs=1, batch_size=4, lr=QUICK[0].lr)
    with Project.create(tmp_path / "words.thaw", recipe(root, (stage,), task="language_model")) as project:
        session = Session(project, lambda event: None, Control())
        assert session.train().status == "finished"
        assert session.evaluate(1).metrics["perplexity"] > 1.0  # type: ignore[operator]
        told = session.export(1, "onnx", str(tmp_path / "out"))
    found, _ = Bundle.open(Path(told.path)).predict(["The film was"])
    shares = [share for _, share in found[0].scores]
    assert told.proof is not None and told.proof.passed and len(shares) == answers.TOP
    assert (
        found[0].answer == found[0].scores[0][0]
        and shares == sorted(shares, reverse=True)
        and sum(shares) < 1.0
    )


@pytest.mark.realdata
def test_real_reviews_are_cut_up_alike_in_training_and_in_a_bundle(real_data: Path) -> None:
    root = real_data / "imdb_sample"
    given = recipe(root, label_column="label", text_column="text")
    plan, dataset = plan_of(given, root), collect(given, root)
    dls = dataloaders(dataset, given, STAGES[1], 16, root)
    spec = {"vocabulary": list(vocab_of(dls)), "most_tokens": plan.options.most_tokens, "is_html": True}
    texts = plan.texts()
    for items, loader in ((dataset.train(), dls.train_ds), (dataset.valid(), dls.valid_ds)):
        for at, item in enumerate(items):
            assert loader[at][0].tolist() == answers.numbers_of(answers.TextCase("", texts[item.key]), spec)
    assert len(dataset.items) == 1000
