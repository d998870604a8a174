//! Variables from dotenv files.

use std::path::Path;
use std::sync::Arc;

use super::file::{self, ENV_FILE_LIMIT};
use crate::dotenv::{self, Entry, Parsed};
use crate::facts::{Cause, Causes, Facts, Live, Observed, Seen, Variables};
use crate::policy::Phase;
use crate::source::{Place, Source};

/// Sees exactly the variables of `paths`, later files over earlier ones, and nothing of
/// the process.
///
/// If any file cannot be read, or has a line that is not understood, nothing is seen: the
/// missing part might be what decides. A value on which readers disagree is seen together
/// with that doubt, and a rule refuses it.
pub fn env_files<P: AsRef<Path>>(paths: &[P], phase: Phase) -> Facts {
    let mut causes = Vec::new();
    let mut variables = Variables::default();
    for path in paths {
        match read(path.as_ref()) {
            Ok(file) => variables = variables.overlaid_by(file),
            Err(found) => causes.extend(found),
        }
    }
    let names: Vec<_> = paths.iter().map(|path| file::shown(path.as_ref())).collect();
    let nothing = variables.iter().next().is_none();
    let variables = match Causes::of(causes) {
        Some(causes) => Observed::Unreadable(causes),
        None if nothing => Observed::Absent,
        None => Observed::Seen(variables),
    };
    Facts {
        source: Source::named(names.join(", ")),
        variables,
        expected: None,
        phase,
        live: Live::NotAsked,
    }
}

fn read(path: &Path) -> Result<Variables, Vec<Cause>> {
    let name = file::shown(path);
    let bytes = file::read(path, ENV_FILE_LIMIT).map_err(|error| {
        vec![Cause {
            message: error.to_string(),
            help: error.help().to_owned(),
            place: Place::whole(&Source::named(name.clone())),
        }]
    })?;
    let Parsed { source, entries, problems } = dotenv::parse(&name, &bytes);
    let (of_values, of_file): (Vec<_>, Vec<_>) =
        problems.into_iter().partition(|problem| problem.kind.is_of_value());
    if !of_file.is_empty() {
        return Err(of_file.iter().map(|problem| cause(&source, problem)).collect());
    }
    let doubt = |entry: &Entry| {
        of_values.iter().find(|problem| problem.span == entry.span).map(|problem| problem.kind)
    };
    Ok(Variables::from_source(entries.into_iter().map(|entry| Seen {
        doubt: doubt(&entry),
        name: entry.key,
        value: entry.value,
        place: Place::at(&source, entry.span),
        also: Vec::new(),
    })))
}

fn cause(source: &Arc<Source>, problem: &dotenv::Problem) -> Cause {
    Cause {
        message: problem.kind.to_string(),
        help: problem.kind.help().to_owned(),
        place: Place::at(source, problem.span),
    }
}
