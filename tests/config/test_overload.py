"""Reports find a place whatever else is asked for; whoever finds none is told when to come again."""

import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path

from gezhi.config.failing import failed, passes
from gezhi.config.kinds import Kind, kind_of
from gezhi.config.overload import LIMITS, SLOWLY, THREADS, TOO_OFTEN, Admit, Door, Limit, statements_within
from tests.cast import Cast


class Held:
    """An inner application that answers when it is let go."""

    def __init__(self) -> None:
        self.inside = threading.Semaphore(0)
        self.go = threading.Event()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        self.inside.release()
        assert self.go.wait(20)
        return HttpResponse("done")


def ask(admit: Admit, method: str, address: str, found: list[int]) -> threading.Thread:
    def run() -> None:
        found.append(admit(RequestFactory().generic(method, address)).status_code)

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.parametrize(
    ("method", "address", "kind"),
    [
        ("POST", "/api/v1/reports", Kind.INTAKE),
        ("POST", "/api/v1/reports/batch", Kind.INTAKE),
        ("POST", "/open311/v2/requests.json", Kind.INTAKE),
        ("POST", "/report/", Kind.INTAKE),
        ("GET", "/report/", Kind.INTAKE),
        ("POST", "/field/sync/", Kind.INTAKE),
        ("POST", "/desk/hotline/", Kind.INTAKE),
        ("GET", "/api/v1/reports/ABCD", Kind.READING),
        ("POST", "/api/v1/cases/1/steps/accept", Kind.STEPS),
        ("DELETE", "/api/v1/phrases/1", Kind.STEPS),
        ("POST", "/api/sensorthings/v1.1/CreateObservations", Kind.SENSED),
        ("POST", "/api/v1/sensing/hazards", Kind.SENSED),
        ("GET", "/api/sensorthings/v1.1/Things", Kind.READING),
        ("GET", "/desk/cases/", Kind.READING),
        ("GET", "/desk/statistics/export/", Kind.HEAVY),
        ("GET", "/command/board/", Kind.HEAVY),
        ("GET", "/api/v1/public/kept.csv", Kind.HEAVY),
        ("GET", "/healthz", Kind.FREE),
        ("GET", "/metrics", Kind.FREE),
        ("GET", "/static/css/base.css", Kind.FREE),
    ],
)
def test_the_address_tells_what_a_request_is_about(method: str, address: str, kind: Kind) -> None:
    assert kind_of(method, address) == kind


def test_a_flood_of_reading_leaves_reports_their_places() -> None:
    held, found = Held(), list[int]()
    admit = Admit(held)
    limit = LIMITS[Kind.READING]
    threads = [ask(admit, "GET", "/desk/cases/", found) for _ in range(limit.places + limit.waiting + 5)]
    for _ in range(limit.places):
        assert held.inside.acquire(timeout=5)
    report = ask(admit, "POST", "/api/v1/reports", reported := list[int]())
    assert held.inside.acquire(timeout=5), "the report is inside while readers wait"
    held.go.set()
    for thread in [report, *threads]:
        thread.join(10)
    assert reported == [200]
    assert found.count(503) == 5
    assert found.count(200) == limit.places + limit.waiting


def test_a_refusal_says_when_to_come_again_in_the_form_of_the_question() -> None:
    never = Admit(lambda request: HttpResponse())
    never.doors = {kind: Door(Limit(0, 0, 0, 7, 15)) for kind in never.doors}
    page = never(RequestFactory().get("/desk/cases/"))
    assert (page.status_code, page["Retry-After"]) == (503, "7")
    assert '<meta http-equiv="refresh" content="7">' in page.content.decode()  # type: ignore[attr-defined]
    form = never(RequestFactory().post("/report/", {"text": "x"}))
    assert "refresh" not in form.content.decode(), "a form is not sent again by itself"  # type: ignore[attr-defined]
    problem = never(RequestFactory().post("/api/v1/reports"))
    assert problem["Content-Length"] == str(len(problem.content))  # type: ignore[attr-defined]
    assert problem["Content-Type"] == "application/problem+json"
    xml = never(RequestFactory().post("/open311/v2/requests.xml"))
    assert b"<code>503</code>" in xml.content  # type: ignore[attr-defined]


def test_there_is_always_a_thread_to_refuse_with() -> None:
    assert sum(limit.places + limit.waiting for limit in LIMITS.values()) < THREADS


def test_who_waits_too_long_is_refused_and_leaves_the_queue() -> None:
    door = Door(Limit(1, 1, 0.05, 1, 15))
    with door.place() as first, door.place() as second:
        assert (first, second) == (True, False)
    assert (door.inside, door.queue) == (0, 0)
    with door.place() as third:
        assert third


def test_one_caller_never_has_every_place_nor_the_whole_queue() -> None:
    door = Door(Limit(3, 4, 0.05, 1, 15, each=2))
    with door.place("flood") as first, door.place("flood") as second, door.place("flood") as third:
        assert (first, second, third) == (True, True, False)
        with door.place("good") as other:
            assert other
    with door.place("flood") as again:
        assert again
    waits = Door(Limit(1, 4, 5.0, 1, 15, each=1))
    with waits.place("flood"):
        lines = [threading.Thread(target=lambda: waits.place("flood").__enter__()) for _ in range(3)]
        for line in lines:
            line.start()
        for _ in range(500):
            if waits.queue == 2 and sum(line.is_alive() for line in lines) == 2:
                break
            time.sleep(0.01)
        assert waits.queue == 2, "the third was told to come again"


def test_a_device_that_was_told_to_wait_is_answered_slowly_and_nobody_else() -> None:
    told = Admit(lambda request: HttpResponse(status=TOO_OFTEN))

    def took(address: str) -> float:
        begun = time.monotonic()
        told(RequestFactory().post(address))
        return time.monotonic() - begun

    assert took("/api/sensorthings/v1.1/CreateObservations") >= SLOWLY
    assert took("/api/v1/reports") < SLOWLY


def test_a_heavy_report_has_its_own_time_and_gives_it_back(committed: Cast) -> None:
    def limit() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            return str(cursor.fetchone()[0])

    with statements_within(60):
        assert limit() == "1min"
    assert limit() == "15s"
    with transaction.atomic(), statements_within(60):
        assert limit() == "15s", "what is set within a transaction would go with it"


def full(request: HttpRequest) -> HttpResponse:
    raise OSError(28, "No space left on device")


def broken(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


def away(request: HttpRequest) -> HttpResponse:
    from django.db import OperationalError

    raise OperationalError("the connection is closed")


urlpatterns = [path("full", full), path("broken", broken), path("away", away)]
handler500 = failed


@pytest.mark.urls("tests.config.test_overload")
@pytest.mark.parametrize(("address", "status"), [("/full", 503), ("/away", 503), ("/broken", 500)])
def test_a_full_disk_and_a_lost_database_pass_a_mistake_does_not(address: str, status: int) -> None:
    client = Client(raise_request_exception=False, headers={"host": "localhost"})
    answer = client.get(address)
    assert answer.status_code == status
    assert ("Retry-After" in answer.headers) == (status == 503)
    assert answer.headers["X-Request-ID"] in answer.content.decode(), "the page tells its number"


def test_an_error_within_an_error_is_found() -> None:
    def inner(make: Callable[[], object]) -> BaseException:
        try:
            try:
                raise OSError(28, "full")
            except OSError as error:
                raise RuntimeError("could not keep the photo") from error
        except RuntimeError as outer:
            return outer

    assert passes(inner(dict))
    assert not passes(ValueError())
    assert not passes(None)
