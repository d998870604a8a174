//! `probe`

use clap::Args;

use crate::args::Global;
use crate::console::Console;
use crate::exit::Exit;
use crate::names;
use crate::policy;
use crate::probe::{self, Origin, Report};
use crate::stop::Stop;

#[derive(Debug, Args)]
pub(crate) struct Probe {
    /// The server, as `https://host[:port]`
    #[arg(value_name = "URL")]
    url: String,
    /// The environment that the service should belong to
    #[arg(long, value_name = "NAME")]
    environment: String,
    /// A domain that this server answers for; may be repeated [default: all of the environment]
    #[arg(long, value_name = "NAME")]
    domain: Vec<String>,
}

impl Probe {
    /// Runs the command.
    pub(crate) fn run(self, global: &Global, console: Console) -> Result<Exit, Stop> {
        let policy = policy::of_run(global, console)?;
        let environment = names::environment(&policy, &self.environment)?;
        let origin = Origin::parse(&self.url)
            .map_err(|why| Stop::misuse(format!("cannot probe that URL: {why}")))?;
        let all = || environment.domains.iter().map(|domain| domain.value.as_str());
        if self.domain.iter().any(|domain| !all().any(|known| known == domain)) {
            let name = &environment.name.value;
            return Err(Stop::misuse(format!(
                "a `--domain` is not one of the domains of `{name}` in the policy"
            )));
        }
        let domains = match self.domain.as_slice() {
            [] => all().collect(),
            given => given.iter().map(String::as_str).collect(),
        };
        let probe = probe::Probe { policy: &policy, environment, origin: &origin, domains };
        let found = probe.ask();
        Ok(Report { probe: &probe, found: &found }.print(console))
    }
}
