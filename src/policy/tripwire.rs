//! The tables whose rows show that a database is in use.

use std::fmt;

use crate::source::Spanned;

/// A table whose rows show that a database is in use.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Tripwire {
    /// The table.
    pub table: Spanned<TableName>,
    /// How many rows it may have at most; any number when `None`.
    pub rows: Option<u32>,
    /// A column with the time at which a row was written.
    pub recent: Option<SqlName>,
}

/// A table with its schema or, in MySQL, its database: `schema.table`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableName {
    /// The schema.
    pub schema: SqlName,
    /// The table in it.
    pub table: SqlName,
}

impl TableName {
    /// Reads `schema.table`; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let (schema, table) = text.split_once('.')?;
        Some(Self { schema: SqlName::parse(schema)?, table: SqlName::parse(table)? })
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.schema, self.table)
    }
}

/// A name that cannot end its own quotes in SQL.
///
/// INVARIANT: one or more ASCII letters, ASCII digits and underscores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqlName(String);

impl SqlName {
    /// Reads a name; `None` if a character in it is not permitted.
    pub fn parse(text: &str) -> Option<Self> {
        let is_plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        (is_plain && !text.is_empty()).then(|| Self(text.to_owned()))
    }
}

impl fmt::Display for SqlName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_two_names_that_cannot_leave_their_quotes() {
        for good in ["public.users", "Public.Order_1", "1._"] {
            assert_eq!(TableName::parse(good).map(|name| name.to_string()).as_deref(), Some(good));
        }
        let bad = [
            "", ".", "users", "public.", ".users", "a.b.c", "a.b\"", "a.b`", "a'.b", "a.b c",
            "a.b\\", "a.b-", "a.é", "a. b", "a.b\0", "a.b;",
        ];
        for bad in bad {
            assert_eq!(TableName::parse(bad), None, "{bad}");
        }
    }
}
