//! DeleteExperience.

use connectus_proto::{common::v1::ErrorReason, experience::v1::Decision};
use connectus_testkit::{Suite, refusal};
use tonic::Code;

use crate::support::{
    count, create, create_and_ask, decide, decide_link, delete, inbox, list, on_site, read_link, stored, unknown_id,
};

#[tokio::test]
async fn a_deleted_experience_is_gone_and_no_other() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let gone = create(&suite, &ann, "Soup kitchen", None).await.unwrap();
    let kept = create(&suite, &ann, "Choir", None).await.unwrap();
    delete(&suite, &ann, &gone.id).await.unwrap();
    assert_eq!(list(&suite, None, &ann.id).await.unwrap(), [kept]);
    let again = delete(&suite, &ann, &gone.id).await;
    assert_eq!(refusal(again), (Code::NotFound, ErrorReason::ExperienceNotFound));
}

#[tokio::test]
async fn a_pending_request_is_withdrawn() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let gone = create(&suite, &ann, "Soup kitchen", on_site(&help)).await.unwrap();
    delete(&suite, &ann, &gone.id).await.unwrap();
    assert!(inbox(&suite, &help).await.is_empty());
    let late = decide(&suite, &help, (&ann.id, &gone.id), Decision::Approve).await;
    assert_eq!(refusal(late), (Code::NotFound, ErrorReason::ExperienceNotFound));
}

#[tokio::test]
async fn a_mailed_link_is_withdrawn() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let (gone, mail) = create_and_ask(&suite, &ann, "Soup kitchen").await;
    delete(&suite, &ann, &gone.id).await.unwrap();
    let invalid = (Code::InvalidArgument, ErrorReason::LinkInvalid);
    assert_eq!(refusal(read_link(&suite, mail.token()).await), invalid);
    assert_eq!(refusal(decide_link(&suite, mail.token(), Decision::Approve).await), invalid);
    assert_eq!(count(&suite, "approval_links").await, 0);
}

#[tokio::test]
async fn what_is_not_the_callers_is_not_found_and_stays() {
    let suite = Suite::start().await;
    let (ann, ben, help) = (suite.user("Ann").await, suite.user("Ben").await, suite.organization("Help").await);
    let kept = create(&suite, &ann, "Soup kitchen", on_site(&help)).await.unwrap();
    let before = stored(&suite).await;
    assert_eq!(refusal(delete(&suite, &ben, &kept.id).await), (Code::NotFound, ErrorReason::ExperienceNotFound));
    assert_eq!(
        refusal(delete(&suite, &help, &kept.id).await),
        (Code::PermissionDenied, ErrorReason::UserAccountRequired)
    );
    for id in [&unknown_id(), "", "x", "\0"] {
        let answer = delete(&suite, &ann, id).await;
        assert_eq!(refusal(answer), (Code::NotFound, ErrorReason::ExperienceNotFound), "{id:?}");
    }
    assert_eq!(stored(&suite).await, before);
}
