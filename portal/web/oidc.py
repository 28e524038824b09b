"""The company's identity provider: sending people there, and believing what comes back.

Authlib keeps state, nonce and the PKCE verifier in the browser's signed cookie, exchanges the
code and checks the ID token's signature. What it leaves open is decided here: which issuer,
which audience, which algorithms, how long to wait, and what people are told.
"""

import time
from dataclasses import dataclass
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.base_client import MismatchingStateError, OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask, Response, session
from joserfc.errors import JoseError
from requests import RequestException

from portal.core.words import Words, words
from portal.people.identities import Identity
from portal.settings import Settings
from portal.web.confirmed import LASTS
from portal.web.logs import log

SECONDS = 5
LEEWAY = 60
"""How many seconds the clocks of portal and provider may differ."""
SIGNATURES = tuple(f"{kind}{bits}" for kind in ("RS", "PS", "ES") for bits in (256, 384, 512))
"""Signatures by a key that only the provider has. Never ``none``, never a shared secret."""

SILENT = words("%(name)s does not answer. Try again in a minute.")
NOT_BELIEVED = words(
    "What %(name)s sent could not be verified, so nobody was signed in. Tell an administrator."
)
OUT_OF_DATE = words(
    "This sign-in was begun too long ago, in another browser, or twice at once. Begin again."
)
CANCELLED = words("%(name)s did not sign you in.")


class Refused(Exception):
    """Nobody is signed in; ``status`` is the answer's."""

    def __init__(self, status: int, says: Words):
        super().__init__(str(says))
        self.status, self.says = status, says


@dataclass(frozen=True)
class Answer:
    """What the provider said; the token is shown to it again when the person signs out."""

    identity: Identity
    token: str
    just_now: bool
    """Whether the person has shown there, a moment ago, who he is."""


class Provider:
    """The configured provider. Nothing is fetched before somebody signs in."""

    def __init__(self, app: Flask, settings: Settings, seconds: float = SECONDS):
        self.name = settings.oidc_name
        self.issuer = settings.oidc_issuer
        self.client_id = settings.oidc_client_id
        self.base_url = settings.base_url.rstrip("/")
        self.client: Any = OAuth(app).register(
            "provider",
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret or None,
            server_metadata_url=f"{self.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid email",
                "code_challenge_method": "S256",
                "default_timeout": seconds,
            },
        )

    def send_away(self, back: str, *, again: bool = False) -> Response:
        """Send the browser to the provider, and from there to the path ``back``.

        ``again`` has the person show there who he is, even if he is signed in there.
        Raises ``Refused``.
        """
        for key in [key for key in session if key.startswith("_state_")]:
            # Each is half a kilobyte, and a cookie holds four.
            del session[key]
        more = {"prompt": "login", "max_age": 0} if again else {}
        try:
            self._metadata()
            answer: Response = self.client.authorize_redirect(self.base_url + back, **more)
        except Exception as error:
            raise self._refused(error) from error
        return answer

    def answer(self) -> Answer:
        """What the provider says in the request that it sent the browser back with.

        Raises ``Refused``.
        """
        try:
            self._metadata()
            token = self.client.authorize_access_token(
                leeway=LEEWAY,
                claims_options={
                    "iss": {"essential": True, "value": self.issuer},
                    "aud": {"essential": True, "value": self.client_id},
                    "sub": {"essential": True},
                },
            )
            return self._understood(token)
        except Exception as error:
            # Keys may have been renewed: the next one to sign in fetches them anew.
            self.client.server_metadata.pop("jwks", None)
            raise self._refused(error) from error

    def good_bye(self, token: str, back: str) -> str | None:
        """Where the browser signs out there, too; None when the provider offers nothing."""
        try:
            if not self._metadata().get("end_session_endpoint"):
                return None
            left: dict[str, str] = self.client.create_logout_url(
                post_logout_redirect_uri=self.base_url + back,
                id_token_hint=token or None,
                client_id=self.client_id,
            )
        except Exception as error:
            self._refused(error)
            return None
        return left["url"]

    def _metadata(self) -> dict[str, Any]:
        """What the provider says about itself, fetched once by each process.

        OpenID Connect Discovery 1.0, 4.3: it must name the issuer that was asked for.
        """
        found: dict[str, Any] = self.client.load_server_metadata()
        if found.get("issuer") != self.issuer:
            self.client.server_metadata.clear()
            raise ValueError("the provider's metadata name another issuer")
        found["id_token_signing_alg_values_supported"] = list(SIGNATURES)
        self.client.client_kwargs["token_endpoint_auth_method"] = self._method(found)
        return found

    def _method(self, metadata: dict[str, Any]) -> str:
        if not self.client.client_secret:
            return "none"
        offered = metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        return "client_secret_basic" if "client_secret_basic" in offered else "client_secret_post"

    def _understood(self, token: dict[str, Any]) -> Answer:
        claims = token.get("userinfo")
        if not claims or not isinstance(claims["sub"], str) or not claims["sub"]:
            raise ValueError("no ID token with a subject")
        # Microsoft Entra says xms_edov where others say email_verified.
        verified = claims.get("email_verified") in (True, "true")
        verified = verified or claims.get("xms_edov") in (True, "true", "1", 1)
        email = claims.get("email") if verified else ""
        return Answer(
            Identity(self.issuer, claims["sub"], email if isinstance(email, str) else ""),
            token["id_token"],
            time.time() - claims.get("auth_time", 0) < LASTS.total_seconds(),
        )

    def _refused(self, error: Exception) -> Refused:
        """The refusal that people see; what happened goes into the log, without any name."""
        kind = type(error).__name__
        log.warning("no sign-in by the provider", error=kind, claim=getattr(error, "claim", None))
        if isinstance(error, MismatchingStateError):
            return Refused(400, OUT_OF_DATE)
        if isinstance(error, RequestException):
            return Refused(503, words(SILENT.text, name=self.name))
        if isinstance(error, OAuthError) and error.error == "access_denied":
            return Refused(403, words(CANCELLED.text, name=self.name))
        if not isinstance(
            error, (AuthlibBaseError, JoseError, LookupError, TypeError, ValueError, RuntimeError)
        ):
            raise error
        return Refused(502, words(NOT_BELIEVED.text, name=self.name))
