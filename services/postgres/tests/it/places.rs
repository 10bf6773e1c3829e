//! Where the data can be.

use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt, symlink},
    path::Path,
};

use connectus_postgres::StartError;
use nix::unistd::Uid;

use crate::{finds_mark, folder, leave_mark, start};

/// Starts a server twice, and finds the second time what the first one left.
async fn works(data: &Path) {
    let server = start(data).await.unwrap_or_else(|error| panic!("{}: {error}", data.display()));
    leave_mark(&server).await;
    let place = server.data_dir().to_owned();
    server.stop().await;
    let again = start(data).await.unwrap();
    assert_eq!(again.data_dir(), place, "the same place");
    assert!(finds_mark(&again).await, "{}", data.display());
    again.stop().await;
}

#[tokio::test]
async fn a_path_may_have_any_character() {
    let folder = folder();
    works(&folder.path().join("a b%20c, \"d\" 'e' #f?g&h@i:j=k+l\\m ü [n]")).await;
}

#[tokio::test]
async fn a_path_may_be_too_long_for_a_socket() {
    let folder = folder();
    works(&folder.path().join("x".repeat(120)).join("data")).await;
}

#[tokio::test]
async fn a_path_may_be_a_link_to_where_there_is_room() {
    let folder = folder();
    fs::create_dir(folder.path().join("disk")).unwrap();
    symlink(folder.path().join("disk"), folder.path().join("data")).unwrap();
    works(&folder.path().join("data")).await;
    assert!(folder.path().join("disk/postgres/PG_VERSION").exists());
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_named() {
    let folder = folder();
    fs::write(folder.path().join("file"), "").unwrap();
    let data = folder.path().join("file/data");
    let error = start(&data).await.unwrap_err();
    assert!(matches!(error, StartError::Folder(..)), "{error:?}");
    let begin = format!("cannot use {} for the database: ", data.display());
    assert!(error.to_string().starts_with(&begin), "{error}");
}

/// Says why a test that only root can make is not made.
fn is_root() -> bool {
    let is_root = Uid::effective().is_root();
    if !is_root {
        println!("skipped: only root gives its database another user, who may be kept out");
    }
    is_root
}

#[tokio::test]
async fn where_the_databases_user_cannot_get_root_takes_another_place_and_the_same_next_time() {
    if !is_root() {
        return;
    }
    let folder = folder();
    let home = folder.path().join("home");
    fs::create_dir(&home).unwrap();
    fs::set_permissions(&home, fs::Permissions::from_mode(0o700)).unwrap();
    let wanted = home.join(".connectus");
    let server = start(&wanted).await.unwrap();
    let place = server.data_dir().to_owned();
    server.stop().await;
    let is_usual = ["/var/lib/connectus", "/tmp/connectus"].iter().any(|parent| place.starts_with(parent));
    assert!(is_usual && !wanted.exists(), "{}", place.display());
    works(&wanted).await;

    let other = start(&home.join(".other")).await.unwrap();
    assert_ne!(other.data_dir(), place, "each wanted folder has a place of its own");
    let other_place = other.data_dir().to_owned();
    other.stop().await;
    for place in [place, other_place] {
        fs::remove_dir_all(place).unwrap();
    }
}

#[tokio::test]
async fn a_folder_that_was_there_stays_whose_it_is() {
    let folder = folder();
    let shared = folder.path().join("shared");
    fs::create_dir(&shared).unwrap();
    fs::set_permissions(&shared, fs::Permissions::from_mode(0o755)).unwrap();
    works(&shared).await;
    let left = fs::metadata(&shared).unwrap();
    assert_eq!((left.uid(), left.mode() & 0o777), (Uid::effective().as_raw(), 0o755));
    assert_eq!(fs::metadata(shared.join("postgres")).unwrap().mode() & 0o777, 0o700);
}

#[tokio::test]
async fn what_somebody_else_put_in_the_way_is_not_used() {
    let folder = folder();
    let data = folder.path().join("y".repeat(120));
    let server = start(&data).await.unwrap();
    let url = server.url("postgres").replace("%2F", "/");
    server.stop().await;
    let socket = url.strip_prefix("postgres://connectus@").unwrap().strip_suffix("/postgres").unwrap();
    assert!(socket.starts_with("/tmp/"), "{socket}");
    assert!(!Path::new(socket).exists(), "it leaves nothing there");

    let victim = folder.path().join("victim");
    fs::create_dir(&victim).unwrap();
    fs::set_permissions(&victim, fs::Permissions::from_mode(0o755)).unwrap();
    symlink(&victim, socket).unwrap();
    let outcome = start(&data).await.map(|server| server.data_dir().to_owned());
    fs::remove_file(socket).unwrap();
    let error = outcome.unwrap_err();
    assert!(matches!(error, StartError::Folder(..)), "{error:?}");
    let left = fs::metadata(&victim).unwrap();
    assert_eq!((left.uid(), left.mode() & 0o777), (Uid::effective().as_raw(), 0o755), "it is as it was");
}
