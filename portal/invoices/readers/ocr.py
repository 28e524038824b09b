"""The print of a photographed invoice, read offline with RapidOCR's own models (extra ``ocr``).

A misread digit looks like any other, so nothing is taken that the picture does not prove twice:
sums by the total in words, names and tax numbers by the code on the same paper.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from PIL import Image

from portal.invoices.readers.invoice import Fields, Found
from portal.invoices.readers.printed import Glyph, fields_of_page

SURE, CERTAIN = 0.8, 0.95
"""Lines of text with less confidence are left out: of sums, and of names, which prove nothing."""
LARGEST_SIDE = 1800

_TAX_ID_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def proven_print(picture: Image.Image, codes: Sequence[Found]) -> list[Fields]:
    """What can be taken from the print of one invoice with at most one code; none or one."""
    try:
        lines = _lines(picture)
    except ImportError:
        return []
    fields = fields_of_page([glyph for glyph, score in lines if score >= SURE])
    if not codes:
        proven = fields is not None and fields.spelled is not None
        return [_sums_only(fields)] if proven and fields else []
    named = fields_of_page([glyph for glyph, score in lines if score >= CERTAIN])
    if fields is None or fields.number != codes[0].fields.number:
        return []
    return [
        replace(
            _sums_only(fields),
            number=fields.number,
            code=fields.code,
            seller=named.seller if named else None,
            buyer=named.buyer if named else None,
            seller_tax_id=_checked(fields.seller_tax_id),
            buyer_tax_id=_checked(fields.buyer_tax_id),
        )
    ]


def _sums_only(fields: Fields) -> Fields:
    return Fields(
        net=fields.net,
        tax=fields.tax,
        total=fields.total,
        spelled=fields.spelled,
        kind=fields.kind,
        items=fields.items,
    )


def _checked(tax_id: str | None) -> str | None:
    """The tax number, if its last sign is the check of the others (GB 32100-2015)."""
    if tax_id is None or len(tax_id) != 18 or not set(tax_id) <= set(_TAX_ID_SIGNS):
        return None
    signs = [_TAX_ID_SIGNS.index(sign) for sign in tax_id]
    weighed = sum(sign * 3**place for place, sign in enumerate(signs[:-1]))
    return tax_id if (31 - weighed % 31) % 31 == signs[-1] else None


@cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    one_thread = {"EngineConfig.onnxruntime.intra_op_num_threads": 1}
    return RapidOCR(params={**one_thread, "Global.log_level": "critical"})


def _lines(picture: Image.Image) -> list[tuple[Glyph, float]]:
    """Each line of text with its place and how sure the model is of it."""
    engine = _engine()
    import numpy as np

    small = picture.convert("RGB")
    small.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
    read = engine(np.asarray(small)[:, :, ::-1])
    if read.txts is None:
        return []
    found = []
    for text, score, box in zip(read.txts, read.scores, read.boxes, strict=True):
        across, down = [float(point[0]) for point in box], [float(point[1]) for point in box]
        found.append((Glyph(text, min(across), min(down), max(across), max(down)), float(score)))
    return found
