"""Training the classifier on what people said is right."""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from procrastinate.contrib.django import app

from gezhi.cases.models import CaseEvent, Lesson, Report, TrainedModel
from gezhi.cases.queries.objecting import unteachable
from gezhi.ledger.actions import record
from gezhi.lib.textmodel import Examples, TextModel, evaluate
from gezhi.packs.shapes import Kind

LEAST_LESSONS = 10
MOST_TEXTS = 50_000  # the newest; training takes about 2 s for each thousand of several hundred categories
SCORED = 10_000  # texts that the score is measured on, four fifths to learn from and one fifth to answer


class NotEnoughLessons(ValueError):
    """Fewer than ten lessons of at least two categories are known."""


@transaction.atomic
def request_training(account_id: int | None) -> TrainedModel:
    """Queue a training job. One that waits already is returned instead of a second."""
    with connection.cursor() as cursor:  # two who ask at once take turns
        cursor.execute("LOCK TABLE cases_trainedmodel IN SHARE ROW EXCLUSIVE MODE")
    waiting = TrainedModel.objects.filter(state="queued").first()
    if waiting is not None:
        return waiting
    trained = TrainedModel.objects.create(state="queued", asked_by_id=account_id, asked_at=timezone.now())
    record("classifier.training-asked", f"model:{trained.pk}", {"account": account_id})
    app.configure_task("cases.train", allow_unknown=False).defer(model_id=trained.pk)
    return trained


def train(model_id: int) -> None:
    """Train on all lessons and on the reports of cases that were verified; the finished model answers from then on."""
    trained = TrainedModel.objects.get(id=model_id)
    if trained.state == "done":
        return
    _progress(model_id, 0.0)
    try:
        texts, labels = _lessons()
        model = TextModel.fit(texts, labels, progress=lambda share: _progress(model_id, share * 0.7))
        score = _score(texts, labels)
        _finish(model_id, model.to_bytes(), len(texts), score)
    except ValueError as error:
        TrainedModel.objects.filter(id=model_id).update(
            state="failed", error=str(error), done_at=timezone.now()
        )


def _lessons() -> tuple[list[str], list[str]]:
    """Texts with the category that a person gave: corrections twice, since they are where a guess was wrong. Nothing
    of what was erased, or of whoever objects."""
    newest = Lesson.objects.order_by("-id").values_list("report_id", "text", "category")[:MOST_TEXTS]
    verified = CaseEvent.objects.filter(case_id=OuterRef("case_id"), kind=Kind.VERIFY.value)
    handled = Report.objects.filter(Exists(verified), case__closed_at__isnull=False).exclude(text="")
    said = handled.order_by("-id").values_list("id", "text", "case__category")[:MOST_TEXTS]
    barred = unteachable({row[0] for row in (*newest, *said) if row[0] is not None})
    corrected = {text: category for pk, text, category in reversed(newest) if pk not in barred}
    pairs = {text: category for pk, text, category in said if pk not in barred} | corrected
    texts = [*pairs, *corrected]
    labels = [*pairs.values(), *corrected.values()]
    if len(texts) < LEAST_LESSONS or len(set(labels)) < 2:
        raise NotEnoughLessons(
            f"{len(texts)} lessons of {len(set(labels))} categories; at least 10 of 2 are needed."
        )
    return texts, labels


def _score(texts: list[str], labels: list[str]) -> float | None:
    """Macro-F1 on texts that the measuring model has not seen; None where too few labels are left to learn."""
    texts, labels = texts[:SCORED], labels[:SCORED]
    learn = Examples([t for i, t in enumerate(texts) if i % 5], [c for i, c in enumerate(labels) if i % 5])
    seen = set(learn.texts)
    unseen = [
        (t, c) for i, (t, c) in enumerate(zip(texts, labels, strict=True)) if i % 5 == 0 and t not in seen
    ]
    if len(set(learn.labels)) < 2 or not unseen:
        return None
    return evaluate(learn, Examples([t for t, _ in unseen], [c for _, c in unseen])).macro_f1


def _progress(model_id: int, share: float) -> None:
    TrainedModel.objects.filter(id=model_id).update(state="running", progress=round(share, 3))


@transaction.atomic
def _finish(model_id: int, content: bytes, lessons: int, macro_f1: float | None) -> None:
    done: datetime = timezone.now()
    TrainedModel.objects.filter(id=model_id).update(
        state="done", progress=1.0, content=content, lessons=lessons, macro_f1=macro_f1, done_at=done
    )
    record(
        "classifier.trained",
        f"model:{model_id}",
        {"lessons": lessons, "bytes": len(content)},
        configures=True,
    )
