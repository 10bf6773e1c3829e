//! ListFeed: what stands in it, and where.

use connectus_proto::social::v1::{ListFeedRequest, Post, PostContent, Visibility};
use connectus_testkit::{Person, Suite, invalid_field};

use crate::support::{
    block, connect, delete, disconnect, feed, like, post, reply, say, share, texts, unshare, words_for,
};

/// What a feed says, and who has shared it.
fn entries<'a>(posts: &'a [Post], people: &[&'a Person]) -> Vec<(&'a str, &'a str)> {
    let name = |post: &'a Post| match &*post.sharer_id {
        "" => "",
        id => {
            people.iter().find(|person| person.id == id).map_or("?", |person| person.email.split('@').next().unwrap())
        }
    };
    texts(posts).into_iter().zip(posts.iter().map(name)).collect()
}

#[tokio::test]
async fn a_feed_has_what_the_circle_says_of_its_own_accord() {
    let suite = Suite::start().await;
    let (ann, ben, cem) = (suite.user("Ann").await, suite.organization("Ben").await, suite.user("Cem").await);
    connect(&suite, &ann, &ben).await;
    say(&suite, &cem, "stranger").await;
    let first = say(&suite, &ann, "own").await;
    say(&suite, &ben, "friend").await;
    post(&suite, &ben, reply(&first, "reply")).await.unwrap();
    post(&suite, &ben, words_for(Visibility::Connections, "for friends")).await.unwrap();
    post(&suite, &ben, words_for(Visibility::Private, "for Ben")).await.unwrap();
    post(&suite, &ann, words_for(Visibility::Private, "for Ann")).await.unwrap();
    assert_eq!(texts(&feed(&suite, &ann).await), ["for Ann", "for friends", "friend", "own"]);
    assert_eq!(texts(&feed(&suite, &ben).await), ["for Ben", "for friends", "friend", "own"]);
    assert_eq!(texts(&feed(&suite, &cem).await), ["stranger"]);
    disconnect(&suite, &ann, &ben).await;
    assert_eq!(texts(&feed(&suite, &ann).await), ["for Ann", "own"]);
}

#[tokio::test]
async fn what_is_shared_stands_where_the_first_of_the_circle_shared_it() {
    let suite = Suite::start().await;
    let (ann, ben, cem) = (suite.user("Ann").await, suite.user("Ben").await, suite.user("Cem").await);
    let (eve, people) = (suite.user("Eve").await, [&ann, &ben, &cem]);
    connect(&suite, &ann, &ben).await;
    connect(&suite, &ann, &cem).await;
    let first = say(&suite, &eve, "of a stranger").await;
    let answer = post(&suite, &eve, reply(&first, "a reply")).await.unwrap();
    let own = say(&suite, &cem, "of a friend").await;
    // Somebody else's share is none of the circle.
    share(&suite, &eve, &first.id).await.unwrap();
    share(&suite, &ben, &own.id).await.unwrap();
    share(&suite, &ben, &first.id).await.unwrap();
    say(&suite, &ben, "in between").await;
    share(&suite, &cem, &first.id).await.unwrap();
    share(&suite, &ann, &answer.id).await.unwrap();
    let shown = feed(&suite, &ann).await;
    assert_eq!(
        entries(&shown, &people),
        [("a reply", "ann"), ("in between", ""), ("of a stranger", "ben"), ("of a friend", "")]
    );
    assert!(shown[0].is_shared && !shown[2].is_shared);
    // The next of them is the first, when the first takes it back.
    unshare(&suite, &ben, &first.id).await.unwrap();
    let shown = feed(&suite, &ann).await;
    assert_eq!(
        entries(&shown, &people),
        [("a reply", "ann"), ("of a stranger", "cem"), ("in between", ""), ("of a friend", "")]
    );
    delete(&suite, &eve, &first.id).await.unwrap();
    assert_eq!(texts(&feed(&suite, &ann).await), ["a reply", "in between", "of a friend"]);
}

#[tokio::test]
async fn nothing_is_shared_with_whom_it_is_not_for() {
    let suite = Suite::start().await;
    let (ann, ben, eve) = (suite.user("Ann").await, suite.user("Ben").await, suite.user("Eve").await);
    connect(&suite, &ann, &ben).await;
    connect(&suite, &ben, &eve).await;
    let among_friends = post(&suite, &eve, words_for(Visibility::Connections, "among friends")).await.unwrap();
    let open = post(&suite, &eve, PostContent { text: "open".to_owned(), ..PostContent::default() }).await.unwrap();
    for post in [&among_friends, &open] {
        share(&suite, &ben, &post.id).await.unwrap();
    }
    assert_eq!(texts(&feed(&suite, &ann).await), ["open"]);
    connect(&suite, &ann, &eve).await;
    assert_eq!(texts(&feed(&suite, &ann).await), ["open", "among friends"]);
    block(&suite, &ann, &eve).await;
    assert!(feed(&suite, &ann).await.is_empty());
}

#[tokio::test]
async fn a_feed_says_what_its_owner_has_made_of_each() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    connect(&suite, &ann, &ben).await;
    let liked = say(&suite, &ben, "liked").await;
    like(&suite, &ann, &liked.id).await.unwrap();
    let (of_ann, of_ben) = (feed(&suite, &ann).await, feed(&suite, &ben).await);
    assert_eq!((of_ann[0].is_liked, of_ann[0].likes_count), (true, 1));
    assert_eq!((of_ben[0].is_liked, of_ben[0].likes_count), (false, 1));
}

#[tokio::test]
async fn there_must_be_a_page() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    for (page_size, page_token, field) in [(-1, "", "page_size"), (201, "", "page_size"), (0, "x", "page_token")] {
        let request = ListFeedRequest { page_size, page_token: page_token.to_owned() };
        assert_eq!(invalid_field(suite.posts().list_feed(ann.asks(request)).await), field);
    }
    assert!(feed(&suite, &ann).await.is_empty());
}
