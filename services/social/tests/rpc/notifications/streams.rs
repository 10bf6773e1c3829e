//! StreamNotifications.

use connectus_proto::{auth::v1::LogoutRequest, common::v1::ErrorReason, social::v1::StreamNotificationsRequest};
use connectus_testkit::{Options, Suite, eventually, invalid_field, refusal};
use tonic::Code;

use super::{contents, ended, heard, like, list, listen, notify};

#[tokio::test]
async fn one_hears_what_comes_and_nothing_of_what_came_before_or_is_for_others() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    notify(&suite, [like(&ann, &ben, "before")]).await.unwrap();
    let (mut one, mut other) = (listen(&suite, &ann, "").await, listen(&suite, &ann, "").await);
    notify(&suite, [like(&ben, &ann, "for Ben")]).await.unwrap();
    for content in ["first", "second"] {
        notify(&suite, [like(&ann, &ben, content)]).await.unwrap();
        for stream in [&mut one, &mut other] {
            assert_eq!(heard(stream).await.content, content);
        }
    }
    let listed = list(&suite, &ann).await;
    notify(&suite, [like(&ann, &ben, "third")]).await.unwrap();
    let third = heard(&mut one).await;
    assert!(third.id > listed[0].id);
    assert_eq!(list(&suite, &ann).await[0], third, "it is the same one");
}

#[tokio::test]
async fn who_comes_back_gets_what_came_meanwhile() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    // More than is read at once.
    let names: Vec<String> = (0..250).map(|number| number.to_string()).collect();
    for names in names.chunks(100) {
        notify(&suite, names.iter().map(|name| like(&ann, &ben, name))).await.unwrap();
    }
    let mut stream = listen(&suite, &ann, "00000000-0000-7000-8000-000000000000").await;
    let mut last = String::new();
    for name in &names[..120] {
        let notification = heard(&mut stream).await;
        assert_eq!(&notification.content, name);
        last = notification.id;
    }
    drop(stream);
    let mut stream = listen(&suite, &ann, &last).await;
    for name in &names[120..] {
        assert_eq!(&heard(&mut stream).await.content, name);
    }
    notify(&suite, [like(&ann, &ben, "new")]).await.unwrap();
    assert_eq!(heard(&mut stream).await.content, "new");
}

#[tokio::test]
async fn it_does_not_matter_which_replica_is_asked() {
    let one = Suite::start().await;
    let other = Suite::with(Options { database: Some(one.database.share().await), ..Options::default() }).await;
    let (ann, ben) = (one.user("Ann").await, one.user("Ben").await);
    eventually("the other knows the keys", async || {
        let request = StreamNotificationsRequest::default();
        other.notifications().stream_notifications(ann.asks(request)).await.ok()
    })
    .await;
    let mut streams = [listen(&one, &ann, "").await, listen(&other, &ann, "").await];
    for (teller, content) in [(&one, "by one"), (&other, "by the other")] {
        notify(teller, [like(&ann, &ben, content)]).await.unwrap();
        for stream in &mut streams {
            assert_eq!(heard(stream).await.content, content);
        }
    }
}

#[tokio::test]
async fn a_stream_outlives_its_database_connection_and_misses_nothing() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let mut stream = listen(&suite, &ann, "").await;
    suite.database.cut_off().await;
    eventually("it is told", async || notify(&suite, [like(&ann, &ben, "after")]).await.ok()).await;
    assert_eq!(heard(&mut stream).await.content, "after");
}

#[tokio::test]
async fn a_stream_ends_with_its_session() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let stream = listen(&suite, &ann, "").await;
    suite.auth().logout(ann.asks(LogoutRequest {})).await.unwrap();
    let status = ended(stream).await;
    assert_eq!(refusal::<()>(Err(status)), (Code::Unauthenticated, ErrorReason::TokenInvalid));
}

#[tokio::test]
async fn a_stream_ends_when_the_service_does_and_says_to_come_back() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let stream = listen(&suite, &ann, "").await;
    drop(suite);
    assert_eq!(refusal::<()>(Err(ended(stream).await)), (Code::Unavailable, ErrorReason::Unavailable));
}

#[tokio::test]
async fn an_account_has_so_many_streams_and_no_more_until_one_ends() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let mut streams = Vec::new();
    for _ in 0..20 {
        streams.push(listen(&suite, &ann, "").await);
    }
    let ask = async || {
        let request = StreamNotificationsRequest::default();
        suite.notifications().stream_notifications(ann.asks(request)).await
    };
    assert_eq!(refusal(ask().await), (Code::ResourceExhausted, ErrorReason::LimitReached));
    listen(&suite, &ben, "").await;
    streams.pop();
    eventually("a place is free", async || ask().await.ok()).await;
}

#[tokio::test]
async fn what_is_no_id_is_refused_and_nobody_listens_without_a_token() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let request = StreamNotificationsRequest { last_notification_id: "x".to_owned() };
    let answer = suite.notifications().stream_notifications(ann.asks(request.clone())).await;
    assert_eq!(invalid_field(answer), "last_notification_id");
    let answer = suite.notifications().stream_notifications(request).await;
    assert_eq!(refusal(answer), (Code::Unauthenticated, ErrorReason::TokenMissing));
}

#[tokio::test]
async fn a_stream_through_the_gateway_outlives_the_deadline_of_other_calls() {
    let suite = Suite::with(Options { gateway: vec!["--request-timeout=1"], ..Options::default() }).await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let mut client = connectus_proto::social::v1::notification_service_client::NotificationServiceClient::new(
        suite.gateway_channel(),
    );
    let mut stream =
        client.stream_notifications(ann.asks(StreamNotificationsRequest::default())).await.unwrap().into_inner();
    let began = std::time::Instant::now();
    let mut told = 0;
    while began.elapsed().as_secs_f32() < 1.5 {
        told += 1;
        notify(&suite, [like(&ann, &ben, &told.to_string())]).await.unwrap();
        assert_eq!(heard(&mut stream).await.content, told.to_string());
    }
    assert_eq!(contents(&list(&suite, &ann).await)[0], told.to_string());
}
