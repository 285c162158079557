"""The losses to choose from say what their formulas say, and leave out what is left out."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from fastai.vision.all import CrossEntropyLossFlat
from torch.nn import functional

from studio.problems.image_regression.losses import NumberLoss, PointLoss
from studio.problems.vision.loss_parts import CLASS_LOSSES, TAG_LOSSES, loss_words
from studio.problems.vision.losses import class_loss, tag_loss

VOID = 3


def pixels() -> tuple[torch.Tensor, torch.Tensor]:
    """Scores of two tiny pictures with four classes, the last of them void: (2, 4, 3, 5) and (2, 3, 5)."""
    torch.manual_seed(3)
    return torch.randn(2, 4, 3, 5, requires_grad=True), torch.randint(0, 4, (2, 3, 5))


def test_focal_counts_the_known_little_and_the_unknown_in_full() -> None:
    scores, target = torch.tensor([[4.0, 0.0], [0.0, 4.0]]), torch.tensor([0, 0])
    known, unknown = (torch.softmax(row, 0)[0] for row in scores)
    by_hand = sum((1 - p) ** 2 * -math.log(p) for p in (float(known), float(unknown))) / 2
    assert class_loss("focal")(scores, target).item() == pytest.approx(by_hand, rel=1e-5)


def test_class_weights_count_in_the_focal_loss_without_changing_what_is_known() -> None:
    scores, target = torch.tensor([[1.0, 0.0], [0.0, 0.5]]), torch.tensor([0, 1])
    each = [class_loss("focal")(scores[at : at + 1], target[at : at + 1]).item() for at in (0, 1)]
    weighted = class_loss("focal", weight=torch.tensor([1.0, 5.0]))(scores, target).item()
    assert weighted == pytest.approx((each[0] + 5 * each[1]) / 2, rel=1e-5)


def test_smoothed_labels_are_torchs() -> None:
    scores, target = torch.randn(5, 3), torch.tensor([0, 1, 2, 1, 0])
    wanted = functional.cross_entropy(scores, target, label_smoothing=0.1)
    assert class_loss("smoothed")(scores, target).item() == pytest.approx(wanted.item())


def test_dice_by_hand() -> None:
    sure = torch.tensor([[50.0, 0.0], [50.0, 0.0], [0.0, 50.0], [50.0, 0.0]])
    truth = torch.tensor([0, 0, 1, 1])
    first, second = (2 * 2 + 1) / (2 + 3 + 1), (2 * 1 + 1) / (2 + 1 + 1)
    assert class_loss("dice")(sure, truth).item() == pytest.approx(1 - (first + second) / 2, abs=1e-5)
    both = class_loss("both")(sure, truth).item()
    assert both == pytest.approx(1 - (first + second) / 2 + 50 / 4, abs=1e-4)


@pytest.mark.parametrize("name", ["cross_entropy", "focal", "dice", "both"])
def test_void_pixels_count_for_nothing(name: str) -> None:
    scores, target = pixels()
    loss = class_loss(name, axis=1, ignore_index=VOID)
    value = loss(scores, target)
    value.backward()
    assert scores.grad is not None
    void = (target == VOID)[:, None].expand_as(scores)
    assert void.any() and (scores.grad[void] == 0).all() and (scores.grad[~void] != 0).any()
    other = torch.where(void, torch.randn_like(scores), scores.detach())
    assert loss(other, target).item() == pytest.approx(value.item(), rel=1e-5)


@pytest.mark.parametrize("name", ["focal", "dice", "both", "smoothed"])
def test_answers_are_shares_whatever_the_loss(name: str) -> None:
    scores, _ = pixels()
    usual, ours = CrossEntropyLossFlat(axis=1), class_loss(name, axis=1)
    assert torch.equal(ours.activation(scores), usual.activation(scores))
    assert torch.equal(ours.decodes(scores), usual.decodes(scores))


def test_tags_have_the_focal_loss_too_each_with_its_weight() -> None:
    scores, flags = torch.tensor([[2.0, -1.0], [0.0, 3.0]]), torch.tensor([[1.0, 1.0], [0.0, 0.0]])
    share = torch.where(flags > 0, scores.sigmoid(), 1 - scores.sigmoid())
    each = (1 - share) ** 2 * -share.log()
    assert tag_loss("focal")(scores, flags).item() == pytest.approx(each.mean().item(), rel=1e-5)
    weighted = tag_loss("focal", pos_weight=torch.tensor([1.0, 4.0]))(scores, flags)
    assert weighted.item() == pytest.approx((each.sum() + 3 * each[0, 1]).item() / 4, rel=1e-5)
    assert tag_loss("focal", thresh=0.3).decodes(torch.tensor([0.2, 0.4])).tolist() == [False, True]


@pytest.mark.parametrize(
    ("miss", "near", "far"), [("absolute", 0.05, 1.0), ("squared", 0.0025, 1.0), ("huber", 0.00125, 0.095)]
)
def test_a_miss_of_a_point_counts_as_asked_for(miss: str, near: float, far: float) -> None:
    loss, truth = PointLoss(miss), torch.zeros(1, 1, 2)
    found = [loss(torch.full((1, 1, 2), apart), truth).item() for apart in (0.05, 1.0)]
    assert found == pytest.approx([near, far], rel=1e-5)


@pytest.mark.parametrize(("miss", "far"), [("absolute", 3.0), ("squared", 9.0), ("huber", 2.5)])
def test_a_miss_of_a_number_counts_in_deviations(miss: str, far: float) -> None:
    loss = NumberLoss([100.0], [10.0], miss)
    assert loss(torch.zeros(1, 1), torch.tensor([[130.0]])).item() == pytest.approx(far)


@pytest.mark.parametrize(("losses", "make"), [(CLASS_LOSSES, class_loss), (TAG_LOSSES, tag_loss)])
def test_the_text_of_a_script_is_the_same_loss(losses: Any, make: Any) -> None:
    from fastai.vision import all as everything

    torch.manual_seed(1)
    is_tags = make is tag_loss
    scores = torch.randn(6, 3)
    target = torch.randint(0, 2, (6, 3)).float() if is_tags else torch.tensor([0, 1, 2, 0, 1, 2])
    given = {"thresh": 0.4} if is_tags else {"ignore_index": 2}
    for name in losses:
        part, expression = loss_words(losses, name, **{key: repr(value) for key, value in given.items()})
        known = dict(vars(everything))
        exec(part, known)
        written = eval(expression, known)
        assert torch.equal(written(scores, target), make(name, **given)(scores, target)), name
