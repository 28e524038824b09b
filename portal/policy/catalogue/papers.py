"""What invoices and trip requests say against a line."""

from portal.core.words import words
from portal.policy.catalogue.rule import FIXED, Rule
from portal.policy.rules import BLOCKS, NEEDS_REASON, WARNS

ONCE, CHECKS, TRIPS = "one-invoice-once", "invoice-checks", "trip-limits"

INVOICES = (
    Rule(
        "invoice_claimed", "invoices", words("An invoice is claimed once"),
        words("This invoice is already on another claim."),
        words("Remove the line, or attach the invoice that belongs to it."),
        BLOCKS, ONCE, "files", choices=FIXED,
    ),
    Rule(
        "invoice_like_another", "invoices", words("An invoice like another one"),
        words("An invoice of the same day, amount and seller is on %(claim)s."),
        words("If they are two different purchases, say so; otherwise remove the line."),
        NEEDS_REASON, ONCE, "reason", ("claim",),
    ),
    Rule(
        "same_file", "invoices", words("The same file twice"),
        words("The same file is attached to %(claim)s."),
        words("Attach the receipt that belongs to this line, or say why it proves both."),
        NEEDS_REASON, ONCE, "reason", ("claim",),
    ),
    Rule(
        "line_like_another", "invoices", words("An expense like another one"),
        words("An expense of the same day and amount is on %(claim)s."),
        words("Nothing to do if they are two different expenses; otherwise remove the line."),
        WARNS, ONCE, "amount", ("claim",),
    ),
    Rule(
        "buyer_name_other", "invoices", words("The invoice is made out to the company"),
        words("The buyer on the invoice is not the company's name."),
        words("Ask the seller for one with the company's name, or say why it cannot be had."),
        NEEDS_REASON, CHECKS, "reason",
    ),
    Rule(
        "buyer_tax_id_other", "invoices", words("The invoice bears the company's tax number"),
        words("The buyer's tax number on the invoice is not the company's."),
        words("Ask the seller for a corrected invoice, or say why it cannot be had."),
        NEEDS_REASON, CHECKS, "reason",
    ),
    Rule(
        "invoice_red", "invoices", words("Credit notes are not claimed"),
        words("This is a red invoice: it takes another one back."),
        words("Remove it, and attach the invoice that was really paid."),
        BLOCKS, CHECKS, "files",
    ),
    Rule(
        "invoice_unclear", "invoices", words("An invoice that contradicts itself"),
        words("The invoice file says different things about itself: %(fields)s."),
        words("Compare it with the original, correct the line, and say what you saw."),
        NEEDS_REASON, CHECKS, "reason", ("fields",),
    ),
    Rule(
        "invoice_changed", "invoices", words("What was typed differs from the invoice"),
        words("Other than the invoice says: %(fields)s."),
        words("Nothing to do if you claim less on purpose; the approver will see this note."),
        WARNS, CHECKS, "amount", ("fields",),
    ),
)  # fmt: skip

TRAVEL = (
    Rule(
        "trip_over_budget", "trips", words("The budget of a trip request"),
        words("The trip was approved for %(budget)s; with this line it comes to %(spent)s."),
        words("Say why the trip cost more."),
        NEEDS_REASON, TRIPS, "reason", ("budget", "spent", "excess"),
    ),
    Rule(
        "trip_outside_days", "trips", words("The days of a trip request"),
        words("%(day)s lies outside the trip, which lasts from %(first)s to %(last)s."),
        words("Nothing to do for tickets bought ahead; otherwise correct the date."),
        WARNS, TRIPS, "spent_on", ("day", "first", "last"),
    ),
)  # fmt: skip
