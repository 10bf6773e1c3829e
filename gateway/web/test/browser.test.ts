// A page on another origin, in a real browser, that uses the suite through this package.
//
// `gateway/tests/rest/browser.rs` starts what these tests need, and says in the environment where it is.

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { type Browser, chromium, type Page } from "playwright-core";

import { Code } from "../src/index.js";

/** What is global in the page. */
declare const page: typeof import("./page.js");

/** The browser's program. */
const CHROMIUM = setting("CHROMIUM");
/** The origin of a page that may call. */
const ORIGIN = setting("PAGE_ORIGIN");
/** Another name of the same, which nobody has allowed. */
const FOREIGN_ORIGIN = setting("FOREIGN_ORIGIN");
/** A gateway like any other. */
const GATEWAY = setting("GATEWAY");
/** One that answers five calls, and one more each second. */
const LIMITED_GATEWAY = setting("LIMITED_GATEWAY");
/** One before an account service that never answers. */
const STUCK_GATEWAY = setting("STUCK_GATEWAY");

const PASSWORD = "correct horse battery";

let browser: Browser;
let tab: Page;

function setting(name: string): string {
  return process.env[name] ?? assert.fail(`${name} is not set: deploy/test.sh browser`);
}

/** Opens the page by one of its origins. */
async function open(origin: string): Promise<Page> {
  const opened = await browser.newPage();
  await opened.goto(origin);
  await opened.addScriptTag({ path: "build/page.js" });
  return opened;
}

before(async () => {
  browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ["--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update"],
  });
  tab = await open(ORIGIN);
});

after(() => browser?.close());

/** What an account starts with. */
type Owner =
  | { case: "user"; value: { firstName: string; birthday: { year: number; month: number; day: number } } }
  | { case: "organization"; value: { preferredName: string; isNonprofit: boolean } };

const USER: Owner = { case: "user", value: { firstName: "Ann", birthday: { year: 1990, month: 4, day: 30 } } };
const ORGANIZATION: Owner = { case: "organization", value: { preferredName: "Help", isNonprofit: true } };

/** Somebody who is registered, verified and logged in, all from the page. */
async function settle(email: string, owner: Owner): Promise<{ id: string; token: string }> {
  return tab.evaluate(
    async ([gateway, email, password, owner]) => {
      const { auth, account } = page.createClient(gateway);
      await auth.register({ email, password, owner });
      await auth.verifyEmail({ token: await page.mailedToken(email) });
      const { accessToken, accountId } = await auth.login({ id: email, password });
      await page.unless("ACCOUNT_NOT_FOUND", () => account.getAccount({ accountId }));
      return { id: accountId, token: accessToken };
    },
    [GATEWAY, email, PASSWORD, owner] as const,
  );
}

test("an organization confirms what a person did", async () => {
  const [ann, help] = [await settle("ann@example.org", USER), await settle("help@example.org", ORGANIZATION)];
  const written = await tab.evaluate(
    async ([gateway, token, organization]) => {
      const { experience } = page.createClient(gateway, { token: () => token });
      const details = { name: "Beach cleanup", description: "Collected litter.", begin: "May 1", hours: 6 };
      const validator = { validator: { case: "organizationId" as const, value: organization } };
      const { experience: written } = await experience.createExperience({ details, validator });
      return { id: written!.id, isPending: written!.validation!.state === page.ValidationState.PENDING_ON_SITE };
    },
    [GATEWAY, ann.token, help.id] as const,
  );
  assert(written.isPending);

  const requests = await tab.evaluate(
    async ([gateway, token]) => {
      const { experience } = page.createClient(gateway, { token: () => token });
      const { requests } = await experience.listValidationRequests({});
      for (const { userId, experienceId, requestId } of requests) {
        const decision = page.Decision.APPROVE;
        await experience.decideValidation({ userId, experienceId, requestId, decision });
      }
      return requests.map(({ userId, experienceId }) => ({ userId, experienceId }));
    },
    [GATEWAY, help.token] as const,
  );
  assert.deepEqual(requests, [{ userId: ann.id, experienceId: written.id }]);

  const seen = await tab.evaluate(
    async ([gateway, token]) => {
      const { experience } = page.createClient(gateway, { token: () => token });
      const { experiences } = await experience.listExperiences({ userId: "me" });
      return experiences.map(({ id, details, validation }) => ({
        id,
        name: details?.name,
        hours: details?.hours,
        isVerified: validation?.state === page.ValidationState.VERIFIED && validation.decideTime !== undefined,
      }));
    },
    [GATEWAY, ann.token] as const,
  );
  assert.deepEqual(seen, [{ id: written.id, name: "Beach cleanup", hours: 6, isVerified: true }]);
});

test("an organization links a community, and finds in it what it confirmed", async () => {
  const [ann, help] = [await settle("walker@example.org", USER), await settle("walks@example.org", ORGANIZATION)];
  const found = await tab.evaluate(
    async ([gateway, ann, help]) => {
      const { communities, experience } = page.createClient(gateway, { token: () => help.token });
      const { community } = await communities.createCommunity({ name: "Walkers" });
      const communityId = community!.id;
      await communities.linkCommunity({ communityId });
      const details = { name: "Night walk", description: "Walked.", hours: 3 };
      const validator = { validator: { case: "organizationId" as const, value: help.id } };
      const hers = page.createClient(gateway, { token: () => ann.token }).experience;
      const { experience: written } = await hers.createExperience({ details, validator });
      const decided = { userId: ann.id, experienceId: written!.id, decision: page.Decision.APPROVE };
      await experience.decideValidation(decided);
      for (;;) {
        const { activities } = await communities.listActivities({ communityId });
        if (activities.length > 0) {
          return activities.map(({ title, confirmedWork }) => ({ title, hours: confirmedWork?.hours }));
        }
        await new Promise((next) => setTimeout(next, 10));
      }
    },
    [GATEWAY, ann, help] as const,
  );
  assert.deepEqual(found, [{ title: "Night walk", hours: 3 }]);
});

test("a page hears of what happens as it happens", async () => {
  const [ann, ben] = [await settle("speaker@example.org", USER), await settle("hearer@example.org", USER)];
  const heard = await tab.evaluate(
    async ([gateway, ann, ben]) => {
      const { connections } = page.createClient(gateway, { token: () => ann.token });
      const { notifications } = page.createClient(gateway, { token: () => ben.token });
      let isAsked = false;
      for await (const { notification } of notifications.streamNotifications({})) {
        if (notification) {
          const isRequest = notification.kind === page.NotificationKind.CONNECTION_REQUESTED;
          return { isRequest, actorId: notification.actorId, content: notification.content };
        }
        if (!isAsked) {
          isAsked = true;
          await connections.requestConnection({ accountId: ben.id, message: "Hello" });
        }
      }
      return undefined;
    },
    [GATEWAY, ann, ben] as const,
  );
  assert.deepEqual(heard, { isRequest: true, actorId: ann.id, content: "Hello" });
});

test("a call has the token that the page has at that time", async () => {
  const { token, id } = await settle("token@example.org", USER);
  const [before, after] = await tab.evaluate(
    async ([gateway, token]) => {
      let current: string | undefined;
      const { account } = page.createClient(gateway, { token: () => current });
      const before = await page.refusal(account.getSettings({}));
      current = token;
      const { account: own } = await account.getAccount({ accountId: "me" });
      return [before, own!.id];
    },
    [GATEWAY, token] as const,
  );
  assert.equal(before.code, Code.Unauthenticated);
  assert.equal(before.reason, "TOKEN_MISSING");
  assert.equal(before.message, "no access token was sent");
  assert.match(before.requestId ?? "", /^[0-9a-f]{32}$/);
  assert.equal(after, id);
});

test("a wrong password is refused with a reason", async () => {
  const refused = await tab.evaluate(
    (gateway) => page.refusal(page.createClient(gateway).auth.login({ id: "nobody@example.org", password: "wrong" })),
    GATEWAY,
  );
  assert.equal(refused.code, Code.Unauthenticated);
  assert.equal(refused.reason, "LOGIN_REFUSED");
  assert.equal(refused.message, "unknown account or wrong password");
  assert.deepEqual(refused.invalidFields, []);
});

test("every field that is wrong is named", async () => {
  const refused = await tab.evaluate((gateway) => {
    const owner = { case: "user" as const, value: { firstName: "Ann", birthday: { year: 2025, month: 2, day: 29 } } };
    return page.refusal(page.createClient(gateway).auth.register({ email: "ann", password: "short", owner }));
  }, GATEWAY);
  assert.equal(refused.code, Code.InvalidArgument);
  assert.equal(refused.reason, "INVALID_FIELD");
  const fields = refused.invalidFields.map(({ field }) => field);
  assert.deepEqual(fields, ["email", "password", "user.birthday"]);
  assert(refused.invalidFields.every(({ problem }) => problem.length > 0));
});

test("what is no rpc of a public service is unimplemented, and internal ones are as unknown as any", async () => {
  for (const [service, rpc, message] of [
    ["connectus.auth.v1.AuthService", "Nothing", ""],
    ["connectus.auth.v1.NoService", "Login", "there is no such rpc"],
    ["connectus.auth.v1.AuthInternalService", "PollAccess", "there is no such rpc"],
    ["connectus.account.v1.AccountInternalService", "CreateAccount", "there is no such rpc"],
  ] as const) {
    const refused = await tab.evaluate(
      ([gateway, service, rpc]) => page.refusal(page.call(gateway, service, rpc)),
      [GATEWAY, service, rpc] as const,
    );
    assert.equal(refused.code, Code.Unimplemented, service);
    assert.equal(refused.message, message, service);
    assert.match(refused.requestId ?? "", /^[0-9a-f]{32}$/);
  }
});

test("a message that is too large is refused with a status, however slowly it is sent", async () => {
  const slow = await open(ORIGIN);
  const line = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 2 * 1024 * 1024 };
  await (await slow.context().newCDPSession(slow)).send("Network.emulateNetworkConditions", line);
  const refused = await slow.evaluate((gateway) => {
    const { auth } = page.createClient(gateway);
    return page.refusal(auth.login({ id: "x".repeat(1024 * 1024), password: "x" }));
  }, GATEWAY);
  assert.equal(refused.code, Code.OutOfRange);
  assert.match(refused.message, /too large/);
});

test("whoever calls too often is told when to come back", async () => {
  const answers = await tab.evaluate(async (gateway) => {
    const { auth } = page.createClient(gateway);
    const all = await Promise.allSettled(Array.from({ length: 20 }, () => auth.listSigningKeys({})));
    return all.map((one) => (one.status === "rejected" ? page.failureOf(one.reason) : undefined));
  }, LIMITED_GATEWAY);
  const refused = answers.filter((answer) => answer !== undefined);
  assert(refused.length > 0 && refused.length <= 15, `${refused.length} were refused`);
  for (const { code, reason, message, retryAfterMs } of refused) {
    assert.equal(code, Code.ResourceExhausted);
    assert.equal(reason, "OVERLOADED");
    assert.equal(message, "too much is waiting already");
    assert(retryAfterMs !== undefined && retryAfterMs > 0 && retryAfterMs <= 1000, `${retryAfterMs}`);
  }
});

test("a deadline ends a call, here and at the gateway", async () => {
  const somebody = "01890000-0000-7000-8000-000000000000";
  const [here, there] = await tab.evaluate(
    async ([gateway, accountId]) => {
      const { account } = page.createClient(gateway);
      return Promise.all([
        page.refusal(account.getAccount({ accountId }, { timeoutMs: 200 })),
        // Nobody keeps the time here, and so it is the gateway that answers.
        page.refusal(account.getAccount({ accountId }, { headers: { "grpc-timeout": "200m" } })),
      ]);
    },
    [STUCK_GATEWAY, somebody] as const,
  );
  assert.equal(here.code, Code.DeadlineExceeded);
  assert.equal(there.code, Code.DeadlineExceeded);
  assert.equal(there.reason, "DEADLINE_EXCEEDED");
});

test("a call in time is answered, and its deadline is no obstacle", async () => {
  const keys = await tab.evaluate(async (gateway) => {
    const { keys } = await page.createClient(gateway).auth.listSigningKeys({}, { timeoutMs: 20_000 });
    return keys.length;
  }, GATEWAY);
  assert.equal(keys, 1);
});

test("a page on an origin that is not allowed is kept out", async () => {
  const foreign = await open(FOREIGN_ORIGIN);
  const complaint = foreign.waitForEvent("console", (message) => message.text().includes("blocked by CORS policy"));
  const refused = await foreign.evaluate(
    (gateway) => page.refusal(page.createClient(gateway).auth.listSigningKeys({})),
    GATEWAY,
  );
  assert.equal(refused.code, Code.Unknown);
  assert.equal(refused.reason, undefined);
  assert((await complaint).text().includes(`from origin '${FOREIGN_ORIGIN}'`));
});

test("the package has all of the public services, and nothing of the internal ones", async () => {
  const exporting = ["src/index.ts", "src/communities.ts"].map((file) => readFile(file, "utf8"));
  const [exports, bundle] = [(await Promise.all(exporting)).join(), await readFile("build/page.js", "utf8")];
  const generated = await readdir("src/gen/connectus", { recursive: true });
  for (const file of generated.filter((file) => file.endsWith("_pb.ts"))) {
    const module = `./gen/connectus/${file.replace(/ts$/, "js")}`;
    assert(exports.includes(module), `nothing exports ${module}`);
  }
  assert(!bundle.includes("InternalService"));
});
