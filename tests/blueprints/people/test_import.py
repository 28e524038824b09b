import io

from flask import Flask

from tests.browser import Visitor
from tests.people.typed import file, typed


def upload(visitor: Visitor, data: bytes, name: str = "people.csv") -> Visitor:
    return visitor.go("/people/import").send("import", file=(io.BytesIO(data), name))


def test_a_good_file_is_shown_and_then_imported(admin: Visitor) -> None:
    upload(admin, file(typed(), typed(number="alice", email="alice@example.com", name="Alicia")))
    admin.sees("Import people.csv?", "赵敏", "Alicia")
    admin.go("/people/?text=E100").sees("No people match.")
    upload(admin, file(typed())).send("apply")
    admin.sees("Imported: 1 added, 0 updated, 0 as they were.")
    admin.go("/people/?text=E100").sees("赵敏")


def test_problems_are_listed_by_row_and_nothing_can_be_applied(admin: Visitor) -> None:
    upload(admin, file(typed(), typed(number="E101", email="no", manager="who")))
    admin.sees("Not imported: people.csv", "1 row has problems", "“no” is not an e-mail address.")
    assert not admin.find("form#apply")
    assert admin.post(admin.path).status == 422
    admin.go("/people/?text=E100").sees("No people match.")


def test_many_problems_go_over_pages(admin: Visitor) -> None:
    upload(admin, file(*(typed(number=f"E{n}", email=f"e{n}@x", grade="?") for n in range(250))))
    admin.sees("250 rows have problems")
    listed = len(admin.find("#problems tbody tr"))
    admin.go(admin.find("a[rel=next]")[0].attributes["href"] or "")
    assert listed + len(admin.find("#problems tbody tr")) == 250


def test_what_is_no_table_is_refused_at_the_field(admin: Visitor) -> None:
    upload(admin, b"PK\x03\x04\x00\x00", "people.xlsx")
    assert admin.status == 422
    admin.sees("This is not a CSV file.")
    assert upload(admin, b"", "").status == 422


def test_the_export_comes_back_unchanged(admin: Visitor) -> None:
    admin.go("/people/export.csv")
    assert admin.response is not None
    assert admin.response.headers["Content-Disposition"].startswith("attachment")
    upload(admin, admin.response.data).sees("Nothing to import in people.csv")


def test_nobody_applies_what_he_has_not_uploaded(app: Flask, admin: Visitor) -> None:
    upload(admin, file(typed()))
    path = admin.path
    forged = path[:-3] + ("aaa" if not path.endswith("aaa") else "bbb")
    assert admin.go(forged).status == 404
    assert admin.post(forged).status == 404


def test_applying_twice_is_applying_once(app: Flask, admin: Visitor) -> None:
    path = upload(admin, file(typed())).path
    admin.send("apply")
    admin.go(path).sees("Nothing to import in people.csv")
