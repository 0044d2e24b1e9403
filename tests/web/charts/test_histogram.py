"""A histogram as ECharts is told to draw it."""

from banso.core.metrics.histogram import Histogram
from banso.web.charts.histogram import Bar, Line, bars, options

WHOLE = Histogram((0, 1, 2, 3), (4, 5, 6), 0, 0, whole=True, growing=False)
WIDE = Histogram((0, 5, 10), (4, 5), 1, 2, whole=True, growing=False)
SHARES = Histogram((0.0, 0.5, 1.0), (4, 5), 0, 0, whole=False, growing=False)


def show(value: float) -> str:
    return f"{value:g}"


def test_a_bin_of_one_number_is_called_by_it() -> None:
    assert bars(WHOLE, show) == [Bar("0", 4), Bar("1", 5), Bar("2", 6)]


def test_what_lies_outside_has_bars_of_its_own() -> None:
    assert bars(WIDE, show) == [
        Bar("< 0", 1, outside=True),
        Bar("0 – 4", 4),
        Bar("5 – 9", 5),
        Bar("≥ 10", 2, outside=True),
    ]
    assert [bar.label for bar in bars(SHARES, show)] == ["0 – 0.5", "0.5 – 1"]


def test_lines_stand_on_an_axis_that_counts_bins() -> None:
    lines = [
        Line(1, ">=", "1", "--a"),
        Line(0, ">", "2", "--b"),
        Line(2, "good", "3", "--c"),
        Line(99, ">=", "4", "--d"),
    ]
    drawn = options(WHOLE, lines, show)
    assert drawn["xAxis"][1] == {"type": "value", "min": 0, "max": 3, "show": False}
    assert drawn["series"][1]["markLine"]["data"] == [
        {"xAxis": 1.0, "lineStyle": {"color": "--a", "width": 1.5}, "label": {"formatter": "1, 2"}},
        {"xAxis": 2.5, "lineStyle": {"color": "--c", "width": 1.5}, "label": {"formatter": "3"}},
    ]


def test_lines_move_with_the_bar_of_what_lies_below() -> None:
    (mark,) = options(WIDE, [Line(5, ">=", "1", "--a")], show)["series"][1]["markLine"]["data"]
    assert mark["xAxis"] == 2.0
    assert options(WIDE, [], show)["xAxis"][1]["max"] == 4


def test_bars_outside_have_another_colour() -> None:
    data = options(WIDE, [], show)["series"][0]["data"]
    assert [item["itemStyle"]["color"] for item in data] == [
        "--chart-axis",
        "--chart-1",
        "--chart-1",
        "--chart-axis",
    ]
