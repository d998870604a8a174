//! The questions to a PostgreSQL server.
//!
//! Several messages are sent together, so that all take one round trip, and one that
//! fails (there is no stamp, or the role may not read the control file) leaves the others
//! alone. Each is a read-only transaction of its own that depends on no other, since a
//! pooler may send each to another session. Each answer contains the server that it came
//! from.
//!
//! - The search path is set to `pg_catalog` before anything else is looked up, since a
//!   role may set one in which its own tables, functions and operators come first. Names
//!   are qualified all the same.
//! - Catalogs are filtered by functions, because a new session takes several times as
//!   long to look up and plan an operator.
//! - No answer is compared in SQL with what the policy says.

use std::time::Duration;

use crate::policy::{TableName, Tripwire};

/// Whether a connection is outside a transaction: then both times are the same.
pub(super) const FREE: &str =
    "SELECT pg_catalog.now()::pg_catalog.text, pg_catalog.statement_timestamp()::pg_catalog.text";

/// The messages, each limited to `answer`: the session, the control file, the stamp, and
/// one for each tripwire.
pub(super) fn messages(tripwires: &[Tripwire], answer: Duration) -> Vec<String> {
    let answer = answer.as_millis().clamp(2, 1_000_000);
    let [catalog, table] = [
        format!("{BEGIN} = {answer}; "),
        // DELIBERATE: a row that is hidden by a row security policy is an error, not
        // absent.
        format!("{BEGIN} = {answer}; SET LOCAL lock_timeout = {}; {TABLE}; ", answer / 2),
    ];
    let mut messages = vec![catalog.clone() + SESSION, catalog + CONTROL, table.clone() + STAMP];
    messages.extend(tripwires.iter().map(|tripwire| table.clone() + &count(tripwire)));
    messages
}

/// Counts the rows of a table, no further than necessary.
fn count(tripwire: &Tripwire) -> String {
    let TableName { schema, table } = &tripwire.table.value;
    let table = format!("\"{schema}\".\"{table}\"");
    let rows = tripwire.rows.map(|rows| {
        let limit = u64::from(rows) + 1;
        format!("(SELECT pg_catalog.count(*) FROM (SELECT FROM {table} LIMIT {limit}) x)")
    });
    let recent = tripwire.recent.as_ref().map(|column| {
        let day = "pg_catalog.now() - '1 day'::pg_catalog.interval";
        format!("EXISTS (SELECT FROM {table} x WHERE x.\"{column}\" > {day})")
    });
    let [rows, recent] = [rows, recent].map(|part| part.unwrap_or_else(|| "NULL".to_owned()));
    format!(
        "SELECT 'tripwire', pg_catalog.pg_postmaster_start_time(), pg_catalog.current_database(), \
         {rows}, {recent}"
    )
}

const SESSION: &str = include_str!("session.sql");
const STAMP: &str = include_str!("stamp.sql");
const CONTROL: &str = "SELECT 'control', pg_catalog.pg_postmaster_start_time(), \
     pg_catalog.current_database(), c.system_identifier FROM pg_catalog.pg_control_system() c";

/// DELIBERATE: sets the level, because a session's own may be one that waits for others.
const BEGIN: &str = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED, READ ONLY; \
     SET LOCAL search_path = pg_catalog, pg_temp; SET LOCAL statement_timeout";
const TABLE: &str = "SET LOCAL row_security = off; SET LOCAL DateStyle = 'ISO, YMD'";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::SqlName;
    use crate::source::{Span, Spanned};

    fn tripwire(table: &str, rows: Option<u32>, recent: Option<&str>) -> Tripwire {
        let table = Spanned { value: TableName::parse(table).unwrap(), span: Span::default() };
        Tripwire { table, rows, recent: recent.and_then(SqlName::parse) }
    }

    #[test]
    fn each_message_is_read_only_bounded_and_resolves_names_in_the_catalog() {
        let tripwires = [tripwire("public.t", Some(1), Some("at"))];
        for (answer, bound) in [(Duration::from_secs(5), 5000), (Duration::ZERO, 2)] {
            let messages = messages(&tripwires, answer);
            assert_eq!(messages.len(), 4);
            for message in messages {
                let begin = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED, READ ONLY; \
                    SET LOCAL search_path = pg_catalog, pg_temp; SET LOCAL statement_timeout";
                let begin = format!("{begin} = {bound}; ");
                assert!(message.starts_with(&begin), "{message}");
                assert!(!message.contains('\\'), "{message}");
            }
        }
    }

    #[test]
    fn a_table_is_counted_as_far_as_the_policy_asks() {
        let rows = count(&tripwire("s.T", Some(u32::MAX), None));
        let expected =
            "(SELECT pg_catalog.count(*) FROM (SELECT FROM \"s\".\"T\" LIMIT 4294967296) x), NULL";
        assert!(rows.ends_with(expected), "{rows}");
        let recent = count(&tripwire("s.T", None, Some("madeAt")));
        assert!(
            recent.contains("NULL, EXISTS (SELECT FROM \"s\".\"T\" x WHERE x.\"madeAt\" > "),
            "{recent}"
        );
    }

    #[test]
    fn every_function_is_qualified() {
        let count = count(&tripwire("s.t", Some(1), Some("at")));
        for sql in [SESSION, CONTROL, STAMP, FREE, &count] {
            let words = sql.split(|c: char| !(c.is_ascii_alphanumeric() || "_.(".contains(c)));
            let calls = words.filter_map(|word| word.split_once('('));
            for (function, _) in calls.filter(|(function, _)| !function.is_empty()) {
                let is_keyword = ["EXISTS", "COALESCE"].contains(&function);
                assert!(is_keyword || function.starts_with("pg_catalog."), "{function}");
            }
        }
    }
}
