//! The way out of each problem.

use super::Engine;
use super::ambiguity::Problem;

impl Problem {
    /// The way out.
    pub fn help(self) -> String {
        match self {
            Self::ParameterMoves { key } => {
                format!("write it where it belongs in the URL and remove `{key}`")
            }
            Self::ParameterTwice { key } => format!("keep one `{key}`"),
            Self::ParameterValue { key } => format!("write {}", values(key)),
            Self::SchemeOfOtherEngine { expected: Engine::Postgres } => {
                "write a `postgresql://` URL, or declare the connection's engine as `mysql`"
                    .to_owned()
            }
            Self::SchemeOfOtherEngine { expected: Engine::MySql } => {
                "write a `mysql://` URL, or declare the connection's engine as `postgresql`"
                    .to_owned()
            }
            other => other.fixed_help().to_owned(),
        }
    }

    fn fixed_help(self) -> &'static str {
        match self {
            Self::Empty => "set the variable, or remove it",
            Self::WhiteSpaceAround => {
                "remove it; a secret read from a file or a pipe often ends in a newline"
            }
            Self::WhiteSpaceInside => "remove it; inside a password write `%20` for a space",
            Self::Quoted => {
                "remove the quotes: this tool or platform passes them on as part of the value"
            }
            Self::Unexpanded => {
                "fill it in before the program starts; most `.env` readers expand nothing"
            }
            Self::ControlCharacter => "remove it",
            Self::NonAscii => {
                "percent-encode it in a user or password, and remove it anywhere else"
            }
            Self::Backslash => "write `/` between the parts and `%5C` inside a password",
            Self::Fragment => "write `%23` inside a password, and remove it anywhere else",
            Self::KeyValue => {
                "write `postgresql://user:password@host:port/database?sslmode=require`"
            }
            Self::SchemeMissing => {
                "write the whole URL: `scheme://user:password@host:port/database`"
            }
            Self::SchemeSlashes => "write `://` after the scheme, then `user:password@host`",
            Self::SchemeUpperCase => "write the scheme in lower case",
            Self::SchemeNamesDriver => {
                "remove `+` and the driver from the URL, and choose the driver in the program"
            }
            Self::SchemeJdbc => {
                "write the URL without `jdbc:`, with `user:password@` before the host"
            }
            Self::SchemeOfService => "use the direct URL of the database here",
            Self::SchemeUnknown => "write `postgresql://` or `mysql://`",
            Self::SecondAt => "write `%40` for an `@` inside the user or the password",
            Self::RawDelimiter => {
                "write `%2F`, `%3F` or `%23` inside a password; without one, write `user:password@` before the host"
            }
            Self::RawCharacter => {
                "percent-encode all but letters, digits, `-`, `.`, `_` and `~`: `:` is `%3A`, `@` is `%40`, `$` is `%24`"
            }
            Self::PercentSign => "write `%25` for a `%`",
            Self::NotUtf8 => "percent-encode the UTF-8 form of the text",
            Self::UserMissing => "write `user:password@` before the host",
            Self::UserHoldsColon => "write the `:` between user and password as it is",
            Self::PasswordEmpty => "write the password, or leave out the `:` as well",
            Self::PasswordChoosesEndpoint => {
                "name the endpoint in the host, and keep the password alone"
            }
            Self::HostMissing => {
                "write the host, or for a socket `postgresql://user:password@/database?host=/directory`"
            }
            Self::HostTwice => "write one host for each connection",
            Self::HostUpperCase => "write the host in lower case",
            Self::HostTrailingDot => "remove the dot",
            Self::HostEncoded => "write the host as it is",
            Self::HostIpv6 => "write a name, or an IPv4 address",
            Self::HostNumber => "write a name, or all four decimal numbers of the address",
            Self::HostUnspecified => "write `127.0.0.1` for this machine",
            Self::HostInternational => "write a name in ASCII",
            Self::HostName => {
                "write the name as the domain system knows it; give a container an alias without `_`"
            }
            Self::HostChosenInBrowser => "write the host of the endpoint",
            Self::SocketDirectory => {
                "write one directory such as `/cloudsql/project:region:instance`, without `..` and without a `/` at its end"
            }
            Self::SocketPort => {
                "let the server listen on 5432 in that directory, or connect by TCP"
            }
            Self::SocketOfMySql => "connect by TCP, as with `127.0.0.1`",
            Self::PortEmpty => "write the port, or leave out the `:` as well",
            Self::PortLeadingZero => "write the port without it",
            Self::PortRange => "write the server's port",
            Self::DatabaseMissing => "write `/` and the database after the host",
            Self::DatabaseSegments => "write one name after one `/`",
            Self::DatabaseDots => "write the name of the database",
            Self::DatabaseEncoded => "write the name as it is",
            Self::DatabaseCharacter => "rename the database, or connect to one with such a name",
            Self::ParameterEmpty => "remove the extra `?` or `&`",
            Self::ParameterEncoded => "write the parameter's name as it is",
            Self::ParameterUnknown => "remove it, and set it in the program",
            Self::EncryptionWord => {
                "write `require` or `verify-full` for postgresql, `REQUIRED` or `VERIFY_IDENTITY` for mysql"
            }
            Self::ParameterMoves { .. }
            | Self::ParameterTwice { .. }
            | Self::ParameterValue { .. }
            | Self::SchemeOfOtherEngine { .. } => "see the message",
        }
    }
}

fn values(key: &str) -> String {
    let known = match key {
        "sslmode" => "`require` or `verify-full`, in lower case",
        "ssl-mode" => "`REQUIRED` or `VERIFY_IDENTITY`",
        "channel_binding" => "`require`, `prefer` or `disable`",
        "sslnegotiation" => "`postgres` or `direct`",
        "sslrootcert" => "`system` or an absolute path",
        "pgbouncer" | "uselibpqcompat" => "`true` or `false`",
        "target_session_attrs" => {
            "`any`, `read-write`, `read-only`, `primary`, `standby` or `prefer-standby`"
        }
        "schema" | "charset" => "letters, digits and underscores",
        "application_name" => "letters, digits, `-`, `.`, `_` and `~`",
        _ => "a number",
    };
    format!("{known} for `{key}`")
}
