"""Why a round cannot be done, in words. Pure."""

from gezhi.cases.procedure import Refused


def unknown_round() -> Refused:
    return Refused(
        "unknown-round",
        "您的网格里没有这项巡查走访，请回到今日任务重选。",
        "There is no such round on your grids. Choose one of those that are due.",
    )


def not_due(state: str) -> Refused:
    zh = {"done": "已经完成", "missed": "已过期未做", "skipped": "已说明不做"}.get(state, "还没到时间")
    en = {"done": "is done", "missed": "is missed", "skipped": "was skipped"}.get(state, "is not open yet")
    return Refused(
        "not-due",
        f"这项巡查走访{zh}，不能再提交。可以从今日任务里选别的。",
        f"This round {en}. You may do those that are due now.",
    )


def not_together() -> Refused:
    return Refused(
        "not-together",
        "只有同一处对象的走访可以一起完成，请分开提交。",
        "Only visits of one subject are done together. Send them one by one.",
    )


def not_found_here(category: str) -> Refused:
    return Refused(
        "not-found-here",
        f"这项计划不上报“{category}”类问题，请用“上报”单独上报。",
        f"This plan does not report '{category}'. Send it as a report of its own.",
    )


def needs_reason() -> Refused:
    return Refused("needs-reason", "请写明为什么不做。", "Say why it is not done.")


def used_photo() -> Refused:
    return Refused(
        "used-photo",
        "有照片已经用过，请现场重新拍。",
        "A photo proves something else already. Take a new one.",
    )


def unknown_plan(plan: str) -> Refused:
    return Refused(
        "unknown-plan",
        f"没有“{plan}”这项计划，场景包里有的才能启用。",
        f"There is no plan '{plan}'. Plans come from published packs.",
    )


def not_your_place() -> Refused:
    return Refused(
        "not-your-role",
        "这个区域不在您的岗位范围内，请选本辖区内的区域。",
        "This place lies outside of your posts. Choose one inside.",
    )


def unknown_subject() -> Refused:
    return Refused(
        "unknown-subject",
        "您的辖区里没有这个走访对象。",
        "There is no such subject in your places. Choose one of the list.",
    )


def code_taken(code: str) -> Refused:
    return Refused(
        "code-taken",
        f"编号“{code}”已有别的对象在用，请换一个或留空。",
        f"The number '{code}' is that of another subject. Take another, or none.",
    )
