//! CreatePost and GetPost: what may be said, and that it is told as it was said.

use chrono::Utc;
use connectus_proto::social::v1::{CreatePostRequest, Multimedia, MultimediaType, Post, PostContent, Visibility};
use connectus_testkit::{Suite, invalid_field, refusal};

use super::NOT_FOUND;
use crate::support::{get, numbers, post, reply, say, stored, unknown_id, words};

fn picture(url: &str) -> Multimedia {
    let description = "A cat.".to_owned();
    Multimedia { r#type: MultimediaType::Image.into(), url: url.to_owned(), description }
}

/// A post with every field set.
fn full(reply_to: &Post) -> PostContent {
    let kinds = [MultimediaType::Image, MultimediaType::Video, MultimediaType::Audio, MultimediaType::Link];
    let media = |kind: MultimediaType| Multimedia { r#type: kind.into(), ..picture("https://example.org/a.png") };
    PostContent {
        text: "Soup is ready.\nCome!".to_owned(),
        reply_to_id: reply_to.id.clone(),
        multimedia: kinds.map(media).into(),
        tags: vec!["soup".to_owned(), "Zoë".to_owned()],
        visibility: Visibility::Connections.into(),
    }
}

#[tokio::test]
async fn a_post_is_told_as_it_was_said() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let first = say(&suite, &ann, "Hungry.").await;
    for author in [&ann, &help] {
        let content = full(&first);
        let made = post(&suite, author, content.clone()).await.unwrap();
        let age = Utc::now().timestamp() - made.create_time.unwrap().seconds;
        assert!((0..60).contains(&age), "{age}");
        let time = made.create_time;
        let expected = Post {
            id: made.id.clone(),
            account_id: author.id.clone(),
            content: Some(content),
            create_time: time,
            ..Post::default()
        };
        assert_eq!(made, expected);
        assert_eq!(get(&suite, Some(author), &made.id).await.unwrap(), expected);
    }
    assert_eq!(numbers(&get(&suite, None, &first.id).await.unwrap()), (0, 2, 0));
}

#[tokio::test]
async fn what_is_around_a_text_is_cut_off_and_a_tag_is_said_once() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let tags = [" a", "b", "a "].map(str::to_owned).into();
    let made = post(&suite, &ann, PostContent { tags, ..words(" Hello\n") }).await.unwrap().content.unwrap();
    assert_eq!((&*made.text, &made.tags[..]), ("Hello", &["a".to_owned(), "b".to_owned()][..]));
    assert_eq!(made.visibility(), Visibility::Public);
    // Who has something to show need say nothing.
    let shown = PostContent { multimedia: vec![picture("https://example.org/a.png")], ..PostContent::default() };
    post(&suite, &ann, shown).await.unwrap();
}

#[tokio::test]
async fn what_is_wrong_is_named_and_nothing_is_written() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let before = stored(&suite).await;
    let long = |length| "ä".repeat(length);
    let shown = |media: Multimedia| PostContent { multimedia: vec![media], ..PostContent::default() };
    let many = |length: usize| (0..length).map(|number| number.to_string()).collect::<Vec<_>>();
    let url = "https://example.org/a.png";
    for (content, field) in [
        (words(" "), "content.text"),
        (words(&long(5001)), "content.text"),
        (words("a\0"), "content.text"),
        (PostContent { reply_to_id: "x".to_owned(), ..words("x") }, "content.reply_to_id"),
        (PostContent { multimedia: vec![picture(url); 11], ..words("x") }, "content.multimedia"),
        (shown(picture("")), "content.multimedia.url"),
        (shown(picture("http://example.org/a.png")), "content.multimedia.url"),
        (shown(picture("javascript:alert(1)")), "content.multimedia.url"),
        (shown(picture(&format!("https://example.org/{}", "a".repeat(1981)))), "content.multimedia.url"),
        (shown(Multimedia { description: long(1001), ..picture(url) }), "content.multimedia.description"),
        (shown(Multimedia { r#type: 0, ..picture(url) }), "content.multimedia.type"),
        (shown(Multimedia { r#type: 5, ..picture(url) }), "content.multimedia.type"),
        (PostContent { tags: many(21), ..words("x") }, "content.tags"),
        (PostContent { tags: vec![" ".to_owned()], ..words("x") }, "content.tags"),
        (PostContent { tags: vec![long(51)], ..words("x") }, "content.tags"),
        (PostContent { visibility: 4, ..words("x") }, "content.visibility"),
    ] {
        assert_eq!(invalid_field(post(&suite, &ann, content).await), field);
    }
    let nothing = suite.posts().create_post(ann.asks(CreatePostRequest::default())).await;
    assert_eq!(invalid_field(nothing), "content.text");
    assert_eq!(stored(&suite).await, before);
    let most = PostContent {
        text: long(5000),
        multimedia: vec![
            Multimedia {
                description: long(1000),
                ..picture(&format!("https://example.org/{}", "a".repeat(1980)))
            };
            10
        ],
        tags: many(20).into_iter().map(|number| format!("{number:ä>50}")).collect(),
        ..PostContent::default()
    };
    assert_eq!(post(&suite, &ann, most.clone()).await.unwrap().content.unwrap().multimedia, most.multimedia);
}

#[tokio::test]
async fn all_that_is_wrong_is_named_at_once() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let bad = PostContent { tags: vec![String::new()], visibility: 9, ..PostContent::default() };
    let status = post(&suite, &ann, bad).await.unwrap_err();
    let fields = connectus_platform::status::field_errors(&status).into_iter().map(|error| error.field);
    assert_eq!(fields.collect::<Vec<_>>(), ["content.text", "content.tags", "content.visibility"]);
}

#[tokio::test]
async fn there_must_be_what_is_replied_to_when_it_is_said_and_not_later() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let first = say(&suite, &ann, "Hungry.").await;
    let gone = PostContent { reply_to_id: unknown_id(), ..words("x") };
    assert_eq!(refusal(post(&suite, &ann, gone).await), NOT_FOUND);
    let answer = post(&suite, &ann, reply(&first, "Soup?")).await.unwrap();
    crate::support::delete(&suite, &ann, &first.id).await.unwrap();
    assert_eq!(get(&suite, None, &answer.id).await.unwrap().content.unwrap().reply_to_id, first.id);
    assert_eq!(refusal(post(&suite, &ann, reply(&first, "Salad?")).await), NOT_FOUND);
}

#[tokio::test]
async fn what_is_no_posts_id_is_not_found() {
    let suite = Suite::start().await;
    for id in ["", "x", "me", &unknown_id(), "507f1f77bcf86cd799439011"] {
        assert_eq!(refusal(get(&suite, None, id).await), NOT_FOUND, "{id:?}");
    }
}
