//! The policy of the services under test.

use koomy_guard::facts::Facts;
use koomy_guard::{Boot, Permit, Policy};

const POLICY: &str = "version = 1\nname = 'web'\n\
    [environments.production]\ndata = 'real'\ndomains = ['koomy.app', 'api.koomy.app']\n\
    [environments.sandbox]\ndata = 'synthetic'\ndomains = ['play.koomy.app']\n\
    debug = { paths = ['/api/_debug'], header = 'X-Debug-Secret', secret = 'DEBUG_SECRET' }\n\
    [environments.local]\ndata = 'synthetic'\ndomains = ['localhost']\n\
    [variables.ENV]\nis = 'environment'\n\
    [variables.DEBUG_SECRET]\nis = 'secret'\nallowed = ['sandbox']\n";

pub(crate) fn secret() -> String {
    ["q7Zt", "W2mK9x", "Vb4RfN", "8sLc3Hd"].concat()
}

pub(crate) fn boot(environment: &str) -> Permit<Boot> {
    let policy = Policy::parse("policy.toml", POLICY).unwrap();
    let facts = Facts::assume().variable("ENV", environment);
    let facts = match environment {
        "sandbox" => facts.variable("DEBUG_SECRET", secret()),
        _ => facts,
    };
    Permit::ask(&policy, &facts.facts()).unwrap()
}
