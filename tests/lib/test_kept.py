"""Answers kept for a short while."""

import weakref

from gezhi.lib.kept import Kept


class Answer:
    pass


def test_an_answer_is_made_once_while_it_holds() -> None:
    now, made = [0.0], []
    kept = Kept(clock=lambda: now[0])
    for at in (0.0, 1.9, 2.0):
        now[0] = at
        kept.get("a", 2.0, lambda: made.append(now[0]))
    assert made == [0.0, 2.0]


def test_what_nobody_asks_for_any_more_is_forgotten_when_something_else_is_asked() -> None:
    now = [0.0]
    kept = Kept(clock=lambda: now[0])
    old, young = (weakref.ref(kept.get(key, 2.0, Answer)) for key in ("old", "young"))
    now[0] = 61.0
    kept.get("young", 2.0, Answer)
    assert old() is not None
    now[0] = 63.0
    kept.get("other", 2.0, Answer)
    assert old() is None
    assert young() is None, "made anew"
    assert isinstance(kept.get("old", 2.0, Answer), Answer)
