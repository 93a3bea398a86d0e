"""A resident who said much, and what others wrote about it: every field holds a word of its own."""

import io
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from django.utils import timezone
from numpy.random import default_rng
from PIL import Image
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from gezhi.cases.actions import act
from gezhi.cases.intake.door import accept
from gezhi.cases.intake.shapes import NewReport, Receipt
from gezhi.cases.models import Case, Report
from gezhi.cases.photos import store_photo
from gezhi.cases.procedure import Given
from gezhi.rights.person import Person
from gezhi.rights.queries.people import person_of_number
from tests.cast import LAMP, WANAN, Cast, centre_of

_numbers = itertools.count(10_000)
WORDS = ("text", "address", "name", "email", "answer", "rating", "added", "note", "step")


@dataclass(frozen=True)
class Resident:
    """`marks`: what stands in each field, unlike anything else."""

    number: str
    marks: dict[str, str]

    @property
    def person(self) -> Person:
        return person_of_number(self.number)


def resident() -> Resident:
    n = next(_numbers)
    marks = {word: f"{word}独此{n}" for word in WORDS}
    marks["name"] = f"慕容{n}"
    marks["email"] = f"only{n}@example.org"
    return Resident(f"139{n:08d}", marks)


def said(who: Resident, **more: object) -> Receipt:
    """One report of the resident, with a photo of their own."""
    lon, lat = centre_of(f"{WANAN}001")
    plain: dict[str, object] = {
        "source": "portal",
        "source_id": f"told-{next(_numbers)}",
        "text": f"路灯不亮 {who.marks['text']}",
        "occurred_at": timezone.now(),
        "lon": lon,
        "lat": lat,
        "address": f"{who.marks['address']}弄",
        "category": LAMP,
        "reporter_name": who.marks["name"],
        "reporter_phone": who.number,
        "reporter_email": who.marks["email"],
        "attributes": {"extra": who.marks["answer"]},
        "photos": (store_photo(own_picture()),),
    }
    return accept([NewReport(**plain | more)])[0]  # type: ignore[arg-type]


def own_picture() -> bytes:
    out = io.BytesIO()
    blots = default_rng(next(_numbers)).integers(0, 256, (9, 12, 3), dtype=np.uint8)
    Image.fromarray(blots).resize((64, 48), Image.Resampling.NEAREST).save(out, "JPEG")
    return out.getvalue()


def close(city: Cast, receipt: Receipt, words: str = "已修好") -> None:
    """Through the whole loop, each step by whom it is for."""
    unit = city.units["haishu-works"]
    for who, step, given in (
        ("dispatcher", "accept", Given()),
        ("dispatcher", "dispatch", Given(unit_id=unit)),
        ("handler", "receive", Given()),
        ("handler", "finish", Given(text=words, evidence=(store_photo(own_picture()).key,))),
        ("verifier", "verify", Given(text="属实")),
    ):
        act(city.actor(who), receipt.case_id, step, given)


def age(receipt: Receipt, days: int) -> None:
    """As if it had been closed so long ago."""
    Case.objects.filter(id=receipt.case_id).update(closed_at=timezone.now() - timedelta(days=days))


def jobs(*names: str) -> list[str]:
    """Do the waiting jobs of these names, in order, as the worker would; which were done."""
    done = []
    for job in _waiting(names):
        app.tasks[job.task_name](**job.args)
        ProcrastinateJob.objects.filter(id=job.id)
        _finish(job.id)
        done.append(job.task_name)
    return done


def _waiting(names: tuple[str, ...]) -> Iterator[ProcrastinateJob]:
    while job := ProcrastinateJob.objects.filter(task_name__in=names, status="todo").order_by("id").first():
        yield job


def _finish(job_id: int) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = %s", [job_id])


def report_of(receipt: Receipt) -> Report:
    return Report.objects.select_related("case").get(id=receipt.report_id)
