//! What can be wrong with a part of an address, and the way out of each.

use thiserror::Error;

use super::Engine;

/// One table: the cause, the message, the help.
macro_rules! flaws {
    ($($(#[$doc:meta])* $name:ident $({ $(#[$about:meta])* $field:ident: $type:ty })?:
        $message:literal, $help:literal $(, $word:expr)?;)*) => {
        /// What is wrong with a part.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
        #[non_exhaustive]
        pub enum Flaw {
            $($(#[$doc])* #[error($message)] $name $({ $(#[$about])* $field: $type })?,)*
        }

        impl Flaw {
            /// The way out.
            pub fn help(self) -> String {
                match self {
                    $(Self::$name $({ $field })? => format!($help $(, $word)?),)*
                }
            }
        }
    };
}

flaws! {
    /// Nothing is there.
    Empty:
        "is empty",
        "set the variable, or remove it";
    /// A newline or a space came along.
    WhiteSpaceAround:
        "starts or ends in white space",
        "remove it; a secret read from a file or a pipe often ends in a newline";
    /// A space, tab or newline stands inside.
    WhiteSpaceInside:
        "holds white space, which some drivers drop and others keep",
        "remove it; inside a password write `%20` for a space";
    /// The quotes of a file became part of the value.
    Quoted:
        "still has its quotes",
        "remove the quotes: this tool or platform passes them on as part of the value";
    /// A template was not filled in.
    Unexpanded:
        "holds a placeholder such as `${{NAME}}` that was never filled in",
        "fill it in before the program starts; most `.env` readers expand nothing";
    /// A NUL or another control character.
    ControlCharacter:
        "holds a control character",
        "remove it";
    /// A character outside ASCII.
    NonAscii:
        "holds a character outside ASCII, which drivers translate differently",
        "percent-encode it in a user or password, and remove it anywhere else";
    /// A backslash.
    Backslash:
        "holds a backslash, which some drivers read as a slash",
        "write `/` between the parts and `%5C` inside a password";
    /// A `#`.
    Fragment:
        "holds a raw `#`: for some drivers the URL ends there, for others it does not",
        "write `%23` inside a password, and remove it anywhere else";
    /// `host=… dbname=…`.
    KeyValue:
        "is a list of `key=value`, not a URL",
        "write `postgresql://user:password@host:port/database?sslmode=require`";
    /// No `://`.
    SchemeMissing:
        "is missing",
        "write the whole URL: `scheme://user:password@host:port/database`";
    /// One slash, or none.
    SchemeSlashes:
        "is not followed by two slashes",
        "write `://` after the scheme, then `user:password@host`";
    /// `POSTGRES://`.
    SchemeUpperCase:
        "is not in lower case; half of the drivers refuse it",
        "write the scheme in lower case";
    /// `postgresql+asyncpg://`.
    SchemeNamesDriver:
        "names a driver, which the other drivers do not understand",
        "remove `+` and the driver from the URL, and choose the driver in the program";
    /// `jdbc:`.
    SchemeJdbc:
        "is a JDBC URL, whose parameters can replace its host",
        "write the URL without `jdbc:`, with `user:password@` before the host";
    /// `prisma://`, `prisma+postgres://`.
    SchemeOfService:
        "leads to a service that chooses the database by a key, not by the address",
        "use the direct URL of the database here";
    /// `file:`, `sqlite:`.
    SchemeOfFile:
        "is that of a file, which is read without a server",
        "write the URL of a server; a database in a file is not a connection of a policy";
    /// A URL of another engine.
    SchemeOfOtherEngine { /** The engine of the connection. */ expected: Engine }:
        "is not of this connection's engine, `{expected}`",
        "write a `{expected}://` URL, or declare another `engine` for the connection";
    /// Another scheme.
    SchemeUnknown:
        "is not that of a database server; some drivers dial it all the same",
        "write `postgresql://` or `mysql://`";
    /// Two `@`.
    SecondAt:
        "is read differently by drivers: the URL holds more than one `@`",
        "write `%40` for an `@` inside the user or the password";
    /// A `/`, `?` or `#` before the `@`.
    RawDelimiter:
        "is read differently by drivers: a raw `/`, `?` or `#` stands before the `@`",
        "write `%2F`, `%3F` or `%23` inside a password; without one, write `user:password@` before the host";
    /// A character that has to be percent-encoded.
    RawCharacter:
        "holds a character that has to be percent-encoded",
        "percent-encode all but letters, digits, `-`, `.`, `_` and `~`: `:` is `%3A`, `@` is `%40`, `$` is `%24`";
    /// A `%` that encodes nothing.
    PercentSign:
        "holds a `%` without two hexadecimal digits after it",
        "write `%25` for a `%`";
    /// Bytes that are not text.
    NotUtf8:
        "is not UTF-8 once it is decoded",
        "percent-encode the UTF-8 form of the text";
    /// No user.
    UserMissing:
        "is missing; drivers take it from the environment or the system",
        "write `user:password@` before the host";
    /// `user%3Apassword@`.
    UserHoldsColon:
        "holds a `:`, as if the password had been encoded along with it",
        "write the `:` between user and password as it is";
    /// `user:@`.
    PasswordEmpty:
        "is empty after the `:`; drivers look for another one",
        "write the password, or leave out the `:` as well";
    /// `endpoint=…`.
    PasswordChoosesEndpoint:
        "starts with `endpoint=` or `project=`, which Neon's proxy takes as a choice of endpoint",
        "name the endpoint in the host, and keep the password alone";
    /// No host.
    HostMissing:
        "is missing; drivers take a socket, `localhost` or the environment",
        "write the host, or for a socket `postgresql://user:password@/database?host=/directory`";
    /// A list.
    HostTwice:
        "is a list; which host answers is decided at run time",
        "write one host for each connection";
    /// `Example.com`.
    HostUpperCase:
        "is not in lower case",
        "write the host in lower case";
    /// `example.com.`.
    HostTrailingDot:
        "ends in a dot",
        "remove the dot";
    /// `%70rod`.
    HostEncoded:
        "is percent-encoded; some drivers decode it and some do not",
        "write the host as it is";
    /// `[::1]`.
    HostIpv6:
        "is an IPv6 address or has a second `:`, which drivers read differently",
        "write a name, or an IPv4 address";
    /// `127.0.0.1:3307`, where the host stands alone.
    HostHoldsPort:
        "holds a `:` and a port as well",
        "write the host alone, and the port in its own place";
    /// `127.1`, `0x7f000001`.
    HostNumber:
        "reads as a number: for some drivers it is an address, for others a name",
        "write a name, or all four decimal numbers of the address";
    /// `0.0.0.0`.
    HostUnspecified:
        "is not the address of a machine",
        "write `127.0.0.1` for this machine";
    /// `xn--…`.
    HostInternational:
        "is an encoded international name, which drivers check differently",
        "write a name in ASCII";
    /// Not letters, digits and hyphens.
    HostName:
        "is not a host name of letters, digits, hyphens and single dots",
        "write the name as the domain system knows it; give a container an alias without `_`";
    /// `pg.neon.tech`.
    HostChosenInBrowser:
        "lets somebody choose the database in a browser",
        "write the host of the endpoint";
    /// A relative, listed or abstract socket.
    SocketDirectory:
        "is not the plain absolute directory of a socket",
        "write one directory such as `/cloudsql/project:region:instance`, without `..` and without a `/` at its end";
    /// A socket with a port of its own.
    SocketPort:
        "is not the default one, and drivers lose it on a socket",
        "let the server listen on 5432 in that directory, or connect by TCP";
    /// A socket where only TCP is judged.
    SocketOfMySql:
        "is a socket, which each MySQL driver takes in its own way",
        "connect by TCP, as with `127.0.0.1`";
    /// `host:`.
    PortEmpty:
        "is empty",
        "write the port, or leave out the `:` as well";
    /// `05432`.
    PortLeadingZero:
        "has a leading zero",
        "write the port without it";
    /// Not 1 to 65535.
    PortRange:
        "is not a number from 1 to 65535",
        "write the server's port";
    /// No database.
    DatabaseMissing:
        "is missing; drivers take the user's name or the environment",
        "write `/` and the database after the host";
    /// A `/` in it.
    DatabaseSegments:
        "holds a `/`, which some drivers take as part of the name",
        "write one name after one `/`";
    /// `.` or `..`.
    DatabaseDots:
        "is `.` or `..`, which some drivers resolve like a path",
        "write the name of the database";
    /// `%61ppdb`.
    DatabaseEncoded:
        "is percent-encoded; some drivers decode it and some do not",
        "write the name as it is";
    /// A character that some driver changes.
    DatabaseCharacter:
        "holds a character other than letters, digits, `-`, `.`, `_` and `~`",
        "rename the database, or connect to one with such a name";
    /// `?&a=b`.
    ParameterEmpty:
        "holds an empty parameter",
        "remove the extra `?` or `&`";
    /// A percent-encoded key.
    ParameterEncoded:
        "holds a parameter whose name is percent-encoded",
        "write the parameter's name as it is";
    /// A parameter that replaces a part of the URL.
    ParameterMoves { /** Its name, from a fixed list. */ key: &'static str }:
        "holds the parameter `{key}`, which changes the connection in some drivers only",
        "write it where it belongs in the URL and remove `{key}`";
    /// A parameter that nobody vouches for.
    ParameterUnknown:
        "holds a parameter outside the known ones, which some drivers send to the server",
        "remove it, and set it in the program";
    /// The same parameter again.
    ParameterTwice { /** Its name, from a fixed list. */ key: &'static str }:
        "holds the parameter `{key}` twice; which one counts depends on the driver",
        "keep one `{key}`";
    /// A value outside the parameter's own list.
    ParameterValue { /** Its name, from a fixed list. */ key: &'static str }:
        "holds the parameter `{key}` with a value that not every driver knows",
        "give `{key}` one of its values: {}", values(key);
    /// A mode of encryption that is not known.
    EncryptionWord:
        "is not one of the known modes",
        "write `require` or `verify-full` for postgresql, `REQUIRED` or `VERIFY_IDENTITY` for mysql";
}

fn values(key: &str) -> &'static str {
    match key {
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
    }
}
