//! The problems that a dotenv file can have.

use thiserror::Error;

use crate::source::Span;

/// Something in a dotenv file on which readers disagree, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub kind: ProblemKind,
    /// The place of the key or, if there is none, of the masked line, in the masked text.
    pub span: Span,
}

/// What is wrong, in a sentence that contains nothing of the file.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq, Hash)]
pub enum ProblemKind {
    /// The file begins like UTF-16.
    #[error("the file is UTF-16, which no reader of env files understands")]
    Utf16,
    /// Neither blank, nor a comment, nor an assignment.
    #[error("this line has no `=`")]
    NoEquals,
    /// The text to the left of `=` is not a name.
    #[error("the text before `=` is not a name of letters, digits and `_`")]
    NotAName,
    /// `NAME=` or `NAME==`, as the last line of broken base64 text looks.
    #[error("this line looks like the end of a value that was broken over several lines")]
    LooksBroken,
    /// A carriage return, or a Unicode line break, that ends a line for some readers.
    #[error("a line break that only some readers see")]
    OddLineBreak,
    /// A quote that is never closed; perhaps half of the file is missing.
    #[error("the value opens a quote that is never closed")]
    Unclosed,
    /// Something other than a comment after the closing quote.
    #[error("text after the closing quote")]
    AfterQuote,
    /// Text after the closing quote of a value of several lines.
    #[error("text after a quote that closes on a later line; was it closed where it should be?")]
    AfterLines,
    /// A value in backticks.
    #[error("the value is in backticks, which only some readers treat as quotes")]
    Backtick,
    /// A space in a value without quotes.
    #[error("the value has a space in it and no quotes")]
    InnerSpace,
    /// A quote in a value without quotes.
    #[error("the value has a quote in it and none around it")]
    InnerQuote,
    /// `#` as the first character of a value.
    #[error("the value begins with `#`, a comment to some readers")]
    LeadingHash,
    /// A tab instead of a space before the comment after a value without quotes.
    #[error("a tab before `#`, which only some readers treat as the beginning of a comment")]
    TabComment,
    /// A control character or an unusual space in a value without quotes.
    #[error("the value has a control character or an unusual space in it and no quotes")]
    OddCharacter,
    /// `#` inside a value without quotes.
    #[error(
        "a `#` in a value without quotes, which some readers treat as the beginning of a comment"
    )]
    InnerHash,
    /// A backslash that readers treat differently.
    #[error("a backslash that readers treat differently")]
    Backslash,
    /// A backslash after which only some readers see the end of the value.
    #[error("a backslash that ends the value for some readers and not for others")]
    OpenBackslash,
    /// A CRLF line break within quotes.
    #[error("a quoted value is broken by CRLF, which only some readers turn into LF")]
    QuotedCrlf,
    /// A blank after a value without quotes.
    #[error("the value has no quotes and ends in a blank, which some readers keep")]
    TrailingBlank,
    /// A dollar sign that only some readers treat as a reference.
    #[error("the value has a `$` that only some readers expand")]
    Dollar,
    /// `${` within single quotes.
    #[error("the value has `${{` in single quotes, which some readers expand nevertheless")]
    QuotedReference,
    /// `${NAME}` for a name that no line above defines.
    #[error("the value refers to a name that no line above defines")]
    UnknownReference,
    /// `${NAME}` for a value on which readers disagree.
    #[error("the value refers to another one on which readers disagree")]
    UnclearReference,
    /// References that would make the file's values much larger than the file.
    #[error("the references in this file expand to more than {EXPANSION_LIMIT} bytes")]
    TooMuchExpansion,
}

impl ProblemKind {
    /// Whether the doubt concerns only one value, so that the variables before and after
    /// it are certain.
    pub fn is_of_value(self) -> bool {
        match self {
            Self::InnerSpace
            | Self::InnerHash
            | Self::LeadingHash
            | Self::TabComment
            | Self::TrailingBlank
            | Self::Backslash
            | Self::Dollar
            | Self::QuotedReference
            | Self::UnknownReference
            | Self::UnclearReference => true,
            Self::Utf16
            | Self::NoEquals
            | Self::NotAName
            | Self::LooksBroken
            | Self::OddLineBreak
            | Self::Unclosed
            | Self::AfterQuote
            | Self::AfterLines
            | Self::Backtick
            | Self::InnerQuote
            | Self::OddCharacter
            | Self::OpenBackslash
            | Self::QuotedCrlf
            | Self::TooMuchExpansion => false,
        }
    }

    /// What to do about it.
    pub fn help(self) -> &'static str {
        match self {
            Self::Utf16 => "save it as UTF-8",
            Self::NoEquals => {
                "write `NAME=value`; begin a comment with `#`; quote a value of several lines"
            }
            Self::NotAName => "write `NAME=value`, with a name that does not begin with a digit",
            Self::LooksBroken => {
                "quote the whole value; if this is an empty variable, write `NAME=\"\"`"
            }
            Self::OddLineBreak => "end lines with LF or CRLF, and remove any other line break",
            Self::Unclosed => "close the quote, or restore the rest of the file",
            Self::AfterQuote => "put the whole value in quotes, and a space before a comment",
            Self::AfterLines => "close the quote on its own line, or remove the text",
            Self::Backtick | Self::InnerQuote => {
                "put single quotes around it, or double quotes if it holds a single one"
            }
            Self::InnerSpace | Self::InnerHash | Self::OddCharacter => {
                "put the value in double quotes"
            }
            Self::LeadingHash => "put the value in double quotes; write an empty one as `\"\"`",
            Self::TabComment => "put a space before the `#`",
            Self::TrailingBlank => "remove the blank, or put the value in double quotes",
            Self::Backslash | Self::OpenBackslash => {
                "use single quotes without escapes; in double quotes only `\\n` is certain"
            }
            Self::QuotedCrlf => "save the file with LF line ends, or write `\\n`",
            Self::Dollar => {
                "use single quotes for a literal dollar sign, and `${NAME}` for a reference"
            }
            Self::QuotedReference => "write out the value",
            Self::UnknownReference => "define the name above this line, or write out the value",
            Self::UnclearReference | Self::TooMuchExpansion => "write out the value",
        }
    }
}

/// The most bytes to which all references in a file may expand.
pub(super) const EXPANSION_LIMIT: usize = 1024 * 1024;
