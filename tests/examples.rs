//! Tests every policy under `examples/` with the env files beside it, and the environment
//! in CSAR's own document.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use koomy_guard::facts::{Facts, Observed};
use koomy_guard::gate::{Gate, Refusal, Verdict, compare, decide};
use koomy_guard::observe::env_files;
use koomy_guard::policy::{Phase, Policy};
use koomy_guard::secret::Kind;
use koomy_guard::selftest::{self, Proof};
use koomy_guard::{Permit, Ruling};

#[path = "examples/changes.rs"]
mod changes;

use changes::CHANGES;

type Tested = Result<(), Box<dyn std::error::Error>>;

/// Programs, not teams; they have tests of their own.
const PROGRAMS: [&str; 3] = ["axum-service", "express", "seeds"];

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// A folder under `examples/`, and its environments with a file for each.
const TEAMS: [(&str, &[(&str, &str)]); 5] = [
    ("csar", &[("production", "production"), ("staging", "staging"), ("local", "local")]),
    ("deploiement", &[("DEV", "DEV"), ("TEST", "TEST"), ("PREPROD", "PREPROD"), ("PROD", "PROD")]),
    (
        "ecotrajet",
        &[("production", "production"), ("staging", "staging"), ("développement", "developpement")],
    ),
    ("koomy", &[("production", "production"), ("sandbox", "sandbox"), ("local", "local")]),
    ("maboussole", &[("production", "production"), ("staging", "staging")]),
];

/// The policy of a team; Koomy's is the built-in one.
fn policy(team: &str) -> Result<Policy, Box<dyn std::error::Error>> {
    let text = match team {
        "csar" => include_str!("../examples/csar/policy.toml"),
        "deploiement" => include_str!("../examples/deploiement/policy.toml"),
        "ecotrajet" => include_str!("../examples/ecotrajet/policy.toml"),
        "maboussole" => include_str!("../examples/maboussole/policy.toml"),
        _ => return Ok(Policy::built_in()?),
    };
    Ok(Policy::parse(&format!("examples/{team}/policy.toml"), text)?)
}

fn folder(team: &str) -> PathBuf {
    Path::new(ROOT).join("examples").join(team)
}

fn file(team: &str, name: &str) -> Facts {
    env_files(&[folder(team).join(format!("{name}.env"))], Phase::Boot)
}

/// The rule and subject of each finding.
fn findings(verdict: &Verdict<'_>) -> BTreeSet<(&'static str, String)> {
    let of = |finding: &koomy_guard::Finding| (finding.rule().id, finding.subject().to_owned());
    verdict.findings.iter().map(of).collect()
}

/// Facts with some variables changed, as in a process.
fn with(facts: &Facts, changes: &[(&str, &str)]) -> Facts {
    let mut assumed = Facts::assume();
    if let Observed::Seen(variables) = &facts.variables {
        for seen in variables {
            assumed = assumed.variable(&seen.name, seen.value.expose());
        }
    }
    assumed.variables(changes.iter().copied()).facts()
}

#[test]
fn every_folder_is_a_team_and_every_file_is_known() -> Tested {
    let names = |path: &Path| -> std::io::Result<BTreeSet<String>> {
        let entries = std::fs::read_dir(path)?;
        entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
    };
    let folders: BTreeSet<_> = TEAMS.iter().map(|(team, _)| (*team).to_owned()).collect();
    let on_disk: BTreeSet<_> = names(&Path::new(ROOT).join("examples"))?
        .into_iter()
        .filter(|name| !name.contains('.') && !PROGRAMS.contains(&name.as_str()))
        .collect();
    assert_eq!(on_disk, folders);
    for (team, environments) in TEAMS {
        let known = environments.iter().map(|(_, file)| format!("{file}.env"));
        let on_disk = names(&folder(team))?.into_iter().filter(|name| name.ends_with(".env"));
        assert_eq!(on_disk.collect::<BTreeSet<_>>(), known.collect(), "{team}");
    }
    Ok(())
}

#[test]
fn every_environment_of_a_policy_has_its_file() -> Tested {
    for (team, environments) in TEAMS {
        let policy = policy(team)?;
        let declared =
            policy.environments().iter().map(|environment| environment.name.value.as_str());
        let known = environments.iter().map(|(environment, _)| *environment);
        assert_eq!(declared.collect::<BTreeSet<_>>(), known.collect(), "{team}");
    }
    Ok(())
}

#[test]
fn a_file_is_permitted_as_its_own_environment_and_as_no_other() -> Tested {
    for (team, environments) in TEAMS {
        let policy = policy(team)?;
        for (own, name) in environments {
            let mut facts = file(team, name);
            let verdict = decide(Gate::Boot, &policy, &facts);
            assert_eq!(findings(&verdict), BTreeSet::new(), "{team}/{name}.env");
            assert_eq!(verdict.ruling(), Ruling::Permitted, "{team}/{name}.env");
            for (expected, _) in environments {
                facts.expected = Some((*expected).to_owned());
                let verdict = decide(Gate::Boot, &policy, &facts);
                let ruling = if expected == own { Ruling::Permitted } else { Ruling::Refused };
                assert_eq!(verdict.ruling(), ruling, "{team}/{name}.env as {expected}");
            }
        }
    }
    Ok(())
}

#[test]
fn a_file_of_one_environment_is_refused_under_the_name_of_another() -> Tested {
    for (team, environments) in TEAMS {
        let policy = policy(team)?;
        for (own, name) in environments {
            for (other, _) in environments.iter().filter(|(other, _)| other != own) {
                let facts = file(team, name);
                let facts = with(&facts, &[(policy.environment_variable(), other)]);
                let verdict = decide(Gate::Boot, &policy, &facts);
                let rules: BTreeSet<_> =
                    findings(&verdict).into_iter().map(|(rule, _)| rule).collect();
                let about = format!("{team}/{name}.env called {other}: {rules:?}");
                assert!(rules.contains("database-belongs-to-environment"), "{about}");
                assert!(rules.contains("domain-belongs-to-environment"), "{about}");
            }
        }
    }
    Ok(())
}

#[test]
fn the_environments_of_a_team_share_nothing() -> Tested {
    for (team, environments) in TEAMS {
        let policy = policy(team)?;
        let facts: Vec<_> = environments.iter().map(|(_, name)| file(team, name)).collect();
        let comparison = compare(&policy, &facts);
        let shown: Vec<_> = comparison.findings.iter().map(|finding| finding.message()).collect();
        assert_eq!(shown, [""; 0], "{team}");
        assert_eq!(comparison.ruling(), Ruling::Permitted, "{team}");
        assert_eq!(comparison.verdicts.len(), environments.len(), "{team}");
    }
    Ok(())
}

#[test]
fn files_that_share_a_value_are_refused_side_by_side() -> Tested {
    for (team, environments) in TEAMS {
        let policy = policy(team)?;
        let (Some((own, first)), Some((other, _))) = (environments.first(), environments.get(1))
        else {
            continue;
        };
        let first = file(team, first);
        let second = with(&first, &[(policy.environment_variable(), other)]);
        let pair = [first, second];
        let comparison = compare(&policy, &pair);
        let rules: BTreeSet<_> =
            comparison.findings.iter().map(|finding| finding.rule().id).collect();
        let both = BTreeSet::from(["database-is-not-shared", "secret-is-not-shared"]);
        assert_eq!(rules, both, "{team}: {own} and {other}");
    }
    Ok(())
}

/// Section 1.1 of the deployment plan, to the byte.
fn csar_as_written() -> Facts {
    env_files(&[Path::new(ROOT).join("tests/data/csar.env")], Phase::Boot)
}

#[test]
fn csar_as_documented_is_refused_for_every_placeholder() -> Tested {
    let policy = policy("csar")?;
    let facts = csar_as_written();
    let verdict = decide(Gate::Boot, &policy, &facts);
    let expected = [
        ("secret-is-not-placeholder", "APP_KEY"),
        ("database-belongs-to-environment", "DB_HOST"),
        ("secret-is-not-placeholder", "DB_PASSWORD"),
        ("secret-is-not-placeholder", "MAIL_PASSWORD"),
        ("secret-is-not-placeholder", "PUSHER_APP_ID"),
        ("secret-is-not-placeholder", "PUSHER_APP_KEY"),
        ("secret-is-not-placeholder", "PUSHER_APP_SECRET"),
        ("variable-is-set", "REDIS_PASSWORD"),
        ("secret-is-not-placeholder", "SMS_API_KEY"),
    ];
    let expected = expected.map(|(rule, subject)| (rule, subject.to_owned()));
    assert_eq!(findings(&verdict), BTreeSet::from(expected));
    assert_eq!(verdict.findings.as_slice().len(), 9);
    for finding in verdict.findings.iter().filter(|found| found.subject() != "REDIS_PASSWORD") {
        assert!(finding.message().contains("placeholder"), "{}", finding.message());
    }
    Ok(())
}

#[test]
fn csar_points_at_each_line_of_its_document() -> Tested {
    let policy = policy("csar")?;
    let facts = csar_as_written();
    let Err(Refusal::Shut(shut)) = Permit::<koomy_guard::Boot>::ask(&policy, &facts) else {
        return Err("the document's own environment is permitted".into());
    };
    let shown = shut.to_string();
    let lines = [
        ("APP_KEY", 4),
        ("DB_HOST", 10),
        ("DB_PASSWORD", 14),
        ("REDIS_PASSWORD", 23),
        ("MAIL_PASSWORD", 31),
        ("SMS_API_KEY", 38),
        ("PUSHER_APP_ID", 44),
        ("PUSHER_APP_KEY", 45),
        ("PUSHER_APP_SECRET", 46),
    ];
    for (name, line) in lines {
        assert!(shown.contains(&format!("csar.env:{line}:1")), "{name} in line {line}:\n{shown}");
    }
    for value in ["your-", "secure-password"] {
        assert!(!shown.contains(value), "{value}:\n{shown}");
    }
    Ok(())
}

#[test]
fn csar_with_values_of_its_own_differs_in_nothing_else() -> Tested {
    let (Observed::Seen(written), Observed::Seen(filled)) =
        (csar_as_written().variables, file("csar", "production").variables)
    else {
        return Err("a file is not readable".into());
    };
    let changed: BTreeSet<_> = written
        .iter()
        .filter(|seen| {
            filled.find(&seen.name).map(|s| s.value.expose()) != Some(seen.value.expose())
        })
        .map(|seen| seen.name.as_str())
        .collect();
    let expected = [
        "APP_KEY",
        "DB_HOST",
        "DB_PASSWORD",
        "MAIL_PASSWORD",
        "PUSHER_APP_ID",
        "PUSHER_APP_KEY",
        "PUSHER_APP_SECRET",
        "REDIS_PASSWORD",
        "SMS_API_KEY",
    ];
    assert_eq!(changed, BTreeSet::from(expected));
    Ok(())
}

#[test]
fn single_changes_are_judged_by_the_expected_rules() -> Tested {
    for (team, name, (variable, value), rules) in CHANGES {
        let policy = policy(team)?;
        let facts = with(&file(team, name), &[(variable, value)]);
        let verdict = decide(Gate::Boot, &policy, &facts);
        let found: BTreeSet<_> = findings(&verdict).into_iter().map(|(rule, _)| rule).collect();
        assert_eq!(found, rules.iter().copied().collect(), "{team}/{name}.env: {variable}={value}");
    }
    Ok(())
}

/// A default secret key is as long and as varied as a good one.
#[test]
fn djangos_own_secret_key_is_a_placeholder() -> Tested {
    let policy = policy("deploiement")?;
    let key = format!("django-{}-{}", "insecure", "w8kf2mqx7zr4tn9b3v6h1j5p0s2d4g6k8l0q3e5r7t9y1u");
    let facts = with(&file("deploiement", "TEST"), &[("DJANGO_SECRET_KEY", key.as_str())]);
    let verdict = decide(Gate::Boot, &policy, &facts);
    let expected = ("secret-is-not-placeholder", "DJANGO_SECRET_KEY".to_owned());
    assert_eq!(findings(&verdict), BTreeSet::from([expected]));
    Ok(())
}

#[test]
fn a_workflow_of_maboussole_needs_only_its_own_secrets() -> Tested {
    let policy = policy("maboussole")?;
    let sample = |kind: &str| Kind::by_id(kind).and_then(|kind| kind.sample(None, 7));
    let (Some(key), Some(hook)) = (sample("pem-private-key"), sample("slack-webhook-url")) else {
        return Err("a kind has no sample".into());
    };
    let job = Facts::assume().phase(Phase::Ci).variables([
        ("CI", "true"),
        ("GITHUB_REF_NAME", "main"),
        ("GITHUB_TOKEN", "set by the platform"),
        ("APP_ENV", "production"),
        ("APP_URL", "https://crm.maboussole.example"),
        ("SLACK_WEBHOOK_URL", hook.as_str()),
        ("SSH_PRIVATE_KEY", key.as_str()),
        ("SSH_HOST", "deploy.crm.maboussole.example"),
        ("SSH_USER", "deploy"),
    ]);
    let facts = job.clone().facts();
    assert_eq!(findings(&decide(Gate::Boot, &policy, &facts)), BTreeSet::new());

    let facts = job.clone().without("SSH_PRIVATE_KEY").facts();
    let missing = ("variable-is-set", "SSH_PRIVATE_KEY".to_owned());
    assert_eq!(findings(&decide(Gate::Boot, &policy, &facts)), BTreeSet::from([missing]));

    let facts = job.variable("SSH_HOST", "deploy.staging.crm.maboussole.example").facts();
    let foreign = ("domain-belongs-to-environment", "SSH_HOST".to_owned());
    assert_eq!(findings(&decide(Gate::Boot, &policy, &facts)), BTreeSet::from([foreign]));
    Ok(())
}

#[test]
fn every_policy_guards_what_it_seems_to_guard() -> Tested {
    for (team, _) in TEAMS {
        let policy = policy(team)?;
        let tested = selftest::run(&policy);
        let impossible: Vec<_> = tested.impossible.iter().map(|(name, _)| name).collect();
        assert_eq!(impossible, [""; 0], "{team}");
        let silent = tested.tried.iter().filter(|tried| tried.proof == Proof::Silent);
        let silent: Vec<_> = silent.map(|tried| (tried.rule.id, &tried.environment)).collect();
        assert!(silent.is_empty(), "{team}: {silent:?}");
    }
    Ok(())
}

#[test]
fn releases_follow_the_documents() -> Tested {
    let chain = |team: &str, from: &str| -> Result<Vec<String>, Box<dyn std::error::Error>> {
        let policy = policy(team)?;
        let mut at = policy.environment(from);
        let mut names = Vec::new();
        while let Some(environment) = at {
            names.push(environment.name.value.clone());
            let after = environment.after.as_ref();
            at = after.and_then(|after| policy.environment(policy.environment_name(after.value)?));
        }
        Ok(names)
    };
    assert_eq!(chain("deploiement", "PROD")?, ["PROD", "PREPROD", "TEST"]);
    assert_eq!(chain("csar", "production")?, ["production", "staging"]);
    assert_eq!(chain("ecotrajet", "production")?, ["production", "staging"]);
    assert_eq!(chain("koomy", "production")?, ["production", "sandbox"]);
    assert_eq!(chain("maboussole", "production")?, ["production"]);
    Ok(())
}
