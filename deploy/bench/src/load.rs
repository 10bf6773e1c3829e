//! Fills a database with accounts and what they have, as many as are to be measured among.

use std::{path::PathBuf, time::Instant};

use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};

use crate::{Outcome, database::Database, machine, suite};

/// Everybody's password.
pub(crate) const PASSWORD: &str = "correct horse battery";

const IDS: &str = include_str!("sql/ids.sql");
const ROWS: [&str; 4] = [
    include_str!("sql/accounts.sql"),
    include_str!("sql/experiences.sql"),
    include_str!("sql/social.sql"),
    include_str!("sql/community.sql"),
];

/// Faster without them: rows may come in any order, nobody asks for each one's safety, and indexes are made in the end.
const QUICKLY: &str =
    "SET session_replication_role = replica; SET synchronous_commit = off; SET maintenance_work_mem = '512MB';";

/// Takes away what a load that was cut short has left.
const EMPTY: &str = "TRUNCATE auth.accounts, account.accounts, account.name_words, experience.experiences, social.posts, social.boxes, \
    community.communities, community.activities, community.handles CASCADE";

/// Drops the indexes, and keeps what makes them.
const KEEP: &str = "CREATE TABLE IF NOT EXISTS bench.kept AS SELECT * FROM bench.indexes; \
    INSERT INTO bench.kept SELECT * FROM bench.indexes EXCEPT SELECT * FROM bench.kept; \
    DO $$ DECLARE name text; BEGIN FOR name IN SELECT i.name FROM bench.indexes AS i \
    LOOP EXECUTE 'DROP INDEX ' || name; END LOOP; END $$";

/// argon2id as auth has it.
pub(crate) fn argon2id() -> Outcome<Argon2<'static>> {
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(19 * 1024, 2, 1, Some(32))?))
}

/// Where the database with so many accounts is.
fn folder(rows: u64) -> PathBuf {
    machine::target().join("bench").join(format!("accounts-{rows}"))
}

/// A database with so many accounts: the one from last time, or a new one.
pub(crate) async fn database(rows: u64) -> Outcome<Database> {
    let database = Database::start(&folder(rows)).await?;
    suite::migrate(&database).await?;
    if !is_loaded(&database).await? {
        load(&database, rows).await?;
    }
    Ok(database)
}

async fn is_loaded(database: &Database) -> Outcome<bool> {
    Ok(database.number("SELECT count(*) FROM pg_tables WHERE schemaname = 'bench' AND tablename = 'loaded'").await? > 0)
}

async fn load(database: &Database, rows: u64) -> Outcome<()> {
    let began = Instant::now();
    database.execute(EMPTY).await?;
    database.execute(IDS).await?;
    database.execute(KEEP).await?;
    let hash = argon2id()?.hash_password_with_salt(PASSWORD.as_bytes(), b"the salt of all.")?.to_string();
    let statements: Vec<String> = ROWS
        .iter()
        .map(|sql| format!("{QUICKLY} {}", sql.replace("ROWS", &rows.to_string()).replace("HASH", &hash)))
        .collect();
    let parts = statements.iter().map(|sql| database.execute_apart(sql));
    futures::future::try_join_all(parts).await?;
    println!("{rows} accounts in {:.0?}", began.elapsed());
    make_indexes(database).await?;
    database.execute("VACUUM (ANALYZE)").await?;
    database.execute("CREATE TABLE bench.loaded ()").await?;
    println!("loaded in {:.0?}", began.elapsed());
    Ok(())
}

/// Makes what was dropped by two connections, since there are two processors at least; the slowest comes first.
async fn make_indexes(database: &Database) -> Outcome<()> {
    const DEFINITIONS: &str =
        "SELECT definition FROM bench.kept ORDER BY name <> 'account.accounts_search_typos', name";
    let definitions = database.texts(DEFINITIONS).await?;
    let (slowest, others) = definitions.split_at(definitions.len().min(1));
    let sql = |definitions: &[String]| format!("{QUICKLY} {}", definitions.join(";"));
    let (slowest, others) = (sql(slowest), sql(others));
    tokio::try_join!(database.execute_apart(&slowest), database.execute_apart(&others))?;
    database.execute("DROP TABLE bench.kept").await
}
