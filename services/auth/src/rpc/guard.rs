//! What stands before the rpcs with which somebody could guess a password, or bother a stranger.

use connectus_platform::{
    client::Client,
    context,
    identity::Caller,
    throttle::{self, Attempt},
};

use super::Auth;
use crate::{
    domain::{
        Error,
        account::{Account, LoginId},
        event::{Event, EventKind},
        limits,
        password::Password,
    },
    hashing::Verdict,
    store,
};

/// Counts a guess at a password, before it is looked at: of many at once, no more are looked at than are allowed.
pub(super) async fn admit_guess(
    auth: &Auth,
    guess: Attempt,
    account: Option<&Account>,
    client: &Client,
) -> Result<(), Error> {
    let attempts: Vec<Attempt> = std::iter::once(guess).chain(limits::guess_from(client)).collect();
    let Err(wait) = throttle::admit(&auth.pool, &attempts).await? else { return Ok(()) };
    if let Some(account) = account {
        // Whoever guesses on and on does not fill the table.
        if throttle::admit(&auth.pool, &[limits::report(account.id)]).await?.is_ok() {
            let throttled = Event::new(account.id, EventKind::Throttled, client.clone());
            store::events::record(&auth.pool, &throttled).await?;
        }
    }
    Err(Error::TooManyAttempts(wait))
}

/// Counts a mail to an address whose owner may not have asked for it.
pub(super) async fn admit_mail(auth: &Auth, email: &str, client: &Client) -> Result<(), Error> {
    let attempts: Vec<Attempt> = std::iter::once(limits::mail_to(email)).chain(limits::mail_from(client)).collect();
    throttle::admit(&auth.pool, &attempts).await?.map_err(Error::TooManyAttempts)
}

/// The caller's account, if they know its password: what cannot be taken back takes more than a token.
pub(super) async fn confirm_password(auth: &Auth, caller: &Caller, password: &str) -> Result<Account, Error> {
    let (client, password) = (context::client(), Password::presented(password));
    let account = store::accounts::find(&auth.pool, &LoginId::Account(caller.account_id)).await?;
    let account = account.ok_or(Error::PasswordWrong)?;
    admit_guess(auth, limits::guess(account.id), Some(&account), &client).await?;
    if password.is_too_long() || auth.hasher.verify(&password, Some(&account.password_hash)).await? == Verdict::Wrong {
        let refused = Event::new(account.id, EventKind::PasswordRefused, client);
        store::events::record(&auth.pool, &refused).await?;
        return Err(Error::PasswordWrong);
    }
    Ok(account)
}
