"""What a notice says: one sentence for each kind, used by mails and by the notices page.

The claim's number stands beside the sentence, never in it.
"""

from collections.abc import Mapping
from typing import Any

from portal.claims import events
from portal.core.words import words
from portal.people import events as people
from portal.prior import events as prior
from portal.web.i18n import money
from portal.web.languages import gettext

SENTENCES = {
    events.SUBMITTED: words("A claim waits for your decision: %(purpose)s, %(total)s"),
    events.FILLED_FOR_YOU: words(
        "%(who)s submitted a claim in your name; you can withdraw it: %(purpose)s, %(total)s"
    ),
    events.AUTO_APPROVED: words("Your claim was approved at once: %(purpose)s, %(total)s"),
    events.APPROVED: words("Your claim is approved: %(purpose)s, %(total)s"),
    events.RETURNED: words("%(who)s returned your claim: %(purpose)s"),
    events.REJECTED: words("%(who)s rejected your claim: %(purpose)s"),
    events.COMMENTED: words("%(who)s commented on the claim: %(purpose)s"),
    events.ASKED: words("%(who)s has a question about your claim: %(purpose)s"),
    events.ANSWERED: words("%(who)s answered your question about the claim: %(purpose)s"),
    events.REMINDED: words("A claim still waits for your decision and is late: %(purpose)s"),
    events.PAID: words("Your claim is paid: %(purpose)s, %(total)s"),
    events.PAYMENT_FAILED: words("The payment of your claim failed: %(purpose)s, %(total)s"),
    people.DEPUTY_ALLOWED: words("%(who)s may fill claims and requests for you from now on."),
    people.DEPUTY_REVOKED: words("%(who)s may not fill claims and requests for you any more."),
    people.MADE_DEPUTY: words("You may fill claims and requests for %(who)s from now on."),
    people.DEPUTY_NO_MORE: words("You may not fill claims and requests for %(who)s any more."),
    prior.SUBMITTED: words("A request waits for your decision: %(purpose)s, %(total)s"),
    prior.FILLED_FOR_YOU: words(
        "%(who)s submitted a request in your name; you can withdraw it: %(purpose)s, %(total)s"
    ),
    prior.APPROVED: words("Your request is approved: %(purpose)s, %(total)s"),
    prior.RETURNED: words("%(who)s returned your request: %(purpose)s"),
    prior.REJECTED: words("%(who)s rejected your request: %(purpose)s"),
    prior.COMMENTED: words("%(who)s commented on the request: %(purpose)s"),
    prior.ASKED: words("%(who)s has a question about your request: %(purpose)s"),
    prior.ANSWERED: words("%(who)s answered your question about the request: %(purpose)s"),
    prior.REMINDED: words("A request still waits for your decision and is late: %(purpose)s"),
    prior.PAID: words("Your advance is paid out: %(purpose)s, %(total)s"),
    prior.PAYMENT_FAILED: words("The payment of your advance failed: %(purpose)s, %(total)s"),
    prior.REPAID: words("%(who)s noted cash that you returned on your advance: %(purpose)s"),
    prior.SETTLED: words(
        "A claim settled your advance: %(purpose)s; you owe %(total)s of it from now on"
    ),
    prior.RESTORED: words(
        "A claim was not paid after all, so you owe %(total)s of your advance again: %(purpose)s"
    ),
    prior.OVERDUE: words("Settle what you still owe of an advance: %(purpose)s, %(total)s"),
    people.BANK_ACCOUNT_CHANGED: words(
        "Your bank account was changed. If it was not you, tell finance at once."
    ),
}


def sentence(kind: str, data: Mapping[str, Any]) -> str:
    """What a notice of ``kind`` says in the current language.

    ``data`` is the notice's: ``purpose``, ``total`` in minor units of CNY, ``who``.
    """
    return gettext(SENTENCES[kind].text) % {
        "purpose": data.get("purpose") or data.get("number") or "–",
        "total": money(data.get("total")),
        "who": data.get("who") or gettext("Somebody"),
    }
