//! Asks one rule about a few variables, for the tables at the bottom of each rule.

use super::{Case, Check, Rule};
use crate::dotenv::{self, Parsed};
use crate::facts::{Facts, Identity, Live, Observed, Seen, Variables};
use crate::finding::{Finding, Findings, LabelRole};
use crate::gate::Gate;
use crate::policy::{Phase, Policy};
use crate::secret::Kind;
use crate::selftest::answered;
use crate::source::Place;

/// A rule, and the policy that it is asked by.
pub(super) struct Ask {
    rule: &'static Rule,
    policy: Policy,
    gate: Gate,
}

/// The variables of one environment.
pub(super) type Given<'a> = &'a [(&'a str, &'a str)];

impl Ask {
    /// By a small policy, with `more` at its end.
    pub(super) fn small(rule: &'static Rule, more: &str) -> Self {
        Self::by(rule, &format!("{SMALL}{more}"))
    }

    /// By the policy in `text`.
    pub(super) fn by(rule: &'static Rule, text: &str) -> Self {
        Self { rule, policy: Policy::parse("small.toml", text).unwrap(), gate: Gate::Boot }
    }

    /// The same at another gate.
    pub(super) fn at(self, gate: Gate) -> Self {
        Self { gate, ..self }
    }

    /// The policy.
    pub(super) fn policy(&self) -> &Policy {
        &self.policy
    }

    /// These variables, and servers that say what the policy has them say but for
    /// `change`.
    pub(super) fn told(&self, variables: Given<'_>, change: impl Fn(&mut Identity)) -> Facts {
        let mut facts = answered(&self.policy, seen(variables));
        let Live::Asked(answers) = &mut facts.live else { panic!("nothing was asked") };
        for answer in answers {
            let Observed::Seen(identity) = &mut answer.identity else { panic!("nothing said") };
            change(identity);
        }
        facts
    }

    /// The same policy with a prefix of its own variables.
    pub(super) fn with_prefix(self, prefix: &str) -> Self {
        let text = self.policy.source().shown().unwrap();
        Self::by(self.rule, &format!("prefix = '{prefix}'\n{text}")).at(self.gate)
    }

    /// The messages about these variables, one a line; nothing where the rule is
    /// satisfied.
    pub(super) fn says(&self, variables: Given<'_>) -> String {
        self.says_of(&seen(variables))
    }

    /// The messages about these facts.
    pub(super) fn says_of(&self, facts: &Facts) -> String {
        lines(&self.findings(facts), |finding| finding.message().to_owned())
    }

    /// The messages about an env file with this text.
    pub(super) fn says_of_file(&self, text: &str) -> String {
        let Parsed { source, entries, problems } = dotenv::parse(".env", text.as_bytes());
        let seen = entries.into_iter().map(|entry| Seen {
            place: Place::at(&source, entry.span),
            doubt: problems.iter().find(|p| p.span == entry.span).map(|p| p.kind),
            name: entry.key,
            value: entry.value,
            also: Vec::new(),
        });
        let variables = Observed::Seen(Variables::from_source(seen));
        self.says_of(&Facts {
            source,
            variables,
            expected: None,
            phase: Phase::Boot,
            live: Live::NotAsked,
        })
    }

    /// All that the rule says of these variables, and the text of the policy at
    /// each place: `outcome subject: message; help`, then the labels.
    pub(super) fn in_full(&self, variables: Given<'_>) -> String {
        self.in_full_of(&seen(variables))
    }

    /// All that the rule says of these facts.
    pub(super) fn in_full_of(&self, facts: &Facts) -> String {
        lines(&self.findings(facts), full)
    }

    /// All that the rule says of several environments, side by side.
    pub(super) fn across(&self, environments: &[Given<'_>]) -> String {
        let facts: Vec<_> = environments.iter().map(|variables| seen(variables)).collect();
        self.across_of(&facts)
    }

    /// All that the rule says of these facts, side by side.
    pub(super) fn across_of(&self, facts: &[Facts]) -> String {
        let cases: Vec<_> = facts.iter().map(|facts| self.case(facts)).collect();
        let Check::Across(check) = self.rule.check else { panic!("{} looks at one", self.rule.id) };
        let mut findings = Findings::new();
        check(&cases, &mut findings);
        lines(&self.owned(findings), full)
    }

    fn findings(&self, facts: &Facts) -> Findings {
        let (Check::One(check) | Check::Live(check)) = self.rule.check else {
            panic!("{} compares", self.rule.id)
        };
        let mut findings = Findings::new();
        check(&self.case(facts), &mut findings);
        self.owned(findings)
    }

    fn case<'a>(&'a self, facts: &'a Facts) -> Case<'a> {
        let Observed::Seen(variables) = &facts.variables else { panic!("nothing is assumed") };
        Case::at(self.gate, &self.policy, facts, variables)
    }

    fn owned(&self, findings: Findings) -> Findings {
        assert!(findings.iter().all(|finding| finding.rule() == self.rule), "{findings:?}");
        assert!(
            findings.iter().all(|f| f
                .labels()
                .iter()
                .filter(|l| l.role == LabelRole::Cause)
                .count()
                == 1)
        );
        findings
    }
}

/// Holds that `rule` refuses `bad` as a password where the data are real, and as
/// a declared secret everywhere; each time in the words of the rule's own table.
pub(super) fn judges_passwords(
    rule: &'static Rule,
    bad: &str,
    as_password: fn(&str) -> String,
    as_secret: fn(&str) -> String,
) {
    let secret = |more: &str, name: &str| format!("{more}[variables.{name}]\nis = 'secret'\n");
    let table = [
        (URL.to_owned(), "DATABASE_URL", ["production"].as_slice(), as_password),
        (PARTS.to_owned(), "W", &["production"], as_password),
        (secret(URL, "DATABASE_URL"), "DATABASE_URL", &["production"], as_password),
        (secret(PARTS, "W"), "W", &["production", "sandbox", "bare", "staging"], as_secret),
    ];
    for (more, holder, refused_in, words) in table {
        let ask = Ask::small(rule, &more);
        for environment in ["production", "sandbox", "bare", "staging"] {
            for password in [&*strong(4), bad] {
                let url = url_with(password, "main.koomy.app/koomy");
                let said = match password == bad && refused_in.contains(&environment) {
                    true => words(holder),
                    false => String::new(),
                };
                let given = [
                    ("KOOMY_ENV", environment),
                    ("DATABASE_URL", &*url),
                    ("H", "main.koomy.app"),
                    ("D", "koomy"),
                    ("U", "app"),
                    ("W", password),
                ];
                assert_eq!(ask.says(&given), said, "{more} {environment}");
            }
        }
    }
    let nothing = url("main.koomy.app/koomy").replace(&format!(":{}@", strong(1)), "@");
    let given = [("KOOMY_ENV", "production"), ("DATABASE_URL", &*nothing)];
    assert_eq!(Ask::small(rule, URL).says(&given), "", "no password is nothing to judge");
}

/// Facts with these variables.
pub(super) fn seen(variables: Given<'_>) -> Facts {
    let empty = Facts::assume().variable("X", "").without("X");
    empty.variables(variables.iter().copied()).facts()
}

/// A strong password, the same for the same seed.
pub(super) fn strong(seed: u64) -> String {
    Kind::HOME_MADE.sample(None, seed).unwrap()
}

/// A database URL with a strong password, such as `main.db.koomy.app/koomy?sslmode=require`.
pub(super) fn url(rest: &str) -> String {
    url_with(&strong(1), rest)
}

/// A database URL with that password.
pub(super) fn url_with(password: &str, rest: &str) -> String {
    format!("postgresql://app:{password}@{rest}")
}

fn lines(findings: &Findings, write: impl Fn(&Finding) -> String) -> String {
    findings.iter().map(write).collect::<Vec<_>>().join("\n")
}

fn full(finding: &Finding) -> String {
    let head = format!(
        "{} {}: {}; {}",
        finding.outcome().name(),
        finding.subject(),
        finding.message(),
        finding.help()
    );
    let labels = finding.labels().iter().map(|label| {
        let source = &label.place.source;
        let shown = match label.place.span {
            Some(span) => source.slice(span).unwrap().to_owned(),
            None => format!("<{}>", source.name()),
        };
        format!("\n  {}: {shown} ({})", label.role.name(), label.text)
    });
    head + &labels.collect::<String>()
}

/// A connection in one variable.
pub(super) const URL: &str = "[connections.primary]\nurl = 'DATABASE_URL'\n";

const PARTS: &str =
    "[connections.primary]\nhost = 'H'\ndatabase = 'D'\nuser = 'U'\npassword = 'W'\n";

const SMALL: &str = "\
version = 1
name    = 'small'

[environments.production]
data      = 'real'
runtime   = ['production']
databases = ['main']
domains   = ['koomy.app', 'api.koomy.app']

[environments.sandbox]
data      = 'synthetic'
runtime   = ['production', 'development']
databases = ['play', 'here']
domains   = ['play.koomy.app', 'localhost']

[environments.bare]
data    = 'masked'
runtime = ['test']

[databases.main]
endpoints = ['main.koomy.app']
database  = 'koomy'

[databases.play]
endpoints = ['play.koomy.app']
database  = 'koomy'

[databases.here]
hosts    = ['localhost', 'db']
database = 'koomy'

[databases.inner]
endpoints = ['inner.koomy.app']
database  = 'koomy'
network   = 'private'

[variables.KOOMY_ENV]
is = 'environment'

";
