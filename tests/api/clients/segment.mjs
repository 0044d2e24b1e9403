// Segment's client for Node: says what it has sent.
import { Analytics } from "@segment/analytics-node";

const [host, writeKey] = process.argv.slice(2);
const analytics = new Analytics({ writeKey, host });
const timestamp = new Date("2026-11-02T09:00:00Z");
let failed = 0;
analytics.on("error", (error) => {
  failed += 1;
  console.error(error);
});
analytics.group({ userId: "u1", groupId: "C1", traits: { plan: "pro" }, timestamp });
analytics.identify({ userId: "u1", traits: { email: "sato@example.com" }, timestamp });
for (let n = 0; n < 120; n += 1) {
  analytics.track({ userId: "u1", event: "login", properties: { value: n }, timestamp });
}
analytics.page({ userId: "u1", name: "Pricing", timestamp });
analytics.screen({ userId: "u1", name: "Home", timestamp });
analytics.alias({ previousId: "old-u1", userId: "u1", timestamp });
await analytics.closeAndFlush();
process.exit(failed ? 1 : 0);
