"""What `--json` prints of what is wrong with definitions, and what a change of them would do."""

from datetime import date

from banso.cli.shapes import Shape, said


class MistakeItem(Shape):
    """`banso check --json`: a list of these."""

    file: str = said("File", "ファイル")
    line: int = said("Line, from 1", "行(1から)")
    column: int = said("Column, from 1", "列(1から)")
    message: str = said("What is wrong and what was expected", "誤りと、期待されるもの")
    suggestion: str | None = said("The mend, if one is near", "直し方(近いものがあれば)")
    level: str = said("error or warning", "error または warning")


class MoveItem(Shape):
    """An account whose stage or colour would be another."""

    account: str = said("Key of the account", "顧客のキー")
    journey: str = said("Journey", "ジャーニー")
    stage_before: str | None = said("Stage now; null: not on it", "今のステージ。対象外なら null")
    stage_after: str | None = said("Stage under the new set", "新しい定義でのステージ")
    colour_before: str | None = said("Colour now", "今のヘルス")
    colour_after: str | None = said("Colour under the new set", "新しい定義でのヘルス")


class RuleLoadItem(Shape):
    """One rule's alerts, replayed under both sets."""

    rule: str = said("Rule", "対応ルール")
    week_before: int = said("Opened in the last 7 days, old set", "直近7日の発生数(今の定義)")
    week_after: int = said("Opened in the last 7 days, new set", "直近7日の発生数(新しい定義)")
    quarter_before: int = said("Opened in the last 90 days, old set", "直近90日の発生数(今の定義)")
    quarter_after: int = said("Opened in the last 90 days, new set", "直近90日の発生数(新しい定義)")
    open_before: int = said("Open now, old set", "開いている数(今の定義)")
    open_after: int = said("Open now, new set", "開いている数(新しい定義)")
    would_open: list[str] = said("Accounts whose alert would open", "新たに開く顧客")
    would_close: list[str] = said("Accounts whose alert would close", "閉じる顧客")


class PlanItem(Shape):
    """`banso plan --json`."""

    as_of: date = said("Day of the comparison", "比較した日")
    changes: list[str] = said("Definitions that differ", "変わった定義")
    moves: list[MoveItem] = said("Accounts that would change", "変わる顧客")
    rules: list[RuleLoadItem] = said("Alerts by rule", "対応ルールごとのアラート")
