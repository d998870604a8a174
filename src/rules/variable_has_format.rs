//! `variable-has-format`

use super::{Case, Check, Matched, Rule};
use crate::address::{host_of, is_host};
use crate::facts::Seen;
use crate::finding::{Finding, Findings};
use crate::gate::Gate;
use crate::policy::{Declared, Variable, VariableKind};
use crate::selftest::{Baseline, Violation, one};
use crate::source::Span;

pub(super) static RULE: Rule = Rule {
    id: "variable-has-format",
    gates: &[Gate::Boot, Gate::Seed],
    summary: "a variable holds what its kind says: an address, a port, a boolean, …",
    explain: "\
## Refuses
A value that is not of its declared kind, or that does not match the policy's
`matches`; and a value that is not text, because it holds a NUL or is not UTF-8.
Where the policy gives a closed list, the list decides instead of the kind.

## Why
A port that is no number stops a program late, when it is first used. An address
that two programs could read differently leads to two places.

## Way out
The finding says what is expected. Kubernetes sets `NAME_PORT` to
`tcp://ADDRESS:PORT` for a service called `name`; rename the variable or the
service if that is where a wrong port comes from.
",
    check: Check::One(check),
    violate,
};

fn violate(baseline: &Baseline<'_>, _: &[Baseline<'_>]) -> Option<Violation> {
    let variable = baseline.declared().find(|variable| !has_closed_list(variable))?;
    Some(one(baseline.with(&variable.name.value, *b"\xff")))
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for Matched { seen, declared, .. } in &case.matched {
        let Some(declared) = declared.filter(|_| !seen.is_empty()) else { continue };
        let wrong = match (declared.variable(), seen.text()) {
            (Some(variable), Some(secret)) => wrong(variable, secret.expose()),
            (Some(variable), None) if has_closed_list(variable) => None,
            (None, Some(_)) => None,
            (Some(_) | None, None) => Some(Wrong {
                what: "is not text: it holds a NUL or is not UTF-8".to_owned(),
                help: "write it as UTF-8 text",
                at: declared.span(),
            }),
        };
        if let Some(wrong) = wrong {
            findings.push(refuse(case, declared, seen, wrong));
        }
    }
}

/// Whether `variable-is-allowed` judges the value, by a list that says more than a
/// kind.
fn has_closed_list(variable: &Variable) -> bool {
    matches!(variable.kind, VariableKind::Environment | VariableKind::Runtime)
        || variable.values.is_some()
}

struct Wrong {
    what: String,
    help: &'static str,
    at: Span,
}

fn wrong(variable: &Variable, value: &str) -> Option<Wrong> {
    let at = variable.name.span;
    if !has_closed_list(variable)
        && let Some((what, help)) = wrong_kind(&variable.kind, value)
    {
        return Some(Wrong { what, help, at });
    }
    let matcher = variable.matches.as_ref()?;
    (!matcher.value.fits(value)).then(|| Wrong {
        what: "does not match the policy's pattern".to_owned(),
        help: "write it as the pattern demands",
        at: matcher.span,
    })
}

/// What is wrong with `value` as one of its kind, and what to write instead.
pub(crate) fn wrong_kind(kind: &VariableKind, value: &str) -> Option<(String, &'static str)> {
    let wrong = |is_right: bool, what: &str, help| (!is_right).then(|| (what.to_owned(), help));
    match kind {
        VariableKind::Environment
        | VariableKind::Runtime
        | VariableKind::Secret(_)
        | VariableKind::Text => None,
        VariableKind::Url => wrong_address(value),
        VariableKind::Urls => value.split(',').find_map(|item| wrong_address(item.trim())),
        VariableKind::Host => wrong(
            is_host(value),
            "is not a host name",
            "write the host alone, without scheme or port",
        ),
        VariableKind::Hosts => wrong(
            value.split(',').all(|item| is_host(item.trim())),
            "is not a list of host names",
            "write host names, separated by commas",
        ),
        VariableKind::Email => {
            wrong(is_email(value), "is not a mail address", "write one address, without a name")
        }
        VariableKind::Port => wrong(
            is_number(value) && !value.starts_with('0') && value.parse::<u16>().is_ok(),
            "is not a port",
            "write a number from 1 to 65535, without leading zero",
        ),
        VariableKind::Integer => wrong(
            value.parse::<i64>().is_ok() && is_number(value.strip_prefix('-').unwrap_or(value)),
            "is not a whole number",
            "write digits, without spaces or separators",
        ),
        VariableKind::Boolean => {
            wrong(is_boolean(value), "is not a boolean", "write `true` or `false`, in lower case")
        }
    }
}

fn wrong_address(value: &str) -> Option<(String, &'static str)> {
    let error = host_of(value).err()?;
    Some((error.to_string(), "write it as `https://HOST/PATH`, in plain ASCII"))
}

fn is_email(value: &str) -> bool {
    value.split_once('@').is_some_and(|(local, domain)| {
        let is_plain = |c: char| c.is_ascii_graphic() && !"\"(),:;<>@[\\]".contains(c);
        !local.is_empty() && local.chars().all(is_plain) && domain.contains('.') && is_host(domain)
    })
}

pub(super) fn is_boolean(value: &str) -> bool {
    BOOLEANS.contains(&value)
}

fn is_number(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit())
}

fn refuse(case: &Case<'_>, declared: Declared<'_>, seen: &Seen, wrong: Wrong) -> Finding {
    let name = &seen.name;
    let Wrong { what, help, at } = wrong;
    let kind = declared.variable().map_or(VariableKind::Text.name(), |it| it.kind.name());
    RULE.refuses(name, seen.place.clone()).says(format!("`{name}` {what}")).help(help).because(
        case.source(),
        at,
        format!("declared as `{kind}`"),
    )
}

const BOOLEANS: &[&str] = &["true", "false", "1", "0", "yes", "no", "on", "off"];

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::facts::Facts;
    use crate::rules::testing::Ask;

    const KINDS: [&str; 10] =
        ["text", "url", "urls", "host", "hosts", "email", "port", "integer", "boolean", "secret"];

    fn ask() -> Ask {
        let of_kinds: String =
            KINDS.iter().map(|kind| format!("[variables.{kind}]\nis = '{kind}'\n")).collect();
        let more = "[variables.REGION]\nmatches = '[a-z]{2}-[0-9]'\nexample = 'eu-1'\n\
            [variables.NODE_ENV]\nis = 'runtime'\n[variables.MODE]\nvalues = ['on']\n\
            [variables.'X_*']\n";
        Ask::small(&RULE, &(of_kinds + more))
    }

    #[test]
    fn a_value_is_of_its_kind() {
        let address = "is not a web address";
        let (host, hosts) = ("is not a host name", "is not a list of host names");
        let mail = "is not a mail address";
        check_all(&[
            ("text", "", &["anything", " at all\n"]),
            ("secret", "", &["anything"]),
            ("NODE_ENV", "", &["anything"]),
            ("MODE", "", &["anything"]), // `variable-is-allowed` refuses it
            ("KOOMY_ENV", "", &["anything"]),
            ("UNKNOWN", "", &["anything"]),
            ("url", "", &["https://koomy.app", "http://localhost:3000/x?y#z"]),
            ("url", address, &["koomy.app", "/path", "https://"]),
            ("url", "is an address without a host", &["mailto:someone"]),
            ("url", "is an address with port 0", &["http://api.koomy.app:0"]),
            (
                "url",
                "is an address whose scheme does not lead to a server",
                &["javascript://api.koomy.app", "data:text/plain,x", "file://koomy.app/x"],
            ),
            (
                "url",
                "",
                &["redis://cache.koomy.app:6379/0", "amqps://mq.koomy.app", "ftp://koomy.app"],
            ),
            ("url", "is an address that two programs could read differently", &["https://a\\@b/"]),
            ("urls", "", &["https://koomy.app", "https://koomy.app, https://b.net"]),
            ("urls", address, &["https://koomy.app,", "https://koomy.app,b.net"]),
            ("host", "", &["koomy.app", "localhost", "10.0.0.1", "my_host-1"]),
            ("host", host, &["koomy.app:80", "https://koomy.app", "a b", "koomy..app", "é.fr"]),
            ("hosts", "", &["koomy.app", "koomy.app, b.net"]),
            ("hosts", hosts, &["koomy.app,", "koomy.app b.net", "koomy.app:80"]),
            ("email", "", &["someone@koomy.app", "a.b+c@x-y.net"]),
            (
                "email",
                mail,
                &[
                    "someone",
                    "@koomy.app",
                    "a@b",
                    "a@b@c.net",
                    "a b@c.net",
                    "a,b@c.net",
                    "Me <a@b.net>",
                    "a@b c.net",
                    "é@c.net",
                ],
            ),
        ]);
    }

    #[test]
    fn a_number_is_one_and_a_boolean_is_one_of_a_few_words() {
        let (port, integer, boolean) =
            ("is not a port", "is not a whole number", "is not a boolean");
        check_all(&[
            ("port", "", &["1", "8080", "65535"]),
            (
                "port",
                port,
                &[
                    "0",
                    "00",
                    "080",
                    "03000",
                    "65536",
                    "+80",
                    "-1",
                    "80 ",
                    "http",
                    "8_0",
                    "99999999999999999999",
                ],
            ),
            ("integer", "", &["0", "-1", "007", "9223372036854775807", "-9223372036854775808"]),
            (
                "integer",
                integer,
                &["1.0", "+1", "--1", "-", "1 000", "1_0", "9223372036854775808", "٣"],
            ),
            ("boolean", "", &["true", "false", "1", "0", "yes", "no", "on", "off"]),
            ("boolean", boolean, &["True", "TRUE", "t", "2", "true ", "oui", "enabled"]),
        ]);
    }

    #[test]
    fn a_value_matches_the_pattern_as_a_whole() {
        let pattern = "does not match the policy's pattern";
        check_all(&[
            ("REGION", "", &["eu-1"]),
            ("REGION", pattern, &["eu-1 ", "xeu-1", "eu-12", "EU-1"]),
        ]);
    }

    /// A variable, what is said of it, and of which values.
    type Row<'a> = (&'a str, &'a str, &'a [&'a str]);

    fn check_all(table: &[Row<'_>]) {
        for (name, problem, values) in table {
            values.iter().for_each(|value| check(name, problem, value));
        }
    }

    /// In any environment, and in none; an empty value is for `variable-is-set`.
    fn check(name: &str, problem: &str, value: &str) {
        let said = match problem {
            "" => String::new(),
            problem => format!("`{name}` {problem}"),
        };
        assert_eq!(ask().says(&[("MODE", "on"), (name, value)]), said, "{value:?}");
        assert_eq!(ask().says(&[("KOOMY_ENV", "bare"), (name, "")]), "");
    }

    #[test]
    fn what_is_no_text_is_of_no_kind() {
        for name in KINDS.into_iter().chain(["REGION", "NODE_ENV", "KOOMY_ENV", "MODE", "UNKNOWN"])
        {
            // What has a closed list, and what nobody declared, is for other rules.
            let is_elsewhere = ["KOOMY_ENV", "NODE_ENV", "MODE", "UNKNOWN"].contains(&name);
            for value in [b"a\0".as_slice(), b"a\xff"] {
                let said = ask().in_full_of(&Facts::assume().variable(name, value).facts());
                let kind = if KINDS.contains(&name) { name } else { "text" };
                let expected = format!(
                    "refused {name}: `{name}` is not text: it holds a NUL or is not UTF-8; \
                     write it as UTF-8 text\n  cause: <assumed environment> (here)\n  \
                     decided-by: {name} (declared as `{kind}`)"
                );
                assert_eq!(said, if is_elsewhere { "" } else { &*expected });
                let of_pattern = Facts::assume().variable("X_NOTE", value).facts();
                assert_eq!(
                    ask().in_full_of(&of_pattern),
                    "refused X_NOTE: `X_NOTE` is not text: it holds a NUL or is not UTF-8; \
                     write it as UTF-8 text\n  cause: <assumed environment> (here)\n  \
                     decided-by: 'X_*' (declared as `text`)"
                );
            }
        }
    }

    #[test]
    fn says_the_way_out_and_points_at_the_declaration() {
        let table = [
            (
                "url",
                "x",
                "is not a web address",
                "write it as `https://HOST/PATH`, in plain ASCII",
                "url",
            ),
            (
                "host",
                ":",
                "is not a host name",
                "write the host alone, without scheme or port",
                "host",
            ),
            (
                "hosts",
                ":",
                "is not a list of host names",
                "write host names, separated by commas",
                "hosts",
            ),
            ("email", "x", "is not a mail address", "write one address, without a name", "email"),
            (
                "port",
                "x",
                "is not a port",
                "write a number from 1 to 65535, without leading zero",
                "port",
            ),
            (
                "integer",
                "x",
                "is not a whole number",
                "write digits, without spaces or separators",
                "integer",
            ),
            (
                "boolean",
                "x",
                "is not a boolean",
                "write `true` or `false`, in lower case",
                "boolean",
            ),
        ];
        for (name, value, what, help, kind) in table {
            let said = format!(
                "refused {name}: `{name}` {what}; {help}\n  cause: <assumed environment> (here)\n  \
                 decided-by: {name} (declared as `{kind}`)"
            );
            assert_eq!(ask().in_full(&[(name, value)]), said);
        }
        assert_eq!(
            ask().in_full(&[("REGION", "x")]),
            "refused REGION: `REGION` does not match the policy's pattern; \
             write it as the pattern demands\n  cause: <assumed environment> (here)\n  \
             decided-by: '[a-z]{2}-[0-9]' (declared as `text`)"
        );
    }
}
