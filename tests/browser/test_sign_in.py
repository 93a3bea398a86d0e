"""Signing in before a real browser: by keyboard without scripts, with an app, and with passkeys of a virtual key."""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import CDPSession

from tests import cast
from tests.browser.conftest import DESKTOP, PHONE, Arrive, Visitor
from tests.house.tree import ROOT
from tests.people.signing import code_of

AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ASK = "tags => axe.run({runOnly: tags}).then(found => found.violations.map(one => one.id + ': ' + one.nodes[0].html))"


class Key:
    """A virtual authenticator in one browser: a phone or computer that keeps passkeys and knows its owner's finger."""

    def __init__(self, visitor: Visitor, *, verifies: bool = True) -> None:
        self._line: CDPSession = visitor.page.context.new_cdp_session(visitor.page)
        self._line.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": verifies,
        }
        made: dict[str, Any] = self._line.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        self._id = made["authenticatorId"]

    def verifies(self, owner: bool) -> None:
        self._line.send("WebAuthn.setUserVerified", {"authenticatorId": self._id, "isUserVerified": owner})

    def credentials(self) -> list[dict[str, Any]]:
        found: dict[str, Any] = self._line.send("WebAuthn.getCredentials", {"authenticatorId": self._id})
        return list(found["credentials"])

    def take(self, credential: dict[str, Any]) -> None:
        """In place of what it holds."""
        self._line.send("WebAuthn.clearCredentials", {"authenticatorId": self._id})
        self._line.send("WebAuthn.addCredential", {"authenticatorId": self._id, "credential": credential})


@pytest.fixture
def visitor(arrive: Arrive) -> Visitor:
    return arrive()


def fits(visitor: Visitor, name: str) -> None:
    """Nothing that axe complains of, one heading, no wider than its screen; and a picture of it."""
    visitor.page.evaluate(AXE)
    assert visitor.page.evaluate(ASK, RULES) == [], name
    assert visitor.page.locator("h1").count() == 1, name
    assert not visitor.overflows(), name
    visitor.snap(name)


def arrived(visitor: Visitor, path: str) -> None:
    visitor.page.wait_for_url(lambda url: urlsplit(url).path == path)


def leave(visitor: Visitor) -> None:
    visitor.page.context.clear_cookies()


def add_passkey(visitor: Visitor, name: str = "我的手机") -> None:
    visitor.go("/desk/account/factors/")
    visitor.page.fill("#name", name)
    visitor.page.click("form[data-passkey=add] button")
    arrived(visitor, "/desk/account/factors/codes/")
    visitor.page.click("main .button.first")
    arrived(visitor, "/desk/account/factors/")
    assert name in visitor.page.content()


def with_passkey(visitor: Visitor) -> None:
    visitor.go("/desk/sign-in/?next=/desk/cases/")
    visitor.page.click("form[data-passkey=sign-in] button")


def test_a_passkey_signs_in_alone(visitor: Visitor) -> None:
    visitor.sign_in("dispatcher")
    key = Key(visitor)
    add_passkey(visitor)
    assert len(key.credentials()) == 1
    leave(visitor)
    with_passkey(visitor)
    arrived(visitor, "/desk/cases/")
    assert "派遣员小李" in visitor.page.content()


def test_a_passkey_without_its_owner_signs_nobody_in(visitor: Visitor) -> None:
    visitor.sign_in("dispatcher")
    key = Key(visitor)
    add_passkey(visitor)
    leave(visitor)
    key.verifies(False)
    with_passkey(visitor)
    visitor.page.wait_for_selector("form[data-passkey=sign-in] [data-failed]:visible")
    assert "/desk/sign-in/" in visitor.page.url


def test_a_passkey_is_the_second_step_after_a_password(visitor: Visitor) -> None:
    visitor.sign_in("dispatcher")
    Key(visitor)
    add_passkey(visitor)
    leave(visitor)
    visitor.go("/desk/sign-in/?next=/desk/cases/")
    visitor.page.fill("#username", "dispatcher")
    visitor.page.fill("#password", cast.PASSWORD)
    visitor.page.click("form.card button")
    arrived(visitor, "/desk/sign-in/second/")
    fits(visitor, "second-step-passkey")
    visitor.page.click("form[data-passkey=second] button")
    arrived(visitor, "/desk/cases/")


def test_a_challenge_of_the_second_step_signs_nobody_in_without_a_password(visitor: Visitor) -> None:
    """Touching a key is enough as a second step; alone it is not."""
    visitor.sign_in("dispatcher")
    Key(visitor)
    add_passkey(visitor)
    leave(visitor)
    visitor.go("/desk/sign-in/")
    visitor.page.fill("#username", "dispatcher")
    visitor.page.fill("#password", cast.PASSWORD)
    visitor.page.click("form.card button")
    arrived(visitor, "/desk/sign-in/second/")
    visitor.page.evaluate("document.querySelector('form[data-passkey]').action = '/desk/sign-in/passkey/'")
    visitor.page.click("form[data-passkey=second] button")
    arrived(visitor, "/desk/sign-in/passkey/")
    assert "没有登记" in visitor.page.content()
    visitor.go("/desk/account/")
    assert "/desk/sign-in/" in visitor.page.url


def test_a_signature_of_another_key_signs_nobody_in(arrive: Arrive) -> None:
    mine, theirs = arrive(), arrive()
    theirs.sign_in("operator")
    their_key = Key(theirs)
    add_passkey(theirs)
    mine.sign_in("dispatcher")
    my_key = Key(mine)
    add_passkey(mine)
    leave(mine)
    stolen = their_key.credentials()[0]
    my_key.take({**my_key.credentials()[0], "privateKey": stolen["privateKey"]})
    with_passkey(mine)
    arrived(mine, "/desk/sign-in/passkey/")
    assert "没有登记" in mine.page.content()


def test_a_removed_passkey_opens_nothing(visitor: Visitor) -> None:
    visitor.sign_in("dispatcher")
    Key(visitor)
    add_passkey(visitor)
    visitor.page.click(".kept button")
    arrived(visitor, "/desk/account/factors/")
    leave(visitor)
    with_passkey(visitor)
    arrived(visitor, "/desk/sign-in/passkey/")
    assert "没有登记" in visitor.page.content()


def test_a_passkey_shows_again_who_one_is(visitor: Visitor, settings: Any) -> None:
    visitor.sign_in("dispatcher")
    Key(visitor)
    add_passkey(visitor)
    visitor.go("/desk/account/confirm/?next=/desk/account/keys/new/")
    fits(visitor, "confirm")
    visitor.page.click("form[data-passkey=confirm] button")
    arrived(visitor, "/desk/account/keys/new/")


def test_everything_but_passkeys_works_without_scripts(arrive: Arrive) -> None:
    visitor = arrive(java_script_enabled=False)
    visitor.sign_in("dispatcher")
    visitor.go("/desk/account/factors/")
    assert visitor.page.locator("form[data-passkey]").is_hidden()
    visitor.page.click("text=设置验证器")
    visitor.page.click("summary")
    secret = visitor.page.inner_text("p.secret").replace(" ", "")
    visitor.page.fill("#code", code_of(secret))
    visitor.page.click("main form.card button.first")
    arrived(visitor, "/desk/account/factors/codes/")
    assert visitor.page.locator(".codes li").count() == 10
    leave(visitor)
    visitor.go("/desk/sign-in/?next=/desk/cases/")
    visitor.page.fill("#username", "dispatcher")
    visitor.page.fill("#password", cast.PASSWORD)
    visitor.page.press("#password", "Enter")
    visitor.page.fill("#code", code_of(secret, step=1))
    visitor.page.press("#code", "Enter")
    arrived(visitor, "/desk/cases/")


@pytest.fixture(params=["zh", "en", "zh-phone", "en-phone", "dark"])
def screen(request: pytest.FixtureRequest, arrive: Arrive) -> tuple[Visitor, str]:
    size = PHONE if "phone" in request.param else DESKTOP
    language = "en-GB" if request.param.startswith("en") else "zh-CN"
    scheme = {"color_scheme": "dark"} if request.param == "dark" else {}
    return arrive(size=size, language=language, **scheme), request.param


def test_every_page_of_ones_own_account_reads_well(screen: tuple[Visitor, str]) -> None:
    visitor, face = screen
    visitor.sign_in("dispatcher")
    Key(visitor)
    visitor.go("/desk/account/")
    fits(visitor, f"account-none-{face}")
    visitor.go("/desk/account/factors/")
    fits(visitor, f"factors-none-{face}")
    visitor.go("/desk/account/factors/app/")
    visitor.page.click("summary")
    secret = visitor.page.inner_text("p.secret").replace(" ", "")
    fits(visitor, f"app-{face}")
    visitor.page.fill("#code", code_of(secret))
    visitor.page.click("main form.card button.first")
    arrived(visitor, "/desk/account/factors/codes/")
    fits(visitor, f"codes-{face}")
    visitor.go("/desk/account/factors/")
    visitor.page.fill("#name", "工作电脑")
    visitor.page.click("form[data-passkey=add] button")
    visitor.page.wait_for_selector(".kept")
    fits(visitor, f"factors-{face}")
    visitor.go("/desk/account/password/")
    visitor.page.fill("#old", "x")
    visitor.page.fill("#new", "gezhi20260301")
    visitor.page.fill("#again", "gezhi20260301")
    visitor.page.click("main form.card button.first")
    fits(visitor, f"password-{face}")
    visitor.go("/desk/account/keys/new/")
    visitor.page.fill("#name", "城市大屏")
    fits(visitor, f"key-new-{face}")
    visitor.page.click("main form.card button.first")
    visitor.page.wait_for_selector("#key")
    fits(visitor, f"key-made-{face}")
    for path, name in (("account/keys/", "keys"), ("account/", "account"), ("account/confirm/", "confirm")):
        visitor.go(f"/desk/{path}")
        fits(visitor, f"{name}-{face}")


def test_every_page_of_administrators_reads_well(screen: tuple[Visitor, str], city: cast.Cast) -> None:
    visitor, face = screen
    visitor.sign_in("administrator")
    for path, name in (("people/", "people"), ("people/new/", "person-new"), ("people/keys/", "all-keys")):
        visitor.go(f"/desk/{path}")
        fits(visitor, f"{name}-{face}")
    visitor.go(f"/desk/people/{city.account('handler').pk}/")
    fits(visitor, f"person-{face}")
    visitor.page.click("button[value=link]")
    visitor.page.wait_for_selector("#address")
    fits(visitor, f"link-{face}")
    link = visitor.page.input_value("#address")
    assert re.search(r"/desk/sign-in/link/[\w-]{40,}/$", link)
    leave(visitor)
    visitor.page.goto(link)
    assert link not in visitor.page.url
    fits(visitor, f"set-password-{face}")
    visitor.go("/desk/sign-in/link/nothing/")
    fits(visitor, f"link-gone-{face}")


def test_the_door_reads_well(screen: tuple[Visitor, str]) -> None:
    visitor, face = screen
    visitor.go("/desk/sign-in/")
    fits(visitor, f"door-{face}")
    for _ in range(11):
        visitor.page.fill("#username", "operator")
        visitor.page.fill("#password", "wrong")
        visitor.page.click("form.card button")
        if visitor.page.locator("#username").count() == 0:
            break
        fits(visitor, f"door-wrong-{face}")
    fits(visitor, f"door-wait-{face}")
