"""What browsers send, without signs that nobody types and a database may not store."""

from flask import request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

from portal.core.text import UNTYPED, typed


def clean() -> None:
    """Before each request: drop control characters from the address and the form.

    Refusing them would lose everything else that was typed with them.
    """
    request.__dict__["args"] = _cleaned(request.args)
    if request.method == "POST":
        request.__dict__["form"] = _cleaned(request.form)


def _cleaned(fields: MultiDict[str, str]) -> MultiDict[str, str]:
    if not any(UNTYPED.search(value) for value in fields.values()):
        return fields
    return ImmutableMultiDict([(name, typed(value)) for name, value in fields.items(multi=True)])
