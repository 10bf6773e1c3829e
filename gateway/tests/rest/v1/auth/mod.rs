//! `/v1/auth`.

mod change_email;
mod change_password;
mod confirm_email_change;
mod login;
mod logout;
mod register;
mod resend_verification;
mod reset_password;
mod security_events;
mod sessions;
mod undo_email_change;
mod verify_email;
