"""Files as table programs write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.errors import Invalid
from portal.core.sheets import as_csv, plain_cell, safe_cell
from portal.people.directory_csv import read
from portal.people.directory_fields import COLUMNS
from tests.people.typed import file, typed

DANGEROUS = tuple("=+-@\t\r＝＋－＠")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_chinese_names_survive_the_encoding(encoding: str) -> None:
    data = file(typed(name="欧阳䶮")).decode().encode(encoding)
    assert read(data).cells[0][1]["name"] == "欧阳䶮"


def test_rows_are_numbered_as_a_table_program_shows_them() -> None:
    data = file(typed(number="E1"), typed(number="E2")).replace(b"\r\nE2", b"\r\n\r\n,,,\r\nE2")
    assert [row for row, _cells in read(data).cells] == [2, 5]


def test_missing_unknown_and_doubled_columns_are_all_named() -> None:
    found = read(b"number,name,manger,name,department\r\n1,A,,B,sales\r\n").problems
    assert [(problem.row, problem.column) for problem in found] == [
        (1, "email"),
        (1, "manger"),
        (1, "name"),
    ]


def test_columns_that_nobody_must_give_may_be_left_out() -> None:
    columns = ("number", "email", "name", "department")
    found = read(file(typed(), columns=columns))
    assert not found.problems
    assert set(found.cells[0][1]) == set(columns)


@pytest.mark.parametrize("row", ["E1,a@example.com", "E1,a@example.com,A,sales,too much"])
def test_a_ragged_row_is_a_problem_of_that_row(row: str) -> None:
    found = read(f"number,email,name,department\r\n{row}\r\n".encode()).problems
    assert [(problem.row, "cells" in str(problem.says)) for problem in found] == [(2, True)]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"PK\x03\x04\x14\x00\x00\x00", "not a CSV file"),
        (b"number\xff\xff", "not a CSV file"),
        (b'number,name\r\n1,"never closed', "quotation mark"),
        (b"number\r\n" + b"x\r\n" * 50_001, "more than 50000 rows"),
        (b"x" * (10 * 1024 * 1024 + 1), "larger than 10 MB"),
    ],
)
def test_what_is_no_table_is_refused_with_the_reason(data: bytes, says: str) -> None:
    with pytest.raises(Invalid, match=says):
        read(data)


@given(st.text())
def test_any_text_comes_back_from_its_safe_cell(text: str) -> None:
    assert plain_cell(safe_cell(text)) == text


@given(st.sampled_from(DANGEROUS), st.text())
def test_no_cell_begins_as_a_formula(sign: str, rest: str) -> None:
    assert safe_cell(sign + rest).startswith("'")


WRITABLE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(st.lists(st.fixed_dictionaries(dict.fromkeys(COLUMNS, WRITABLE)), max_size=4))
def test_a_written_table_reads_as_it_was(people: list[dict[str, str]]) -> None:
    data = as_csv([COLUMNS, *([row[name] for name in COLUMNS] for row in people)])
    shown = [row for row in people if any(cell.strip() for cell in map(safe_cell, row.values()))]
    assert [dict(cells) for _row, cells in read(data).cells] == shown
