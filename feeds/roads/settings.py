"""The section `[roads]` of the settings."""

import ipaddress
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec

from incidents.settings import WEB, setting

Kind = Literal["osrm", "valhalla"]
_INSIDE = (".internal", ".home.arpa", ".local", ".lan")  # names that no public name server answers for


class RoadSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The router: its address, and what it is. `remote` allows one outside the centre, by https only.

    It is told where the alarm and the units are, so it must be the centre's own unless somebody says otherwise.
    """

    url: Annotated[
        str,
        setting(
            "the centre's own router: the nearest units are compared by road (`docs/roads.md`)",
            example="http://127.0.0.1:5000",
            address=WEB,
        ),
    ] = ""
    kind: Annotated[Kind, setting("what it is: `osrm` or `valhalla`")] = "osrm"
    remote: Annotated[
        bool, setting("the router may be outside the centre, by `https://` only: it is told where she is")
    ] = False

    def __post_init__(self) -> None:
        """Raises ValueError for an address that can't be used; msgspec makes it a ValidationError of the settings."""
        if not self.url:
            return
        try:
            parts = urlsplit(self.url)
            host, _ = parts.hostname or "", parts.port
        except ValueError:
            raise ValueError("roads.url is no address") from None
        if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment or "@" in parts.netloc:
            raise ValueError("roads.url must be like http://127.0.0.1:5000, without a name, a query or a fragment")
        if _inside(host):
            return
        if not self.remote:
            raise ValueError(
                "roads.url leads outside the centre, and is told where she is; set roads.remote to allow it"
            )
        if parts.scheme != "https":
            raise ValueError("roads.url leads outside the centre: https:// only")


def _inside(host: str) -> bool:
    """Whether a host is this machine or of a private network: by its address, or by a name that is known to nobody else."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith(_INSIDE)
    return address.is_loopback or (address.is_private and not address.is_unspecified)
