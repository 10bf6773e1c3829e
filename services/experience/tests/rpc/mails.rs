//! What the mail that asks to confirm says.

use connectus_proto::experience::v1::{CreateExperienceRequest, ExperienceDetails};
use connectus_testkit::{Mail, Person, Suite};

use crate::support::{BOSS, asked_by_mail, by_mail, create_and_ask, details, read_link};

async fn ask(suite: &Suite, person: &Person, details: ExperienceDetails) -> Mail {
    let request = CreateExperienceRequest { details: Some(details), validator: by_mail(BOSS) };
    suite.experience().create_experience(person.asks(request)).await.unwrap();
    suite.mail.next(BOSS).await
}

#[tokio::test]
async fn it_says_who_what_when_and_how_long_and_links_to_the_decision() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let (_, mail) = create_and_ask(&suite, &ann, "Soup kitchen").await;
    assert_eq!(mail.subject, "Ann asks you to confirm: Soup kitchen");
    assert_eq!(mail.from, "no-reply@connectus.test");
    for said in ["Ann", "Soup kitchen", "May 2025", "June 2025", "12", "Served soup.", "Washed up."] {
        assert!(mail.text.contains(said), "{said}: {}", mail.text);
        assert!(mail.html.contains(said), "{said}: {}", mail.html);
    }
    let link = format!("{}/v1/experiences/email-approve/{}", suite.api.url(), mail.token());
    assert_eq!(mail.link(), link);
    assert!(mail.html.contains(&format!("href=\"{link}\"")), "{}", mail.html);
    // It is a token that nobody guesses: at least 128 bits in base64.
    assert!(mail.token().len() >= 22, "{}", mail.token());
}

#[tokio::test]
async fn it_names_the_person_as_strangers_may_see_them() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    for (visible, name) in [(true, "Ann May Lee"), (false, "Ann")] {
        let set = format!("middle_name = 'May', last_name = 'Lee', is_full_name_visible = {visible}");
        suite.database.execute(&format!("UPDATE account.accounts SET {set}")).await;
        let (_, mail) = create_and_ask(&suite, &ann, "Soup kitchen").await;
        assert_eq!(mail.subject, format!("{name} asks you to confirm: Soup kitchen"));
        for body in [&mail.text, &mail.html] {
            assert!(body.contains(name) && body.contains("Lee") == visible, "{body}");
            assert!(!body.contains(&ann.email), "{body}");
        }
        assert_eq!(read_link(&suite, mail.token()).await.unwrap().user_name, name);
    }
}

#[tokio::test]
async fn markup_in_what_a_person_says_is_only_text() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let (name, description) = ("<b>Soup</b>".to_owned(), "<script>alert(\"&\")</script>".to_owned());
    let mail = ask(&suite, &ann, ExperienceDetails { name, description, ..details("") }).await;
    assert!(!mail.html.contains("<b>") && !mail.html.contains("<script"), "{}", mail.html);
    assert!(mail.text.contains("<b>Soup</b>") && mail.text.contains("<script>alert(\"&\")</script>"), "{}", mail.text);
    assert_eq!(mail.subject, "Ann asks you to confirm: <b>Soup</b>");
}

#[tokio::test]
async fn a_name_of_several_lines_makes_one_subject_and_no_header() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let name = "Soup\r\nBcc: all@example.net\r\n\r\nkitchen\tß".to_owned();
    let mail = ask(&suite, &ann, ExperienceDetails { name, ..details("") }).await;
    assert_eq!(mail.subject, "Ann asks you to confirm: Soup Bcc: all@example.net kitchen ß");
    assert!(asked_by_mail(&suite).is_empty(), "nobody else is written to");
}

#[tokio::test]
async fn the_longest_texts_are_mailed_whole() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let (name, description) = ("ß".repeat(200), "𝄞".repeat(5000));
    let mail =
        ask(&suite, &ann, ExperienceDetails { name: name.clone(), description: description.clone(), ..details("") });
    let mail = mail.await;
    assert_eq!(mail.subject, format!("Ann asks you to confirm: {name}"));
    assert!(mail.text.contains(&description) && mail.html.contains(&description));
}
