"""WTForms' own sentences that a form of this portal can show, and nothing else.

They stand in WTForms' sources, where the extraction of our sentences does not look, and are
looked up in our catalogue by ``portal.forms.base``. Nothing imports this file: it only
brings them into the catalogue.
"""

from portal.core.words import words

SENTENCES = (
    words("Invalid Choice: could not coerce."),
    words("Invalid input."),
    words("Not a valid choice."),
    words("Not a valid integer value."),
    words("Number must be at least %(min)s."),
    words("Number must be at most %(max)s."),
    words("Number must be between %(min)s and %(max)s."),
    words("This field is required."),
)
