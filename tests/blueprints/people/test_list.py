from tests.browser import Visitor


def test_it_works(admin: Visitor) -> None:
    admin.go("/people/").sees("People", "10 at work in 5 departments.", "Alice", "Heidi")
    admin.go("/people/?text=ALICE@").sees("Alice").misses("Heidi")
