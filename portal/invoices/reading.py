"""Reading files of strangers: ``portal.invoices.readers`` in a child that can be killed.

A file has ``ONE_FILE.seconds``. That is many times what an invoice takes (XML and OFD 20 ms, a page
of a PDF or a photo up to half a second) and keeps a hostile one below two. Each page of a PDF that
turns out to hold an invoice earns some more, so an honest file of many pages is read to
its end while one that only keeps the reader busy is not.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from datetime import date
from typing import Any

from portal.core.children import Child, Cost, Failed
from portal.core.errors import Invalid, NotNow
from portal.core.safe import Unsafe
from portal.core.words import from_data, to_data, words
from portal.invoices import readers
from portal.invoices.readers import Disagreement, Item, ReadInvoice, Unreadable

MEGABYTE = 1024 * 1024
ONE_FILE = Cost(
    seconds=1.4,
    earned_seconds=0.3,
    most_seconds=8.0,
    memory_bytes=1024 * MEGABYTE,
    wait_seconds=30.0,
    idle_seconds=600.0,
    questions=1000,
)
WITH_OCR = Cost(
    seconds=20.0,
    most_seconds=20.0,
    memory_bytes=4096 * MEGABYTE,
    wait_seconds=60.0,
    idle_seconds=600.0,
    questions=200,
)
"""Models take gigabytes of addresses and seconds a photo; only with the setting switched on."""

REFUSALS = {kind.__name__: kind for kind in (Invalid, Unsafe, Unreadable)}

_child = Child("portal.invoices.reading", nice=10)


class TooLong(Unreadable):
    """The file kept the reader busy and was given up."""


def read(data: bytes, media_type: str, *, ocr: bool = False) -> tuple[ReadInvoice, ...]:
    """The invoices in a file of a type that ``portal.core.files.accept`` found, at least one.

    Raises ``Unreadable`` when there is none to be read, ``TooLong`` when it takes too long or
    too much memory, other kinds of ``Invalid`` when it is damaged or hostile, and ``NotNow``
    when other files have kept the reader busy for half a minute; all with words for the form.
    """
    question = {"media_type": media_type, "ocr": ocr}
    try:
        answer, _ = _child.ask(question, data, WITH_OCR if ocr else ONE_FILE)
    except Failed as failed:
        if failed.why == "busy":
            raise NotNow(words("Other files are being read. Try again in a minute.")) from None
        raise TooLong(
            words("This file takes too long to be read, or breaks the reader. Type the values.")
        ) from None
    if "refused" in answer:
        raise REFUSALS[answer["as"]](from_data(answer["refused"]))
    return tuple(invoice_from_data(each) for each in answer["read"])


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
        found = readers.read(
            data, question["media_type"], ocr=question["ocr"], getting_on=getting_on
        )
    except Invalid as refusal:
        return {"refused": to_data(refusal.words), "as": type(refusal).__name__}, b""
    return {"read": [invoice_to_data(invoice) for invoice in found]}, b""


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
