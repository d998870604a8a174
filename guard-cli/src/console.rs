//! What the user sees: reports on stdout, diagnostics about the run on stderr.

use std::io::{self, ErrorKind, IsTerminal, Write};

use koomy_guard::gate::Verdict;
use koomy_guard::report::{self, Color, Format, Style, Tool};

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
    /// A reader that went away changes no decision. A report that could not be
    /// written for another reason is not good news, though.
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

    /// Prints one JSON document.
    pub(crate) fn print_json(self, document: &serde_json::Value, exit: Exit) -> Exit {
        self.print(&format!("{document:#}\n"), exit)
    }

    /// A report in JSON with the keys of `more` after its own.
    pub(crate) fn with(report: String, more: &serde_json::Value) -> String {
        let more = format!("{more:#}");
        match (report.trim_end().strip_suffix("\n}"), more.strip_prefix('{')) {
            (Some(report), Some(more)) => format!("{report},{more}\n"),
            (_, _) => report,
        }
    }

    /// Says what stands in no gate's way, where the report has no place for it.
    pub(crate) fn note(self, verdict: &Verdict<'_>) {
        match self.format {
            Format::Json => {}
            Format::Human | Format::Sarif | Format::Github => say(&report::notes(verdict)),
        }
    }

    /// Says that this command has no report of this form.
    pub(crate) fn no_such_form(self) -> Stop {
        let form = self.format.name();
        Stop::misuse(format!("this command has no `{form}` form; use `human` or `json`"))
    }

    /// How a report on stdout looks.
    pub(crate) fn style(self) -> Style {
        self.style_on(&io::stdout())
    }

    /// How a report on `stream` looks.
    pub(crate) fn style_on(self, stream: &(impl IsTerminal + std::os::fd::AsFd)) -> Style {
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

/// Writes `text` to stderr. Nobody is left to hear that stderr is closed.
pub(crate) fn say(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// So many of something.
pub(crate) fn counted(count: usize, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}

#[expect(clippy::disallowed_methods, reason = "how the report looks, not what it says")]
fn is_colorless() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
        || std::env::var_os("TERM").is_some_and(|value| value == "dumb")
}

/// This program, for reports.
pub(crate) const TOOL: Tool = Tool { name: "guard-cli", version: env!("CARGO_PKG_VERSION") };

const WIDTH: usize = 100;
const LEAST_WIDTH: usize = 40;
