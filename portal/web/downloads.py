"""File names that survive the way through a header."""

from urllib.parse import quote

from flask import Response

PLAIN = str.maketrans({'"': "_", "\\": "_"})


def named(response: Response, filename: str, *, inline: bool = False) -> Response:
    """Give the answer a file name: plain for old browsers, whole for the others (RFC 6266)."""
    plain = filename.encode("ascii", "ignore").decode().translate(PLAIN).strip() or "file"
    kind = "inline" if inline else "attachment"
    response.headers["Content-Disposition"] = (
        f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"
    )
    return response
