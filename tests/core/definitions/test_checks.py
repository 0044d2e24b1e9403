"""Each rule of a correct set, broken once: what is told, and where."""

import pytest

from .sets import SET, told

REST_OF_KINDS = (
    "count, distinct_users, active_days, breadth, recency, tenure, time_to_first, sum, avg, "
    "latest, ratio, change, derived"
)


def test_the_set_is_correct() -> None:
    assert told() == []


CASES = {
    "a misspelled field": ("window: 7d", "windw: 7d", ["9:5: unknown field 'windw' -> window"]),
    "an unknown kind": (
        "kind: recency}",
        "kind: recncy}",
        [f"12:28: unknown kind 'recncy'; there are {REST_OF_KINDS} -> recency"],
    ),
    "no kind": (
        "kind: recency}",
        "knd: recency}",
        [f"12:5: field 'kind' is missing; there are {REST_OF_KINDS}"],
    ),
    "text for a number": (
        "weight: 2",
        "weight: two",
        ["25:48: stages[1].health[1].weight: a number is needed"],
    ),
    "too small": (
        "weight: 2",
        "weight: 0",
        ["25:48: stages[1].health[1].weight: must be more than 0"],
    ),
    "a part of a day": (
        "expected_days: 60",
        "expected_days: 6.5",
        ["23:24: stages[1].expected_days: a whole number is needed"],
    ),
    "a window in words": (
        "late_after: 2d",
        "late_after: 2 days",
        [
            "3:29: late_after: '2 days' is not a number of days, hours or minutes such as 2d, 4h "
            "or 45m"
        ],
    ),
    "a silence shorter than what is counted": (
        "late_after: 2d",
        "late_after: 14m",
        ["3:29: facts are counted by quarters of an hour, so 15m is the least"],
    ),
    "hours that end the day after": (
        "late_after: 2d",
        "late_after: 4h, hours: 22:00-06:00",
        ["3:40: hours end after they begin, on the same day, such as 08:00-20:00"],
    ),
    "hours beside a number of days": (
        "late_after: 2d",
        "late_after: 2d, hours: 08:00-20:00",
        ["3:40: 'hours' says something only beside 'late_after' in hours or minutes, such as 4h"],
    ),
    "a place in an event that is none": (
        "late_after: 2d",
        "tracking: {account: tenant}",
        [
            "3:37: tracking.account: 'tenant' is not a place in an event, such as properties.plan "
            "or context.groupId"
        ],
    ),
    "a misspelled place in an event": (
        "late_after: 2d",
        "tracking: {acount: context.tenant}",
        ["3:28: unknown field 'acount' -> account"],
    ),
    "a frequency in words": (
        "for: 3 of 5 days",
        "for: often",
        ["34:10: for: 'often' is not n of m days, such as 3 of 5 days"],
    ),
    "no language": (
        "{en: Call them, ja: 電話する}",
        "{en: }",
        [
            "35:13: field 'ja' is missing",
            "35:14: action.en: text is needed (what looks like a number goes in quotes)",
        ],
    ),
    "no label but a text": (
        "{en: Call them, ja: 電話する}",
        "Call",
        ["35:13: action: a mapping is needed (lines such as name: value)"],
    ),
    "a number for a text": (
        "en: Call them",
        "en: 5",
        ["35:18: action.en: text is needed (what looks like a number goes in quotes)"],
    ),
    "a wrong priority": (
        "    for: 3 of 5 days",
        "    priority: urgent",
        ["34:15: priority: 'urgent' is not one of 'high', 'medium' or 'low'"],
    ),
    "yes for true": (
        "    stages:\n",
        "    sticky: yes\n    stages:\n",
        ["21:13: sticky: true or false is needed"],
    ),
    "a mapping for a list": (
        "segments:\n  - {name: large, where: seats >= 50 or attribute.plan = 'enterprise'}",
        "segments: {name: large}",
        ["16:11: segments: a list is needed (lines that begin with -)"],
    ),
    "a misspelled section": (
        "sources:",
        "source:",
        [
            "2:1: unknown field 'source'; a file has organisation, sources, metrics, segments, "
            "journeys, rules, outcomes, plays, templates -> sources"
        ],
    ),
    "an unknown time zone": (
        "Asia/Tokyo",
        "Asia/Tokio",
        [
            "1:40: unknown time zone 'Asia/Tokio'; IANA names such as Asia/Tokyo are needed"
            " -> Asia/Tokyo"
        ],
    ),
    "a path for a time zone": (
        "Asia/Tokyo",
        "../../etc/passwd",
        ["1:40: unknown time zone '../../etc/passwd'; IANA names such as Asia/Tokyo are needed"],
    ),
    "no organisation": (
        "organisation: {name: Kaede, time_zone: Asia/Tokyo}\n",
        "",
        ["1:1: no organisation; write one, such as organisation: {name: Kaede, time_zone: UTC}"],
    ),
    "the same name twice": (
        "name: last_use,",
        "name: twice,",
        [
            "14:12: metric or segment 'twice' is defined twice; first in set.yaml, line 12",
            "25:25: condition: unknown name last_use -> seat_use",
            "25:55: unknown metric 'last_use' -> seat_use",
        ],
    ),
    "a segment named as a metric": (
        "name: large",
        "name: seats",
        [
            "17:12: metric or segment 'seats' is defined twice; first in set.yaml, line 10",
            "20:14: applies: unknown name segment.large -> segment.seats",
        ],
    ),
    "a word of the language": (
        "name: industry",
        "name: between",
        [
            "15:12: 'between' is a word of the condition language; choose another name -> between_",
            "33:72: when: unknown name industry",
        ],
    ),
    "a name in half-width letters": (
        "name: twice",
        "name: ﾄｳｲｽ",
        [
            "14:12: the name 'ﾄｳｲｽ' has full-width, half-width or split letters -> トウイス",
            "20:31: applies: unknown name twice",
        ],
    ),
    "an unknown metric in a condition": (
        "seats >= 50",
        "seat >= 50",
        ["17:26: where: unknown name seat -> seats"],
    ),
    "a condition for a number": (
        "weekly_users * 2",
        "weekly_users > 2",
        ["14:46: expression: this part is a condition (true or false); this place needs a number"],
    ),
    "a stage that does not exist": (
        "'habit' and",
        "'habitt' and",
        ["33:36: journey.adoption.stage is never 'habitt'; there are onboarding, habit -> habit"],
    ),
    "a colour that does not exist": (
        "journey.adoption.stage = 'habit'",
        "journey.adoption.colour in ('red', 'healthy')",
        [
            "33:39: journey.adoption.colour is never 'red'; "
            "there are healthy, watch, at_risk, unmeasured"
        ],
    ),
    "a journey in a journey": (
        "enter: weekly_users >= 5",
        "enter: journey.adoption.score > 5",
        ["27:16: enter: unknown name journey.adoption.score (journey.* is for rules only)"],
    ),
    "a metric in covers": (
        "covers: \"attribute.plan = 'pro'\"",
        "covers: weekly_users > 3",
        ["3:41: covers: unknown name weekly_users"],
    ),
    "an event in a filter of contracts": (
        "product = 'core'",
        "event = 'core'",
        ["10:60: where: unknown name event"],
    ),
    "a ratio by nothing": ("by: seats", "by: seatss", ["11:57: unknown metric 'seatss' -> seats"]),
    "points of nothing": (
        "of: last_use",
        "of: lst_use",
        ["25:55: unknown metric 'lst_use' -> last_use"],
    ),
    "a circle of metrics": (
        "of: weekly_users, by",
        "of: twice, by",
        ["11:12: this metric is defined by itself: seat_use -> twice -> seat_use"],
    ),
    "a circle of segments": (
        "seats >= 50",
        "segment.large",
        ["17:12: this segment is defined by itself: large -> large"],
    ),
    "a change against nothing": (
        "kind: change, of: weekly_users",
        "kind: change, of: last_use",
        ["13:5: 'last_use' has no window, so 'against' is needed: how long before -> against: 28d"],
    ),
    "a window on contracts": (
        "of: contract.seats, where",
        "of: contract.seats, window: 7d, where",
        ["10:61: 'window' means nothing for contract.seats"],
    ),
    "a filter on an attribute": (
        "of: attribute.industry",
        "of: attribute.industry, where: event = 'x'",
        ["15:67: 'where' means nothing for attribute.industry"],
    ),
    "a stage that can't be entered": (
        "        enter: weekly_users >= 5\n",
        "",
        ["26:9: stage 'habit' needs 'enter': the condition to reach it"],
    ),
    "a first stage that must be entered": (
        "      - name: onboarding\n",
        "      - name: onboarding\n        enter: last_use > 1\n",
        ["23:16: the first stage has no 'enter': every account begins there"],
    ),
    "half of the points": (
        ", poor: 10",
        "",
        ["25:13: of, good and poor belong together; poor is missing"],
    ),
    "points without a direction": (
        "poor: 10",
        "poor: 3",
        ["25:71: good and poor must differ: points run from one to the other"],
    ),
    "colours upside down": (
        "    stages:\n",
        "    watch: 70\n    stages:\n",
        ["21:12: watch (70) must be lower than healthy (70): scores between them are watch"],
    ),
    "a stage without conditions": (
        "        health:\n          - condition: seat_use > 0.5\n            name: seats_used\n",
        "",
        ["26:9: warning: stage 'habit' has no health conditions: its accounts stay unmeasured"],
    ),
    "more days than there are": (
        "3 of 5",
        "6 of 5",
        ["34:10: 6 of 5 days can never hold -> 5 of 6 days"],
    ),
    "an unused metric": (
        " and industry = 'retail'",
        "",
        ["15:12: warning: metric 'industry' is not used by any other definition"],
    ),
    "a mistake in a folded text": (
        "where: event in ('login', 'report_viewed')",
        "where: >\n      event in ('login') and\n      evnt = 'x'",
        ["10:7: where: unknown name evnt -> event"],
    ),
    "a mistake in a text of several lines": (
        "where: event in ('login', 'report_viewed')",
        "where: |-\n      event = 'a'\n      and vale > 3",
        ["10:11: where: unknown name vale -> value"],
    ),
    "a mistake in a quoted text": (
        "where: event in ('login', 'report_viewed')",
        "where: 'event = ''a'' and vale > 3'",
        ["8:31: where: unknown name vale -> value"],
    ),
}


@pytest.mark.parametrize(("old", "new", "expected"), CASES.values(), ids=CASES)
def test_what_is_broken_is_told_at_its_place(old: str, new: str, expected: list[str]) -> None:
    assert told(old, new) == expected


def test_a_broken_metric_is_told_once_and_not_wherever_it_is_used() -> None:
    assert told("kind: distinct_users", "kind: distinct_user") == [
        f"7:11: unknown kind 'distinct_user'; there are {REST_OF_KINDS} -> distinct_users"
    ]


def test_a_list_with_mistakes_in_all_it_holds_is_not_called_empty() -> None:
    text = SET + "plays:\n  - {name: visit, steps: [{kind: wait, dys: 2}]}\n"
    place = len(SET.splitlines()) + 2
    assert told(text=text) == [
        f"{place}:27: field 'days' is missing",
        f"{place}:40: unknown field 'dys' -> days",
    ]


def test_a_long_circle_is_told_in_full_and_once() -> None:
    ring = "".join(
        f"  - {{name: m{n}, kind: derived, expression: m{(n + 1) % 4} + 1}}\n" for n in range(4)
    )
    text = SET.replace("segments:\n", ring + "segments:\n", 1)
    assert told(text=text) == [
        "16:12: this metric is defined by itself: m0 -> m1 -> m2 -> m3 -> m0"
    ]


def test_two_circles_are_told_apart_from_what_hangs_on_them() -> None:
    pairs = (
        "  - {name: a, kind: ratio, of: b, by: seats}\n"
        "  - {name: b, kind: ratio, of: a, by: seats}\n"
        "  - {name: c, kind: change, of: c, against: 7d}\n"
        "  - {name: d, kind: derived, expression: a + c}\n"
        "segments:\n  - {name: uses_d, where: d > 1}\n"
    )
    text = SET.replace("segments:\n", pairs, 1)
    assert told(text=text) == [
        "16:12: this metric is defined by itself: a -> b -> a",
        "18:12: this metric is defined by itself: c -> c",
    ]


def test_the_same_condition_twice_in_a_stage_is_told() -> None:
    twice = "            name: seats_used\n          - {condition: seats > 1, name: seats_used}\n"
    assert told("            name: seats_used\n", twice) == [
        "31:42: condition 'seats_used' stands in this stage twice"
    ]
