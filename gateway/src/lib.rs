//! The gateway: the published REST API, gRPC and grpc-web, on top of the services.

mod body;
mod client;
mod community;
mod config;
mod docs;
mod failure;
mod form;
mod grpc;
mod input;
mod layers;
mod linger;
mod mismatch;
mod openapi;
mod operations;
mod pages;
mod rate_limit;
mod reads;
mod rest;
mod route;
mod router;
mod streams;
mod upstream;

pub use community::openapi::document as community_openapi_document;
pub use config::Config;
pub use openapi::document as openapi_document;
pub use router::{Parts, build};
pub use upstream::Upstreams;
