//! What becomes of people under whatever they do to each other, one after the other, against a model.

use std::collections::{BTreeMap, BTreeSet};

use connectus_platform::status;
use connectus_proto::common::v1::ErrorReason::{self, *};
use connectus_testkit::{Person, Suite};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use tokio::runtime::Runtime;
use tonic::Status;

use crate::{
    network::{accept, block_one, connected, decline, forget_attempts, pending, remove, request, unblock},
    support::{account, accounts, block, user_settings},
};

const PEOPLE: usize = 4;

/// What somebody does to another, by their numbers.
#[derive(Clone, Debug)]
enum Act {
    Request,
    Accept,
    Decline,
    Remove,
    Block,
    Unblock,
    Replace(BTreeSet<usize>),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => Just(Act::Request),
        3 => Just(Act::Accept),
        1 => Just(Act::Decline),
        1 => Just(Act::Remove),
        1 => Just(Act::Block),
        1 => Just(Act::Unblock),
        1 => prop::collection::btree_set(0..PEOPLE, 0..PEOPLE).prop_map(Act::Replace),
    ]
}

/// What there is between two.
#[derive(Clone, Copy, PartialEq)]
enum Tie {
    AskedBy(usize),
    Connected,
}

#[derive(Default)]
struct Model {
    /// By two people, the lesser number first.
    ties: BTreeMap<(usize, usize), Tie>,
    /// Who has blocked whom.
    blocks: BTreeSet<(usize, usize)>,
}

fn pair(one: usize, other: usize) -> (usize, usize) {
    (one.min(other), one.max(other))
}

impl Model {
    fn tie(&self, one: usize, other: usize) -> Option<Tie> {
        self.ties.get(&pair(one, other)).copied()
    }

    fn sees(&self, viewer: usize, other: usize) -> bool {
        !self.blocks.contains(&(other, viewer))
    }

    fn blocked_by(&self, by: usize) -> BTreeSet<usize> {
        self.blocks.iter().filter(|(blocker, _)| *blocker == by).map(|(_, blocked)| *blocked).collect()
    }

    fn block(&mut self, by: usize, to: usize) {
        self.blocks.insert((by, to));
        self.ties.remove(&pair(by, to));
    }

    /// Does it, or says why not.
    fn take(&mut self, by: usize, to: usize, act: &Act) -> Result<(), ErrorReason> {
        let (seen, tie) = (self.sees(by, to), self.tie(by, to));
        match act {
            Act::Request | Act::Block if by == to => Err(OwnAccount),
            Act::Block if seen || self.blocks.contains(&(by, to)) => {
                self.block(by, to);
                Ok(())
            }
            Act::Unblock if self.blocks.remove(&(by, to)) => Ok(()),
            Act::Replace(others) => self.replace(by, others),
            _ if !seen => Err(AccountNotFound),
            Act::Block | Act::Unblock => Ok(()),
            Act::Request if self.blocks.contains(&(by, to)) => Err(AccountBlocked),
            Act::Request => {
                let tie = match tie {
                    None => Tie::AskedBy(by),
                    Some(Tie::AskedBy(asker)) if asker == by => return Err(ConnectionAlreadyRequested),
                    Some(Tie::AskedBy(_)) => Tie::Connected,
                    Some(Tie::Connected) => return Err(AlreadyConnected),
                };
                self.ties.insert(pair(by, to), tie);
                Ok(())
            }
            Act::Accept if tie == Some(Tie::AskedBy(to)) => {
                self.ties.insert(pair(by, to), Tie::Connected);
                Ok(())
            }
            Act::Decline if tie == Some(Tie::AskedBy(to)) => {
                self.ties.remove(&pair(by, to));
                Ok(())
            }
            Act::Accept | Act::Decline => Err(ConnectionRequestNotFound),
            Act::Remove if matches!(tie, Some(tie) if tie != Tie::AskedBy(to)) => {
                self.ties.remove(&pair(by, to));
                Ok(())
            }
            Act::Remove => Err(ConnectionNotFound),
        }
    }

    fn replace(&mut self, by: usize, others: &BTreeSet<usize>) -> Result<(), ErrorReason> {
        let before = self.blocked_by(by);
        if others.iter().any(|other| *other == by || !(before.contains(other) || self.sees(by, *other))) {
            return Err(InvalidField);
        }
        self.blocks.retain(|(blocker, _)| *blocker != by);
        for other in others {
            self.block(by, *other);
        }
        Ok(())
    }
}

async fn perform(suite: &Suite, people: &[Person], by: usize, to: usize, act: &Act) -> Result<(), Status> {
    let (by, id) = (&people[by], &*people[to].id);
    match act {
        Act::Request => request(suite, by, id, "").await.map(drop),
        Act::Accept => accept(suite, by, id).await,
        Act::Decline => decline(suite, by, id).await,
        Act::Remove => remove(suite, by, id).await,
        Act::Block => block_one(suite, by, id).await,
        Act::Unblock => unblock(suite, by, id).await,
        Act::Replace(others) => {
            let others: Vec<&str> = others.iter().map(|other| &*people[*other].id).collect();
            block(suite, by, &others).await.map(drop)
        }
    }
}

fn ids(people: &[Person], numbers: impl Iterator<Item = usize>) -> BTreeSet<String> {
    numbers.map(|number| people[number].id.clone()).collect()
}

/// What everybody sees is what the model says.
async fn check(suite: &Suite, people: &[Person], model: &Model) {
    let all = 0..people.len();
    for (number, person) in people.iter().enumerate() {
        let tied = |wanted: &dyn Fn(usize) -> Option<Tie>| {
            ids(
                people,
                all.clone().filter(|other| wanted(*other).is_some() && model.tie(number, *other) == wanted(*other)),
            )
        };
        let (incoming, outgoing) = pending(suite, person).await;
        assert_eq!(incoming.into_iter().collect::<BTreeSet<_>>(), tied(&|other| Some(Tie::AskedBy(other))));
        assert_eq!(outgoing.into_iter().collect::<BTreeSet<_>>(), tied(&|_| Some(Tie::AskedBy(number))));
        let blocked = user_settings(suite, person).await.blocked_account_ids;
        assert_eq!(blocked.into_iter().collect::<BTreeSet<_>>(), ids(people, model.blocked_by(number).into_iter()));
        check_views(suite, people, model, number).await;
    }
}

/// What one sees of the others: not who has blocked them, and the address of who is connected.
async fn check_views(suite: &Suite, people: &[Person], model: &Model, viewer: usize) {
    let person = &people[viewer];
    let everybody: Vec<&str> = people.iter().map(|person| &*person.id).collect();
    let found = accounts(suite, Some(person), &everybody).await.unwrap();
    let found: BTreeMap<String, String> = found.into_iter().map(|account| (account.id, account.email)).collect();
    for (number, other) in people.iter().enumerate() {
        let list = connected(suite, Some(person), &other.id).await;
        let seen = account(suite, Some(person), &other.id).await;
        if !model.sees(viewer, number) {
            assert!(list.is_err() && seen.is_err() && !found.contains_key(&other.id));
            continue;
        }
        let is_known = viewer == number || model.tie(viewer, number) == Some(Tie::Connected);
        let address = if is_known { &*other.email } else { "" };
        assert_eq!((&*seen.unwrap().email, &*found[&other.id]), (address, address));
        let friends = (0..people.len()).filter(|friend| *friend != number && model.sees(viewer, *friend));
        let friends = friends.filter(|friend| model.tie(number, *friend) == Some(Tie::Connected));
        assert_eq!(list.unwrap().into_iter().collect::<BTreeSet<_>>(), ids(people, friends));
    }
}

#[test]
fn people_stand_to_each_other_as_they_want() {
    let runtime = Runtime::new().unwrap();
    let (suite, people) = runtime.block_on(async {
        let suite = Suite::start().await;
        let mut people = Vec::new();
        for name in ["Ann", "Ben", "Cem", "Dan"] {
            people.push(suite.user(name).await);
        }
        (suite, people)
    });
    let config = Config { cases: 12, max_shrink_iters: 50, failure_persistence: None, ..Config::default() };
    let steps = prop::collection::vec((0..PEOPLE, 0..PEOPLE, act()), 1..25);
    let checked = TestRunner::new(config).run(&steps, |steps| {
        runtime.block_on(async {
            let empty = "DELETE FROM account.connections; DELETE FROM account.connection_requests; \
                DELETE FROM account.blocks";
            suite.database.execute(empty).await;
            let mut model = Model::default();
            for (by, to, act) in steps {
                forget_attempts(&suite).await;
                let answer = perform(&suite, &people, by, to, &act).await;
                let answer = answer.map_err(|status| status::reason(&status).expect("a reason"));
                assert_eq!(answer, model.take(by, to, &act), "{by} {act:?} {to}");
            }
            check(&suite, &people, &model).await;
        });
        Ok(())
    });
    runtime.block_on(async { drop(suite) });
    checked.unwrap();
}
