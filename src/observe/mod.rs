//! The only code that looks at the world; everything else judges what it saw.

pub mod file;
