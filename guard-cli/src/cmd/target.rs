//! `target`

use std::ffi::OsString;
use std::io::Read;
use std::os::unix::ffi::OsStringExt;

use clap::Args;
use koomy_guard::observe;
use koomy_guard::policy::Phase;
use koomy_guard::report::Format;
use koomy_guard::secret::value::Value;

use crate::args::Global;
use crate::console::{Console, complain};
use crate::exit::Exit;
use crate::policy;
use crate::stop::Stop;
use crate::target;

#[derive(Debug, Args)]
pub(crate) struct Target {
    /// The URL; `-` reads it from stdin, so that it is not in the list of processes
    #[arg(value_name = "URL")]
    url: Option<OsString>,
}

impl Target {
    /// Runs the command.
    pub(crate) fn run(self, global: &Global, console: Console) -> Result<Exit, Stop> {
        let policy = policy::of_run(global, console)?;
        let facts = observe::process(Phase::Boot);
        let leads = match self.url {
            None => {
                let leads = target::of_environment(&policy, &facts);
                if leads.is_empty() {
                    complain(UNSET);
                }
                leads
            }
            Some(url) if url == "-" => {
                let url = stdin()?;
                if url.is_none() {
                    complain("stdin is empty, so nothing was judged");
                }
                url.map(|url| target::of_url(&policy, &facts, url)).into_iter().collect()
            }
            Some(url) => vec![target::of_url(&policy, &facts, Value::new(url.into_vec()))],
        };
        let report = match console.format {
            Format::Human => target::report::human(&policy, &leads),
            Format::Json => format!("{:#}\n", target::report::json(&policy, &leads)),
            Format::Sarif => target::report::sarif(console.report(), &policy, &leads),
            Format::Github => target::report::github(console.report(), &policy, &leads),
        };
        Ok(console.print(&report, Exit::of(target::report::judgement(&leads).ruling())))
    }
}

/// One URL from stdin without the line break that `echo` adds; `None` if stdin is
/// empty.
fn stdin() -> Result<Option<Value>, Stop> {
    let mut text = Vec::new();
    let read = std::io::stdin().lock().take(URL_LIMIT + 1).read_to_end(&mut text);
    match read {
        Ok(0) => Ok(None),
        Ok(length) if u64::try_from(length).is_ok_and(|length| length <= URL_LIMIT) => {
            if text.last() == Some(&b'\n') {
                text.pop();
            }
            Ok(Some(Value::new(text)))
        }
        Ok(_) => Err(Stop::misuse("stdin holds more than a URL can")),
        Err(error) => Err(Stop::misuse(format!("cannot read stdin: {}", error.kind()))),
    }
}

const UNSET: &str = "this environment sets no connection of the policy, so nothing was judged";
const URL_LIMIT: u64 = 64 * 1024;
