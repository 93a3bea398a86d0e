"""The bodies about signing with an own key. Pure."""

from datetime import datetime

from pydantic import BaseModel, Field

from gezhi.exchange.rest.case_shapes import StepIn
from gezhi.exchange.rest.paper_shapes import PaperIn
from gezhi.exchange.rest.shapes import Name, Shape


class KeyOut(BaseModel):
    """A key with which your acts are signed. `held`: by the server, or by you alone (own). `alone`: nothing of yours
    is signed with another one."""

    key: str
    public: str = Field(description="base64: 32 bytes of Ed25519, or a point of SM2 (65 bytes, 04 x y).")
    held: str
    alone: bool
    made_at: datetime
    ended_at: datetime | None


class KeysOut(BaseModel):
    """`proof`: what an own key signs to be registered (base64)."""

    proof: str
    keys: list[KeyOut]


class OwnKeyIn(Shape):
    """`public` and `proof` in base64."""

    public: str = Field(max_length=100)
    proof: str = Field(max_length=200)
    alone: bool = Field(default=False, description="Sign with this key alone; the server's key for you ends.")


class ToSignOut(BaseModel):
    """`body`: the bytes to sign (base64), a line and the entry of the ledger as it will stand without your signature.
    `token` goes back with the signature, until `until`."""

    body: str
    token: str
    until: datetime


class SignedStepIn(StepIn):
    """The step as it was when its body was asked for, word by word, with the signature over the body."""

    token: str = Field(max_length=600)
    key: Name = Field(description="Of the key that signed.")
    signature: str = Field(max_length=200, description="base64; of SM2 as DER.")


class SignedPaperIn(PaperIn):
    """The document as it was when its body was asked for, with the signature over the body."""

    token: str = Field(max_length=600)
    key: Name = Field(description="Of the key that signed.")
    signature: str = Field(max_length=200, description="base64; of SM2 as DER.")
