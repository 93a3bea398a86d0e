"""More probes: of keys, browsers, posts, looks and rounds."""

from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING

from django.utils import timezone

from tests.access.ground import PLACES
from tests.access.probing import (
    DONE,
    actor,
    done,
    held,
    look,
    of,
    refused,
    shown,
    told,
    unit_id,
    weighs,
    with_posts,
)
from tests.cast import NANMEN

if TYPE_CHECKING:
    from tests.access.matrix import Matrix

# Keys and browsers: what is of the whole node is for posts of the whole node.


@of("exchange/rest/access.py _given_by_posts actor.may_at(AUDIT")
def the_ledger_by_key(matrix: "Matrix") -> str:
    return refused(matrix, "t-auditor", "/api/v1/ledger/entries")


@of("exchange/rest/access.py _given_by_posts actor.may_at(SECURITY")
def signals_by_key(matrix: "Matrix") -> str:
    return refused(matrix, "t-auditor", "/api/v1/security/signals")


@of("exchange/rest/access.py _signed_in actor.may_at(AUDIT")
def the_ledger_by_browser(matrix: "Matrix") -> str:
    return refused(matrix, "t-auditor", "/api/v1/ledger/entries?by=session")


@of("exchange/rest/access.py _signed_in actor.may_at(SECURITY")
def signals_by_browser(matrix: "Matrix") -> str:
    return refused(matrix, "t-auditor", "/api/v1/security/signals?by=session")


@of("people/queries/keys.py keys_of ")
def anothers_signing_keys(matrix: "Matrix") -> str:
    from gezhi.people.models import SigningKey

    def add() -> None:
        SigningKey.objects.create(
            account=matrix.town.accounts["p-far"], key="ff" * 8, public=b"0" * 32, held="own", made_at=timezone.now()
        )  # fmt: skip

    return weighs(matrix, "t-handler", "/desk/signing-key/", add)


@of("people/queries/signing.py sessions_of ")
def anothers_browsers(matrix: "Matrix") -> str:
    from gezhi.people.models import Session

    def add() -> None:
        now = timezone.now()
        Session.objects.create(
            session_key="f" * 64, account=matrix.town.accounts["p-far"], begun_at=now, seen_at=now,
            expire_date=now + timedelta(days=1), address="203.0.113.9", device="elsewhere",
        )  # fmt: skip

    return weighs(matrix, "t-handler", "/desk/account/", add)


# Posts.


@of("people/access.py whose ")
def for_whom(matrix: "Matrix") -> str:
    from gezhi.people.access import CALLBACK

    one = with_posts(held("verifier", NANMEN), held("verifier", PLACES["far"], 2, for_id=7))
    return "" if one.whose(CALLBACK, PLACES["far"]) == 7 else "acts for somebody and does not say so"


@of("people/access.py _reaches ")
def roles_elsewhere(matrix: "Matrix") -> str:
    return " ".join(actor(matrix, "t-dispatcher").roles_at(PLACES["far"], None))


@of("people/administering.py may_look_after ")
def an_account_elsewhere(matrix: "Matrix") -> str:
    from gezhi.people.models import Account

    person = matrix.town.accounts["p-far"].pk
    refused(matrix, "t-administrator", f"/desk/people/{person}/do/", "POST", do="close", reason="离任")
    return "" if Account.objects.get(pk=person).is_active else DONE


@of("people/contracts.py covers ")
def a_contract_of_elsewhere(matrix: "Matrix") -> str:
    """Whoever has it would be given the case to handle."""
    from gezhi.people.contracts import ContractCard

    day = timezone.localdate()
    card = ContractCard(
        1, "x", 1, 1, day, day + timedelta(days=9), (PLACES["child"],), frozenset(["x"]), frozenset()
    )
    return DONE if card.covers("x", "", PLACES["far"]) else ""


@of("people/marking.py marking_post ")
def work_elsewhere_is_marked(matrix: "Matrix") -> str:
    from gezhi.people.marking import may_mark

    return DONE if may_mark(actor(matrix, "t-verifier"), 0, PLACES["far"]) else ""


@of("people/queries/powers.py seats_of ")
def handing_a_post_to_anybody(matrix: "Matrix") -> str:
    return told(matrix, "t-operator", "/desk/duty/", 'value="p-far"')


@of("people/queries/powers.py roles_held ")
def roles_of_others(matrix: "Matrix") -> str:
    """An auditor holds no post beside: with everybody's posts nobody could become one."""
    from gezhi.people.queries.powers import roles_held

    return " ".join(sorted(roles_held(matrix.town.accounts["t-nobody"].pk, timezone.localdate())))


@of("people/queries/powers.py posts_in ")
def posts_elsewhere(matrix: "Matrix") -> str:
    return told(matrix, "t-administrator", "/desk/staffing/?text=p-", "p-far")


@of("people/queries/looking.py looks_audited is_within")
def looks_at_nothing_of_a_place(matrix: "Matrix") -> str:
    look(matrix, "p-far", "far", nowhere=True)
    return shown(matrix, "t-auditor", "/desk/audit/")


@of("people/queries/looking.py looks_of_auditors ")
def looks_of_auditors_elsewhere(matrix: "Matrix") -> str:
    from gezhi.people.models import Post
    from tests.cast import SINCE

    Post.objects.create(
        account=matrix.town.accounts["p-far"], unit_id=unit_id(matrix, "far"), role="auditor",
        place_code=PLACES["far"], valid_from=SINCE,
    )  # fmt: skip
    look(matrix, "p-far", "far")
    return shown(matrix, "t-leader", "/desk/audit/auditors/")


# Rounds.


@of("rounds/actions/finishing.py _locked ")
def a_round_elsewhere_is_begun(matrix: "Matrix") -> str:
    from gezhi.rounds.actions.finishing import begin

    return done(lambda: begin(actor(matrix, "t-grid-worker"), int(matrix.town.ids["far"]["round"])))


@of("rounds/actions/finishing.py _post_for ")
def the_post_that_walks(matrix: "Matrix") -> str:
    from gezhi.rounds.actions import finishing

    one = with_posts(held("grid-worker", PLACES["near"], 1), held("grid-worker", PLACES["child"], 2))
    return "" if finishing._post_for(one, PLACES["child"]).id == 2 else "stands with a post of elsewhere"


@of("rounds/queries/known.py _functions_here ")
def what_is_known_elsewhere(matrix: "Matrix") -> str:
    from gezhi.cases.world import known_world
    from gezhi.rounds.queries import readable

    elements = {"dh-structure": SimpleNamespace(readers=("x",))}
    found = readable(actor(matrix, "t-grid-worker"), elements, PLACES["far"], known_world().directory)  # type: ignore[arg-type]
    return " ".join(found)


@of("rounds/queries/rounds.py rounds_named ")
def a_round_that_is_named(matrix: "Matrix") -> str:
    from gezhi.rounds.queries import rounds_named

    found = rounds_named(actor(matrix, "t-grid-worker"), int(matrix.town.ids["far"]["round"]), [])
    return " ".join(str(one.pk) for one in found)
