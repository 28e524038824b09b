"""The XML shapes of Chinese e-invoices, each read by exact paths.

Fully digital invoices (数电票, root ``EInvoice``), the older VAT invoices (root ``eInvoice``,
attached to OFD files as ``original_invoice.xml``) and the XBRL of the Ministry of Finance
(财政部, 电子凭证会计数据标准): ``inv:`` for VAT invoices, ``einv:`` for fully digital ones,
``rai:`` for train tickets and ``atr:`` for flights.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element

from portal.core.safe import parse_xml
from portal.invoices.readers.invoice import Fields, Found, ReadInvoice, Source
from portal.invoices.readers.qr import fields_of_code
from portal.invoices.readers.settling import settle, together
from portal.invoices.readers.values import day, fen, fields_from, item_from, plain, text_at

DIGITAL = {
    "number": "TaxSupervisionInfo/InvoiceNumber",
    "issued_on": "TaxSupervisionInfo/IssueTime",
    "seller": "EInvoiceData/SellerInformation/SellerName",
    "seller_tax_id": "EInvoiceData/SellerInformation/SellerIdNum",
    "buyer": "EInvoiceData/BuyerInformation/BuyerName",
    "buyer_tax_id": "EInvoiceData/BuyerInformation/BuyerIdNum",
    "net": "EInvoiceData/BasicInformation/TotalAmWithoutTax",
    "tax": "EInvoiceData/BasicInformation/TotalTaxAm",
    "total": "EInvoiceData/BasicInformation/TotalTax-includedAmount",
    "spelled": "EInvoiceData/BasicInformation/TotalTax-includedAmountInChinese",
    "title": "Header/InherentLabel/GeneralOrSpecialVAT/LabelName",
    "requested_on": "EInvoiceData/BasicInformation/RequestTime",
}

VAT = {
    "code": "InvoiceCode",
    "number": "InvoiceNo",
    "issued_on": "IssueDate",
    "seller": "Seller/SellerName",
    "seller_tax_id": "Seller/SellerTaxID",
    "buyer": "Buyer/BuyerName",
    "buyer_tax_id": "Buyer/BuyerTaxID",
    "net": "TaxExclusiveTotalAmount",
    "tax": "TaxTotalAmount",
    "total": "TaxInclusiveTotalAmount",
    "spelled": "TaxInclusiveTotalAmountWithWords",
}
VAT_ITEM = ("GoodsInfos/GoodsInfo", "Item", "Amount", "TaxScheme", "TaxAmount")
VAT_QR = "GraphCode"

_XBRL_TAX_ID = "TaxpayerIdentificationNumberUnifiedSocialCreditCodeOf"
XBRL = {
    "code": "CodeOfInvoice",
    "number": "NumberOfInvoice",
    "issued_on": "DateOfIssue",
    "seller": "NameOfSeller",
    "seller_tax_id": _XBRL_TAX_ID + "Seller",
    "buyer": "NameOfPurchaser",
    "buyer_tax_id": _XBRL_TAX_ID + "Purchaser",
    "net": "TotalAmountExcludingTax",
    "tax": "TotalTaxAmount",
    "total": "TaxIncludedAmountInFigures",
    "spelled": "TaxIncludedAmountInWords",
    "title": "TypeOfInvoice",
}
XBRL_ITEM = (
    "InformationOfTaxableGoodsOrServicesDetailItemsTuple",
    "NameOfTaxableGoodsOrServices",
    "AmountExcludingTax",
    "TaxRate",
    "TaxAmount",
)

DIGITAL_XBRL = {
    "number": "InvoiceNumber",
    "issued_on": "IssueTime",
    "seller": "SellerName",
    "seller_tax_id": "SellerIdNum",
    "buyer": "BuyerName",
    "buyer_tax_id": "BuyerIdNum",
    "net": "TotalAmWithoutTax",
    "tax": "TotalTaxAm",
    "total": "TotalTax-includedAmount",
    "spelled": "TotalTax-includedAmountInChinese",
    "title": "GeneralOrSpecialVAT",
    "requested_on": "RequestTime",
}

RAIL = {
    "number": "ElectronicInvoiceRailwayETicketNumber",
    "issued_on": "DateOfIssue",
    "seller": "NameOfSeller",
    "buyer": "NameOfPurchaser",
    "buyer_tax_id": "UnifiedSocialCreditCodeOfPurchaser",
    "net": "TotalAmountExcludingTax",
    "tax": "TaxAmount",
    "total": "Fare",
}
RAIL_DETAILS = {
    "passenger": ("Name",),
    "from": ("DepartureStation",),
    "to": ("DestinationStation",),
    "departure": ("TravelDate", "DepartureTime"),
    "number": ("TrainNumber",),
    "seat": ("Carriage", "Seat", "SeatLevel"),
    "ticket": ("ElectronicTicketNum",),
    "business": ("TypeOfBusiness",),
    "original_number": ("NumberOfOriginalInvoice",),
}

FLIGHT = {
    "number": "ElectronicInvoiceAirTransportReceiptNumber",
    "issued_on": "IssueDate",
    "seller": "NameOfSeller",
    "seller_tax_id": "UnifiedSocialCreditCodeOfSeller",
    "buyer": "NameOfPurchaser",
    "buyer_tax_id": "UnifiedSocialCreditCodeOfPurchaser",
    "tax": "VatTaxAmount",
    "total": "TotalAmount",
}
FLIGHT_PARTS = {
    "fare": "Fare",
    "fuel_surcharge": "FuelSurcharge",
    "aviation_fund": "CivilAviationDevelopmentFund",
    "other_taxes": "OtherTaxes",
}
_LEG = "DetailInformationOfAirTicketTuple/"
FLIGHT_DETAILS = {
    "passenger": ("PassengerName",),
    "ticket": ("ETicketNumber",),
    "from": (_LEG + "DepartureStation",),
    "to": (_LEG + "DestinationStation",),
    "departure": (_LEG + "CarrierDate", _LEG + "DepartureTime"),
    "number": (_LEG + "Flight",),
}

_PASSAGE = "EInvoiceData/SpecificInformation/Toll/"
_PLATE = _PASSAGE + "PlateNumber"
TOLL_DETAILS = {
    "plate": (_PLATE,),
    "passed_from": (_PASSAGE + "StartDatesOfPassage",),
    "passed_until": (_PASSAGE + "EndDatesOfPassage",),
}
MOMENTS = ("passed_from", "passed_until")
"""Of which the first eight figures are the day, as it is printed."""


@dataclass(frozen=True)
class Shape:
    """How one kind of document is read: it is one when it has the element ``mark``, or, without
    one, the element of its number."""

    paths: Mapping[str, str]
    item: tuple[str, str, str, str, str] | None = None
    title: str = ""
    details: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)
    mark: str = ""


_DIGITAL_ITEM = ("IssuItemInformation", "ItemName", "Amount", "TaxRate", "ComTaxAm")
_DIGITAL_PATH = ("EInvoiceData/" + _DIGITAL_ITEM[0], *_DIGITAL_ITEM[1:])
# In the order in which the roots are trusted when a file carries several.
SHAPES: dict[str, tuple[Shape, ...]] = {
    "eInvoice": (Shape(VAT, VAT_ITEM),),
    "EInvoice": (
        Shape(DIGITAL, _DIGITAL_PATH, title="通行费", details=TOLL_DETAILS, mark=_PLATE),
        Shape(DIGITAL, _DIGITAL_PATH),
    ),
    "xbrl": (
        Shape(RAIL, title="铁路电子客票", details=RAIL_DETAILS),
        Shape(FLIGHT, title="行程单", details=FLIGHT_DETAILS, parts=FLIGHT_PARTS),
        Shape(DIGITAL_XBRL, _DIGITAL_ITEM),
        Shape(XBRL, XBRL_ITEM),
    ),
}

MOST_INVOICES = 50
"""Of one file; more are no invoices but an attack."""


def read_xml(data: bytes) -> tuple[ReadInvoice, ...]:
    """The invoices of an XML file in any of the known shapes.

    Raises ``Unreadable`` when it holds none, ``Unsafe`` or ``Invalid`` (from
    ``portal.core.safe``) when it cannot be opened.
    """
    return settle(together([found_in(parse_xml(data), "xml")]))


def found_in(root: Element, source: Source) -> list[Found]:
    """Every invoice in an XML document that states at least a number or a total."""
    found: list[Found] = []
    for element in root.iter():
        if element.tag not in SHAPES:
            continue
        shapes = SHAPES[element.tag]
        has = (
            each for each in shapes if element.find(each.mark or each.paths["number"]) is not None
        )
        fields = _read(element, next(has, shapes[-1]))
        if fields.number or fields.total is not None:
            found.append(Found(source, fields))
            code = fields_of_code(text_at(element, VAT_QR) or "")
            # Some issuers copy the code's text wrong; it must at least mean this invoice.
            if code and code.same_invoice(fields):
                found.append(Found("qr", code))
        if len(found) >= MOST_INVOICES:
            break
    return found


def _read(element: Element, shape: Shape) -> Fields:
    raw = {name: text_at(element, path) for name, path in shape.paths.items()}
    if day(raw["issued_on"]) is None:
        raw["issued_on"] = raw.get("requested_on")
    if shape.title:
        raw["title"] = shape.title
    items = []
    if shape.item:
        every, *columns = shape.item
        for line in element.iterfind(every):
            items.append(item_from(*(text_at(line, column) for column in columns)))
    fields = fields_from(raw, [item for item in items if item])
    if not shape.details:
        return fields
    details, parts = _travel(element, shape)
    return replace(fields, details=details, parts=parts)


def _travel(element: Element, shape: Shape) -> tuple[dict[str, str], int | None]:
    """Who went where, and the sum of what a flight adds to the tax."""
    details = {}
    for name, paths in shape.details.items():
        said = [text for path in paths if (text := " ".join(_all(element, path)))]
        if said:
            details[name] = " ".join(said)[: 8 if name in MOMENTS else 200]
    sums = {name: fen(text_at(element, path)) for name, path in shape.parts.items()}
    known = {name: sum_ for name, sum_ in sums.items() if sum_ is not None}
    details |= {name: plain(sum_) for name, sum_ in known.items()}
    # Without the fare the parts prove nothing.
    return details, sum(known.values()) if "fare" in known else None


def _all(element: Element, path: str) -> list[str]:
    """Every text at a path: a flight has a leg for each plane."""
    return [text for each in element.iterfind(path) if (text := (each.text or "").strip())]
