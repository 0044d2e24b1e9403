from banso.store import live
from banso.store.inspection import ledger_rows, quarantine_rows
def test_smoke(send, session):
    a = send("/v1/batch", {"batch":[
        {"type":"track","event":"login","userId":"u1","messageId":"m1","timestamp":"2026-11-01T00:00:00Z","properties":{"a":{"b":1}}},
        {"type":"track","event":"login","userId":"u2","messageId":"m2","timestamp":"2026-11-01T00:00:00Z","context":{"groupId":"C9"}},
        {"type":"track","event":"","userId":"u2","messageId":"m3"},
        7,
    ]})
    assert (a.status, a.said) == (200, {"success": True})
    print(session.store.collect_tracked(live.Rules()))
    send("/v1/group", {"userId":"u1","groupId":"C1","messageId":"g1","traits":{"name":"X"}})
    print(session.store.collect_tracked(live.Rules()))
    print(session.store.collect_tracked(live.Rules()))
    print(session.store.collect_tracked(live.Rules()))
    for r in ledger_rows(session.store, limit=10): print(r)
    for r in quarantine_rows(session.store, limit=10): print(r)
