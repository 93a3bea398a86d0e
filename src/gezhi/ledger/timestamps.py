"""Timestamps of an outside authority (RFC 3161): the request, and what its reply proves.

A reply may be checked by anyone, with the authority's root certificate and nothing of ours:

    openssl ts -verify -data SIZE.checkpoint -in SIZE.tsr -CAfile authority.pem
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from rfc3161_client import (
    HashAlgorithm,
    PKIStatus,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

QUERY_TYPE: Final = "application/timestamp-query"
REPLY_TYPE: Final = "application/timestamp-reply"


class BadStamp(ValueError):
    """The reply is no timestamp of these bytes by this authority; the message says why."""


@dataclass(frozen=True, slots=True)
class Trust:
    """The certificates of an authority. `signer`: the one that signs, where the file holds it too."""

    roots: Sequence[x509.Certificate]
    between: Sequence[x509.Certificate]
    signer: x509.Certificate | None


@dataclass(frozen=True, slots=True)
class Query:
    nonce: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a reply says: that the authority saw these bytes at `at`. `by`: whoever signed."""

    at: datetime
    serial: str
    policy: str
    by: str


def trust_in(pem: bytes) -> Trust:
    """Raises BadStamp for a file without certificates, or without one that signed itself."""
    try:
        found = x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise BadStamp("The authority's file holds no certificate in PEM.") from error
    signer = next((one for one in found if _signs_times(one)), None)
    roots = [one for one in found if one.issuer == one.subject]
    if not roots:
        raise BadStamp("The authority's file lacks its root certificate, the one that signed itself.")
    return Trust(roots, [one for one in found if one not in roots and one != signer], signer)


def query(data: bytes, trust: Trust) -> Query:
    """An authority whose signer is known here need not send it: one that sends several certificates in the order of
    its own is not understood (DER asks for another order)."""
    asked = TimestampRequestBuilder(cert_req=trust.signer is None).data(data)
    made = asked.hash_algorithm(HashAlgorithm.SHA256).build()
    assert made.nonce is not None
    return Query(made.nonce, made.as_bytes())


def checked(reply: bytes, data: bytes, trust: Trust, nonce: int | None = None) -> Stamp:
    """`nonce`: of the query, where the reply is fresh. Raises BadStamp."""
    answer = _decoded(reply)
    builder = VerifierBuilder(
        tsa_certificate=trust.signer, roots=list(trust.roots), intermediates=list(trust.between), nonce=nonce
    )
    try:
        builder.build().verify_message(answer, data)
        return _stamp(answer, trust)
    except (VerificationError, ValueError) as error:  # parts of a reply are read only when they are asked for
        raise BadStamp(f"The timestamp does not hold: {error}") from error


def _signs_times(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        return False
    return ExtendedKeyUsageOID.TIME_STAMPING in usage.value


def _decoded(reply: bytes) -> TimeStampResponse:
    try:
        answer = decode_timestamp_response(reply)
    except ValueError as error:
        hint = (
            " It holds several certificates in an order that DER does not allow: put the one that signs into the "
            "authority's file, then it is not sent."
            if "InvalidSetOrdering" in str(error)
            else ""
        )
        raise BadStamp(f"The reply is no timestamp.{hint}") from error
    if answer.status != PKIStatus.GRANTED:
        known = {one.value: one.name for one in PKIStatus}
        name = known.get(answer.status, f"status {answer.status}")
        raise BadStamp(f"The authority refused: {name} {answer.status_string}")
    return answer


def _stamp(answer: TimeStampResponse, trust: Trust) -> Stamp:
    info = answer.tst_info
    sent = [x509.load_der_x509_certificate(one) for one in answer.signed_data.certificates]
    signers = {(one.issuer, one.serial_number) for one in answer.signed_data.signer_infos}
    known = [*sent, *([trust.signer] if trust.signer else [])]
    by = next((one for one in known if (one.issuer, one.serial_number) in signers), None)
    name = by.subject.rfc4514_string() if by else ""
    return Stamp(info.gen_time, f"{info.serial_number:x}", info.policy.dotted_string, name)
