//! What a MySQL server is asked, and its answers read.

use std::collections::BTreeSet;
use std::io;

use mysql::prelude::Queryable;
use mysql::{Conn, DriverError, Error, Row, Value};

use super::super::failure::{Code, Failure};
use super::super::tls;
use super::grants;
use crate::facts::{Counted, Identity, Marked, Role, Rows, Server, Tables};
use crate::policy::Tripwire;

type Cells = Vec<Option<String>>;

/// Asks the server of a connection.
pub(super) fn ask(connection: &mut Conn, tripwires: &[Tripwire]) -> Result<Identity, Failure> {
    // Quotes are what they are by default, whatever the server prefers.
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
        stamp: Marked::No { tables: if yes(tables)? { Tables::Present } else { Tables::Absent } },
        tripwires: counts(connection, tripwires)?,
    };
    run(connection, "ROLLBACK")?;
    Ok(identity)
}

fn uuid(connection: &mut Conn) -> Result<Option<String>, Failure> {
    match query(connection, "SELECT @@server_uuid") {
        Ok(rows) => single(rows).and_then(|[uuid]| name(uuid)).map(Some),
        // MariaDB has no such variable.
        Err(Error::MySqlError(error)) if error.code == 1193 => Ok(None),
        Err(error) => Err(failure(&error)),
    }
}

fn grants(connection: &mut Conn) -> Result<Vec<String>, Failure> {
    let rows = query(connection, "SHOW GRANTS").map_err(|error| failure(&error))?;
    rows.into_iter().map(|row| row.into_iter().next().flatten().ok_or(Failure::Answer)).collect()
}

fn counts(connection: &mut Conn, tripwires: &[Tripwire]) -> Result<Vec<Counted>, Failure> {
    let count = |tripwire: &Tripwire| {
        let rows = match count(connection, tripwire) {
            Ok(rows) => rows,
            Err(Error::MySqlError(error)) => match error.code {
                1146 | 1049 => Rows::NoTable,
                1142 | 1143 | 1044 => unreadable("the role has no right to read it"),
                _ => unreadable("counting it is an error"),
            },
            Err(error) => return Err(failure(&error)),
        };
        Ok(Counted { table: tripwire.table.value.clone(), rows })
    };
    tripwires.iter().map(count).collect()
}

/// MIRRORS: the policy takes letters, digits and underscores alone as names.
fn count(connection: &mut Conn, tripwire: &Tripwire) -> Result<Rows, Error> {
    let (schema, table) = tripwire.table.value.split_once('.').unwrap_or_default();
    let mut asks = |sql: String| Ok::<_, Error>(single(query(connection, &sql)?));
    let mut rows = (false, false);
    if let Some(most) = tripwire.rows {
        let limit = u64::from(most) + 1;
        let sql =
            format!("SELECT COUNT(*) FROM (SELECT 1 FROM `{schema}`.`{table}` LIMIT {limit}) x");
        let Ok([Some(count)]) = asks(sql)? else {
            return Ok(unreadable("its count makes no sense"));
        };
        rows.0 = count.parse::<u64>().map_or(true, |count| count > u64::from(most));
    }
    if let Some(column) = &tripwire.recent {
        // DELIBERATE: the server compares any two values, and whatever is no time is
        // never recent. A column that it does not list is not known to be one.
        let sql = format!(
            "SELECT DATA_TYPE IN ('date', 'datetime', 'timestamp') FROM \
             information_schema.COLUMNS WHERE TABLE_SCHEMA = '{schema}' \
             AND TABLE_NAME = '{table}' AND COLUMN_NAME = '{column}'"
        );
        let is_time = asks(sql)?;
        let sql = format!(
            "SELECT EXISTS (SELECT 1 FROM `{schema}`.`{table}` x \
             WHERE x.`{column}` > NOW() - INTERVAL 1 DAY)"
        );
        let Ok([Some(recent)]) = asks(sql)? else {
            return Ok(unreadable("its answer makes no sense"));
        };
        match is_time {
            Ok([Some(is_time)]) if is_time != "0" => rows.1 = recent != "0",
            Ok([_]) | Err(_) => {
                return Ok(unreadable("the column that says how recent is no time"));
            }
        }
    }
    Ok(Rows::Seen { too_many: rows.0, recent: rows.1 })
}

fn unreadable(why: &str) -> Rows {
    Rows::Unreadable { why: why.to_owned() }
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

/// The rows as texts; what is no text is none.
fn query(connection: &mut Conn, sql: &str) -> Result<Vec<Cells>, Error> {
    let rows: Vec<Row> = connection.query(sql)?;
    let cell = |value| match value {
        Value::Bytes(bytes) => String::from_utf8(bytes).ok(),
        Value::Int(number) => Some(number.to_string()),
        Value::UInt(number) => Some(number.to_string()),
        _ => None,
    };
    Ok(rows.into_iter().map(|row| row.unwrap().into_iter().map(cell).collect()).collect())
}

fn yes(text: Option<String>) -> Result<bool, Failure> {
    match text.as_deref() {
        Some("0" | "OFF") => Ok(false),
        Some("1" | "ON") => Ok(true),
        Some(_) | None => Err(Failure::Answer),
    }
}

fn name(text: Option<String>) -> Result<String, Failure> {
    super::super::name(text.as_deref())
}

/// Why the driver failed.
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
        1045 | 1698 => Failure::Credentials,
        1044 => Failure::Denied,
        1049 => Failure::NoDatabase,
        1040 | 1203 | 1226 => Failure::Full,
        1130 | 3159 | 1524 => Failure::NotAdmitted,
        1053 | 1927 => Failure::Lost,
        1205 | 1969 | 3024 => Failure::Silent,
        code => Failure::Refused { code: Code::new(&code.to_string()) },
    }
}

/// DELIBERATE: whatever is no view is a table. MariaDB has several kinds of them,
/// such as `SYSTEM VERSIONED`, and a later version may have more.
const IDENTITY: &str = "SELECT DATABASE(), @@hostname, VERSION(), CURRENT_USER(), @@global.read_only, \
    EXISTS (SELECT 1 FROM information_schema.TABLES \
        WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE NOT IN ('VIEW', 'SYSTEM VIEW', 'TEMPORARY'))";
