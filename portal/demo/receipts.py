"""Receipts of the demo company: drawn pictures and electronic invoices."""

import hashlib
import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from random import Random

from PIL import Image, ImageDraw, ImageFont

from portal.claims.receipts import Upload
from portal.core.files import XML, Accepted, Store, accept
from portal.core.money import format_plain
from portal.demo.invoices import invoice_xml, ticket_xml
from portal.demo.people import Colleague
from portal.demo.stories import INVOICE, Expense
from portal.invoices.readers import read

FONTS = (
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/wqy-microhei/wqy-microhei.ttc",
)
WRITERS = 8
PAPER, INK, FADED = 248, 40, 242

TITLES = {
    "local_transport": ("出租汽车专用发票", "车号 沪A·X{n:04d}", "里程 {km} 公里"),
    "meals": ("餐饮结账单", "桌号 {km}", "流水 {n:06d}"),
    "entertaining": ("宴会结账单", "包间 {km}", "流水 {n:06d}"),
    "telephone": ("通信服务账单", "账期 {n:06d}", "套餐 {km}GB"),
    "rail": ("铁路客票", "车次 G{n:04d}", "{km}车 二等座"),
}
SHOP = ("购物小票", "收银 {km}号", "流水 {n:06d}")


class Drawer:
    """Makes the receipts of a story's expenses; ``keep`` then writes their files.

    Those since ``true_since`` are drawn for their own day, merchant and amount. Older ones
    share a few pictures of faded paper, so that a year of them loads in seconds.
    """

    def __init__(self, store: Store, rng: Random, true_since: date):
        self.store, self.rng, self.true_since = store, rng, true_since
        self.invoices = 0
        self.faded: dict[tuple[str, int], Accepted] = {}
        self.copies = 0
        self.drawn: dict[str, bytes] = {}

    def upload(self, expense: Expense, place: int, who: Colleague) -> Upload:
        """The receipt of an expense of ``who``; ``place`` is its line's, so that no picture
        comes twice."""
        if expense.spent_on < self.true_since:
            return self._faded(expense, place)
        if expense.train or expense.proof == INVOICE:
            self.invoices += 1
            number = f"{expense.spent_on:%y}3120000{self.invoices * 7919:011d}"
            if expense.train:
                data = ticket_xml(expense, expense.train, number, who)
                return self._kept(data, f"铁路电子客票_{number[-8:]}.xml")
            return self._kept(invoice_xml(expense, number, who), f"数电票_{number[-8:]}.xml")
        data = picture(expense, self.rng.randrange(1, 9999))
        return self._kept(data, f"IMG_{expense.spent_on:%Y%m%d}_{place + 1}.jpg")

    def _faded(self, expense: Expense, place: int) -> Upload:
        kind = expense.category, place
        if kind not in self.faded:
            drawn = picture(expense, place + 1, body=FADED)
            self.faded[kind] = accept(drawn, f"扫描件{place + 1}.jpg")
        self.copies += 1
        shared = self.faded[kind]
        # A number after the picture's end, where nothing looks: no two expenses share a file.
        return self._keep(replace(shared, data=shared.data + b"%06d" % self.copies))

    def _kept(self, data: bytes, filename: str) -> Upload:
        return self._keep(accept(data, filename))

    def _keep(self, accepted: Accepted) -> Upload:
        xml = accepted.media_type == XML
        sha256 = hashlib.sha256(accepted.data).hexdigest()
        self.drawn[sha256] = accepted.data
        return Upload(accepted, sha256, read(accepted.data, XML) if xml else ())

    def keep(self) -> None:
        """Keep all files that were made, several at a time: each waits for the disk twice."""
        with ThreadPoolExecutor(WRITERS) as writers:
            list(writers.map(self.store.put, self.drawn.values()))
        self.drawn.clear()


def picture(expense: Expense, number: int, body: int = INK) -> bytes:
    """A small JPEG of a paper receipt; ``body`` is the grey in which its values are printed."""
    title, *details = TITLES.get(expense.category, SHOP)
    paper = Image.new("L", (340, 420), PAPER)
    draw = ImageDraw.Draw(paper)
    centred = {"anchor": "ma", "fill": INK}
    draw.text((170, 24), expense.merchant or title, font=_font(26), **centred)  # type: ignore[arg-type]
    draw.text((170, 62), title, font=_font(18), **centred)  # type: ignore[arg-type]
    draw.line((20, 98, 320, 98), fill=INK)
    lines = [
        f"日期 {expense.spent_on:%Y-%m-%d}",
        *(detail.format(n=number, km=number % 29 + 2) for detail in details),
        f"城市 {expense.city or '上海'}",
    ]
    for row, text in enumerate(lines):
        draw.text((26, 116 + row * 36), text, font=_font(18), fill=body)
    draw.line((20, 280, 320, 280), fill=INK)
    draw.text((26, 300), "金额", font=_font(22), fill=INK)
    sign = "￥" if expense.currency == "CNY" else f"{expense.currency} "
    amount = sign + format_plain(expense.amount, expense.currency)
    draw.text((314, 296), amount, font=_font(28), anchor="ra", fill=body)
    draw.text((170, 372), "谢谢惠顾 请妥善保管", font=_font(14), **centred)  # type: ignore[arg-type]
    out = io.BytesIO()
    paper.save(out, "JPEG", quality=70)
    return out.getvalue()


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    for path in FONTS:
        if Path(path).exists():
            return ImageFont.truetype(path, size)
    return ImageFont.load_default(size)
