//! Every refusal: which part, which flaw, which words.

use super::*;

const fn moves(key: &'static str) -> Flaw {
    Flaw::ParameterMoves { key }
}

const fn value(key: &'static str) -> Flaw {
    Flaw::ParameterValue { key }
}

/// One row for each production and each slip.
const REFUSALS: &[(&str, Part, Flaw)] = {
    use Flaw as P;
    use Part::{Database, Host, Password, Port, Query, Scheme, User, Whole};
    const OF_OTHER: P = P::SchemeOfOtherEngine { expected: Engine::Postgres };
    &[
        ("", Whole, P::Empty),
        ("postgresql://a:b@h/d\n", Whole, P::WhiteSpaceAround),
        ("\u{a0}postgresql://a:b@h/d", Whole, P::WhiteSpaceAround),
        ("'postgresql://a:b@h/d'", Whole, P::Quoted),
        ("\"postgresql://a:b@h/d\"", Whole, P::Quoted),
        ("${DATABASE_URL}", Whole, P::Unexpanded),
        ("postgresql://a:${PW}@h/d", Password, P::Unexpanded),
        ("postgresql://a:b@${DB_HOST}/d", Host, P::Unexpanded),
        ("postgresql://a:@${DB_HOST}/d", Host, P::Unexpanded),
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
        ("mysql://a:b@h/d", Scheme, OF_OTHER),
        ("mariadb://a:b@h/d", Scheme, OF_OTHER),
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
        ("postgresql://a:b@c d@h/x", Password, P::WhiteSpaceInside),
        ("POSTGRES://a:b@h/d#x", Scheme, P::SchemeUpperCase),
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
        ("postgresql://a:b@h?sslmode=disable/d", Database, P::DatabaseMissing),
        ("file:./dev.db", Scheme, P::SchemeOfFile),
        ("sqlite:///dev.db", Scheme, P::SchemeOfFile),
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
};

#[test]
fn every_flaw_is_named_by_part_and_flaw() {
    for &(text, part, flaw) in REFUSALS {
        let ambiguity = refused(postgres(text), text);
        assert_eq!((ambiguity.part(), ambiguity.flaw()), (part, flaw), "{text}");
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
    for text in REFUSALS.iter().flat_map(|(text, ..)| spliced(text)) {
        for parsed in [postgres(&text), mysql(&text)] {
            let Err(ambiguity) = parsed else { continue };
            let said =
                format!("{ambiguity} {ambiguity:?} {:?} {}", ambiguity.flaw(), ambiguity.help());
            assert!(!said.to_lowercase().contains(&CANARY.to_lowercase()), "{text}: {said}");
        }
    }
}

const MESSAGES: &[(&str, &str)] = &[
    ("postgresql://a:b@h/d\n", "the value starts or ends in white space"),
    (
        "postgresql://a:b@h/d?sslmode=require&what=1&statement_cache_size=0&why",
        "the query holds a parameter outside the known ones, which some drivers send to the \
         server: number 2, `statement_cache_size`, number 4",
    ),
    ("jdbc:x", "the scheme is a JDBC URL, whose parameters can replace its host"),
    ("postgresql://h/d", "the user is missing; drivers take it from the environment or the system"),
    (
        "postgresql://a:b@h@i/d",
        "the password is read differently by drivers: the URL holds more than one `@`",
    ),
    ("postgresql://a:b@h,i/d", "the host is a list; which host answers is decided at run time"),
    ("postgresql://a:b@h:0/d", "the port is not a number from 1 to 65535"),
    (
        "postgresql://a:b@h",
        "the database is missing; drivers take the user's name or the environment",
    ),
    (
        "postgresql://a:b@h/d?host=x",
        "the query holds the parameter `host`, which changes the connection in some drivers only",
    ),
    ("${X}", "the value holds a placeholder such as `${NAME}` that was never filled in"),
];

/// A value that a parameter does not have, and those that it has.
const VALUES: &[(&str, &str)] = &[
    ("postgresql://a:b@h/d?channel_binding=on", "`require`, `prefer` or `disable`"),
    ("postgresql://a:b@h/d?sslnegotiation=on", "`postgres` or `direct`"),
    ("postgresql://a:b@h/d?sslrootcert=on", "`system` or an absolute path"),
    ("postgresql://a:b@h/d?pgbouncer=on", "`true` or `false`"),
    ("postgresql://a:b@h/d?uselibpqcompat=on", "`true` or `false`"),
    (
        "postgresql://a:b@h/d?target_session_attrs=on",
        "`any`, `read-write`, `read-only`, `primary`, `standby` or `prefer-standby`",
    ),
    ("postgresql://a:b@h/d?schema=a-b", "letters, digits and underscores"),
    ("postgresql://a:b@h/d?application_name=a!b", "letters, digits, `-`, `.`, `_` and `~`"),
    ("postgresql://a:b@h/d?connect_timeout=on", "a number"),
    ("mysql://a:b@h/d?ssl-mode=on", "`REQUIRED` or `VERIFY_IDENTITY`"),
    ("mysql://a:b@h/d?charset=a-b", "letters, digits and underscores"),
];

#[test]
fn a_message_names_the_part_and_the_way_out() {
    for &(text, message) in MESSAGES {
        assert_eq!(refused(postgres(text), text).to_string(), message);
    }
    let ambiguity = refused(postgres("postgresql://a:b@h/d?sslmode=on"), "sslmode");
    assert_eq!(
        ambiguity.help(),
        "give `sslmode` one of its values: `require` or `verify-full`, in lower case"
    );
    for &(text, values) in VALUES {
        let parsed = if text.starts_with("mysql") { mysql(text) } else { postgres(text) };
        let help = refused(parsed, text).help().to_string();
        let (_, said) = help.split_once(" one of its values: ").unwrap_or(("", &help));
        assert_eq!(said, values, "{text}");
    }
    assert_eq!(Part::Encryption.to_string(), "encryption");
    assert_eq!(format!("{ambiguity:?}"), ambiguity.to_string());
    assert_eq!([Engine::Postgres, Engine::MySql].map(|it| it.to_string()), ["postgresql", "mysql"]);
    for (text, ..) in REFUSALS {
        let help = refused(postgres(text), text).help();
        assert!(!help.is_empty() && !help.ends_with('.') && !help.contains("{}"), "{help}");
    }
}
