"""The metrics that can be chosen: what is told, in plain figures, and the same by the text of exported scripts."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import fastai.text.all as text_names
import fastai.vision.all as vision_names
import numpy as np
import pytest
import sklearn.metrics as skm
import torch
from fastai.learner import AvgMetric, mk_metric
from fastai.tabular.all import to_detach

from studio.engine.outcome import as_trained
from studio.errors import UserError
from studio.problems import PROBLEMS, problem_named
from studio.problems.collab.learner import rating_metric
from studio.problems.image_regression.metrics import point_figure
from studio.problems.image_regression.script_parts import POINT_FIGURE, POINT_FIGURES
from studio.problems.measures import parts
from studio.problems.measures.catalogue import MEASURES
from studio.problems.measures.choosing import CLASS_NAMES, NUMBER_NAMES, told
from studio.problems.measures.metrics import class_metric, tag_metric
from studio.problems.segmentation.metrics import OF_PIXELS, figure_of
from studio.problems.segmentation.options import METRICS as PIXEL_METRICS
from studio.problems.segmentation.script_parts import CELLS, CELLS_PART, FIGURES, METRICS_PART
from studio.problems.tabular.learner import InUnit, StandardisedLoss
from studio.problems.text.learner import model_metric
from studio.problems.text.options import MODEL_NAMES
from studio.problems.text.script_parts import TOKEN_PARTS
from studio.problems.watching import watched
from studio.project.results import ItemResult, Results
from studio.recipe.edit import with_value
from studio.recipe.fields import describe
from studio.recipe.schema import Data, Recipe, Training

TAGS = ("fbeta_macro", "precision_micro", "recall_macro", "jaccard_samples", "exact_match")
RANKED_TAGS = ("fbeta_score", "accuracy_multi", "hamming_loss", "roc_auc", "average_precision")
RATINGS = ("mse", "rmse", "mae", "r2", "explained_variance", "median_absolute_error", "max_error")


def measured(metric: Any, *batches: tuple[torch.Tensor, torch.Tensor]) -> float | None:
    """What a learner would be told by a metric after these batches of answers and truths."""
    made = mk_metric(metric)
    made.reset()
    for answer, truth in batches:
        made.accumulate(
            SimpleNamespace(pred=answer, y=truth, yb=(truth,), to_detach=to_detach, loss=torch.tensor(0.0))
        )
    return None if made.value is None else float(made.value)


def spoken(words: parts.Words, names: Any, **more: Any) -> list[Any]:
    """The metrics that a script's text makes."""
    known = {**vars(names), "torch": torch, "np": np, "F": torch.nn.functional, **more}
    exec(words.imports + words.functions, known)
    return [eval(expression, known) for expression in words.expressions]


def classes(count: int = 4) -> list[tuple[torch.Tensor, torch.Tensor]]:
    torch.manual_seed(1)
    return [(torch.randn(n, count), torch.randint(0, count, (n,))) for n in (30, 30, 11)]


@pytest.mark.parametrize("count", [2, 4])
def test_metrics_of_classes_are_scikit_learns_and_those_of_the_script(count: int) -> None:
    batches = classes(count)
    scores, truth = torch.cat([s for s, _ in batches]), torch.cat([t for _, t in batches])
    said, shares = scores.argmax(1), scores.softmax(1).numpy()
    per_class = [skm.roc_auc_score((truth == c).numpy(), shares[:, c]) for c in range(count)]
    by_hand = {
        "f1_macro": skm.f1_score(truth, said, average="macro"),
        "matthews_corrcoef": skm.matthews_corrcoef(truth, said),
        "balanced_accuracy": skm.balanced_accuracy_score(truth, said),
        "roc_auc": float(np.mean(per_class)),
        "log_loss": skm.log_loss(truth, shares),
        "accuracy": skm.accuracy_score(truth, said),
        "top_3_accuracy": skm.top_k_accuracy_score(truth, scores, k=3) if count > 2 else 1.0,
    }
    for name, script in zip(CLASS_NAMES, spoken(parts.class_words(CLASS_NAMES), vision_names), strict=True):
        value = measured(class_metric(name), *batches)
        assert value == measured(script, *batches), name
        column = [(s, t[:, None].to(torch.int8)) for s, t in batches]  # as tables have it
        assert measured(class_metric(name), *column) == measured(script, *column) == value, name
        assert mk_metric(class_metric(name)).name == mk_metric(script).name == name
        assert name not in by_hand or value == pytest.approx(by_hand[name], abs=1e-6), name


def test_one_class_in_the_validation_set_breaks_nothing(recwarn: pytest.WarningsRecorder) -> None:
    scores = torch.randn(20, 3)
    values = {name: measured(class_metric(name), (scores, torch.ones(20).long())) for name in CLASS_NAMES}
    assert math.isnan(values["roc_auc"] or 0.0)
    assert all(value is not None for value in values.values())
    lost = {
        name: measured(class_metric(name), (scores * math.nan, torch.ones(20).long())) for name in CLASS_NAMES
    }
    assert math.isnan(lost["roc_auc"] or 0.0)
    assert not [w for w in recwarn if "sklearn" in w.filename]


def test_metrics_of_tags_leave_out_what_nobody_has() -> None:
    torch.manual_seed(2)
    scores, flags = torch.randn(40, 5), (torch.rand(40, 5) < 0.4).float()
    flags[:, 3] = 0.0  # a tag that no validation photo has
    names = (*TAGS, *RANKED_TAGS)
    batches = [(scores[:25], flags[:25]), (scores[25:], flags[25:])]
    made = spoken(parts.tag_words(names, "0.4", "2.0"), vision_names, partial=vision_names.partial)
    for name, script in zip(names, made, strict=True):
        assert measured(tag_metric(name, 0.4, 2.0), *batches) == measured(script, *batches), name
    held = [0, 1, 2, 4]
    wanted = skm.average_precision_score(flags[:, held], scores[:, held], average="macro")
    assert measured(tag_metric("average_precision", 0.4, 2.0), *batches) == pytest.approx(wanted)
    nobody = (scores, torch.zeros(40, 5))
    assert math.isnan(measured(tag_metric("roc_auc", 0.4, 2.0), nobody) or 0.0)


def test_metrics_of_numbers_are_in_their_own_unit_and_those_of_the_script() -> None:
    torch.manual_seed(3)
    loss = StandardisedLoss(50.0, 10.0)
    answers, truths = torch.randn(30, 1), 50 + 10 * torch.randn(30, 1)
    batches = [(answers[:20], truths[:20]), (answers[20:], truths[20:])]
    made = spoken(parts.number_words(NUMBER_NAMES, "LOSS"), vision_names, LOSS=loss)
    for name, script in zip(NUMBER_NAMES, made, strict=True):
        assert measured(script, *batches) == pytest.approx(measured(InUnit(name, loss), *batches)), name
    wanted = skm.max_error(truths.flatten(), 50 + 10 * answers.flatten())
    assert measured(InUnit("max_error", loss), *batches) == pytest.approx(wanted)
    assert math.isnan(measured(InUnit("mape", loss), (answers, torch.zeros(30, 1))) or 0.0)


def test_metrics_of_ratings_are_those_of_the_script() -> None:
    torch.manual_seed(4)
    batches = [(torch.rand(20, 1) * 5, torch.rand(20, 1) * 5) for _ in range(2)]
    for name, script in zip(RATINGS, spoken(parts.rating_words(RATINGS), vision_names), strict=True):
        assert measured(rating_metric(name), *batches) == measured(script, *batches), name


def test_metrics_of_a_language_model_are_those_of_the_script() -> None:
    torch.manual_seed(5)
    batch = (torch.randn(4, 7, 12), torch.randint(0, 12, (4, 7)))
    for name in MODEL_NAMES[1:]:
        known = dict(vars(text_names))
        exec(TOKEN_PARTS[name], known)
        assert measured(model_metric(name), batch) == measured(known[name], batch)
    wanted = skm.top_k_accuracy_score(batch[1].flatten(), batch[0].reshape(28, 12), k=5, labels=range(12))
    assert measured(AvgMetric(model_metric("top_5_token_accuracy")), batch) == pytest.approx(wanted)


def test_metrics_of_pixels_count_labelled_pixels_and_are_those_of_the_script() -> None:
    torch.manual_seed(6)
    scores, masks = torch.randn(2, 4, 5, 6), torch.randint(0, 3, (2, 5, 6))
    masks[0, 0] = 3
    known = {
        **vars(vision_names),
        "np": np,
        "torch": torch,
        "skm": skm,
        "CLASSES": range(4),
        "VOID": 3,
        "IGNORED": 3,
    }
    exec(METRICS_PART + "".join(FIGURES.values()) + CELLS_PART, known)
    scores[:, 3] = -9.0
    said, labelled = scores.argmax(1), masks != 3
    counts = np.zeros((4, 4), dtype=np.int64)
    np.add.at(counts, (masks[labelled].numpy(), said[labelled].numpy()), 1)
    made = [f"PixelMetric({name}, '{name}')" for name in PIXEL_METRICS]
    made += [f"CellMetric({CELLS[name]}, '{name}')" for name in OF_PIXELS if name in CELLS]
    for name, text in zip((*PIXEL_METRICS, *(n for n in OF_PIXELS if n in CELLS)), made, strict=True):
        assert measured(eval(text, known), (scores, masks)) == pytest.approx(figure_of(name, counts)), name
    wanted = skm.f1_score(masks[labelled], said[labelled], average="macro")
    assert figure_of("f1_macro", counts) == pytest.approx(wanted)
    assert figure_of("cohen_kappa", np.zeros((4, 4), dtype=np.int64)) is None


def test_metrics_of_points_are_those_of_the_script() -> None:
    rng = np.random.default_rng(7)
    pixels, widths = rng.uniform(0, 60, 40), np.full(40, 400.0)
    for name, (words, figure) in POINT_FIGURES.items():
        known = {"np": np}
        exec(POINT_FIGURE.format(name=name, words=words, figure=figure), known)
        assert known[name](pixels, widths) == pytest.approx(point_figure(name, pixels, widths))  # type: ignore[operator]
        assert point_figure(name, pixels * np.nan, widths) is None


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.name)
def test_every_type_offers_metrics_each_with_its_sentence(problem: Any) -> None:
    field = next(f for f in describe(problem.options) if f.name == "metrics")
    assert field.kind == "several" and field.help
    assert problem.score in field.choices and len(field.choices) >= 7
    for name in field.choices:
        assert field.hints[name].endswith(".")
    known = dict(((problem.score, problem.score_up), *problem.other_scores))
    assert all(MEASURES[name].is_up is up for name, up in known.items())


def test_chosen_metrics_stand_after_the_score_and_an_unknown_one_is_refused_by_name() -> None:
    tabular = problem_named("tabular")
    recipe = Recipe(
        problem="tabular",
        name="t",
        data=Data(root="x"),
        training=Training(stages=tabular.stages(tabular.options())),
    )
    made = with_value(recipe, tabular, "metrics", "F1_macro, roc_auc,f1_macro")
    assert made.options["metrics"] == ["f1_macro", "roc_auc"]
    assert tabular.options_of(made).metrics == ("f1_macro", "roc_auc")
    assert tabular.options_of(with_value(made, tabular, "metrics", "")).metrics == ()
    with pytest.raises(UserError, match="f1_makro") as refused:
        with_value(recipe, tabular, "metrics", "accuracy,f1_makro")
    assert "f1_macro" in refused.value.hint
    typed = Recipe(
        problem="tabular",
        name="t",
        data=Data(root="x"),
        training=recipe.training,
        options={"metrics": ["nonsense"]},
    )
    with pytest.raises(UserError, match="nonsense") as refused:
        tabular.options_of(typed)
    assert "roc_auc" in refused.value.hint and "rmse" in refused.value.hint
    usual = ("accuracy", "error_rate")
    assert told("tabular", ("f1_macro",), usual, CLASS_NAMES) == ("accuracy", "f1_macro")
    assert told("tabular", (), usual, CLASS_NAMES) == usual
    with pytest.raises(UserError, match="rmse"):
        told("tabular", ("rmse",), usual, CLASS_NAMES)


def test_the_watched_metric_knows_its_direction() -> None:
    tabular = problem_named("tabular")
    for name, up in (("roc_auc", True), ("log_loss", False), ("explained_variance", True), ("mape", False)):
        assert watched(name, tabular, ("accuracy", name)) == (name, up)
    with pytest.raises(UserError, match="metrics=f1_macro"):
        watched("f1_macro", tabular, ("accuracy", "error_rate"))


def test_the_results_of_a_run_show_its_chosen_metrics_too() -> None:
    tabular = problem_named("tabular")
    stages = tabular.stages(tabular.options())
    recipe = Recipe(
        problem="tabular",
        name="t",
        data=Data(root="x"),
        training=Training(stages=stages),
        options={"metrics": ["f1_macro"]},
    )
    told_then = {"valid_loss": 0.4, "accuracy": 0.8, "f1_macro": 0.7, "roc_auc": 0.9}
    run: Any = SimpleNamespace(record=lambda: SimpleNamespace(metrics=told_then), recipe=recipe)
    found = Results("tabular", ("a", "b"), {"accuracy": 0.81}, (ItemResult("1", True, "a", "a", 0.1),))
    shown = as_trained(found, run, tabular, None).metrics
    assert shown == {"accuracy": 0.81, "valid_loss": 0.4, "f1_macro": 0.7}
