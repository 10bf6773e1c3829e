// The messages of communities, some of which are called as those of other services are.

export * from "./gen/connectus/community/v1/activity_pb.js";
export * from "./gen/connectus/community/v1/community_pb.js";
export * from "./gen/connectus/community/v1/custom_field_pb.js";
export * from "./gen/connectus/community/v1/management_service_pb.js";
export * from "./gen/connectus/community/v1/member_pb.js";
export * from "./gen/connectus/community/v1/segment_pb.js";
