"""A node does not start with settings about outsiders that nobody can read: it would find out when it has to decide."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from gezhi.config.vouching import minutes, witness_of_setting, witnesses_setting
from tests.ledger.test_witnessing import COURT, LOG


def test_what_can_be_read_is_kept_as_it_is() -> None:
    witness = f"court={COURT.verifier.vkey()}@https://court.example"
    assert witnesses_setting(witness) == witness
    assert witness_of_setting(LOG.verifier.vkey()) == LOG.verifier.vkey()
    assert (witnesses_setting(""), minutes("GEZHI_WITNESS_WARN", "60")) == ("", 60)


def test_what_cannot_be_read_is_refused_with_its_name() -> None:
    with pytest.raises(ImproperlyConfigured, match="GEZHI_WITNESSES: 'court'"):
        witnesses_setting("court")
    with pytest.raises(ImproperlyConfigured, match="GEZHI_WITNESS_OF"):
        witness_of_setting("nonsense")
    for text in ("", "-1", "an hour", "1.5", "九"):
        with pytest.raises(ImproperlyConfigured, match="GEZHI_WITNESS_WARN"):
            minutes("GEZHI_WITNESS_WARN", text)
