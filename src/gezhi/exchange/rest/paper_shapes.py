"""The bodies of documents, as the OpenAPI document shows them. Pure."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from gezhi.exchange.rest.shapes import Name, Plain, Shape


class PaperIn(Shape):
    """`template`: one that the case offers you. `reason`: what stands for {reason} in it."""

    template: Name
    reason: Annotated[Plain, Field(max_length=2000)] = ""


class PaperOut(BaseModel):
    """`sha256` is empty until the PDF is made (`ready`). `verification`: the page where anyone may check it."""

    template: str
    title: str
    number: str
    code: str
    at: datetime
    sha256: str
    ready: bool
    verification: str


class OfferedOut(BaseModel):
    template: str
    title_zh: str
    title_en: str


class PapersOut(BaseModel):
    documents: list[PaperOut]
    offered: list[OfferedOut]


class VerifiedOut(BaseModel):
    title_zh: str
    title_en: str
    number: str
    issuer: str
    at: datetime
    sha256: str
