"""The precision that "automatic" comes to, by what a card can do."""

from __future__ import annotations

import pytest
import torch

from studio.engine.device import precision_on
from studio.errors import UserError

CARD = torch.device("cuda", 0)


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch):
    """The answers of CUDA's driver for a card of some capability."""

    def answers(capability: tuple[int, int]) -> None:
        monkeypatch.setattr(torch.cuda, "get_device_capability", lambda _device=None: capability)
        monkeypatch.setattr(
            torch.cuda, "is_bf16_supported", lambda including_emulation=True: capability >= (8, 0)
        )
        monkeypatch.setattr(torch.cuda, "get_device_name", lambda _device=None: "a card")

    return answers


@pytest.mark.parametrize(
    ("capability", "precision"), [((6, 1), "fp32"), ((7, 5), "fp16"), ((8, 6), "bf16"), ((9, 0), "bf16")]
)
def test_automatic_takes_what_the_card_computes_in(card, capability, precision):
    card(capability)
    assert precision_on("auto", CARD) == precision
    assert precision_on("fp16", CARD) == "fp16"
    assert precision_on("fp32", CARD) == "fp32"


def test_bf16_is_refused_where_a_card_has_none(card):
    card((7, 5))
    with pytest.raises(UserError, match="cannot train in bf16"):
        precision_on("bf16", CARD)


def test_a_processor_trains_in_32_bit():
    for asked in ("auto", "fp16", "bf16", "fp32"):
        assert precision_on(asked, torch.device("cpu")) == "fp32"
