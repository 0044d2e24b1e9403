"""The draft of a rule as a form: numbers and owners changed by who writes no YAML."""

import pytest
from tests.web.conftest import AsMember
from tests.web.markup import Element
from tests.web.site import Site
from tests.web.test_definitions import page
from tests.web.test_play_forms import inputs, mistakes
from tests.web.test_quarantine import sent

from banso.core.definitions.draft import draft_of as read
from banso.desk.models import Member, RuleDraft
from banso.desk.queries.drafts import draft_of_rule

FORM, NEW = "/definitions/drafts/quiet/form/", "/definitions/draft/form/"


def fields(seen: Element) -> dict[str, str]:
    """What a browser would send of the form as it stands."""
    form = seen.one("form", id="draft-fields")
    found = {x.attrs["name"]: x.attrs.get("value") or "" for x in inputs(form)}
    for area in form.all("textarea"):
        found[area.attrs["name"]] = "".join(str(x) for x in area.children).removeprefix("\n")
    for choice in form.all("select"):
        chosen = [x for x in choice.all("option") if "selected" in x.attrs]
        found[choice.attrs["name"]] = (chosen or choice.all("option"))[0].attrs["value"] or ""
    return found


@pytest.mark.usefixtures("vendor_site")
def test_a_threshold_is_changed_by_its_name_and_the_replay_is_asked_for(
    as_member: AsMember,
) -> None:
    operator = as_member("cs_ops")
    shown = page(operator, FORM)
    begun = fields(shown)
    was = read({"x": begun["text"]}).rules[0].model
    assert begun["when.0"] == "3"
    assert shown.one("label", **{"for": "f-when.0"}).text.startswith("quiet_days is at least …")
    sent(operator, FORM, **{**begun, "when.0": "5", "cooldown_days": "21", "for.held": "1"})
    saved = draft_of_rule("quiet")
    assert saved is not None
    now = read({"x": saved.text}).rules[0].model
    changed = {"when": was.when.replace("3", "5"), "cooldown_days": 21, "for_": "1 of 3 days"}
    assert now == was.model_copy(update=changed)
    assert saved.asked_at is not None
    assert fields(page(operator, FORM))["when.0"] == "5"


@pytest.mark.usefixtures("vendor_site")
def test_a_mistake_stands_at_its_field_and_nothing_is_saved(as_member: AsMember) -> None:
    operator = as_member("cs_ops")
    begun = fields(page(operator, FORM)) | {"cooldown_days": "9999", "when": "quiet_day > 3"}
    seen = sent(operator, FORM, status=422, **begun)
    assert seen is not None
    assert {x.attrs["href"] for x in mistakes(seen)} == {"#f-cooldown_days"}
    mended = sent(operator, FORM, status=422, **fields(seen) | {"cooldown_days": "9"})
    assert mended is not None
    assert [x.attrs["href"] for x in mistakes(mended)] == ["#f-when"]
    assert RuleDraft.objects.count() == 0


@pytest.mark.usefixtures("vendor_site")
def test_members_are_offered_and_words_are_japanese(as_member: AsMember) -> None:
    operator = as_member("cs_ops")
    Member.objects.filter(handle="ito").update(is_active=False)
    Member.objects.update(language="ja")
    seen = page(operator, FORM)
    offered = seen.one("datalist", id="f-assign.member-known").all("option")
    handles = Member.objects.filter(is_active=True).order_by("handle")
    assert [x.attrs["value"] for x in offered] == [x.handle for x in handles]
    assert seen.one("label", **{"for": "f-assign.member"}).text == "1人のメンバー"


def test_what_is_written_goes_along_to_yaml_and_back_and_a_new_rule_has_a_form(
    vendor_site: Site, as_member: AsMember
) -> None:
    operator = as_member("cs_ops")
    yaml = sent(
        operator, FORM, status=200, **fields(page(operator, FORM)) | {"when.0": "8", "do": "yaml"}
    )
    assert yaml is not None
    text = "".join(str(x) for x in yaml.one("textarea").children).lstrip("\n")
    assert "quiet_days >= 8" in text
    back = sent(operator, FORM, status=200, text=text, do="form")
    assert back is not None
    assert fields(back)["when.0"] == "8"
    filled = fields(page(operator, NEW)) | {"name": "second", "when": "quiet_days > 9"}
    answer = operator.post(NEW, filled | {"action.ja": "電話する"})
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        FORM.replace("quiet", "second"),
    )
    assert operator.get(FORM.replace("quiet", "none")).status_code == 404
    assert as_member("csm").get(FORM).status_code == 403
