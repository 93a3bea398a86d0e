"""Appeals of units against cases that are counted for them (申诉)."""

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from gezhi.cases.models import Case
from gezhi.cases.procedure import Refused
from gezhi.cases.queries.standing import standing_events
from gezhi.insight.actions.tallying import tally_cases
from gezhi.insight.models import Appeal, Tally
from gezhi.ledger.actions import record, record_many
from gezhi.ledger.entries import Draft
from gezhi.lib.codes import is_within
from gezhi.people.access import APPRAISE, PERMISSIONS, Actor
from gezhi.people.actions.sealing import require_fresh, signed_entry
from gezhi.people.duties_apart import acting_apart, hands, may_judge
from gezhi.people.queries.powers import units_of


class AppealRefused(Exception):
    """An appeal that cannot be lodged or decided. `code` is stable; `zh` and `en` say why and what is possible."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.code, self.zh, self.en = code, zh, en


@transaction.atomic
def lodge_appeal(actor: Actor, case_id: int, unit_id: int, reason: str, evidence: str = "") -> Appeal:
    """By a member of the unit that the case is counted for. Raises AppealRefused."""
    if unit_id not in {post.unit_id for post in actor.posts}:
        raise AppealRefused("not-your-unit", "只能为本单位申诉。", "You may appeal for your own unit only.")
    if not reason.strip():
        raise AppealRefused(
            "lacking", "请写明申诉理由。", "Say why the case is not your unit's to answer for."
        )
    if not Tally.objects.filter(case_id=case_id, unit_id=unit_id).exists():
        raise AppealRefused(
            "not-counted",
            "此案件没有计入本单位，无需申诉。",
            "This case is not counted for your unit, so there is nothing to appeal against.",
        )
    appeal = Appeal(case_id=case_id, unit_id=unit_id, reason=reason.strip(), evidence=evidence.strip())
    appeal.account_id, appeal.at = actor.account_id, timezone.now()
    _save_new(appeal)
    facts = {"case": case_id, "unit": unit_id, "account": actor.account_id}
    record("appeal.lodged", f"appeal:{appeal.pk}", facts)
    return appeal


def _save_new(appeal: Appeal) -> None:
    try:
        with transaction.atomic():
            appeal.save()
    except IntegrityError:
        raise AppealRefused(
            "already-lodged",
            "此案件已有申诉在办或已被采纳。",
            "An appeal against this case is open or was accepted already.",
        ) from None


@transaction.atomic
def decide_appeal(actor: Actor, appeal_id: int, accept: bool, answer: str) -> Appeal:
    """By a supervisor of the place who is neither of the unit nor gave it the case. An accepted appeal takes the case
    out of the unit's counts from now on; what was published stays. Raises AppealRefused."""
    appeal = Appeal.objects.select_for_update().filter(pk=appeal_id).first()
    if appeal is None or appeal.state != "open":
        raise AppealRefused(
            "not-open", "此申诉已有结论或不存在。", "This appeal is decided or does not exist."
        )
    if not answer.strip():
        raise AppealRefused("lacking", "请写明理由。", "Give the reasons of your decision.")
    _require_judge(actor, appeal)
    appeal.state = "accepted" if accept else "refused"
    appeal.answer, appeal.decided_by_id, appeal.decided_at = answer.strip(), actor.account_id, timezone.now()
    appeal.save()
    facts = {"case": appeal.case_id, "unit": appeal.unit_id, "account": actor.account_id}
    record_many(
        [
            _signed(
                Draft(f"appeal.{appeal.state}", f"appeal:{appeal.pk}", appeal.decided_at, facts),
                actor.account_id,
            )
        ]
    )
    if accept:
        tally_cases([appeal.case_id])
    return appeal


def _signed(draft: Draft, account_id: int) -> Draft:
    """With the key of whoever decides. Raises AppealRefused where no decision can be signed now."""
    try:
        require_fresh()
        return signed_entry(draft, account_id)
    except Refused as refused:
        raise AppealRefused(refused.code, refused.zh, refused.en) from refused


def _require_judge(actor: Actor, appeal: Appeal) -> None:
    place = Case.objects.values_list("place_code", flat=True).get(pk=appeal.case_id)
    judges = [post for post in actor.posts if APPRAISE in PERMISSIONS.get(post.role, ())]
    if not any(is_within(place, post.place_code) for post in judges):
        raise AppealRefused(
            "not-your-role",
            "申诉由本辖区督查员、领导或管理员裁定。",
            "Appeals are decided by supervisors, leaders or administrators of the place.",
        )
    acting = hands(actor.account_id, actor.whose(APPRAISE, place))
    units = {post.unit_id for post in actor.posts} | units_of(acting, timezone.localdate(appeal.at))
    if not may_judge(units, appeal.unit_id) or not acting_apart(
        acting, [appeal.account_id] if appeal.account_id else []
    ):
        raise AppealRefused(
            "own-unit", "不能裁定本单位的申诉。", "You may not decide an appeal of your own unit."
        )
    gave = standing_events().filter(
        Q(account_id__in=acting) | Q(facts__for__in=sorted(acting)),
        case_id=appeal.case_id,
        facts__unit=appeal.unit_id,
    )
    if gave.exists():
        raise AppealRefused(
            "own-work",
            "此案件由您派给该单位，请由另一人裁定。",
            "You gave the unit this case. Another person must decide.",
        )
