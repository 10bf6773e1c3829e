// The client of ConnectUS for browsers: the public services, their messages, and why calls fail.

export { Code } from "@connectrpc/connect";

export * as communities from "./communities.js";
export { type Client, type ClientOptions, createClient } from "./client.js";
export { type Failure, failureOf, type InvalidField, type Reason } from "./failure.js";

export * from "./gen/connectus/account/v1/account_pb.js";
export * from "./gen/connectus/account/v1/account_service_pb.js";
export * from "./gen/connectus/account/v1/connection_pb.js";
export * from "./gen/connectus/account/v1/connection_service_pb.js";
export * from "./gen/connectus/account/v1/profile_pb.js";
export * from "./gen/connectus/account/v1/settings_pb.js";
export * from "./gen/connectus/auth/v1/auth_service_pb.js";
export * from "./gen/connectus/auth/v1/registration_pb.js";
export * from "./gen/connectus/auth/v1/security_event_pb.js";
export * from "./gen/connectus/auth/v1/session_pb.js";
export * from "./gen/connectus/auth/v1/signing_key_pb.js";
export * from "./gen/connectus/common/v1/account_type_pb.js";
export * from "./gen/connectus/common/v1/address_pb.js";
export * from "./gen/connectus/common/v1/date_pb.js";
export { ErrorReason } from "./gen/connectus/common/v1/error_reason_pb.js";
export * from "./gen/connectus/common/v1/exported_record_pb.js";
export * from "./gen/connectus/experience/v1/experience_pb.js";
export * from "./gen/connectus/experience/v1/experience_service_pb.js";
export * from "./gen/connectus/experience/v1/opportunity_pb.js";
export * from "./gen/connectus/experience/v1/opportunity_service_pb.js";
export * from "./gen/connectus/social/v1/notification_pb.js";
export * from "./gen/connectus/social/v1/notification_service_pb.js";
export * from "./gen/connectus/social/v1/post_pb.js";
export * from "./gen/connectus/social/v1/post_service_pb.js";

// Each service has an ExportData of its own. Auth's keeps the names, and the others' say whose they are.
export {
  type ExportDataRequest,
  ExportDataRequestSchema,
  type ExportDataResponse,
  ExportDataResponseSchema,
} from "./gen/connectus/auth/v1/auth_service_pb.js";
export {
  type ExportDataRequest as AccountExportDataRequest,
  ExportDataRequestSchema as AccountExportDataRequestSchema,
  type ExportDataResponse as AccountExportDataResponse,
  ExportDataResponseSchema as AccountExportDataResponseSchema,
} from "./gen/connectus/account/v1/account_service_pb.js";
export {
  type ExportDataRequest as ExperienceExportDataRequest,
  ExportDataRequestSchema as ExperienceExportDataRequestSchema,
  type ExportDataResponse as ExperienceExportDataResponse,
  ExportDataResponseSchema as ExperienceExportDataResponseSchema,
} from "./gen/connectus/experience/v1/experience_service_pb.js";
export {
  type ExportDataRequest as SocialExportDataRequest,
  ExportDataRequestSchema as SocialExportDataRequestSchema,
  type ExportDataResponse as SocialExportDataResponse,
  ExportDataResponseSchema as SocialExportDataResponseSchema,
} from "./gen/connectus/social/v1/post_service_pb.js";
