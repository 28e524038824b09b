"""Passwords: argon2id at a cost of about 20 ms, and the rules of NIST SP 800-63B-4."""

import unicodedata
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from portal.core.errors import Invalid
from portal.core.words import words

SHORTEST, LONGEST = 15, 200
"""SP 800-63B-4 §3.1.1.2: at least 15 characters where the password is the only factor."""

_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
_nobody = _hasher.hash("nobody has this password")

COMMON = frozenset(
    (
        "123456789012345", "1234567890123456", "12345678901234567890", "passwordpassword",
        "password12345678", "passwordpassword1", "qwertyuiopasdfgh", "qwertyuiop123456",
        "1q2w3e4r5t6y7u8i", "abcdefghijklmnop", "iloveyouiloveyou", "letmeinletmeinletmein",
        "administrator123", "woaini1314520520", "woaini5201314520", "zaq12wsxcde34rfv",
        "1qaz2wsx3edc4rfv", "changemechangeme", "welcomewelcome12", "correcthorsebatterystaple",
    )
)  # fmt: skip
"""Long passwords that are tried first; runs and repetitions are found by rule."""


def plain(password: str) -> str:
    """The password in one Unicode form, so that every keyboard types the same."""
    return unicodedata.normalize("NFC", password)


def hashed(password: str) -> str:
    """The argon2id hash that is stored."""
    return _hasher.hash(plain(password))


def matches(stored: str | None, password: str) -> bool:
    """Whether the password is right; takes as long for people who do not exist."""
    try:
        return _hasher.verify(stored or _nobody, plain(password)[:LONGEST]) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def check(password: str, *known: str) -> None:
    """Raise ``Invalid`` for a password that is too easy; ``known`` are the person's own words.

    Length and a blocklist only: rules about kinds of characters make passwords worse.
    """
    text = plain(password)
    if len(text) < SHORTEST:
        raise Invalid(
            words("Use at least %(least)s characters. A short sentence is easy to remember.",
                  least=SHORTEST), "password",
        )  # fmt: skip
    if len(text) > LONGEST:
        raise Invalid(words("Use at most %(most)s characters.", most=LONGEST), "password")
    folded = text.casefold()
    rest = folded
    for word in sorted((*known, "portal"), key=len, reverse=True):
        if len(word) >= 3:
            rest = rest.replace(word.casefold(), "")
    if folded in COMMON or len(set(folded)) < 5 or _is_run(folded) or len(rest) < SHORTEST // 2:
        raise Invalid(words("This password is too easy to guess. Choose another."), "password")


def _is_run(text: str) -> bool:
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    return steps <= {1} or steps <= {-1}
