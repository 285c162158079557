"""Memory that an operation takes inside itself and gives back before it ends: no tensor, yet part of the peak.

Recurrent layers keep what backward needs in a lump that fake tensors take for empty. Convolutions of oneDNN, torch's
library on processors, first copy what they read and write into blocks of channels. What they take was worked out from
torch's profiler over kernels of 1 to 7 pixels and 3 to 1024 channels; where the block is narrower than here (processors
without AVX-512) it is a little less. cuDNN's workspaces are of the same order. Must not import Qt or fastai.
"""

from __future__ import annotations

from typing import Any

import torch

FORWARD = torch.ops.aten.convolution.default
BACKWARD = torch.ops.aten.convolution_backward.default
RECURRENT = torch.ops.aten.mkldnn_rnn_layer.default
RECURRENT_BACKWARD = torch.ops.aten.mkldnn_rnn_layer_backward.default
TRAINS = 15
"""The place among its arguments that says whether backward will follow."""
KEPT, KEPT_ONCE = 15.3, 12.0
"""What a recurrent layer keeps, in units of its output (all steps), and of one step of it."""
GATES = (4.1, 5.2)
"""What it needs for a moment, forward and backward, in the same unit; its weights are copied besides."""
BLOCK = 16
SMALL_KERNEL = 3
PARTIAL_SUMS = 257
PLAIN = 4
"""A convolution reads an input of so few channels (a photo) as it is."""


def extra_bytes(func: Any, args: tuple[Any, ...], made: Any) -> int:
    """Bytes that `func` held on top of what it was given and what it made."""
    if func is FORWARD:
        return _forward(args[0], args[1], made)
    if func is BACKWARD:
        return _backward(*args[:3])
    if func in (RECURRENT, RECURRENT_BACKWARD):
        outputs = made[0] if func is RECURRENT else args[7]
        weights = sum(weight.nbytes for weight in args[1:5])
        return weights + round(GATES[func is RECURRENT_BACKWARD] * outputs.nbytes)
    return 0


def kept_bytes(func: Any, args: tuple[Any, ...], made: Any) -> list[tuple[torch.Tensor, int]]:
    """Tensors among what `func` made that are larger than a fake one shows, with their bytes."""
    if func is not RECURRENT or made[3].nbytes or not args[TRAINS]:
        return []
    return [(made[3], round(KEPT * made[0].nbytes + KEPT_ONCE * made[1].nbytes))]


def _forward(given: torch.Tensor, weight: torch.Tensor, made: torch.Tensor) -> int:
    """First input, weights and output lie in blocks, then the output in blocks and as it is given back."""
    read = 0 if given.shape[1] <= PLAIN else _blocked(given)
    return max(read + weight.nbytes + _blocked(made) - made.nbytes, _blocked(made))


def _backward(gradient: torch.Tensor, given: torch.Tensor, weight: torch.Tensor) -> int:
    """Input and gradient in blocks, or the weights; one map a channel, channels last, sums up in many partial sums."""
    is_depthwise = weight.shape[1] == 1 and weight.shape[0] == given.shape[1]
    if is_depthwise and weight.shape[-1] > SMALL_KERNEL and _is_channels_last(given):
        return PARTIAL_SUMS * weight.nbytes
    return max(_blocked(given) + _blocked(gradient), weight.nbytes)


def _is_channels_last(tensor: torch.Tensor) -> bool:
    return tensor.dim() == 4 and tensor.stride(1) == 1 and tensor.shape[2] * tensor.shape[3] > 1


def _blocked(tensor: torch.Tensor) -> int:
    """Bytes of a batch of maps whose channels are filled up to whole blocks."""
    channels = tensor.shape[1]
    if channels <= PLAIN:
        return tensor.nbytes
    return tensor.nbytes // channels * (-(-channels // BLOCK) * BLOCK)
