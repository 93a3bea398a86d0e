import itertools
import random
import subprocess
import sys

import numpy as np
import pytest

from gezhi.lib.textmodel import TextModel, cross_validate
from gezhi.lib.textmodel.scores import macro_f1
from gezhi.lib.textmodel.training import stratified_parts

LIGHTS = ["路灯不亮了", "小区门口路灯坏了", "街上的灯一直不亮", "路灯闪烁刺眼", "灯杆被车撞倒了"]
WASTE = ["垃圾没人清运", "垃圾桶满了", "垃圾堆在楼下", "生活垃圾乱扔", "清运车三天没来"]
TEXTS, LABELS = LIGHTS + WASTE, ["照明"] * len(LIGHTS) + ["环卫"] * len(WASTE)


@pytest.fixture(scope="module")
def model() -> TextModel:
    return TextModel.fit(TEXTS, LABELS)


def answers(model: TextModel, *texts: str) -> list[str]:
    return [prediction.label for prediction in model.predict(texts)]


def test_ten_texts_are_enough_to_tell_two_labels_apart(model: TextModel) -> None:
    assert answers(model, "桥头路灯又不亮", "楼道垃圾没清") == ["照明", "环卫"]


def test_a_correction_changes_the_next_answer_after_refitting(model: TextModel) -> None:
    question = "路灯下堆着垃圾没人清运"
    assert answers(model, question) == ["环卫"]
    corrections = ["路灯下堆着垃圾", "路灯旁垃圾没人清运", "路灯下的垃圾"]
    corrected = TextModel.fit([*TEXTS, *corrections], [*LABELS, *["照明"] * 3])
    assert answers(corrected, question) == ["照明"]


def test_the_answer_is_the_first_of_the_top_and_the_shares_add_up_to_one(model: TextModel) -> None:
    [best] = model.predict(["路灯坏了"])
    [top] = model.top(["路灯坏了"], 5)
    assert top[0] == best
    assert [prediction.label for prediction in top] == ["照明", "环卫"]
    assert sum(prediction.confidence for prediction in top) == pytest.approx(1)


def test_the_deciding_words_stand_in_the_text(model: TextModel) -> None:
    text = "您好：小区Ｎｏ.12门口 路灯坏了，\n请修😀！"
    clues = model.clues(text, "照明")
    assert "路灯" in clues[0].words
    assert all(clue.words in text and clue.weight > 0 for clue in clues)
    assert [clue.weight for clue in clues] == sorted((clue.weight for clue in clues), reverse=True)


def test_the_words_for_one_label_are_not_the_words_for_the_other(model: TextModel) -> None:
    text = "路灯坏了，垃圾没人清运"
    lights = {clue.words for clue in model.clues(text, "照明")}
    waste = {clue.words for clue in model.clues(text, "环卫")}
    assert any("垃圾" in words for words in waste)
    assert not any("垃圾" in words for words in lights)
    assert not lights & waste


def test_no_more_clues_are_given_than_asked_for(model: TextModel) -> None:
    assert len(model.clues("路灯坏了。灯不亮。门口的路灯", "照明", limit=1)) == 1


def test_asking_about_an_unknown_label_names_the_known_ones(model: TextModel) -> None:
    with pytest.raises(ValueError, match="no label '消防'; it has 照明, 环卫"):
        model.clues("路灯", "消防")


def test_a_text_without_known_features_is_left_to_a_person(model: TextModel) -> None:
    for text in ("", "   ", "\0\0", "😀🚒", "\ud800", "zzz"):
        [prediction] = model.predict([text])
        assert prediction.confidence < 0.6, repr(text)


def test_long_texts_and_no_texts_are_answered(model: TextModel) -> None:
    assert answers(model, "路灯不亮" * 1000, "路灯不亮" * 100_000) == ["照明", "照明"]
    assert model.predict([]) == []
    assert model.clues("", "照明") == []


def test_a_batch_answers_as_one_by_one(model: TextModel) -> None:
    texts = ["", *TEXTS, "灯", "x" * 30_000, "路灯" * 9_000, *TEXTS, ""] * 10
    together = model.predict(texts)
    for text, prediction in zip(texts, together, strict=True):
        [alone] = model.predict([text])
        assert alone.label == prediction.label
        assert alone.confidence == pytest.approx(prediction.confidence, abs=1e-5)


def test_width_case_spacing_and_numbers_do_not_change_the_answer(model: TextModel) -> None:
    trained = TextModel.fit([*TEXTS, "Street light No 12 broken"], [*LABELS, "照明"])
    plain, odd = trained.predict(["street light no 7 broken", "ＳＴＲＥＥＴ\tLight  NO １２３ broken"])
    assert plain == odd
    assert answers(trained, "light") == ["照明"]


def test_saved_and_loaded_it_answers_the_same(model: TextModel) -> None:
    loaded = TextModel.from_bytes(model.to_bytes())
    assert loaded.labels == model.labels
    assert loaded.predict(TEXTS) == model.predict(TEXTS)
    assert loaded.clues(TEXTS[0], "照明") == model.clues(TEXTS[0], "照明")


def test_the_same_texts_give_the_same_model(model: TextModel) -> None:
    assert TextModel.fit(TEXTS, LABELS).to_bytes() == model.to_bytes()


def test_bytes_that_are_no_whole_model_are_refused(model: TextModel) -> None:
    saved = model.to_bytes()
    newer = saved[:6] + b"\x09\x00" + saved[8:]
    damaged = saved[:200] + bytes([saved[200] ^ 1]) + saved[201:]
    for data, why in (
        (b"", "not a text model"),
        (b"PK\x03\x04" * 20, "not a text model"),
        (saved[:-4], "damaged"),
        (damaged, "damaged"),
        (newer, "version 9"),
    ):
        with pytest.raises(ValueError, match=why):
            TextModel.from_bytes(data)


@pytest.mark.parametrize(
    ("texts", "labels", "why"),
    [
        ([], [], "two labels; got 0"),
        (["路灯"], ["照明"], "two labels; got 1"),
        (["路灯"], ["照明", "环卫"], "a label for each text"),
        (["", "\0 "], ["照明", "环卫"], "blank"),
    ],
)
def test_what_cannot_be_learned_from_is_refused(texts: list[str], labels: list[str], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        TextModel.fit(texts, labels)


def test_a_label_with_a_single_text_is_learned() -> None:
    trained = TextModel.fit([*TEXTS, "野狗伤人"], [*LABELS, "治安"])
    assert answers(trained, "野狗咬伤老人") == ["治安"]


def test_four_hundred_labels_fit_and_stay_small() -> None:
    chance = random.Random(7)
    words = ["".join(chr(0x4E00 + chance.randrange(2000)) for _ in range(2)) for _ in range(1200)]
    texts, labels = [], []
    for label, _ in itertools.product(range(400), range(2)):
        own = words[3 * label : 3 * label + 3]
        texts.append("".join([*chance.sample(own, 2), *chance.sample(words, 4)]))
        labels.append(f"类{label}")
    told: list[float] = []
    trained = TextModel.fit(texts, labels, progress=told.append)
    asked = ["".join(words[3 * label : 3 * label + 3]) for label in range(400)]
    right = sum(answer == f"类{label}" for label, answer in enumerate(answers(trained, *asked)))
    assert right > 360
    assert len(trained.to_bytes()) < 60_000_000
    assert len(told) > 400
    assert told == sorted(told)
    assert told[-1] == 1


def test_predicting_does_not_load_the_training_library(model: TextModel) -> None:
    program = (
        "import sys; from gezhi.lib.textmodel import TextModel;"
        "print(len(TextModel.from_bytes(sys.stdin.buffer.read()).predict(['x'])), 'sklearn' in sys.modules)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], input=model.to_bytes(), capture_output=True, check=True
    )
    assert ran.stdout.split() == [b"1", b"False"]


def test_parts_spread_every_label_evenly() -> None:
    truth = np.array([0] * 40 + [1] * 8 + [2] * 3)
    parts = stratified_parts(truth, 4)
    assert np.bincount(parts[truth == 0]).tolist() == [10, 10, 10, 10]
    assert np.bincount(parts[truth == 1]).tolist() == [2, 2, 2, 2]
    assert len(set(parts[truth == 2].tolist())) == 3


def test_macro_f1_weighs_every_label_alike() -> None:
    assert macro_f1(["a", "a", "a", "b"], ["a", "a", "a", "a"]) == pytest.approx((6 / 7 + 0) / 2)
    assert macro_f1(["a", "b"], ["a", "b"]) == 1


def test_cross_validation_scores_texts_that_were_held_out() -> None:
    scores = cross_validate(TEXTS * 3, LABELS * 3, folds=3)
    assert scores.accuracy > 0.9
    strangers = [chr(0x5000 + place) * 3 for place in range(20)]
    assert cross_validate(strangers, ["x", "y"] * 10, folds=5).accuracy <= 0.6
