"""Column types shared by tables."""

from django.db import models


class PlaceCodeField(models.CharField):  # type: ignore[type-arg]
    """A jurisdiction's 12-digit code or a grid's 15 or 16, compared byte by byte so that a subtree is a range."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.setdefault("max_length", 16)
        kwargs.setdefault("db_collation", "C")
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
