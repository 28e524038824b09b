"""Static files under hashed names, compressed once at start and cached for a year."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

import brotli
from flask import Blueprint, Flask, Response, abort, current_app, request, url_for

from portal.web.guards import public

BUNDLES = {
    "css/portal.css": ("css/base.css", "css/ui.css", "css/print.css"),
    "vendor/htmx.js": ("vendor/htmx-1.9.12.min.js",),
}
SERVED = (".css", ".js", ".svg", ".png")
A_YEAR = "public, max-age=31536000, immutable"

blueprint = Blueprint("assets", __name__)


@dataclass(frozen=True)
class Asset:
    """One file as it is sent."""

    name: str
    hashed: str
    media_type: str
    plain: bytes
    gzipped: bytes
    brotlied: bytes


def load(root: Path) -> dict[str, Asset]:
    """Every static file below ``root`` and every bundle, by its plain name."""
    sources = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.suffix in SERVED
    }
    for name, parts in BUNDLES.items():
        sources[name] = b"\n".join(sources[part] for part in parts)
    return {name: _asset(name, data) for name, data in sources.items()}


def _asset(name: str, data: bytes) -> Asset:
    stem, _, suffix = name.rpartition(".")
    hashed = f"{stem}.{hashlib.sha256(data).hexdigest()[:12]}.{suffix}"
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if media_type == "application/javascript":
        media_type = "text/javascript"
    return Asset(name, hashed, media_type, data, gzip.compress(data, 9), brotli.compress(data))


def init(app: Flask) -> None:
    """Load the files and teach templates ``asset(name)``."""
    assets = load(Path(app.root_path) / "static")
    app.extensions["assets"] = {asset.hashed: asset for asset in assets.values()}

    app.register_blueprint(blueprint)
    with app.test_request_context():
        addresses = {name: url_for("assets.serve", name=assets[name].hashed) for name in assets}
    app.jinja_env.globals["asset"] = addresses.__getitem__


@blueprint.get("/static/<path:name>")
@public
def serve(name: str) -> Response:
    """A static file; only hashed names exist, so an answer never grows stale."""
    asset: Asset | None = current_app.extensions["assets"].get(name)
    if asset is None:
        abort(404)
    accepted = request.accept_encodings
    body, encoding = asset.plain, None
    if accepted["br"]:
        body, encoding = asset.brotlied, "br"
    elif accepted["gzip"]:
        body, encoding = asset.gzipped, "gzip"
    response = Response(body, mimetype=asset.media_type)
    response.headers["Cache-Control"] = A_YEAR
    response.headers["Vary"] = "Accept-Encoding"
    if encoding:
        response.headers["Content-Encoding"] = encoding
    return response
