//! Enumerations whose members have one word each.

/// Declares an enumeration with the words for its members, so that a word is
/// written once.
macro_rules! named {
    ($(#[$about:meta])* pub enum $name:ident {
        $($(#[$each:meta])* $member:ident = $word:literal,)+
    }) => {
        $(#[$about])*
        pub enum $name {
            $($(#[$each])* $member,)+
        }

        impl $name {
            /// All of them, in the order of their definition.
            pub const ALL: [Self; Self::WORDS.len()] = [$(Self::$member),+];

            /// The words for them, in the same order.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// The word for it, in policies and reports.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$member => $word,)+
                }
            }

            /// The one with this word, to the byte.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|one| one.name() == name)
            }
        }
    };
}

pub(crate) use named;
