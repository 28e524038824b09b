"""Sums of money as people type, read and print them. All sums are int minor units (fen).

Amounts in words are ours and not cn2an's: its 0.5.24 writes 107,000 without a 零.
"""

import re
from collections.abc import Sequence

from babel.numbers import get_currency_precision

from portal.core.errors import Invalid
from portal.core.words import words

LARGEST_TYPED = 99_999_999_99
"""The most one amount may be, in minor units of a currency with two decimals."""

LONGEST_TYPED = 40

# Only these: str.isdigit, \d and NFKC also take ², ⑤, ٣ and the like for numbers.
_HALF_WIDTH = str.maketrans("０１２３４５６７８９．，－　￥", "0123456789.,- ¥")
_NUMBER = re.compile(r"(?P<whole>[0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3})+)?(?:\.(?P<part>[0-9]*))?")

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_UNITS = ("", "拾", "佰", "仟")


def parse_amount(text: str, currency: str = "CNY", *, zero: bool = False) -> int:
    """The amount a person typed, in minor units of ``currency`` (ISO 4217).

    ASCII and full-width digits, signs and spaces are understood: ``1,000.00``,
    ``１２．５``, ``¥ 1,234.5``, ``.5``. Raises ``Invalid``, with words that say what to
    type, for anything else, for sums that exceed 99,999,999.99, and for zero unless ``zero``
    allows it.
    """
    plain = text.translate(_HALF_WIDTH).strip()
    if not plain:
        raise Invalid(words("Type the amount, for example 1,234.50."))
    if plain.startswith(("-", "−")):
        raise Invalid(words("Type the amount without a minus sign, for example 1,234.50."))
    match = _NUMBER.fullmatch(plain.removeprefix("¥").lstrip())
    if len(plain) > LONGEST_TYPED or not match or not (match["whole"] or match["part"]):
        raise Invalid(
            words("This is not an amount. Type digits and one decimal point, such as 1,234.50.")
        )
    decimals = get_currency_precision(currency)
    part = match["part"] or ""
    if len(part) > decimals:
        raise Invalid(
            words("Type at most %(count)s digits after the decimal point.", count=decimals)
        )
    whole = (match["whole"] or "0").replace(",", "")
    minor = int(whole + part.ljust(decimals, "0"))
    if minor == 0 and not zero:
        raise Invalid(words("Type an amount of more than zero."))
    if minor * 100 > LARGEST_TYPED * 10**decimals:
        raise Invalid(words("Type an amount of at most 99,999,999.99, or split it into lines."))
    return minor


def allocate(total: int, weights: Sequence[int]) -> list[int]:
    """``total`` minor units in parts as ``weights`` say, adding up to it to the last unit.

    Each part is rounded towards zero; the units left over go to the parts that lost most,
    earlier ones first. Raises ``ValueError`` without a weight above zero.
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError("weights are not negative, and one is above zero")
    sign = -1 if total < 0 else 1
    parts = [abs(total) * weight // whole for weight in weights]
    lost = [abs(total) * weight % whole for weight in weights]
    left = abs(total) - sum(parts)
    for place in sorted(range(len(parts)), key=lambda place: (-lost[place], place))[:left]:
        parts[place] += 1
    return [sign * part for part in parts]


def format_plain(minor: int, currency: str = "CNY") -> str:
    """``1,234.50`` for 123450: for files and logs; pages format in the reader's language.

    With as many decimals as ``currency`` has: 1500 yen are ``1,500``.
    """
    sign = "-" if minor < 0 else ""
    decimals = get_currency_precision(currency)
    whole, part = divmod(abs(minor), 10**decimals)
    return f"{sign}{whole:,}.{part:0{decimals}d}" if decimals else f"{sign}{whole:,}"


def in_words(minor: int) -> str:
    """A sum of fen in Chinese capital numerals (金额大写), as a 报销单 prints it.

    人民币 without a gap; 整 only after 元; each run of zeros inside is one 零. Of the two
    spellings which 《正确填写票据和结算凭证的基本规定》 (中国人民银行, 支付结算办法 附一)
    allows for 1,680.32 and 107,000.53 this is the second: 捌拾元叁角贰分,
    壹拾万零柒仟元伍角叁分. Raises ``ValueError`` below zero.
    """
    if minor < 0:
        raise ValueError("a sum in words cannot be negative")
    if minor == 0:
        return "人民币零元整"
    yuan, fen = divmod(minor, 100)
    spelled = _whole(yuan) + "元" if yuan else ""
    if fen == 0:
        return f"人民币{spelled}整"
    jiao, fen = divmod(fen, 10)
    if yuan and jiao == 0:
        spelled += "零"
    if jiao:
        spelled += _DIGITS[jiao] + "角"
    if fen:
        spelled += _DIGITS[fen] + "分"
    return f"人民币{spelled}"


def _whole(number: int) -> str:
    digits = str(number)
    spelled, zero_waits = "", False
    for index, digit in enumerate(digits):
        place = len(digits) - 1 - index
        if digit == "0":
            zero_waits = True
        else:
            spelled += "零" * zero_waits + _DIGITS[int(digit)] + _UNITS[place % 4]
            zero_waits = False
        if place % 8 == 4 and number // 10**place % 10**4:
            spelled += "万"
        elif place and place % 8 == 0 and number // 10**place % 10**8:
            spelled += "亿" * (place // 8)
    return spelled
