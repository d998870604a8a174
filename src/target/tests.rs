use regex::Regex;

use super::*;

const GOOD: &str = "postgresql://app:pw@dev.example.com:5433/appdb?sslmode=require&schema=a";
const CANARY: &str = "cAnArY";

fn postgres(text: &str) -> Result<Target, Ambiguity> {
    Target::parse(Engine::Postgres, &Secret::new(text))
}

fn mysql(text: &str) -> Result<Target, Ambiguity> {
    Target::parse(Engine::MySql, &Secret::new(text))
}

fn refused(parsed: Result<Target, Ambiguity>, about: &str) -> Ambiguity {
    parsed.err().unwrap_or_else(|| panic!("accepted: {about}"))
}

fn moves(key: &'static str) -> Problem {
    Problem::ParameterMoves { key }
}

fn value(key: &'static str) -> Problem {
    Problem::ParameterValue { key }
}

/// One row for each production and each slip.
fn refusals() -> Vec<(&'static str, Part, Problem)> {
    use Part::{Database, Host, Password, Port, Query, Scheme, User, Whole};
    use Problem as P;
    let of_other = P::SchemeOfOtherEngine { expected: Engine::Postgres };
    vec![
        ("", Whole, P::Empty),
        ("postgresql://a:b@h/d\n", Whole, P::WhiteSpaceAround),
        ("\u{a0}postgresql://a:b@h/d", Whole, P::WhiteSpaceAround),
        ("'postgresql://a:b@h/d'", Whole, P::Quoted),
        ("\"postgresql://a:b@h/d\"", Whole, P::Quoted),
        ("${DATABASE_URL}", Whole, P::Unexpanded),
        ("postgresql://a:${PW}@h/d", Password, P::Unexpanded),
        ("postgresql://a:b@${DB_HOST}/d", Host, P::Unexpanded),
        ("postgresql://a:b@h:{{ port }}/d", Port, P::Unexpanded),
        ("postgresql://<user>:b@h/d", User, P::Unexpanded),
        ("postgresql://a:b@h/$(DB)", Database, P::Unexpanded),
        ("host=h dbname=d user=a", Whole, P::KeyValue),
        ("dbname=d", Whole, P::KeyValue),
        ("dbname=d options=a://b", Whole, P::KeyValue),
        ("dbname=a://b", Whole, P::KeyValue),
        ("jdbc:postgresql://h/d?user=a", Scheme, P::SchemeJdbc),
        ("jdbc:postgresql:d", Scheme, P::SchemeJdbc),
        ("prisma://accelerate.example/?api_key=k", Scheme, P::SchemeOfService),
        ("prisma+postgres://accelerate.example/?api_key=k", Scheme, P::SchemeOfService),
        ("POSTGRES://a:b@h/d", Scheme, P::SchemeUpperCase),
        ("postgresql+asyncpg://a:b@h/d", Scheme, P::SchemeNamesDriver),
        ("mysql://a:b@h/d", Scheme, of_other),
        ("mariadb://a:b@h/d", Scheme, of_other),
        ("http://a:b@h/d", Scheme, P::SchemeUnknown),
        ("postgresql:/a:b@h/d", Scheme, P::SchemeSlashes),
        ("postgresql:d", Scheme, P::SchemeSlashes),
        ("h/d", Scheme, P::SchemeMissing),
        ("appdb", Scheme, P::SchemeMissing),
        ("my db", Whole, P::WhiteSpaceInside),
        ("\u{feff}postgresql://a:b@h/d", Scheme, P::NonAscii),
        ("postgresql:\\\\a:b@h\\d", Scheme, P::SchemeSlashes),
        ("postgresql://", User, P::UserMissing),
        ("postgresql://h/d", User, P::UserMissing),
        ("postgresql://@h/d", User, P::UserMissing),
        ("postgresql://:b@h/d", User, P::UserMissing),
        ("postgresql:///a:b@h/d", User, P::RawDelimiter),
        ("postgresql://h/d@e", User, P::RawDelimiter),
        ("postgresql://h#@p/d", User, P::RawDelimiter),
        ("postgresql://h?@p/d", User, P::RawDelimiter),
        ("postgresql://h/d?application_name=a@p/x", User, P::RawDelimiter),
        ("postgresql://a+b:c@h/d", User, P::RawCharacter),
        ("postgresql://a%3Ab@h/d", User, P::UserHoldsColon),
        ("postgresql://a%00:b@h/d", User, P::ControlCharacter),
        ("postgresql://a%FF:b@h/d", User, P::NotUtf8),
        ("postgresql://a%4:b@h/d", User, P::PercentSign),
        ("postgresql://é:b@h/d", User, P::NonAscii),
        ("postgresql://a:@h/d", Password, P::PasswordEmpty),
        ("postgresql://a:b@c@h/d", Password, P::SecondAt),
        ("postgresql://a:b/c@h/d", Password, P::RawDelimiter),
        ("postgresql://a:b#c@h/d", Password, P::RawDelimiter),
        ("postgresql://a:b?c@h/d", Password, P::RawDelimiter),
        ("postgresql://a:b:c@h/d", Password, P::RawCharacter),
        ("postgresql://a:b$c@h/d", Password, P::RawCharacter),
        ("postgresql://a:b%@h/d", Password, P::PercentSign),
        ("postgresql://a:b%zz@h/d", Password, P::PercentSign),
        ("postgresql://a:b%+1@h/d", Password, P::PercentSign),
        ("postgresql://a:%C3@h/d", Password, P::NotUtf8),
        ("postgresql://a:b%0A@h/d", Password, P::ControlCharacter),
        ("postgresql://a:b c@h/d", Password, P::WhiteSpaceInside),
        ("postgresql://a:b\\c@h/d", Password, P::Backslash),
        ("postgresql://a:b\0c@h/d", Password, P::ControlCharacter),
        ("postgresql://a:endpoint%3Dep-x%3Bpw@h/d", Password, P::PasswordChoosesEndpoint),
        ("postgresql://a:%70roject%3Dep-x%24pw@h/d", Password, P::PasswordChoosesEndpoint),
        ("postgresql://a:b@/d", Host, P::HostMissing),
        ("postgresql://a:b@:5433/d", Host, P::HostMissing),
        ("postgresql://a:b@h,i/d", Host, P::HostTwice),
        ("postgresql://a:b@h:1,i:2/d", Host, P::HostTwice),
        ("postgresql://a:b@h%2Ci/d", Host, P::HostEncoded),
        ("postgresql://a:b@%70rod/d", Host, P::HostEncoded),
        ("postgresql://a:b@%2Ftmp/d", Host, P::HostEncoded),
        ("postgresql://a:b@Dev.example/d", Host, P::HostUpperCase),
        ("postgresql://a:b@dev.example./d", Host, P::HostTrailingDot),
        ("postgresql://a:b@dev..example/d", Host, P::HostName),
        ("postgresql://a:b@.dev/d", Host, P::HostName),
        ("postgresql://a:b@-dev/d", Host, P::HostName),
        ("postgresql://a:b@dev-/d", Host, P::HostName),
        ("postgresql://a:b@my_db/d", Host, P::HostName),
        ("postgresql://a:b@h!/d", Host, P::HostName),
        ("postgresql://a:b@dév/d", Host, P::NonAscii),
        ("postgresql://a:b@xn--dv-bja.example/d", Host, P::HostInternational),
        ("postgresql://a:b@[::1]/d", Host, P::HostIpv6),
        ("postgresql://a:b@::1/d", Host, P::HostIpv6),
        ("postgresql://a:b@127.1/d", Host, P::HostNumber),
        ("postgresql://a:b@2130706433/d", Host, P::HostNumber),
        ("postgresql://a:b@0x7f000001/d", Host, P::HostNumber),
        ("postgresql://a:b@127.0.0.0x1/d", Host, P::HostNumber),
        ("postgresql://a:b@127.0.0.01/d", Host, P::HostNumber),
        ("postgresql://a:b@256.0.0.1/d", Host, P::HostNumber),
        ("postgresql://a:b@h.1/d", Host, P::HostNumber),
        ("postgresql://a:b@0.0.0.0/d", Host, P::HostUnspecified),
        ("postgresql://a:b@pg.neon.tech/d", Host, P::HostChosenInBrowser),
        ("postgresql://a:b@h?sslmode=disable/d", Host, P::HostName),
        ("postgresql://a:b@h:/d", Port, P::PortEmpty),
        ("postgresql://a:b@h:05432/d", Port, P::PortLeadingZero),
        ("postgresql://a:b@h:0/d", Port, P::PortRange),
        ("postgresql://a:b@h:65536/d", Port, P::PortRange),
        ("postgresql://a:b@h:+1/d", Port, P::PortRange),
        ("postgresql://a:b@h:%35432/d", Port, P::PortRange),
        ("postgresql://a:b@h", Database, P::DatabaseMissing),
        ("postgresql://a:b@h/", Database, P::DatabaseMissing),
        ("postgresql://a:b@h/?sslmode=require", Database, P::DatabaseMissing),
        ("postgresql://a:b@h//d", Database, P::DatabaseSegments),
        ("postgresql://a:b@h/d/", Database, P::DatabaseSegments),
        ("postgresql://a:b@h/../d", Database, P::DatabaseSegments),
        ("postgresql://a:b@h/..", Database, P::DatabaseDots),
        ("postgresql://a:b@h/.", Database, P::DatabaseDots),
        ("postgresql://a:b@h/%64", Database, P::DatabaseEncoded),
        ("postgresql://a:b@h/d;e", Database, P::DatabaseCharacter),
        ("postgresql://a:b@h/d#e", Database, P::Fragment),
        ("postgresql://a:b@h/d#?host=p", Database, P::Fragment),
        ("postgresql://a:b@h/d\te", Database, P::WhiteSpaceInside),
        ("postgresql://a:b@h/d?sslmode=require#x", Query, P::Fragment),
        ("postgresql://a:b@h/d?", Query, P::ParameterEmpty),
        ("postgresql://a:b@h/d?&sslmode=require", Query, P::ParameterEmpty),
        ("postgresql://a:b@h/d?sslmode=require&", Query, P::ParameterEmpty),
        ("postgresql://a:b@h/d?=x", Query, P::ParameterEmpty),
        ("postgresql://a:b@h/d?%68ost=p", Query, P::ParameterEncoded),
        ("postgresql://a:b@h/d?host=p", Query, moves("host")),
        ("postgresql://a:b@h/d?host=/cloudsql/a:b:c", Query, moves("host")),
        ("postgresql://a:b@/d?host=/x&host=/y", Query, moves("host")),
        ("postgresql://a:b@h/d?HOST=p", Query, moves("host")),
        ("postgresql://a:b@h/d?hostaddr=10.0.0.1", Query, moves("hostaddr")),
        ("postgresql://a:b@h/d?port=1", Query, moves("port")),
        ("postgresql://a:b@h/d?options=endpoint", Query, moves("options")),
        ("postgresql://a:b@h/d?sslmode=require;host=p", Query, value("sslmode")),
        ("postgresql://a:b@h/d?sslmode=require&amp;host=p", Query, P::ParameterUnknown),
        ("postgresql://a:b@h/d?sslaccept=strict", Query, P::ParameterUnknown),
        ("postgresql://a:b@h/d?sslmode=REQUIRE", Query, value("sslmode")),
        ("postgresql://a:b@h/d?sslmode", Query, value("sslmode")),
        (
            "postgresql://a:b@h/d?sslmode=allow&sslmode=allow",
            Query,
            P::ParameterTwice { key: "sslmode" },
        ),
        ("postgresql://a:b@h/d?schema=a&schema=a", Query, P::ParameterTwice { key: "schema" }),
        ("postgresql://a:b@h/d?schema=1a", Query, value("schema")),
        ("postgresql://a:b@h/d?schema=a-b", Query, value("schema")),
        ("postgresql://a:b@h/d?schema=", Query, value("schema")),
        ("postgresql://a:b@h/d?channel_binding=yes", Query, value("channel_binding")),
        ("postgresql://a:b@h/d?sslnegotiation=x", Query, value("sslnegotiation")),
        ("postgresql://a:b@h/d?sslrootcert=ca.pem", Query, value("sslrootcert")),
        ("postgresql://a:b@h/d?sslrootcert=/a/../ca.pem", Query, value("sslrootcert")),
        ("postgresql://a:b@h/d?connect_timeout=-1", Query, value("connect_timeout")),
        ("postgresql://a:b@h/d?connect_timeout=", Query, value("connect_timeout")),
        ("postgresql://a:b@h/d?connect_timeout=1234567890", Query, value("connect_timeout")),
        ("postgresql://a:b@h/d?application_name=", Query, value("application_name")),
        ("postgresql://a:b@h/d?application_name=a+b", Query, value("application_name")),
        ("postgresql://a:b@h/d?pgbouncer=1", Query, value("pgbouncer")),
        ("postgresql://a:b@h/d?target_session_attrs=master", Query, value("target_session_attrs")),
        ("postgresql://a:b@/d?sslmode=require", Host, P::HostMissing),
        ("postgresql://a:b@/d?host=", Query, P::SocketDirectory),
        ("postgresql://a:b@/d?host=/", Query, P::SocketDirectory),
        ("postgresql://a:b@/d?host=/x/", Query, P::SocketDirectory),
        ("postgresql://a:b@/d?host=/x/../y", Query, P::SocketDirectory),
        ("postgresql://a:b@/d?host=/x,/y", Query, P::SocketDirectory),
        ("postgresql://a:b@/d?host=@x", Password, P::SecondAt),
        ("postgresql://a:b@/d?host=prod.example", Query, P::SocketDirectory),
        ("postgresql://a:b@:5433/d?host=/x", Host, P::HostMissing),
    ]
}

#[test]
fn every_flaw_is_named_by_part_and_problem() {
    for (text, part, problem) in refusals() {
        let ambiguity = refused(postgres(text), text);
        assert_eq!((ambiguity.part(), ambiguity.problem()), (part, problem), "{text}");
    }
}

#[test]
fn hosts_have_the_lengths_of_the_domain_system() {
    let label = "a".repeat(63);
    let longest = [label.as_str(), &label, &label, &"a".repeat(61)].join(".");
    let table = [
        (label.clone(), true),
        ("a".repeat(64), false),
        (longest.clone(), true),
        (longest + "a", false),
    ];
    for (host, is_accepted) in table {
        assert_eq!(
            postgres(&format!("postgres://a:b@{host}/d")).is_ok(),
            is_accepted,
            "{}",
            host.len()
        );
    }
}

#[test]
fn canonical_forms_are_offered_where_only_the_spelling_is_wrong() {
    let plain = "postgresql://a:PASSWORD@h:5432/d";
    let table = [
        ("POSTGRES://a:b@h/d", plain),
        ("postgresql+psycopg2://a:b@h/d", plain),
        (" postgresql://a:b@h/d\n", plain),
        ("\"postgres://a:b@h/d\"", plain),
        ("postgresql://a:b$c@h/d", plain),
        ("postgresql://a:b:c%@h:05432/d", plain),
        ("postgresql://a:b@H.:/%64?&", plain),
        ("postgresql://a@H/d", "postgresql://a@h:5432/d"),
        (
            "postgresql://a:b@h/d?sslmode=REQUIRE&",
            "postgresql://a:PASSWORD@h:5432/d?sslmode=require",
        ),
        ("postgresql://a:b@/d?host=%2Fx%2Fp:r:i", "postgresql://a:PASSWORD@/d?host=/x/p:r:i"),
    ];
    for (text, canonical) in table {
        assert_eq!(refused(postgres(text), text).canonical(), Some(canonical), "{text}");
    }
    let ambiguity = refused(mysql("mariadb://a:b@H/d"), "mariadb");
    assert_eq!(ambiguity.canonical(), Some("mysql://a:PASSWORD@h:3306/d"));
}

#[test]
fn nothing_is_offered_where_it_would_be_a_guess() {
    let table = [
        "postgresql://a:b@c@H/d",
        "postgresql://a:b/c@H/d",
        "postgresql://a:b#c@H/d",
        "postgresql://a:b\\c@H/d",
        "postgresql://a:b c@H/d",
        "postgresql://a:@H/d",
        "postgresql://H/d",
        "postgresql://a:b@H",
        "postgresql://a:b@H,i/d",
        "postgresql://a:b@H/d?host=p",
        "postgresql://a:b@[::1]/d",
        "postgresql://a:b@127.1/d",
        "postgresql://a:b@H/d#e",
        "POSTGRES://a:endpoint%3Dx@h/d",
        "postgresql://a:b@h%2Ci/d",
        "jdbc:postgresql://a:b@h/d",
        "mysql://a:b@h/d",
        "postgresql://a+c:b@h/d",
        "postgresql://a:b@H/d?x=y",
        "postgresql://a:b@h:x/d",
        "postgresql://a:b@%2Ftmp/d",
    ];
    for text in table {
        assert_eq!(refused(postgres(text), text).canonical(), None, "{text}");
    }
}

#[test]
fn no_refusal_says_anything_of_the_value() {
    let spliced = |text: &str| {
        let mut texts: Vec<_> = text
            .char_indices()
            .map(|(at, _)| {
                let (before, after) = text.split_at(at);
                format!("{before}{CANARY}{after}")
            })
            .collect();
        texts.push(format!("{text}{CANARY}"));
        texts
    };
    for text in refusals().iter().flat_map(|(text, ..)| spliced(text)) {
        for parsed in [postgres(&text), mysql(&text)] {
            let Err(ambiguity) = parsed else { continue };
            let said =
                format!("{ambiguity} {ambiguity:?} {:?} {}", ambiguity.problem(), ambiguity.help());
            assert!(!said.to_lowercase().contains(&CANARY.to_lowercase()), "{text}: {said}");
        }
    }
}

#[test]
fn no_canonical_form_holds_the_password() {
    let inside = [
        "", "/", "@", ":", "?", "#", "%", "%40", "$", " ", "\n", "\\", "é", "&host=", "://", "'",
        "\"", "${X}",
    ];
    let around = [("", ""), ("\"", "\""), (" ", "\n")];
    let schemes = ["postgresql", "POSTGRES", "postgresql+x"];
    for (open, close) in around {
        for (scheme, held) in schemes.iter().flat_map(|scheme| inside.map(|held| (scheme, held))) {
            for rest in ["h/d", "H/d", "h./%64", "h:/d?&sslmode=REQUIRE", "/d?host=%2Fx"] {
                let text = format!("{open}{scheme}://a:{CANARY}{held}{CANARY}@{rest}{close}");
                let shown = match postgres(&text) {
                    Ok(target) => format!("{} {target:?} {:?}", target.shown(), target.address()),
                    Err(ambiguity) => ambiguity.canonical().unwrap_or_default().to_owned(),
                };
                assert!(!shown.to_lowercase().contains(&CANARY.to_lowercase()), "{text}: {shown}");
            }
        }
    }
}

/// The grammar once more, written as one expression.
fn grammar() -> Regex {
    let word = "[A-Za-z0-9._~-]";
    let label = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?";
    let port = "(?::[1-9][0-9]{0,4})?";
    let pair = "(?:sslmode=(?:disable|allow|prefer|require|verify-ca|verify-full)|schema=[A-Za-z_][A-Za-z0-9_]*)";
    let info = format!("{word}(?:{word}|%[2-7][0-9A-Fa-f])*");
    let text = format!(
        "^postgres(?:ql)?://{info}(?::{info})?@{label}(?:\\.{label})*{port}/{word}+(?:\\?{pair}(?:&{pair})?)?$"
    );
    Regex::new(&text).unwrap()
}

#[test]
fn one_changed_byte_is_accepted_only_by_the_grammar() {
    let grammar = grammar();
    let mut accepted = 0;
    for (at, byte) in (0..=GOOD.len()).flat_map(|at| (0..=255u8).map(move |byte| (at, byte))) {
        let held = char::from(byte);
        let (before, after) = GOOD.split_at(at);
        let replaced = after.get(1..).unwrap_or_default();
        for text in [
            format!("{before}{held}{after}"),
            format!("{before}{held}{replaced}"),
            format!("{before}{replaced}"),
        ] {
            let Ok(target) = postgres(&text) else { continue };
            accepted += 1;
            assert!(grammar.is_match(&text), "{text:?}");
            assert_eq!(postgres(target.url().expose()).ok().as_ref(), Some(&target), "{text:?}");
            let (_, rest) = text.split_once('@').unwrap();
            let rest = rest.replace('?', "/");
            let mut parts = rest.split('/');
            let dialed = parts
                .next()
                .map(|at| if at.contains(':') { at.to_owned() } else { format!("{at}:5432") });
            assert_eq!(
                (dialed, parts.next()),
                (target.dials().pop(), Some(target.database())),
                "{text:?}"
            );
        }
    }
    assert!(accepted > 5000, "{accepted}");
}

#[test]
fn the_canonical_form_is_a_fixed_point() {
    let secret = format!("p%C3%A9%40{}", "%3a%2F");
    let table = [
        format!(
            "postgres://us%2Fer:{secret}@h/d?schema=a&sslmode=allow&application_name=x~y&connect_timeout=3"
        ),
        "postgresql://a@h:1/D.~_-".to_owned(),
        "postgres://a:b@/d?sslmode=disable&host=/x.y/p:r:i".to_owned(),
    ];
    for text in table {
        let target = postgres(&text).unwrap();
        let again = postgres(target.url().expose()).unwrap();
        assert_eq!(again, target, "{text}");
        assert!(again.url().same_as(&target.url()), "{text}");
        assert_eq!(postgres(&target.shown()).unwrap().shown(), target.shown(), "{text}");
    }
    let target = postgres("postgres://us%2Fer:p%c3%a9@h/d?schema=a&sslmode=allow").unwrap();
    assert_eq!(
        target.url().expose(),
        "postgresql://us%2Fer:p%C3%A9@h:5432/d?schema=a&sslmode=prefer"
            .replace("schema=a&sslmode=prefer", "sslmode=prefer&schema=a")
    );
    assert_eq!((target.user(), target.password().map(Secret::expose)), ("us/er", Some("pé")));
    assert_eq!(target.parameters().collect::<Vec<_>>(), [("schema", "a")]);
}
