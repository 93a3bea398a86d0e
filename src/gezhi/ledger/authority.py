"""A timestamp authority of one's own, for tests and for a demonstration: a root, a signer, `openssl ts -reply`.

A clock of one's own proves nothing to others. A city names an authority that it does not run.
"""

import subprocess
import tempfile
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from gezhi.ledger.timestamps import QUERY_TYPE, REPLY_TYPE
from gezhi.lib.durable import write_whole

YEARS: Final = timedelta(days=3650)
LONGEST_QUERY: Final = 64 * 1024
_CONFIG: Final = """[tsa]
default_tsa = own
[own]
serial = serial
signer_cert = signer.pem
signer_key = signer.key
signer_digest = sha256
default_policy = 1.2.156.10197.99.1
digests = sha256, sha384, sha512
accuracy = secs:1
ordering = no
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


class Authority:
    """Its keys lie in a folder and are made there when missing."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self.folder = folder
        self.certificate = folder / "authority.pem"
        self._one_at_a_time = threading.Lock()  # openssl counts its serials in a file
        if not self.certificate.exists():
            self._make(now)

    def reply(self, query: bytes) -> bytes:
        """To the bytes of a query. Raises ValueError for what is none."""
        with self._one_at_a_time, tempfile.TemporaryDirectory() as work:
            asked, answer = Path(work) / "query", Path(work) / "reply"
            asked.write_bytes(query)
            words = ("openssl", "ts", "-reply", "-config", "openssl.cnf", "-section", "own")
            files = ("-queryfile", str(asked), "-out", str(answer))
            done = subprocess.run([*words, *files], cwd=self.folder, capture_output=True, check=False)
            if done.returncode:
                raise ValueError("That is no query of a timestamp.")
            return answer.read_bytes()

    def _make(self, now: datetime) -> None:
        root, signer = generate_private_key(SECP256R1()), generate_private_key(SECP256R1())
        top = _certificate("Own timestamps (proves nothing to others)", root, None, root, now)
        below = _certificate("Own timestamp signer", signer, top, root, now)
        key = signer.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "signer.key").touch(mode=0o600)
        (self.folder / "signer.key").write_bytes(key)
        write_whole(self.folder / "signer.pem", below.public_bytes(Encoding.PEM))
        write_whole(self.folder / "serial", b"01\n")
        write_whole(self.folder / "openssl.cnf", _CONFIG.encode())
        write_whole(self.certificate, top.public_bytes(Encoding.PEM))


def server(authority: Authority, host: str, port: int) -> ThreadingHTTPServer:
    """Answers queries by POST until it is shut down."""
    return ThreadingHTTPServer((host, port), _handler(authority.reply))


def _handler(reply: Callable[[bytes], bytes]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            if self.headers.get("Content-Type") != QUERY_TYPE or not 0 < size <= LONGEST_QUERY:
                self.send_error(400)
                return
            try:
                answer = reply(self.rfile.read(size))
            except ValueError:
                self.send_error(400)
                return
            self.send_response(200)
            self.send_header("Content-Type", REPLY_TYPE)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


def _certificate(
    name: str,
    key: EllipticCurvePrivateKey,
    above: x509.Certificate | None,
    above_key: EllipticCurvePrivateKey,
    now: datetime,
) -> x509.Certificate:
    """`above` None: it signs itself."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    top = above is None
    made = (
        x509.CertificateBuilder(above.subject if above else subject, subject, key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + YEARS)
        .add_extension(x509.BasicConstraints(top, None), critical=True)
        .add_extension(_usage(signs_certificates=top), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(above_key.public_key()), critical=False
        )
    )
    if not top:
        made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return made.sign(above_key, hashes.SHA256())


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
