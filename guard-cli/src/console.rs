//! What the user sees: reports on stdout, diagnostics about the run on stderr.

use std::io::{self, ErrorKind, IsTerminal, Write};

use koomy_guard::gate::Verdict;
use koomy_guard::report::{self, Color, Format, Report, Style, Tool};

use crate::args::{Global, When};
use crate::exit::Exit;
use crate::stop::Stop;

/// The form in which this run speaks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Console {
    /// The form of the report.
    pub(crate) format: Format,
    color: When,
}

impl Console {
    pub(crate) fn new(global: &Global) -> Self {
        Self { format: global.format, color: global.color }
    }

    /// For what has one form alone.
    pub(crate) const fn plain() -> Self {
        Self { format: Format::Human, color: When::Never }
    }

    /// Prints a report, and ends as `exit` says.
    ///
    /// A reader that went away changes no decision. With a report that could not be
    /// written for another reason, nothing counts as permitted.
    pub(crate) fn print(self, report: &str, exit: Exit) -> Exit {
        let mut stdout = io::stdout().lock();
        match stdout.write_all(report.as_bytes()).and_then(|()| stdout.flush()) {
            Ok(()) => exit,
            Err(error) if error.kind() == ErrorKind::BrokenPipe => exit,
            Err(error) => {
                complain(&format!("cannot write the report: {}", error.kind()));
                if exit == Exit::Permitted { Exit::Undecided } else { exit }
            }
        }
    }

    /// Prints one JSON document with these keys.
    pub(crate) fn print_json(self, keys: &serde_json::Value, exit: Exit) -> Exit {
        self.print(&report::document(keys), exit)
    }

    /// Prints the notes, which keep no gate shut, where the report has no place for them.
    pub(crate) fn note(self, verdict: &Verdict<'_>) {
        match self.format {
            Format::Json => {}
            Format::Human | Format::Sarif | Format::Github => say(&report::notes(verdict)),
        }
    }

    /// Demands one of these forms, for a command that prints a document and judges
    /// nothing.
    ///
    /// # Errors
    ///
    /// Another form was asked for.
    pub(crate) fn demand(self, forms: &[Format]) -> Result<(), Stop> {
        if forms.contains(&self.format) {
            return Ok(());
        }
        let known: Vec<_> = forms.iter().map(|form| format!("`{}`", form.name())).collect();
        let form = self.format.name();
        Err(Stop::misuse(format!("this command has no `{form}` format"))
            .help(format!("use {}", known.join(" or "))))
    }

    /// How a report on stdout is written.
    pub(crate) fn report(self) -> Report {
        Report { format: self.format, style: self.style(&io::stdout()), tool: TOOL }
    }

    /// How a report for people on stderr is written.
    pub(crate) fn aside(self) -> Report {
        Report { format: Format::Human, style: self.style(&io::stderr()), tool: TOOL }
    }

    /// How text on `stream` looks.
    fn style(self, stream: &(impl IsTerminal + std::os::fd::AsFd)) -> Style {
        let terminal = stream.is_terminal();
        let ansi = match self.color {
            When::Always => true,
            When::Never => false,
            When::Auto => terminal && !is_colorless(),
        };
        let width = if terminal { terminal_size::terminal_size_of(stream) } else { None };
        Style {
            color: if ansi { Color::Ansi } else { Color::Plain },
            width: width.map_or(WIDTH, |(width, _)| usize::from(width.0).max(LEAST_WIDTH)),
        }
    }
}

/// Says something about the run itself.
pub(crate) fn complain(message: &str) {
    say(&format!("guard-cli: {message}\n"));
}

/// Writes `text` to stderr. If stderr is closed, nothing more can be said.
pub(crate) fn say(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

#[expect(clippy::disallowed_methods, reason = "how the report looks, not what it says")]
fn is_colorless() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
        || std::env::var_os("TERM").is_some_and(|value| value == "dumb")
}

/// The forms of a document that programs may read.
pub(crate) const DOCUMENT: &[Format] = &[Format::Human, Format::Json];

/// This program, for reports.
pub(crate) const TOOL: Tool = Tool { name: "guard-cli", version: env!("CARGO_PKG_VERSION") };

const WIDTH: usize = 100;
const LEAST_WIDTH: usize = 40;
