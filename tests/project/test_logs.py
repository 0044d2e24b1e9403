"""Log lines as JSON."""

import io
import json
import logging

from banso.project.logs import JsonLines


def test_each_record_is_one_line_of_json_also_with_a_traceback() -> None:
    told = io.StringIO()
    handler = logging.StreamHandler(told)
    handler.setFormatter(JsonLines())
    log = logging.Logger("banso.tried")
    log.addHandler(handler)
    log.error("No events: %s", "two\nlines")
    try:
        raise ValueError("wrong")
    except ValueError:
        log.exception("改行")
    first, second = (json.loads(line) for line in told.getvalue().splitlines())
    assert first.pop("time").endswith("+00:00")
    assert first.pop("process") > 0
    assert first == {"level": "error", "logger": "banso.tried", "message": "No events: two\nlines"}
    assert (second["message"], second["error"].splitlines()[-1]) == ("改行", "ValueError: wrong")
