"""The engine's side of the memory gauge: what a step will take, what there is, what a run really took.

=============  ===================================================================================
module         has
=============  ===================================================================================
`prediction`   `measure(learner) -> StepCost`, before anything is allocated
`cost`         `StepCost`: memory of a training step and of a validation pass at any batch size
`live`         counts the bytes of living tensors; `fakes`, `steps`, `workspace` are its parts
`saved`        the fallback: one small real pass
`device_room`  what the device has, and what a step may take of it
=============  ===================================================================================

Must not import Qt.
"""

from studio.engine.memory.cost import StepCost
from studio.engine.memory.device_room import Room, refuse_to_spill, room
from studio.engine.memory.prediction import measure

__all__ = ["Room", "StepCost", "measure", "refuse_to_spill", "room"]
