//! The variables that are judged.

use std::path::PathBuf;

use clap::Args;
use koomy_guard::facts::Facts;
use koomy_guard::observe;
use koomy_guard::policy::{Phase, Policy};

use crate::names;
use crate::stop::Stop;

/// What is judged.
#[derive(Debug, Args)]
pub(crate) struct Judged {
    /// Judge exactly this file; if repeated, later files override earlier ones
    #[arg(long, value_name = "FILE")]
    env_file: Vec<PathBuf>,
    /// The expected environment; a file that names another one is refused
    #[arg(long, value_name = "NAME")]
    environment: Option<String>,
}

/// Where the judged variables come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// This process.
    Process,
    /// Env files, which say nothing of `PATH`.
    Files,
}

impl Judged {
    /// Sees what is to be judged.
    ///
    /// # Errors
    ///
    /// An expected environment that the policy does not have.
    pub(crate) fn observe(&self, policy: &Policy, phase: Phase) -> Result<Facts, Stop> {
        let expected = self.environment.as_deref().map(|name| names::environment(policy, name));
        let expected = expected.transpose()?.map(|environment| environment.name.value.clone());
        let seen = match self.env_file.as_slice() {
            [] => observe::process(phase),
            files => observe::env_files(files, phase),
        };
        Ok(Facts { expected, ..seen })
    }

    /// Where it comes from.
    pub(crate) fn origin(&self) -> Origin {
        if self.env_file.is_empty() { Origin::Process } else { Origin::Files }
    }
}
