//! Whatever is done in whatever order: an experience is verified only by the one who was asked, about the text that stands.

use connectus_proto::experience::v1::{Decision, ValidationState};
use connectus_testkit::{Person, Suite};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use tokio::runtime::Runtime;

use crate::support::{
    BOSS, asked_by_mail, by_mail, create, decide, decide_link, delete, erase, inbox, list, on_site, replace, stand,
    until_delivered,
};

/// Something that somebody does; experiences and links are counted from the first, and around.
#[derive(Clone, Debug)]
enum Step {
    Create(Asked),
    Replace(usize, Option<usize>),
    Delete(usize),
    Decide(usize, usize, Decision),
    DecideLink(usize, usize, Decision),
    Erase(usize),
}

/// Who is asked: nobody, one of the organizations, or an address.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Asked {
    Nobody,
    Organization(usize),
    Address,
}

fn step() -> impl Strategy<Value = Step> {
    let decision = prop_oneof![Just(Decision::Approve), Just(Decision::Decline)];
    let asked = prop_oneof![Just(Asked::Nobody), (0..2_usize).prop_map(Asked::Organization), Just(Asked::Address)];
    let (experience, organization, link) = (0..4_usize, 0..2_usize, 0..4_usize);
    prop_oneof![
        3 => asked.prop_map(Step::Create),
        3 => (experience.clone(), prop::option::of(organization.clone())).prop_map(|(e, o)| Step::Replace(e, o)),
        1 => experience.clone().prop_map(Step::Delete),
        2 => organization.clone().prop_map(Step::Erase),
        4 => (experience.clone(), organization, decision.clone()).prop_map(|(e, o, d)| Step::Decide(e, o, d)),
        4 => (experience, link, decision).prop_map(|(e, l, d)| Step::DecideLink(e, l, d)),
    ]
}

/// An experience as it must be.
struct Expected {
    id: String,
    name: String,
    asked: Asked,
    state: ValidationState,
    /// The tokens of all mails about it; only the last may work.
    tokens: Vec<String>,
}

impl Expected {
    fn ask(&mut self, asked: Asked) {
        self.asked = asked;
        self.state = match asked {
            Asked::Nobody => ValidationState::NotRequested,
            Asked::Organization(_) => ValidationState::PendingOnSite,
            Asked::Address => ValidationState::PendingByMail,
        };
    }

    fn decide(&mut self, decision: Decision) {
        self.state = if decision == Decision::Approve { ValidationState::Verified } else { ValidationState::Declined };
    }
}

/// A suite, and what must be in it.
struct Model<'a> {
    suite: &'a Suite,
    ann: &'a Person,
    organizations: &'a [Person; 2],
    /// The experiences, oldest first.
    expected: Vec<Expected>,
    names: u32,
}

impl Model<'_> {
    fn next_name(&mut self) -> String {
        self.names += 1;
        format!("text {}", self.names)
    }

    async fn take(&mut self, step: Step) {
        match step {
            Step::Create(asked) => self.create(asked).await,
            _ if self.expected.is_empty() => {}
            Step::Replace(index, organization) => self.replace(index % self.expected.len(), organization).await,
            Step::Delete(index) => {
                let gone = self.expected.remove(index % self.expected.len());
                delete(self.suite, self.ann, &gone.id).await.unwrap();
            }
            Step::Decide(index, organization, decision) => {
                let index = index % self.expected.len();
                let experience = &mut self.expected[index];
                let by = &self.organizations[organization];
                let decided = decide(self.suite, by, (&self.ann.id, &experience.id), decision).await.is_ok();
                let waits = experience.state == ValidationState::PendingOnSite;
                assert_eq!(decided, waits && experience.asked == Asked::Organization(organization));
                if decided {
                    experience.decide(decision);
                }
            }
            Step::DecideLink(index, link, decision) => self.decide_link(index, link, decision).await,
            Step::Erase(organization) => self.erase(organization).await,
        }
    }

    async fn create(&mut self, asked: Asked) {
        let name = self.next_name();
        let validator = match asked {
            Asked::Nobody => None,
            Asked::Organization(index) => on_site(&self.organizations[index]),
            Asked::Address => by_mail(BOSS),
        };
        let id = create(self.suite, self.ann, &name, validator).await.unwrap().id;
        let state = ValidationState::NotRequested;
        let mut experience = Expected { id, name, asked, state, tokens: Vec::new() };
        experience.ask(asked);
        self.expected.push(experience);
        self.take_mail(self.expected.len() - 1).await;
    }

    async fn replace(&mut self, index: usize, organization: Option<usize>) {
        let name = self.next_name();
        let experience = &mut self.expected[index];
        let (asked, validator) = match (experience.asked, organization) {
            (Asked::Address, _) => (Asked::Address, BOSS),
            (_, Some(index)) => (Asked::Organization(index), &*self.organizations[index].id),
            (_, None) => (Asked::Nobody, ""),
        };
        replace(self.suite, self.ann, &experience.id, &name, validator).await.unwrap();
        experience.name = name;
        experience.ask(asked);
        self.take_mail(index).await;
    }

    async fn take_mail(&mut self, index: usize) {
        let experience = &mut self.expected[index];
        if experience.asked == Asked::Address {
            let mail = self.suite.mail.next(BOSS).await;
            assert!(mail.subject.ends_with(&experience.name), "{}", mail.subject);
            experience.tokens.push(mail.token().to_owned());
        }
    }

    async fn decide_link(&mut self, index: usize, link: usize, decision: Decision) {
        let index = index % self.expected.len();
        let experience = &mut self.expected[index];
        if experience.tokens.is_empty() {
            return;
        }
        let link = link % experience.tokens.len();
        let decided = decide_link(self.suite, &experience.tokens[link], decision).await.is_ok();
        let waits = experience.state == ValidationState::PendingByMail;
        assert_eq!(decided, waits && link == experience.tokens.len() - 1);
        if decided {
            experience.decide(decision);
        }
    }

    /// What waits for an organization is withdrawn, and may be asked again.
    async fn erase(&mut self, organization: usize) {
        erase(self.suite, &self.organizations[organization].id).await.unwrap();
        let waiting = (Asked::Organization(organization), ValidationState::PendingOnSite);
        for experience in self.expected.iter_mut().filter(|experience| (experience.asked, experience.state) == waiting)
        {
            experience.ask(Asked::Nobody);
        }
    }

    async fn check(&self) {
        let listed = list(self.suite, None, &self.ann.id).await.unwrap();
        let listed: Vec<_> = listed.iter().map(stand).collect();
        let expected: Vec<_> =
            self.expected.iter().rev().map(|experience| (&*experience.name, experience.state)).collect();
        assert_eq!(listed, expected);
        for (index, organization) in self.organizations.iter().enumerate() {
            let waiting = inbox(self.suite, organization).await;
            let mut waiting: Vec<_> = waiting.iter().map(|request| &*request.experience_id).collect();
            let asked = (Asked::Organization(index), ValidationState::PendingOnSite);
            let asks = self.expected.iter().filter(|experience| (experience.asked, experience.state) == asked);
            let mut expected: Vec<_> = asks.map(|experience| &*experience.id).collect();
            waiting.sort_unstable();
            expected.sort_unstable();
            assert_eq!(waiting, expected);
        }
    }
}

#[test]
fn only_who_is_asked_verifies_and_only_what_stands() {
    let runtime = Runtime::new().unwrap();
    let (suite, ann, organizations) = runtime.block_on(async {
        let suite = Suite::start().await;
        let (ann, help, care) =
            (suite.user("Ann").await, suite.organization("Help").await, suite.organization("Care").await);
        (suite, ann, [help, care])
    });
    let config = Config { cases: 12, max_shrink_iters: 100, failure_persistence: None, ..Config::default() };
    let steps = prop::collection::vec(step(), 1..25);
    let checked = TestRunner::new(config).run(&steps, |steps| {
        runtime.block_on(async {
            suite.database.execute("DELETE FROM experience.experiences").await;
            let (expected, names) = (Vec::new(), 0);
            let mut model = Model { suite: &suite, ann: &ann, organizations: &organizations, expected, names };
            for step in steps {
                // However many mails it takes.
                suite.database.execute("DELETE FROM experience.throttles").await;
                model.take(step).await;
                model.check().await;
            }
            until_delivered(&suite).await;
            assert!(asked_by_mail(&suite).is_empty(), "no mail was sent that nobody asked for");
        });
        Ok(())
    });
    runtime.block_on(async { drop(suite) });
    checked.unwrap();
}
