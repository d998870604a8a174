//! What a PostgreSQL server is asked.
//!
//! Several messages that are sent together, so that all of them are one round
//! trip, and one that fails (there is no stamp, the control file is not for
//! everybody) leaves the others alone. Each is a read-only transaction of its
//! own that needs no other: a pooler may give each to another session. In which
//! server it was answered is a part of each answer.
//!
//! - The search path is `pg_catalog` before anything else is looked up, since
//!   the role can set one by which tables, functions and operators of its own
//!   come first. Names are qualified all the same.
//! - Catalogs are filtered by functions. A new session looks up and plans an
//!   operator in several times as long.
//! - No answer is compared in SQL with what the policy says.

use std::time::Duration;

use crate::policy::{TableName, Tripwire};

/// Whether a connection is outside a transaction: then both are one time.
pub(super) const FREE: &str =
    "SELECT pg_catalog.now()::pg_catalog.text, pg_catalog.statement_timestamp()::pg_catalog.text";

/// The messages, if none may take longer than `answer`: the session, the control
/// file, the stamp, and one for each tripwire.
pub(super) fn messages(tripwires: &[Tripwire], answer: Duration) -> Vec<String> {
    let answer = answer.as_millis().clamp(2, 1_000_000);
    let [catalog, table] = [
        format!("{BEGIN} = {answer}; "),
        // DELIBERATE: a row that a policy hides is an error, and not absent.
        format!("{BEGIN} = {answer}; SET LOCAL lock_timeout = {}; {TABLE}; ", answer / 2),
    ];
    let mut messages = vec![catalog.clone() + SESSION, catalog + CONTROL, table.clone() + STAMP];
    messages.extend(tripwires.iter().map(|tripwire| table.clone() + &count(tripwire)));
    messages
}

/// The rows of a table, counted no further than they have to be.
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

/// DELIBERATE: the level, because a session may have one that waits for others.
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
    fn every_function_says_where_it_comes_from() {
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
