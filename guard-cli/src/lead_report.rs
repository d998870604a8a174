//! Where connections lead, as text; never a password.

use koomy_guard::Policy;
use koomy_guard::finding::{Finding, Findings};
use koomy_guard::gate::{Gate, Verdict};
use koomy_guard::policy::Database;
use koomy_guard::report;
use koomy_guard::rules::Rule;
use serde_json::{Value, json};

use crate::console::{Console, TOOL};
use crate::lead::{Answer, Lead};

/// Lines for people.
pub(crate) fn human(policy: &Policy, leads: &[Lead<'_>]) -> String {
    leads.iter().map(|lead| one(policy, lead)).collect::<Vec<_>>().join("\n")
}

fn one(policy: &Policy, lead: &Lead<'_>) -> String {
    let subject = &lead.subject;
    match &lead.answer {
        Answer::Accept { target, database } => format!(
            "accepted: `{subject}` has one target for every driver\n  leads to  {}\n  \
             database  {}\n  user      {}\n  provider  {}\n  this is   {}\n",
            target.dials().join(", "),
            target.database(),
            target.user(),
            target.provider().name(),
            known_as(policy, *database),
        ),
        Answer::Refuse { message, help, canonical } => {
            let canonical = canonical.iter().map(|url| format!("  accepted would be: {url}\n"));
            let canonical: String = canonical.collect();
            format!("refused[{RULE}]: `{subject}`: {message}\n  help: {help}\n{canonical}")
        }
    }
}

fn known_as(policy: &Policy, database: Option<&Database>) -> String {
    let Some(database) = database else { return "no database of the policy".to_owned() };
    let environments = match environments(policy, database).as_slice() {
        [] => "no environment".to_owned(),
        names => format!("`{}`", names.join("`, `")),
    };
    format!("`{}`, a database of {environments}", database.name.value)
}

/// One object, or an array of several.
pub(crate) fn json(policy: &Policy, leads: &[Lead<'_>]) -> Value {
    let mut objects: Vec<_> = leads.iter().map(|lead| object(policy, lead)).collect();
    match (objects.pop(), objects.is_empty()) {
        (Some(only), true) => only,
        (last, _) => {
            objects.extend(last);
            Value::Array(objects)
        }
    }
}

fn object(policy: &Policy, lead: &Lead<'_>) -> Value {
    let mut object = match &lead.answer {
        Answer::Accept { target, database } => json!({
            "decision": "accept",
            "targets": target.dials(),
            "database": target.database(),
            "user": target.user(),
            "provider": target.provider().name(),
            "policy_database": database.map(|database| &database.name.value),
            "environments": database.map(|it| environments(policy, it)).unwrap_or_default(),
        }),
        Answer::Refuse { message, help, canonical } => json!({
            "decision": "refuse",
            "rule": RULE,
            "message": message,
            "help": help,
            "canonical": canonical,
        }),
    };
    if let Some(keys) = object.as_object_mut() {
        keys.insert("schema".to_owned(), json!("koomy-guard/v1"));
        if let Some(connection) = lead.connection {
            keys.insert("connection".to_owned(), json!(connection));
            keys.insert("variable".to_owned(), json!(lead.subject));
        }
    }
    object
}

fn environments<'a>(policy: &'a Policy, database: &Database) -> Vec<&'a str> {
    policy.environments_of(database.id).map(|environment| environment.name.value.as_str()).collect()
}

/// The refusals, as the findings that `check` would have.
pub(crate) fn findings(console: Console, policy: &Policy, leads: &[Lead<'_>]) -> String {
    let mut findings = Findings::new();
    for Lead { subject, place, answer, .. } in leads {
        if let (Answer::Refuse { message, help, .. }, Some(rule)) = (answer, Rule::by_id(RULE)) {
            let message = format!("`{subject}`: {message}");
            findings.push(Finding::refused(rule, subject, place.clone(), message, help));
        }
    }
    let verdict = Verdict {
        gate: Gate::Boot,
        environment: policy.environments().first().filter(|_| !leads.is_empty()),
        rules_asked: vec![RULE],
        findings,
        connections: Vec::new(),
    };
    report::verdict(console.format, console.style(), TOOL, policy, &verdict)
}

const RULE: &str = "database-url-is-unambiguous";
