//! Why an address was refused, in words that hold nothing of it.

use std::fmt;

use thiserror::Error;

use super::Engine;
use crate::secret::Secret;

/// An address that two drivers could read differently.
///
/// INVARIANT: neither `Display` nor `Debug` nor [`help`](Self::help) holds
/// anything of the address. [`canonical`](Self::canonical) does, for the one
/// command that is asked where an address leads.
#[derive(Clone, Error)]
#[error("{part}: {problem}")]
pub struct Ambiguity {
    part: Part,
    problem: Problem,
    canonical: Option<Secret>,
}

impl Ambiguity {
    pub(super) fn new(flaw: Flaw, canonical: Option<String>) -> Self {
        let Flaw(part, problem) = flaw;
        Self { part, problem, canonical: canonical.map(Secret::new) }
    }

    /// The part that is ambiguous.
    pub fn part(&self) -> Part {
        self.part
    }

    /// What is wrong with it.
    pub fn problem(&self) -> Problem {
        self.problem
    }

    /// The way out.
    pub fn help(&self) -> String {
        self.problem.help()
    }

    /// The URL that would be accepted, if there is only one candidate.
    ///
    /// It shows host, port, user and database, and `PASSWORD` for the password.
    pub fn canonical(&self) -> Option<&str> {
        self.canonical.as_ref().map(Secret::expose)
    }
}

impl fmt::Debug for Ambiguity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ambiguity({self})")
    }
}

/// A flaw before anybody asked for the way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Flaw(pub(super) Part, pub(super) Problem);

/// A part of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// The value as a whole.
    Whole,
    /// What stands before `://`.
    Scheme,
    /// Who connects.
    User,
    /// What the user proves it with.
    Password,
    /// The name, address or socket that is dialed.
    Host,
    /// The port that is dialed.
    Port,
    /// The database that is opened.
    Database,
    /// The parameters after `?`.
    Query,
    /// The encryption, where it is given by itself.
    Encryption,
}

impl Part {
    /// The word that messages use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Whole => "value",
            Self::Scheme => "scheme",
            Self::User => "user",
            Self::Password => "password",
            Self::Host => "host",
            Self::Port => "port",
            Self::Database => "database",
            Self::Query => "query",
            Self::Encryption => "encryption",
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What is wrong with a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Problem {
    /// Nothing is there.
    #[error("is empty")]
    Empty,
    /// A newline or a space came along.
    #[error("starts or ends in white space")]
    WhiteSpaceAround,
    /// A space, tab or newline stands inside.
    #[error("holds white space, which some drivers drop and others keep")]
    WhiteSpaceInside,
    /// The quotes of a file became part of the value.
    #[error("still has its quotes")]
    Quoted,
    /// A template was not filled in.
    #[error("holds a placeholder such as `${{NAME}}` that was never filled in")]
    Unexpanded,
    /// A NUL or another control character.
    #[error("holds a control character")]
    ControlCharacter,
    /// A character outside ASCII.
    #[error("holds a character outside ASCII, which drivers translate differently")]
    NonAscii,
    /// A backslash.
    #[error("holds a backslash, which some drivers read as a slash")]
    Backslash,
    /// A `#`.
    #[error("holds a raw `#`: for some drivers the URL ends there, for others it does not")]
    Fragment,

    /// `host=… dbname=…`.
    #[error("is a list of `key=value`, not a URL")]
    KeyValue,
    /// No `://`.
    #[error("has no scheme")]
    SchemeMissing,
    /// One slash, or none.
    #[error("is not followed by two slashes")]
    SchemeSlashes,
    /// `POSTGRES://`.
    #[error("is not in lower case; half of the drivers refuse it")]
    SchemeUpperCase,
    /// `postgresql+asyncpg://`.
    #[error("names a driver, which the other drivers do not understand")]
    SchemeNamesDriver,
    /// `jdbc:`.
    #[error("is a JDBC URL, whose parameters can replace its host")]
    SchemeJdbc,
    /// `prisma://`, `prisma+postgres://`.
    #[error("leads to a service that chooses the database by a key, not by the address")]
    SchemeOfService,
    /// A URL of another engine.
    #[error("is not of this connection's engine, `{}`", expected.name())]
    SchemeOfOtherEngine {
        /// The engine of the connection.
        expected: Engine,
    },
    /// Another scheme.
    #[error("is not one of a database; some drivers dial it all the same")]
    SchemeUnknown,

    /// Two `@`.
    #[error("there is more than one `@`, and drivers cut at different ones")]
    SecondAt,
    /// A `/`, `?` or `#` before the `@`.
    #[error("a raw `/`, `?` or `#` stands before the `@`, and drivers cut at different ones")]
    RawDelimiter,
    /// A character that has to be percent-encoded.
    #[error("holds a character that has to be percent-encoded")]
    RawCharacter,
    /// A `%` that encodes nothing.
    #[error("holds a `%` without two hexadecimal digits after it")]
    PercentSign,
    /// Bytes that are no text.
    #[error("is not UTF-8 once it is decoded")]
    NotUtf8,
    /// No user.
    #[error("is missing; drivers take it from the environment or the system")]
    UserMissing,
    /// `user%3Apassword@`.
    #[error("holds a `:`, as if the password had been encoded along with it")]
    UserHoldsColon,
    /// `user:@`.
    #[error("is empty after the `:`; drivers look for another one")]
    PasswordEmpty,
    /// `endpoint=…`.
    #[error("starts like a choice of endpoint, which Neon's proxy would follow")]
    PasswordChoosesEndpoint,

    /// No host.
    #[error("is missing; drivers take a socket, `localhost` or the environment")]
    HostMissing,
    /// A list.
    #[error("there is more than one; which one answers is decided at run time")]
    HostTwice,
    /// `Example.com`.
    #[error("is not in lower case")]
    HostUpperCase,
    /// `example.com.`.
    #[error("ends in a dot")]
    HostTrailingDot,
    /// `%70rod`.
    #[error("is percent-encoded; some drivers decode it and some do not")]
    HostEncoded,
    /// `[::1]`.
    #[error("is an IPv6 address or has a second `:`, which drivers cut differently")]
    HostIpv6,
    /// `127.1`, `0x7f000001`.
    #[error("reads as a number: for some drivers it is an address, for others a name")]
    HostNumber,
    /// `0.0.0.0`.
    #[error("is the address of no machine")]
    HostUnspecified,
    /// `xn--…`.
    #[error("is an encoded international name, which drivers check differently")]
    HostInternational,
    /// Not letters, digits and hyphens.
    #[error("is not a host name of letters, digits, hyphens and single dots")]
    HostName,
    /// `pg.neon.tech`.
    #[error("lets a browser choose the database")]
    HostChosenInBrowser,
    /// A relative, listed or abstract socket.
    #[error("is not the plain absolute directory of a socket")]
    SocketDirectory,
    /// A socket with a port of its own.
    #[error("is not the default one, and drivers lose it on a socket")]
    SocketPort,
    /// A socket where only TCP is judged.
    #[error("is a socket, which MySQL drivers are told in different ways")]
    SocketOfMySql,

    /// `host:`.
    #[error("is empty")]
    PortEmpty,
    /// `05432`.
    #[error("has a leading zero")]
    PortLeadingZero,
    /// Not 1 to 65535.
    #[error("is not a number from 1 to 65535")]
    PortRange,

    /// No database.
    #[error("is missing; drivers take the user's name or the environment")]
    DatabaseMissing,
    /// A `/` in it.
    #[error("holds a `/`, which some drivers take as part of the name")]
    DatabaseSegments,
    /// `.` or `..`.
    #[error("is `.` or `..`, which some drivers resolve like a path")]
    DatabaseDots,
    /// `%61ppdb`.
    #[error("is percent-encoded; some drivers decode it and some do not")]
    DatabaseEncoded,
    /// A character that some driver changes.
    #[error("holds a character other than letters, digits, `-`, `.`, `_` and `~`")]
    DatabaseCharacter,

    /// `?&a=b`.
    #[error("holds an empty parameter")]
    ParameterEmpty,
    /// A percent-encoded key.
    #[error("holds a parameter whose name is percent-encoded")]
    ParameterEncoded,
    /// A parameter that replaces a part of the URL.
    #[error("holds the parameter `{key}`, which changes the connection in some drivers only")]
    ParameterMoves {
        /// Its name, from a fixed list.
        key: &'static str,
    },
    /// A parameter that nobody vouches for.
    #[error("holds a parameter outside the known ones; some drivers send it to the server")]
    ParameterUnknown,
    /// The same parameter again.
    #[error("holds the parameter `{key}` twice; which one counts depends on the driver")]
    ParameterTwice {
        /// Its name, from a fixed list.
        key: &'static str,
    },
    /// A value outside the parameter's own list.
    #[error("holds the parameter `{key}` with a value that not every driver knows")]
    ParameterValue {
        /// Its name, from a fixed list.
        key: &'static str,
    },
    /// An encryption that is no known word.
    #[error("is none of the words for it")]
    EncryptionWord,
}
