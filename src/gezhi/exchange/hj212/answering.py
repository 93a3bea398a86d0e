"""What the platform answers (HJ/T 212-2005, HJ 212-2017 and -2025: tables of commands, and their examples)."""

from typing import Final

from gezhi.exchange.hj212.commands import Kind
from gezhi.exchange.hj212.segment import Segment, wire

DATA: Final = b"9014"
NOTICE: Final = b"9013"


def answer_to(said: Segment, kind: Kind) -> bytes:
    """The line that acknowledges a frame in the version that it is written in; nothing where none is wanted."""
    if not said.wants_answer or kind is Kind.REPLY:
        return b""
    command = NOTICE if kind is Kind.NOTICE else DATA
    if said.version == 0:
        return wire(b"ST=91;CN=%b;CP=&&QN=%b;CN=%b&&" % (command, said.qn, said.cn))
    return wire(
        b"QN=%b;ST=91;CN=%b;PW=%b;MN=%b;Flag=%d;CP=&&&&"
        % (said.qn, command, said.pw, said.mn, said.version << 2)
    )
