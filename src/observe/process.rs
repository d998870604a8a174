//! The environment of this process.
#![expect(clippy::disallowed_methods, reason = "this is the one place that looks at it")]

use std::sync::Arc;

use crate::facts::{Facts, Live, Observed, Seen, Variables};
use crate::policy::Phase;
use crate::secret::value::Value;
use crate::source::{Place, Source};

/// Sees every variable of this process, once.
///
/// A value that is not UTF-8 is kept as it is. A name that is not UTF-8 is left out,
/// since no policy could contain it.
pub fn process(phase: Phase) -> Facts {
    let source = Source::named("process environment");
    let variables = Variables::from_source(
        std::env::vars_os().filter_map(|(name, value)| seen(&source, name, value)),
    );
    let nothing = variables.iter().next().is_none();
    let variables = if nothing { Observed::Absent } else { Observed::Seen(variables) };
    Facts { source, variables, expected: None, phase, live: Live::NotAsked }
}

fn seen(source: &Arc<Source>, name: std::ffi::OsString, value: std::ffi::OsString) -> Option<Seen> {
    let name = name.into_string().ok()?;
    let value = Value::new(value.into_encoded_bytes());
    Some(Seen { name, value, place: Place::whole(source), also: Vec::new(), doubt: None })
}
