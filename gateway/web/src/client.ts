// The public services of ConnectUS, as a browser calls them.

import { createClient as createServiceClient, type Client as ServiceClient, type Interceptor } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";

import { AccountService } from "./gen/connectus/account/v1/account_service_pb.js";
import { ConnectionService } from "./gen/connectus/account/v1/connection_service_pb.js";
import { AuthService } from "./gen/connectus/auth/v1/auth_service_pb.js";
import { ManagementService } from "./gen/connectus/community/v1/management_service_pb.js";
import { ExperienceService } from "./gen/connectus/experience/v1/experience_service_pb.js";
import { OpportunityService } from "./gen/connectus/experience/v1/opportunity_service_pb.js";
import { NotificationService } from "./gen/connectus/social/v1/notification_service_pb.js";
import { PostService } from "./gen/connectus/social/v1/post_service_pb.js";

/** What a client may be given. */
export interface ClientOptions {
  /** The access token of whoever is logged in. It is asked for before each call; without one, the call is anonymous. */
  token?: () => string | undefined;
}

/** The public services. */
export interface Client {
  auth: ServiceClient<typeof AuthService>;
  account: ServiceClient<typeof AccountService>;
  connections: ServiceClient<typeof ConnectionService>;
  experience: ServiceClient<typeof ExperienceService>;
  opportunities: ServiceClient<typeof OpportunityService>;
  posts: ServiceClient<typeof PostService>;
  notifications: ServiceClient<typeof NotificationService>;
  communities: ServiceClient<typeof ManagementService>;
}

/** Makes a client of the gateway at a URL. */
export function createClient(baseUrl: string, { token }: ClientOptions = {}): Client {
  const interceptors = token ? [authorize(token)] : [];
  const transport = createGrpcWebTransport({ baseUrl, interceptors });
  return {
    auth: createServiceClient(AuthService, transport),
    account: createServiceClient(AccountService, transport),
    connections: createServiceClient(ConnectionService, transport),
    experience: createServiceClient(ExperienceService, transport),
    opportunities: createServiceClient(OpportunityService, transport),
    posts: createServiceClient(PostService, transport),
    notifications: createServiceClient(NotificationService, transport),
    communities: createServiceClient(ManagementService, transport),
  };
}

function authorize(token: () => string | undefined): Interceptor {
  return (next) => (request) => {
    const current = token();
    if (current) {
      request.header.set("authorization", `Bearer ${current}`);
    }
    return next(request);
  };
}
