"""The sections `[access]` and `[oidc]` of the settings: read without a web server and without a sign-in."""

from pathlib import Path

import msgspec

from incidents.roles import Named


class AccessTimes(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long a sign-in lasts, in minutes: `idle_min` without input, `shift_min` in all (a shift and half an hour)."""

    idle_min: float = 60
    shift_min: float = 12 * 60 + 30


class OidcSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The sign-in service. Without `issuer` there is none.

    The addresses are asked of the issuer unless `authorize_url`, `token_url` and `jwks_url` are all set. `roles_map` gives the
    role of Vigie for a value of the claim `roles_claim`; a claim inside another is written `realm_access.roles`.
    """

    issuer: str = ""
    authorize_url: str = ""
    token_url: str = ""
    user_url: str = ""
    jwks_url: str = ""
    client_id: str = ""
    client_secret_file: Path | None = None
    ca_file: Path | None = None
    scope: str = "openid profile"
    roles_claim: str = "roles"
    roles_map: dict[str, Named] = {}
    zone_claim: str = ""
    name_claim: str = "preferred_username"
    label: str = ""

    @property
    def explicit(self) -> bool:
        """Whether the issuer need not be asked where to go."""
        return bool(self.authorize_url and self.token_url and self.jwks_url)
