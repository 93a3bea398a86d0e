"""A case's or a photo's proofs as one ZIP file that anybody can check without this node."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gezhi.ledger import notes
from gezhi.ledger.keys import verifiers_of
from gezhi.ledger.proofs import Proof

_CHECK: Final = Path(__file__).parent / "data/check.py"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the same proofs give the same file


@dataclass(frozen=True, slots=True)
class Proven:
    """An entry's body, word for word, and its proof; None: no checkpoint stands over it yet."""

    name: str
    body: bytes
    proof: Proof | None


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file whose SHA-256 stands in an entry."""

    name: str
    data: bytes


def zip_of(
    about: str, proven: Sequence[Proven], keys: Sequence[str], enclosed: Sequence[Enclosed] = ()
) -> bytes:
    """`about`: what the proofs are of, for the reader; `keys`: the log's own, as name+id+key."""
    files = {"README.txt": _readme(about, proven, enclosed).encode(), "check.py": _CHECK.read_bytes()}
    for one in proven:
        files[f"entries/{one.name}.json"] = one.body
        if one.proof is not None:
            files[f"entries/{one.name}.tlog-proof"] = one.proof.written().encode()
    files["keys.txt"] = "".join(f"{key}\n" for key in keys).encode()
    note = next((one.proof.note for one in proven if one.proof is not None), "")
    files |= _signature(note, keys) if note else {}
    files |= {f"files/{one.name}": one.data for one in enclosed}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _signature(written: str, keys: Sequence[str]) -> dict[str, bytes]:
    """The checkpoint as `openssl` checks it: what was signed, the signature, the key."""
    note, known = notes.parse_note(written), verifiers_of(keys)
    files = {"checkpoint": written.encode(), "checkpoint.txt": note.text.encode()}
    own = [key for key in known if isinstance(key, notes.Ed25519Verifier)]
    for line in note.signatures:
        for key in own:
            if (key.name, key.key_id) == (line.name, line.key_id):
                public = Ed25519PublicKey.from_public_bytes(key.public)
                files["key.pem"] = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
                files["signature.bin"] = line.blob
    return files


def _readme(about: str, proven: Sequence[Proven], enclosed: Sequence[Enclosed]) -> str:
    waiting = [one.name for one in proven if one.proof is None]
    parts = {"about": about, "count": len(proven) - len(waiting)}
    text = _README.format(**parts)
    if waiting:
        text += _WAITING.format(names=", ".join(waiting))
    if enclosed:
        text += _ENCLOSED.format(names="\n".join(f"  files/{one.name}" for one in enclosed))
    return text


_README: Final = """\
存证证明 / Proofs from the ledger
{about}

内有 {count} 条记录及其证明。每条记录是该节点在事情发生的同一事务中写下的原文，不含个人信息：
个人信息只以加盐散列出现。证明表明：这段原文在检查点签署之前已经写入存证链，此后一个字节也没有变过。
它不能证明所记之事属实，只能证明当时是这样记的。

如何核对，不需要本系统：
1. python3 check.py
   逐条核对 entries/ 中的记录（.json）与证明（.tlog-proof）。
2. openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in checkpoint.txt -sigfile signature.bin
   核对检查点的签名。
3. 把 keys.txt 中的公钥与该节点公布的公钥（网址 /ledger/keys）及您从别处得到的公钥比较。
   签名有没有意义，取决于这一步。
4. 装有本系统的机器上：gezhi ledger check 证明 记录 --key 公钥
格式：c2sp.org/tlog-proof，c2sp.org/tlog-checkpoint，RFC 6962。

Here are {count} entries with their proofs. Each entry holds the very bytes that the node wrote in the transaction of
the act itself. Personal data stands in it only as salted hashes. A proof shows that these bytes were in the ledger
before its checkpoint was signed and have not changed by a byte since. It does not show that what was written is true,
only that it was written so.

To check, without this system:
1. python3 check.py
   holds each entry of entries/ (.json) against its proof (.tlog-proof).
2. openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in checkpoint.txt -sigfile signature.bin
   checks the signature of the checkpoint.
3. Compare the key in keys.txt with the one that the node publishes (address /ledger/keys) and the one that you have
   from elsewhere. What the signature is worth hangs on this.
4. On a machine with this system: gezhi ledger check PROOF ENTRY --key KEY
Formats: c2sp.org/tlog-proof, c2sp.org/tlog-checkpoint, RFC 6962.
"""
_WAITING: Final = """
尚无检查点、因而尚无证明的记录（一分钟内会有）/ Entries without a proof as yet, which follows within a minute:
  {names}
"""
_ENCLOSED: Final = """
文件，其 SHA-256 写在记录中 / Files whose SHA-256 stands in an entry:
{names}
"""
