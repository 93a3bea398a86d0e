from gezhi.lib.ratelimit import TokenBuckets


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_empties_and_fills_again_evenly() -> None:
    clock = Clock()
    buckets = TokenBuckets(2, 10, clock)
    assert [buckets.take("a"), buckets.take("a")] == [0.0, 0.0]
    assert buckets.take("a") == 5.0
    clock.now = 5.0
    assert buckets.wait("a") == 0.0
    assert buckets.take("a") == 0.0
    assert buckets.take("a") > 0.0


def test_each_key_has_its_own_bucket_and_asking_takes_nothing() -> None:
    buckets = TokenBuckets(1, 10, Clock())
    assert buckets.take("a") == 0.0
    assert buckets.wait("b") == 0.0
    assert buckets.take("b") == 0.0


def test_a_forgotten_key_begins_anew() -> None:
    buckets = TokenBuckets(1, 10, Clock())
    buckets.take("a")
    buckets.forget("a")
    assert buckets.take("a") == 0.0


def test_what_was_spent_beyond_the_bucket_is_waited_for_and_what_is_given_back_is_not_saved() -> None:
    clock = Clock()
    buckets = TokenBuckets(10, 10, clock)
    buckets.spend("a", 15)
    assert buckets.wait("a") == 6.0
    buckets.spend("a", 1_000)
    assert buckets.wait("a") == 11.0
    buckets.spend("a", -1_000)
    buckets.spend("a", 9.5)
    assert buckets.wait("a") == 0.5
