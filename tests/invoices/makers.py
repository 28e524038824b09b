"""Invoice files of many shapes, made on the fly: codes, photographs, PDFs, tickets."""

import base64
import io
import random
from collections.abc import Mapping, Sequence
from functools import cache

import pypdf
import segno
import weasyprint
from PIL import Image, ImageDraw, ImageEnhance, ImageFile, ImageFilter
from pypdf.generic import DecodedStreamObject, NameObject, create_string_object

from tests.invoices.samples import DIGITAL, Sample

# WeasyPrint switches this on for the whole process, which would hide broken pictures.
ImageFile.LOAD_TRUNCATED_IMAGES = False

WHITE = 255


def code_text(sample: Sample = DIGITAL, *, kind: str = "32", amount: str | None = None) -> str:
    """The text of an invoice's QR code: the total of a digital one, the net of an older one."""
    amount = amount or (sample.net if sample.code else sample.total)
    day = sample.date.translate(str.maketrans("", "", "年月日-"))
    check = "12345678901234567890" if sample.code else ""
    return f"01,{kind},{sample.code},{sample.number},{amount},{day},{check},1DD6"


def code(text: str, *, scale: int = 6) -> Image.Image:
    """The code drawn as issuers draw it, with the weakest correction of errors."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="png", scale=scale, border=4)
    return Image.open(out).convert("L")


def paper(*codes: Image.Image, size: tuple[int, int] = (1600, 1100)) -> Image.Image:
    """A sheet with codes along its left side and grey lines like print."""
    sheet = Image.new("L", size, WHITE)
    draw = ImageDraw.Draw(sheet)
    for y in range(60, size[1], 60):
        draw.line((500, y, size[0] - 60, y), fill=120, width=3)
    for place, each in enumerate(codes):
        sheet.paste(each, (60, 60 + place * 480))
    return sheet


def turned(picture: Image.Image, degrees: float) -> Image.Image:
    return picture.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=150)


def dim(picture: Image.Image) -> Image.Image:
    """A photograph in bad light: little contrast, a shadow across, and noise."""
    weak = ImageEnhance.Brightness(ImageEnhance.Contrast(picture).enhance(0.35)).enhance(0.45)
    shadow = Image.linear_gradient("L").resize(weak.size).point(lambda light: 90 + light // 2)
    dark = Image.composite(weak, Image.new("L", weak.size, 20), shadow)
    noise = Image.effect_noise(weak.size, 14)
    return Image.blend(dark, noise, 0.08)


def covered(picture: Image.Image) -> Image.Image:
    """A thumb over a part of the first code's data."""
    thumb = picture.copy()
    ImageDraw.Draw(thumb).ellipse((160, 175, 205, 225), fill=170)
    return thumb


def blurred(picture: Image.Image) -> Image.Image:
    return picture.filter(ImageFilter.GaussianBlur(1.6))


def tilted(picture: Image.Image) -> Image.Image:
    """The sheet seen from the side: the right edge is further away."""
    width, height = (int(side * 1.3) for side in picture.size)
    table = Image.new("L", (width, height), 150)
    table.paste(picture, ((width - picture.width) // 2, (height - picture.height) // 2))
    coefficients = (1.33, 0.1, -60, 0.05, 1.33, -50, 0.00012, 0.00008)
    return table.transform(
        (width, height), Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BICUBIC,
        fillcolor=150,
    )  # fmt: skip


def jpeg(picture: Image.Image, quality: int = 80) -> bytes:
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=quality)
    return out.getvalue()


def png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _at(left: float, top: float, text: str, style: str = "") -> str:
    return f"<div style='left:{left}pt;top:{top}pt;{style}'>{text}</div>"


def _sheet(sample: Sample, with_code: bool) -> str:
    """One page laid out as the tax platform does, labels and values apart."""
    kind = "普通" if not sample.code else "增值税电子普通"
    cells = [
        _at(150, 14, f"电子发票（{kind}发票）", "font-size:16pt"),
        _at(430, 15, "发票号码："), _at(480, 15, sample.number),
        _at(430, 32, "开票日期："), _at(480, 32, day_in_words(sample.date)),
        _at(8, 75, "购买方信息", "width:9pt;white-space:normal"),
        _at(22, 85, "名称："), _at(50, 85, sample.buyer),
        _at(22, 110, "统一社会信用代码/纳税人识别号："), _at(170, 110, sample.buyer_tax_id),
        _at(300, 75, "销售方信息", "width:9pt;white-space:normal"),
        _at(315, 85, "名称："), _at(345, 85, sample.seller),
        _at(315, 110, "统一社会信用代码/纳税人识别号："), _at(470, 110, sample.seller_tax_id),
        _at(30, 140, "项目名称"), _at(450, 140, "金 额"), _at(550, 140, "税 额"),
        _at(40, 260, "合"), _at(80, 260, "计"),
        _at(440, 260, f"¥{sample.net}"), _at(540, 260, f"¥{sample.tax}"),
        _at(30, 280, "价税合计（大写）"), _at(180, 280, f"⊗ {sample.spelled}"),
        _at(420, 280, "（小写）"), _at(460, 280, f"¥{sample.total}"),
    ]  # fmt: skip
    if sample.code:
        cells.append(_at(430, 2, f"发票代码：{sample.code}"))
    for place, (name, amount) in enumerate(sample.items):
        cells += [_at(10, 155 + 14 * place, name), _at(450, 155 + 14 * place, amount)]
    if with_code:
        kind = "10" if sample.code else "32"
        picture = base64.b64encode(png(code(code_text(sample, kind=kind)))).decode()
        cells.append(
            f"<img src='data:image/png;base64,{picture}' "
            "style='position:absolute;left:15pt;top:5pt;width:55pt'>"
        )
    return f"<section>{''.join(cells)}</section>"


def day_in_words(day: str) -> str:
    year, month, number = day.translate(str.maketrans("年月日", "-- ")).strip().split("-")
    return f"{year}年{month}月{number}日"


@cache
def pdf(*samples: Sample, with_code: bool = True) -> bytes:
    """A PDF with text, a page for each invoice."""
    sheets = "".join(_sheet(sample, with_code) for sample in samples or (DIGITAL,))
    return html_pdf(
        "<style>section{position:relative;height:380pt;page-break-after:always}</style>" + sheets
    )


def html_pdf(html: str) -> bytes:
    style = (
        "<style>@page{size:610pt 394pt;margin:5pt} div{position:absolute;white-space:nowrap}"
        "body{font:9pt 'WenQuanYi Micro Hei'}</style>"
    )
    made: bytes = weasyprint.HTML(string=style + html).write_pdf()
    return made


def pdf_of(picture: Image.Image) -> bytes:
    """A scan: a PDF that is nothing but a picture."""
    out = io.BytesIO()
    picture.save(out, "PDF", resolution=150)
    return out.getvalue()


def stated_pdf(values: Mapping[str, str], base: bytes | None = None) -> bytes:
    """A PDF with values in its metadata, on an empty page or on those of ``base``."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(base)) if base else pypdf.PdfWriter()
    if not base:
        writer.add_blank_page(610, 394)
    writer.add_metadata({f"/{key}": create_string_object(text) for key, text in values.items()})
    return _written(writer)


def metadata(sample: Sample = DIGITAL) -> dict[str, str]:
    return {
        "InvoiceNumber": sample.number,
        "IssueTime": sample.date,
        "SellerIdNum": sample.seller_tax_id,
        "SellerName": sample.seller,
        "BuyerName": sample.buyer,
        "BuyerIdNum": sample.buyer_tax_id,
        "TotalAmWithoutTax": sample.net,
        "TotalTaxAm": sample.tax,
        "TotalTax-includedAmount": sample.total,
    }


def pdf_with(attached: Mapping[str, bytes], base: bytes | None = None) -> bytes:
    """A PDF that carries other files, as train tickets do."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(base)) if base else pypdf.PdfWriter()
    if not base:
        writer.add_blank_page(610, 394)
    for name, content in attached.items():
        writer.add_attachment(name, content)
    return _written(writer)


def joined(parts: Sequence[bytes]) -> bytes:
    writer = pypdf.PdfWriter()
    for part in parts:
        writer.append(io.BytesIO(part))
    return _written(writer)


def _written(writer: pypdf.PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def noise(size: tuple[int, int], seed: int = 7) -> Image.Image:
    """A picture that shows nothing and compresses badly."""
    return Image.frombytes("L", size, random.Random(seed).randbytes(size[0] * size[1]))


def stamped(base: bytes, picture: Image.Image) -> bytes:
    """The pages of ``base`` with a picture laid over the upper left corner of the first."""
    out = io.BytesIO()
    sheet = Image.new("RGBA", (1830, 1182), (0, 0, 0, 0))
    sheet.paste(picture.convert("RGBA").resize((240, 240)), (30, 30))
    style = "<style>@page{size:610pt 394pt;margin:0}img{width:610pt}</style>"
    picture_tag = f"<img src='data:image/png;base64,{base64.b64encode(png(sheet)).decode()}'>"
    layer = pypdf.PdfReader(io.BytesIO(weasyprint.HTML(string=style + picture_tag).write_pdf()))
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(base))
    writer.pages[0].merge_page(layer.pages[0])
    writer.write(out)
    return out.getvalue()


def followed_by(base: bytes, content: bytes, pages: int) -> bytes:
    """The pages of ``base`` and then some that draw ``content``."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(base))
    stream = DecodedStreamObject()
    stream.set_data(content)
    drawn = writer._add_object(stream.flate_encode())
    for _ in range(pages):
        writer.add_blank_page(610, 394)[NameObject("/Contents")] = drawn
    return _written(writer)


def locked(base: bytes) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(base))
    writer.encrypt("secret")
    return _written(writer)
