"""What can happen to a claim. Each kind has its words in ``templates/claims/events/``."""

CREATED = "claim_created"
DELETED = "claim_deleted"
SUBMITTED = "claim_submitted"
AUTO_APPROVED = "claim_auto_approved"
STEP_APPROVED = "claim_step_approved"
APPROVED = "claim_approved"
RETURNED = "claim_returned"
REJECTED = "claim_rejected"
WITHDRAWN = "claim_withdrawn"
COMMENTED = "claim_commented"
ASKED = "claim_asked"
ANSWERED = "claim_answered"
REMINDED = "claim_reminded"
STEP_MOVED = "claim_step_moved"
PAYMENT_STARTED = "claim_payment_started"
PAYMENT_FAILED = "claim_payment_failed"
PAYMENT_CANCELLED = "claim_payment_cancelled"
PAID = "claim_paid"

ALL = (
    CREATED,
    DELETED,
    SUBMITTED,
    AUTO_APPROVED,
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
    PAYMENT_STARTED,
    PAYMENT_FAILED,
    PAYMENT_CANCELLED,
    PAID,
)

FILLED_FOR_YOU = "filled_for_you"
"""The notice to a claimant whose deputy has submitted a claim in his name."""

BATCH_MADE = "batch_made"
BATCH_EXPORTED = "batch_exported"
BATCH_CLOSED = "batch_closed"
