//! What stands before the rpcs with which somebody could guess a password, or bother a stranger.

use connectus_platform::{
    client::Client,
    context,
    identity::Caller,
    throttle::{self, Attempt},
};
use uuid::Uuid;

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
    id: &LoginId,
    account: Option<&Account>,
    client: &Client,
) -> Result<(), Error> {
    let guess = account.map_or_else(|| limits::guess_at_nobody(id), |account| limits::guess(account.id));
    admit(auth, guess, account, client).await
}

/// A client that guesses too much is refused before it counts against the account, whose owner is somebody else.
async fn admit(auth: &Auth, guess: Attempt, account: Option<&Account>, client: &Client) -> Result<(), Error> {
    for attempt in limits::guess_from(client).into_iter().chain([guess]) {
        if let Err(wait) = throttle::admit(&auth.pool, &[attempt]).await? {
            report(auth, account, client).await?;
            return Err(Error::TooManyAttempts(wait));
        }
    }
    Ok(())
}

/// Writes down that there were too many guesses, once in a while: whoever guesses on and on does not fill the table. For nobody's
/// account the same is done, but for the writing.
async fn report(auth: &Auth, account: Option<&Account>, client: &Client) -> Result<(), Error> {
    let account_id = account.map_or(Uuid::nil(), |account| account.id);
    if throttle::admit(&auth.pool, &[limits::report(account_id)]).await?.is_ok() {
        let throttled = Event::new(account_id, EventKind::Throttled, client.clone());
        let throttled = Event { account_id: account.map(|account| account.id), ..throttled };
        store::events::record(&auth.pool, &throttled).await?;
    }
    Ok(())
}

/// Counts a mail to an address whose owner may not have asked for it.
pub(super) async fn admit_mail(auth: &Auth, email: &str, client: &Client) -> Result<(), Error> {
    let attempts: Vec<Attempt> = std::iter::once(limits::mail_to(email)).chain(limits::mail_from(client)).collect();
    throttle::admit(&auth.pool, &attempts).await?.map_err(Error::TooManyAttempts)
}

/// The caller's account, if they know its password: what cannot be taken back takes more than a token.
pub(super) async fn confirm_password(auth: &Auth, caller: &Caller, password: &str) -> Result<Account, Error> {
    let (client, password) = (context::client(), Password::presented(password));
    let id = LoginId::Account(caller.account_id);
    let account = store::accounts::find(&auth.pool, &id).await?.ok_or(Error::SessionOver)?;
    // This replica may not have heard yet that the session is over.
    if account.locked_at.is_some() || account.session_generation != caller.generation {
        return Err(Error::SessionOver);
    }
    admit(auth, limits::guess_again(account.id), Some(&account), &client).await?;
    if password.is_too_long() || auth.hasher.verify(&password, Some(&account.password_hash)).await? == Verdict::Wrong {
        let refused = Event::new(account.id, EventKind::PasswordRefused, client);
        store::events::record(&auth.pool, &refused).await?;
        return Err(Error::PasswordWrong);
    }
    Ok(account)
}
