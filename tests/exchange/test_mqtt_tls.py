"""TLS of both adapters, with a certificate of the test's own."""

import asyncio
import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gezhi.exchange.hj212.segment import wire
from gezhi.exchange.hj212.serving import Server
from gezhi.exchange.mqtt.broker import Broker
from gezhi.exchange.mqtt.client import Client
from gezhi.exchange.mqtt.payloads import Payloads
from tests.exchange.hj212_cast import Door, air_content, devices, segment
from tests.exchange.mosquitto import HOST, Mosquitto, needs_mosquitto, write_certificate
from tests.exchange.mqtt_reader import MAPPING, SERIES
from tests.loops import played


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A folder with key.pem and certificate.pem, which is its own authority."""
    write_certificate(tmp_path)
    return tmp_path


def trusting(folder: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(folder / "certificate.pem"))


@needs_mosquitto
@pytest.mark.parametrize(("trusts", "connects"), [(True, True), (False, False)])
def test_a_broker_is_reached_through_tls_if_its_certificate_is_trusted(
    certificate: Path, trusts: bool, connects: bool
) -> None:
    files = (f"certfile {certificate}/certificate.pem", f"keyfile {certificate}/key.pem")
    broker = Mosquitto(certificate, *files).start()
    tls = trusting(certificate) if trusts else ssl.create_default_context()
    settings = Broker(HOST, broker.port, client="tls", tls=tls, retry=(0.05, 0.1))
    client = Client(settings, [(MAPPING.filter, Payloads(MAPPING, SERIES))], Door())

    async def play() -> None:
        client.start()
        for _ in range(300):
            await asyncio.sleep(0.01)
            if client.state == "connected" or "CERTIFICATE_VERIFY_FAILED" in client.state:
                break
        await client.stop()

    try:
        played(play())
    finally:
        broker.kill()
    assert (client.state == "connected") is connects
    assert ("CERTIFICATE_VERIFY_FAILED" in client.state) is not connects


def test_devices_may_speak_hj212_through_tls(certificate: Path) -> None:
    async def play() -> bytes:
        serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        serving.load_cert_chain(certificate / "certificate.pem", certificate / "key.pem")
        server = await Server(Door(), devices()).start(HOST, 0, serving)
        reader, writer = await asyncio.open_connection(HOST, server.port, ssl=trusting(certificate))
        now = datetime.now(UTC)
        writer.write(wire(segment(air_content(now=now), now=now)))
        answer = await asyncio.wait_for(reader.readline(), 20)
        writer.close()
        await server.stop()
        return answer

    assert b"CN=9014" in played(play())
