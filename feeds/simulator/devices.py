"""The devices that are simulated: fictional ones, at public places in every province."""

import msgspec

Way = tuple[tuple[float, float], ...]  # the corners of a street: latitude and longitude


class SimulatedDevice(msgspec.Struct, frozen=True, kw_only=True):
    """A device and where it is usually; `speed_mps` is how its bearer moves when chased: 1.4 on foot, 12 by car.

    `ways` are the streets about it, along which its bearer goes; without any, over open ground.
    """

    device: str
    lat: float
    lon: float
    case: str | None = None
    speed_mps: float = 1.4
    ways: tuple[Way, ...] = ()


# Stations, squares and a few places beside a zone's border. Devices SIM-... exist nowhere else.
DEVICES: tuple[SimulatedDevice, ...] = tuple(
    SimulatedDevice(device=f"SIM-{number:05d}", lat=lat, lon=lon, speed_mps=speed)
    for number, lat, lon, speed in (
        (1, 51.0543, 3.7174, 1.4),  # Gent
        (2, 50.8466, 4.3528, 1.4),  # Bruxelles
        (3, 51.2194, 4.4025, 12.0),  # Antwerpen
        (4, 50.4669, 4.8675, 1.4),  # Namur
        (5, 50.6326, 5.5797, 1.4),  # Liège
        (6, 50.4542, 3.9523, 12.0),  # Mons
        (7, 50.8798, 4.7005, 1.4),  # Leuven
        (8, 50.9307, 5.3325, 1.4),  # Hasselt
        (9, 51.2093, 3.2247, 1.4),  # Brugge
        (10, 49.6833, 5.8167, 12.0),  # Arlon
        (11, 50.7172, 4.6112, 1.4),  # Wavre
        (12, 50.6279, 6.0364, 1.4),  # Eupen
        (13, 51.0019, 3.7402, 1.4),  # Gent, at the border with Merelbeke
        (14, 50.9012, 4.4078, 1.4),  # Haren, at the border of Brussels
        (15, 51.3225, 4.9447, 12.0),  # Turnhout
        (16, 50.7471, 3.2136, 1.4),  # Mouscron, beside the frontier
    )
)

# Where somebody goes on a day off, and is heard all the same.
ABROAD: tuple[tuple[float, float], ...] = ((50.6366, 3.0707), (51.5891, 4.7760), (50.7753, 6.0839), (49.6117, 6.1300))
