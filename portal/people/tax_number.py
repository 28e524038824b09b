"""A company's tax number (纳税人识别号) and its check digit."""

import re

from portal.core.errors import Invalid
from portal.core.words import words

SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""GB 32100-2015, table 1: no I, O, S, V and Z, which look like digits."""

_UNIFIED = re.compile(rf"[{SIGNS}]{{18}}")
_EVER_USED = re.compile(r"[0-9A-Z]{15,20}")


def plain(text: str) -> str:
    """The number without spaces, in capital letters."""
    return re.sub(r"\s", "", text).upper()


def check(number: str) -> None:
    """Raise ``Invalid`` for what is no tax number; ``number`` is as ``plain`` gives it.

    18 signs are a unified social credit code (统一社会信用代码), whose last sign must fit.
    Other lengths from 15 to 20 were given out before 2015, and nothing in them can be checked.
    """
    if not _EVER_USED.fullmatch(number):
        raise Invalid(words("A tax number has 18 digits and capital letters."), "tax_id")
    if len(number) == 18 and not is_unified(number):
        raise Invalid(
            words("The last sign does not fit the others. Compare it with the business licence."),
            "tax_id",
        )


def is_unified(number: str) -> bool:
    """Whether this is a unified social credit code with the right check digit."""
    return _UNIFIED.fullmatch(number) is not None and completed(number[:17]) == number


def completed(first: str) -> str:
    """A unified social credit code from its ``first`` 17 signs: the check digit joins them.

    GB 32100-2015, 5.3: the signs count by their place in the table, weighted by powers of 3.
    """
    weighed = sum(SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(first))
    return first + SIGNS[-weighed % 31]
