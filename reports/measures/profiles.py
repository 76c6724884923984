"""Named targets, each with what it was made for: none of the published ones was made for a press of this alarm."""

from collections.abc import Mapping

import msgspec

from incidents.intervals import BY_NAME, Profile, Target

PROFILES: dict[str, Profile] = {
    "amr": Profile(
        name="AMR",
        targets=(Target(interval="pressed->on_scene", limit_s=600),),
        made_for=(
            "The mobile anti-stalking alarm itself: police on the scene in 10 minutes on average. The promise is an average and"
            " names no share; here it is the number within 10 minutes, beside median and maximum, never the mean alone."
        ),
        source="the published promise of the mobile anti-stalking alarm, Belgium",
    ),
    "cic": Profile(
        name="CIC",
        targets=(Target(interval="received->acknowledged", limit_s=10, under=True),),
        made_for=(
            "Telephone calls to a Belgian communication and information centre: the share answered in under 10 seconds."
            " Here: from the press received to a person's acknowledgement, which is no telephone call; no share is promised."
        ),
        source="the Belgian centres' measure of telephone answering",
    ),
    "nena": Profile(
        name="NENA-STA-020",
        targets=(
            Target(interval="received->acknowledged", limit_s=15, share=0.90),
            Target(interval="received->acknowledged", limit_s=20, share=0.95),
        ),
        made_for=(
            "9-1-1 telephone calls in North America: 90 % answered within 15 seconds and 95 % within 20 seconds of arriving"
            " at the answering point. Here: from the press received to a person's acknowledgement."
        ),
        source="NENA-STA-020.1-2020, 9-1-1 call processing",
    ),
    "nfpa": Profile(
        name="NFPA 1225",
        targets=(
            Target(interval="received->acknowledged", limit_s=10, share=0.90),
            Target(interval="acknowledged->routed", limit_s=60, share=0.90),
        ),
        made_for=(
            "Fire and ambulance calls in the United States: 90 % answered within 10 seconds, 90 % processed within 60 seconds,"
            " from the answer to the first unit dispatched. Here answering is received->acknowledged, and processing"
            " acknowledged->routed, the first order to a police zone, which then chooses its unit; police calls were not in it."
        ),
        source="NFPA 1225, Standard for Emergency Services Communications, 2022 edition",
    ),
}


class ProfileError(ValueError):
    """A centre's own profile cannot be read; the message says where and why."""


class _OwnTarget(msgspec.Struct, forbid_unknown_fields=True):
    interval: str
    limit_s: float
    share: float | None = None
    under: bool = False


class _Own(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    targets: list[_OwnTarget]
    made_for: str
    source: str


def own_profile(facts: Mapping[str, object]) -> Profile:
    """A centre's own profile, from settings or a TOML table:

        name = "CIC Gent"
        made_for = "presses of the alarm in our province, agreed with the zones"
        source = "agreement of 1 March 2026"
        [[targets]]
        interval = "received->acknowledged"
        limit_s = 10
        share = 0.9        # optional: without it nothing is promised, the share is only told
        under = true       # optional: less than the limit; otherwise the limit itself is within

    All that a reader needs beside a figure must be there. Raises ProfileError.
    """
    try:
        own = msgspec.convert(dict(facts), _Own)
    except msgspec.ValidationError as error:
        raise ProfileError(str(error).replace("`$.", "`").replace("`$`", "the profile")) from None
    for field in ("name", "made_for", "source"):
        if not getattr(own, field).strip():
            raise ProfileError(f"{field} is empty: a figure is only read beside it")
    if not own.targets:
        raise ProfileError("targets is empty: a profile has at least one")
    return Profile(
        name=own.name.strip(),
        targets=tuple(_target(target, f"targets[{at}]") for at, target in enumerate(own.targets)),
        made_for=own.made_for.strip(),
        source=own.source.strip(),
    )


def _target(target: _OwnTarget, where: str) -> Target:
    if target.interval not in BY_NAME:
        raise ProfileError(f"{where}.interval is none of {', '.join(BY_NAME)}")
    if not 0 < target.limit_s < float("inf"):
        raise ProfileError(f"{where}.limit_s is a number of seconds above 0")
    if target.share is not None and not 0 < target.share <= 1:
        raise ProfileError(f"{where}.share is above 0 and at most 1: 0.9 for 90 %")
    return Target(interval=target.interval, limit_s=target.limit_s, share=target.share, under=target.under)
