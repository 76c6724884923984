"""Believable presses and movement for a demonstration, a test or a training room: no line of it is about a real person."""

from feeds.simulator.devices import DEVICES, SimulatedDevice
from feeds.simulator.simulator import Step, simulate, timeline

__all__ = ["DEVICES", "SimulatedDevice", "Step", "simulate", "timeline"]
