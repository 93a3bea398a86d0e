"""The form that is filled in with a step. Pure."""

from dataclasses import replace

from gezhi.cases.procedure import Given, Refused
from gezhi.packs.catalogue import Catalogue
from gezhi.packs.forms import Answers, check_answers
from gezhi.packs.shapes import Form, FormField, Need, Transition


def form_of_step(step: Transition, catalogue: Catalogue, pack_version_id: int) -> Form | None:
    """What is asked with the step, as the case's version has it. Raises NotInCatalogue."""
    asks = step.form is not None and Need.FORM in {*step.needs, *step.may}
    return catalogue.form(pack_version_id, step.form) if asks and step.form else None


def filled_in(step: Transition, given: Given, form: Form | None) -> Given:
    """What was given, with right answers alone. A form that only may be filled in may stay empty. Raises Refused."""
    if form is None or (not given.form and Need.FORM not in step.needs):
        return replace(given, form={}) if given.form else given
    answers = check_answers(form, given.form)
    if answers.faults:
        raise _refused(step, form, answers)
    return replace(given, form=dict(answers.values))


def _refused(step: Transition, form: Form, answers: Answers) -> Refused:
    fields = {one.key: one for group in form.layout for one in group.fields}
    zh = "；".join(f"{_title(fields, key)}：{words[0]}" for key, words in answers.faults.items())
    en = "; ".join(f"{key} {words[1]}" for key, words in answers.faults.items())
    return Refused("bad-form", f"“{step.title.zh}”的表单要改：{zh}。", f"The form of '{step.key}': {en}.")


def _title(fields: dict[str, FormField], key: str) -> str:
    return fields[key].title.zh if key in fields else key
