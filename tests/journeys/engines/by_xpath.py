"""Where a label, a button text or a link text leads, as XPath: for engines with a live page.

Each function gives expressions in order of preference; the first that matches something shown
is meant. An exact text goes before a beginning, because labels end in hints ("Amount (CNY)").
"""

_CONTROL = "*[self::input[not(@type='hidden')] or self::select or self::textarea]"
_BUTTON = "*[self::button or self::input[@type='submit' or @type='button']]"


def literal(text: str) -> str:
    """`text` as an XPath string, whatever quotes are in it."""
    if "'" not in text:
        return f"'{text}'"
    if '"' not in text:
        return f'"{text}"'
    parts = ', "\'", '.join(f"'{part}'" for part in text.split("'"))
    return f"concat({parts})"


def controls(label: str) -> list[str]:
    """Fields by the text of their label, then by name or id, then by a label's beginning."""
    wanted = literal(label)
    exact = f"normalize-space()={wanted}"
    begins = f"starts-with(normalize-space(), {wanted})"
    return [
        f"//{_CONTROL}[@id=//label[{exact}]/@for]",
        f"//label[{exact}]//{_CONTROL}",
        f"//{_CONTROL}[@aria-label={wanted} or @name={wanted} or @id={wanted}]",
        f"//{_CONTROL}[@id=//label[{begins}]/@for]",
        f"//label[{begins}]//{_CONTROL}",
    ]


def buttons(text: str) -> list[str]:
    """Buttons by what they show or are called aloud."""
    wanted = literal(text)
    return [
        f"//{_BUTTON}[normalize-space()={wanted} or @value={wanted} and self::input]",
        f"//{_BUTTON}[@aria-label={wanted}]",
        f"//{_BUTTON}[starts-with(normalize-space(), {wanted})]",
    ]


def links(text: str) -> list[str]:
    """Links by what they show or are called aloud."""
    wanted = literal(text)
    return [
        f"//a[@href][normalize-space()={wanted}]",
        f"//a[@href][@aria-label={wanted}]",
        f"//a[@href][starts-with(normalize-space(), {wanted})]",
    ]


def options(text: str) -> list[str]:
    """Options inside a list, relative to it."""
    wanted = literal(text)
    return [
        f".//option[normalize-space()={wanted}]",
        f".//option[starts-with(normalize-space(), {wanted})]",
    ]
