//! The published API, laid out as its URLs are.

mod account;
mod accounts;
mod auth;
mod communities;
mod connection_requests;
mod experiences;
mod feed;
mod notifications;
mod opportunities;
mod posts;
mod profile;
mod request_password_reset;
mod search;
mod settings;
