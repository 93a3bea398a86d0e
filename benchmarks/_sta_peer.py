"""A node of django-ogc-sensorthings (a Python environment of its own, named by its folder) over a database beside ours:
its own Django backend, gunicorn with two workers, the data array extension."""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import _node
import psycopg

SETTINGS = """
from uuid import UUID
DEBUG = False
SECRET_KEY = "peer"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "peer_urls"
USE_TZ = True
INSTALLED_APPS = ["django.contrib.contenttypes", "sensorthings.versions.v1_1",
    "sensorthings.versions.v1_1.backends.django", "sensorthings.versions.v1_1.extensions.dataarray"]
DATABASES = {{"default": {database!r}}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024 * 1024
SENSORTHINGS_V1_1_SERVICE_URL = "http://127.0.0.1:{port}/sensorthings"
SENSORTHINGS_V1_1_BACKEND_ADAPTER = "sensorthings.versions.v1_1.backends.django.adapter.DjangoBackendAdapter"
SENSORTHINGS_V1_1_ID_TYPE = UUID
SENSORTHINGS_V1_1_ID_DELIMITER = "'"
"""
URLS = """
from django.urls import include, path
urlpatterns = [path("sensorthings/", include("sensorthings.versions.v1_1.urls"))]
"""
WSGI = "import os\nfrom django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n"


@contextmanager
def serving(site: Path) -> Iterator[int]:
    """Yields its port."""
    from django.db import connection

    from gezhi.config.roles import SUPERUSER

    known = {**connection.settings_dict, "USER": SUPERUSER}
    with psycopg.connect(**_wire(known), autocommit=True) as one:
        one.execute("DROP DATABASE IF EXISTS sta_peer")
        one.execute("CREATE DATABASE sta_peer")
    port = _node.free_port()
    with tempfile.TemporaryDirectory() as folder:
        names = ("ENGINE", "HOST", "PORT", "USER", "PASSWORD")
        database = {name: str(known[name]) for name in names} | {
            "NAME": "sta_peer",
            "ENGINE": "django.db.backends.postgresql",
        }
        Path(folder, "peer_settings.py").write_text(SETTINGS.format(database=database, port=port))
        Path(folder, "peer_urls.py").write_text(URLS)
        Path(folder, "peer_wsgi.py").write_text(WSGI)
        env = {**os.environ, "PYTHONPATH": f"{site}:{folder}", "DJANGO_SETTINGS_MODULE": "peer_settings"}
        subprocess.run([sys.executable, "-m", "django", "migrate", "-v0"], env=env, cwd=folder, check=True)
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            "-w",
            "2",
            "-b",
            f"127.0.0.1:{port}",
            "peer_wsgi:application",
        ]
        with Path(folder, "log").open("w") as log:
            server = subprocess.Popen(command, env=env, cwd=folder, stdout=log, stderr=log)
            try:
                _node._wait_for(port)
                yield port
            finally:
                server.terminate()
                server.wait(30)


def _wire(known: dict[str, object]) -> dict[str, object]:
    return {
        "host": known["HOST"], "port": known["PORT"] or None, "user": known["USER"],
        "password": known["PASSWORD"] or None, "dbname": known["NAME"],
    }  # fmt: skip


def stream(port: int, thing: dict[str, object]) -> str:
    """A thing with one datastream; the datastream's id."""
    root = f"http://127.0.0.1:{port}/sensorthings/v1.1"
    request = urllib.request.Request(
        f"{root}/Things", json.dumps(thing).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:
        own = answer.headers["Location"]
    for _ in range(20):
        with urllib.request.urlopen(f"{own}/Datastreams") as answer:
            found = json.load(answer)["value"]
        if found:
            return str(found[0]["@iot.id"])
        time.sleep(0.1)
    raise SystemExit("The peer keeps no datastream.")
