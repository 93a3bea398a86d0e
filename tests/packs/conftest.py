import pytest


@pytest.fixture(autouse=True)
def _nothing_published(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("empty_node")
