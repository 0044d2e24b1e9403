"""The people of the example vendor. Only `banso demo` makes them, on a home that holds the demo."""

from dataclasses import dataclass

from banso.cli import ready  # noqa: F401  before any model is imported
from banso.cli.output import out
from banso.cli.words import word
from banso.desk.models import Member, Role
from banso.desk.queries.members import DEMO_PASSWORD, members_with_demo_password
from banso.desk.services.members import Details, add_member, change_member, set_password


@dataclass(frozen=True)
class DemoMember:
    """signs_in: has the demo's password. The others are there as owners of accounts."""

    handle: str
    name: str
    role: Role
    team: str = ""
    signs_in: bool = False


EAST, WEST = "東日本チーム", "西日本チーム"
PEOPLE = (
    DemoMember("sato@kaede.example", "佐藤 葵", Role.CSM, EAST, signs_in=True),
    DemoMember("manager", "長谷川 梓", Role.MANAGER, EAST, signs_in=True),
    DemoMember("ops", "岡田 直", Role.CS_OPS, signs_in=True),
    DemoMember("admin", "森 楓花", Role.ADMIN, signs_in=True),
    DemoMember("viewer", "本田 真", Role.VIEWER, signs_in=True),
    DemoMember("suzuki@kaede.example", "鈴木 蓮", Role.CSM, EAST),
    DemoMember("takahashi@kaede.example", "高橋 結衣", Role.CSM, EAST),
    DemoMember("tanaka@kaede.example", "田中 湊", Role.CSM, EAST),
    DemoMember("ito@kaede.example", "伊藤 陽菜", Role.CSM, WEST),
    DemoMember("watanabe@kaede.example", "渡辺 大和", Role.CSM, WEST),
    DemoMember("yamamoto@kaede.example", "山本 凛", Role.CSM, WEST),
    DemoMember("nakamura@kaede.example", "中村 樹", Role.CSM, WEST),
)


def make_demo_members() -> None:
    """Names, teams, and passwords for those who have none yet. An earlier demo made them all, and
    what somebody has changed since stays."""
    for person in PEOPLE:
        known = Member.objects.filter(handle=person.handle).first()
        if known is not None and known.name != known.handle:
            continue
        details = Details(name=person.name, role=person.role, team=person.team)
        if known is None:
            known = add_member(handle=person.handle, details=details)
        else:
            known = change_member(handle=person.handle, details=details)
        if person.signs_in and not known.has_usable_password():
            set_password(member=known.pk, password=DEMO_PASSWORD)


def demo_sign_ins() -> tuple[DemoMember, ...]:
    """Those whom the demo's password lets in now."""
    let_in = members_with_demo_password([x.handle for x in PEOPLE if x.signs_in])
    return tuple(x for x in PEOPLE if x.handle in let_in)


def print_sign_ins(people: tuple[DemoMember, ...]) -> None:
    if not people:
        return
    out.print(word("demo_sign_in").format(password=DEMO_PASSWORD), soft_wrap=True)
    for person in people:
        role = word(f"role.{person.role}")
        out.print(f"  {person.handle:<24} {role}: {word(f'demo.{person.role}')}", soft_wrap=True)
