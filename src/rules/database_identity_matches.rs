//! `database-identity-matches`

use super::live::{Answered, answer_of, identified};
use super::{Case, Check, Destination, Rule};
use crate::facts::{Causes, Observed, Server};
use crate::finding::{Finding, Findings};
use crate::gate::Gate;
use crate::policy::Environment;
use crate::selftest::{Baseline, Violation, one};

/// `database-identity-matches`. Public so that reports made outside a gate can cite it.
pub static RULE: Rule = Rule {
    id: "database-identity-matches",
    gates: &[Gate::Boot, Gate::Seed],
    summary: "the server says that it is the database its address claims",
    explain: "\
## Refuses
A connection whose server reports that it is another than the policy means:

- the name of the database differs;
- for Neon: the server does not say its project, branch and endpoint, or one of
  them is not the pinned one; the endpoint must also be the one that was dialed;
- elsewhere: the server is a Neon server, or has the traces of a managed service
  that is not the declared `provider`, or its system identifier or host name is
  not the pinned one, or is pinned for another database.

At a seed, too: a server that the policy does not pin, at one of its `hosts` on a
public network, since only the address tells it from others.

A branch other than the pinned one is permitted in one place: at the endpoint of real
data, since a restore changes the branch and nothing else. No seed is permitted there.

Undecided where the server could not be asked or does not say enough, where some
were asked and this one was not, and where none was asked and must be: at a seed,
and with `live = true`, which demands nothing of the phases `ci` and `build`.

`guard-cli neon sync` names this rule where Neon's account leads elsewhere than the
policy says.

## Why
An address is a claim. A tunnel on `localhost`, an alias in a pooler, an endpoint
that was pointed elsewhere: each has the right address, and another database.

## Way out
`guard-cli identify` shows what the server says, and which database of the policy
that is. Point the variable at the right one; after a restore, `guard-cli neon
sync` pins the new branch. Where nothing was asked, ask: `boot_live`, or `--live` on
the command line.
",
    check: Check::Live(check),
    violate,
};

fn violate(baseline: &Baseline<'_>, _: &[Baseline<'_>]) -> Option<Violation> {
    let facts = baseline.with_identity(|identity| match &mut identity.server {
        Server::Postgres { neon: Some(neon), .. } => neon.project = Some("elsewhere".to_owned()),
        Server::Postgres { neon, .. } => *neon = Some(crate::facts::Neon::default()),
        Server::MySql { .. } => identity.database = "elsewhere".to_owned(),
    });
    facts.map(one)
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(environment) = case.environment else { return };
    for (connection, destination) in case.destinations() {
        match answer_of(case, environment, &connection.name.value) {
            Answered::NotNeeded | Answered::Answer(Observed::Seen(_)) => {}
            Answered::Missing => findings.push(not_asked(case, environment, destination)),
            Answered::Answer(Observed::Absent) => findings.push(silent(destination)),
            Answered::Answer(Observed::Unreadable(causes)) => {
                unreadable(destination, causes, findings);
            }
        }
    }
    for found in identified(case) {
        let Err(mismatch) = found.compare() else { continue };
        let (name, place) = (found.name(), found.place());
        let database = &found.database.name.value;
        let message = format!("`{name}` leads to `{database}`, but {}", mismatch.said);
        findings.push(
            RULE.finds(mismatch.outcome, name, place).says(message).help(mismatch.help).because(
                case.source(),
                mismatch.pin,
                mismatch.pinned,
            ),
        );
    }
}

fn not_asked(case: &Case<'_>, environment: &Environment, destination: &Destination<'_>) -> Finding {
    let name = &destination.variable.name;
    let finding = RULE
        .leaves_undecided(name, destination.variable.place.clone())
        .says(format!("the server behind `{name}` was not asked who it is"))
        .help(match case.gate {
            Gate::Boot | Gate::Compare | Gate::Probe => {
                "ask it (`boot_live`, or `--live` on the command line); no server is asked while \
                 its address is refused"
            }
            Gate::Seed => "a seed asks it once every other finding is resolved",
        });
    match (case.gate, environment.live.value) {
        (Gate::Boot | Gate::Compare | Gate::Probe, true) => {
            finding.because(case.source(), environment.live.span, "its servers must be asked")
        }
        (Gate::Boot | Gate::Compare | Gate::Probe, false) | (Gate::Seed, _) => finding,
    }
}

fn silent(destination: &Destination<'_>) -> Finding {
    let name = &destination.variable.name;
    RULE.leaves_undecided(name, destination.variable.place.clone())
        .says(format!("the server behind `{name}` did not say who it is"))
        .help("check that it runs, and ask again")
}

/// DELIBERATE: the other rules say nothing of a server that could not be asked,
/// so that one outage is reported once.
fn unreadable(destination: &Destination<'_>, causes: &Causes, findings: &mut Findings) {
    for cause in causes.iter() {
        findings.push(
            RULE.leaves_undecided(&destination.variable.name, cause.place.clone())
                .says(&cause.message)
                .help(&cause.help),
        );
    }
}
