"""How inputs are drawn where the count is the point: no memory of earlier runs, no shrinking, no limit of time."""

from hypothesis import HealthCheck, Phase, settings


def drawn(count: int, *, derandomize: bool = False) -> settings:
    return settings(
        max_examples=count,
        derandomize=derandomize,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
