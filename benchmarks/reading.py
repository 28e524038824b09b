"""How long reading invoices takes, through the child process that the portal uses."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from portal.core.errors import Refusal
from portal.core.files import JPEG, OFD, PDF, XML, Accepted
from portal.invoices import reading
from tests.invoices import makers, samples
from tests.invoices.samples import DIGITAL

ROUNDS = 7
MIXED = 30

File = tuple[bytes, str]


@dataclass(frozen=True)
class Reading:
    """Milliseconds for one file of each kind; seconds for 30 as they are handed in, and until a
    file that would take minutes is given up.
    """

    start: float
    xml: float
    ofd: float
    photo: float
    pdf: float
    mixed: float
    hostile: float


def read_invoices() -> Reading:
    """Read one file of each kind, and then 30 mixed ones from their upload on."""
    files = _files()
    busy = makers.followed_by(makers.pdf(), b"0 0 600 390 re f " * 2_000_000, 1)
    began = time.monotonic()
    reading.warm_up()
    start = time.monotonic() - began
    one = {media_type: _middle(data, media_type) for data, media_type in files}
    return Reading(
        start=start * 1000,
        xml=one[XML],
        ofd=one[OFD],
        photo=one[JPEG],
        pdf=one[PDF],
        mixed=_seconds(lambda: _hand_in(files)),
        hostile=_seconds(lambda: _refused(busy)),
    )


def _files(number: int = 0) -> Sequence[File]:
    """An XML, an OFD, a phone's photo of a code, and a PDF with text and code."""
    digital = DIGITAL.but(number=f"263120000001{number:08d}")
    sheet = makers.turned(makers.paper(makers.code(makers.code_text(digital))), 4 + number)
    return (
        (samples.digital_xml(digital).encode(), XML),
        (samples.ofd(tags=samples.tags_and_page(samples.OLD)), OFD),
        (makers.jpeg(makers.dim(sheet.resize((4000, 3000)))), JPEG),
        (makers.pdf(digital), PDF),
    )


def _middle(data: bytes, media_type: str) -> float:
    times = [_seconds(lambda: reading.read(data, media_type)) for _ in range(ROUNDS)]
    return statistics.median(times) * 1000


def _hand_in(files: Sequence[File]) -> None:
    for place in range(MIXED):
        kept = reading.look(files[place % len(files)][0], "x")
        if not isinstance(kept, Accepted):
            raise RuntimeError("a file was taken for an archive")
        reading.read(kept.data, kept.media_type)


def _refused(data: bytes) -> None:
    try:
        reading.look(data, "x")
        reading.read(data, PDF)
    except Refusal:
        return
    raise RuntimeError("a file that takes minutes was read")


def _seconds(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began
