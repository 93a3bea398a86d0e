"""Classification: everyday words first, then what people corrected; training is a job with progress."""

from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from gezhi.cases.actions import request_training, train
from gezhi.cases.guessing import WordGuesser
from gezhi.cases.models import Lesson, TrainedModel
from gezhi.cases.world import world
from gezhi.ledger.models import Entry
from gezhi.packs.shapes import Category, Words
from tests.cast import LAMP, RUBBISH, Cast

SAYING = "桥洞下面那个旧沙发第{}次提醒"


def category(key: str, zh: str, *words: str) -> Category:
    return Category(
        key=key, kind="matter", code="01001", name=Words(zh=zh, en=f"{key} trouble"), group="g",
        procedure="standard", function="f", limits="normal", words=words,
    )  # fmt: skip


GUESSER = WordGuesser(
    [
        category("lamp", "路灯异常", "路灯", "灯"),
        category("cover", "井盖异常", "井盖", "破损"),
        category("wall", "墙面", "破损"),
    ]
)


def test_the_words_that_decided_are_shown() -> None:
    best = GUESSER.guess("门口路灯坏了，井盖也破损", 3)
    assert best[0].category == "cover"
    assert set(best[0].clues) == {"井盖", "破损"}
    assert all(0 < guess.confidence <= 1 for guess in best)


def test_longer_words_speak_louder_and_shared_words_softer() -> None:
    assert GUESSER.guess("路灯和灯", 1)[0].category == "lamp"
    alone, shared = GUESSER.guess("井盖", 1)[0], GUESSER.guess("破损", 1)[0]
    assert alone.confidence > shared.confidence


def test_english_names_and_capitals_are_understood() -> None:
    assert GUESSER.guess("LAMP TROUBLE again", 1)[0].category == "lamp"


def test_unknown_words_give_no_guess() -> None:
    assert GUESSER.guess("一切都好", 3) == []
    assert WordGuesser([]).guess("路灯", 3) == []


def lessons(category: str, texts: list[str]) -> None:
    at = timezone.now()
    Lesson.objects.bulk_create(Lesson(text=text, category=category, at=at) for text in texts)


def test_corrections_change_the_next_answer_after_training(city: Cast) -> None:
    lessons(LAMP, [f"第{n}盏路灯不亮" for n in range(12)])
    lessons(RUBBISH, [SAYING.format(n) for n in range(12)])
    assert world().classifier.classify([SAYING.format(99)])[0].category != RUBBISH
    asked = request_training(city.account("dispatcher").pk)
    assert list(ProcrastinateJob.objects.values_list("task_name", "args")) == [
        ("cases.train", {"model_id": asked.pk})
    ]
    train(asked.pk)
    done = TrainedModel.objects.get()
    assert (done.state, done.progress, done.error) == ("done", 1.0, "")
    assert world().classifier.classify([SAYING.format(99)])[0].category == RUBBISH
    best = world().classifier.explain(SAYING.format(99))[0]
    assert (best.category, bool(best.clues)) == (RUBBISH, True)
    assert Entry.objects.filter(kind="classifier.trained", configures=True).count() == 1


def test_a_second_request_waits_for_the_first(city: Cast) -> None:
    assert request_training(None).pk == request_training(None).pk
    assert ProcrastinateJob.objects.count() == 1


def test_training_again_after_a_kill_goes_on_and_a_finished_one_is_left(city: Cast) -> None:
    for label in (LAMP, RUBBISH):
        lessons(label, [f"{label}{n}" for n in range(8)])
    asked = request_training(None)
    TrainedModel.objects.update(state="running", progress=0.4)
    train(asked.pk)
    first = TrainedModel.objects.get().done_at
    train(asked.pk)
    assert TrainedModel.objects.get().done_at == first


def test_too_few_lessons_fail_with_a_reason(city: Cast) -> None:
    asked = request_training(None)
    train(asked.pk)
    failed = TrainedModel.objects.get()
    assert (failed.state, "at least 10 of 2" in failed.error) == ("failed", True)


def test_lessons_without_a_readable_character_fail_with_a_reason(city: Cast) -> None:
    for label in (LAMP, RUBBISH):
        lessons(label, [" " * (n + 1) for n in range(12)])
    asked = request_training(None)
    train(asked.pk)
    assert TrainedModel.objects.get().state == "failed"


def test_one_lesson_of_a_category_is_no_obstacle(city: Cast) -> None:
    lessons(LAMP, [f"第{n}盏路灯不亮" for n in range(12)])
    lessons(RUBBISH, ["垃圾成堆"])
    asked = request_training(None)
    train(asked.pk)
    assert TrainedModel.objects.get().state == "done"
