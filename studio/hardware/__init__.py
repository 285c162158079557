"""Gauges of memory (NVML, RAM) and the doctor of this computer. No torch, no Qt."""

from studio.hardware.gauge import Gauge, reading
from studio.hardware.reading import Reading

__all__ = ["Gauge", "Reading", "reading"]
