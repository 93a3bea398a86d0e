"""`gezhi people ...`"""

import sys
from datetime import timedelta

import click


@click.group()
def people() -> None:
    """Accounts, posts, keys."""


@people.command()
@click.argument("username")
@click.argument("name")
@click.password_option(help="At least 10 characters.")
def account(username: str, name: str, password: str) -> None:
    """Open an account for a person."""
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    from gezhi.people.actions import open_account
    from gezhi.people.models import Account

    if Account.objects.filter(username=username).exists():
        sys.exit(f"There is an account '{username}' already.")
    try:
        validate_password(password)
    except ValidationError as error:
        sys.exit(" ".join(error.messages))
    open_account(username, name, password)
    click.echo(f"Account '{username}' is open. It can do nothing until it is appointed to a post.")


@people.command()
@click.argument("username")
@click.argument("unit_code")
@click.argument("role")
@click.argument("place_code")
def appoint(username: str, unit_code: str, role: str, place_code: str) -> None:
    """Give a person a post at a unit and a place, from today on."""
    from django.utils import timezone

    from gezhi.lib.codes import is_code
    from gezhi.people import actions
    from gezhi.people.models import Account, Role, Unit

    person = Account.objects.filter(username=username).first()
    unit = Unit.objects.filter(code=unit_code).first()
    if person is None or unit is None:
        sys.exit(f"There is no {'account ' + username if person is None else 'unit ' + unit_code}.")
    if role not in Role.values:
        sys.exit(f"'{role}' is no role; roles are {', '.join(Role.values)}.")
    if not is_code(place_code):
        sys.exit(f"'{place_code}' is no place; it must be a 12-digit division code or a grid code.")
    actions.appoint(person, unit, role, place_code, timezone.localdate())
    click.echo(f"{person.name} is {role} at {unit.name} for {place_code} from today.")


@people.command()
@click.argument("username")
@click.argument("name")
@click.option(
    "--scope", "scopes", multiple=True, type=click.Choice(["report", "read", "act"]), default=["report"]
)
@click.option("--days", default=365, show_default=True)
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
