"""Refusing kindly: what happened, in what, what is possible instead."""


class Refused(Exception):
    """What cannot be done. `code` is stable; `zh` and `en` say what, in what, and what is possible."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.code, self.zh, self.en = code, zh, en
