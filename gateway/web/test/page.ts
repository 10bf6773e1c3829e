// What the tests have in the page: the client as an application uses it, and calls that it does not offer.

import { createGrpcWebTransport } from "@connectrpc/connect-web";

import { AuthService, type Failure, failureOf, type Reason } from "../src/index.js";

export * from "../src/index.js";

/** Why a call fails, which must fail. */
export async function refusal(call: Promise<unknown>): Promise<Failure> {
  try {
    await call;
  } catch (thrown) {
    return failureOf(thrown);
  }
  throw new Error("it was not refused");
}

/** Makes a call until it is not refused for a reason that passes, such as an account that is on its way. */
export async function unless<T>(reason: Reason, call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (thrown) {
      if (failureOf(thrown).reason !== reason) {
        throw thrown;
      }
    }
    await new Promise((next) => setTimeout(next, 10));
  }
}

/** Calls an rpc by its name, with an empty request. */
export function call(baseUrl: string, service: string, rpc: string): Promise<unknown> {
  const method = { ...AuthService.method.logout, name: rpc, parent: { ...AuthService, typeName: service } };
  return createGrpcWebTransport({ baseUrl }).unary(method, undefined, undefined, undefined, {});
}

/** The token of the link in the next mail to an address. */
export async function mailedToken(address: string): Promise<string> {
  const response = await fetch(`/mail/${address}`);
  return response.text();
}
