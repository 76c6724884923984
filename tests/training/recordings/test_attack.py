"""A masked track can be told from a hundred others by its shape; a strongly masked one by nothing that we could think of."""

from collections.abc import Callable
from random import Random

import pytest

from incidents.exercises.room import Masking
from maps.zones import Zones
from tests.training.recordings.attacks import (
    ATTACKS,
    CANDIDATES,
    hits,
    more_by_chance,
    random_track,
    recording_on,
    track_of,
)
from training.masking import mask

LEAST_P = 0.001 / (len(ATTACKS) + 1)  # thirteen tests are made: Bonferroni


def attacked(how: Masking, seeds: range, trials: int, zones: Zones) -> dict[str, int]:
    """Right guesses of `trials` for each of these seeds."""
    found: dict[str, int] = {}
    for seed in seeds:
        chance = Random(seed)
        tracks = [random_track(chance) for _ in range(CANDIDATES)]
        made = []
        for _ in range(trials):
            n = chance.randrange(CANDIDATES)
            masked = mask(recording_on(tracks[n], chance), how=how, zones=zones, expires=None, random=chance)
            made.append((n, track_of(masked)))
        for name, right in hits(made, tracks).items():
            found[name] = found.get(name, 0) + right
    return found


def test_the_attacks_find_a_track_that_is_only_turned_and_moved(zones: Zones) -> None:
    found = attacked("masked", range(1), 4, zones)
    assert {found[name] for name in found if name not in ("lasting", "count", "length")} == {4}
    assert min(found.values()) >= 1


def test_strongly_masked_they_do_no_better_than_chance(zones: Zones) -> None:
    found = attacked("strong", range(1, 2), 20, zones)
    assert {name: right for name, right in found.items() if more_by_chance(right, 20) < LEAST_P} == {}


@pytest.mark.prove
@pytest.mark.timeout(1800)
def test_strongly_masked_they_do_no_better_than_chance_over_many_tracks(
    zones: Zones, record_testsuite_property: Callable[[str, object], None]
) -> None:
    trials, seeds = 100, range(10, 15)
    found = attacked("strong", seeds, trials, zones)
    every = trials * len(seeds)
    told = ", ".join(f"{name} {right}" for name, right in found.items())
    record_testsuite_property(f"right guesses among 100 tracks, of {every}; chance {every / CANDIDATES:.0f}", told)
    assert {name: right for name, right in found.items() if more_by_chance(right, every) < LEAST_P} == {}
