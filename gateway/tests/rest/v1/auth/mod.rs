//! `/v1/auth`.

mod login;
mod register;
mod reset_password;
mod verify_email;
