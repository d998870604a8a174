//! Answers as rows of texts, before they are interpreted.

use tokio_postgres::SimpleQueryMessage;

use super::super::failure::Failure;
use super::driver;

/// A row of texts or NULLs.
pub(super) type Cells = Vec<Option<String>>;

/// The answer to one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// What all of its queries returned.
    Rows(Vec<Cells>),
    /// An error that concerns only this message.
    Error(Error),
}

/// Why one message has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Error {
    /// There is no such table.
    NoTable,
    /// The role lacks the right.
    Denied,
    /// It takes too long.
    Slow,
    /// Something is not as expected.
    Other,
}

impl Answer {
    /// The server's answer to one message.
    pub(super) fn of(
        said: Result<Vec<SimpleQueryMessage>, tokio_postgres::Error>,
    ) -> Result<Self, Failure> {
        match said {
            Ok(said) => rows(&said).map(Self::Rows),
            Err(error) => match error.code().and_then(|code| of_message(code.code())) {
                Some(error) => Ok(Self::Error(error)),
                None => Err(driver::failure(&error)),
            },
        }
    }

    /// The rows, for a message whose error concerns the connection as a whole.
    pub(super) fn rows(
        said: Result<Vec<SimpleQueryMessage>, tokio_postgres::Error>,
    ) -> Result<Vec<Cells>, Failure> {
        rows(&said.map_err(|error| driver::failure(&error))?)
    }
}

/// What a code says about one message; `None` if it concerns the whole connection.
fn of_message(code: &str) -> Option<Error> {
    match code {
        "42P01" | "3F000" => Some(Error::NoTable),
        "42501" => Some(Error::Denied),
        "55P03" | "57014" => Some(Error::Slow),
        _ => match code.get(..2)? {
            // Data, syntax and names: the message was understood.
            "0A" | "22" | "42" => Some(Error::Other),
            _ => None,
        },
    }
}

fn rows(said: &[SimpleQueryMessage]) -> Result<Vec<Cells>, Failure> {
    let rows = said.iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    rows.map(|row| {
        let cell = |index| row.try_get(index).map(|text| text.map(str::to_owned));
        (0..row.len()).map(cell).collect::<Result<_, _>>().map_err(|_| Failure::Answer)
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_concerns_a_message_or_the_connection() {
        let table = [
            ("42P01", Some(Error::NoTable)),
            ("3F000", Some(Error::NoTable)),
            ("42501", Some(Error::Denied)),
            ("55P03", Some(Error::Slow)),
            ("57014", Some(Error::Slow)),
            ("42703", Some(Error::Other)),
            ("42883", Some(Error::Other)),
            ("42809", Some(Error::Other)),
            ("22P02", Some(Error::Other)),
            ("0A000", Some(Error::Other)),
            ("57P01", None),
            ("57P03", None),
            ("53300", None),
            ("08P01", None),
            ("25P02", None),
            ("XX000", None),
            ("é", None),
            ("", None),
        ];
        for (code, expected) in table {
            assert_eq!(of_message(code), expected, "{code}");
        }
    }
}
