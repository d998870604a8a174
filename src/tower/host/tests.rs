use http::Request;
use http::header::HeaderName;

use super::rules::{HostRules, Refused};
use crate::facts::Facts;
use crate::gate::{Boot, Permit};
use crate::policy::Policy;
use crate::tower::Peer;

const POLICY: &str = "version = 1\nname = 'n'\n\
    [environments.production]\ndata = 'real'\ndomains = ['koomy.app', 'api.koomy.app']\n\
    web = { proxies = ['10.0.0.0/8'], health_paths = ['/up'], health_addresses = ['10.9.0.0/16', \
    '::1'], foreign_origins = 'refuse' }\n\
    [environments.sandbox]\ndata = 'synthetic'\ndomains = ['play.koomy.app']\n\
    [variables.ENV]\nis = 'environment'\n";

fn boot(environment: &str) -> Permit<Boot> {
    let policy = Policy::parse("policy.toml", POLICY).unwrap();
    Permit::ask(&policy, &Facts::assume().variable("ENV", environment).facts()).unwrap()
}

/// Parses a request: `METHOD TARGET`, headers line by line, and ` < PEER` at the end.
fn request(text: &str) -> Request<()> {
    let (text, peer) = text.split_once(" < ").unwrap_or((text, ""));
    let mut lines = text.split('|').map(str::trim);
    let (method, target) = lines.next().unwrap().split_once(' ').unwrap();
    let mut request = Request::builder().method(method).uri(target).body(()).unwrap();
    for line in lines {
        let (name, value) = line.split_once(':').unwrap();
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        request.headers_mut().append(name, value.trim().parse().unwrap());
    }
    if let Ok(peer) = peer.parse() {
        request.extensions_mut().insert(Peer(peer));
    }
    request
}

#[test]
fn a_permit_has_one_set_of_rules_however_many_its_layers() {
    let boot = boot("production");
    assert!(std::ptr::eq(boot.host_layer().rules(), boot.host_layer().rules()));
}

fn judged(rules: &HostRules, text: &str) -> String {
    match rules.judge(&request(text)) {
        Ok(()) => "passes".to_owned(),
        Err(Refused::NotOneHost) => "not one".to_owned(),
        Err(Refused::NotAName) => "no name".to_owned(),
        Err(Refused::Unknown) => "unknown".to_owned(),
        Err(Refused::Foreign(of)) => format!("of {of}"),
        Err(Refused::ForeignOrigin(of)) => format!("page of {of}"),
    }
}

#[test]
fn a_request_names_a_host_of_this_environment() {
    let rules = boot("production").host_layer().rules();
    for (text, expected) in HOSTS {
        assert_eq!(judged(rules, text), *expected, "{text}");
    }
}

#[test]
fn a_forwarded_host_counts_only_from_a_proxy() {
    let rules = boot("production").host_layer().rules();
    for (text, expected) in FORWARDED {
        assert_eq!(judged(rules, text), *expected, "{text}");
    }
}

#[test]
fn a_health_check_needs_no_host_where_it_may_be_asked() {
    let rules = boot("production").host_layer().rules();
    for (text, expected) in HEALTH {
        assert_eq!(judged(rules, text), *expected, "{text}");
    }
}

#[test]
fn a_page_of_another_environment_is_refused_if_the_policy_says_so() {
    let (production, sandbox) = (boot("production").host_layer(), boot("sandbox").host_layer());
    for (text, expected) in ORIGINS {
        let text = format!("{text}|host: koomy.app");
        assert_eq!(judged(production.rules(), &text), *expected, "{text}");
    }
    let text = "POST /|host: play.koomy.app|origin: https://koomy.app";
    assert_eq!(judged(sandbox.rules(), text), "passes");
}

const HOSTS: &[(&str, &str)] = &[
    ("GET /|host: koomy.app", "passes"),
    ("GET /|host: api.koomy.app", "passes"),
    ("GET /|host: api.koomy.app:443", "passes"),
    ("GET /|host: api.koomy.app:8080", "passes"),
    ("GET /|host: API.Koomy.App", "passes"),
    ("GET /|host: API.Koomy.App:443", "passes"),
    ("GET https://api.koomy.app/", "passes"), // HTTP/2 and 3
    ("GET https://api.koomy.app/|host: api.koomy.app", "passes"),
    ("GET https://api.koomy.app/|host: API.koomy.app", "passes"),
    ("CONNECT koomy.app:443|host: koomy.app:443", "passes"),
    ("OPTIONS *|host: koomy.app", "passes"),
    ("GET /", "not one"),
    ("GET /|host: koomy.app|host: koomy.app", "not one"),
    ("GET /|host: koomy.app|host: evil.example", "not one"),
    ("GET https://koomy.app/|host: api.koomy.app", "not one"),
    ("GET https://koomy.app/|host: play.koomy.app", "not one"),
    ("GET https://koomy.app/|host: koomy.app:443", "not one"),
    ("GET https://koomy.app/|host: koomy.app|host: koomy.app", "not one"),
    ("GET https://play.koomy.app/|host: koomy.app", "not one"),
    ("CONNECT evil.example:443|host: koomy.app", "not one"),
    ("GET /|host: play.koomy.app", "of sandbox"),
    ("GET /|host: PLAY.koomy.app:443", "of sandbox"),
    ("GET /|host: play.koomy.app.", "of sandbox"),
    ("GET https://play.koomy.app/", "of sandbox"),
    ("GET /|host: koomy.app.", "unknown"),
    ("GET /|host: evil.example", "unknown"),
    ("GET /|host: koomy.app.evil.example", "unknown"),
    ("GET /|host: notkoomy.app", "unknown"),
    ("GET /|host: x.koomy.app", "unknown"),
    ("GET /|host: 127.0.0.1", "unknown"),
    ("GET /|host: 10.0.0.1:8080", "unknown"),
    ("GET /|host: [::1]", "unknown"),
    ("GET /|host: [::1]:8080", "unknown"),
    ("GET /|host:", "no name"),
    ("GET /|host: user@koomy.app", "no name"),
    ("GET /|host: user:pw@koomy.app", "no name"),
    ("GET https://user@koomy.app/", "no name"),
    ("GET /|host: koomy.app:", "no name"),
    ("GET /|host: koomy.app:0", "no name"),
    ("GET /|host: koomy.app:99999", "no name"),
    ("GET /|host: koomy.app:80:80", "no name"),
    ("GET /|host: koomy.app, koomy.app", "no name"),
    ("GET /|host: koomy.app/", "no name"),
    ("GET /|host: https://koomy.app", "no name"),
    ("GET /|host: koomy.app#", "no name"),
    ("GET /|host: *.koomy.app", "no name"),
];

const FORWARDED: &[(&str, &str)] = &[
    ("GET /|host: inner:80|x-forwarded-host: koomy.app < 10.1.2.3", "passes"),
    ("GET /|host: inner:80|x-forwarded-host: koomy.app < ::ffff:10.1.2.3", "passes"),
    ("GET /|host: play.koomy.app|x-forwarded-host: koomy.app < 10.1.2.3", "passes"),
    ("GET /|host: koomy.app|x-forwarded-host: play.koomy.app < 10.1.2.3", "of sandbox"),
    ("GET /|host: koomy.app|x-forwarded-host: evil.example < 10.1.2.3", "unknown"),
    ("GET /|host: koomy.app|x-forwarded-host: koomy.app, koomy.app < 10.1.2.3", "not one"),
    (
        "GET /|host: koomy.app|x-forwarded-host: koomy.app|x-forwarded-host: koomy.app < 10.1.2.3",
        "not one",
    ),
    ("GET /|host: inner|x-forwarded-host: < 10.1.2.3", "no name"),
    ("GET /|host: koomy.app|host: koomy.app|x-forwarded-host: koomy.app < 10.1.2.3", "not one"),
    ("GET http://inner/|host: inner:80|x-forwarded-host: koomy.app < 10.1.2.3", "passes"),
    ("GET /|x-forwarded-host: koomy.app < 10.1.2.3", "passes"),
    (
        "GET /|host: koomy.app|x-forwarded-host: koomy.app|forwarded: host=evil.example < 10.1.2.3",
        "unknown",
    ),
    ("GET /|host: inner|x-forwarded-host: user@koomy.app < 10.1.2.3", "no name"),
    ("GET /|host: inner|x-forwarded-host: KOOMY.app:443 < 10.1.2.3", "passes"),
    ("GET /|host: inner|x-forwarded-host: koomy.app. < 10.1.2.3", "unknown"),
    ("GET /|host: inner < 10.1.2.3", "unknown"),
    ("GET /|host: inner:80|x-forwarded-host: koomy.app < 11.1.2.3", "unknown"),
    ("GET /|host: inner:80|x-forwarded-host: koomy.app", "unknown"),
    ("GET /|host: koomy.app|x-forwarded-host: koomy.app", "passes"),
    ("GET /|host: koomy.app|x-forwarded-host: api.koomy.app:443", "passes"),
    ("GET /|host: koomy.app|x-forwarded-host: evil.example", "unknown"),
    ("GET /|host: koomy.app|x-forwarded-host: koomy.app, play.koomy.app", "of sandbox"),
    ("GET /|host: koomy.app|forwarded: for=1.2.3.4;host=koomy.app;proto=https", "passes"),
    ("GET /|host: koomy.app|forwarded: for=1.2.3.4;Host=\"koomy.app:443\"", "passes"),
    ("GET /|host: koomy.app|forwarded: for=1.2.3.4", "passes"),
    ("GET /|host: koomy.app|forwarded: host=evil.example", "unknown"),
    ("GET /|host: koomy.app|forwarded: for=_a, for=_b; HOST = \"play.koomy.app\"", "of sandbox"),
    ("GET /|host: inner|forwarded: host=koomy.app < 10.1.2.3", "unknown"),
];

const HEALTH: &[(&str, &str)] = &[
    ("GET /up|host: 10.0.3.7:8080 < 10.9.0.1", "passes"),
    ("HEAD /up|host: 10.0.3.7:8080 < ::1", "passes"),
    ("GET /up < 10.9.0.1", "passes"),
    ("GET /up?x=1|host: anything < 10.9.0.1", "passes"),
    ("POST /up|host: 10.0.3.7 < 10.9.0.1", "unknown"),
    ("GET /up/|host: 10.0.3.7 < 10.9.0.1", "unknown"),
    ("GET /UP|host: 10.0.3.7 < 10.9.0.1", "unknown"),
    ("GET /up/x|host: 10.0.3.7 < 10.9.0.1", "unknown"),
    ("GET /|host: 10.0.3.7 < 10.9.0.1", "unknown"),
    ("GET /up|host: 10.0.3.7 < 10.8.0.1", "unknown"),
    ("GET /up|host: 10.0.3.7", "unknown"),
    ("GET /up|host: koomy.app", "passes"),
];

const ORIGINS: &[(&str, &str)] = &[
    ("POST /|origin: https://koomy.app", "passes"),
    ("POST /|origin: https://partner.example", "passes"),
    ("POST /|origin: null", "passes"),
    ("POST /", "passes"),
    ("POST /|origin: https://play.koomy.app", "page of sandbox"),
    ("POST /|origin: http://PLAY.koomy.app:8443", "page of sandbox"),
    ("POST /|origin: https://koomy.app|origin: https://play.koomy.app", "page of sandbox"),
    ("POST /|origin: https://koomy.app https://play.koomy.app", "page of sandbox"),
    ("POST /|origin: https://play.koomy.app.", "page of sandbox"),
    ("POST /|origin: https://play.koomy.app:", "page of sandbox"),
    ("POST /|origin: https://koomy.app@play.koomy.app", "page of sandbox"),
    ("POST /|origin: https://play.koomy.app.evil.example", "passes"),
    ("POST /|origin: https://x.play.koomy.app", "passes"),
    ("PROPFIND /|referer: https://user:pw@play.koomy.app:1/", "page of sandbox"),
    ("TRACE /|referer: https://play.koomy.app/", "passes"),
    ("GET /|origin: https://play.koomy.app", "page of sandbox"),
    ("OPTIONS /|origin: https://play.koomy.app", "page of sandbox"),
    ("POST /|referer: https://play.koomy.app/a?b", "page of sandbox"),
    ("DELETE /|referer: https://play.koomy.app", "page of sandbox"),
    ("POST /|origin: null|referer: https://play.koomy.app/", "page of sandbox"),
    ("GET /|referer: https://play.koomy.app/a", "passes"),
    ("HEAD /|referer: https://play.koomy.app/a", "passes"),
    ("POST /|referer: https://koomy.app/?next=https://play.koomy.app", "passes"),
    ("POST /|referer: https://partner.example/https://play.koomy.app", "passes"),
];
