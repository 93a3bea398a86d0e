"""SM2 signatures with SM3 (GB/T 32918.2, GB/T 32905) as one more line under a note.

The `cryptography` package has no SM2, so OpenSSL's libcrypto is called, version 3 or later, where the machine has it.
The line's type is 0xff with the algorithm's name, so that whoever does not know it passes it over. The signer's
identity is the usual 1234567812345678 (GB/T 35276); a signature is DER, as the `openssl` command reads it:

    openssl dgst -sm3 -verify sm2.pub -sigopt distid:1234567812345678 -signature FILE TEXT
"""

import base64
import ctypes
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from gezhi.ledger.notes import OTHER, BadNote, Signature, key_id

KIND: Final = OTHER + b"SM2-with-SM3 1.2.156.10197.1.501\n"
POINT: Final = 65  # bytes of a public key: 04, x, y
_IDENTITY: Final = b"1234567812345678"
_SPKI: Final = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")
_LIBRARIES: Final = ("libcrypto.so.3", "libcrypto.so.4", "libcrypto.3.dylib", "libcrypto-3-x64.dll")
_NAME: Final = re.compile(r"[^\s+\ud800-\udfff]+")
_P: Final = ctypes.c_void_p
_FUNCTIONS: Final[dict[str, tuple[Any, ...]]] = {  # name -> what it gives, what it takes
    "EVP_PKEY_Q_keygen": (_P, _P, _P, ctypes.c_char_p),
    "EVP_PKEY_free": (None, _P),
    "d2i_AutoPrivateKey": (_P, _P, _P, ctypes.c_long),
    "d2i_PUBKEY": (_P, _P, _P, ctypes.c_long),
    "i2d_PrivateKey": (ctypes.c_int, _P, _P),
    "i2d_PUBKEY": (ctypes.c_int, _P, _P),
    "EVP_sm3": (_P,),
    "EVP_MD_CTX_new": (_P,),
    "EVP_MD_CTX_free": (None, _P),
    "EVP_DigestSignInit": (ctypes.c_int, _P, _P, _P, _P, _P),
    "EVP_DigestVerifyInit": (ctypes.c_int, _P, _P, _P, _P, _P),
    "EVP_PKEY_CTX_set1_id": (ctypes.c_int, _P, ctypes.c_char_p, ctypes.c_int),
    "EVP_DigestSign": (ctypes.c_int, _P, _P, _P, ctypes.c_char_p, ctypes.c_size_t),
    "EVP_DigestVerify": (
        ctypes.c_int,
        _P,
        ctypes.c_char_p,
        ctypes.c_size_t,
        ctypes.c_char_p,
        ctypes.c_size_t,
    ),
    "ERR_clear_error": (None,),
}


class NoSm2(RuntimeError):
    """The machine has no libcrypto of OpenSSL 3 with SM2, or it refused the key."""


def is_available() -> bool:
    try:
        return bool(_crypto().EVP_sm3())
    except NoSm2:
        return False


@dataclass(frozen=True, slots=True)
class Sm2Verifier:
    """`public`: 65 bytes, the point uncompressed."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        return key_id(self.name, KIND, self.public)

    def verifies(self, text: str, blob: bytes) -> bool:
        """Raises NoSm2 on a machine that cannot tell."""
        return verifies(self.public, text.encode(), blob)

    def vkey(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(KIND + self.public).decode()}"


@dataclass(frozen=True, slots=True)
class Sm2Signer:
    """`private`: DER, as `new_key` gives it."""

    name: str
    private: bytes

    @property
    def verifier(self) -> Sm2Verifier:
        return Sm2Verifier(self.name, public_of(self.private))

    def sign(self, text: str, at: int) -> Signature:
        return Signature(self.name, self.verifier.key_id, sign(self.private, text.encode()))


def sm2_verifier(vkey: str) -> Sm2Verifier:
    """Raises BadNote for what is no SM2 key in the form name+id+key."""
    name, _, rest = vkey.partition("+")
    identity, _, material = rest.partition("+")
    try:
        raw = base64.b64decode(material, validate=True)
    except ValueError as error:
        raise BadNote(f"'{vkey[:80]}' is no key: its last part is not base64.") from error
    found = Sm2Verifier(name, raw[len(KIND) :])
    if not _NAME.fullmatch(name) or not raw.startswith(KIND) or len(found.public) != POINT:
        raise BadNote(f"'{vkey[:80]}' is no SM2 key in the form name+id+key.")
    if found.key_id.hex() != identity:
        raise BadNote(f"'{vkey[:80]}' names the id {identity[:8]}, but its key has {found.key_id.hex()}.")
    return found


def new_key() -> bytes:
    """A private key, DER (SEC 1). Raises NoSm2."""
    with _key(_crypto().EVP_PKEY_Q_keygen(None, None, b"SM2")) as key:
        return _written(_crypto().i2d_PrivateKey, key)


def public_of(private: bytes) -> bytes:
    """The point of its public key. Raises NoSm2."""
    with _key(_read(_crypto().d2i_AutoPrivateKey, private)) as key:
        return _written(_crypto().i2d_PUBKEY, key)[len(_SPKI) :]


def private_pem(private: bytes) -> bytes:
    return _pem("EC PRIVATE KEY", private)


def public_pem(public: bytes) -> bytes:
    """As `openssl` reads it."""
    return _pem("PUBLIC KEY", _SPKI + public)


def from_pem(pem: bytes) -> bytes:
    """DER of the first block. Raises NoSm2."""
    found = re.search(rb"-----BEGIN [A-Z ]{1,40}-----\s([^-]+)-----END", pem)
    if found is None:
        raise NoSm2("The file holds no key in PEM.")
    try:
        return base64.b64decode(found[1])
    except ValueError as error:
        raise NoSm2("The key in the file is no base64.") from error


def sign(private: bytes, data: bytes) -> bytes:
    """DER. Raises NoSm2."""
    crypto = _crypto()
    with (
        _key(_read(crypto.d2i_AutoPrivateKey, private)) as key,
        _digest(crypto.EVP_DigestSignInit, key) as work,
    ):
        room = ctypes.c_size_t(128)
        out = ctypes.create_string_buffer(room.value)
        if crypto.EVP_DigestSign(work, out, ctypes.byref(room), data, len(data)) != 1:
            raise NoSm2("OpenSSL did not sign with this SM2 key.")
        return out.raw[: room.value]


def verifies(public: bytes, data: bytes, signature: bytes) -> bool:
    """Raises NoSm2 on a machine without SM2 and for a key that is no point of the curve."""
    crypto = _crypto()
    with (
        _key(_read(crypto.d2i_PUBKEY, _SPKI + public)) as key,
        _digest(crypto.EVP_DigestVerifyInit, key) as work,
    ):
        return bool(crypto.EVP_DigestVerify(work, signature, len(signature), data, len(data)) == 1)


@cache
def _crypto() -> Any:
    """Raises NoSm2."""
    for name in _LIBRARIES:
        try:
            library = ctypes.CDLL(name)
            for function, (gives, *takes) in _FUNCTIONS.items():
                getattr(library, function).restype = gives
                getattr(library, function).argtypes = takes
        except (OSError, AttributeError):
            continue
        return library
    raise NoSm2("SM2 needs libcrypto of OpenSSL 3 or later, which this machine does not have.")


@contextmanager
def _key(key: int | None) -> Iterator[int]:
    try:
        if not key:
            raise NoSm2("OpenSSL does not take this SM2 key.")
        yield key
    finally:
        _crypto().EVP_PKEY_free(key)
        _crypto().ERR_clear_error()


@contextmanager
def _digest(begin: Callable[..., int], key: int) -> Iterator[int]:
    crypto = _crypto()
    work, inner = crypto.EVP_MD_CTX_new(), _P()
    try:
        begun = begin(work, ctypes.byref(inner), crypto.EVP_sm3(), None, key)
        if begun != 1 or crypto.EVP_PKEY_CTX_set1_id(inner, _IDENTITY, len(_IDENTITY)) != 1:
            raise NoSm2("OpenSSL does not sign with SM2 here.")
        yield work
    finally:
        crypto.EVP_MD_CTX_free(work)


def _read(reader: Callable[..., int | None], der: bytes) -> int | None:
    held = ctypes.create_string_buffer(der, len(der))
    return reader(None, ctypes.byref(_P(ctypes.addressof(held))), len(der))


def _written(writer: Callable[..., int], key: int) -> bytes:
    out = ctypes.create_string_buffer(256)
    size = writer(key, ctypes.byref(_P(ctypes.addressof(out)))) if writer(key, None) <= len(out) else 0
    if size <= 0:
        raise NoSm2("OpenSSL does not write this SM2 key.")
    return out.raw[:size]


def _pem(label: str, der: bytes) -> bytes:
    body = base64.encodebytes(der).decode().replace("\n", "")
    lines = "\n".join(body[start : start + 64] for start in range(0, len(body), 64))
    return f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n".encode()
