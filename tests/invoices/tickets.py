"""Train tickets and flight itineraries in the XBRL of the Ministry of Finance, made for tests."""

from collections.abc import Mapping

RAIL = {
    "TypeOfVoucher": "电子发票（铁路电子客票）",
    "ElectronicInvoiceRailwayETicketNumber": "26319166000001234567",
    "DateOfIssue": "2026-03-20",
    "TypeOfBusiness": "售",
    "DepartureStation": "上海虹桥",
    "DestinationStation": "南京南",
    "TrainNumber": "G7012",
    "TravelDate": "2026-03-17",
    "DepartureTime": "08:20",
    "Carriage": "05车",
    "Seat": "12F号",
    "SeatLevel": "二等座",
    "Name": "李青",
    "Fare": "139.50",
    "TotalAmountExcludingTax": "127.98",
    "TaxRate": "0.09",
    "TaxAmount": "11.52",
    "NameOfPurchaser": "远山软件有限公司",
    "UnifiedSocialCreditCodeOfPurchaser": "91310000MA1FGHJK3Y",
}
FLIGHT = {
    "ElectronicInvoiceAirTransportReceiptNumber": "26319166000007654321",
    "IssueDate": "2026-03-21",
    "PassengerName": "李青",
    "Fare": "706.42",
    "FuelSurcharge": "18.35",
    "VatRate": "0.09",
    "VatTaxAmount": "65.23",
    "CivilAviationDevelopmentFund": "50.00",
    "OtherTaxes": "0.00",
    "TotalAmount": "840.00",
    "ETicketNumber": "7812345678901",
    "NameOfPurchaser": "远山软件有限公司",
}
LEG = {
    "DepartureStation": "上海虹桥",
    "DestinationStation": "北京首都",
    "Flight": "MU5101",
    "CarrierDate": "2026-03-18",
    "DepartureTime": "07:55",
}


def ticket(prefix: str, values: Mapping[str, str], leg: Mapping[str, str] = {}) -> bytes:
    """A train ticket (``rai``) or an itinerary (``atr``) in the XBRL of the 财政部."""

    def facts(given: Mapping[str, str]) -> str:
        return "".join(
            f'<{prefix}:{name} contextRef="c">{text}</{prefix}:{name}>'
            for name, text in given.items()
        )

    tuple_ = f"{prefix}:DetailInformationOfAirTicketTuple"
    return (
        '<xbrl xmlns="http://www.xbrl.org/2003/instance" '
        f'xmlns:{prefix}="http://xbrl.mof.gov.cn/taxonomy/2021-11-30/{prefix}">'
        f"{facts(values)}{f'<{tuple_}>{facts(leg)}</{tuple_}>' if leg else ''}</xbrl>"
    ).encode()
