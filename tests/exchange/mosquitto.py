"""A mosquitto of a test's own (Debian's package), and its clients that we did not write."""

import shutil
import socket
import subprocess
import time
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

import psutil
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

SERVER: Final = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
PUBLISH: Final = shutil.which("mosquitto_pub")
needs_mosquitto = pytest.mark.skipif(
    not (SERVER and PUBLISH), reason="mosquitto and mosquitto-clients are not installed"
)
HOST: Final = "127.0.0.1"


class Mosquitto:
    """Stopped, killed and started again it has the same port and folder."""

    def __init__(self, folder: Path, *more: str) -> None:
        with socket.socket() as listener:
            listener.bind((HOST, 0))
            self.port = int(listener.getsockname()[1])
        self._config = folder / "mosquitto.conf"
        settings = [
            *(f"listener {self.port} {HOST}", "allow_anonymous true", "persistence true"),
            f"persistence_location {folder}/",
            *("autosave_on_changes true", "autosave_interval 1", "max_queued_messages 0", "max_inflight_messages 0"),
            *("user root", *more),
        ]  # fmt: skip
        self._config.write_text("\n".join(settings) + "\n")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Mosquitto":
        assert SERVER
        command = [SERVER, "-c", str(self._config)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(500):
            with socket.socket() as asking:
                if asking.connect_ex((HOST, self.port)) == 0:
                    return self
            time.sleep(0.02)
        raise AssertionError("mosquitto did not start")

    @property
    def used(self) -> float:
        """Seconds of processor so far."""
        assert self._process
        times = psutil.Process(self._process.pid).cpu_times()
        return float(times.user + times.system)

    def kill(self) -> None:
        """-9"""
        if self._process:
            self._process.kill()
            self._process.wait(10)

    def publish(self, topic: str, lines: list[str], *options: str) -> "subprocess.Popen[bytes]":
        """mosquitto_pub, a message a line, QoS 1; running still."""
        assert PUBLISH
        command = [PUBLISH, "-h", HOST, "-p", str(self.port), "-q", "1", "-t", topic, "-l", *options]
        sending = subprocess.Popen(command, stdin=subprocess.PIPE)
        assert sending.stdin
        sending.stdin.write("".join(f"{line}\n" for line in lines).encode())
        sending.stdin.close()
        return sending


def write_certificate(folder: Path) -> None:
    """key.pem and certificate.pem, which is its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "broker")]), datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    forms = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(*forms))
