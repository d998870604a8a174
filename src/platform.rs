//! Variables that platforms set by themselves.

use crate::secret::Secret;

/// Whether `name` is set by the platform: one of Kubernetes' service variables,
/// or one that a CI service, a host, an official image or a terminal sets
/// unasked.
///
/// DELIBERATE: exact names, no prefixes. `CI_DATABASE_PASSWORD` is not a
/// variable of GitLab's because it starts with `CI_`.
pub(crate) fn sets(name: &str, value: Option<&Secret>) -> bool {
    NAMES.binary_search(&name).is_ok()
        || value.is_some_and(|value| is_service(name, value.expose()))
}

/// MIRRORS the environment variables that Kubernetes derives from a service:
/// `NAME_SERVICE_HOST`, `NAME_SERVICE_PORT[_PORTNAME]`, `NAME_PORT` and
/// `NAME_PORT_80_TCP[_PROTO|_PORT|_ADDR]`.
fn is_service(name: &str, value: &str) -> bool {
    if name.ends_with("_SERVICE_HOST") {
        return is_address(value);
    }
    if let Some((service, _)) = name.rsplit_once("_SERVICE_PORT") {
        return !service.is_empty() && is_digits(value);
    }
    if name.ends_with("_PORT") && is_endpoint(value) {
        return true;
    }
    let Some((_, rest)) = name.split_once("_PORT_") else { return false };
    let mut words = rest.split('_');
    let (Some(port), Some(protocol)) = (words.next(), words.next()) else { return false };
    if !is_digits(port) || !PROTOCOLS.contains(&protocol) {
        return false;
    }
    match (words.next(), words.next()) {
        (None, None) => is_endpoint(value),
        (Some("PROTO"), None) => PROTOCOLS.iter().any(|known| known.eq_ignore_ascii_case(value)),
        (Some("PORT"), None) => is_digits(value),
        (Some("ADDR"), None) => is_address(value),
        (Some(_), _) | (None, Some(_)) => false,
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_address(text: &str) -> bool {
    text.parse::<std::net::IpAddr>().is_ok()
}

/// `tcp://10.0.0.1:80`
fn is_endpoint(text: &str) -> bool {
    let Some((protocol, address)) = text.split_once("://") else { return false };
    PROTOCOLS.iter().any(|known| known.eq_ignore_ascii_case(protocol))
        && address.parse::<std::net::SocketAddr>().is_ok()
}

const PROTOCOLS: &[&str] = &["TCP", "UDP", "SCTP"];

/// Sorted, for the search. Only names that would otherwise look like a secret
/// or a connection need to be here.
const NAMES: &[&str] = &[
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "ACTIONS_RUNTIME_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "BITBUCKET_STEP_OIDC_TOKEN",
    "BUILDKITE_AGENT_ACCESS_TOKEN",
    "CIRCLE_OIDC_TOKEN",
    "CIRCLE_OIDC_TOKEN_V2",
    "CI_BUILD_TOKEN",
    "CI_DEPENDENCY_PROXY_PASSWORD",
    "CI_DEPLOY_PASSWORD",
    "CI_JOB_JWT",
    "CI_JOB_TOKEN",
    "CI_REGISTRY_PASSWORD",
    "CI_REPOSITORY_URL",
    "CI_RUNNER_SHORT_TOKEN",
    "GITHUB_TOKEN",
    "GITLAB_FEATURES",
    "GPG_KEY",
    "GPG_KEYS",
    "MSI_SECRET",
    "NETLIFY_SKEW_PROTECTION_TOKEN",
    "REPLIT_DB_URL",
    "REPL_IDENTITY_KEY",
    "RUNNER_TRACKING_ID",
    "STARSHIP_SESSION_KEY",
    "SYSTEM_ACCESSTOKEN",
    "VERCEL_AUTOMATION_BYPASS_SECRET",
    "VERCEL_OIDC_TOKEN",
    "VSCODE_GIT_IPC_AUTH_TOKEN",
    "WEBSITE_AUTH_ENCRYPTION_KEY",
    "WEBSITE_AUTH_SIGNING_KEY",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted() {
        assert!(NAMES.is_sorted());
    }

    #[test]
    fn knows_the_service_variables_of_kubernetes_by_name_and_value() {
        let table = [
            ("KOOMY_SERVICE_HOST", "10.96.0.12", true),
            ("KOOMY_SERVICE_PORT", "8080", true),
            ("KOOMY_SERVICE_PORT_HTTP", "8080", true),
            ("KOOMY_PORT", "tcp://10.96.0.12:8080", true),
            ("KOOMY_PORT_8080_TCP", "tcp://10.96.0.12:8080", true),
            ("KOOMY_PORT_8080_TCP_PROTO", "tcp", true),
            ("KOOMY_PORT_8080_TCP_PORT", "8080", true),
            ("KOOMY_PORT_8080_TCP_ADDR", "10.96.0.12", true),
            ("KOOMY_PORT", "8080", false),
            ("KOOMY_SERVICE_HOST", "prod.example.com", false),
            ("KOOMY_PORT_8080_TCP_ADDR", "prod.example.com", false),
            ("KOOMY_PORT_8080_ICMP", "tcp://10.96.0.12:8080", false),
            ("KOOMY_PORT_8080_TCP_SECRET", "x", false),
            ("KOOMY_SECRET", "10.96.0.12", false),
        ];
        for (name, value, expected) in table {
            assert_eq!(sets(name, Some(&Secret::new(value))), expected, "{name}={value}");
        }
    }
}
