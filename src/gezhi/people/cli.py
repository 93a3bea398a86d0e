"""`gezhi people ...`"""

import sys
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from gezhi.people.cli_import import Above, import_list
from gezhi.people.cli_keys import signing_keys
from gezhi.people.signing_in.policy import LONGEST, SCOPES

if TYPE_CHECKING:
    from gezhi.people.models import Account


@click.group()
def people() -> None:
    """Accounts, units, posts, duties, keys."""


people.add_command(import_list)
people.add_command(signing_keys)


@people.command()
@click.argument("username")
@click.argument("name")
@click.password_option(help="At least 10 characters.")
def account(username: str, name: str, password: str) -> None:
    """Open an account for a person."""
    from gezhi.people.actions import open_account
    from gezhi.people.models import Account

    if Account.objects.filter(username=username).exists():
        sys.exit(f"There is an account '{username}' already.")
    _refuse_weak(password, Account(username=username, name=name))
    open_account(username, name, password)
    click.echo(f"Account '{username}' is open. It can do nothing until it is appointed to a post.")


@people.command("password")
@click.argument("username")
@click.password_option(help="At least 10 characters.")
def new_password(username: str, password: str) -> None:
    """Set the password of an account. Whoever is signed in with the old one is signed out."""
    from gezhi.people.actions import set_password

    person = _account(username)
    if person.is_system:
        sys.exit(f"'{username}' is another system, which has keys: `gezhi people token` issues one.")
    _refuse_weak(password, person)
    set_password(person, password)
    click.echo(f"'{username}' signs in with the new password from now on.")


@people.command()
@click.argument("username")
@click.argument("unit_code")
@click.argument("role")
@click.argument("place_code")
@click.pass_context
def appoint(context: click.Context, username: str, unit_code: str, role: str, place_code: str) -> None:
    """Give a person a post at a unit and a place, from today on."""
    from django.utils import timezone

    from gezhi.people import actions
    from gezhi.people.models import Role, Unit

    person = _account(username)
    unit = Unit.objects.filter(code=unit_code).first()
    if unit is None:
        sys.exit(f"There is no unit {unit_code}.")
    if role not in Role.values:
        sys.exit(f"'{role}' is no role; roles are {', '.join(Role.values)}.")
    if not (context.find_object(Above) or Above()).places([place_code]):
        sys.exit(f"'{place_code}' is no place of this node; it must be the code of a division or grid here.")
    actions.appoint(person, unit, role, place_code, timezone.localdate())
    click.echo(f"{person.name} is {role} at {unit.name} for {place_code} from today.")


@people.command("end-post")
@click.argument("username")
@click.argument("unit_code")
@click.argument("role")
@click.option(
    "--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="The first day without it; today if not given."
)
def end_post(username: str, unit_code: str, role: str, day: datetime | None) -> None:
    """End a person's posts of a role at a unit, at every place."""
    from django.utils import timezone

    from gezhi.people.actions import end_posts
    from gezhi.people.queries import post_ids

    _account(username)
    on = day.date() if day else timezone.localdate()
    posts = post_ids(username, unit_code, role, on)
    if not posts:
        sys.exit(
            f"'{username}' is no {role} at {unit_code} on {on} or later. `gezhi people list` shows the posts."
        )
    end_posts(posts, on)
    click.echo(f"'{username}' is no {role} at {unit_code} from {on} on; {len(posts)} ended.")


@people.command("list")
@click.argument("text", default="")
def list_people(text: str) -> None:
    """Accounts whose username or name holds TEXT (all without it), with the posts of today."""
    from django.utils import timezone

    from gezhi.people.queries import people_like

    for person in people_like(text, timezone.localdate()):
        click.echo(f"{person.username}\t{person.name}\t{_standing(person)}")


@people.command()
@click.argument("username")
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, type=click.Choice(SCOPES), default=["report"])
@click.option("--days", type=click.IntRange(1, LONGEST), default=LONGEST, show_default=True)
def token(username: str, name: str, scopes: tuple[str, ...], days: int) -> None:
    """Issue a key for another system. It is printed once."""
    from django.utils import timezone

    from gezhi.people.actions import issue_token, open_account
    from gezhi.people.models import Account

    owner = Account.objects.filter(username=username).first() or open_account(
        username, name, None, is_system=True
    )
    now = timezone.now()
    click.echo(issue_token(owner, name, scopes, now, days))
    click.echo(
        f"Valid until {(now + timedelta(days=days)).date()}. Keep it; it is not shown again.", err=True
    )


@people.command()
def keys() -> None:
    """The keys of other systems: number, account, name, scopes, last day. Never the key itself."""
    from django.utils import timezone

    from gezhi.people.queries import tokens

    now = timezone.now()
    for one in tokens():
        until = timezone.localtime(one.expires_at).date()
        words = f"until {until}" if one.expires_at > now else f"ended {until}"
        click.echo(f"{one.pk}\t{one.account.username}\t{one.name}\t{' '.join(one.scopes)}\t{words}")


@people.command("withdraw-key")
@click.argument("number", type=int)
def withdraw_key(number: int) -> None:
    """End a key now, by its number in `gezhi people keys`."""
    from django.utils import timezone

    from gezhi.people.actions import withdraw_token
    from gezhi.people.queries import tokens

    now = timezone.now()
    found = tokens().filter(pk=number).first()
    if found is None:
        sys.exit(f"There is no key {number}. `gezhi people keys` lists them.")
    if found.expires_at <= now:
        sys.exit(f"Key {number} ended already on {timezone.localtime(found.expires_at).date()}.")
    withdraw_token(found, now)
    click.echo(f"Key {number} ({found.name}) is withdrawn; within a second nobody takes it any more.")


def _account(username: str) -> "Account":
    from gezhi.people.models import Account

    person = Account.objects.filter(username=username).first()
    if person is None:
        sys.exit(f"There is no account {username}.")
    return person


def _refuse_weak(password: str, person: "Account") -> None:
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.utils.translation import override

    try:
        with override("en"):
            validate_password(password, person)
    except ValidationError as error:
        sys.exit(" ".join(error.messages))


def _standing(person: "Account") -> str:
    if not person.is_active:
        return "closed"
    posts = ", ".join(f"{post.role} at {post.unit.code} for {post.place_code}" for post in person.posts.all())
    kind = "another system" if person.is_system else "no password" if not person.has_usable_password() else ""
    return "; ".join(filter(None, (posts or "no post", kind)))
