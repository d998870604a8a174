//! `database-url-is-unambiguous`

use super::{Case, Check, Reading, Rule};
use crate::finding::{Finding, Findings};
use crate::gate::Gate;
use crate::selftest::{Baseline, Violation, one};

/// `database-url-is-unambiguous`, which other judgements than a gate's may name.
pub static RULE: Rule = Rule {
    id: "database-url-is-unambiguous",
    gates: &[Gate::Boot, Gate::Seed],
    summary: "a connection has exactly one target, whatever driver reads it",
    explain: "\
## Refuses
A database URL outside the grammar on which drivers agree, and variables of
libpq (`PGHOSTADDR`, `PGSERVICE`, `PGOPTIONS`, …) that move a connection away
from its URL. `docs/database-urls.md` has the grammar.

## Why
Drivers read unusual URLs differently: `?host=` replaces the host for some and
adds one for others, `#@` ends the host for some and begins it for others. What
one of them dials, a reader of the URL does not see.

## Way out
`guard-cli target` prints the form that would be accepted. Percent-encode
special characters in the password. Unset the `PG*` variable.
",
    check: Check::One(check),
    violate,
};

fn violate(baseline: &Baseline<'_>, _: &[Baseline<'_>]) -> Option<Violation> {
    baseline.with_address(|address| address.host = "one.example,two.example".to_owned()).map(one)
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for reached in &case.connections {
        let at = reached.connection.name.span;
        match &reached.reading {
            Reading::Ambiguous { variable, ambiguity } => {
                let name = &variable.name;
                findings.push(
                    Finding::refused(
                        &RULE,
                        name,
                        variable.place.clone(),
                        format!("`{name}`: {ambiguity}"),
                        ambiguity.help(),
                    )
                    .because(case.source(), at, "the connection that it gives"),
                );
            }
            Reading::NotText(variable) => {
                let name = &variable.name;
                findings.push(
                    Finding::refused(
                        &RULE,
                        name,
                        variable.place.clone(),
                        format!("`{name}` is no text: it holds a NUL or is not UTF-8"),
                        "write it in plain ASCII, special characters percent-encoded",
                    )
                    .because(case.source(), at, "the connection that it gives"),
                );
            }
            Reading::Unset | Reading::Partial { .. } | Reading::Target(_) => {}
        }
    }
    for mover in case.movers() {
        let name = &mover.name;
        findings.push(Finding::refused(
            &RULE,
            name,
            mover.place.clone(),
            format!("`{name}` is set; drivers that read it connect otherwise than the URL says"),
            format!("unset `{name}`, and say what it says in the URL"),
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::facts::Facts;
    use crate::rules::testing::{Ask, url};
    use crate::target::{Engine, MOVERS};

    const URL: &str = "[connections.primary]\nurl = 'DATABASE_URL'\n";
    const PARTS: &str = "[connections.primary]\nhost = 'PGHOST'\nport = 'PGPORT'\n\
        database = 'PGDATABASE'\nuser = 'PGUSER'\npassword = 'W'\nencryption = 'E'\n";
    const CAUSE: &str = "\n  cause: <assumed environment> (here)";

    #[test]
    fn one_target_or_none() {
        let ask = Ask::small(&RULE, URL);
        let table = [
            ("main.koomy.app/koomy", true),
            ("main.koomy.app/koomy?sslmode=require", true),
            ("main.koomy.app,other/koomy", false),
            ("main.koomy.app/koomy?host=other", false),
            ("main.koomy.app/koomy#@other", false),
            ("main.koomy.app", false),
        ];
        for (rest, is_one) in table {
            let said = ask.says(&[("KOOMY_ENV", "sandbox"), ("DATABASE_URL", &url(rest))]);
            assert_eq!(said.is_empty(), is_one, "{rest}: {said}");
            assert!(is_one || said.starts_with("`DATABASE_URL`: "), "{rest}: {said}");
        }
        assert_eq!(ask.says(&[]), "");
        assert_eq!(ask.says(&[("DATABASE_URL", "")]), "");
    }

    #[test]
    fn says_which_part_and_the_way_out() {
        let ambiguous = url("main.koomy.app/koomy?host=other");
        let secret = crate::secret::Secret::new(&*ambiguous);
        let why =
            crate::target::Target::parse(crate::target::Engine::Postgres, &secret).unwrap_err();
        assert_eq!(
            Ask::small(&RULE, URL).in_full(&[("DATABASE_URL", &ambiguous)]),
            format!(
                "refused DATABASE_URL: `DATABASE_URL`: {why}; {}{CAUSE}\n  \
                 decided-by: primary (the connection that it gives)",
                why.help()
            )
        );
    }

    #[test]
    fn blames_the_part_that_is_ambiguous() {
        let ask = Ask::small(&RULE, PARTS);
        let whole = [
            ("PGHOST", "main.koomy.app"),
            ("PGPORT", "5432"),
            ("PGDATABASE", "koomy"),
            ("PGUSER", "app"),
            ("W", "word"),
            ("E", "require"),
        ];
        assert_eq!(ask.says(&whole), "");
        assert_eq!(ask.says(&whole[..1]), "", "a part alone is for `variable-is-set`");
        for (name, _) in whole {
            let spoilt =
                |value: &[u8]| Facts::assume().variables(whole).variable(name, value).facts();
            let said = ask.in_full_of(&spoilt(b" \t"));
            assert!(said.starts_with(&format!("refused {name}: `{name}`: ")), "{name}: {said}");
            assert_eq!(
                ask.in_full_of(&spoilt(b"\xff")),
                format!(
                    "refused {name}: `{name}` is no text: it holds a NUL or is not UTF-8; write \
                     it in plain ASCII, special characters percent-encoded{CAUSE}\n  \
                     decided-by: primary (the connection that it gives)"
                )
            );
        }
    }

    #[test]
    fn what_is_no_text_is_no_url() {
        let facts = Facts::assume().variable("DATABASE_URL", *b"postgresql://\0").facts();
        let said = Ask::small(&RULE, URL).says_of(&facts);
        assert_eq!(said, "`DATABASE_URL` is no text: it holds a NUL or is not UTF-8");
    }

    #[test]
    fn nothing_moves_the_connection_elsewhere() {
        let url = url("main.koomy.app/koomy");
        for name in MOVERS {
            let said = format!(
                "refused {name}: `{name}` is set; drivers that read it connect otherwise than the \
                 URL says; unset `{name}`, and say what it says in the URL{CAUSE}"
            );
            let given = [("DATABASE_URL", &*url), (*name, "x")];
            assert_eq!(Ask::small(&RULE, URL).in_full(&given), said);
            assert_eq!(Ask::small(&RULE, "").in_full(&given), "", "no connection");
            assert_eq!(Ask::small(&RULE, URL).in_full(&[(*name, "x")]), "", "nothing to move");
            let mysql = Ask::small(&RULE, &format!("{URL}engine = 'mysql'\n"));
            assert_eq!(Engine::moved_by(name), Some(Engine::Postgres));
            let given = [("DATABASE_URL", &*url.replace("postgresql", "mysql")), (*name, "x")];
            assert_eq!(mysql.in_full(&given), "", "no variable of this engine's");
        }
        for name in Engine::MySql.movers() {
            let mysql = Ask::small(&RULE, &format!("{URL}engine = 'mysql'\n"));
            let given = [("DATABASE_URL", &*url.replace("postgresql", "mysql")), (*name, "x")];
            assert!(mysql.says(&given).starts_with(&format!("`{name}` is set; ")), "{name}");
            let given = [("DATABASE_URL", &*url), (*name, "x")];
            assert_eq!(Ask::small(&RULE, URL).says(&given), "", "no variable of this engine's");
        }
    }

    #[test]
    fn a_part_of_one_connection_does_not_move_another() {
        let parts = PARTS.replace("primary", "second");
        let table = [
            ("", "PGPORT", "6543", false),
            ("", "PGPORT", "5432", true),
            (":5432", "PGPORT", "6543", true),
            (":5433", "PGPORT", "6543", true),
            ("", "PGPORT", "", true),
            ("", "PGHOST", "other.koomy.app", true),
            ("", "PGDATABASE", "other", true),
            ("", "PGUSER", "other", true),
        ];
        let ask = Ask::small(&RULE, &format!("{URL}{parts}"));
        let others = [("PGHOST", "main.koomy.app"), ("PGDATABASE", "koomy"), ("PGUSER", "app")];
        for (port, name, value, is_one) in table {
            let url = url(&format!("main.koomy.app{port}/koomy"));
            let given = [&[("DATABASE_URL", &*url)], &others[..], &[(name, value)]].concat();
            let said = ask.says(&given);
            assert_eq!(said.is_empty(), is_one, "{port} {name}={value}: {said}");
        }
        // What looks like a port in a path is none.
        let paths = [
            "main.koomy.app/koomy?sslmode=verify-full&sslrootcert=/ca:5432/root.pem",
            "/koomy?host=/x:5432/y",
        ];
        for rest in paths {
            let url = url(rest);
            let given = [&[("DATABASE_URL", &*url)], &others[..], &[("PGPORT", "6432")]].concat();
            assert!(ask.says(&given).starts_with("`PGPORT` is set; "), "{rest}");
        }
        let address = format!("{URL}{}", parts.replace("'PGHOST'", "'PGHOSTADDR'"));
        let url = url("main.koomy.app/koomy");
        let given = [("DATABASE_URL", &*url), ("PGHOSTADDR", "192.0.2.1")];
        assert!(Ask::small(&RULE, &address).says(&given).starts_with("`PGHOSTADDR` is set; "));

        let no_port = PARTS.replace("PG", "DB_").replace("port = 'DB_PORT'\n", "");
        let ask = Ask::small(&RULE, &format!("{no_port}{parts}"));
        let given = others.map(|(name, value)| (name.replace("PG", "DB_"), value));
        let given: Vec<_> = given.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        let given = [&given, &others[..], &[("PGPORT", "6543")]].concat();
        assert!(ask.says(&given).starts_with("`PGPORT` is set; "));

        // A connection that says its own port moves with nobody's.
        let with_port = PARTS.replace("PG", "DB_");
        let ask = Ask::small(&RULE, &format!("{with_port}{parts}"));
        for (port, is_one) in [("5432", true), ("5433", true), ("", false)] {
            let given = [&given[..], &[("DB_PORT", port)]].concat();
            assert_eq!(ask.says(&given).is_empty(), is_one, "{port}: {}", ask.says(&given));
        }
    }
}
