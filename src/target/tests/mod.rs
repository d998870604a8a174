//! The laws of the grammar.

mod canonical;
mod provider;
mod refusals;

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

#[test]
fn targets_are_equal_only_in_everything() {
    let text = |secret: &str| format!("postgresql://a:{secret}@h:1/d?sslmode=require&schema=a");
    let target = postgres(&text("b")).unwrap();
    let others = [
        text("c"),
        "postgresql://a@h:1/d?sslmode=require&schema=a".to_owned(),
        text("b").replace("//a:", "//x:"),
        text("b").replace("@h:", "@x:"),
        text("b").replace(":1/", ":2/"),
        text("b").replace("/d?", "/x?"),
        text("b").replace("require", "disable"),
        text("b").replace("schema=a", "schema=b"),
        text("b").replace("&schema=a", ""),
    ];
    for other in others {
        assert!(postgres(&other).unwrap() != target, "{other}");
    }
    assert!(postgres(&text("b")).unwrap() == target);
    assert!(postgres("postgresql://a@h:1/d").unwrap() != mysql("mysql://a@h:1/d").unwrap());
}

#[test]
fn a_port_is_stated_where_it_is_written() {
    let table = [
        ("a@h/d", false),
        ("a@h:5432/d", true),
        ("a:b@h:5433/d", true),
        ("a@h/d?sslrootcert=/ca:5432/root.pem", false),
        ("a@/d?host=/x:5432/y", false),
    ];
    for (rest, is_stated) in table {
        let target = postgres(&format!("postgresql://{rest}")).unwrap();
        assert_eq!(target.states_port(), is_stated, "{rest}");
        let canonical = postgres(target.url().expose()).unwrap();
        assert!(canonical == target, "{rest}: not what is written, but what is reached");
    }
}

#[test]
fn whatever_differs_makes_another_target() {
    let good = postgres(GOOD).unwrap();
    assert!(good == postgres(GOOD).unwrap());
    let others = [
        GOOD.replace("app:", "other:"),
        GOOD.replace("pw@", "other@"),
        GOOD.replace(":pw", ""),
        GOOD.replace("dev.", "other."),
        GOOD.replace("5433", "5434"),
        GOOD.replace("appdb", "other"),
        GOOD.replace("require", "verify-full"),
        GOOD.replace("schema=a", "schema=b"),
        GOOD.replace("&schema=a", ""),
    ];
    for other in others {
        assert!(good != postgres(&other).unwrap(), "{other}");
    }
    let engine = mysql("mysql://app:pw@dev.example.com:5433/appdb").unwrap();
    assert!(engine != postgres("postgresql://app:pw@dev.example.com:5433/appdb").unwrap());
}

#[test]
fn debug_shows_no_part() {
    let tcp = postgres(GOOD).unwrap();
    let socket = postgres("postgresql://app@/appdb?host=/cloudsql/p:r:i").unwrap();
    let shown = format!("{tcp:?} {:?} {:?}", tcp.address(), socket.address());
    assert_eq!(shown, "Target(..) Tcp(..) Socket(..)");
}
