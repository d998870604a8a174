//! A database URL judged.
