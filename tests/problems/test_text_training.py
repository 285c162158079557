"""One run on made reviews: language model, classifier, results, exports, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest
import safetensors.torch
import torch

from studio.engine.control import Control
from studio.engine.messages import Event, RunDone, RunStarted
from studio.engine.session import Session
from studio.errors import UserError
from studio.exports.bundle import Bundle
from studio.problems.text import PROBLEM
from studio.problems.text.learner import LANGUAGE_MODEL_FILE, words_in
from studio.problems.text.weights import matched, read_words, rows
from studio.project import Project
from studio.project.results import Results
from studio.recipe.schema import Stage
from tests.problems.texts_made import STAGES, recipe, write_texts

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


def test_the_language_model_is_kept_with_its_vocabulary(trained: Trained) -> None:
    kept = safetensors.torch.load_file(trained.project.run(1).path / LANGUAGE_MODEL_FILE)
    words = words_in(kept["0.vocabulary"])
    assert len(words) == kept["0.encoder.weight"].shape[0] and "great" in words


def test_a_bundle_answers_as_the_trained_model(trained: Trained, tmp_path: Path) -> None:
    told = trained.session.export(1, "onnx", str(tmp_path))
    assert told.proof is not None and told.proof.passed and told.proof.largest_difference < 1e-5
    bundle = Bundle.open(Path(told.path))
    texts = ["A great lovely film", "awful, dull and far too slow for me", ""]
    answers, _ = bundle.predict(texts)
    asked = trained.session.predict(1, texts).predictions
    assert [a.answer for a in answers] == [a.answer for a in asked]
    assert answers[2].problem == "The text is empty."
    file = tmp_path / "new.txt"
    file.write_text("A great lovely film", encoding="utf-8")
    assert bundle.predict([file])[0][0].scores == answers[0].scores


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
    answers, _ = Bundle.open(Path(told.path)).predict(["The film was"])
    assert answers[0].answer and np.isclose(sum(share for _, share in answers[0].scores), 1.0, atol=0.5)
