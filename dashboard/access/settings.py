"""The sections `[access]` and `[oidc]` of the settings: read without a web server and without a sign-in."""

from pathlib import Path
from typing import Annotated

import msgspec

from incidents.settings import WEB, setting
from incidents.users import Named


class AccessTimes(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long a sign-in lasts, in minutes: `idle_min` without input, `shift_min` in all (a shift and half an hour)."""

    idle_min: Annotated[
        float,
        setting(
            "minutes without input after which a page is locked; its alarms stay, but it counts as seen and heard no more"
        ),
    ] = 60
    shift_min: Annotated[float, setting("minutes a sign-in lasts in all: a shift and half an hour")] = 12 * 60 + 30


class OidcSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The sign-in service. Without `issuer` there is none.

    The addresses are asked of the issuer unless `authorize_url`, `token_url` and `jwks_url` are all set. `roles_map` gives the
    role of Vigie for a value of the claim `roles_claim`; a claim inside another is written `realm_access.roles`.
    """

    issuer: Annotated[
        str,
        setting(
            "people sign in at this OpenID Connect provider (`docs/operations.md`)",
            example="https://sso.example/realms/police",
            address=WEB,
        ),
    ] = ""
    authorize_url: Annotated[
        str,
        setting(
            "where browsers sign in, where the issuer does not tell",
            default="asked of the issuer",
            example="https://sso.example/authorize",
            address=WEB,
        ),
    ] = ""
    token_url: Annotated[
        str,
        setting(
            "where codes are exchanged, where the issuer does not tell",
            default="asked of the issuer",
            example="https://sso.example/token",
            address=WEB,
        ),
    ] = ""
    user_url: Annotated[
        str,
        setting(
            "where more is known of a person, where the issuer does not tell",
            default="asked of the issuer",
            example="https://sso.example/userinfo",
            address=WEB,
        ),
    ] = ""
    jwks_url: Annotated[
        str,
        setting(
            "the provider's public keys, where the issuer does not tell",
            default="asked of the issuer",
            example="https://sso.example/keys",
            address=WEB,
        ),
    ] = ""
    client_id: Annotated[str, setting("as what Vigie is registered there", example="vigie")] = ""
    client_secret_file: Annotated[
        Path | None,
        setting(
            "the file that holds its secret; none for a public client", example="/srv/vigie/oidc.secret", reads="file"
        ),
    ] = None
    ca_file: Annotated[
        Path | None,
        setting(
            "the authority of its certificate", default="the system's", example="/srv/vigie/authority.pem", reads="file"
        ),
    ] = None
    scope: Annotated[str, setting("what is asked for")] = "openid profile"
    roles_claim: Annotated[
        str, setting("the claim that holds a person's roles; one inside another is written `realm_access.roles`")
    ] = "roles"
    roles_map: Annotated[
        dict[str, Named],
        setting(
            "the role of Vigie for each value of that claim",
            example={"amr-dispatch": "dispatcher", "amr-chief": "supervisor"},
        ),
    ] = {}
    zone_claim: Annotated[str, setting("the claim of the zone that a role `zone` answers for", example="zone")] = ""
    name_claim: Annotated[str, setting("the claim of the person's name")] = "preferred_username"
    label: Annotated[
        str, setting("what the button calls the service", default="single sign-on", example="Police sign-on")
    ] = ""

    @property
    def explicit(self) -> bool:
        """Whether the issuer need not be asked where to go."""
        return bool(self.authorize_url and self.token_url and self.jwks_url)
