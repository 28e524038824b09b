"""E-invoice files made for tests, in the shapes real issuers use. No real company is named."""

import io
import zipfile
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape

FP = 'xmlns:fp="http://www.edrm.org.cn/schema/e-invoice/2019"'
NS = 'xmlns:ofd="http://www.ofdspec.org/2016"'
XBRL_TAX_ID = "TaxpayerIdentificationNumberUnifiedSocialCreditCodeOf"


@dataclass(frozen=True)
class Sample:
    """The texts of one invoice as its issuer would write them."""

    code: str = "044001900111"
    number: str = "20481357"
    date: str = "2026年03月17日"
    seller: str = "青禾餐饮（苏州）有限公司"
    seller_tax_id: str = "91320500MA1ABCDE2X"
    buyer: str = "远山软件有限公司"
    buyer_tax_id: str = "91310000MA1FGHJK3Y"
    net: str = "1886.79"
    tax: str = "113.21"
    total: str = "2000.00"
    spelled: str = "贰仟圆整"
    items: tuple[tuple[str, str], ...] = (
        ("*餐饮服务*工作餐", "943.40"),
        ("*餐饮服务*茶歇", "943.39"),
    )

    def but(self, **changes: object) -> "Sample":
        return replace(self, **changes)  # type: ignore[arg-type]


OLD = Sample()
DIGITAL = Sample(code="", number="26312000000123456789", date="2026-03-17")


def digital_xml(sample: Sample = DIGITAL) -> str:
    lines = "".join(
        f"<IssuItemInformation><ItemName>{escape(name)}</ItemName><Amount>{amount}</Amount>"
        "<TaxRate>0.06</TaxRate></IssuItemInformation>"
        for name, amount in sample.items
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><EInvoice><Header><EIid>1</EIid></Header>'
        f"<EInvoiceData><SellerInformation><SellerIdNum>{sample.seller_tax_id}</SellerIdNum>"
        f"<SellerName>{escape(sample.seller)}</SellerName></SellerInformation>"
        f"<BuyerInformation><BuyerIdNum>{sample.buyer_tax_id}</BuyerIdNum>"
        f"<BuyerName>{escape(sample.buyer)}</BuyerName></BuyerInformation>"
        f"<BasicInformation><TotalAmWithoutTax>{sample.net}</TotalAmWithoutTax>"
        f"<TotalTaxAm>{sample.tax}</TotalTaxAm>"
        f"<TotalTax-includedAmount>{sample.total}</TotalTax-includedAmount>"
        f"<TotalTax-includedAmountInChinese>{sample.spelled}</TotalTax-includedAmountInChinese>"
        f"</BasicInformation>{lines}<SpecificInformation><Toll><InvoiceNumber>苏A12345"
        "</InvoiceNumber></Toll></SpecificInformation></EInvoiceData>"
        f"<TaxSupervisionInfo><InvoiceNumber>{sample.number}</InvoiceNumber>"
        f"<IssueTime>{sample.date}</IssueTime></TaxSupervisionInfo></EInvoice>"
    )


def original_invoice(sample: Sample = OLD) -> str:
    lines = "".join(
        f"<fp:GoodsInfo><fp:Item><![CDATA[{name}]]></fp:Item><fp:Amount>\n {amount} </fp:Amount>"
        "</fp:GoodsInfo>"
        for name, amount in sample.items
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?><eInvoice {FP} Version="1.0">'
        f"<fp:InvoiceCode>{sample.code}</fp:InvoiceCode><fp:InvoiceNo>{sample.number}"
        f"</fp:InvoiceNo><fp:IssueDate><![CDATA[{sample.date}]]></fp:IssueDate>"
        f"<fp:GraphCode>{'iVBORw0KGgo' * 90}</fp:GraphCode>"
        f"<fp:Buyer><fp:BuyerName>\n{escape(sample.buyer)}\n</fp:BuyerName>"
        f"<fp:BuyerTaxID>{sample.buyer_tax_id}</fp:BuyerTaxID></fp:Buyer>"
        f"<fp:Seller><fp:SellerName>{escape(sample.seller)}</fp:SellerName>"
        f"<fp:SellerTaxID>{sample.seller_tax_id}</fp:SellerTaxID></fp:Seller>"
        f"<fp:TaxInclusiveTotalAmount>{sample.total}</fp:TaxInclusiveTotalAmount>"
        f"<fp:TaxInclusiveTotalAmountWithWords>{sample.spelled}"
        f"</fp:TaxInclusiveTotalAmountWithWords><fp:TaxTotalAmount>{sample.tax}"
        f"</fp:TaxTotalAmount><fp:TaxExclusiveTotalAmount>{sample.net}"
        f"</fp:TaxExclusiveTotalAmount><fp:GoodsInfos>{lines}</fp:GoodsInfos></eInvoice>"
    )


def xbrl(sample: Sample = OLD) -> str:
    lines = "".join(
        "<inv:InformationOfTaxableGoodsOrServicesDetailItemsTuple>"
        f"<inv:NameOfTaxableGoodsOrServices>{name}</inv:NameOfTaxableGoodsOrServices>"
        f"<inv:AmountExcludingTax>{amount}</inv:AmountExcludingTax>"
        "</inv:InformationOfTaxableGoodsOrServicesDetailItemsTuple>"
        for name, amount in sample.items
    )
    return (
        '<xbrl xmlns:inv="http://xbrl.mof.gov.cn/taxonomy/2021-09-30/inv">'
        f"<inv:CodeOfInvoice>{sample.code}</inv:CodeOfInvoice>"
        f"<inv:NumberOfInvoice>{sample.number}</inv:NumberOfInvoice>"
        f"<inv:DateOfIssue>{sample.date}</inv:DateOfIssue>"
        f"<inv:NameOfSeller>{sample.seller}</inv:NameOfSeller>"
        f"<inv:{XBRL_TAX_ID}Seller>{sample.seller_tax_id}</inv:{XBRL_TAX_ID}Seller>"
        f"<inv:NameOfPurchaser>{sample.buyer}</inv:NameOfPurchaser>"
        f"<inv:{XBRL_TAX_ID}Purchaser>{sample.buyer_tax_id}</inv:{XBRL_TAX_ID}Purchaser>"
        f"<inv:TotalAmountExcludingTax>{sample.net}</inv:TotalAmountExcludingTax>"
        f"<inv:TotalTaxAmount>{sample.tax}</inv:TotalTaxAmount>"
        f"<inv:TaxIncludedAmountInFigures>{sample.total}</inv:TaxIncludedAmountInFigures>"
        f"<inv:TaxIncludedAmountInWords>{sample.spelled}</inv:TaxIncludedAmountInWords>"
        f"{lines}</xbrl>"
    )


def custom_data(sample: Sample) -> dict[str, str]:
    return {
        "发票代码": sample.code,
        "发票号码": sample.number,
        "开票日期": sample.date,
        "合计金额": sample.net,
        "合计税额": sample.tax,
        "购买方纳税人识别号": sample.buyer_tax_id,
        "销售方纳税人识别号": sample.seller_tax_id,
    }


def tags_and_page(sample: Sample, *, broken_prefix: bool = False) -> tuple[str, str]:
    """A CustomTag file and the page it points at, amounts split as ``¥`` and figure."""
    objects: list[str] = []

    def ref(*texts: str) -> str:
        refs = ""
        for text in texts:
            objects.append(
                f'<ofd:TextObject ID="{100 + len(objects)}"><ofd:TextCode X="0">{escape(text)}'
                "</ofd:TextCode></ofd:TextObject>"
            )
            refs += f'<ofd:ObjectRef PageRef="1">{99 + len(objects)}</ofd:ObjectRef>'
        return refs

    lines = "".join(
        f"<GoodsInfo><Item>{ref(name[:6], name[6:])}</Item><Amount>{ref(amount)}</Amount>"
        "</GoodsInfo>"
        for name, amount in sample.items
    )
    body = (
        f"<InvoiceCode>{ref(sample.code)}</InvoiceCode><InvoiceNo>{ref(sample.number)}</InvoiceNo>"
        f"<IssueDate>{ref(sample.date)}</IssueDate>"
        f"<Buyer><BuyerName>{ref(sample.buyer)}</BuyerName>"
        f"<BuyerTaxID>{ref(sample.buyer_tax_id)}</BuyerTaxID></Buyer>"
        f"<Seller><SellerName>{ref(sample.seller)}</SellerName>"
        f"<SellerTaxID>{ref(sample.seller_tax_id)}</SellerTaxID></Seller>"
        f"<TaxExclusiveTotalAmount>{ref('¥', sample.net)}</TaxExclusiveTotalAmount>"
        f"<TaxTotalAmount>{ref('￥', sample.tax)}</TaxTotalAmount>"
        f"<TaxInclusiveTotalAmount>{ref('¥', sample.total)}</TaxInclusiveTotalAmount>"
        f"<GoodsInfos>{lines}</GoodsInfos>"
    )
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    if broken_prefix:
        tags = f'{head}<:eInvoice xmlns:="">{body}</:eInvoice>'
    else:
        tags = f"{head}<eInvoice {NS}>{body}</eInvoice>"
    page = f"{head}<ofd:Page {NS}><ofd:Content>{''.join(objects)}</ofd:Content></ofd:Page>"
    return tags, page


def ofd(
    *,
    attached: dict[str, str] | None = None,
    stated: dict[str, str] | None = None,
    tags: tuple[str, str] | None = None,
    root: str = "Doc_0",
) -> bytes:
    """An OFD file with attachments by name, CustomData by name, and tags with their page."""
    data = "".join(
        f'<ofd:CustomData Name="{name}">{text}</ofd:CustomData>'
        for name, text in (stated or {}).items()
    )
    entries = {
        "OFD.xml": f"<ofd:OFD {NS}><ofd:DocBody><ofd:DocInfo><ofd:CustomDatas>{data}"
        f"</ofd:CustomDatas></ofd:DocInfo><ofd:DocRoot>{root}/Document.xml</ofd:DocRoot>"
        "</ofd:DocBody></ofd:OFD>",
        f"{root}/Document.xml": f"<ofd:Document {NS}><ofd:Pages>"
        '<ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages></ofd:Document>',
    }
    for name, text in (attached or {}).items():
        entries[f"{root}/Attachs/{name}"] = text
    if tags:
        entries[f"{root}/Tags/CustomTag.xml"], entries[f"{root}/Pages/Page_0/Content.xml"] = tags
    return archive({name: text.encode() for name, text in entries.items()})


def archive(entries: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return out.getvalue()


def printed_ofd(sample: Sample = DIGITAL) -> bytes:
    """An OFD that is only print: no attachment, no data, no tags; labels come from a template."""
    year, month, day = sample.date.split("-")
    labels = [
        (80, 8, "电子发票（普通发票）"), (150, 8, "发票号码："), (150, 13, "开票日期："),
        (3, 26, "购"), (8, 29, "名称："), (8, 37, "统一社会信用代码/纳税人识别号："),
        (103, 26, "销"), (110, 29, "名称："), (110, 37, "统一社会信用代码/纳税人识别号："),
        (14, 92, "合"), (28, 92, "计"), (10, 99, "价税合计（大写）"), (148, 99, "（小写）"),
    ]  # fmt: skip
    values = [
        (169, 8, sample.number), (169, 13, f"{year}年{month}月{day}日"),
        (18, 29, sample.buyer), (62, 37, sample.buyer_tax_id),
        (121, 29, sample.seller), (164, 37, sample.seller_tax_id),
        (155, 92, f"¥{sample.net}"), (190, 92, f"¥{sample.tax}"),
        (62, 99, sample.spelled), (162, 99, f"¥{sample.total}"),
        *((4, 55 + 5 * place, name) for place, (name, _) in enumerate(sample.items)),
    ]  # fmt: skip
    entries = {
        "OFD.xml": f"<ofd:OFD {NS}><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>"
        "</ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {NS}><ofd:CommonData>"
        '<ofd:TemplatePage ID="2" BaseLoc="Tpls/Tpl_0/Content.xml"/></ofd:CommonData><ofd:Pages>'
        '<ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages></ofd:Document>',
        "Doc_0/Tpls/Tpl_0/Content.xml": _page_of(labels),
        "Doc_0/Pages/Page_0/Content.xml": _page_of(values, '<ofd:Template TemplateID="2"/>'),
    }
    return archive({name: text.encode() for name, text in entries.items()})


def _page_of(texts: list[tuple[int, int, str]], head: str = "") -> str:
    objects = "".join(
        f'<ofd:TextObject ID="{20 + place}" Boundary="{x} {y} 90 4" Size="3.175">'
        f'<ofd:TextCode X="0" Y="3">{escape(text)}</ofd:TextCode></ofd:TextObject>'
        for place, (x, y, text) in enumerate(texts)
    )
    return f"<ofd:Page {NS}>{head}<ofd:Content>{objects}</ofd:Content></ofd:Page>"
