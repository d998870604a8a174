//! What can be wrong with a dotenv file.

use thiserror::Error;

use crate::source::Span;

/// Something in a dotenv file that readers do not agree on, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub kind: ProblemKind,
    /// The key, or the masked line where there is none; in the masked text.
    pub span: Span,
}

/// What is wrong; a sentence that holds nothing of the file.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq, Hash)]
pub enum ProblemKind {
    /// The file begins as UTF-16 does.
    #[error("the file is UTF-16, which no reader of env files understands")]
    Utf16,
    /// Neither blank, nor a comment, nor an assignment.
    #[error("this line has no `=`")]
    NoEquals,
    /// Left of `=` stands something else than a name.
    #[error("left of `=` is no name of letters, digits and `_`")]
    NotAName,
    /// `NAME=` or `NAME==`, as the last line of broken base64 text looks.
    #[error("this line looks like the end of a value that was broken over several lines")]
    LooksBroken,
    /// A carriage return, or a Unicode line break, that ends a line for some.
    #[error("a line break that only some readers see")]
    OddLineBreak,
    /// A quote that nothing closes; perhaps half of the file is missing.
    #[error("the value opens a quote that is never closed")]
    Unclosed,
    /// Something after the closing quote that is no comment.
    #[error("text after the closing quote")]
    AfterQuote,
    /// Text, after the closing quote of a value of several lines.
    #[error("text after a quote that closes on a later line; was it closed where it should be?")]
    AfterLines,
    /// A value in backticks.
    #[error("the value is in backticks, which only some readers take for quotes")]
    Backtick,
    /// Space within a value without quotes.
    #[error("the value has a space in it and no quotes")]
    InnerSpace,
    /// A quote within a value without quotes.
    #[error("the value has a quote in it and none around it")]
    InnerQuote,
    /// `#` as the first character of a value.
    #[error("the value begins with `#`, a comment to some readers")]
    LeadingHash,
    /// A tab, and not a space, before the comment after a value without quotes.
    #[error("a tab before `#`, which only some readers take for a comment")]
    TabComment,
    /// A control character or an unusual space in a value without quotes.
    #[error("the value has a control character or an unusual space in it and no quotes")]
    OddCharacter,
    /// `#` inside a value without quotes.
    #[error("a `#` in a value without quotes, which some readers take for a comment")]
    InnerHash,
    /// A backslash that readers treat differently.
    #[error("a backslash that readers treat differently")]
    Backslash,
    /// A backslash after which some readers see the value's end, and others not.
    #[error("a backslash that ends the value for some readers and not for others")]
    OpenBackslash,
    /// A line break of two characters within quotes.
    #[error("a quoted value is broken by CRLF, which only some readers turn into LF")]
    QuotedCrlf,
    /// A blank after a value without quotes.
    #[error("the value has no quotes and ends in a blank, which some readers keep")]
    TrailingBlank,
    /// A dollar that only some readers take for a reference.
    #[error("the value has a `$` that only some readers expand")]
    Dollar,
    /// `${` within single quotes.
    #[error("the value has `${{` in single quotes, which some readers expand all the same")]
    QuotedReference,
    /// `${NAME}` whose name no line above defines.
    #[error("the value refers to a name that no line above defines")]
    UnknownReference,
    /// `${NAME}` of a value that is itself not certain.
    #[error("the value refers to one that readers do not agree on")]
    UnclearReference,
    /// References that would make the file's values much larger than the file.
    #[error("the references in this file expand to more than {EXPANSION_LIMIT} bytes")]
    TooMuchExpansion,
}

impl ProblemKind {
    /// Whether the doubt is about one value alone, so that the variables before
    /// and after it are certain.
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
            Self::NotAName => "write `NAME=value`, the name not beginning with a digit",
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
            Self::Dollar => "use single quotes if a dollar is meant, `${NAME}` for a reference",
            Self::QuotedReference => "write out the value that is meant",
            Self::UnknownReference => "define the name above this line, or write out the value",
            Self::UnclearReference | Self::TooMuchExpansion => "write out the value",
        }
    }
}

/// The most bytes that all references of a file may expand to.
pub(super) const EXPANSION_LIMIT: usize = 1024 * 1024;
