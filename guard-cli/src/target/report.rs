//! Where connections lead, as text; never a password.

use koomy_guard::Policy;
use koomy_guard::policy::Database;
use koomy_guard::report::SCHEMA;
use koomy_guard::rules::Rule;
use serde_json::{Value, json};

use super::{Answer, Lead};
use crate::console::TOOL;

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
            known_as(policy, *database),
        ),
        Answer::Refuse { message, help, canonical } => {
            let canonical = canonical.iter().map(|url| format!("  accepted would be: {url}\n"));
            let canonical: String = canonical.collect();
            format!("refused[{RULE}]: `{subject}`: {message}\n  help: {help}\n{canonical}")
        }
    }
}

fn accepted(subject: &str) -> String {
    format!("`{subject}` has one target for every driver")
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
        keys.insert("schema".to_owned(), json!(SCHEMA));
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

/// A workflow command for each connection.
pub(crate) fn github(leads: &[Lead<'_>]) -> String {
    let line = |lead: &Lead<'_>| match &lead.answer {
        Answer::Accept { .. } => {
            format!("::notice title=accepted::{}\n", escaped(&accepted(&lead.subject)))
        }
        Answer::Refuse { message, help, .. } => {
            let text = format!("`{}`: {message}\nhelp: {help}", lead.subject);
            format!("::error title=refused[{RULE}]::{}\n", escaped(&text))
        }
    };
    match leads {
        [] => "::error title=undecided::no connection was judged\n".to_owned(),
        leads => leads.iter().map(line).collect(),
    }
}

/// A message that holds a line break could otherwise issue a command of its own.
fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// SARIF, with one result for each refused connection.
///
/// DELIBERATE: a document of its own. That of a gate names an environment and
/// says whether it is permitted; here none is asked about.
pub(crate) fn sarif(leads: &[Lead<'_>]) -> Value {
    let result = |lead: &Lead<'_>| match &lead.answer {
        Answer::Accept { .. } => None,
        Answer::Refuse { message, help, .. } => Some(json!({
            "ruleId": RULE,
            "level": "error",
            "message": {"text": format!("`{}`: {message}\n\nhelp: {help}", lead.subject)},
            "locations": [{"logicalLocations": [{"name": lead.subject}]}],
        })),
    };
    let results: Vec<_> = leads.iter().filter_map(result).collect();
    let summary = Rule::by_id(RULE).map_or("", |rule| rule.summary);
    let rules = json!([{"id": RULE, "shortDescription": {"text": summary}}]);
    let driver = json!({"name": TOOL.name, "version": TOOL.version, "rules": rules});
    json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": driver},
            "invocations": [{"executionSuccessful": !leads.is_empty()}],
            "results": results,
        }],
    })
}

const RULE: &str = "database-url-is-unambiguous";
