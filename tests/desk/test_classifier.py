from gezhi.cases.models import TrainedModel
from tests import cast
from tests.desk.conftest import SignedIn


def test_a_sentence_is_tried_with_the_words_that_decided(signed_in: SignedIn) -> None:
    page = signed_in("dispatcher").get("/desk/classifier/", {"text": "路灯不亮"}).content.decode()
    assert "路灯异常" in page
    assert "<mark>" in page


def test_training_is_asked_for_and_followed(signed_in: SignedIn) -> None:
    client = signed_in("dispatcher")
    assert client.get("/desk/classifier/progress/").json()["ended"] is True
    client.post("/desk/classifier/")
    assert TrainedModel.objects.get().asked_by_id == int(client.session["_auth_user_id"])
    progress = client.get("/desk/classifier/progress/").json()
    assert progress == {"share": 0, "words": "排队中，等后台任务开始", "ended": False}
    assert 'data-progress="/desk/classifier/progress/"' in client.get("/desk/classifier/").content.decode()


def test_a_handler_teaches_nothing(signed_in: SignedIn, city: cast.Cast) -> None:
    assert signed_in("handler").post("/desk/classifier/").status_code == 403
