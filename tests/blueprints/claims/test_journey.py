"""From receipt to paid, as the people see it."""

import io

from tests.browser import Visitor

PIXEL = None


def picture() -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (40, 60), "white").save(out, "PNG")
    return out.getvalue()


def test_it_works(alice: Visitor, bob: Visitor, carol: Visitor) -> None:
    alice.go("/").sees("Nothing waits for you")
    alice.send("start-empty").sees("New claim", "Draft")
    line = alice.find("fieldset.line")[0].attributes["id"]
    assert line
    alice.send(
        "claim-form", ("do", "check"),
        **{
            "purpose": "Customer visit",
            f"{line}-spent_on": "2026-03-02",
            f"{line}-category": "office",
            f"{line}-amount": "1,250.50",
            f"{line}-purpose": "Paper and toner",
        },
    )  # fmt: skip
    alice.sees("Above ¥100.00 a receipt is needed", "Please look at this first")
    alice.send(
        "claim-form",
        ("upload", "1"),
        **{f"files-{line.split('-')[1]}": (io.BytesIO(picture()), "收据.png")},
    )
    alice.sees("收据.png")
    alice.send("claim-form", ("do", "check"), **{f"{line}-reason": "Found it late"})
    alice.sees("Submit this claim?", "¥1,250.50", "Bob", "Carol")
    alice.send("submit").sees("Submitted. You can follow it here.", "Customer visit", "In approval")
    bob.go("/approvals/").sees("Customer visit", "Alice")
    bob.go(bob.find("td.main-cell a")[0].attributes["href"])
    bob.send("decision", ("decision", "approve"), comment="fine").sees("Approved.")
    carol.go("/approvals/").sees("Customer visit")
    carol.go(carol.find("td.main-cell a")[0].attributes["href"])
    carol.send("decision", ("decision", "approve")).sees("Approved.")
    alice.go("/claims/").sees("Customer visit", "Approved")
