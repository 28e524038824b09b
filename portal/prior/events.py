"""What can happen to a trip request or an advance; words in ``templates/prior/events/``."""

CREATED = "prior_created"
DELETED = "prior_deleted"
SUBMITTED = "prior_submitted"
STEP_APPROVED = "prior_step_approved"
APPROVED = "prior_approved"
RETURNED = "prior_returned"
REJECTED = "prior_rejected"
WITHDRAWN = "prior_withdrawn"
COMMENTED = "prior_commented"
ASKED = "prior_asked"
ANSWERED = "prior_answered"
REMINDED = "prior_reminded"
STEP_MOVED = "prior_step_moved"
CLOSED = "prior_closed"
PAYMENT_STARTED = "prior_payment_started"
PAYMENT_FAILED = "prior_payment_failed"
PAYMENT_CANCELLED = "prior_payment_cancelled"
PAID = "prior_paid"
SETTLED = "prior_settled"
RESTORED = "prior_restored"
REPAID = "prior_repaid"
OVERDUE = "prior_overdue"

ALL = (
    CREATED,
    DELETED,
    SUBMITTED,
    STEP_APPROVED,
    APPROVED,
    RETURNED,
    REJECTED,
    WITHDRAWN,
    COMMENTED,
    ASKED,
    ANSWERED,
    REMINDED,
    STEP_MOVED,
    CLOSED,
    PAYMENT_STARTED,
    PAYMENT_FAILED,
    PAYMENT_CANCELLED,
    PAID,
    SETTLED,
    RESTORED,
    REPAID,
    OVERDUE,
)

FILLED_FOR_YOU = "request_filled_for_you"
"""The notice to an owner whose deputy has submitted a request in his name."""
