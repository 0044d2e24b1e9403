"""A value as people read it: with its unit, its decimals, its words."""

from dataclasses import dataclass

from django.utils.translation import gettext

from banso.core.definitions import Definitions
from banso.core.definitions.model import Label
from banso.core.health.describe import DAYS, Description, describe_field
from banso.core.unmeasured import Reason
from banso.pipeline.one_account import Told
from banso.web.tags import language, money, number, text


@dataclass(frozen=True)
class Shown:
    """text: empty where unmeasured (`reason` says why) or hidden (money that is not for this
    reader). unit: '' where there is none."""

    text: str
    unit: str = ""
    reason: Reason = Reason.MEASURED
    hidden: bool = False

    @property
    def measured(self) -> bool:
        return self.reason is Reason.MEASURED and not self.hidden


def shown(definitions: Definitions, name: str, told: Told, *, hidden: bool = False) -> Shown:
    """name: any that a condition can use."""
    if hidden:
        return Shown("", reason=told.reason, hidden=True)
    if told.value is None:
        return Shown("", reason=told.reason)
    described = describe_field(definitions, name)
    if isinstance(told.value, bool):
        return Shown(gettext("Yes") if told.value else gettext("No"))
    if isinstance(told.value, str):
        label = described.words.get(told.value)
        return Shown(text(label) if label else told.value)
    if name == "contract.arr":
        return Shown(money(told.value, definitions.organisation.currency))
    return Shown(_number(told.value, described), _unit(described.unit, told.value))


def _number(value: float, described: Description) -> str:
    if described.form == "percent":
        scaled = number(value * 100, 1)
        return f"{scaled}%"
    return number(value, 0 if value == int(value) else 2)


def _unit(unit: Label | None, value: float) -> str:
    if unit is None:
        return ""
    if value == 1 and language() == "en" and unit.en.endswith("s"):
        return gettext("day") if unit == DAYS else ""  # see banso.core.rules.sentence
    return text(unit)
