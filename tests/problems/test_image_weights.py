"""Starting weights from a file fit, or a sentence says why not."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torchvision import models

from studio.errors import UserError
from studio.problems.image_classification import data, learner
from studio.problems.image_classification.items import collect
from studio.problems.image_classification.options import TIMM
from studio.problems.image_classification.weights import find_file, read_file, whole_and_body
from tests.problems.pictures import STAGES, photos, recipe


@pytest.fixture(scope="module")
def squeezenet() -> dict[str, torch.Tensor]:
    """A state dict of SqueezeNet 1.1 as torchvision names it."""
    torch.manual_seed(1)
    return dict(models.squeezenet1_1(weights=None).state_dict())


def body_with(folder: Path, weights: str, arch: str = "squeezenet1_1") -> dict[str, torch.Tensor]:
    """The body of a learner that starts from `weights`."""
    root = photos(folder / "data", {"a": 3, "b": 3})
    made = recipe(root, weights=weights, arch=arch)
    dataset = collect(made, root)
    dls = data.dataloaders(dataset, made, STAGES[0], 2, root)
    return dict(learner.build(dls, dataset, made, folder).model[0].state_dict())


@pytest.mark.parametrize("form", ["plain", "wrapped", "parallel", "safetensors", "without classifier"])
def test_every_usual_form_is_loaded(tmp_path: Path, squeezenet: dict[str, torch.Tensor], form: str) -> None:
    file = tmp_path / ("w.safetensors" if form == "safetensors" else "w.pth")
    if form == "safetensors":
        save_file(squeezenet, file)
    elif form == "wrapped":
        torch.save({"epoch": 3, "state_dict": squeezenet}, file)
    elif form == "parallel":
        torch.save({f"module.{name}": value for name, value in squeezenet.items()}, file)
    elif form == "without classifier":
        torch.save({n: v for n, v in squeezenet.items() if n.startswith("features")}, file)
    else:
        torch.save(squeezenet, file)
    body = body_with(tmp_path, "w.safetensors" if form == "safetensors" else str(file))
    assert torch.equal(body["0.0.weight"], squeezenet["features.0.weight"])
    assert all(
        torch.equal(body[f"0.{n.removeprefix('features.')}"], v) for n, v in squeezenet.items() if "feat" in n
    )


def test_the_body_is_that_of_a_plain_script(tmp_path: Path, squeezenet: dict[str, torch.Tensor]) -> None:
    from fastai.vision.learner import create_body

    torch.save(squeezenet, tmp_path / "w.pth")
    network = models.squeezenet1_1(weights=None)
    network.load_state_dict(torch.load(tmp_path / "w.pth", weights_only=True), strict=False)
    plain = create_body(network, pretrained=False, cut=-1).state_dict()
    body = body_with(tmp_path, str(tmp_path / "w.pth"))
    assert plain.keys() == body.keys()
    assert all(torch.equal(plain[name], body[name]) for name in plain)


def test_a_learners_own_weights_can_start_another(tmp_path: Path) -> None:
    root = photos(tmp_path / "data", {"a": 3, "b": 3})
    made = recipe(root)
    dls = data.dataloaders(collect(made, root), made, STAGES[0], 2, root)
    state = dict(learner.build(dls, collect(made, root), made, tmp_path).model.state_dict())
    save_file({name: value.contiguous() for name, value in state.items()}, tmp_path / "model.safetensors")
    body = body_with(tmp_path / "next", str(tmp_path / "model.safetensors"))
    assert all(torch.equal(body[name], state[f"0.{name}"]) for name in body)


def test_weights_of_another_network_are_recognised(
    tmp_path: Path, squeezenet: dict[str, torch.Tensor]
) -> None:
    torch.save(squeezenet, tmp_path / "w.pth")
    with pytest.raises(UserError) as raised:
        body_with(tmp_path, str(tmp_path / "w.pth"), arch="resnet18")
    assert "w.pth do not fit resnet18" in raised.value.message
    assert "conv1.weight" in raised.value.message
    assert "look like weights of squeezenet1_1" in raised.value.hint


def test_one_tensor_of_another_shape_is_named(tmp_path: Path, squeezenet: dict[str, torch.Tensor]) -> None:
    torch.save({**squeezenet, "features.0.weight": torch.zeros(64, 1, 3, 3)}, tmp_path / "w.pth")
    with pytest.raises(UserError, match=r"features.0.weight is 64 x 1 x 3 x 3 instead of 64 x 3 x 3 x 3"):
        body_with(tmp_path, str(tmp_path / "w.pth"))


def test_a_weight_that_is_no_number_is_refused(tmp_path: Path, squeezenet: dict[str, torch.Tensor]) -> None:
    torch.save({**squeezenet, "features.0.bias": torch.full((64,), float("nan"))}, tmp_path / "w.pth")
    with pytest.raises(UserError, match=r"not all numbers"):
        body_with(tmp_path, str(tmp_path / "w.pth"))


def test_damaged_and_empty_files_are_sentences(tmp_path: Path, squeezenet: dict[str, torch.Tensor]) -> None:
    torch.save(squeezenet, tmp_path / "whole.pth")
    (tmp_path / "cut.pth").write_bytes((tmp_path / "whole.pth").read_bytes()[:50_000])
    (tmp_path / "text.pth").write_text("hello")
    (tmp_path / "none.pth").touch()
    (tmp_path / "cut.safetensors").write_bytes(b"\x10\0\0\0\0\0\0\0{")
    torch.save({"epoch": 3}, tmp_path / "nothing.pth")
    for name in ("cut.pth", "text.pth", "none.pth", "cut.safetensors"):
        with pytest.raises(UserError, match=f"{name} is damaged"):
            read_file(tmp_path / name)
    with pytest.raises(UserError, match=r"holds no weights"):
        read_file(tmp_path / "nothing.pth")


def test_a_file_that_would_run_a_program_is_not_opened(tmp_path: Path) -> None:
    class Payload:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.system, (f"touch {tmp_path}/ran",)

    torch.save({"weights": Payload()}, tmp_path / "evil.pth")
    (tmp_path / "plain.pth").write_bytes(pickle.dumps(Payload()))
    for name in ("evil.pth", "plain.pth"):
        with pytest.raises(UserError, match=f"{name}"):
            read_file(tmp_path / name)
    assert not (tmp_path / "ran").exists()


def test_a_relative_file_is_found_from_the_project(tmp_path: Path) -> None:
    run = tmp_path / "project/runs/0001"
    run.mkdir(parents=True)
    (tmp_path / "w.pth").touch()
    assert find_file("../w.pth", run).resolve() == tmp_path / "w.pth"
    with pytest.raises(UserError, match=r"nope\.pth is not there"):
        find_file("nope.pth", run)


@pytest.mark.parametrize("arch", ["squeezenet1_1", next(iter(TIMM))])
def test_a_download_that_fails_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arch: str
) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise OSError(-2, "Name or service not known")

    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setattr("socket.create_connection", refuse)
    monkeypatch.setattr("socket.getaddrinfo", refuse)
    monkeypatch.setattr(learner, "getproxies", dict)
    monkeypatch.setattr(learner, "cached_weights", lambda arch: None)
    with pytest.raises(UserError, match=f"ImageNet weights of {arch} could not be downloaded") as raised:
        body_with(tmp_path, "imagenet", arch=arch)
    assert "none" in raised.value.hint


def test_what_fastai_keeps_of_a_timm_network_is_found() -> None:
    whole, body = whole_and_body("rexnet_100")
    inside = {id(p) for p in body.parameters()}
    assert all(id(p) in inside for p in whole.parameters())
