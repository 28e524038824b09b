"""Headers of every answer, and who may be asked for."""

from flask import Flask, Response, request
from werkzeug.exceptions import BadRequest
from werkzeug.middleware.proxy_fix import ProxyFix

from portal.settings import Settings

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

FIXED = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def init(app: Flask, chosen: Settings) -> None:
    """Believe only configured proxies, answer only to the configured host."""
    hops = chosen.trusted_proxies
    if hops:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )
    hosts = {chosen.host_name}
    if chosen.mode != "production":
        hosts |= {"127.0.0.1", "localhost", "::1", chosen.host}

    @app.before_request
    def check_host() -> None:
        if request.path in ("/healthz", "/readyz"):
            return
        name = request.host.rsplit(":", 1)[0].strip("[]")
        if name not in hosts:
            raise BadRequest

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in FIXED.items():
            response.headers.setdefault(name, value)
        # Personal pages are never kept: Back after a sign-out shows nothing.
        response.headers.setdefault("Cache-Control", "no-store")
        if chosen.secure:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response
