"""Secrets never reach a log, wherever they came from."""

import io
import json
import logging
import logging.config
from typing import Any

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from gezhi.config.logs import logging_settings
from gezhi.lib.redacting import BLOT, RedactSecrets, redacted

SECRETS = {
    "gz_abcDEF123_-xyz7890qwerty": "key {} was used",
    "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln": "token {} came",
    "hunter2hunter2": "password='{}' was typed",
    "hunter2hunter3": '{{"password": "{}", "username": "li"}}',
    "hunter2hunter4": "{{'password': ['{}'], 'next': ['']}}",
    "c0deC0de": "GET /desk/sign-in/city/back/?code={}&iss=x",
    "st4teSt4te": "GET /desk/sign-in/city/back/?iss=x&state={}",
    "k3yk3yk3yk3yk3yk3y": "GET /desk/sign-in/link/{}/ 302",
    "s3ss10ns3ss10n": "Cookie: sessionid={}; csrftoken=abc",
    "h0sts3ss10n": "Cookie: __Host-session={}; path=/",
    "bearer0123456789": "Authorization: Bearer {}",
    "bmFtZTpwYXNzd29yZA==": "Authorization: Basic {}",
    "JBSWY3DPEHPK3PXP": "otpauth://totp/li?secret={}&issuer=x",
    "dbpassword": "postgresql://gezhi:{}@db.example.org/gezhi",
    "cl13ntsecret": "client_secret={}&grant_type=authorization_code",
    "t1cket0123": "/live/stream?ticket={}",
}


@pytest.mark.parametrize(("secret", "line"), SECRETS.items())
def test_what_looks_like_a_secret_is_blotted_out(secret: str, line: str) -> None:
    said = redacted(line.format(secret))
    assert secret not in said
    assert BLOT in said


@pytest.mark.parametrize(
    "line",
    [
        "Not Found: /desk/cases/2026-000123/",
        "状态码 500，退出码 1，错误 code: 42P01",
        'duplicate key value violates unique constraint "address_once"',
        "The state of the case is 'reported'; the key 'handling.normal' is unknown.",
    ],
)
def test_what_is_none_stays_readable(line: str) -> None:
    assert redacted(line) == line


def test_a_private_key_over_many_lines_goes_as_a_whole() -> None:
    text = "x\n-----BEGIN PRIVATE KEY-----\nMIIE\nabcd\n-----END PRIVATE KEY-----\ny"
    assert redacted(text) == f"x\n{BLOT}\ny"


@given(st.text())
def test_no_text_stops_a_log(text: str) -> None:
    assert isinstance(redacted(text), str)


def logged(formatter: logging.Formatter, *message: Any, **more: Any) -> str:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(formatter)
    handler.addFilter(RedactSecrets())
    logger = logging.Logger("redacting")
    logger.addHandler(handler)
    logger.error(*message, **more)
    return out.getvalue()


class AsJson(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        trace = (
            self.formatException(record.exc_info)
            if record.exc_info and not record.exc_text
            else record.exc_text
        )
        return json.dumps(
            {
                "said": record.getMessage(),
                "trace": trace,
                "facts": str(getattr(record, "facts", "")),
                "address": getattr(record, "address", ""),
            }
        )


@pytest.mark.parametrize("formatter", [logging.Formatter("%(message)s %(address)s"), AsJson()])
def test_message_values_further_fields_and_traceback_are_blotted_out_for_every_formatter(
    formatter: logging.Formatter,
) -> None:
    try:
        raise ValueError("password=hunter2hunter2")
    except ValueError:
        said = logged(
            formatter,
            "key %s",
            "gz_abcDEF123_-xyz7890",
            exc_info=True,
            extra={"address": "/x?code=c0deC0de", "facts": {"a": ["password=hunter2hunter2"]}},
        )
    assert "ValueError" in said
    assert not [secret for secret in ("hunter2", "xyz7890", "c0deC0de") if secret in said]


def test_a_message_whose_blanks_do_not_fit_is_still_logged() -> None:
    assert "password=" in logged(logging.Formatter("%(message)s"), "password=%s %s", "hunter2hunter2")
    assert "hunter2" not in logged(logging.Formatter("%(message)s"), "password=%s %s", "hunter2hunter2")


def test_the_nodes_own_lines_as_json_hold_none_either() -> None:
    out = io.StringIO()
    config = logging_settings("INFO", "json")
    config["handlers"]["stderr"]["stream"] = out
    config["loggers"] = {"gezhi.try": {"handlers": ["stderr"], "propagate": False}}
    del config["root"]
    logging.config.dictConfig(config | {"incremental": False})
    try:
        raise ValueError("client_secret=hunter2hunter2")
    except ValueError:
        logging.getLogger("gezhi.try").exception("failed", extra={"facts": {"asked": "/x?state=st4teSt4te"}})
    line = json.loads(out.getvalue())
    assert "ValueError" in line["error"]
    assert not [secret for secret in ("hunter2", "st4te") if secret in out.getvalue()]


def test_every_handler_of_the_node_blots_secrets_out() -> None:
    handlers = settings.LOGGING["handlers"]
    assert handlers
    assert all("secrets" in handler.get("filters", ()) for handler in handlers.values())
    assert (
        settings.LOGGING["filters"]["secrets"]["()"] == f"{RedactSecrets.__module__}.{RedactSecrets.__name__}"
    )
