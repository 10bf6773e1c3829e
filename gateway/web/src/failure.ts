// Why a call failed.

import { type Duration } from "@bufbuild/protobuf/wkt";
import { type Code, ConnectError } from "@connectrpc/connect";

import { ErrorReason } from "./gen/connectus/common/v1/error_reason_pb.js";
import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from "./gen/google/rpc/error_details_pb.js";

/** The domain of every reason that the suite gives. */
const DOMAIN = "connectus";

/** The name of a reason: a value of `connectus.common.v1.ErrorReason`, without its prefix. */
export type Reason = keyof typeof ErrorReason;

/** A field of a request that is missing or invalid. */
export interface InvalidField {
  /** Its path from the request, such as `user.birthday`. */
  field: string;
  /** What is wrong with it, for developers. */
  problem: string;
}

/** Why a call failed. */
export interface Failure {
  /** The status of gRPC. */
  code: Code;
  /** The same for developers. */
  message: string;
  /** The suite's own reason; absent where the call did not get so far, or where this client does not know the reason. */
  reason?: Reason;
  /** The fields that are missing or invalid. */
  invalidFields: InvalidField[];
  /** After how many milliseconds to try again, where that may help. */
  retryAfterMs?: number;
  /** What to look for in the log of the suite. */
  requestId?: string;
}

/** Reads what a call has thrown. */
export function failureOf(thrown: unknown): Failure {
  const error = ConnectError.from(thrown);
  const violations = error.findDetails(BadRequestSchema).flatMap((details) => details.fieldViolations);
  return {
    code: error.code,
    message: error.rawMessage,
    reason: reasonOf(error),
    invalidFields: violations.map(({ field, description }) => ({ field, problem: description })),
    retryAfterMs: milliseconds(error.findDetails(RetryInfoSchema)[0]?.retryDelay),
    requestId: error.metadata.get("x-request-id") ?? undefined,
  };
}

function reasonOf(error: ConnectError): Reason | undefined {
  const info = error.findDetails(ErrorInfoSchema).find(({ domain }) => domain === DOMAIN);
  return info && info.reason in ErrorReason ? (info.reason as Reason) : undefined;
}

function milliseconds(duration?: Duration): number | undefined {
  return duration && Number(duration.seconds) * 1000 + Math.ceil(duration.nanos / 1_000_000);
}
