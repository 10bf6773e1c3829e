//! Calls that are repeated with an idempotency key.

use connectus_proto::{
    common::v1::ErrorReason,
    social::v1::{CreatePostRequest, DeletePostRequest, LikePostRequest, Post, UnlikePostRequest},
};
use connectus_testkit::{Person, Suite, refusal};
use futures::future::join_all;
use tonic::{Code, Request, Status};

use crate::support::{count, get, like, numbers, say, unlike, words};

/// A request with a key.
fn keyed<M>(key: &str, mut request: Request<M>) -> Request<M> {
    request.metadata_mut().insert("idempotency-key", key.parse().unwrap());
    request
}

async fn say_with(suite: &Suite, key: &str, person: &Person, text: &str) -> Result<Post, Status> {
    let request = CreatePostRequest { content: Some(words(text)) };
    let answer = suite.posts().create_post(keyed(key, person.asks(request))).await?;
    Ok(answer.into_inner().post.expect("the post"))
}

/// Lets no answer be kept but in the transaction that does what is asked: the one that is given is lost.
async fn lose_answers(suite: &Suite) {
    suite
        .database
        .execute(
            "CREATE FUNCTION social.lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
                IF NOT EXISTS (SELECT FROM pg_locks WHERE pid = pg_backend_pid() AND mode IN ('RowShareLock', 'RowExclusiveLock') \
                    AND relation = 'social.posts'::regclass) THEN RAISE 'lost'; END IF; RETURN NEW; END $$; \
             CREATE TRIGGER lose BEFORE UPDATE ON social.idempotency_keys \
                FOR EACH ROW EXECUTE FUNCTION social.lose()",
        )
        .await;
}

#[tokio::test]
async fn a_repeat_says_nothing_twice_and_gets_the_first_answer() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let first = say_with(&suite, "one", &ann, "Hello").await.unwrap();
    for _ in 0..5 {
        assert_eq!(say_with(&suite, "one", &ann, "Hello").await.unwrap(), first);
    }
    let another = refusal(say_with(&suite, "one", &ann, "Bye").await);
    assert_eq!(another, (Code::FailedPrecondition, ErrorReason::IdempotencyKeyReused));
    assert_eq!(count(&suite, "posts").await, 1);
    let answers = join_all((0..10).map(|_| say_with(&suite, "two", &ann, "Again"))).await;
    assert!(answers.iter().any(Result::is_ok));
    assert_eq!(count(&suite, "posts").await, 2);
}

#[tokio::test]
async fn an_answer_is_kept_with_what_is_done_and_told_when_it_was_lost() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let gone = say(&suite, &ann, "gone").await;
    lose_answers(&suite).await;
    let first = say_with(&suite, "say", &ann, "Hello").await.unwrap();
    assert_eq!(say_with(&suite, "say", &ann, "Hello").await.unwrap(), first);
    assert_eq!(count(&suite, "posts").await, 2);
    let mut client = suite.posts();
    let like_it = || keyed("like", ben.asks(LikePostRequest { post_id: first.id.clone() }));
    client.like_post(like_it()).await.unwrap();
    unlike(&suite, &ben, &first.id).await.unwrap();
    // It is told again, and not done again.
    client.like_post(like_it()).await.unwrap();
    assert_eq!(numbers(&get(&suite, None, &first.id).await.unwrap()), (0, 0, 0));
    let unlike_it = || keyed("unlike", ben.asks(UnlikePostRequest { post_id: first.id.clone() }));
    client.unlike_post(unlike_it()).await.unwrap();
    like(&suite, &ben, &first.id).await.unwrap();
    client.unlike_post(unlike_it()).await.unwrap();
    assert_eq!(numbers(&get(&suite, None, &first.id).await.unwrap()), (1, 0, 0));
    for _ in 0..2 {
        let delete = keyed("delete", ann.asks(DeletePostRequest { post_id: gone.id.clone() }));
        client.delete_post(delete).await.unwrap();
    }
}
