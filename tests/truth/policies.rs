//! Every problem that a policy can have: where, what, and the way out.

use koomy_guard::policy::{Policy, PolicyError};

use crate::compare_with;

const ABOVE: &str = "\
version = 1
name = 'small'
[environments.production]
data = 'real'
[environments.sandbox]
data = 'synthetic'
[databases.main]
endpoints = ['main.koomy.app']
database = 'koomy'
[variables.ENV]
is = 'environment'
";

macro_rules! tables {
    ($($name:ident),+ $(,)?) => {
        $(#[test]
        fn $name() {
            let file = concat!("policies/", stringify!($name), ".txt");
            let recorded = include_str!(concat!("policies/", stringify!($name), ".txt"));
            compare_with(file, recorded, &table(recorded));
        })+
    };
}

tables! { top, environments, claims, databases, connections, variables }

/// The file with the problems that are found now.
fn table(recorded: &str) -> String {
    let mut parts = recorded.split("\n---- ");
    let head = parts.next().unwrap_or_default();
    let rows: Vec<_> = parts.map(row).collect();
    assert!(rows.len() > 5, "the file lost its policies");
    format!("{head}{}", rows.concat())
}

fn row(part: &str) -> String {
    let (name, rest) = part.split_once('\n').unwrap_or_default();
    let text = rest.split_once("=>").map_or(rest, |(text, _)| text);
    let above = if name.starts_with("and ") { ABOVE } else { "" };
    format!("\n---- {name}\n{text}=>\n{}", problems(&format!("{above}{text}")))
}

fn problems(text: &str) -> String {
    match Policy::parse("policy.toml", text) {
        Ok(_) => "none\n".to_owned(),
        Err(error) => {
            assert!(!error.problems().is_empty());
            assert!(error.problems().is_sorted_by_key(|problem| problem.span), "in file order");
            (0..error.problems().len()).map(|at| line(&error, at)).collect()
        }
    }
}

fn line(error: &PolicyError, at: usize) -> String {
    let source = error.policy();
    let Some(problem) = error.problems().get(at) else { return String::new() };
    let place = |span| {
        let location = source.locate(span).map(|place| (place.line, place.column));
        location.map_or("nowhere".to_owned(), |(line, column)| format!("{line}:{column}"))
    };
    let token = source.slice(problem.span).unwrap_or("nothing");
    let help = problem.help().map(|help| format!("; {help}")).unwrap_or_default();
    let related = problem.related.map(|(span, what)| format!("; {what}, at {}", place(span)));
    let related = related.unwrap_or_default();
    format!("{} {token} -- {}{help}{related}\n", place(problem.span), problem.kind)
}
