//! The databases of a policy that are Neon's.

use koomy_guard::Policy;
use koomy_guard::policy::{Data, Database, Environment, EnvironmentId};
use koomy_guard::source::{Place, Span};
use koomy_guard::target::Provider;

use super::names::Id;

/// A database of the policy that is Neon's, with what finds it there.
#[derive(Clone, Debug)]
pub(crate) struct Wanted<'a> {
    /// What the policy says of it.
    pub(super) database: &'a Database,
    /// The project that it is in.
    pub(super) project: Id,
    /// The environments that may use it.
    pub(super) environments: Vec<&'a Environment>,
}

impl<'a> Wanted<'a> {
    /// Every database with `provider = "neon"`, in the order of the file.
    ///
    /// # Errors
    ///
    /// A line for each that says too little to be found.
    pub(crate) fn all(policy: &'a Policy) -> Result<Vec<Self>, Vec<String>> {
        let neons = policy.databases().iter().filter(|it| it.provider == Some(Provider::Neon));
        let mut wrong = Vec::new();
        let mut all = Vec::new();
        for database in neons {
            match project(database).and_then(|project| found_by(database).map(|()| project)) {
                Err(message) => wrong.push(line(policy, database.name.span, &message)),
                Ok(project) => {
                    let environments = policy.environments_of(database.id).collect();
                    all.push(Self { database, project, environments });
                }
            }
        }
        if wrong.is_empty() { Ok(all) } else { Err(wrong) }
    }

    /// Its name in the policy.
    pub(super) fn name(&self) -> &'a str {
        &self.database.name.value
    }

    /// An environment with data of real people that may use it.
    pub(super) fn real(&self) -> Option<&'a Environment> {
        self.environments.iter().copied().find(|environment| environment.data == Data::Real)
    }

    /// An environment without data of real people that may use it.
    pub(super) fn unreal(&self) -> Option<&'a Environment> {
        self.environments.iter().copied().find(|environment| match environment.data {
            Data::Real => false,
            Data::Masked | Data::Synthetic => true,
        })
    }

    /// The environments, to compare.
    pub(super) fn environment_ids(&self) -> Vec<EnvironmentId> {
        self.environments.iter().map(|environment| environment.id).collect()
    }
}

fn project(database: &Database) -> Result<Id, String> {
    let name = &database.name.value;
    match &database.project {
        None => Err(format!("`{name}` has no `project`; add the id of its project in Neon")),
        Some(text) => Id::parse(&text.value).ok_or_else(|| {
            format!("the `project` of `{name}` is not a Neon project id; these look like `quiet-river-1`")
        }),
    }
}

fn found_by(database: &Database) -> Result<(), String> {
    if database.branch_id.is_none() && database.branch_names.is_empty() {
        let name = &database.name.value;
        return Err(format!(
            "`{name}` does not name its branch; add `branch = {{ names = [\"main\"] }}`"
        ));
    }
    Ok(())
}

fn line(policy: &Policy, span: Span, message: &str) -> String {
    format!("{}: {message}", Place::at(policy.source(), span))
}
