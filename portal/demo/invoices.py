"""The electronic invoices of the demo company: fully digital ones (数电票) and train tickets.

Sellers are made up, and so are their tax numbers, whose check digits fit.
"""

from xml.sax.saxutils import escape

from portal.core.money import in_words
from portal.demo.people import Colleague
from portal.demo.stories import Expense, Train
from portal.people import tax_number

RATES = {"rail": 9, "flight": 9, "lodging": 6, "entertaining": 6, "training": 6}
"""VAT in percent by category, 13 for goods."""
GOODS = {
    "rail": "*运输服务*铁路客票",
    "flight": "*运输服务*航空客票",
    "lodging": "*住宿服务*住宿费",
    "entertaining": "*餐饮服务*餐费",
    "training": "*非学历教育服务*培训费",
}
SPECIAL = ("lodging", "training")
"""Categories whose sellers make out special invoices (专票), of which tax is recovered."""


def invoice_xml(expense: Expense, number: str, buyer: Colleague) -> bytes:
    """The XML of a fully digital invoice for the expense, made out to the buyer's company."""
    rate = RATES.get(expense.category, 13)
    net = _net(expense.amount, rate)
    goods = GOODS.get(expense.category, "*货物*" + expense.purpose)
    kind = "专用发票" if expense.category in SPECIAL else "普通发票"
    return INVOICE_XML.format(
        kind=f"电子发票（{'增值税' if expense.category in SPECIAL else ''}{kind}）",
        net=_plain(net),
        tax=_plain(expense.amount - net),
        total=_plain(expense.amount),
        in_chinese=in_words(expense.amount).removeprefix("人民币"),
        number=number,
        day=expense.spent_on.isoformat(),
        seller=escape(f"上海{expense.merchant}有限公司"),
        seller_tax_id=seller_tax_id(expense.merchant),
        buyer=escape(buyer.company.name_zh),
        buyer_tax_id=buyer.company.tax_id,
        goods=escape(goods),
        rate=f"{rate / 100:.2f}",
    ).encode()


def ticket_xml(expense: Expense, train: Train, number: str, buyer: Colleague) -> bytes:
    """The XBRL of a train ticket (铁路电子客票) for the expense, in the name of the buyer."""
    net = _net(expense.amount, RATES["rail"])
    values = {
        "TypeOfVoucher": "电子发票（铁路电子客票）",
        "ElectronicInvoiceRailwayETicketNumber": number,
        "DateOfIssue": expense.spent_on.isoformat(),
        "TypeOfBusiness": "售",
        "DepartureStation": train.origin,
        "DestinationStation": train.goal,
        "TrainNumber": train.number,
        "TravelDate": expense.spent_on.isoformat(),
        "DepartureTime": train.leaves,
        "Carriage": "05车",
        "Seat": "08A号",
        "SeatLevel": "二等座",
        "Name": buyer.person.name,
        "Fare": _plain(expense.amount),
        "TotalAmountExcludingTax": _plain(net),
        "TaxRate": "0.09",
        "TaxAmount": _plain(expense.amount - net),
        "NameOfPurchaser": buyer.company.name_zh,
        "UnifiedSocialCreditCodeOfPurchaser": buyer.company.tax_id,
    }
    facts = "".join(f"<rai:{name}>{escape(text)}</rai:{name}>" for name, text in values.items())
    return TICKET_XML.format(facts=facts).encode()


def seller_tax_id(name: str) -> str:
    """The unified social credit code of a made-up company in Shanghai."""
    return tax_number.completed(f"91310000MA1D{sum(map(ord, name)) % 10**5:05d}")


def _net(total: int, rate: int) -> int:
    return round(total * 100 / (100 + rate))


def _plain(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


INVOICE_XML = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<EInvoice><Header><EIid>{number}</EIid>'
    "<InherentLabel><GeneralOrSpecialVAT><LabelName>{kind}</LabelName></GeneralOrSpecialVAT>"
    "</InherentLabel></Header><EInvoiceData>"
    "<SellerInformation><SellerIdNum>{seller_tax_id}</SellerIdNum>"
    "<SellerName>{seller}</SellerName></SellerInformation>"
    "<BuyerInformation><BuyerIdNum>{buyer_tax_id}</BuyerIdNum>"
    "<BuyerName>{buyer}</BuyerName></BuyerInformation>"
    "<BasicInformation><TotalAmWithoutTax>{net}</TotalAmWithoutTax>"
    "<TotalTaxAm>{tax}</TotalTaxAm><TotalTax-includedAmount>{total}</TotalTax-includedAmount>"
    "<TotalTax-includedAmountInChinese>{in_chinese}</TotalTax-includedAmountInChinese>"
    "<RequestTime>{day} 10:00:00</RequestTime></BasicInformation>"
    "<IssuItemInformation><ItemName>{goods}</ItemName><Amount>{net}</Amount>"
    "<TaxRate>{rate}</TaxRate><ComTaxAm>{tax}</ComTaxAm></IssuItemInformation>"
    "</EInvoiceData><TaxSupervisionInfo><InvoiceNumber>{number}</InvoiceNumber>"
    "<IssueTime>{day}</IssueTime></TaxSupervisionInfo></EInvoice>\n"
)
TICKET_XML = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<xbrl xmlns="http://www.xbrl.org/2003/instance" '
    'xmlns:rai="http://xbrl.mof.gov.cn/taxonomy/2021-11-30/rai">{facts}</xbrl>\n'
)
