"""A first visit of the claim list: everything a browser with an empty cache fetches."""

import socket
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

from benchmarks.databases import HOST
from benchmarks.visitor import Visitor

FETCHED = {"link[rel=stylesheet]": "href", "link[rel=icon]": "href", "script[src]": "src",
           "img[src]": "src"}  # fmt: skip


@dataclass(frozen=True)
class Visit:
    """Requests made, and bytes received with headers, compressed as sent."""

    requests: int
    size: int


def first_visit(port: int, visitor: Visitor, path: str) -> Visit:
    """What opening ``path`` fetches when nothing is cached yet."""
    html = LexborHTMLParser(visitor.get(path).text)
    addresses = {path: None} | {
        element.attributes[attribute] or "": None
        for selector, attribute in FETCHED.items()
        for element in html.css(selector)
    }
    sizes = [_received(port, address, visitor.cookie) for address in addresses]
    return Visit(len(sizes), sum(sizes))


def _received(port: int, path: str, cookie: str) -> int:
    asked = (
        f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nCookie: {cookie}\r\n"
        "Accept-Encoding: gzip, deflate, br\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(asked.encode())
        size = 0
        while chunk := connection.recv(65536):
            size += len(chunk)
    return size
