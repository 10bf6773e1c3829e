//! Hashes passwords on threads of its own, each with memory that it uses again.

use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, LazyLock, Mutex, PoisonError, mpsc},
    thread,
};

use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::phc::{Output, ParamsString, PasswordHash, Salt},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use crate::domain::{Error, password::Password};

/// argon2id with 19 MiB, 2 passes, 1 lane: the least that OWASP's Password Storage Cheat Sheet names.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const HASH_LENGTH: usize = 32;
/// How many wait for each one that is hashed; at some 15 ms each, nobody waits for long.
const WAITING_PER_THREAD: usize = 32;
/// How nice its threads are to all others, which have something to do for a moment only, and go first (setpriority(2)).
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

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

/// Hashes passwords. Clones share its threads, which end with the last of them.
#[derive(Clone)]
pub(crate) struct Hasher {
    /// A place to wait, or to be hashed.
    places: Arc<Semaphore>,
    work: mpsc::Sender<Work>,
}

/// What a thread does, with its memory.
type Work = Box<dyn FnOnce(&mut Vec<Block>) + Send>;

impl Hasher {
    /// Starts threads for so many passwords at once, or one for each processor.
    pub(crate) fn new(concurrency: Option<usize>) -> io::Result<Self> {
        let processors = || thread::available_parallelism().map_or(1, usize::from);
        let threads = concurrency.unwrap_or_else(processors).max(1);
        let (work, waiting) = mpsc::channel();
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..threads {
            let waiting = waiting.clone();
            thread::Builder::new().name("hashing".to_owned()).spawn(move || work_off(&waiting))?;
        }
        Ok(Self { places: Arc::new(Semaphore::new(threads * (1 + WAITING_PER_THREAD))), work })
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
        let place = self.places.clone().try_acquire_owned().map_err(|_| Error::Overloaded)?;
        let (answer, answered) = oneshot::channel();
        let work = move |memory: &mut Vec<Block>| {
            // Whoever stops waiting does not stop the work, which holds its place until it is done.
            let _held: OwnedSemaphorePermit = place;
            // Nobody may wait for it any more.
            let _ = answer.send(work(memory));
        };
        let is_over = || Error::Internal("a password was not hashed".to_owned());
        self.work.send(Box::new(work)).map_err(|_| is_over())?;
        answered.await.map_err(|_| is_over())
    }
}

/// Does one thing after the other, as long as there may be more.
fn work_off(waiting: &Mutex<mpsc::Receiver<Work>>) {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, NICENESS) {
        tracing::debug!(%error, "passwords are hashed before everything else");
    }
    let mut memory = Vec::new();
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
    while let Ok(work) = next() {
        // A thread is there for the next one too. What the memory holds is written before it is read.
        if catch_unwind(AssertUnwindSafe(|| work(&mut memory))).is_err() {
            tracing::error!("a password's hash panicked");
        }
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
        let hasher = Hasher::new(Some(1)).unwrap();
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
        let hasher = Hasher::new(Some(1)).unwrap();
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
        let hasher = Hasher::new(Some(1)).unwrap();
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
        let hasher = Hasher::new(Some(1)).unwrap();
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
        assert_eq!(hasher.places.available_permits(), WAITING_PER_THREAD);
        finish.send(()).unwrap();
        let all = u32::try_from(1 + WAITING_PER_THREAD).unwrap();
        drop(hasher.places.acquire_many(all).await.unwrap());
    }
}
