"""Refusals in the user's words. ``portal.web.errors`` maps each type to an HTTP status."""

from portal.core.words import Words


class Refusal(Exception):
    """An action was refused and nothing changed; ``words`` say why and what to do."""

    def __init__(self, words: Words):
        super().__init__(str(words))
        self.words = words


class Missing(Refusal):
    """The thing does not exist, or this person may not know that it does."""


class NotAllowed(Refusal):
    """The person may see the thing but not do this with it."""


class NotNow(Refusal):
    """The thing is in a state in which this cannot be done."""


class Stale(Refusal):
    """Somebody else changed the thing since the page was shown."""


class Invalid(Refusal):
    """What was sent cannot be understood; ``field`` names the control it came from."""

    def __init__(self, words: Words, field: str | None = None):
        super().__init__(words)
        self.field = field
