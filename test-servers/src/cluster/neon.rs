//! The identity of a Neon compute.

use std::path::{Path, PathBuf};

use crate::account::bare;
use crate::cache::cached;
use crate::install;
use crate::process::run;

/// The ids of a Neon compute, as settings of context `postmaster`.
///
/// An empty id is not written into the configuration; the setting exists and is empty, as
/// with Neon.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Neon {
    /// `neon.project_id`.
    pub project_id: String,
    /// `neon.branch_id`.
    pub branch_id: String,
    /// `neon.endpoint_id`.
    pub endpoint_id: String,
    /// `neon.tenant_id`.
    pub tenant_id: String,
    /// `neon.timeline_id`.
    pub timeline_id: String,
}

impl Neon {
    /// The settings that have a value.
    pub(crate) fn settings(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let all = [
            ("neon.project_id", &self.project_id),
            ("neon.branch_id", &self.branch_id),
            ("neon.endpoint_id", &self.endpoint_id),
            ("neon.tenant_id", &self.tenant_id),
            ("neon.timeline_id", &self.timeline_id),
        ];
        all.into_iter().map(|(name, id)| (name, id.as_str())).filter(|(_, id)| !id.is_empty())
    }
}

/// Compiles the module that defines the settings, for the server in `bin`.
pub(crate) fn module(bin: &Path, version: &str) -> PathBuf {
    cached("neon", &(version, SOURCE), |path| {
        let source = path.with_file_name("neon.c");
        std::fs::write(&source, SOURCE).expect("the source of the module is written");
        let mut compile = bare(install::compiler());
        compile.args(["-shared", "-fPIC", "-O1", "-I"]).arg(install::headers(bin));
        run(compile.arg("-o").arg(path).arg(source));
    })
}

const SOURCE: &str = include_str!("neon.c");
