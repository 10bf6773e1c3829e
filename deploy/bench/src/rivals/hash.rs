//! What a login cannot cost less than: its hash, by as many threads as there are processors, and nothing else.

use std::{
    thread,
    time::{Duration, Instant},
};

use argon2::Block;

use crate::{Outcome, figures::Said, load};

/// Hashes for so long.
pub(crate) async fn run(time: Duration) -> Outcome<Said> {
    let threads = thread::available_parallelism()?.get();
    let hashing = (0..threads).map(|_| tokio::task::spawn_blocking(move || hash(time)));
    let mut times = Vec::new();
    for thread in hashing.collect::<Vec<_>>() {
        times.extend(thread.await?.map_err(|error| error.to_string())?);
    }
    times.sort_by(f64::total_cmp);
    let percentile = |part: f64| times[((times.len() - 1) as f64 * part) as usize] * 1e3;
    let (p50_ms, p99_ms) = (percentile(0.5), percentile(0.99));
    Ok(Said { requests: times.len() as f64, seconds: time.as_secs_f64(), p50_ms, p99_ms, failed: 0.0 })
}

/// The seconds that each took. Memory is used again, as auth does.
fn hash(time: Duration) -> Result<Vec<f64>, argon2::Error> {
    let argon2 = load::argon2id().map_err(|_| argon2::Error::MemoryTooLittle)?;
    let mut memory = vec![Block::default(); argon2.params().block_count()];
    let (mut hash, mut times, until) = ([0; 32], Vec::new(), Instant::now() + time);
    while Instant::now() < until {
        let began = Instant::now();
        argon2.hash_password_into_with_memory(
            load::PASSWORD.as_bytes(),
            b"the salt of all.",
            &mut hash,
            &mut memory,
        )?;
        times.push(began.elapsed().as_secs_f64());
    }
    Ok(times)
}
