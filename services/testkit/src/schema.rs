//! The tables of a database as diesel's `table!` macros, to tell whether those in the code are still the same.

use std::fmt::Write;

use crate::Database;

const COLUMNS: &str = "SELECT c.relname, a.attname, format_type(a.atttypid, NULL), NOT a.attnotnull, \
        (SELECT string_agg(k.attname, ', ' ORDER BY array_position(i.indkey::int2[], k.attnum)) \
         FROM pg_index i JOIN pg_attribute k ON k.attrelid = c.oid AND k.attnum = ANY (i.indkey) \
         WHERE i.indrelid = c.oid AND i.indisprimary) \
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
    WHERE n.nspname = $1 AND c.relkind = 'r' AND c.relname <> '__diesel_schema_migrations' \
    ORDER BY c.relname, a.attnum";

/// The `table!` macro of one table, as the code must have it.
pub async fn table(database: &Database, schema: &str, name: &str) -> String {
    tables(database, schema).await.into_iter().find(|(table, _)| table == name).expect("the table").1
}

/// Every table of a schema, by its name, with its `table!` macro.
pub async fn tables(database: &Database, schema: &str) -> Vec<(String, String)> {
    let mut tables: Vec<(String, String)> = Vec::new();
    for row in database.connect().await.query(COLUMNS, &[&schema]).await.unwrap() {
        let (table, column, key): (String, String, String) = (row.get(0), row.get(1), row.get(4));
        if tables.last().is_none_or(|(last, _)| *last != table) {
            tables.push((table.clone(), format!("diesel::table! {{\n    {table} ({key}) {{\n")));
        }
        let (_, text) = tables.last_mut().expect("it was pushed");
        writeln!(text, "        {column} -> {},", rust_type(row.get(2), row.get(3))).unwrap();
    }
    for (_, text) in &mut tables {
        text.push_str("    }\n}\n");
    }
    tables
}

fn rust_type(sql: &str, is_nullable: bool) -> String {
    let (element, is_array) = sql.strip_suffix("[]").map_or((sql, false), |element| (element, true));
    let name = match element {
        "bigint" => "Int8",
        "boolean" => "Bool",
        "bytea" => "Bytea",
        "date" => "Date",
        "double precision" => "Float8",
        "integer" => "Int4",
        "jsonb" => "Jsonb",
        "text" => "Text",
        "timestamp with time zone" => "Timestamptz",
        "uuid" => "Uuid",
        other => panic!("{other} has no diesel type here yet"),
    };
    let name = if is_array { format!("Array<{name}>") } else { name.to_owned() };
    if is_nullable { format!("Nullable<{name}>") } else { name }
}
