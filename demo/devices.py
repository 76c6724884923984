"""The buttons of the demo's cases, as the simulator presses them: at home, some on foot and some by car."""

import random
from collections.abc import Sequence

from demo.streets import ways_about
from demo.towns import TOWNS
from feeds.gateway import Gateway
from feeds.simulator import SimulatedDevice
from incidents.case import Case
from maps.streets.street_file import streets_from

ON_FOOT_MPS = 1.4
BY_CAR_MPS = 12.0
_CENTRES = {town.zone: (town.lat, town.lon) for town in TOWNS}


def demo_devices(cases: tuple[Case, ...]) -> list[SimulatedDevice]:
    """The first device of each case, where its home is, else in the middle of its town; along its
    streets where the map is shipped with them. Every fourth moves by car."""
    streets, devices = streets_from(None), []
    for place, case in enumerate(cases, 1):
        lat, lon = (case.places[0].lat, case.places[0].lon) if case.places else _CENTRES[case.home_zone or ""]
        speed_mps = ON_FOOT_MPS if place % 4 else BY_CAR_MPS
        devices.append(
            SimulatedDevice(
                device=case.devices[0],
                lat=lat,
                lon=lon,
                case=case.number,
                speed_mps=speed_mps,
                ways=ways_about(streets, lat, lon),
            )
        )
    return devices


async def report(gateway: Gateway, devices: Sequence[SimulatedDevice], seed: int) -> None:
    """What each device says of itself when a desk comes: that it is well, and its battery. One is low."""
    dice = random.Random(seed)
    low = dice.choice(devices).device
    for device in devices:
        battery = 11 if device.device == low else dice.randrange(35, 101)
        state = "battery_low" if device.device == low else "ok"
        await gateway.publish({"kind": "device", "device": device.device, "state": state, "battery": battery})
