"""A small correct set, to be broken in one place at a time."""

from banso.core.definitions import Mistake, check_texts

SET = """\
organisation: {name: Kaede, time_zone: Asia/Tokyo}
sources:
  - {name: app, late_after: 2d, covers: "attribute.plan = 'pro'"}
metrics:
  - name: weekly_users
    label: {en: Weekly users, ja: 週間利用者}
    kind: distinct_users
    where: event in ('login', 'report_viewed')
    window: 7d
  - {name: seats, kind: latest, of: contract.seats, where: product = 'core'}
  - {name: seat_use, kind: ratio, of: weekly_users, by: seats}
  - {name: last_use, kind: recency}
  - {name: users_change, kind: change, of: weekly_users}
  - {name: twice, kind: derived, expression: weekly_users * 2 + seat_use}
  - {name: industry, kind: latest, of: attribute.industry}
segments:
  - {name: large, where: seats >= 50 or attribute.plan = 'enterprise'}
journeys:
  - name: adoption
    applies: segment.large or twice > 1
    stages:
      - name: onboarding
        expected_days: 60
        health:
          - {condition: last_use <= 7, weight: 2, of: last_use, good: 3, poor: 10}
      - name: habit
        enter: weekly_users >= 5
        health:
          - condition: seat_use > 0.5
            name: seats_used
rules:
  - name: fading
    when: journey.adoption.stage = 'habit' and users_change < -0.4 and industry = 'retail'
    for: 3 of 5 days
    action: {en: Call them, ja: 電話する}
"""


def told(old: str = "", new: str = "", *, text: str = SET) -> list[str]:
    """`line:column: message` of each mistake once `old` is replaced by `new`."""
    assert old in text
    return [shown(mistake) for mistake in check_texts({"set.yaml": text.replace(old, new, 1)})[1]]


def shown(mistake: Mistake) -> str:
    hint = f" -> {mistake.suggestion}" if mistake.suggestion else ""
    level = "warning: " if mistake.level == "warning" else ""
    return f"{mistake.line}:{mistake.column}: {level}{mistake.message}{hint}"
