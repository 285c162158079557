"""Starting weights from a file: reading it safely, and finding out whether it fits the network.

Only tensors are ever read (safetensors, or torch's `weights_only`): a file cannot run code. The classifier at
the end of a file's network is not used, since the studio puts its own head on. Engine only; torch is imported
where it is used.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.errors import UserError
from studio.problems.image_classification.options import ARCHITECTURES, TORCHVISION

if TYPE_CHECKING:
    from torch import Tensor, nn

Tensors = Mapping[str, "Tensor"]
WRAPPERS = ("state_dict", "model", "model_state_dict", "model_state", "net", "state_dict_ema")
PREFIXES = ("module.", "model.", "_orig_mod.", "backbone.", "encoder.")
COUNTERS = "num_batches_tracked"
NAMED = 3


@dataclass(frozen=True)
class Misfit:
    """How a file's tensors differ from what a network's body needs; empty where they fit."""

    missing: tuple[str, ...]
    reshaped: tuple[str, ...]
    unknown: tuple[str, ...]
    needed: int

    def __bool__(self) -> bool:
        return bool(self.missing or self.reshaped)

    @property
    def is_foreign(self) -> bool:
        """Whether the file is of quite another network, rather than of this one with changes."""
        return len(self.missing) * 2 > self.needed

    def sentence(self) -> str:
        """What does not fit, naming the first of each."""
        parts = []
        if self.missing:
            parts.append(
                f"{len(self.missing)} of {self.needed} needed tensors are missing ({_first(self.missing)})"
            )
        if self.reshaped:
            parts.append(f"{len(self.reshaped)} have another shape ({_first(self.reshaped)})")
        if self.unknown:
            parts.append(f"{len(self.unknown)} in the file are unknown to it ({_first(self.unknown)})")
        return "; ".join(parts)


def _first(names: tuple[str, ...]) -> str:
    return ", ".join(names[:NAMED]) + (", ..." if len(names) > NAMED else "")


def find_file(text: str, folder: Path) -> Path:
    """Find a weights file: as named, else below `folder` or a folder above it (the project's).

    Raises
    ------
    UserError
        Where there is none.
    """
    named = Path(text).expanduser()
    places = (
        [named] if named.is_absolute() else [base / named for base in (folder, *folder.absolute().parents)]
    )
    for place in (*places, named):
        if place.is_file():
            return place
    raise UserError(
        f"The weights file {text} is not there.",
        "Choose the file again, or set the weights to imagenet or none.",
        fix="weights",
    )


def read_file(path: Path) -> dict[str, Tensor]:
    """Read the tensors of a `.safetensors`, `.pth` or `.pt` file on the CPU.

    Raises
    ------
    UserError
        Where the file is damaged, holds more than tensors, or none.
    """
    content = _safetensors(path) if path.suffix.lower() == ".safetensors" else _torch_file(path)
    tensors = _unwrapped(content)
    if not tensors:
        raise UserError(
            f"The file {path.name} holds no weights.", "Choose a state dict (.pth, .pt or .safetensors)."
        )
    return _plain_names(tensors)


def _safetensors(path: Path) -> Any:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return load_file(path)
    except (SafetensorError, OSError, ValueError) as error:
        raise _damaged(path) from error


def _torch_file(path: Path) -> Any:
    import torch

    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        if path.read_bytes()[:1] not in (b"P", b"\x80"):
            raise _damaged(path) from error
        raise UserError(
            f"The file {path.name} holds more than weights, and could run a program; it was not opened.",
            "Save only the state dict: torch.save(model.state_dict(), file).",
        ) from error
    except (
        RuntimeError,
        OSError,
        EOFError,
        ValueError,
        KeyError,
        AttributeError,
        TypeError,
        IndexError,
    ) as error:
        raise _damaged(path) from error


def _damaged(path: Path) -> UserError:
    return UserError(
        f"The weights file {path.name} is damaged, or no weights file.",
        "Download or copy it again, or choose another one.",
        fix="weights",
    )


def _unwrapped(content: Any) -> dict[str, Tensor]:
    """The state dict in a file, where trainers like to put it."""
    from torch import Tensor

    while isinstance(content, Mapping):
        tensors = {str(k): v for k, v in content.items() if isinstance(v, Tensor)}
        if tensors:
            return tensors
        content = next((content[name] for name in WRAPPERS if name in content), None)
    return {}


def _plain_names(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Take off a prefix that all names share."""
    for prefix in PREFIXES:
        if all(name.startswith(prefix) for name in tensors):
            return _plain_names({name.removeprefix(prefix): value for name, value in tensors.items()})
    return tensors


def misfit(tensors: Tensors, network: nn.Module, body: nn.Module) -> Misfit:
    """Compare a file with what `body` (a part of `network`) needs, by the names of `network`."""
    whole = network.state_dict(keep_vars=True)
    inside = {id(value) for value in body.state_dict(keep_vars=True).values()}
    needed = {name: value for name, value in whole.items() if id(value) in inside}
    counted = [name for name in needed if not name.endswith(COUNTERS)]
    return Misfit(
        missing=tuple(name for name in counted if name not in tensors),
        reshaped=tuple(
            f"{name} is {_shape(tensors[name])} instead of {_shape(needed[name])}"
            for name in counted
            if name in tensors and tensors[name].shape != needed[name].shape
        ),
        unknown=tuple(name for name in tensors if name not in whole),
        needed=len(counted),
    )


def _shape(tensor: Tensor) -> str:
    return " x ".join(str(n) for n in tensor.shape) or "a single number"


def load_into(network: nn.Module, body: nn.Module, tensors: Tensors, arch: str, source: str) -> None:
    """Copy a file's tensors into `body`, through the names of the `network` that it is a part of.

    Raises
    ------
    UserError
        Where they do not fit, saying what does not and which network they may be of.
    """
    differs = misfit(tensors, network, body)
    if differs:
        raise UserError(
            f"The weights in {source} do not fit {arch}: {differs.sentence()}.",
            _remedy(tensors, arch, differs),
            fix="arch",
        )
    _require_numbers(tensors, source)
    own = network.state_dict()
    fitting = {n: t for n, t in tensors.items() if n in own and own[n].shape == t.shape}
    network.load_state_dict(fitting, strict=False)


def _require_numbers(tensors: Tensors, source: str) -> None:
    broken = [n for n, t in tensors.items() if t.is_floating_point() and not bool(t.isfinite().all())]
    if broken:
        raise UserError(f"The weights in {source} are not all numbers ({broken[0]}).", "Choose another file.")


def _remedy(tensors: Tensors, arch: str, differs: Misfit) -> str:
    others = [name for name in ARCHITECTURES if name != arch] if differs.is_foreign else []
    fitting = next((name for name in others if _fits(tensors, name)), "")
    if fitting:
        return f"They look like weights of {fitting}: set the network (arch) to it, or choose another file."
    return f"Choose a file with weights of {arch}, or set the weights to imagenet or none."


def _fits(tensors: Tensors, arch: str) -> bool:
    """Whether a file fits another network of the list."""
    return not misfit(tensors, *_weightless(arch))


def _weightless(arch: str) -> tuple[nn.Module, nn.Module]:
    """A network without memory for its weights, where its maker can do that."""
    import torch

    try:
        with torch.device("meta"):
            return whole_and_body(arch)
    except (NotImplementedError, RuntimeError):  # it computes with tensors while it is built
        return whole_and_body(arch)


def whole_and_body(arch: str) -> tuple[nn.Module, nn.Module]:
    """A network as its library builds it, and the part that fastai keeps of it."""
    from fastai.vision.learner import TimmBody, create_body, model_meta

    if arch not in TORCHVISION:
        import timm

        whole: nn.Module = timm.create_model(arch, pretrained=False, num_classes=0)
        return whole, TimmBody(whole)
    maker = maker_of(arch)
    network: nn.Module = maker(weights=None)
    return network, create_body(network, pretrained=False, cut=model_meta.get(maker, {"cut": None})["cut"])


def maker_of(arch: str) -> Callable[..., nn.Module] | Any:
    """What `vision_learner` takes: torchvision's function, or the name that timm knows."""
    from torchvision import models

    return getattr(models, arch) if arch in TORCHVISION else arch
