//! `identify`

use clap::Args;
use koomy_guard::Policy;
use koomy_guard::facts::{Answer, Live, Observed};
use koomy_guard::gate::Verdict;
use koomy_guard::report::{self, Format, Judgement};
use koomy_guard::rules::database_of;

use crate::args::Global;
use crate::connection::Chosen;
use crate::console::Console;
use crate::exit::Exit;
use crate::policy;
use crate::stop::Stop;

#[derive(Debug, Args)]
pub(crate) struct Identify {
    #[command(flatten)]
    chosen: Chosen,
}

impl Identify {
    /// Runs the command.
    pub(crate) fn run(self, global: &Global, console: Console) -> Result<Exit, Stop> {
        let policy = policy::of_run(global, console)?;
        let (facts, selection) = self.chosen.observe(&policy)?;
        let mut verdict = selection.judge(&policy, &facts);
        selection.demand(&policy, &facts, &mut verdict);
        let exit = Exit::of(verdict.ruling());
        console.note(&verdict);
        let judged = console.report().judgement(&policy, &Judgement::of(ASKED, &verdict), ());
        let report = match (console.format, exit) {
            (Format::Human, Exit::Permitted) => {
                report::identities(&policy, &verdict) + &summary(&policy, &verdict)
            }
            (Format::Human, _) => match report::identities(&policy, &verdict) {
                said if said.is_empty() => judged,
                said => said + "\n" + &judged,
            },
            (Format::Json | Format::Sarif | Format::Github, _) => judged,
        };
        Ok(console.print(&report, exit))
    }
}

/// What is known of the servers once none of them was refused.
fn summary(policy: &Policy, verdict: &Verdict<'_>) -> String {
    let is_recognised = |answer: &Answer| match &answer.identity {
        Observed::Seen(identity) => database_of(policy, identity).is_some(),
        Observed::Absent | Observed::Unreadable(_) => false,
    };
    let answers = match verdict.live {
        Live::Asked(answers) => answers.as_slice(),
        Live::NotAsked => &[],
    };
    let unpinned = answers.iter().filter(|answer| !is_recognised(answer));
    let names: Vec<_> = unpinned.map(|answer| format!("`{}`", answer.connection)).collect();
    if names.is_empty() {
        return "each server is what the policy says\n".to_owned();
    }
    format!(
        "nothing contradicts the policy, which does not pin the server of {}: \
         only the address and the name of the database were compared\n",
        names.join(", ")
    )
}

/// DELIBERATE: no gate. The connections alone were judged, and nothing may start.
const ASKED: &str = "identify";
