import io

from flask import Flask

from tests.blueprints.policy.drafting import begin, publish, raised
from tests.browser import Visitor


def upload(visitor: Visitor, data: bytes, name: str = "rules.toml") -> Visitor:
    return visitor.go("/policy/import").send("import", file=(io.BytesIO(data), name))


def exported(visitor: Visitor, path: str = "/policy/export.toml") -> bytes:
    visitor.go(path)
    assert visitor.response is not None
    assert visitor.response.headers["Content-Disposition"].startswith("attachment")
    return visitor.response.data


def test_the_export_comes_back_unchanged(carol: Visitor) -> None:
    upload(carol, exported(carol)).sees("The file is a draft now.", "Nothing yet")
    assert exported(carol, "/policy/export.toml?draft=1") == exported(carol)


def test_a_changed_file_becomes_a_draft_and_then_the_rules(carol: Visitor) -> None:
    data = exported(carol).replace(b'staff = "450.00"', b'staff = "477.00"')
    upload(carol, data).sees("Lodging, per night, Tier 1, Staff", "¥477.00")
    publish(carol).go("/policy/").sees("¥477.00")
    assert b'"477.00"' in exported(carol)
    assert b'"477.00"' not in exported(carol, "/policy/export.toml?version=1")


def test_every_problem_is_listed_by_line_and_nothing_is_begun(carol: Visitor) -> None:
    data = exported(carol).replace(b'staff = "450.00"', b'staff = "4x0"') + b"\n[moon]\nfull = 1\n"
    upload(carol, data.replace(b"oldest_days = 90", b"oldest_days = 0"))
    assert carol.status == 422
    carol.sees("problem in the file", "The portal does not know this part.", "moon")
    upload(carol, data.split(b"\n[moon]")[0].replace(b"oldest_days = 90", b"oldest_days = 0"))
    carol.sees("2 problems in the file", "limits.lodging.night.1.staff", "“4x0” is not an amount")
    carol.go("/policy/draft").sees("Nobody is changing the rules")


def test_what_is_no_file_of_rules_is_refused_at_the_field(carol: Visitor) -> None:
    assert upload(carol, b"PK\x03\x04", "rules.toml").status == 422
    carol.sees("This is not TOML")
    assert upload(carol, b"", "").status == 422
    assert upload(carol, b"#" * 300_000).status == 422
    carol.sees("The file is larger than 256 KB.")


def test_there_is_no_import_beside_a_draft(app: Flask, carol: Visitor) -> None:
    page = Visitor(app).signed_in("carol").go("/policy/import")
    data = exported(begin(carol))
    page.send("import", file=(io.BytesIO(data), "rules.toml"))
    assert page.status == 409
    carol.go("/policy/import").sees("There is a draft already.")


def test_it_refuses_a_stranger(alice: Visitor, carol: Visitor) -> None:
    raised(carol)
    for path in ("import", "export.toml", "export.toml?draft=1"):
        assert alice.go(f"/policy/{path}").status == 404
