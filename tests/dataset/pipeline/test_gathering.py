"""The memory of a batch is used again, and never while anything has the batch."""

from __future__ import annotations

from studio.dataset.pipeline.gathering import _Floats


def test_memory_is_used_again_when_the_batch_is_gone() -> None:
    floats = _Floats()
    batch = floats.blank((4, 3, 8, 8))
    place = batch.data_ptr()
    assert not floats._free
    del batch
    assert len(floats._free) == 1
    shorter = floats.blank((3, 3, 8, 8))  # as the last batch of an epoch is
    assert (shorter.data_ptr(), len(floats._free)) == (place, 0)


def test_memory_that_something_has_is_left_alone() -> None:
    floats = _Floats()
    batch = floats.blank((2, 3, 4, 4))
    part, array = batch[1:], floats.blank((2, 3, 4, 4)).numpy()
    held = {batch.data_ptr(), array.ctypes.data}
    del batch
    assert floats.blank((2, 3, 4, 4)).data_ptr() not in held
    assert part.shape == (1, 3, 4, 4)
