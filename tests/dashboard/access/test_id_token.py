"""What an id token must hold before anything in it is believed, and what is made of it."""

import hmac
import time
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from dashboard.access.oidc import NotVerified, Oidc, OidcError, Unreachable, found, person, verified
from dashboard.access.settings import OidcSettings

ISSUER, CLIENT, NONCE = "https://sso.example", "vigie", "a nonce"
KEY, OTHER = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
CURVE = ec.generate_private_key(ec.SECP256R1())


def jwk(key: Any, kid: str, **more: str) -> dict[str, Any]:
    kind = jwt.algorithms.ECAlgorithm if key is CURVE else jwt.algorithms.RSAAlgorithm
    return kind.to_jwk(key.public_key(), as_dict=True) | {"kid": kid} | more


KEYS = {"keys": [jwk(KEY, "one", use="sig", alg="RS256"), jwk(CURVE, "two", alg="ES256")]}


def claims(**more: Any) -> dict[str, Any]:
    now = int(time.time())
    said = {"iss": ISSUER, "aud": CLIENT, "sub": "anna", "nonce": NONCE, "iat": now, "exp": now + 300} | more
    return {name: value for name, value in said.items() if value is not None}


def check(token: str, keys: Any = KEYS) -> dict[str, Any]:
    return verified(token, keys, issuer=ISSUER, client_id=CLIENT, nonce=NONCE)


def signed(key: Any = KEY, alg: str = "RS256", kid: str | None = "one", **more: Any) -> str:
    return jwt.encode(claims(**more), key, algorithm=alg, headers={"kid": kid} if kid else None)


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"key": CURVE, "alg": "ES256", "kid": "two"},
        {"aud": [CLIENT]},
        {"aud": [CLIENT, "another"], "azp": CLIENT},
    ],
)
def test_a_token_that_is_ours_is_believed(more: dict[str, Any]) -> None:
    assert check(signed(**more))["sub"] == "anna"
    assert check(signed(**more, exp=int(time.time()) - 5))["sub"] == "anna"  # its clock and ours


@pytest.mark.parametrize(
    "more",
    [
        {"aud": "another"},
        {"aud": None},
        {"aud": [CLIENT, "another"]},
        {"azp": "another"},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"nonce": "another nonce"},
        {"nonce": None},
        {"nonce": 7},
        {"exp": int(time.time()) - 120},
        {"exp": None},
        {"iat": int(time.time()) + 6000},
        {"sub": None},
        {"sub": ""},
    ],
)
def test_a_claim_that_is_not_as_it_must_be_is_refused(more: dict[str, Any]) -> None:
    with pytest.raises(NotVerified):
        check(signed(**more))


def test_a_token_that_the_provider_did_not_sign_is_refused() -> None:
    public = KEY.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    head, body, mark = signed().split(".")
    symmetric = jwt.utils.base64url_encode(b'{"alg":"HS256","typ":"JWT","kid":"one"}').decode()
    secret = f"{symmetric}.{body}"  # the public key taken for a secret
    forged = [
        signed(OTHER),
        signed(OTHER, kid="three"),
        f"{secret}.{jwt.utils.base64url_encode(hmac.digest(public, secret.encode(), 'sha256')).decode()}",
        jwt.encode(claims(), None, algorithm="none", headers={"kid": "one"}),
        f"{head}.{body}.",
        f"{head}.{signed(sub='eve').split('.')[1]}.{mark}",
        "",
        "no token",
        "a.b.c",
    ]
    for token in forged:
        with pytest.raises(NotVerified):
            check(token)


@pytest.mark.parametrize(
    "keys", [{}, {"keys": []}, {"keys": "x"}, {"keys": [{"kty": "oct", "k": "AAAA", "kid": "one"}]}]
)
def test_keys_that_are_none_verify_nothing(keys: Any) -> None:
    with pytest.raises(NotVerified):
        check(signed(), keys)


def test_a_token_that_names_no_key_is_checked_with_the_only_one() -> None:
    assert check(signed(kid=None), {"keys": KEYS["keys"][:1]})["sub"] == "anna"
    with pytest.raises(NotVerified):
        check(signed(kid=None))


def settings(**more: Any) -> OidcSettings:
    facts: dict[str, Any] = {
        "issuer": ISSUER,
        "client_id": CLIENT,
        "roles_map": {"amr": "dispatcher", "chef": "supervisor"},
    }
    return OidcSettings(**facts | more)


@pytest.mark.parametrize(
    ("roles", "held"),
    [
        (["amr", "chef", "amr", "x"], {"dispatcher", "supervisor"}),
        ("amr", {"dispatcher"}),
        ("amr chef", set()),
        (["dispatcher", "administrator"], set()),  # Vigie's own words give nothing
        ([["amr"], 7, None], set()),
        ({"amr": True}, set()),
        (None, set()),
    ],
)
def test_roles_come_from_the_map_alone(roles: Any, held: set[str]) -> None:
    assert person(claims(preferred_username="Anna", roles=roles), settings()).roles == held


def test_a_claim_is_found_by_its_name_and_then_inside_others() -> None:
    said = {"realm_access": {"roles": ["amr"]}, "https://amr.example/roles": ["chef"], "a.b": 1, "a": {"b": 2}}
    assert found(said, "realm_access.roles") == ["amr"]
    assert found(said, "https://amr.example/roles") == ["chef"]
    assert found(said, "a.b") == 1
    assert found(said, "realm_access.roles.x") is None
    assert found(said, "") is None


@pytest.mark.parametrize("name", [None, "", 7, ["Anna"]])
def test_nobody_is_known_without_a_name(name: Any) -> None:
    with pytest.raises(NotVerified):
        person(claims(preferred_username=name), settings())


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"issuer": ""}, "oidc.issuer"),
        ({"issuer": "http://sso.example"}, "oidc.issuer"),
        ({"token_url": "http://sso.example/token"}, "oidc.token_url"),
        ({"client_id": ""}, "oidc.client_id"),
        ({"roles_map": {}}, "oidc.roles_map"),
        ({"scope": "profile"}, "oidc.scope"),
        ({"roles_map": {"z": "zone"}}, "oidc.zone_claim"),
        ({"client_secret_file": Path("/nowhere/secret")}, "oidc.client_secret_file"),
    ],
)
def test_settings_that_can_not_work_are_named(more: dict[str, Any], said: str) -> None:
    with pytest.raises(OidcError, match=said):
        Oidc(settings(**more))


@pytest.mark.parametrize(
    "more",
    [
        {"issuer": "https://evil.example"},
        {"authorization_endpoint": "https://evil.example/authorize"},
        {"token_endpoint": "http://sso.example/token"},
        {"token_endpoint": "http://127.0.0.1:6379/token"},  # this machine's own services
        {"jwks_uri": "http://localhost:8500/keys"},
        {"userinfo_endpoint": "http://[::1]:80/"},
        {"userinfo_endpoint": "https://[::1"},
        {"jwks_uri": None},
    ],
)
async def test_an_issuer_that_sends_elsewhere_is_not_followed(
    more: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = {
        "issuer": ISSUER,
        "authorization_endpoint": f"{ISSUER}/authorize",
        "token_endpoint": f"{ISSUER}/token",
        "jwks_uri": f"{ISSUER}/keys",
    }
    oidc = Oidc(settings())

    async def answer(request: Any) -> dict[str, Any]:
        return {name: value for name, value in (said | more).items() if value is not None}

    monkeypatch.setattr(oidc, "_json", answer)
    with pytest.raises(Unreachable):
        await oidc.begin(redirect="https://vigie.example/oidc-callback", next="/operator")
