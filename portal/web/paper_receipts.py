"""The receipts of a printed claim: their files, their pages, and what was read from them."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import cast

from flask import current_app

from portal.claims.models import Claim, Receipt
from portal.claims.printed import PrintedReceipt, Problem
from portal.core import pdf
from portal.core.files import Store
from portal.invoices.models import Invoice
from portal.web.i18n import day, money
from portal.web.languages import gettext as _


def files_of(claim: Claim) -> dict[str, Path]:
    """The files of the claim's receipts that are there, by SHA-256."""
    store = cast(Store, current_app.extensions["store"])
    paths = {receipt.sha256: store.path(receipt.sha256) for receipt in claim.receipts}
    return {sha256: path for sha256, path in paths.items() if path.is_file()}


def receipts_of(claim: Claim, files: Mapping[str, Path]) -> tuple[PrintedReceipt, ...]:
    place = {line.id: position for position, line in enumerate(claim.lines, start=1)}
    return tuple(
        PrintedReceipt(
            line=place[receipt.line_id],
            filename=receipt.filename,
            sha256=receipt.sha256,
            media_type=receipt.media_type,
            pages=receipt.pages or 1,
            values=_values(receipt),
            problem=None if receipt.sha256 in files else "missing",
        )
        for receipt in claim.receipts
    )


def examined(
    receipts: tuple[PrintedReceipt, ...], files: Mapping[str, Path]
) -> tuple[PrintedReceipt, ...]:
    """The receipts with what the renderer finds in the PDF files among them."""
    found = {
        receipt.sha256: pdf.receipt_pages(files[receipt.sha256])
        for receipt in receipts
        if receipt.kind == "pdf"
    }
    return tuple(
        replace(
            receipt,
            pages=found[receipt.sha256].pages,
            problem=cast(Problem | None, found[receipt.sha256].problem),
        )
        if receipt.sha256 in found
        else receipt
        for receipt in receipts
    )


def _values(receipt: Receipt) -> tuple[tuple[str, str], ...]:
    """What was read from an electronic invoice, for the paper that stands for it."""
    invoice: Invoice | None = receipt.invoice
    if invoice is None:
        return ()
    read = (
        (_("Invoice number"), " ".join(filter(None, (invoice.code, invoice.number)))),
        (_("Date"), day(invoice.issued_on) if invoice.issued_on else ""),
        (_("Seller"), invoice.seller),
        (_("Seller's tax number"), invoice.seller_tax_id),
        (_("Buyer"), invoice.buyer),
        (_("Buyer's tax number"), invoice.buyer_tax_id),
        (_("Net amount"), money(invoice.net) if invoice.net is not None else ""),
        (_("Tax"), money(invoice.tax) if invoice.tax is not None else ""),
        (_("Total with tax"), money(invoice.total) if invoice.total is not None else ""),
    )
    return tuple((label, value) for label, value in read if value)
