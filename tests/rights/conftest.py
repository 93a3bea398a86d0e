"""The cast with somebody who answers for personal data, and the pack of rights in force."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.conf import settings as django_settings
from pytest_django import Settings

from gezhi.packs.actions import publish
from gezhi.packs.loading import read_pack
from gezhi.people.actions import load_people
from gezhi.people.models import Account, Post, Unit
from tests.cast import CITY, Cast
from tests.chaos.gateway import Gateway


@pytest.fixture
def desk(city: Cast) -> Cast:
    """The city of the cast, and a data steward and the pack `rights` besides."""
    furnish()
    return city


def furnish() -> None:
    publish(read_pack(django_settings.PACKS_DIR / "rights"))
    centre = Unit.objects.get(code="centre")
    if not Account.objects.filter(username="steward").exists():
        steward = Account(username="steward", name="数据专管员小沈", password="!")
        post = Post(
            account=steward, unit=centre, role="data-steward", place_code=CITY, valid_from=date(2020, 1, 1)
        )
        load_people([steward], [], [post])


@pytest.fixture
def gateway(settings: Settings) -> Iterator[Gateway]:
    with Gateway() as running:
        settings.SMS_URL = running.url
        yield running
