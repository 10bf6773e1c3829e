//! Starting, stopping, and what becomes of the data.

use std::fs;

use connectus_postgres::{Durability, Options, Postgres, StartError};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use crate::{connect, finds_mark, folder, is_running, leave_mark, start};

#[tokio::test]
async fn what_was_written_is_there_after_a_restart() {
    let folder = folder();
    let options = Options { data_dir: folder.path().join("data"), durability: Durability::Safe };
    let server = Postgres::start(&options).await.unwrap();
    assert_eq!(server.data_dir(), options.data_dir);
    leave_mark(&server).await;
    let pid = server.pid().unwrap();
    server.stop().await;
    assert!(!is_running(pid));

    let again = Postgres::start(&options).await.unwrap();
    assert!(finds_mark(&again).await);
    again.stop().await;
}

#[tokio::test]
async fn durability_is_as_it_was_asked_for() {
    for (durability, expected) in [(Durability::Safe, "on"), (Durability::Throwaway, "off")] {
        let folder = folder();
        let server = Postgres::start(&Options { data_dir: folder.path().join("data"), durability }).await.unwrap();
        let client = connect(&server).await;
        for setting in ["fsync", "synchronous_commit", "full_page_writes"] {
            let value: String = client.query_one(&format!("SHOW {setting}"), &[]).await.unwrap().get(0);
            assert_eq!(value, expected, "{setting}");
        }
        server.stop().await;
    }
}

#[tokio::test]
async fn nobody_reaches_it_but_through_its_own_socket() {
    let folder = folder();
    let server = start(&folder.path().join("data")).await.unwrap();
    let client = connect(&server).await;
    for (setting, expected) in [("listen_addresses", ""), ("unix_socket_permissions", "0700")] {
        let value: String = client.query_one(&format!("SHOW {setting}"), &[]).await.unwrap().get(0);
        assert_eq!(value, expected, "{setting}");
    }
    for private in ["data", "data/socket", "data/postgres"] {
        let mode = std::os::unix::fs::MetadataExt::mode(&fs::metadata(folder.path().join(private)).unwrap());
        assert_eq!(mode & 0o777, 0o700, "{private}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_second_one_on_the_same_data_is_refused_and_does_the_first_no_harm() {
    let folder = folder();
    let data = folder.path().join("data");
    let server = start(&data).await.unwrap();
    leave_mark(&server).await;
    let error = start(&data).await.unwrap_err();
    assert!(matches!(&error, StartError::InUse(used) if *used == data), "{error:?}");
    let expected = format!("the database in {} is in use: is ConnectUS running already?", data.display());
    assert_eq!(error.to_string(), expected);
    assert!(finds_mark(&server).await);
    server.stop().await;
}

#[tokio::test]
async fn of_several_that_start_at_once_one_runs_and_the_others_say_that_it_does() {
    for has_data in [false, true] {
        let folder = folder();
        let data = folder.path().join("data");
        if has_data {
            start(&data).await.unwrap().stop().await;
        }
        let (one, two, three) = tokio::join!(start(&data), start(&data), start(&data));
        let (mut running, mut refused) = (Vec::new(), Vec::new());
        for outcome in [one, two, three] {
            match outcome {
                Ok(server) => running.push(server),
                Err(error) => refused.push(error),
            }
        }
        assert!(refused.iter().all(|error| matches!(error, StartError::InUse(_))), "{refused:?}");
        assert_eq!((running.len(), refused.len()), (1, 2));
        running.remove(0).stop().await;
    }
}

#[tokio::test]
async fn a_database_whose_making_was_cut_short_is_made_again() {
    let folder = folder();
    let data = folder.path().join("data");
    fs::create_dir_all(data.join("unfinished/base")).unwrap();
    fs::write(data.join("unfinished/PG_VERSION"), "15\n").unwrap();
    let server = start(&data).await.unwrap();
    leave_mark(&server).await;
    assert!(!data.join("unfinished").exists());
    server.stop().await;
}

#[tokio::test]
async fn who_stops_waiting_for_the_start_leaves_nothing_running() {
    let folder = folder();
    let data = folder.path().join("data");
    let begun = async {
        while !data.join("unfinished/base").exists() {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        _ = start(&data) => panic!("it was too fast"),
        () = begun => {}
    }
    let server = start(&data).await.unwrap();
    leave_mark(&server).await;
    server.stop().await;
}

#[tokio::test]
async fn a_killed_server_recovers() {
    let folder = folder();
    let data = folder.path().join("data");
    let server = Postgres::start(&Options { data_dir: data.clone(), durability: Durability::Safe }).await.unwrap();
    leave_mark(&server).await;
    let pid = server.pid().unwrap();
    kill(Pid::from_raw(pid.cast_signed()), Signal::SIGKILL).unwrap();
    drop(server);
    let again = start(&data).await.unwrap();
    assert!(finds_mark(&again).await);
    again.stop().await;
}

#[tokio::test]
async fn a_dropped_server_stops_by_itself_and_can_be_started_at_once() {
    let folder = folder();
    let data = folder.path().join("data");
    let server = start(&data).await.unwrap();
    leave_mark(&server).await;
    drop(server);
    let again = start(&data).await.unwrap();
    assert!(finds_mark(&again).await);
    again.stop().await;
}

#[tokio::test]
async fn data_that_cannot_be_used_is_left_alone_and_where_to_look_is_said() {
    let folder = folder();
    let data = folder.path().join("data");
    start(&data).await.unwrap().stop().await;
    fs::write(data.join("postgres/PG_VERSION"), "9.6\n").unwrap();
    let error = start(&data).await.unwrap_err();
    let log = data.join("postgres.log");
    assert_eq!(error.to_string(), format!("postgres does not start; see {}", log.display()));
    assert!(fs::read_to_string(log).unwrap().contains("9.6"));
    assert_eq!(fs::read_to_string(data.join("postgres/PG_VERSION")).unwrap(), "9.6\n");
}
