"""The draft of a play as a form: filled in, mended where it is wrong, steps added and moved."""

import pytest
from tests.web.conftest import AsMember
from tests.web.markup import Element
from tests.web.site import Site
from tests.web.test_definitions import page, section
from tests.web.test_quarantine import sent

from banso.core.definitions.draft import draft_of as read
from banso.desk.models import DraftKind, Member, RuleDraft
from banso.desk.queries.drafts import draft_of

FORM, YAML = "/definitions/play-drafts/visit/form/", "/definitions/play-drafts/visit/"


def fields(seen: Element) -> dict[str, str]:
    """What a browser would send of the form as it stands."""
    form = seen.one("form", id="play-form")
    found = {x.attrs["name"]: x.attrs.get("value") or "" for x in inputs(form)}
    for area in form.all("textarea"):
        found[area.attrs["name"]] = "".join(str(x) for x in area.children).removeprefix("\n")
    for choice in form.all("select"):
        chosen = [x for x in choice.all("option") if "selected" in x.attrs]
        found[choice.attrs["name"]] = (chosen or choice.all("option"))[0].attrs["value"] or ""
    return found


def inputs(form: Element) -> list[Element]:
    return [
        x for x in form.all("input") if x.attrs.get("type") != "checkbox" or "checked" in x.attrs
    ]


def kinds(seen: Element) -> list[str]:
    return [x.one("h4").text for x in seen.all("li", **{"class": "form-step"})]


@pytest.mark.usefixtures("vendor_site")
def test_a_field_is_changed_and_the_draft_says_so(as_member: AsMember) -> None:
    operator = as_member("cs_ops")
    begun = fields(page(operator, FORM))
    was = read({"x": begun["text"]}).plays[0].model
    sent(operator, FORM, **{**begun, "conflict_days": "21"})
    saved = draft_of(DraftKind.PLAY, "visit")
    assert saved is not None
    now = read({"x": saved.text}).plays[0].model
    assert now == was.model_copy(update={"conflict_days": 21})
    assert fields(page(operator, FORM))["conflict_days"] == "21"
    changes = section(page(operator, FORM), "Beside what is in force")
    assert "visit.conflict_days" in changes.text


@pytest.mark.usefixtures("vendor_site")
def test_a_mistake_stands_at_its_field_and_nothing_is_saved(as_member: AsMember) -> None:
    operator = as_member("cs_ops")
    begun = fields(page(operator, FORM)) | {"exit": "quiet_day > 3"}
    seen = sent(operator, FORM, status=422, **begun)
    assert seen is not None
    said = "exit: unknown name quiet_day – Did you mean “quiet_days”?"
    assert seen.one("div", id="f-exit-told").all("p")[0].text == said
    assert seen.one("textarea", id="f-exit").attrs["aria-invalid"] == "true"
    links = [(x.attrs["href"], x.text) for x in mistakes(seen)]
    assert links == [("#f-exit", said)]
    assert fields(seen)["exit"] == "quiet_day > 3"
    none = {"steps.0.label.en": "", "steps.0.label.ja": ""}
    emptied = sent(operator, FORM, status=422, **fields(seen) | none)
    assert emptied is not None
    assert [x.attrs["href"] for x in mistakes(emptied)] == [
        "#f-steps.0.label.en",
        "#f-steps.0.label.ja",
    ]
    assert RuleDraft.objects.count() == 0


def mistakes(seen: Element) -> list[Element]:
    return seen.one("ol", **{"class": "mistakes"}).all("a")


@pytest.mark.usefixtures("vendor_site")
def test_a_mistake_is_told_in_japanese_beside_names_in_japanese(as_member: AsMember) -> None:
    Member.objects.update(language="ja")
    operator = as_member("cs_ops")
    begun = fields(page(operator, FORM)) | {"conflict_days": "9999"}
    seen = sent(operator, FORM, status=422, **begun)
    assert seen is not None
    assert seen.one("label", **{"for": "f-conflict_days"}).text == "ほかのプレイブックと空ける日数"
    told = seen.one("div", id="f-conflict_days-told").all("p")[0].text
    assert told == "conflict_days: 365 以下にしてください"


@pytest.mark.usefixtures("vendor_site")
def test_steps_are_added_moved_and_removed_before_anything_is_saved(as_member: AsMember) -> None:
    operator = as_member("cs_ops")
    begun = page(operator, FORM)
    before = kinds(begun)
    asked = fields(begun) | {"do": "add:steps", "new:steps": "wait", "label.en": "Changed"}
    more = sent(operator, FORM, status=200, **asked)
    assert more is not None
    last = len(before)
    assert kinds(more) == [*before, f"{last + 1} Wait"]
    assert fields(more)["label.en"] == "Changed"
    full = fields(more) | {f"steps.{last}.days": "8", "do": f"up:steps.{last}"}
    up = sent(operator, FORM, status=200, **full)
    assert up is not None
    assert fields(up)[f"steps.{last - 1}.days"] == "8"
    gone = sent(operator, FORM, status=200, **fields(up) | {"do": f"remove:steps.{last - 1}"})
    assert gone is not None
    assert kinds(gone) == before
    assert RuleDraft.objects.count() == 0


@pytest.mark.usefixtures("vendor_site")
def test_what_is_being_written_goes_along_to_yaml_and_back(as_member: AsMember) -> None:
    operator = as_member("cs_ops")
    asked = fields(page(operator, FORM)) | {"label.en": "Changed", "do": "yaml"}
    yaml = sent(operator, FORM, status=200, **asked)
    assert yaml is not None
    text = "".join(str(x) for x in yaml.one("textarea").children).lstrip("\n")
    assert "Changed" in text
    back = sent(operator, FORM, status=200, text=text, do="form")
    assert back is not None
    assert fields(back)["label.en"] == "Changed"
    none = sent(operator, FORM, status=200, text="plays: [", do="form")
    assert none is not None
    assert "This text has no form" in none.one("div", role="alert").text


def test_a_new_play_is_written_as_a_form_by_who_may_write_rules(
    vendor_site: Site, as_member: AsMember
) -> None:
    new = "/definitions/play-draft/form/"
    operator = as_member("cs_ops")
    begun = fields(page(operator, new))
    filled = begun | {"name": "second", "steps.0.label.en": "Call", "steps.0.label.ja": "電話"}
    answer = operator.post(new, filled)
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        FORM.replace("visit", "second"),
    )
    assert operator.get(FORM.replace("visit", "none")).status_code == 404
    assert as_member("csm").get(FORM).status_code == 403
