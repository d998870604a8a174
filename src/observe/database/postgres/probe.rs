//! What a PostgreSQL server is asked, as one message.
//!
//! One simple query, so that it is one round trip: a read-only transaction that
//! is rolled back. What may fail without meaning that all fails (the stamp, the
//! control file, a table of the tripwire) stands in blocks of its own.
//!
//! - The search path is `pg_catalog` before anything else is looked up, since
//!   the role can set one by which tables, functions and operators of its own
//!   come first. Names are qualified all the same.
//! - No answer is compared in SQL with what the policy says.
//! - `row_security = off` makes a hidden row an error.
//! - What the blocks find travels in a setting of the transaction, which is
//!   written before it is read.

use std::fmt::Write as _;
use std::time::Duration;

use crate::policy::Tripwire;

/// The message, if nothing may take longer than `answer`.
pub(super) fn text(tripwires: &[Tripwire], answer: Duration) -> String {
    let answer = answer.as_millis().clamp(2, 1_000_000);
    let mut text = PROBE.replacen("/*answer*/", &answer.to_string(), 1).replacen(
        "/*lock*/",
        &(answer / 2).to_string(),
        1,
    );
    for tripwire in tripwires {
        text.push_str(&count(tripwire));
    }
    text.push_str(RESULT);
    text
}

fn count(tripwire: &Tripwire) -> String {
    let (schema, table) = tripwire.table.value.split_once('.').unwrap_or_default();
    let limit = tripwire.rows.map(|rows| (u64::from(rows) + 1).to_string());
    TRIPWIRE
        .replace("/*schema*/", &literal(Some(schema)))
        .replace("/*table*/", &literal(Some(table)))
        .replace("/*limit*/", &literal(limit.as_deref()))
        .replace("/*recent*/", &literal(tripwire.recent.as_deref()))
}

/// A literal that means the same however the server reads backslashes, quotes
/// and the end of a block.
///
/// MIRRORS: the policy takes letters, digits and underscores alone.
fn literal(text: Option<&str>) -> String {
    let Some(text) = text else { return "NULL::text".to_owned() };
    let mut literal = String::with_capacity(text.len() + 8);
    let plain = |c: &char| c.is_ascii_alphanumeric() || *c == '_';
    // Whatever fits has no character to escape; nothing else is ever a name.
    let _infallible = write!(literal, "'{}'::text", text.chars().filter(plain).collect::<String>());
    literal
}

/// Whether a connection is outside a transaction: then both are one time.
pub(super) const FREE: &str =
    "SELECT pg_catalog.now()::text, pg_catalog.statement_timestamp()::text";

const PROBE: &str = include_str!("probe.sql");
const TRIPWIRE: &str = include_str!("tripwire.sql");
const RESULT: &str = "\
SELECT p.r[i], p.r[i + 1], p.r[i + 2], p.r[i + 3]
  FROM (SELECT pg_catalog.current_setting('koomy_guard.probe')::text[] AS r) p,
       pg_catalog.generate_series(1, pg_catalog.cardinality(p.r), 4) i ORDER BY i;
ROLLBACK";
