//! Where connections lead, as text; never a password.

use koomy_guard::policy::Database;
use koomy_guard::report::{self, Judgement, Report, SCHEMA, Scope};
use koomy_guard::rules::DATABASE_URL_IS_UNAMBIGUOUS;
use koomy_guard::{Policy, Ruling};
use serde_json::{Value, json};

use super::{Answer, Lead};

/// Lines for people.
pub(crate) fn human(policy: &Policy, leads: &[Lead<'_>]) -> String {
    leads.iter().map(|lead| one(policy, lead)).collect::<Vec<_>>().join("\n")
}

fn one(policy: &Policy, lead: &Lead<'_>) -> String {
    let subject = &lead.subject;
    match &lead.answer {
        Answer::Accept { target, database } => format!(
            "accepted: {}\n  leads to  {}\n  \
             database  {}\n  user      {}\n  provider  {}\n  this is   {}\n",
            accepted(subject),
            target.dials().join(", "),
            target.database(),
            target.user(),
            target.provider().name(),
            report::known_as(policy, *database),
        ),
        Answer::Refuse { finding, canonical } => {
            let (rule, message, help) = (finding.rule().id, finding.message(), finding.help());
            let canonical = canonical.iter().map(|url| format!("  would be accepted: {url}\n"));
            let canonical: String = canonical.collect();
            format!("refused[{rule}]: `{subject}`: {message}\n  help: {help}\n{canonical}")
        }
    }
}

fn accepted(subject: &str) -> String {
    format!("`{subject}` has one target for every driver")
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
            "environments": environments(policy, *database),
        }),
        Answer::Refuse { finding, canonical } => json!({
            "decision": "refuse",
            "rule": finding.rule().id,
            "message": finding.message(),
            "help": finding.help(),
            "canonical": canonical,
        }),
    };
    if let Some(keys) = object.as_object_mut() {
        keys.insert("schema".to_owned(), json!(SCHEMA));
        if let Some(connection) = lead.connection {
            keys.insert("connection".to_owned(), json!(connection));
            keys.insert("variable".to_owned(), json!(lead.subject));
        }
    }
    object
}

fn environments<'a>(policy: &'a Policy, database: Option<&Database>) -> Vec<&'a str> {
    let all = database.into_iter().flat_map(|database| policy.environments_of(database.id));
    all.map(|environment| environment.name.value.as_str()).collect()
}

/// A workflow command for each connection.
pub(crate) fn github(report: Report, policy: &Policy, leads: &[Lead<'_>]) -> String {
    let notice = |lead: &Lead<'_>| match &lead.answer {
        Answer::Accept { .. } => {
            Some(report::notice(&format!("accepted: {}", accepted(&lead.subject))))
        }
        Answer::Refuse { .. } => None,
    };
    let notices: String = leads.iter().filter_map(notice).collect();
    let judgement = judgement(leads);
    match judgement.ruling() {
        Ruling::Permitted => notices,
        Ruling::Refused | Ruling::Undecided => notices + &report.judgement(policy, &judgement, ()),
    }
}

/// SARIF, with one result for each refused connection.
pub(crate) fn sarif(report: Report, policy: &Policy, leads: &[Lead<'_>]) -> String {
    report.judgement(policy, &judgement(leads), ())
}

/// DELIBERATE: no gate. What has one target may still be that of another
/// environment.
pub(crate) fn judgement(leads: &[Lead<'_>]) -> Judgement<'static> {
    let finding = |lead: &Lead<'_>| match &lead.answer {
        Answer::Accept { .. } => None,
        Answer::Refuse { finding, .. } => Some(finding.clone()),
    };
    let asked = (!leads.is_empty()).then_some(DATABASE_URL_IS_UNAMBIGUOUS.id);
    Judgement {
        asked: "target",
        scope: Scope::Every,
        rules_asked: asked.into_iter().collect(),
        findings: leads.iter().filter_map(finding).collect(),
        seen: None,
    }
}
