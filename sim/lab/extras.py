"""Optional dependencies: what to say where one is missing."""


def extra_needed(what: str, extra: str) -> str:
    """Return the message that `what` needs an extra of this package."""
    return f"{what} needs the extra {extra!r}: pip install 'generative-networks[{extra}]'"
