//! How long operators' commands call a service that is away.

use std::time::Duration;

use clap::Args;
use tokio::time::Instant;

use super::CallError;

/// The wait before the first repeat; it doubles with each.
const FIRST_WAIT: Duration = Duration::from_millis(100);
/// The longest wait between two attempts.
const MAX_WAIT: Duration = Duration::from_secs(5);

/// How long to call a service that is away.
#[derive(Args, Clone, Copy)]
pub(crate) struct Patience {
    /// For how many seconds to try again when a service is away, before the import stops.
    #[arg(long = "patience", default_value = "60", value_name = "SECONDS",
          value_parser = clap::value_parser!(u64).range(..=86400))]
    seconds: u64,
}

impl Patience {
    /// Makes a call, and makes it again for a while where that may help.
    pub(crate) async fn persist<T>(self, call: impl AsyncFn() -> Result<T, CallError>) -> Result<T, CallError> {
        let (end, mut wait) = (Instant::now() + Duration::from_secs(self.seconds), FIRST_WAIT);
        loop {
            match call().await {
                Err(error) if error.is_passing() && Instant::now() + wait < end => tokio::time::sleep(wait).await,
                answer => return answer,
            }
            wait = (wait * 2).min(MAX_WAIT);
        }
    }
}
