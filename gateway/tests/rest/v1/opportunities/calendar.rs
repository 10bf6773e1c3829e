//! `GET /v1/opportunities/:id/calendar.ics`.

use connectus_testkit::Suite;
use serde_json::json;

use super::{add, full, seen};

#[tokio::test]
async fn a_person_gets_their_shifts_and_nobody_elses() {
    let suite = Suite::start().await;
    let (ann, ben, help) = (suite.user("Ann").await, suite.user("Ben").await, suite.organization("Help").await);
    let id = add(&suite, &help, &full()).await;
    let shifts = seen(&suite, &id, None).await["shift_times"].clone();
    let (path, interest) = (format!("/v1/opportunities/{id}/calendar.ics"), format!("/v1/opportunities/{id}/interest"));
    let none = (404, 4002, "Shift not found.".to_owned());
    assert_eq!(suite.api.get(&path, Some(&ann.token)).await.error(), none);
    for (by, shift) in [(&ben, 1), (&ann, 0), (&ann, 1)] {
        suite.api.post(&interest, Some(&by.token), &json!({"shift": shifts[shift]["id"]})).await.ok();
    }
    let answer = suite.api.get(&path, Some(&ann.token)).await;
    assert_eq!(answer.header("content-type"), Some("text/calendar; charset=utf-8"));
    assert_eq!(answer.header("content-disposition"), Some("attachment; filename=\"shifts.ics\""));
    let lines: Vec<&str> = answer.text.split("\r\n").collect();
    for (index, (day, status)) in [("20990501", "CONFIRMED"), ("20990502", "TENTATIVE")].into_iter().enumerate() {
        let uid = format!("UID:{}", shifts[index]["id"].as_str().unwrap());
        let begin = lines.iter().position(|line| *line == uid).expect("the shift");
        let event = &lines[..=begin + lines[begin..].iter().position(|line| *line == "END:VEVENT").unwrap()];
        let event = &event[event.iter().rposition(|line| *line == "BEGIN:VEVENT").unwrap()..];
        for line in [format!("DTSTART:{day}T090000Z"), format!("DTEND:{day}T110000Z"), format!("STATUS:{status}")] {
            assert!(event.contains(&&*line), "{line}: {event:?}");
        }
    }
    assert!(answer.text.contains("SUMMARY:Beach clean-up & more\r\n"), "{}", answer.text);
    assert_eq!(answer.text.matches("BEGIN:VEVENT").count(), 2);
    let of_ben = suite.api.get(&path, Some(&ben.token)).await;
    assert_eq!((of_ben.status, of_ben.text.matches("BEGIN:VEVENT").count()), (200, 1));
    assert_eq!(suite.api.get(&path, Some(&help.token)).await.error(), none);
    let unknown = "/v1/opportunities/x/calendar.ics";
    let not_found = (404, 4000, "Opportunity not found.".to_owned());
    assert_eq!(suite.api.get(unknown, Some(&ann.token)).await.error(), not_found);
    assert_eq!(suite.api.get(&path, None).await.error().1, 3000);
}
