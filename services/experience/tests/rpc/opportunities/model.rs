//! Whatever is done in whatever order: every shift has who came first, as many as it needs, and the others wait.

use connectus_proto::experience::v1::{InterestState, Opportunity};
use connectus_testkit::{Person, Suite};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use tokio::runtime::Runtime;

use super::{create, crowd, details, get, interests, moved, on, replace, sign_up, withdraw};
use crate::support::erase;

const PEOPLE: usize = 4;
const SHIFTS: usize = 2;

/// Something that somebody does.
#[derive(Clone, Debug)]
enum Step {
    SignUp(usize, usize),
    Withdraw(usize, Option<usize>),
    /// As many are needed.
    Need(i32),
    /// A shift is withdrawn, and another takes its place.
    Renew(usize),
    /// A shift is at another time.
    Move(usize),
    Erase(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let (person, shift) = (0..PEOPLE, 0..SHIFTS);
    prop_oneof![
        8 => (person.clone(), shift.clone()).prop_map(|(person, shift)| Step::SignUp(person, shift)),
        4 => (person.clone(), prop::option::of(shift.clone())).prop_map(|(person, shift)| Step::Withdraw(person, shift)),
        2 => (1..4).prop_map(Step::Need),
        1 => shift.clone().prop_map(Step::Renew),
        1 => shift.prop_map(Step::Move),
        1 => person.prop_map(Step::Erase),
    ]
}

/// A suite, and what must be in it.
struct Model<'a> {
    suite: &'a Suite,
    help: &'a Person,
    people: &'a [Person],
    opportunity: Opportunity,
    needed: i32,
    /// The shifts: the day, and who came, in their order.
    shifts: Vec<(i64, Vec<usize>)>,
    next_day: i64,
}

impl Model<'_> {
    fn most_taken(&self) -> usize {
        let needed = usize::try_from(self.needed).unwrap();
        self.shifts.iter().map(|(_, people)| people.len().min(needed)).max().unwrap()
    }

    async fn take(&mut self, step: Step) {
        match step {
            Step::SignUp(person, shift) => self.sign_up(person, shift).await,
            Step::Withdraw(person, shift) => self.withdraw(person, shift).await,
            Step::Need(needed) => {
                let wanted = self.wanted();
                let changed = replace(self.suite, self.help, &self.opportunity.id, details("x", needed), wanted).await;
                assert_eq!(changed.is_ok(), usize::try_from(needed).unwrap() >= self.most_taken());
                if let Ok(changed) = changed {
                    (self.needed, self.opportunity) = (needed, changed);
                }
            }
            Step::Renew(shift) => {
                let mut wanted = self.wanted();
                self.shifts[shift] = (self.next_day, Vec::new());
                wanted[shift] = on(self.next_day);
                self.change(wanted).await;
            }
            Step::Move(shift) => {
                let mut wanted = self.wanted();
                self.shifts[shift].0 = self.next_day;
                wanted[shift] = moved(&wanted[shift].shift_id, self.next_day);
                self.change(wanted).await;
            }
            Step::Erase(person) => {
                erase(self.suite, &self.people[person].id).await.unwrap();
                self.leave(person, None);
            }
        }
    }

    /// The shifts as they are, in the model's order.
    fn wanted(&self) -> Vec<connectus_proto::experience::v1::ShiftTimes> {
        (0..SHIFTS).map(|shift| moved(&self.id(shift), self.shifts[shift].0)).collect()
    }

    /// The id of a shift, found by its day.
    fn id(&self, shift: usize) -> String {
        let begin = on(self.shifts[shift].0).begin_time;
        let found = self.opportunity.shifts.iter().find(|shift| shift.begin_time == begin);
        found.expect("the shift").id.clone()
    }

    async fn change(&mut self, wanted: Vec<connectus_proto::experience::v1::ShiftTimes>) {
        self.next_day += 1;
        let changed = replace(self.suite, self.help, &self.opportunity.id, details("x", self.needed), wanted).await;
        self.opportunity = changed.unwrap();
    }

    async fn sign_up(&mut self, person: usize, shift: usize) {
        let id = self.id(shift);
        let index = self.opportunity.shifts.iter().position(|shift| shift.id == id).unwrap();
        let state = sign_up(self.suite, &self.people[person], &self.opportunity, index).await.unwrap();
        let came = &mut self.shifts[shift].1;
        if !came.contains(&person) {
            came.push(person);
        }
        assert_eq!(state, self.state(person, shift));
    }

    async fn withdraw(&mut self, person: usize, shift: Option<usize>) {
        let id = shift.map(|shift| self.id(shift)).unwrap_or_default();
        let withdrawn = withdraw(self.suite, &self.people[person], &self.opportunity.id, &id).await;
        assert_eq!(withdrawn.is_ok(), self.leave(person, shift));
    }

    /// Whether somebody was there who leaves.
    fn leave(&mut self, person: usize, shift: Option<usize>) -> bool {
        let mut left = false;
        for (_, (_, came)) in
            self.shifts.iter_mut().enumerate().filter(|(index, _)| shift.is_none_or(|one| one == *index))
        {
            left |= came.contains(&person);
            came.retain(|one| *one != person);
        }
        left
    }

    /// Where somebody stands who has come.
    fn state(&self, person: usize, shift: usize) -> InterestState {
        let place = self.shifts[shift].1.iter().position(|one| *one == person).unwrap();
        if place < usize::try_from(self.needed).unwrap() { InterestState::SignedUp } else { InterestState::Waiting }
    }

    async fn check(&self) {
        let seen = get(self.suite, None, &self.opportunity.id).await.unwrap();
        let listed = interests(self.suite, self.help, &self.opportunity.id).await;
        assert_eq!(listed.len(), self.shifts.iter().map(|(_, came)| came.len()).sum::<usize>());
        for (index, (_, came)) in self.shifts.iter().enumerate() {
            let id = self.id(index);
            let of_shift = listed.iter().rev().filter(|one| one.shift_id == id);
            let stand: Vec<_> = of_shift.map(|one| (one.user_id.clone(), one.state())).collect();
            let expected: Vec<_> =
                came.iter().map(|person| (self.people[*person].id.clone(), self.state(*person, index))).collect();
            assert_eq!(stand, expected);
            let shift = seen.shifts.iter().find(|shift| shift.id == id).unwrap();
            let signed_up = came.len().min(usize::try_from(self.needed).unwrap());
            let counts = (shift.signed_up_count, shift.waiting_count);
            assert_eq!(counts, (i32::try_from(signed_up).unwrap(), i32::try_from(came.len() - signed_up).unwrap()));
        }
    }
}

#[test]
fn who_came_first_has_a_place_and_no_shift_has_more_than_it_needs() {
    let runtime = Runtime::new().unwrap();
    let (suite, help, people) = runtime.block_on(async {
        let suite = Suite::start().await;
        let (help, people) = (suite.organization("Help").await, crowd(&suite, PEOPLE).await);
        (suite, help, people)
    });
    let config = Config { cases: 12, max_shrink_iters: 100, failure_persistence: None, ..Config::default() };
    let steps = prop::collection::vec(step(), 1..30);
    let checked = TestRunner::new(config).run(&steps, |steps| {
        runtime.block_on(async {
            suite.database.execute("DELETE FROM experience.opportunities").await;
            let opportunity = create(&suite, &help, "x", 1, &[0, 1]).await;
            let shifts = vec![(0, Vec::new()), (1, Vec::new())];
            let (suite, help, people) = (&suite, &help, &people);
            let mut model = Model { suite, help, people, opportunity, needed: 1, shifts, next_day: 2 };
            for step in steps {
                // However many changes it takes.
                suite.database.execute("DELETE FROM experience.throttles").await;
                model.take(step).await;
                model.check().await;
            }
        });
        Ok(())
    });
    runtime.block_on(async { drop(suite) });
    checked.unwrap();
}
