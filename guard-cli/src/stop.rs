//! Why a command ends before it has done what it was asked.

use crate::console::{Console, complain, say};
use crate::exit::Exit;

/// An end, and what is still to be said of it.
#[derive(Debug)]
pub(crate) struct Stop {
    exit: Exit,
    said: Said,
}

#[derive(Debug)]
enum Said {
    /// What is wrong with the run itself.
    Complaint { message: String, help: Option<String> },
    /// Why nothing else is printed.
    Report(String),
    /// The same for people, where stdout is for something else.
    Aside(String),
}

impl Stop {
    /// The command line or the policy is wrong.
    pub(crate) fn misuse(message: impl Into<String>) -> Self {
        Self::because(Exit::Misused, message)
    }

    /// Something could not be read.
    pub(crate) fn undecided(message: impl Into<String>) -> Self {
        Self::because(Exit::Undecided, message)
    }

    /// Something is wrong with the run itself.
    pub(crate) fn because(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, said: Said::Complaint { message: message.into(), help: None } }
    }

    /// The way out of what is wrong with the run; a report has its own.
    pub(crate) fn help(mut self, way_out: impl Into<String>) -> Self {
        if let Said::Complaint { help, .. } = &mut self.said {
            *help = Some(way_out.into());
        }
        self
    }

    /// A report says why, on stdout.
    pub(crate) fn report(exit: Exit, report: String) -> Self {
        Self { exit, said: Said::Report(report) }
    }

    /// A report says why, on stderr.
    pub(crate) fn aside(exit: Exit, report: String) -> Self {
        Self { exit, said: Said::Aside(report) }
    }

    /// The same end of a command whose codes are otherwise its child's.
    pub(crate) fn before_child(self) -> Self {
        Self { exit: self.exit.before_child(), ..self }
    }

    /// Says it, and ends.
    pub(crate) fn tell(self, console: Console) -> Exit {
        match self.said {
            Said::Complaint { message, help: None } => complain(&message),
            Said::Complaint { message, help: Some(help) } => {
                complain(&format!("{message}\n  help: {help}"));
            }
            Said::Report(report) => return console.print(&report, self.exit),
            Said::Aside(report) => say(&report),
        }
        self.exit
    }
}
