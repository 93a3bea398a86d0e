"""A city's identity provider on this machine: OpenID Connect as far as a node asks for it, as wrong as a test wants."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from gezhi.people.signing_in.identity import IdentityProvider
from gezhi.people.signing_in.provider import LOGOUT_EVENT

CLIENT = "gezhi"
KEY = generate_private_key(65537, 2048)
STRANGER = generate_private_key(65537, 2048)


@dataclass
class Provider:
    """`claims`: what it says beside the usual; `signed`: how a token is signed; `described`: instead of the truth."""

    issuer: str
    claims: dict[str, Any] = field(default_factory=dict)
    signed: dict[str, Any] = field(default_factory=dict)
    described: dict[str, Any] = field(default_factory=dict)
    moved: str = ""
    nonce: str = ""
    asked: list[str] = field(default_factory=list)

    def token(self, **claims: Any) -> str:
        now = int(time.time())
        said = {"iss": self.issuer, "aud": CLIENT, "sub": "staff-1", "iat": now, "exp": now + 60, "sid": "s1"}
        headers = {"kid": "k1", **self.signed.get("headers", {})}
        key, algorithm = self.signed.get("key", KEY), self.signed.get("algorithm", "RS256")
        return jwt.encode(said | claims, key, algorithm, headers)

    def id_token(self) -> str:
        return self.token(**{"nonce": self.nonce, "preferred_username": "dispatcher"} | self.claims)

    def logout_token(self, **claims: Any) -> str:
        self.signed = {"headers": {"typ": "logout+jwt"}} | self.signed
        return self.token(**{"jti": str(time.time()), "events": {LOGOUT_EVENT: {}}} | claims)

    def description(self) -> dict[str, Any]:
        at = self.issuer
        return {
            "issuer": at,
            "authorization_endpoint": f"{at}/authorize",
            "token_endpoint": f"{at}/token",
            "jwks_uri": f"{at}/keys",
            "userinfo_endpoint": f"{at}/me",
        } | self.described

    def answer(self, path: str) -> dict[str, Any]:
        if path == "/keys":
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
            return {"keys": [public | {"kid": "k1", "alg": "RS256", "use": "sig"}]}
        if path == "/token":
            return {"access_token": "a", "token_type": "Bearer", "id_token": self.id_token()}
        return self.description()

    def as_setting(self) -> IdentityProvider:
        two = frozenset({"urn:example:two"})
        return IdentityProvider(
            self.issuer, CLIENT, "secret", "市统一认证", "preferred_username", ("openid",), two
        )


@contextmanager
def running() -> Iterator[Provider]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            provider.asked.append(path)
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if provider.moved and not path.startswith(provider.moved):
                self.send_response(307)
                self.send_header("Location", f"{provider.moved}{path}")
                self.end_headers()
                return
            body = json.dumps(provider.answer(path.removeprefix(provider.moved))).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        provider = Provider(f"http://127.0.0.1:{server.server_port}")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield provider
        server.shutdown()


def asked_in(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
