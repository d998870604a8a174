//! The questions to a MySQL server, and how its answers are read.

use std::collections::BTreeSet;
use std::io;

use mysql::prelude::Queryable;
use mysql::{Conn, DriverError, Error, Row, Value};

use super::super::failure::{Code, Failure};
use super::super::tls;
use super::code::*;
use super::grants;
use crate::facts::{Counted, Identity, Role, Rows, Server, StampState, Tables};
use crate::policy::{SqlName, TableName, Tripwire};

type Cells = Vec<Option<String>>;

/// Asks the server of a connection who it is.
pub(super) fn ask(connection: &mut Conn, tripwires: &[Tripwire]) -> Result<Identity, Failure> {
    // Gives quotes their default meaning, whatever the server prefers.
    run(connection, "SET SESSION sql_mode = ''")?;
    run(connection, "START TRANSACTION READ ONLY")?;
    let [database, hostname, version, role, read_only, tables] = one(connection, IDENTITY)?;
    let (database, role) = (name(database)?, name(role)?);
    let identity = Identity {
        server: Server::MySql { hostname: name(hostname)?, uuid: uuid(connection)? },
        version: name(version)?,
        role: Role { rights: grants::rights(&grants(connection)?, &database), name: role },
        database,
        address: None,
        read_only: yes(read_only)?,
        traces: BTreeSet::new(),
        stamp: StampState::No {
            tables: if yes(tables)? { Tables::Present } else { Tables::Absent },
        },
        tripwires: counts(connection, tripwires)?,
    };
    run(connection, "ROLLBACK")?;
    Ok(identity)
}

fn uuid(connection: &mut Conn) -> Result<Option<String>, Failure> {
    match query(connection, "SELECT @@server_uuid") {
        Ok(rows) => single(rows).and_then(|[uuid]| name(uuid)).map(Some),
        // MariaDB has no such variable.
        Err(Error::MySqlError(error)) if error.code == ER_UNKNOWN_SYSTEM_VARIABLE => Ok(None),
        Err(error) => Err(failure(&error)),
    }
}

fn grants(connection: &mut Conn) -> Result<Vec<String>, Failure> {
    let rows = query(connection, "SHOW GRANTS").map_err(|error| failure(&error))?;
    rows.into_iter().map(|row| row.into_iter().next().flatten().ok_or(Failure::Answer)).collect()
}

fn counts(connection: &mut Conn, tripwires: &[Tripwire]) -> Result<Vec<Counted>, Failure> {
    let counted = |tripwire: &Tripwire| {
        let rows = match seen(connection, tripwire) {
            Ok(rows) | Err(Uncounted::Known(rows)) => rows,
            Err(Uncounted::Failed(failure)) => return Err(failure),
        };
        Ok(Counted { table: tripwire.table.value.to_string(), rows })
    };
    tripwires.iter().map(counted).collect()
}

fn seen(connection: &mut Conn, tripwire: &Tripwire) -> Result<Rows, Uncounted> {
    let mut table = Table { connection, name: &tripwire.table.value };
    let too_many = tripwire.rows.map_or(Ok(false), |most| table.has_more_than(most))?;
    let recent = tripwire.recent.as_ref().map_or(Ok(false), |column| table.is_recent(column))?;
    Ok(Rows::Seen { too_many, recent })
}

/// A table that is being counted.
struct Table<'a> {
    connection: &'a mut Conn,
    name: &'a TableName,
}

impl Table<'_> {
    /// Counts no further than necessary.
    fn has_more_than(&mut self, most: u32) -> Result<bool, Uncounted> {
        let TableName { schema, table } = self.name;
        let limit = u64::from(most) + 1;
        let sql = format!(
            "SELECT COUNT(*) = {limit} FROM (SELECT 1 FROM `{schema}`.`{table}` LIMIT {limit}) x"
        );
        let [is_more] = single(query(self.connection, &sql)?)?;
        Ok(yes(is_more)?)
    }

    /// DELIBERATE: the server compares any two values, and something that is not a time
    /// would never be recent. A column that the server does not list is not known to be a
    /// time.
    fn is_recent(&mut self, column: &SqlName) -> Result<bool, Uncounted> {
        let TableName { schema, table } = self.name;
        let sql = format!(
            "SELECT EXISTS (SELECT 1 FROM `{schema}`.`{table}` x \
                WHERE x.`{column}` > NOW() - INTERVAL 1 DAY), \
             (SELECT COALESCE(MIN(DATA_TYPE IN ('date', 'datetime', 'timestamp')), 0) \
                FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = '{schema}' \
                AND TABLE_NAME = '{table}' AND COLUMN_NAME = '{column}')"
        );
        let [recent, is_time] = single(query(self.connection, &sql)?)?;
        let recent = yes(recent)?;
        if yes(is_time)? {
            Ok(recent)
        } else {
            Err(Uncounted::because("the column named by `recent` does not hold a time"))
        }
    }
}

/// Why the rows of a table were not counted.
enum Uncounted {
    /// What is known about the table instead.
    Known(Rows),
    /// Nothing is known about the server either.
    Failed(Failure),
}

impl Uncounted {
    fn because(why: &str) -> Self {
        Self::Known(Rows::Unreadable { why: why.to_owned() })
    }
}

impl From<Error> for Uncounted {
    fn from(error: Error) -> Self {
        let Error::MySqlError(refusal) = &error else { return Self::Failed(failure(&error)) };
        match refusal.code {
            ER_NO_SUCH_TABLE | ER_BAD_DB_ERROR => Self::Known(Rows::NoTable),
            ER_TABLEACCESS_DENIED_ERROR
            | ER_COLUMNACCESS_DENIED_ERROR
            | ER_DBACCESS_DENIED_ERROR => Self::because("the role has no right to read it"),
            _ => Self::because("counting it fails"),
        }
    }
}

impl From<Failure> for Uncounted {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

fn run(connection: &mut Conn, sql: &str) -> Result<(), Failure> {
    connection.query_drop(sql).map_err(|error| failure(&error))
}

fn one<const N: usize>(connection: &mut Conn, sql: &str) -> Result<[Option<String>; N], Failure> {
    single(query(connection, sql).map_err(|error| failure(&error))?)
}

fn single<const N: usize>(rows: Vec<Cells>) -> Result<[Option<String>; N], Failure> {
    let [row] = <[Cells; 1]>::try_from(rows).map_err(|_| Failure::Answer)?;
    row.try_into().map_err(|_| Failure::Answer)
}

/// The rows as texts; `None` for a cell that is not text.
fn query(connection: &mut Conn, sql: &str) -> Result<Vec<Cells>, Error> {
    let rows: Vec<Row> = connection.query(sql)?;
    let cell = |value| match value? {
        Value::Bytes(bytes) => String::from_utf8(bytes).ok(),
        Value::Int(number) => Some(number.to_string()),
        Value::UInt(number) => Some(number.to_string()),
        _ => None,
    };
    // DELIBERATE: `Row::unwrap` panics if a cell was taken.
    Ok(rows.into_iter().map(|row| row.unwrap_raw().into_iter().map(cell).collect()).collect())
}

fn yes(text: Option<String>) -> Result<bool, Failure> {
    match text.as_deref() {
        Some("0" | "OFF") => Ok(false),
        Some("1" | "ON") => Ok(true),
        Some(_) | None => Err(Failure::Answer),
    }
}

fn name(text: Option<String>) -> Result<String, Failure> {
    super::super::common::name(text.as_deref())
}

/// Translates the driver's error.
pub(super) fn failure(error: &Error) -> Failure {
    match error {
        Error::MySqlError(error) => refused(error.code),
        Error::IoError(error) => of_talking(error),
        Error::CodecError(error) => {
            let cause = std::error::Error::source(error).and_then(|cause| cause.downcast_ref());
            cause.map_or(Failure::Protocol, of_talking)
        }
        Error::TlsError(mysql::error::tls::TlsError::Tls(error)) => tls::failure(error),
        Error::DriverError(error) => of_driver(error),
        _ => Failure::Protocol,
    }
}

fn of_talking(error: &io::Error) -> Failure {
    tls::below(error).map_or_else(|| Failure::of_talking(error), tls::failure)
}

fn of_driver(error: &DriverError) -> Failure {
    match error {
        DriverError::ConnectTimeout => Failure::ConnectTimeout,
        DriverError::CouldNotConnect(Some((_, _, kind))) => Failure::of_dialing(&(*kind).into()),
        DriverError::CouldNotConnect(None) => Failure::NoAddress,
        DriverError::TlsNotSupported => Failure::NoTls,
        DriverError::Timeout => Failure::Silent,
        DriverError::UnknownAuthPlugin(_)
        | DriverError::OldMysqlPasswordDisabled
        | DriverError::CleartextPluginDisabled => Failure::Method,
        _ => Failure::Protocol,
    }
}

fn refused(code: u16) -> Failure {
    match code {
        ER_ACCESS_DENIED_ERROR | ER_ACCESS_DENIED_NO_PASSWORD_ERROR => Failure::Credentials,
        ER_DBACCESS_DENIED_ERROR => Failure::Denied,
        ER_BAD_DB_ERROR => Failure::NoDatabase,
        ER_CON_COUNT_ERROR | ER_TOO_MANY_USER_CONNECTIONS | ER_USER_LIMIT_REACHED => Failure::Full,
        ER_HOST_NOT_PRIVILEGED | ER_SECURE_TRANSPORT_REQUIRED | ER_PLUGIN_IS_NOT_LOADED => {
            Failure::NotAdmitted
        }
        ER_SERVER_SHUTDOWN | ER_CONNECTION_KILLED => Failure::Lost,
        ER_LOCK_WAIT_TIMEOUT | ER_STATEMENT_TIMEOUT | ER_QUERY_TIMEOUT => Failure::Silent,
        code => Failure::Refused { code: Code::new(&code.to_string()) },
    }
}

/// DELIBERATE: whatever is not a view counts as a table. MariaDB has several kinds of
/// tables, such as `SYSTEM VERSIONED`, and a later version may have more.
const IDENTITY: &str = "SELECT DATABASE(), @@hostname, VERSION(), CURRENT_USER(), @@global.read_only, \
    EXISTS (SELECT 1 FROM information_schema.TABLES \
        WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE NOT IN ('VIEW', 'SYSTEM VIEW', 'TEMPORARY'))";
