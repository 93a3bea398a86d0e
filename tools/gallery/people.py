"""Those who look at the pages, each come in through the door that is theirs."""

from typing import Final

from playwright.sync_api import BrowserContext

from tools.gallery.city import PASSWORD, City
from tools.gallery.pages import OWN_REPORT, RESIDENT

# Pages come over the line, none from a phone's store.
NO_WORKER: Final = "delete Navigator.prototype.serviceWorker"


def come_in(context: BrowserContext, city: City, who: str) -> None:
    """`who`: an account; RESIDENT; "": anybody."""
    if who == RESIDENT:
        _look_up(context, city)
    elif who:
        _sign_in(context, city, who)


def _sign_in(context: BrowserContext, city: City, who: str) -> None:
    page = context.new_page()
    page.goto(f"{city.home}/desk/sign-in/?next=/desk/")
    page.fill("#username", who)
    page.fill("#password", PASSWORD)
    page.click("form.card button")
    page.wait_for_url("**/desk/")
    page.close()


def _look_up(context: BrowserContext, city: City) -> None:
    with city.connect() as connection:
        found = connection.execute(OWN_REPORT).fetchone()
    if found is None:
        raise LookupError("no report of a resident without a telephone number was closed")
    page = context.new_page()
    page.goto(f"{city.home}/follow/")
    page.fill("[name=code]", found[0])
    page.click("main form button")
    page.wait_for_url(f"**/follow/{found[0]}/")
    page.close()
