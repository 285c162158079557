"""The engine's fixtures, for its faults."""

from tests.engine.conftest import clouds, control, make, told

__all__ = ["clouds", "control", "make", "told"]
