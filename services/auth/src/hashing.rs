//! Hashes passwords on a bounded number of threads, with memory that is used again.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::phc::{Output, ParamsString, PasswordHash, Salt},
};
use tokio::sync::Semaphore;

use crate::domain::{Error, password::Password};

/// argon2id with 19 MiB, 2 passes, 1 lane: the least that OWASP's Password Storage Cheat Sheet names.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const HASH_LENGTH: usize = 32;
/// How many wait for each one that is hashed; at some 15 ms each, nobody waits for long.
const WAITING_PER_THREAD: usize = 32;

static ARGON2: LazyLock<Argon2<'static>> = LazyLock::new(|| {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, Some(HASH_LENGTH));
    let params = params.unwrap_or_else(|error| unreachable!("the parameters are constants: {error}"));
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
});

/// What a password that belongs to no account is compared with, so that it costs the same.
static NOBODY: LazyLock<String> =
    LazyLock::new(|| unusable().unwrap_or_else(|error| unreachable!("the lengths are constants: {error:?}")));

/// A hash that no password has: whoever's it is has to choose a new one.
pub(crate) fn unusable() -> Result<String, Error> {
    let (salt, hash): ([u8; 16], [u8; HASH_LENGTH]) = (rand::random(), rand::random());
    phc_string(&salt, &hash)
}

/// Whether a password is the one that was hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is.
    Right,
    /// It is, and its hash is weaker than those made now.
    RightButWeak,
    /// It is not.
    Wrong,
}

/// Hashes passwords. Clones share its bounds.
#[derive(Clone)]
pub(crate) struct Hasher {
    shared: Arc<Shared>,
}

struct Shared {
    /// A place to wait, or to be hashed.
    places: Arc<Semaphore>,
    /// A place to be hashed.
    threads: Arc<Semaphore>,
    /// Memory that no hash uses now.
    memory: Mutex<Vec<Vec<Block>>>,
}

impl Hasher {
    /// Makes a hasher for so many passwords at once, or one for each processor.
    pub(crate) fn new(concurrency: Option<usize>) -> Self {
        let processors = || std::thread::available_parallelism().map_or(1, usize::from);
        let threads = concurrency.unwrap_or_else(processors).max(1);
        let shared = Shared {
            places: Arc::new(Semaphore::new(threads * (1 + WAITING_PER_THREAD))),
            threads: Arc::new(Semaphore::new(threads)),
            memory: Mutex::default(),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Hashes a new password. Refuses at once when too many wait.
    pub(crate) async fn hash(&self, password: &Password) -> Result<String, Error> {
        let password = password.normalized().to_vec();
        self.run(move |memory| {
            let salt: [u8; 16] = rand::random();
            let hash = argon2id(&ARGON2, &password, &salt, HASH_LENGTH, memory)?;
            phc_string(&salt, &hash)
        })
        .await?
    }

    /// Compares a password with an account's hash, or does the same work where there is no account. Refuses at once when
    /// too many wait.
    pub(crate) async fn verify(&self, password: &Password, hash: Option<&str>) -> Result<Verdict, Error> {
        let password = password.clone();
        let is_account = hash.is_some();
        let hash = hash.unwrap_or(&NOBODY).to_owned();
        let verdict = self.run(move |memory| verify(&password, &hash, memory)).await??;
        Ok(if is_account { verdict } else { Verdict::Wrong })
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Vec<Block>) -> T + Send + 'static,
    ) -> Result<T, Error> {
        let shared = self.shared.clone();
        let place = shared.places.clone().try_acquire_owned().map_err(|_| Error::Overloaded)?;
        let thread = shared.threads.clone().acquire_owned().await;
        let thread = thread.map_err(|error| Error::Internal(error.to_string()))?;
        let hashed = tokio::task::spawn_blocking(move || {
            // Whoever stops waiting does not stop the work, which holds its place until it is done.
            let _held = (place, thread);
            let mut memory = shared.memory.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
            let result = work(&mut memory);
            shared.memory.lock().unwrap_or_else(PoisonError::into_inner).push(memory);
            result
        });
        hashed.await.map_err(|error| Error::Internal(error.to_string()))
    }
}

fn verify(password: &Password, hash: &str, memory: &mut Vec<Block>) -> Result<Verdict, Error> {
    if hash.starts_with("$2") {
        // A hash that bcrypt cannot read, or a password that it cannot take, matches nothing.
        let right = bcrypt::verify(password.written(), hash).unwrap_or(false);
        return Ok(if right { Verdict::RightButWeak } else { Verdict::Wrong });
    }
    let parsed = PasswordHash::new(hash).map_err(|error| Error::Internal(format!("unreadable hash: {error}")))?;
    let (Some(salt), Some(expected)) = (parsed.salt, parsed.hash) else {
        return Err(Error::Internal("a hash without salt or output".to_owned()));
    };
    let params = Params::try_from(&parsed).map_err(|error| Error::Internal(error.to_string()))?;
    let is_weak = params.m_cost() < MEMORY_KIB || params.t_cost() < PASSES;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let computed = argon2id(&argon2, password.normalized(), &salt, expected.len(), memory)?;
    // `Output` compares in constant time.
    let right = Output::new(&computed).is_ok_and(|computed| computed == expected);
    Ok(match (right, is_weak) {
        (true, false) => Verdict::Right,
        (true, true) => Verdict::RightButWeak,
        (false, _) => Verdict::Wrong,
    })
}

fn argon2id(
    argon2: &Argon2<'_>,
    password: &[u8],
    salt: &[u8],
    length: usize,
    memory: &mut Vec<Block>,
) -> Result<Vec<u8>, Error> {
    let blocks = argon2.params().block_count();
    if memory.len() < blocks {
        memory.resize(blocks, Block::default());
    }
    let mut hash = vec![0; length];
    argon2
        .hash_password_into_with_memory(password, salt, &mut hash, &mut memory[..blocks])
        .map_err(|error| Error::Internal(error.to_string()))?;
    Ok(hash)
}

fn phc_string(salt: &[u8], hash: &[u8]) -> Result<String, Error> {
    let internal = |error: &dyn std::fmt::Display| Error::Internal(error.to_string());
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(ARGON2.params()).map_err(|error| internal(&error))?,
        salt: Some(Salt::new(salt).map_err(|error| internal(&error))?),
        hash: Some(Output::new(hash).map_err(|error| internal(&error))?),
    };
    Ok(hash.to_string())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_same_password_verifies() {
        let hasher = Hasher::new(Some(1));
        let (right, wrong) = (Password::presented("correct horse"), Password::presented("battery staple"));
        let hash = hasher.hash(&right).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_ne!(hash, hasher.hash(&right).await.unwrap());
        assert_eq!(hasher.verify(&right, Some(&hash)).await.unwrap(), Verdict::Right);
        assert_eq!(hasher.verify(&wrong, Some(&hash)).await.unwrap(), Verdict::Wrong);
        assert_eq!(hasher.verify(&right, None).await.unwrap(), Verdict::Wrong);
    }

    #[tokio::test]
    async fn hashes_of_the_former_system_verify_as_weak() {
        let hasher = Hasher::new(Some(1));
        let password = Password::presented("correct horse");
        let hash = bcrypt::hash("correct horse", 4).unwrap();
        for version in ["$2a$", "$2b$", "$2y$"] {
            let hash = hash.replacen("$2b$", version, 1);
            assert_eq!(hasher.verify(&password, Some(&hash)).await.unwrap(), Verdict::RightButWeak);
            let wrong = Password::presented("battery staple");
            assert_eq!(hasher.verify(&wrong, Some(&hash)).await.unwrap(), Verdict::Wrong);
        }
    }

    #[tokio::test]
    async fn past_its_bound_it_refuses_at_once() {
        let hasher = Hasher::new(Some(1));
        let password = Password::presented("correct horse");
        let attempts = (0..=WAITING_PER_THREAD + 1).map(|_| {
            let (hasher, password) = (hasher.clone(), password.clone());
            tokio::spawn(async move { hasher.hash(&password).await })
        });
        let mut refused = 0;
        for attempt in attempts.collect::<Vec<_>>() {
            refused += usize::from(attempt.await.unwrap() == Err(Error::Overloaded));
        }
        assert_eq!(refused, 1);
    }

    #[tokio::test]
    async fn work_that_nobody_waits_for_any_more_holds_its_place_to_its_end() {
        let hasher = Hasher::new(Some(1));
        let (finish, finished) = std::sync::mpsc::channel::<()>();
        let (start, started) = tokio::sync::oneshot::channel();
        let working = hasher.clone();
        let caller = tokio::spawn(async move {
            let work = move |_: &mut Vec<Block>| {
                start.send(()).unwrap();
                finished.recv().unwrap();
            };
            working.run(work).await
        });
        started.await.unwrap();
        caller.abort();
        assert!(caller.await.unwrap_err().is_cancelled());
        assert_eq!(hasher.shared.threads.available_permits(), 0);
        finish.send(()).unwrap();
        drop(hasher.shared.threads.acquire().await.unwrap());
    }
}
