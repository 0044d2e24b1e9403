// Segment's client for Node: says what it has sent.
import { Analytics } from "@segment/analytics-node";

// mark: stands behind all ids, so that several may send to one server.
const [host, writeKey, mark = ""] = process.argv.slice(2);
const userId = `u1${mark}`;
const analytics = new Analytics({ writeKey, host });
const timestamp = new Date("2026-11-02T09:00:00Z");
let failed = 0;
analytics.on("error", (error) => {
  failed += 1;
  console.error(error);
});
analytics.group({ userId, groupId: `C1${mark}`, traits: { plan: "pro" }, timestamp });
analytics.identify({ userId, traits: { email: "sato@example.com" }, timestamp });
for (let n = 0; n < 120; n += 1) {
  analytics.track({ userId, event: "login", properties: { value: n }, timestamp });
}
analytics.page({ userId, name: "Pricing", timestamp });
analytics.screen({ userId, name: "Home", timestamp });
analytics.alias({ previousId: `old-u1${mark}`, userId, timestamp });
await analytics.closeAndFlush();
process.exit(failed ? 1 : 0);
