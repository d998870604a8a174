//! The servers at the other ends, asked between two decisions.

use std::time::Duration;

use clap::Args;
use clap::builder::TypedValueParser as _;
use koomy_guard::facts::{Facts, Live};
use koomy_guard::gate::{Gate, Verdict};
use koomy_guard::observe::database::{Patience, identities};
use koomy_guard::observe::{self, When};
use koomy_guard::policy::Policy;

use crate::console::complain;

/// Whether the servers are asked, and how long they are waited for.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Asking {
    /// Also ask the database servers who they are; nothing is written
    #[arg(long)]
    live: bool,
    /// How long to wait for a server, and then for each of its answers [default: 5]
    #[arg(long, value_name = "SECONDS", requires = "live", value_parser = seconds())]
    timeout: Option<u64>,
}

impl Asking {
    /// The facts, with what the servers say where they are to be asked.
    pub(crate) fn ask(self, gate: Gate, policy: &Policy, facts: Facts) -> Facts {
        let Self { live, timeout } = self;
        if live { Waiting { timeout }.ask(gate, policy, facts) } else { facts }
    }
}

/// How long the servers are waited for, where they are asked in any case.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Waiting {
    /// How long to wait for a server, and then for each of its answers [default: 5]
    #[arg(long, value_name = "SECONDS", value_parser = seconds())]
    timeout: Option<u64>,
}

impl Waiting {
    /// The facts, with what the servers say. What is refused without asking
    /// stays as it is: no server is contacted then.
    pub(crate) fn ask(self, gate: Gate, policy: &Policy, facts: Facts) -> Facts {
        let (when, patience) = (When::Always, self.patience());
        observe::live(gate, policy, facts, &observe::Asking { when, patience, notice: &complain })
    }

    /// What the servers of the connections of `verdict` say; `None` where they
    /// may not be asked.
    pub(crate) fn answers(self, policy: &Policy, verdict: &Verdict<'_>) -> Option<Live> {
        let may = verdict.may_ask_servers();
        may.then(|| identities(policy, verdict, self.patience(), &complain))
    }

    /// The same as the library takes it.
    pub(crate) fn patience(self) -> Patience {
        let Self { timeout } = self;
        match timeout.map(Duration::from_secs) {
            None => Patience::default(),
            Some(each) => Patience { connect: each, answer: each, ..Patience::default() },
        }
    }
}

fn seconds() -> impl clap::builder::TypedValueParser<Value = u64> {
    clap::builder::StringValueParser::new().try_map(|text| {
        let seconds = text.parse::<u64>().ok().filter(|seconds| (1..=60).contains(seconds));
        seconds.ok_or("give whole seconds, from 1 to 60")
    })
}
