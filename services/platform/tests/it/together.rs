//! Reads that are asked for at the same time, and are answered together.

use std::{
    collections::HashMap,
    future::pending,
    pin::pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use connectus_platform::{
    store::StoreError,
    together::{MOST, Together},
};
use connectus_testkit::eventually;
use futures::{future::join_all, poll};
use tokio::{sync::Semaphore, time::timeout};

type Doubles = Together<usize, usize, StoreError>;

/// Numbers and their doubles, of which there is none for odd ones. Each read notes what it was asked for, and waits until it may go on.
struct Numbers {
    doubles: Doubles,
    reads: Arc<Mutex<Vec<usize>>>,
    may_go_on: Arc<Semaphore>,
}

impl Numbers {
    fn new() -> Self {
        let (reads, may_go_on) = (Arc::<Mutex<Vec<usize>>>::default(), Arc::new(Semaphore::new(0)));
        let (noted, awaited) = (reads.clone(), may_go_on.clone());
        let doubles = Together::new(move |keys: Vec<usize>| {
            noted.lock().unwrap().push(keys.len());
            let awaited = awaited.clone();
            async move {
                awaited.acquire().await.unwrap().forget();
                Ok(keys.into_iter().filter(|key| key % 2 == 0).map(|key| (key, 2 * key)).collect())
            }
        });
        Self { doubles, reads, may_go_on }
    }

    async fn until_reading(&self, reads: usize) {
        eventually("so many reads are under way", async || (self.reads.lock().unwrap().len() == reads).then_some(()))
            .await;
    }
}

#[tokio::test]
async fn each_is_answered_with_its_own() {
    let numbers = Numbers::new();
    numbers.may_go_on.add_permits(1000);
    // Some twice, and more than are read at once.
    let keys: Vec<usize> = (0..3 * MOST).chain(0..10).collect();
    let answers = join_all(keys.iter().map(|key| numbers.doubles.get(*key))).await;
    for (key, answer) in keys.into_iter().zip(answers) {
        assert_eq!(answer, Ok((key % 2 == 0).then_some(2 * key)));
    }
    let reads = numbers.reads.lock().unwrap().clone();
    assert!(reads.iter().all(|read| *read <= MOST), "{reads:?}");
    assert!(reads.len() <= 10, "{reads:?}");
}

#[tokio::test]
async fn what_is_asked_for_meanwhile_is_read_at_once() {
    let numbers = Numbers::new();
    let ask = |key| {
        tokio::spawn({
            let doubles = numbers.doubles.clone();
            async move { doubles.get(key).await }
        })
    };
    let first = ask(0);
    numbers.until_reading(1).await;
    let second = ask(2);
    numbers.until_reading(2).await;
    let mut many = pin!(join_all((4..24).map(|key| numbers.doubles.get(key))));
    assert!(poll!(many.as_mut()).is_pending(), "there are no more than two reads at once");
    numbers.may_go_on.add_permits(2);
    for answer in [first, second] {
        assert!(answer.await.unwrap().is_ok());
    }
    numbers.until_reading(3).await;
    let mut few = pin!(join_all((24..43).map(|key| numbers.doubles.get(key))));
    assert!(poll!(few.as_mut()).is_pending(), "these are fewer than are being read");
    let mut one_more = pin!(numbers.doubles.get(43));
    assert!(poll!(one_more.as_mut()).is_pending(), "these are as many");
    numbers.until_reading(4).await;
    numbers.may_go_on.add_permits(2);
    assert!(many.await.into_iter().chain(few.await).chain([one_more.await]).all(|answer| answer.is_ok()));
    assert_eq!(*numbers.reads.lock().unwrap(), [1, 1, 20, 20]);
}

#[tokio::test]
async fn what_is_slow_holds_up_nothing_else() {
    let doubles: Doubles = Together::new(|keys: Vec<usize>| async move {
        if keys[0] < 3 {
            pending::<()>().await;
        }
        Ok(keys.into_iter().map(|key| (key, 2 * key)).collect())
    });
    for slow in 0..3 {
        let asking = doubles.clone();
        tokio::spawn(async move { asking.get(slow).await });
    }
    for key in 3..6 {
        let answer = timeout(Duration::from_secs(20), doubles.get(key)).await;
        assert_eq!(answer, Ok(Ok(Some(2 * key))));
    }
}

#[tokio::test]
async fn one_that_nobody_waits_for_any_more_is_given_up() {
    let numbers = Numbers::new();
    let doubles = numbers.doubles.clone();
    let asked = [0, 2].map(|key| {
        let doubles = doubles.clone();
        tokio::spawn(async move { doubles.get(key).await })
    });
    eventually("both are read", async || (numbers.reads.lock().unwrap().iter().sum::<usize>() == 2).then_some(()))
        .await;
    for asking in asked {
        asking.abort();
        assert!(asking.await.unwrap_err().is_cancelled());
    }
    // Both turns would be taken for ever.
    numbers.may_go_on.add_permits(1);
    assert_eq!(numbers.doubles.get(4).await, Ok(Some(8)));
}

#[tokio::test]
async fn a_failure_is_of_all_who_asked_and_of_nobody_else() {
    let reads = Arc::new(AtomicUsize::new(0));
    let counted = reads.clone();
    let failing: Doubles = Together::new(move |keys: Vec<usize>| {
        let read = counted.fetch_add(1, Ordering::Relaxed);
        async move {
            assert!(read != 0, "the first one panics");
            if read == 1 { Err(StoreError::Unavailable("away".to_owned())) } else { Ok(HashMap::from([(keys[0], 1)])) }
        }
    });
    let all = join_all((0..5).map(|key| failing.get(key))).await;
    assert!(all.iter().all(|answer| matches!(answer, Err(StoreError::Internal(_)))), "{all:?}");
    let all = join_all((0..5).map(|key| failing.get(key))).await;
    assert!(all.iter().all(|answer| matches!(answer, Err(StoreError::Unavailable(_)))), "{all:?}");
    assert_eq!(failing.get(7).await, Ok(Some(1)));
}
