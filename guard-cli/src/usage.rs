//! What is wrong with the command line, without repeating it.
//!
//! DELIBERATE: an argument in the wrong place may be a secret, so that clap's
//! own messages, which quote it, are not used. Only its names are.

use std::ffi::{OsStr, OsString};

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::console::{Console, complain};
use crate::exit::Exit;

/// Says what is wrong with `args`, or prints the help that they ask for.
pub(crate) fn explain(error: &Error, args: &[OsString]) -> Exit {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            Console::plain().print(&error.render().to_string(), Exit::Permitted)
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            complain(&format!("no command is given\n\n{}", error.render()));
            Exit::Misused
        }
        kind => {
            complain(&message(kind, error, args));
            if names_launcher(args) { Exit::ChildMisused } else { Exit::Misused }
        }
    }
}

fn message(kind: ErrorKind, error: &Error, args: &[OsString]) -> String {
    let mut message = match kind {
        ErrorKind::UnknownArgument => format!("{} is not expected", position(error, args)),
        ErrorKind::InvalidSubcommand => "there is no such command".to_owned(),
        ErrorKind::MissingRequiredArgument => format!("{} is missing", ours(error)),
        ErrorKind::ArgumentConflict => {
            format!("{} cannot be used with {}", ours(error), prior(error))
        }
        ErrorKind::InvalidValue if is_missing(error) => format!("{} needs a value", ours(error)),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            format!("{} does not take that value", ours(error))
        }
        ErrorKind::TooManyValues | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("{} does not take that many values", ours(error))
        }
        ErrorKind::InvalidUtf8 => "an argument is not UTF-8".to_owned(),
        ErrorKind::MissingSubcommand => "no command is given".to_owned(),
        _ => "the command line is not understood".to_owned(),
    };
    let reason = std::error::Error::source(error);
    if let (ErrorKind::ValueValidation, Some(reason)) = (kind, reason) {
        message.push_str(&format!(": {reason}"));
    }
    for (context, words) in HELP {
        if let Some(names) = names(error, *context) {
            message.push_str(&format!("\n  help: {words} {names}"));
        }
    }
    if names_launcher(args) && !args.iter().any(|arg| arg == "--") {
        message.push_str("\n  help: write `--` before the command and its arguments");
    }
    if let Some(usage) = error.get(ContextKind::Usage) {
        message.push_str(&format!("\n\n{usage}"));
    }
    message
}

fn is_missing(error: &Error) -> bool {
    matches!(error.get(ContextKind::InvalidValue), Some(ContextValue::String(value)) if value.is_empty())
}

/// The argument in question, where it is certainly one of ours.
fn ours(error: &Error) -> String {
    names(error, ContextKind::InvalidArg).unwrap_or_else(|| "an argument".to_owned())
}

fn prior(error: &Error) -> String {
    names(error, ContextKind::PriorArg).unwrap_or_else(|| "another".to_owned())
}

fn names(error: &Error, kind: ContextKind) -> Option<String> {
    let quoted = |name: &String| format!("`{name}`");
    match error.get(kind)? {
        ContextValue::String(name) => Some(quoted(name)),
        ContextValue::Strings(names) if !names.is_empty() => {
            Some(names.iter().map(quoted).collect::<Vec<_>>().join(", "))
        }
        _ => None,
    }
}

/// An argument of the user's, by its position.
fn position(error: &Error, args: &[OsString]) -> String {
    let Some(ContextValue::String(text)) = error.get(ContextKind::InvalidArg) else {
        return "an argument".to_owned();
    };
    let is_it = |arg: &OsStr| {
        let arg = arg.to_string_lossy();
        arg.strip_prefix(text.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
    };
    match args.iter().skip(1).position(|arg| is_it(arg)) {
        Some(at) => format!("argument {}", at + 1),
        None => "an argument".to_owned(),
    }
}

/// Whether the command is one whose exit codes are its child's, as far as one
/// can tell.
fn names_launcher(args: &[OsString]) -> bool {
    let mut args = args.iter().skip(1);
    while let Some(arg) = args.next() {
        if VALUED.iter().any(|option| arg == option) {
            args.next();
        } else if !arg.as_encoded_bytes().starts_with(b"-") {
            return arg == "exec" || arg == "seed";
        }
    }
    false
}

const VALUED: &[&str] = &["--policy", "--format", "--color"];

const HELP: &[(ContextKind, &str)] = &[
    (ContextKind::ValidValue, "it takes"),
    (ContextKind::SuggestedValue, "did you mean"),
    (ContextKind::SuggestedArg, "did you mean"),
    (ContextKind::SuggestedSubcommand, "did you mean"),
    (ContextKind::ValidSubcommand, "the commands are"),
];
