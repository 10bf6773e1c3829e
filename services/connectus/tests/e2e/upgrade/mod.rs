//! From the release before to this one and back, while it is used: the schema first, then one replica after the other.

mod legacy;

use connectus_testkit::{Api, Database, MailServer, eventually};

use crate::{
    calm::{
        Kill,
        fleet::{Fleet, REPLICAS},
        gateways::Gateways,
        people::{self, Call, Deed, People},
        truth::{self, is_whole},
    },
    contract::world::member,
    release::Release,
};
use legacy::Legacy;

/// How many calls are answered before the next replica is replaced.
const CALLS_BETWEEN: usize = 40;

/// A suite on the way from one release to another.
struct Upgrade {
    fleet: Fleet,
    people: People,
    api: Api,
    mail: MailServer,
    database: Database,
    /// When replicas went of a release that loses calls then.
    losses: Vec<Kill>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes the release before: deploy/test.sh upgrade"]
async fn a_suite_is_upgraded_and_rolled_back_while_it_is_used() {
    let (before, this) = (Release::before().await, Release::this());
    let (mut upgrade, legacy) = Upgrade::start(&before).await;
    let people = upgrade.people.clone();
    let upgrading = async {
        upgrade.until_called().await;
        this.migrate(&upgrade.database).await;
        upgrade.until_called().await;
        upgrade.replace(&before, &this, ["Cleo", "Dora"]).await;
        // Who goes back may well run the older one's migration.
        before.migrate(&upgrade.database).await;
        upgrade.replace(&this, &before, ["Eve", "Fay"]).await;
        upgrade.replace(&before, &this, ["Gwen", "Hope"]).await;
        upgrade.people.end();
    };
    tokio::join!(people.run(0), upgrading);
    upgrade.loses_nothing(legacy).await;
}

impl Upgrade {
    /// Starts a release on a database where nobody has been, and leaves something there.
    async fn start(release: &Release) -> (Self, Legacy) {
        let (database, mail) = (Database::empty().await, MailServer::start().await);
        release.migrate(&database).await;
        truth::prepare(&database).await;
        println!("the schemas that change: {:?}", behind(&database).await);
        let fleet = Fleet::start(release, &database, &mail).await;
        let addresses = fleet.gateways();
        let api = Api::new(format!("http://{}", addresses[0]));
        let (ann, ben) = (member(&api, &mail, "Ann").await, member(&api, &mail, "Ben").await);
        let legacy = Legacy::leave(&api, &mail, &database, &ben).await;
        let people =
            People::new(&fleet, Gateways::new(addresses, !release.is_calm), ann, ben).await.doing(deeds(release));
        (Self { fleet, people, api, mail, database, losses: Vec::new() }, legacy)
    }

    /// Replaces one replica of each role and then the other, which has either release call the other. When half is done, and when
    /// all is, somebody joins.
    async fn replace(&mut self, old: &Release, new: &Release, newcomers: [&str; 2]) {
        for (half, newcomer) in newcomers.into_iter().enumerate() {
            for replica in (half..REPLICAS).step_by(2) {
                let (began, ended) = self.fleet.replace(replica, new).await;
                if !old.is_calm {
                    self.losses.push(Kill { replica, began, ended });
                }
                self.until_called().await;
            }
            member(&self.api, &self.mail, newcomer).await;
        }
    }

    /// Waits until there were some more calls.
    async fn until_called(&self) {
        let before = self.people.answered();
        eventually("there are more calls", async || (self.people.answered() >= before + CALLS_BETWEEN).then_some(()))
            .await;
    }

    /// Sees that all that was done is there, and that what the release before has left can be gone on with.
    async fn loses_nothing(&self, legacy: Legacy) {
        let calls = self.people.calls();
        let failed: Vec<&Call> = calls.iter().filter(|call| call.failure.is_some()).collect();
        println!("{} of {} calls failed, while replicas ended that lose them", failed.len(), calls.len());
        for call in &failed {
            // Each loss is that of a release that is not calm.
            assert!(self.losses.iter().any(|loss| loss.hits(call)), "no end has done that: {call:#?}");
        }
        truth::hurry(&self.database).await;
        for call in failed {
            let again = async || self.people.attempt(call.deed, &call.what).await.ok();
            eventually(&format!("{call:?} is done again"), again).await;
        }
        self.people.repeat(&calls).await;
        legacy.is_good(&self.api, &self.mail, &self.database).await;
        is_whole(&self.database, &self.mail, &calls, 0).await;
    }
}

/// What people may do. Gateways of releases that are not calm lose what tells a browser that its write is done.
fn deeds(release: &Release) -> &'static [Deed] {
    let all = &people::DEEDS;
    if release.is_calm { all } else { &all[..all.len() - 1] }
}

/// The services whose schema a database has in an older form.
async fn behind(database: &Database) -> Vec<&'static str> {
    let mut behind = Vec::new();
    for schema in connectus::schemas() {
        let service = schema.service;
        if !schema.is_current(database.url()).await.unwrap() {
            behind.push(service);
        }
    }
    behind
}
