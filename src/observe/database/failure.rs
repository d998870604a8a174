//! Why a server did not say who it is.

use std::fmt;
use std::io;

use thiserror::Error;

use crate::facts::Cause;
use crate::source::Place;

/// Why a server did not say who it is.
///
/// DELIBERATE: the guard's own words throughout. A server may write anything into an
/// error; only its code is repeated.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(super) enum Failure {
    #[cfg(not(all(feature = "postgres", feature = "mysql")))]
    #[error("this build cannot ask a server of the engine `{}`", engine.name())]
    NotBuilt { engine: crate::target::Engine },
    #[error("the server was not asked, because there was no thread for it")]
    NoThread,
    #[error("the server was not asked, because the system lacks the resources to wait for it")]
    NoRuntime,
    #[error("asking the server failed, and not because of the server")]
    Panicked,
    #[error("the host of the server has no address")]
    NoAddress,
    #[error("nothing listens at the server's address")]
    ConnectionRefused,
    #[error("the server cannot be reached")]
    Unreachable,
    #[error("the server cannot be reached in time")]
    ConnectTimeout,
    #[error("the server is starting")]
    Starting,
    #[error("the server has no connection left")]
    Full,
    #[error("the server accepts the connection and does not answer in time")]
    Silent,
    #[error("the connection to the server was lost")]
    Lost,
    #[error("what listens there does not speak the protocol of the database")]
    Protocol,
    #[error("the server's answer is longer than any answer can be")]
    Flood,
    #[error("the server does not offer TLS")]
    NoTls,
    #[error("the server's certificate is for another host")]
    CertificateName,
    #[error("the server's certificate is signed by an authority that is not trusted")]
    CertificateAuthority,
    #[error("the server's certificate has expired")]
    CertificateExpired,
    #[error("the server's certificate is not valid yet")]
    CertificateEarly,
    #[error("the server's certificate cannot be accepted")]
    Certificate,
    #[error("server and guard find no common way to encrypt")]
    Handshake,
    #[error("the certificate file that {by} names cannot be used: it {why}")]
    Root { by: RootNamed, why: RootProblem },
    #[error("this machine has no certificate authorities that it trusts")]
    NoAuthorities,
    #[error("the server refuses the user or the password")]
    Credentials,
    #[error("the server does not let this user in from here, or not in this way")]
    NotAdmitted,
    #[error("the server does not prove that it knows the password")]
    Proof,
    #[error("the server asks for a password, and there is none")]
    NoPassword,
    #[error("server and guard find no common way to prove the password")]
    Method,
    #[error("the server has no database of that name")]
    NoDatabase,
    #[error("the role may not connect to the database, or may not ask who the server is")]
    Denied,
    #[error("the connection is inside a transaction")]
    InTransaction,
    #[error("more than one server answers on the connection")]
    TwoServers,
    #[error("the server's answer makes no sense")]
    Answer,
    #[error("the server refuses with {code}")]
    Refused { code: Code },
}

/// What names the certificate file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RootNamed {
    Policy,
    Parameter,
}

impl fmt::Display for RootNamed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Policy => "`root_certificate` of the policy",
            Self::Parameter => "`sslrootcert` of the address",
        })
    }
}

/// What is wrong with a certificate file. Its name may be a variable's value, so it is
/// not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RootProblem {
    Unreadable(&'static str),
    Empty,
    NotOne,
}

impl fmt::Display for RootProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unreadable(_) => "cannot be read",
            Self::Empty => "holds no certificate",
            Self::NotOne => "holds something that is not the certificate of an authority",
        })
    }
}

/// The code of a server's error; hidden unless it has only letters and digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Code(String);

impl Code {
    pub(super) fn new(code: &str) -> Self {
        let plain =
            (1..=5).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric());
        Self(if plain {
            format!("the error `{code}`")
        } else {
            "an error without a code".to_owned()
        })
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Failure {
    /// The failure as a cause at `place`.
    pub(super) fn cause(&self, place: &Place) -> Cause {
        Cause { message: self.to_string(), help: self.help(), place: place.clone() }
    }

    /// Whether a server that is waking up fails like this.
    pub(super) fn may_pass(&self) -> bool {
        matches!(
            self,
            Self::NoAddress
                | Self::ConnectionRefused
                | Self::Unreachable
                | Self::ConnectTimeout
                | Self::Starting
        )
    }

    /// A failure to open a connection.
    pub(super) fn of_dialing(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::ConnectionRefused | io::ErrorKind::NotFound => Self::ConnectionRefused,
            io::ErrorKind::TimedOut => Self::ConnectTimeout,
            _ => Self::Unreachable,
        }
    }

    /// A failure on an open connection.
    pub(super) fn of_talking(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => Self::Protocol,
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Self::Silent,
            io::ErrorKind::FileTooLarge => Self::Flood,
            _ => Self::Lost,
        }
    }

    fn help(&self) -> String {
        match self {
            #[cfg(not(all(feature = "postgres", feature = "mysql")))]
            Self::NotBuilt { engine } => {
                return format!("build with the feature `{}`", engine.name());
            }
            Self::Root { why: RootProblem::Unreadable(help), .. } => help,
            Self::NoThread => "let the process start more threads, then try again",
            Self::NoRuntime => "let the process open more files, then try again",
            Self::Panicked => "report it as a bug in the guard, with the server's version",
            Self::NoAddress => "check the host's name, and that this machine can look it up",
            Self::ConnectionRefused | Self::Unreachable => {
                "check that the server runs, and that this machine may connect to it"
            }
            Self::ConnectTimeout => {
                "check that the server runs, and that this machine may connect to it, or wait \
                 longer (`Patience`; on the command line `--timeout`)"
            }
            Self::Starting | Self::Lost => "try again when the server has started",
            Self::Full => "close unused connections, or let the server take more",
            Self::Silent => {
                "check that a database server listens there and is well, then try again, or wait \
                 longer (`Patience`; on the command line `--timeout`)"
            }
            Self::Protocol | Self::Flood | Self::Answer => {
                "check that a database server listens on the port, and not another service"
            }
            Self::NoTls => {
                "switch TLS on at the server; a connection that must be encrypted never falls back"
            }
            Self::CertificateName => {
                "connect by a name in the certificate, or have one issued for this name"
            }
            Self::CertificateAuthority => {
                "give the authority's certificate as `root_certificate` of the policy's database, \
                 or as `sslrootcert` of the URL"
            }
            Self::CertificateExpired => "renew the server's certificate",
            Self::CertificateEarly => "check the clocks of the server and of this machine",
            Self::Certificate => "have a certificate issued for a server and for this host",
            Self::Handshake => "let the server speak TLS 1.2 or 1.3",
            Self::Root { why: RootProblem::Empty | RootProblem::NotOne, .. } => {
                "name a file with the certificate of the authority, in PEM"
            }
            Self::NoAuthorities => {
                "install the system's CA certificates, or give `root_certificate` in the policy"
            }
            Self::Credentials => "check the user's name and the password",
            Self::NotAdmitted => {
                "check the user's name and the server's rules of access; if it insists on TLS, \
                 add `sslmode=require` to the address"
            }
            Self::Proof => "check that this is the server you mean: it may be another's",
            Self::NoPassword => "give the password",
            Self::Method => {
                "let the server use SCRAM; behind a proxy that cannot bind it to TLS, leave out \
                 `channel_binding=require`"
            }
            Self::NoDatabase => "check the database's name, or create it",
            Self::Denied => "grant the role CONNECT on the database",
            Self::InTransaction => "hand the connection over before a transaction begins",
            Self::TwoServers => "connect to one server, and not to several in turn",
            Self::Refused { .. } => "look the code up, or see the server's log",
        }
        .to_owned()
    }
}

/// A notice that the guard waits for a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Waiting {
    /// Which wait this is, from 1.
    pub(super) number: u32,
    /// How many waits there will be at most.
    pub(super) most: u32,
}

impl fmt::Display for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "does not answer yet; waiting ({} of {})", self.number, self.most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every() -> Vec<Failure> {
        use Failure as F;
        let by = RootNamed::Policy;
        vec![
            F::NoThread,
            F::NoRuntime,
            F::Panicked,
            F::NoAddress,
            F::ConnectionRefused,
            F::Unreachable,
            F::ConnectTimeout,
            F::Starting,
            F::Full,
            F::Silent,
            F::Lost,
            F::Protocol,
            F::Flood,
            F::NoTls,
            F::CertificateName,
            F::CertificateAuthority,
            F::CertificateExpired,
            F::CertificateEarly,
            F::Certificate,
            F::Handshake,
            F::Root { by, why: RootProblem::Unreadable("name a file") },
            F::Root { by, why: RootProblem::Empty },
            F::Root { by: RootNamed::Parameter, why: RootProblem::NotOne },
            F::NoAuthorities,
            F::Credentials,
            F::NotAdmitted,
            F::Proof,
            F::NoPassword,
            F::Method,
            F::NoDatabase,
            F::Denied,
            F::InTransaction,
            F::TwoServers,
            F::Answer,
            F::Refused { code: Code::new("XX000") },
        ]
    }

    #[test]
    fn each_has_words_of_its_own_and_a_way_out() {
        let place = Place::whole(&crate::source::Source::named("here"));
        let mut messages = std::collections::BTreeSet::new();
        for failure in every() {
            let cause = failure.cause(&place);
            assert!(messages.insert(cause.message.clone()), "{} twice", cause.message);
            for text in [&cause.message, &cause.help] {
                let first = text.chars().next();
                assert!(first.is_some_and(|c| c.is_lowercase()), "{text:?}");
                assert!(
                    !text.ends_with('.') && !text.contains('\n') && !text.contains("  "),
                    "{text:?}"
                );
            }
        }
    }

    #[test]
    fn only_what_may_pass_is_tried_again() {
        let passing: Vec<_> = every().into_iter().filter(Failure::may_pass).collect();
        use Failure as F;
        let expected =
            [F::NoAddress, F::ConnectionRefused, F::Unreachable, F::ConnectTimeout, F::Starting];
        assert_eq!(passing, expected);
    }

    #[test]
    fn a_code_is_repeated_only_if_it_looks_like_one() {
        let table = [
            ("XX000", "the error `XX000`"),
            ("1045", "the error `1045`"),
            ("", "an error without a code"),
            ("XX0000", "an error without a code"),
            ("a\u{1b}b", "an error without a code"),
            ("a b", "an error without a code"),
        ];
        for (code, shown) in table {
            assert_eq!(Code::new(code).to_string(), shown);
        }
    }
}
