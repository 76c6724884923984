"""The buttons of the demo's cases, as the simulator presses them: at home, some on foot and some by car."""

from demo.towns import TOWNS
from feeds.simulator import SimulatedDevice
from incidents.case import Case

ON_FOOT_MPS = 1.4
BY_CAR_MPS = 12.0
_CENTRES = {town.zone: (town.lat, town.lon) for town in TOWNS}


def demo_devices(cases: tuple[Case, ...]) -> list[SimulatedDevice]:
    """The first device of each case, where its home is, else in the middle of its town. Every fourth moves by car."""
    devices = []
    for place, case in enumerate(cases, 1):
        lat, lon = (case.places[0].lat, case.places[0].lon) if case.places else _CENTRES[case.home_zone or ""]
        speed_mps = ON_FOOT_MPS if place % 4 else BY_CAR_MPS
        devices.append(SimulatedDevice(device=case.devices[0], lat=lat, lon=lon, case=case.number, speed_mps=speed_mps))
    return devices
