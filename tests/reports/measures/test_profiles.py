"""Named targets, and a centre's own."""

import tomllib

import pytest

from incidents.intervals import BY_NAME, Target
from reports.measures.profiles import PROFILES, ProfileError, own_profile

OWN = """
name = "Own"
made_for = "presses in our province"
source = "agreement of 1 March 2026"
[[targets]]
interval = "received->acknowledged"
limit_s = 10
share = 0.9
under = true
"""


def facts(**changes: object) -> dict[str, object]:
    return {**tomllib.loads(OWN), **changes}


@pytest.mark.parametrize("key", ["amr", "cic", "nena", "nfpa"])
def test_a_profile_says_what_it_was_made_for_and_names_our_intervals(key: str) -> None:
    profile = PROFILES[key]
    assert profile.made_for and profile.source
    assert all(target.interval in BY_NAME for target in profile.targets)


def test_a_centres_own_profile_is_read_from_toml() -> None:
    own = own_profile(facts())
    assert own.name == "Own" and own.source == "agreement of 1 March 2026"
    assert own.targets == (Target(interval="received->acknowledged", limit_s=10.0, share=0.9, under=True),)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"made_for": " "}, "made_for is empty"),
        ({"targets": []}, "targets is empty"),
        ({"color": "red"}, "color"),
        ({"targets": [{"interval": "received->acknowledged"}]}, "limit_s"),
        (
            {"targets": [{"interval": "received->answered", "limit_s": 10}]},
            r"targets\[0\].interval is none of pressed->",
        ),
        ({"targets": [{"interval": "routed->accepted", "limit_s": 0}]}, r"targets\[0\].limit_s"),
        ({"targets": [{"interval": "routed->accepted", "limit_s": "10 s"}]}, "limit_s"),
        ({"targets": [{"interval": "routed->accepted", "limit_s": 10, "share": 90}]}, "0.9 for 90 %"),
    ],
    ids=["no purpose", "no target", "unknown key", "no limit", "unknown interval", "zero", "text", "percent"],
)
def test_a_wrong_profile_is_refused_with_where_and_why(changes: dict[str, object], said: str) -> None:
    with pytest.raises(ProfileError, match=said):
        own_profile(facts(**changes))
