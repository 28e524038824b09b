"""An identity provider (OpenID Connect) on a thread, honest unless a test tells it to lie."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "portal", "the-secret-of-the-portal"
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})


class Idp(ThreadingHTTPServer):
    """``says`` are the claims of the next ID token; the rest is how it lies or fails."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Endpoint)
        self.issuer = f"http://127.0.0.1:{self.server_port}"
        self.key = KEY
        self.says: dict[str, Any] = {}
        self.alg = "RS256"
        self.named_issuer = self.issuer
        self.seconds = 0.0
        self.status = 200
        self.asked: list[str] = []
        self.granted: dict[str, dict[str, str]] = {}

    def signs_in(self, address: str, **says: Any) -> str:
        """What the browser does at the provider: the address that it is sent back to."""
        wanted = {name: value[0] for name, value in parse_qs(urlsplit(address).query).items()}
        assert wanted["response_type"] == "code"
        assert wanted["code_challenge_method"] == "S256"
        code = f"code-{len(self.granted)}"
        self.granted[code] = wanted
        self.says = {
            "iss": self.issuer, "aud": CLIENT, "sub": "u-1", "email": "alice@example.com",
            "email_verified": True, "nonce": wanted["nonce"], "iat": int(time.time()),
            "exp": int(time.time()) + 300, "auth_time": int(time.time()), **says,
        }  # fmt: skip
        back = urlsplit(wanted["redirect_uri"])
        return f"{back.path}?code={code}&state={wanted['state']}"

    def token(self) -> str:
        """The ID token as the provider signs it now."""
        header = {"alg": self.alg, "kid": self.key.kid}
        if self.alg == "RS256":
            return jwt.encode(header, self.says, self.key)
        signed = f"{plain(json.dumps(header))}.{plain(json.dumps(self.says))}"
        if self.alg == "none":
            return f"{signed}."
        # The old confusion: the public key taken for a shared secret.
        secret = self.key.as_pem(private=False)
        return f"{signed}.{plain(hmac.digest(secret, signed.encode(), 'sha256'))}"


def plain(data: str | bytes) -> str:
    """Base64 for addresses, without padding."""
    raw = data.encode() if isinstance(data, str) else data
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Endpoint(BaseHTTPRequestHandler):
    server: Idp

    def do_GET(self) -> None:
        if self.path == "/.well-known/openid-configuration":
            own = self.server.issuer
            self._answer({
                "issuer": self.server.named_issuer,
                "authorization_endpoint": f"{own}/authorize",
                "token_endpoint": f"{own}/token",
                "jwks_uri": f"{own}/keys",
                "end_session_endpoint": f"{own}/leave",
                "id_token_signing_alg_values_supported": ["RS256", "none", "HS256"],
            })  # fmt: skip
        elif self.path == "/keys":
            self._answer({"keys": [self.server.key.as_dict(private=False)]})

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        wanted = self.server.granted.pop(form["code"][0], None)
        challenge = plain(hashlib.sha256(form["code_verifier"][0].encode()).digest())
        secret = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        known = self.headers["Authorization"] == f"Basic {secret}"
        if not wanted or wanted["code_challenge"] != challenge or not known:
            self._answer({"error": "invalid_grant"}, 400)
            return
        self._answer({"access_token": "x", "token_type": "Bearer", "id_token": self.server.token()})

    def _answer(self, data: Any, status: int = 0) -> None:
        self.server.asked.append(self.path)
        time.sleep(self.server.seconds)
        body = json.dumps(data).encode()
        self.send_response(status or self.server.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Be quiet."""


@contextmanager
def serving() -> Iterator[Idp]:
    """A provider that answers until the end of the block."""
    idp = Idp()
    threading.Thread(target=idp.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield idp
    finally:
        idp.shutdown()
        idp.server_close()
