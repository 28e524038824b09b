"""What people type into forms and files, for tests."""

from portal.people.directory_csv import Rows, read
from portal.people.directory_fields import COLUMNS

NEW = {
    "number": "E100",
    "email": "zhao@example.com",
    "name": "赵敏",
    "department": "sales",
    "manager": "bob",
    "grade": "staff",
    "language": "zh",
    "hired_on": "2026-03-01",
    "active": "yes",
    "roles": "",
    "bank_name": "中国银行",
    "bank_account": "6222 0000 0100",
}


def typed(**changed: str) -> dict[str, str]:
    """A new person's cells with some of them changed."""
    return NEW | changed


def file(*rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> bytes:
    """A CSV file as somebody would write it by hand."""
    lines = [",".join(columns), *(",".join(row[name] for name in columns) for row in rows)]
    return "\r\n".join(lines).encode()


def rows(*people: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> Rows:
    """The same, as read."""
    return read(file(*people, columns=columns))
