// RudderStack's client for Node: gzip under the label of a form, originalTimestamp, no timestamp.
import RudderAnalytics from "@rudderstack/rudder-sdk-node";

// mark: stands behind all ids, so that several may send to one server.
const [dataPlaneUrl, writeKey, mark = ""] = process.argv.slice(2);
const client = new RudderAnalytics(writeKey, { dataPlaneUrl, flushInterval: 200 });
const originalTimestamp = new Date("2026-11-02T09:00:00Z");
const sent = [];
const send = (call, told) =>
  sent.push(
    new Promise((done, fail) => {
      const said = { userId: `u1${mark}`, originalTimestamp, ...told };
      client[call](said, (error) => (error ? fail(error) : done()));
    }),
  );
for (let n = 0; n < 70; n += 1) send("track", { event: "login", properties: { value: n } });
send("identify", { traits: { email: "sato@example.com" } });
send("group", { groupId: `C1${mark}`, traits: { plan: "pro" } });
send("page", { name: "Pricing" });
await Promise.all(sent);
process.exit(0);
