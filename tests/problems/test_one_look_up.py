"""One look-up for all columns gives fastai's numbers, gradients and model; where it would not pay it is left out."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch
from fastai.tabular.model import TabularModel
from torch import Tensor, nn

from studio.problems.tabular import one_look_up
from studio.problems.tabular.one_look_up import OneLookUp

SIZES = [(10, 6), (3, 2), (17, 8)]


def batch() -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(1)
    words = [torch.randint(0, count, (9,), generator=generator) for count, _ in SIZES]
    return torch.stack(words, 1), torch.randn(9, 4, generator=generator)


def looked_up(model: nn.Module) -> OneLookUp:
    found = OneLookUp()
    found.learn = SimpleNamespace(model=model)
    found.before_fit()
    return found


def gradients(model: nn.Module, output: Tensor) -> list[Tensor]:
    model.zero_grad()
    output.square().sum().backward()
    return [parameter.grad.clone() for parameter in model.parameters() if parameter.grad is not None]


@pytest.mark.parametrize("numbers", [4, 0])
def test_outputs_and_gradients_are_fastais(numbers: int) -> None:
    torch.manual_seed(0)
    model = TabularModel(SIZES, numbers, 2, [12])
    words, values = batch()
    plain = model(words, values)
    wanted = gradients(model, plain)
    callback = looked_up(model)
    assert "forward" in vars(model)
    quick = model(words, values)
    assert torch.equal(quick, plain)
    assert all(torch.allclose(a, b, atol=1e-6) for a, b in zip(gradients(model, quick), wanted, strict=True))
    callback.after_fit()
    assert "forward" not in vars(model)


def test_embeddings_that_are_frozen_stay_so() -> None:
    model = TabularModel(SIZES, 4, 2, [12])
    for parameter in model.embeds.parameters():
        parameter.requires_grad_(False)
    looked_up(model)
    gradients(model, model(*batch()))
    assert all(parameter.grad is None for parameter in model.embeds.parameters())


def test_large_or_single_embeddings_are_left_to_fastai(monkeypatch: pytest.MonkeyPatch) -> None:
    single = TabularModel(SIZES[:1], 4, 2, [12])
    looked_up(single)
    assert "forward" not in vars(single)
    monkeypatch.setattr(one_look_up, "LARGEST", 100)
    model = TabularModel(SIZES, 4, 2, [12])
    looked_up(model)
    assert "forward" not in vars(model)


def test_a_compiled_network_is_left_as_it_is() -> None:
    model = TabularModel(SIZES, 4, 2, [12])
    model.compile()
    looked_up(model).after_fit()
    assert "forward" not in vars(model)
