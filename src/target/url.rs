//! A URL, read and written.

use super::ambiguity::{FlawAt, Part};
use super::engine::Engine;
use super::flaw::Flaw;
use super::parameter::Query;
use super::{Address, Target, grammar};
use crate::secret::Secret;

/// Reads the grammar on which all drivers agree, and nothing else.
pub(super) fn parse(engine: Engine, text: &str) -> Result<Target, FlawAt> {
    let dialect = engine.dialect();
    let scheme = dialect.schemes.iter().find_map(|scheme| text.strip_prefix(scheme));
    let rest = scheme.ok_or(FlawAt(Part::Scheme, Flaw::SchemeUnknown))?;
    let (userinfo, rest) = rest.split_once('@').ok_or(FlawAt(Part::User, Flaw::UserMissing))?;
    if rest.contains('@') {
        return Err(FlawAt(Part::Password, Flaw::SecondAt));
    }
    let (user, password) = grammar::userinfo(userinfo)?;
    let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let tcp = match authority {
        "" => None,
        _ => Some(grammar::authority(authority)?),
    };
    let (database, query) = match path.split_once('?') {
        Some((database, query)) => (database, Some(query)),
        None => (path, None),
    };
    let database = database.strip_prefix('/').unwrap_or_default();
    let database = grammar::database(database).map_err(|flaw| FlawAt(Part::Database, flaw))?;
    let query = query.map(|query| Query::parse(dialect, query)).transpose()?.unwrap_or_default();
    Ok(Target {
        engine,
        address: address(engine, tcp, query.socket)?,
        states_port: tcp.is_some_and(|(_, port)| port.is_some()),
        database,
        user,
        password: password.map(Secret::new),
        encryption: query.encryption,
        parameters: query.parameters,
    })
}

fn address(
    engine: Engine,
    tcp: Option<(&str, Option<u16>)>,
    socket: Option<&str>,
) -> Result<Address, FlawAt> {
    match (tcp, socket) {
        (Some((host, port)), None) => Ok(Address::tcp(engine, host, port)),
        (None, Some(socket)) => grammar::directory(socket)
            .map(|directory| Address::Socket { directory })
            .map_err(|flaw| FlawAt(Part::Query, flaw)),
        (Some(_), Some(_)) => Err(FlawAt(Part::Query, Flaw::ParameterMoves { key: "host" })),
        (None, None) => Err(FlawAt(Part::Host, Flaw::HostMissing)),
    }
}

/// Writes the canonical form: `password` as it is, everything else encoded
/// where it has to be, parameters in one order.
pub(super) fn write(target: &Target, password: Option<&str>) -> String {
    let dialect = target.engine.dialect();
    let mut out = String::with_capacity(160);
    out.push_str(dialect.schemes.first().copied().unwrap_or_default());
    grammar::encode(&target.user, &mut out);
    if let Some(password) = password {
        out.push(':');
        grammar::encode(password, &mut out);
    }
    out.push('@');
    let socket = match &target.address {
        Address::Tcp { host, port } => {
            out.extend([host, ":", &port.to_string()]);
            None
        }
        Address::Socket { directory } => Some(directory),
    };
    out.extend(["/", &target.database]);
    let encryption = dialect.write_encryption(target.encryption);
    let query = socket
        .map(|directory| ("host", directory.as_str()))
        .into_iter()
        .chain(encryption)
        .chain(target.parameters());
    for (index, (key, value)) in query.enumerate() {
        out.extend([if index == 0 { "?" } else { "&" }, key, "=", value]);
    }
    out
}
