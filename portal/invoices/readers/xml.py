"""The XML shapes of Chinese e-invoices, each read by exact paths.

Fully digital invoices (数电票, root ``EInvoice``), the older VAT invoices (root ``eInvoice``,
attached to OFD files as ``original_invoice.xml``) and the XBRL of the Ministry of Finance
(财政部, taxonomy of 2021-09-30, ``inv:`` names).
"""

from collections.abc import Mapping, Sequence
from functools import reduce
from itertools import combinations
from xml.etree.ElementTree import Element

from portal.core.safe import parse_xml
from portal.core.words import words
from portal.invoices.readers.invoice import Fields, ReadInvoice, Source, Unreadable
from portal.invoices.readers.values import day, fields_from, text_at

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
}
DIGITAL_REQUESTED_ON = "EInvoiceData/BasicInformation/RequestTime"
DIGITAL_ITEM = ("EInvoiceData/IssuItemInformation", "ItemName", "Amount")

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
VAT_ITEM = ("GoodsInfos/GoodsInfo", "Item", "Amount")

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
}
XBRL_ITEM = (
    "InformationOfTaxableGoodsOrServicesDetailItemsTuple",
    "NameOfTaxableGoodsOrServices",
    "AmountExcludingTax",
)

# In the order in which the shapes are trusted when a file carries several.
SHAPES = {
    "eInvoice": (VAT, VAT_ITEM),
    "EInvoice": (DIGITAL, DIGITAL_ITEM),
    "xbrl": (XBRL, XBRL_ITEM),
}


MOST_INVOICES = 20
"""One is read; more are only counted so far as to say that there are several."""


def read_xml(data: bytes) -> ReadInvoice:
    """The invoice of an XML file in any of the known shapes.

    Raises ``Unreadable`` when it holds none or several, ``Unsafe`` or ``Invalid`` (from
    ``portal.core.safe``) when it cannot be opened.
    """
    return outcome(one_of(invoices_in(parse_xml(data))), "xml")


def invoices_in(root: Element) -> list[Fields]:
    """Every invoice in an XML document that states at least a number or a total."""
    found: list[Fields] = []
    for element in root.iter():
        if element.tag in SHAPES:
            invoice = _read(element, *SHAPES[element.tag])
            if invoice.number or invoice.total is not None:
                found.append(invoice)
                if len(found) > MOST_INVOICES:
                    break
    return found


def one_of(found: Sequence[Fields]) -> Fields | None:
    """The one invoice that all of ``found`` speak of, the first trusted most.

    Raises ``Unreadable`` when they are different invoices.
    """
    named = {(each.number, each.code): each for each in found}.values()
    if any(one.is_other_than(two) for one, two in combinations(named, 2)):
        raise Unreadable(
            words("This file holds several invoices. Add them one by one, or type the values.")
        )
    return reduce(Fields.filled_from, found) if found else None


def outcome(found: Fields | None, source: Source) -> ReadInvoice:
    """What a reader answers. Raises ``Unreadable`` when nothing was found."""
    if found is None:
        raise Unreadable(
            words("No invoice could be read from this file. Type the date, amount and number.")
        )
    return found.checked().invoice(source)


def _read(element: Element, paths: Mapping[str, str], item: tuple[str, str, str]) -> Fields:
    raw = {name: text_at(element, path) for name, path in paths.items()}
    if paths is DIGITAL and day(raw["issued_on"]) is None:
        raw["issued_on"] = text_at(element, DIGITAL_REQUESTED_ON)
    every, name, amount = item
    items = [(text_at(line, name), text_at(line, amount)) for line in element.iterfind(every)]
    return fields_from(raw, items)
