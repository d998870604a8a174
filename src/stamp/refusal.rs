//! Why a database is not stamped.

use thiserror::Error;

use super::{MAX_REASON_CHARS, shown};
use crate::facts::Seen;
use crate::finding::{Finding, Outcome};
use crate::policy::{Database, Environment, Policy};
use crate::rules::{
    DATABASE_BELONGS_TO_ENVIRONMENT, DATABASE_IDENTITY_MATCHES, DATABASE_STAMP_MATCHES, Rule,
};

/// Why a database is not stamped; names what the server says, and no variable's value.
#[derive(Clone, PartialEq, Eq, Error)]
#[error("{}; {}", self.message(), self.help())]
#[non_exhaustive]
pub enum StampRefusal {
    /// The database does not belong to the environment.
    NotOfEnvironment {
        /// The database, by its name in the policy.
        database: String,
        /// The environment.
        environment: String,
    },
    /// The server is not the database that the policy means.
    Another {
        /// The database, by its name in the policy.
        database: String,
        /// What differs.
        what: &'static str,
    },
    /// The database is MySQL, which has no stamp.
    NotPostgres,
    /// The policy does not say which Neon branch the database is.
    Unpinned {
        /// The database, by its name in the policy.
        database: String,
    },
    /// The server does not say enough about itself.
    Unbound,
    /// The server takes no writes.
    ReadOnly,
    /// What is in the stamp's place cannot be read as a stamp.
    Unreadable {
        /// Why.
        why: String,
    },
    /// The stamp was written for this very database, but for another environment.
    Contradiction {
        /// The environment of the stamp.
        stamped: String,
    },
    /// The database is a copy, and may hold data of real people.
    Copy {
        /// The environment of the stamp.
        stamped: String,
    },
    /// The database is a copy of another environment with real data, or of one that the
    /// policy does not know, and this environment's data are real.
    CopyInReal {
        /// The environment of the stamp.
        stamped: String,
    },
    /// A reason was given, but there is no copy to adopt.
    NothingToAdopt,
    /// The reason is empty, too long, or has several lines.
    NoReason,
}

impl StampRefusal {
    /// What is wrong, in one sentence.
    pub fn message(&self) -> String {
        match self {
            Self::NotOfEnvironment { database, environment } => {
                format!("`{database}` is not a database of `{environment}`")
            }
            Self::Another { database, what } => {
                format!("the server is not `{database}`: its {what} differs")
            }
            Self::NotPostgres => {
                "the database is not PostgreSQL, and only PostgreSQL has a stamp".into()
            }
            Self::Unpinned { database } => {
                format!("nothing distinguishes `{database}` from other branches")
            }
            Self::Unbound => {
                "the server does not say which it is, so there is nothing to bind a stamp to".into()
            }
            Self::ReadOnly => "the server takes no writes".into(),
            Self::Unreadable { why } => {
                format!("something that is not a stamp is in its place ({why})")
            }
            Self::Contradiction { stamped } => {
                format!("the database is stamped {}, and is not a copy", shown(stamped))
            }
            Self::Copy { stamped } => format!("the database is a copy of {}", shown(stamped)),
            Self::CopyInReal { stamped } => {
                let stamped = shown(stamped);
                format!(
                    "the database is a copy of {stamped}, and is not adopted where data are real"
                )
            }
            Self::NothingToAdopt => "there is no copy to adopt here".into(),
            Self::NoReason => {
                format!(
                    "adopting a copy takes a reason: one line of up to {MAX_REASON_CHARS} characters"
                )
            }
        }
    }

    /// The way out.
    pub fn help(&self) -> String {
        match self {
            Self::NotOfEnvironment { .. } => "list it in the environment's `databases`",
            Self::Another { .. } => {
                "see `guard-cli identify`, and point the variable at the right one"
            }
            Self::NotPostgres => "seed such a database while it has no tables",
            Self::Unpinned { .. } => "run `guard-cli neon sync` first",
            Self::Unbound => "grant its role `EXECUTE` on `pg_catalog.pg_control_system()`",
            Self::ReadOnly => "connect to the primary",
            Self::Unreadable { .. } => "look at `koomy_guard.stamp`, as its owner",
            Self::Contradiction { .. } => {
                "correct the policy, or have its owner drop the schema `koomy_guard`"
            }
            Self::Copy { .. } => {
                "if it may be used here, say why (`adopt` of `stamp::plan`; on the command line \
                 `--adopt-copy --reason TEXT`)"
            }
            Self::CopyInReal { .. } => "see whether it is the right one; if no data of its origin are real, let the policy \
                 say so",
            Self::NothingToAdopt => {
                "give no reason to adopt one (on the command line, leave `--adopt-copy` out)"
            }
            Self::NoReason => {
                "give one (`adopt` of `stamp::plan`; on the command line `--reason TEXT`)"
            }
        }
        .to_owned()
    }

    /// Refused, or undecided if something could not be read.
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Unbound | Self::Unreadable { .. } => Outcome::Undecided,
            Self::NotOfEnvironment { .. }
            | Self::Another { .. }
            | Self::NotPostgres
            | Self::Unpinned { .. }
            | Self::ReadOnly
            | Self::Contradiction { .. }
            | Self::Copy { .. }
            | Self::CopyInReal { .. }
            | Self::NothingToAdopt
            | Self::NoReason => Outcome::Refused,
        }
    }

    /// The rule that it breaks.
    pub fn rule(&self) -> &'static Rule {
        match self {
            Self::NotOfEnvironment { .. } => &DATABASE_BELONGS_TO_ENVIRONMENT,
            Self::Another { .. } | Self::Unpinned { .. } | Self::Unbound => {
                &DATABASE_IDENTITY_MATCHES
            }
            Self::NotPostgres
            | Self::ReadOnly
            | Self::Unreadable { .. }
            | Self::Contradiction { .. }
            | Self::Copy { .. }
            | Self::CopyInReal { .. }
            | Self::NothingToAdopt
            | Self::NoReason => &DATABASE_STAMP_MATCHES,
        }
    }

    /// The finding that reports print for it, about the connection that `variable` holds.
    pub fn finding(
        &self,
        policy: &Policy,
        environment: &Environment,
        database: &Database,
        variable: &Seen,
    ) -> Finding {
        let (span, text) = if self.rule() == &DATABASE_STAMP_MATCHES {
            (environment.name.span, "what it was to be stamped as")
        } else {
            (database.name.span, "the database that it should be")
        };
        let (name, place) = (&variable.name, variable.place.clone());
        let (rule, outcome) = (self.rule(), self.outcome());
        rule.finds(outcome, name, place).says(self.message()).help(self.help()).because(
            policy.source(),
            span,
            text,
        )
    }
}
