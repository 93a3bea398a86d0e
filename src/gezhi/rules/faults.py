"""What is wrong with a text that should be a rule."""


class RuleError(ValueError):
    """`column` counts characters of the text from 1."""

    def __init__(self, column: int, what: str, allowed: str) -> None:
        super().__init__(f"column {column}: {what}. Allowed: {allowed}")
        self.column = column
        self.what = what
        self.allowed = allowed
