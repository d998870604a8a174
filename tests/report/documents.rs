//! The documents for programs, field by field.

use koomy_guard::Policy;
use koomy_guard::facts::{Facts, Live};
use koomy_guard::finding::Findings;
use koomy_guard::gate::{Gate, Verdict, compare, decide};
use koomy_guard::report::{Format, Judgement, Scope};
use koomy_guard::rules::RULES;
use koomy_guard::source::{Place, Source, Span};
use serde_json::{Value, json};

use super::cases;
use super::readers::commands;
use super::{plain, report};

fn parsed(text: &str) -> Value {
    assert!(text.ends_with("}\n") && !text.ends_with("\n\n"), "one document and a line break");
    serde_json::from_str(text).unwrap()
}

fn case(name: &str) -> cases::Case {
    let mut all = cases::alone().into_iter().chain(cases::compared());
    all.find(|case| case.name == name).unwrap()
}

#[test]
fn json_is_the_contract() {
    let policy = cases::policy_file();
    let facts = Facts::assume().variable("KOOMY_ENV", "Sandbox").facts();
    let verdict = decide(Gate::Boot, &policy, &facts);
    let text = report(Format::Json, plain(0)).verdict(&policy, &verdict);
    let [finding] = verdict.findings.as_slice() else { panic!("one finding") };
    let decided = finding.labels()[1].place.location().unwrap();
    let expected = json!({
        "schema": "koomy-guard/v1",
        "tool": {"name": "guard-cli", "version": "0.1.0"},
        "policy": {"name": "koomy", "source": "config/policy.toml", "sha256": policy.sha256()},
        "gate": "boot",
        "environment": null,
        "outcome": "refused",
        "rules_asked": verdict.rules_asked,
        "findings": [{
            "rule": "variable-is-allowed",
            "outcome": "refused",
            "subject": "KOOMY_ENV",
            "message": finding.message(),
            "help": finding.help(),
            "places": [
                {"role": "cause", "source": "assumed environment"},
                {"role": "decided-by", "source": "config/policy.toml",
                 "line": decided.line, "column": decided.column},
            ],
        }],
    });
    assert_eq!(parsed(&text), expected);
    let keys: Vec<_> = text.lines().filter(|line| line.starts_with("  \"")).collect();
    let order = ["schema", "tool", "policy", "gate", "environment", "outcome", "rules", "findings"];
    for (line, key) in keys.iter().zip(order) {
        assert!(line.starts_with(&format!("  \"{key}")), "{line}");
    }
}

#[test]
fn json_says_where_the_policy_comes_from() {
    let policy = cases::policy();
    let case = case("permitted");
    let verdict = decide(Gate::Boot, &policy, &case.facts[0]);
    let document = parsed(&report(Format::Json, plain(0)).verdict(&policy, &verdict));
    assert_eq!(document["policy"]["source"], "built-in");
    assert_eq!(document["outcome"], "permitted");
    assert_eq!(document["environment"], "sandbox");
    assert_eq!(document["findings"], json!([]));
    assert!(document.get("environments").is_none());
}

#[test]
fn a_judgement_has_its_own_name_and_keys() {
    let policy = cases::policy_file();
    let sandbox = policy.environment("sandbox").unwrap();
    let table = [
        (Scope::One(Some(sandbox)), vec!["variable-is-set"], "permitted", json!("sandbox")),
        (Scope::Every, vec!["variable-is-set"], "permitted", Value::Null),
        (Scope::One(None), vec!["variable-is-set"], "undecided", Value::Null),
        (Scope::Every, Vec::new(), "undecided", Value::Null),
    ];
    for (scope, rules_asked, outcome, environment) in table {
        let findings = Findings::new();
        let judgement = Judgement { asked: "look", scope, rules_asked, findings, seen: None };
        let write =
            |format| report(format, plain(0)).judgement(&policy, &judgement, json!({"more": [1]}));
        let document = parsed(&write(Format::Json));
        assert_eq!((&document["gate"], &document["more"]), (&json!("look"), &json!([1])));
        assert_eq!(
            (&document["outcome"], &document["environment"]),
            (&json!(outcome), &environment)
        );
        assert!(document.get("live").is_none() && document.get("notes").is_none());
        let sarif = parsed(&write(Format::Sarif));
        assert_eq!(sarif["runs"][0]["properties"]["gate"], "look");
        assert_eq!(sarif["runs"][0]["properties"]["outcome"], outcome);
        assert!(write(Format::Human).starts_with(outcome), "{outcome}");
    }
}

#[test]
fn json_of_a_comparison_holds_each_environment() {
    let policy = cases::policy_file();
    let case = case("shared");
    let comparison = compare(&policy, &case.facts);
    let document = parsed(&report(Format::Json, plain(0)).comparison(&policy, &comparison));
    assert_eq!(document["gate"], "compare");
    assert_eq!(document["environment"], Value::Null);
    assert_eq!(document["outcome"], "refused");
    assert_eq!(
        document["environments"],
        json!([
            {"environment": "production", "source": "prod.env", "outcome": "permitted", "findings": []},
            {"environment": "sandbox", "source": "conf/sandbox.env", "outcome": "permitted", "findings": []},
            {"environment": "local", "source": "local.env", "outcome": "permitted", "findings": []},
        ])
    );
    assert_eq!(
        document["findings"].as_array().unwrap().len(),
        comparison.findings.as_slice().len()
    );
    let asked = document["rules_asked"].as_array().unwrap();
    // No server was asked, nothing is seeded, and no service runs.
    let listens = |id: &str| id.starts_with("seed-") || LISTENING.contains(&id);
    let expected = RULES.iter().filter(|rule| !listens(rule.id) && rule.gates != [Gate::Probe]);
    assert_eq!(asked.len(), expected.count(), "each rule once");
}

#[test]
fn a_wrong_policy_is_misuse_in_every_document() {
    let error = Policy::parse("policy.toml", cases::WRONG_POLICY).unwrap_err();
    let write = |format| report(format, plain(0)).policy_error(&error);
    let document = parsed(&write(Format::Json));
    assert_eq!(document["outcome"], "misused");
    assert_eq!(document["policy"], json!({"name": null, "source": "policy.toml"}));
    let problems = document["problems"].as_array().unwrap();
    assert_eq!(problems.len(), error.problems().len());
    assert_eq!(
        problems[1],
        json!({
            "message": error.problems()[1].kind.to_string(),
            "help": error.problems()[1].help(),
            "places": [{"role": "cause", "source": "policy.toml", "line": 3, "column": 1}],
        })
    );

    let sarif = parsed(&write(Format::Sarif));
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), problems.len());
    assert!(results.iter().all(|result| result["ruleId"] == "policy"));
    assert_eq!(sarif["runs"][0]["tool"]["driver"]["rules"][0]["id"], "policy");
    assert_eq!(sarif["runs"][0]["invocations"][0]["executionSuccessful"], false);
    assert_eq!(commands(&write(Format::Github)).len(), problems.len());
}

#[test]
fn a_valid_policy_is_permitted_in_every_document() {
    let policy = cases::policy_file();
    let write = |format| report(format, plain(0)).policy_valid(&policy);
    let document = parsed(&write(Format::Json));
    assert_eq!(document["outcome"], "permitted");
    assert_eq!(document["problems"], json!([]));
    assert_eq!(document["policy"]["sha256"], policy.sha256());
    assert_eq!(parsed(&write(Format::Sarif))["runs"][0]["results"], json!([]));
    assert_eq!(commands(&write(Format::Github))[0].name, "notice");
}

/// The text that a region of SARIF encloses.
fn enclosed(text: &str, region: &Value) -> String {
    let number = |key: &str| usize::try_from(region[key].as_u64().unwrap()).unwrap();
    let (first, last) = (number("startLine"), number("endLine"));
    let lines: Vec<&str> = text.split('\n').collect();
    let mut taken = String::new();
    for line in first..=last {
        let from = if line == first { number("startColumn") - 1 } else { 0 };
        let to = if line == last { number("endColumn") - 1 } else { usize::MAX };
        taken.extend(lines[line - 1].chars().take(to).skip(from));
        taken.push_str(if line == last { "" } else { "\n" });
    }
    taken
}

#[test]
fn regions_of_sarif_enclose_the_token() {
    let policy = cases::policy_file();
    for name in ["several", "process", "unreadable", "hostile", "nothing"] {
        let case = case(name);
        let verdict = decide(Gate::Boot, &policy, &case.facts[0]);
        let text = report(Format::Sarif, plain(0)).verdict(&policy, &verdict);
        let document = parsed(&text);
        let results = document["runs"][0]["results"].as_array().unwrap();
        for (finding, result) in verdict.findings.iter().zip(results) {
            let related = result["relatedLocations"].as_array().cloned().unwrap_or_default();
            let locations: Vec<_> =
                result["locations"].as_array().unwrap().iter().chain(&related).collect();
            assert_eq!(locations.len(), finding.labels().len());
            for (label, location) in finding.labels().iter().zip(&locations) {
                match label.place.span {
                    Some(span) => {
                        let region = &location["physicalLocation"]["region"];
                        let text = label.place.source.shown().unwrap();
                        let token = label.place.source.slice(span).unwrap();
                        assert_eq!(enclosed(text, region), token);
                    }
                    None => assert!(location["logicalLocations"][0]["name"].is_string()),
                }
            }
            let physical = &locations[0]["physicalLocation"];
            assert!(physical["region"]["startLine"].as_u64() >= Some(1), "a place in any case");
            let uri = physical["artifactLocation"]["uri"].as_str().unwrap();
            assert!(!uri.contains(['\n', ' ', ':', '#', '?']), "{uri}");
        }
        assert!(!text.contains("********") && !text.contains("file://"));
    }
}

#[test]
fn sarif_points_at_no_line_of_a_policy_that_is_compiled_in() {
    let case = case("process");
    let (built_in, file) = (cases::policy(), cases::policy_file());
    let physical = |policy: &Policy| {
        let text = report(Format::Sarif, plain(0))
            .verdict(policy, &decide(Gate::Boot, policy, &case.facts[0]));
        text.matches("physicalLocation").count()
    };
    assert_eq!(physical(&built_in), 0);
    assert!(physical(&file) > 0);
}

#[test]
fn fingerprints_stay_when_lines_move_and_differ_otherwise() {
    let policy = cases::policy();
    let fingerprints = |name: &str| -> Vec<String> {
        let case = case(name);
        let verdict = decide(Gate::Boot, &policy, &case.facts[0]);
        let text = report(Format::Sarif, plain(0)).verdict(&policy, &verdict);
        let results = parsed(&text)["runs"][0]["results"].as_array().unwrap().clone();
        let mut all: Vec<_> = results
            .iter()
            .map(|result| result["partialFingerprints"]["koomyGuard/v1"].to_string())
            .collect();
        all.sort();
        all
    };
    assert_eq!(fingerprints("several"), fingerprints("process"));
    for name in ["several", "unreadable", "hostile"] {
        let mut unique = fingerprints(name);
        let count = unique.len();
        unique.dedup();
        assert_eq!(unique.len(), count, "{name}");
    }
}

#[test]
fn a_decision_that_proves_nothing_is_not_a_notice() {
    let policy = cases::policy();
    let verdict = Verdict {
        gate: Gate::Boot,
        environment: None,
        rules_asked: Vec::new(),
        findings: Findings::new(),
        notes: Vec::new(),
        connections: Vec::new(),
        live: &Live::NotAsked,
    };
    let write = |format| report(format, plain(0)).verdict(&policy, &verdict);
    assert!(write(Format::Human).starts_with("undecided: no rule was asked; "));
    assert_eq!(parsed(&write(Format::Json))["outcome"], "undecided");
    let run = &parsed(&write(Format::Sarif))["runs"][0];
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
    let commands = commands(&write(Format::Github));
    assert_eq!((commands.len(), commands[0].name.as_str()), (1, "error"));
}

/// Any text and any span can be printed.
#[test]
fn no_place_breaks_a_report() {
    let policy = cases::policy();
    let texts = [
        "",
        "\n",
        "a",
        "a\r\nb\r\n",
        "\tx = \u{1b}[1m\r\u{202e}\n\u{feff}é東京e\u{301}\n\n",
        "\r\r\n",
        "x = [\n  1,\n\n  2,\n]\n",
        &"wide 東京 ".repeat(80),
        &"line\n".repeat(2000),
    ];
    for text in texts {
        let source = Source::file("s", text);
        let mut offsets: Vec<usize> =
            (0..=text.len().min(24)).step_by(1 + text.len() / 100).collect();
        offsets.extend([
            text.len() / 2,
            text.len().saturating_sub(1),
            text.len(),
            text.len() + 1,
            usize::MAX,
        ]);
        for start in &offsets {
            let mut findings = Findings::new();
            for end in &offsets {
                let place = Place::at(&source, Span::new(*start, *end));
                let finding = RULES[0].refuses("s", place.clone()).says("m\nm").help("h");
                let other = Place::at(&source, Span::new(text.len() / 3, text.len() / 2));
                findings
                    .push(finding.related(other, "a label of some length").related(place, "\n"));
            }
            let verdict = Verdict {
                gate: Gate::Boot,
                environment: None,
                rules_asked: vec!["r"],
                findings,
                notes: Vec::new(),
                connections: Vec::new(),
                live: &Live::NotAsked,
            };
            for (format, width) in [
                (Format::Human, 1),
                (Format::Human, usize::MAX),
                (Format::Sarif, 0),
                (Format::Github, 0),
            ] {
                let text = report(format, plain(width)).verdict(&policy, &verdict);
                assert!(text.matches("database-belongs-to-environment").count() >= offsets.len());
            }
        }
    }
}

const LISTENING: [&str; 3] =
    ["database-identity-matches", "database-role-is-least-privileged", "database-stamp-matches"];
