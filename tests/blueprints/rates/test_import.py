"""Rates from a CSV file: a dry run that lists everything, then all or nothing."""

import io

from flask import Flask
from sqlalchemy import func, select

from portal.rates.models import ExchangeRate
from tests.browser import Visitor
from tests.claims.stories import writing

HEAD = "currency,on,rate,source\n"


def offer(carol: Visitor, text: str | bytes) -> Visitor:
    data = text.encode() if isinstance(text, str) else text
    return carol.go("/rates/import").send("import", file=(io.BytesIO(data), "rates.csv"))


def count(app: Flask) -> int:
    with writing(app) as session:
        return session.scalar(select(func.count()).select_from(ExchangeRate)) or 0


def test_it_works(carol: Visitor, app: Flask) -> None:
    offer(carol, HEAD + "USD,2026-11-20,7.1234,BOC\nJPY,2026/11/20,0.0482,BOC\n")
    carol.sees("Import rates.csv?", "USD", "0.0482")
    assert count(app) == 0, "the dry run wrote something"
    carol.send("apply").sees("Imported: 2 rates.")
    assert count(app) == 2
    offer(carol, HEAD + "USD,2026-11-20,7.1234,BOC\n").sees("Everything in the file is as it was.")


def test_every_problem_is_listed_by_row_and_nothing_is_imported(carol: Visitor, app: Flask) -> None:
    offer(carol, HEAD + "USD,2026-11-20,7.1,\nXXX,2026-11-20,7,\nEUR,soon,7,\nEUR,2026-11-20,-7,\n"
                 "USD,2026-11-20,7.2,\nGBP,2026-11-20\nCNY,2026-11-20,1,\n")  # fmt: skip
    carol.sees(
        "Not imported: rates.csv", "6 problems", "This is not a currency", "is not a day",
        "Type a rate", "Row 2 has a rate of the same currency and day.",
        "This row has 2 cells; the heading has 4.", "the company's own currency",
    )  # fmt: skip
    assert [row.text() for row in carol.find("#problems td.num")] == ["3", "4", "5", "6", "7", "8"]
    assert not carol.find("#apply")
    assert carol.post(carol.path, {}).status == 422
    assert count(app) == 0


def test_what_is_no_such_file_is_refused_at_once(carol: Visitor) -> None:
    offer(carol, "a,b\n1,2\n").sees("The first row has to name the columns")
    assert carol.status == 422
    offer(carol, b"\x00\xff" * 10).sees("This is not a CSV file.")
    offer(carol, b"x" * (1024 * 1024 + 1)).sees("This file is larger than 1 MB.")
    offer(carol, "").sees("This file is empty")


def test_a_chinese_spreadsheet_is_read(carol: Visitor) -> None:
    offer(carol, (HEAD + "USD,2026年11月20日,7.1234,中国银行\n").encode("gb18030")).sees(
        "2026-11-20"
    )


def test_it_refuses_a_stranger(carol: Visitor, alice: Visitor) -> None:
    offer(carol, HEAD + "USD,2026-11-20,7.1234,BOC\n")
    assert alice.go(carol.path).status == 404
