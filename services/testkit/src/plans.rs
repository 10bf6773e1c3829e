//! How PostgreSQL carries statements out: every plan, in its log, with the rows that each step looked at.

use crate::Database;

const EXPLAIN: &str = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET session_preload_libraries = auto_explain', \
    current_database()); END $$; \
    DO $$ DECLARE setting text; BEGIN FOREACH setting IN ARRAY ARRAY[\
        'log_min_duration = 0', 'log_analyze = on', 'log_timing = off', 'log_parameter_max_length = 0'] \
    LOOP EXECUTE format('ALTER DATABASE %I SET auto_explain.%s', current_database(), setting); END LOOP; END $$;";

/// Has every plan written down that is run in a database by connections from now on.
pub async fn explain(database: &Database) {
    database.execute(EXPLAIN).await;
}

/// The most rows that one step of the plans in a log answered, or looked at in vain.
pub fn most_rows(log: &str) -> u64 {
    log.lines().map(rows).max().unwrap_or_default()
}

fn rows(line: &str) -> u64 {
    let number = |text: &str| text.split(|c: char| !c.is_ascii_digit()).next().and_then(|digits| digits.parse().ok());
    if let Some((_, removed)) = line.split_once("Rows Removed by Filter: ") {
        return number(removed).expect("a number");
    }
    let Some((_, actual)) = line.split_once("(actual rows=") else { return 0 };
    let (_, loops) = actual.split_once("loops=").expect("how often");
    number(actual).zip(number(loops)).map(|(rows, loops): (u64, u64)| rows * loops).expect("numbers")
}
