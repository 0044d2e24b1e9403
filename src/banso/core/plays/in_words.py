"""What plays do, wait for, and fail at, in words of both languages."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import singledispatch

from banso.core.definitions import Definitions
from banso.core.definitions.model import Label
from banso.core.definitions.plays import (
    OWNER,
    AssignStep,
    BranchStep,
    MailStep,
    MessageStep,
    Play,
    SetFieldStep,
    StartPlayStep,
    Step,
    TaskStep,
    WaitStep,
    WaitUntilStep,
    WebhookStep,
)
from banso.core.expressions import ExpressionError
from banso.core.health.in_words import condition_in_words


@dataclass(frozen=True)
class StepWords:
    """key: its place in the play. depth: in how many branches it stands. side: of the branch in
    which it is the first, else None."""

    key: str
    kind: str
    depth: int
    side: Label | None
    title: Label
    details: Sequence[Label] = ()


_YES = Label(en="If so", ja="成り立つ場合")
_NO = Label(en="If not", ja="成り立たない場合")


def steps_in_words(definitions: Definitions, play: Play) -> list[StepWords]:
    return list(_steps(definitions, play.steps, "", 0, None))


def _steps(
    definitions: Definitions, steps: Sequence[Step], under: str, depth: int, side: Label | None
) -> Iterator[StepWords]:
    for number, step in enumerate(steps, start=1):
        key = f"{under}{number}"
        title, details = _said(step, definitions)
        first = side if number == 1 else None
        yield StepWords(key, step.kind, depth, first, title, tuple(details))
        if isinstance(step, BranchStep):
            yield from _steps(definitions, step.then, f"{key}.then.", depth + 1, _YES)
            yield from _steps(definitions, step.else_, f"{key}.else.", depth + 1, _NO)


Said = tuple[Label, list[Label]]


@singledispatch
def _said(step: Step, _definitions: Definitions) -> Said:
    raise TypeError(f"not a step: {step!r}")


@_said.register
def _task(step: TaskStep, _definitions: Definitions) -> Said:
    due = Label(
        en=f"Due in {step.due_in} business day{'' if step.due_in == 1 else 's'}",
        ja=f"期限: {step.due_in}営業日",
    )
    title = Label(en=f"Task: {step.label.en}", ja=f"タスク: {step.label.ja}")
    more = [step.instructions] if step.instructions else []
    return title, [*more, *(_point(x) for x in step.checklist), due]


def _point(item: Label) -> Label:
    return Label(en=f"□ {item.en}", ja=f"□ {item.ja}")


@_said.register
def _message(step: MessageStep, _definitions: Definitions) -> Said:
    if step.to != OWNER:
        title = Label(en=f"Message to {step.to}", ja=f"{step.to}さんへのメッセージ")
        return title, [step.text]
    return Label(en="Message to the owner", ja="担当CSMへのメッセージ"), [step.text]


@_said.register
def _mail(step: MailStep, definitions: Definitions) -> Said:
    template = definitions.templates.get(step.template)
    subject = template.subject if template else Label(en=step.template, ja=step.template)
    title = Label(en=f"Mail to the customer: {subject.en}", ja=f"顧客へのメール: {subject.ja}")
    whom = Label(
        en=f"To {'one person' if step.most == 1 else f'at most {step.most} people'}"
        + (f" with the role {step.role}" if step.role else ""),
        ja=f"宛先: {f'役割が「{step.role}」の' if step.role else ''}{step.most}人まで",
    )
    checked = (
        Label(en="A draft until somebody has approved it", ja="承認するまでは下書き")
        if step.approval
        else Label(en="Sent without approval", ja="承認なしで送る")
    )
    return title, [whom, checked]


@_said.register
def _set(step: SetFieldStep, _definitions: Definitions) -> Said:
    what = f"{step.attribute} = {step.value or '∅'}"
    return Label(en=f"Set from the next day: {what}", ja=f"翌日から設定: {what}"), []


@_said.register
def _wait(step: WaitStep, _definitions: Definitions) -> Said:
    days = f"{step.days} day{'' if step.days == 1 else 's'}"
    return Label(en=f"Wait {days}", ja=f"{step.days}日待つ"), []


@_said.register
def _until(step: WaitUntilStep, definitions: Definitions) -> Said:
    what = condition_words(definitions, step.condition)
    ends = step.on_timeout == "end"
    late = Label(
        en=f"For {step.within_days} days at most, then {'it ends' if ends else 'it goes on'}",
        ja=f"最長{step.within_days}日。過ぎたら{'終了する' if ends else '先へ進む'}",
    )
    return Label(en=f"Wait until {what.en}", ja=f"待つ条件: {what.ja}"), [late]


@_said.register
def _branch(step: BranchStep, definitions: Definitions) -> Said:
    what = condition_words(definitions, step.condition)
    unmeasured = Label(
        en="Where it is unmeasured: wait" if step.unmeasured == "wait" else "Unmeasured: as if not",
        ja="未計測の場合: わかるまで待つ"
        if step.unmeasured == "wait"
        else "未計測の場合: 成り立たない側へ進む",
    )
    return Label(en=f"Branch: {what.en}", ja=f"分岐: {what.ja}"), [unmeasured]


@_said.register
def _assign(step: AssignStep, _definitions: Definitions) -> Said:
    if step.to == OWNER:
        return Label(en="From here on: tasks of the owner", ja="以後のタスク: 担当CSM"), []
    return Label(en=f"From here on: tasks of {step.to}", ja=f"以後のタスク: {step.to}"), []


@_said.register
def _webhook(step: WebhookStep, _definitions: Definitions) -> Said:
    name = step.channel
    return Label(en=f"Tell other software: {name}", ja=f"外部に通知: {name}"), []


@_said.register
def _start(step: StartPlayStep, definitions: Definitions) -> Said:
    other = definitions.plays.get(step.play)
    label = (other.label if other else None) or Label(en=step.play, ja=step.play)
    title = Label(en=f"Start the play {label.en}", ja=f"プレイブック「{label.ja}」を始める")
    return title, []


def condition_words(definitions: Definitions, text: str) -> Label:
    """As it is written where the definitions in force know its names no more."""
    try:
        return condition_in_words(definitions, text)
    except ExpressionError:
        return Label(en=text, ja=text)


PROBLEMS: Mapping[str, Label] = {
    "no_owner": Label(
        en="The customer has no owner. Give it one, then resume the run.",
        ja="担当CSMがいません。担当CSMを決めてから再開してください。",
    ),
    "owner_left": Label(
        en="The owner {name} has left. Give the customer another owner, then resume the run.",
        ja="担当CSMの{name}さんは停止中です。別の担当CSMを決めてから再開してください。",
    ),
    "no_member": Label(
        en="There is no member {name}. Add them or change the play, then resume the run.",
        ja="メンバー{name}がいません。追加するか、この実行を止めてプレイブックを直してください。",
    ),
    "member_left": Label(
        en="{name} has left. Stop the run, or let them in again and resume it.",
        ja="メンバー{name}は停止中です。再び有効にして再開するか、実行を止めてください。",
    ),
    "member_blind": Label(
        en="{name} does not see this customer. Widen what they see, then resume the run.",
        ja="メンバー{name}はこの顧客を見られません。見られる範囲を広げてから再開してください。",
    ),
    "no_channel": Label(
        en="There is no channel {name}. Add it (banso channels), then resume the run.",
        ja="チャネル{name}がありません。追加(banso channels)してから再開してください。",
    ),
    "no_webhook": Label(
        en="There is no webhook {name}. Add it (banso channels), then resume the run.",
        ja="Webhook{name}がありません。追加(banso channels)してから再開してください。",
    ),
    "no_channels": Label(
        en="No channel writes to owners. Add one (banso channels), then resume the run.",
        ja="担当CSMに届くチャネルがありません。追加(banso channels)してから再開してください。",
    ),
    "no_customers": Label(
        en="No channel mails customers. Add one (banso channels add-customers), then resume the "
        "run.",
        ja="顧客にメールを送るチャネルがありません。追加(banso channels add-customers)してから"
        "再開してください。",
    ),
    "no_template": Label(
        en="There is no template {name} that could be filled. Define it, then resume the run.",
        ja="使えるひな形{name}がありません。定義してから再開してください。",
    ),
    "no_contact": Label(
        en="The customer has no contact {name}. Import contacts, then resume the run.",
        ja="この顧客には連絡先{name}がありません。連絡先を取り込んでから再開してください。",
    ),
    "contacts_left": Label(
        en="Every contact {name} has left. Import who is there now, then resume the run.",
        ja="連絡先{name}は全員が退職・異動済みです。今の連絡先を取り込んでから再開してください。",
    ),
    "no_address": Label(
        en="No contact {name} has an e-mail address. Import one, then resume the run.",
        ja="メールアドレスのある連絡先{name}がいません。アドレスを取り込んでから再開してください。",
    ),
    "unsubscribed": Label(
        en="Every contact {name} wants no mail. Talk to them another way, and stop the run.",
        ja="連絡先{name}は全員がメールの配信を停止しています。別の方法で連絡し、実行を止めてください。",
    ),
    "empty_place": Label(
        en="Nothing is known for {{{{{name}}}}}. Bring the data or change the text, then resume "
        "the run.",
        ja="{{{{{name}}}}}に入る値がわかりません。データを取り込むか文面を直してから再開してください。",
    ),
    "no_play": Label(
        en="There is no play {name} any more. Define it again, then resume the run.",
        ja="プレイブック{name}がもうありません。定義し直してから再開してください。",
    ),
    "condition": Label(
        en="Something in this condition is no longer defined: {name}. Define it, then resume "
        "the run.",
        ja="条件の中の名前が定義されていません: {name}。定義してから再開してください。",
    ),
    "version": Label(
        en="This version of the play can't be read any more. Stop the run and start it anew.",
        ja="この版のプレイブックはもう読めません。実行を止めて、始め直してください。",
    ),
}
"""What is wrong with a parked run, and the mend; see desk.services.play_problem.Code."""

RESTS: Mapping[str, Label] = {
    "time": Label(en="waits for its day", ja="日が来るのを待っています"),
    "condition": Label(en="waits for its condition", ja="条件が成り立つのを待っています"),
    "unmeasured": Label(
        en="waits: its condition is unmeasured", ja="条件が未計測のため待っています"
    ),
    "no_facts": Label(en="goes on after the next run", ja="次の実行の後に進みます"),
}
"""For what a run rests; see core.plays.machine.Waits."""

REASONS: Mapping[str, Label] = {
    "finished": Label(en="all steps are done", ja="すべてのステップを実行した"),
    "exit": Label(en="its exit condition holds", ja="終了条件が成り立った"),
    "timed_out": Label(en="the time to wait is over", ja="待つ期限が過ぎた"),
    "not_customer": Label(en="no customer any more", ja="顧客ではなくなった"),
    "stopped": Label(en="stopped by hand", ja="手で止めた"),
    "running": Label(en="it is in this play already", ja="すでに実行中"),
    "once": Label(en="it was in this play before (once)", ja="一度実行済み(一度だけ)"),
    "again": Label(en="not again before {until}", ja="{until}までは再び始めない"),
    "conflict": Label(
        en="another play ({play}) entered lately; free on {until}",
        ja="別のプレイブック({play})を始めたばかり({until}から可)",
    ),
    "version": Label(en="its version can't be read", ja="版を読めない"),
    "not_yet": Label(
        en="the play has not been rolled out to it yet", ja="まだ展開の順番が来ていない"
    ),
    "merged": Label(
        en="merged into an account that is in this play", ja="実行中の顧客に統合された"
    ),
    "held_out": Label(en="held out by lot, to compare", ja="比較のため、くじで対照群にした"),
}
"""Why a run ended, or was kept out."""


def problem_words(about: Mapping[str, str]) -> Label:
    return _filled(PROBLEMS[about["code"]], about)


def reason_words(because: str, about: Mapping[str, str] | None) -> Label:
    return _filled(REASONS[because], about or {})


def _filled(label: Label, about: Mapping[str, str]) -> Label:
    values = {"name": "", "until": "", "play": "", **about}
    return Label(en=label.en.format(**values), ja=label.ja.format(**values))


def play_label(play: Mapping[str, object] | Play, name: str) -> Mapping[str, str]:
    """Of a play, or of a version that a run has kept."""
    label = play.label.model_dump() if isinstance(play, Play) and play.label else None
    if isinstance(play, Mapping):
        kept = play.get("label")
        label = kept if isinstance(kept, dict) else None
    return label or {"en": name, "ja": name}
