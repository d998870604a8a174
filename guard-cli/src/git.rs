//! A policy from git's history.

use std::ffi::{OsStr, OsString};
use std::io::{self, Read};
use std::path::Path;
use std::process::{Command, Stdio};

use koomy_guard::Policy;
use koomy_guard::observe::file::{POLICY_LIMIT, shown};

use crate::stop::Stop;

/// The policy at `path`, as it was at `revision`.
///
/// # Errors
///
/// Undecided: no git, no such revision, no such file in it, or no policy in the
/// file. Misuse: a revision that git would take for an option.
pub(crate) fn policy_at(revision: &str, path: &Path) -> Result<Policy, Stop> {
    if revision.is_empty() || revision.starts_with('-') || revision.contains(':') {
        return Err(Stop::misuse(
            "`--since` takes a revision, such as `HEAD~1`, a branch or a tag",
        ));
    }
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        Some(_) | None => Path::new("."),
    };
    let Some(name) = path.file_name() else {
        return Err(Stop::misuse("`--policy` does not name a file"));
    };
    let commit = format!("{revision}^{{commit}}");
    let known = git(directory, &["rev-parse", "--verify", "--quiet", &commit].map(OsStr::new));
    known?.ok_or_else(|| Stop::undecided("git does not know that revision here"))?;

    let mut object = OsString::from(format!("{revision}:./"));
    object.push(name);
    let arguments = [OsStr::new("cat-file"), OsStr::new("blob"), object.as_os_str()];
    let bytes = git(directory, &arguments)?
        .ok_or_else(|| Stop::undecided("the policy file is not in that revision"))?;
    let text = String::from_utf8(bytes)
        .map_err(|_| Stop::undecided("the policy of that revision is not UTF-8 text"))?;
    Policy::parse(&format!("{revision}:{}", shown(path)), &text).map_err(|error| {
        Stop::undecided(format!("the policy of that revision is unusable\n{error}"))
    })
}

/// What git prints; `None` if it ends with an error.
fn git(directory: &Path, arguments: &[&OsStr]) -> Result<Option<Vec<u8>>, Stop> {
    let run = || -> io::Result<Option<Vec<u8>>> {
        let mut child = Command::new("git")
            .arg("-C")
            .arg(directory)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut bytes = Vec::new();
        if let Some(stdout) = child.stdout.take() {
            stdout.take(POLICY_LIMIT + 1).read_to_end(&mut bytes)?;
        }
        let whole = u64::try_from(bytes.len()).is_ok_and(|length| length <= POLICY_LIMIT);
        Ok((child.wait()?.success() && whole).then_some(bytes))
    };
    run().map_err(|error| Stop::undecided(format!("cannot run git: {}", error.kind())))
}
