"""Files of strangers, looked at and read in a child that can be killed.

Looking cleans a file for keeping or takes an archive apart; what is late there is refused.
Reading is ``portal.invoices.readers``; what is late there is kept and typed by a person. What
either may take is many times what an invoice takes (XML and OFD 20 ms, a page of a PDF or a photo
up to half a second) and keeps a hostile one below two seconds. After a page of a PDF that turns
out to hold an invoice the next one has its time, too, so an honest file of many pages is read to
its end while one that only keeps the reader busy is not.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Any

from portal.core import files, pdf_look, zips
from portal.core.children import Child, Cost, Failed
from portal.core.errors import Invalid, NotNow
from portal.core.files import SUFFIXES, Accepted
from portal.core.safe import Unsafe
from portal.core.words import Words, from_data, to_data, words
from portal.invoices import readers
from portal.invoices.readers import Disagreement, Item, ReadInvoice, Unreadable

MEGABYTE = 1024 * 1024
ONE_FILE = Cost(
    seconds=1.4,
    earned_seconds=0.9,
    most_seconds=8.0,
    memory_bytes=1024 * MEGABYTE,
    wait_seconds=30.0,
    idle_seconds=600.0,
    questions=1000,
)
ONE_LOOK = replace(ONE_FILE, seconds=1.7, earned_seconds=0.0, most_seconds=1.7)
WITH_OCR = Cost(
    seconds=20.0,
    most_seconds=20.0,
    memory_bytes=4096 * MEGABYTE,
    wait_seconds=60.0,
    idle_seconds=600.0,
    questions=200,
)
"""Models take gigabytes of addresses and seconds a photo; only with the setting switched on."""

BUSY = words("Other files are being read. Try again in a minute.")
REFUSALS = {kind.__name__: kind for kind in (Invalid, Unsafe, Unreadable)}

_child = Child("portal.invoices.reading", nice=10)


class TooLong(Unreadable):
    """The file kept the reader busy and was given up."""


@dataclass(frozen=True)
class Entry:
    """A file of an archive, or why it is none that is accepted; nobody has looked at it yet."""

    filename: str
    data: bytes
    refused: Words | None = None


def look(
    data: bytes, filename: str, *, wait_seconds: float | None = None
) -> Accepted | tuple[Entry, ...]:
    """A file that was handed in as it may be kept, or what is in it when it is an archive.

    Raises ``Invalid`` with the reason when it is not to be kept, also when looking at it takes
    too long or too much memory, and ``NotNow`` when other files have kept the child busy for
    ``wait_seconds``, half a minute unless they are given.
    """
    try:
        answer, body = _ask({"look_at": filename}, data, ONE_LOOK, wait_seconds)
    except Failed as failed:
        if failed.why in ("busy", "missing"):
            raise NotNow(BUSY) from None
        raise Unsafe(
            words("This file takes too long to be opened, or breaks what opens it. Save it anew.")
        ) from None
    if "refused" in answer:
        raise REFUSALS[answer["as"]](from_data(answer["refused"]))
    if "inside" in answer:
        return tuple(_entries(answer["inside"], body))
    return Accepted(
        body,
        filename=answer["filename"],
        pages=answer["pages"],
        media_type=answer["media_type"],
        suffix=SUFFIXES[answer["media_type"]],
    )


def _entries(inside: list[Any], body: bytes) -> Iterator[Entry]:
    start = 0
    for filename, size, refused in inside:
        yield Entry(filename, body[start : start + size], from_data(refused) if refused else None)
        start += size


def read(
    data: bytes, media_type: str, *, ocr: bool = False, wait_seconds: float | None = None
) -> tuple[ReadInvoice, ...]:
    """The invoices in a file of a type that ``portal.core.files.accept`` found, at least one.

    Raises ``Unreadable`` when there is none to be read, ``TooLong`` when it takes too long or
    too much memory, other kinds of ``Invalid`` when it is damaged or hostile, and ``NotNow``
    when other files have kept the reader busy for ``wait_seconds``, half a minute or with ``ocr``
    a whole one unless they are given; all with words for the form.
    """
    question = {"media_type": media_type, "ocr": ocr}
    try:
        answer, _ = _ask(question, data, WITH_OCR if ocr else ONE_FILE, wait_seconds)
    except Failed as failed:
        if failed.why == "busy":
            raise NotNow(BUSY) from None
        raise TooLong(
            words("This file takes too long to be read, or breaks the reader. Type the values.")
        ) from None
    if "refused" in answer:
        raise REFUSALS[answer["as"]](from_data(answer["refused"]))
    return tuple(invoice_from_data(each) for each in answer["read"])


def _ask(
    question: Mapping[str, Any], data: bytes, cost: Cost, wait_seconds: float | None
) -> tuple[dict[str, Any], bytes]:
    if wait_seconds is not None:
        cost = replace(cost, wait_seconds=wait_seconds)
    return _child.ask(question, data, cost)


def warm_up() -> None:
    """Start the reader before anybody waits for it. Raises ``Failed`` when it does not start."""
    _child.start()


def start() -> Callable[..., tuple[dict[str, Any], bytes]]:
    """In the child: everything loaded that reading needs, and what answers then."""
    from PIL import Image

    from portal.invoices.readers import pdf
    from portal.invoices.readers.codes import codes_in

    Image.preinit()
    codes_in(Image.new("L", (8, 8)))
    assert pdf
    b"".decode("gb18030")
    return _answer


def _answer(
    question: Mapping[str, Any], data: bytes, getting_on: Callable[[], None]
) -> tuple[dict[str, Any], bytes]:
    try:
        if "look_at" in question:
            return _looked_at(data, question["look_at"])
        found = readers.read(
            data, question["media_type"], ocr=question["ocr"], getting_on=getting_on
        )
    except Invalid as refusal:
        return {"refused": to_data(refusal.words), "as": type(refusal).__name__}, b""
    return {"read": [invoice_to_data(invoice) for invoice in found]}, b""


def _looked_at(data: bytes, filename: str) -> tuple[dict[str, Any], bytes]:
    inside = zips.unpack(data, filename)
    if inside is not None:
        listed = [[name, len(content), _refused(content)] for name, content in inside]
        return {"inside": listed}, b"".join(content for _, content in inside)
    kept = files.accept(data, filename, count=pdf_look.count)
    about = {"filename": kept.filename, "media_type": kept.media_type, "pages": kept.pages}
    return about, kept.data


def _refused(content: bytes) -> dict[str, Any] | None:
    """Why a file of an archive is not accepted: archives, too, are opened no second time."""
    try:
        files.media_type_of(content)
    except Invalid as refusal:
        return to_data(refusal.words)
    return None


def invoice_to_data(invoice: ReadInvoice) -> dict[str, Any]:
    """The invoice as JSON data; ``invoice_from_data`` turns it back."""
    data = asdict(invoice)
    data["issued_on"] = invoice.issued_on.isoformat() if invoice.issued_on else None
    return data


def invoice_from_data(data: Mapping[str, Any]) -> ReadInvoice:
    """The invoice that ``invoice_to_data`` made ``data`` from."""
    values = {field.name: data[field.name] for field in fields(ReadInvoice)}
    issued_on = values["issued_on"]
    return ReadInvoice(
        **{
            **values,
            "issued_on": date.fromisoformat(issued_on) if issued_on else None,
            "items": tuple(Item(**item) for item in values["items"]),
            "disagreements": tuple(Disagreement(**each) for each in values["disagreements"]),
            "unread": tuple(values["unread"]),
        }
    )
