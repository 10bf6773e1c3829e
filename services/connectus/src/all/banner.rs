//! What the suite prints when it is up: one screen.

use std::{net::SocketAddr, path::Path};

use connectus_platform::service::Links;
use connectus_postgres::Postgres;

/// What there is to say.
pub(super) struct Facts<'a> {
    /// Where the gateway listens.
    pub(super) gateway: SocketAddr,
    /// Where the services listen.
    pub(super) grpc: SocketAddr,
    /// Whether mails go to the development mailbox.
    pub(super) has_mailbox: bool,
    /// The private PostgreSQL, if it runs one.
    pub(super) database: Option<&'a Postgres>,
}

/// The screen.
pub(super) fn text(facts: &Facts<'_>, links: &Links, wanted_data_dir: &Path) -> String {
    let url = &links.public_url;
    let mails = if facts.has_mailbox { format!("{url}/dev/mail (no SMTP_URL is set)") } else { "by SMTP".to_owned() };
    format!(
        r#"ConnectUS is up.

  REST, gRPC, grpc-web   http://{gateway}
  Services' native gRPC  {grpc} (with reflection)
  API documentation      {url}/docs
  Mails                  {mails}
  Database               {database}

Try it:

  curl {url}/v1/auth/register -H 'content-type: application/json' -d '{{
    "type": "user", "email": "bob@example.org", "password": "correct horse battery",
    "first_name": "Bob", "birthday": "04/30/1990"}}'

Ctrl-C stops it."#,
        gateway = facts.gateway,
        grpc = facts.grpc,
        database = database(facts.database, wanted_data_dir),
    )
}

fn database(postgres: Option<&Postgres>, wanted: &Path) -> String {
    let Some(postgres) = postgres else { return "DATABASE_URL".to_owned() };
    let used = postgres.data_dir().display();
    let is_as_wanted = std::path::absolute(wanted).is_ok_and(|wanted| wanted == postgres.data_dir());
    if is_as_wanted {
        format!("its own, in {used}")
    } else {
        format!("its own, in {used}, since its user cannot reach {}", wanted.display())
    }
}
