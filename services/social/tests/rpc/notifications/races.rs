//! Many who tell one account at once.

use connectus_testkit::{Person, Suite};
use futures::future::join_all;

use super::{heard, like, listen, notify, page};

/// How many tell at once, and how often each.
const TELLERS: usize = 8;
const TIMES: usize = 15;

#[tokio::test]
async fn whoever_listens_hears_everything_once_and_in_order() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let mut stream = listen(&suite, &ann, "").await;
    let telling = join_all((0..TELLERS).map(|teller| tell(&suite, &ann, &ben, teller)));
    let hearing = async {
        let mut heard_ids = Vec::new();
        while heard_ids.len() < TELLERS * TIMES {
            heard_ids.push(heard(&mut stream).await.id);
        }
        heard_ids
    };
    let (_, heard_ids) = futures::join!(telling, hearing);
    assert!(heard_ids.is_sorted_by(|one, next| one < next), "each once, in the order of their ids");
    let mut listed: Vec<String> =
        page(&suite, &ann, 200, "").await.notifications.into_iter().map(|notification| notification.id).collect();
    listed.reverse();
    assert_eq!(heard_ids, listed);
}

async fn tell(suite: &Suite, ann: &Person, ben: &Person, teller: usize) {
    for time in 0..TIMES {
        // For Ben too, so that boxes are held by turns.
        let notices = [like(ann, ben, &format!("{teller} {time}")), like(ben, ann, "x")];
        let notices = if teller.is_multiple_of(2) {
            notices
        } else {
            let [one, other] = notices;
            [other, one]
        };
        notify(suite, notices).await.unwrap();
    }
}
