//! What becomes of messages that cannot be delivered, and of those behind them.

use std::time::Duration;

use connectus_platform::outbox::Outbox;
use connectus_testkit::eventually;
use futures::future::join_all;

use crate::{
    desk::{Desk, Task},
    skip,
};

#[tokio::test]
async fn a_message_that_fails_delays_no_other_and_is_tried_again() {
    let desk = Desk::new().await;
    let failing = desk.enqueue(Task::Fail).await;
    let good = [desk.enqueue(Task::Deliver).await, desk.enqueue(Task::Deliver).await];
    let _worker = desk.start();
    for id in good {
        desk.until_gone(id).await;
    }
    desk.until_row(failing, "attempts = 1 AND last_error = 'the other side is down' AND NOT dead").await;
    assert!(desk.holds(failing, "due_at BETWEEN now() AND now() + interval '1 s'").await);
    desk.until_attempted(failing, 2).await;
}

#[tokio::test]
async fn the_wait_doubles_with_each_failure_up_to_five_minutes() {
    let desk = Desk::new().await;
    let id = desk.enqueue(Task::Fail).await;
    let _worker = desk.start();
    for (attempt, seconds) in [(4, 8), (8, 128), (10, 300), (40, 300)] {
        desk.until_row(id, "last_error IS NOT NULL").await;
        let again = format!(
            "UPDATE auth.outbox SET attempts = {attempt} - 1, due_at = now(), last_error = NULL WHERE id = '{id}'"
        );
        desk.database.execute(&again).await;
        desk.until_row(id, &format!("attempts = {attempt} AND last_error IS NOT NULL")).await;
        let wait: f64 = desk.database.value("SELECT extract(epoch FROM due_at - now())::float8 FROM auth.outbox").await;
        // A quarter is left to chance, and some time may have passed since.
        let (least, most) = (f64::from(seconds) * 0.75 - 2.0, f64::from(seconds));
        assert!((least..=most).contains(&wait), "after attempt {attempt} it waits {wait} s");
    }
}

#[tokio::test]
async fn a_refused_message_is_put_aside_with_its_error_and_never_tried_again() {
    let desk = Desk::new().await;
    let refused = desk.enqueue(Task::Refuse).await;
    let _worker = desk.start();
    desk.until_row(refused, "dead AND last_error = 'the other side does not want it'").await;
    desk.make_due(refused).await;
    let after = desk.enqueue(Task::Deliver).await;
    desk.until_gone(after).await;
    assert_eq!(desk.attempts(refused), 1);
}

#[tokio::test]
async fn a_message_that_fails_for_five_days_is_put_aside() {
    let desk = Desk::new().await;
    for (age, dead) in [("4 days 23 hours", false), ("5 days 1 hour", true)] {
        let id = desk.enqueue(Task::Fail).await;
        let old = format!("UPDATE auth.outbox SET created_at = now() - interval '{age}' WHERE id = '{id}'");
        desk.database.execute(&old).await;
        let worker = desk.start();
        desk.until_row(id, "last_error IS NOT NULL").await;
        assert_eq!(desk.holds(id, "dead").await, dead, "after {age}");
        worker.crash().await;
    }
}

#[tokio::test]
async fn a_handler_that_panics_is_tried_again_like_one_that_fails() {
    let desk = Desk::new().await;
    let id = desk.enqueue(Task::PanicOnce).await;
    let other = desk.enqueue(Task::Deliver).await;
    let _worker = desk.start();
    desk.until_gone(other).await;
    desk.until_row(id, "NOT dead AND last_error IS NOT NULL AND due_at < now() + interval '2 s'").await;
    desk.until_gone(id).await;
    assert_eq!(desk.attempts(id), 2);
}

#[tokio::test]
async fn a_handler_that_hangs_is_given_up_and_tried_again() {
    let desk = Desk::new().await;
    let id = desk.enqueue(Task::HangOnce).await;
    let _worker = desk.start();
    desk.until_attempted(id, 1).await;
    let other = desk.enqueue(Task::Deliver).await;
    desk.until_gone(other).await;
    assert_eq!(desk.attempts(id), 1, "it is not tried twice at once");
    skip(Duration::from_secs(150)).await;
    desk.until_row(id, "NOT dead AND last_error = 'it took too long'").await;
    desk.until_gone(id).await;
}

#[tokio::test]
async fn many_that_hang_delay_none_of_another_kind() {
    let desk = Desk::new().await;
    let hanging = join_all((0..40).map(|_| desk.enqueue(Task::HangOnce))).await;
    let _worker = desk.start();
    let attempted = || hanging.iter().filter(|id| desk.attempts(**id) == 1).count();
    eventually("it takes no more of them", async || (attempted() >= 32).then_some(())).await;
    let other = desk.enqueue(Task::Deliver).await;
    desk.until_gone(other).await;
    assert_eq!(attempted(), 32, "there is a bound");
}

#[tokio::test]
async fn the_outboxes_of_two_services_are_measured_apart() {
    let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
    let metrics = recorder.handle();
    let _local = metrics::set_default_local_recorder(&recorder);
    let desk = Desk::new().await;
    let insert = "INSERT INTO experience.outbox (id, payload, due_at, created_at) \
                  SELECT gen_random_uuid(), '{}', now() + interval '1 h', now() - interval '1 min' \
                  FROM generate_series(1, 3)";
    desk.database.execute(insert).await;
    let put_aside = "INSERT INTO experience.outbox (id, payload, dead) VALUES (gen_random_uuid(), '{}', true)";
    desk.database.execute(put_aside).await;
    let _auth = desk.start();
    let pool = connectus_testkit::suite::pool(&desk.database, "experience");
    let _experience = crate::desk::Worker::start(Outbox::new(pool, desk.clerk.clone()));
    let has_depth = |service: &str, depth: u32| {
        let line = format!("connectus_outbox_messages{{service=\"{service}\"}} {depth}");
        metrics.render().contains(&line).then_some(())
    };
    let dead = "connectus_outbox_dead_messages{service=\"experience\"} 1";
    eventually("three messages wait", async || has_depth("experience", 3)).await;
    eventually("none waits", async || has_depth("auth", 0)).await;
    eventually("one was put aside", async || metrics.render().contains(dead).then_some(())).await;
}
