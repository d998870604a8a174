//! The hosts that a server answers to, over the wire.

use axum::http::Request;
use tower::Layer as _;

use crate::apps::{boxed, service};
use crate::policy::boot;
use crate::wire::{Two, raw, serve};

#[tokio::test(flavor = "multi_thread")]
async fn over_http_1_a_host_must_be_of_this_environment() {
    let server = serve(boxed(boot("production").host_layer().layer(service()))).await;
    let table = [
        ("GET / HTTP/1.1|Host: koomy.app", "200"),
        ("GET / HTTP/1.1|Host: KOOMY.APP:443", "200"),
        ("GET / HTTP/1.0|Host: koomy.app", "200"),
        ("GET http://koomy.app/ HTTP/1.1|Host: koomy.app", "200"),
        ("GET http://koomy.app/ HTTP/1.0", "200"),
        ("GET / HTTP/1.0", "421"),
        ("GET / HTTP/1.1", "421"),
        ("GET / HTTP/1.1|Host:", "421"),
        ("GET / HTTP/1.1|Host: koomy.app|Host: koomy.app", "421"),
        ("GET / HTTP/1.1|Host: koomy.app|host: evil.example", "421"),
        ("GET / HTTP/1.1|Host: play.koomy.app", "421"),
        ("GET / HTTP/1.1|Host: koomy.app.", "421"),
        ("GET / HTTP/1.1|Host: user@koomy.app", "421"),
        ("GET / HTTP/1.1|Host: 127.0.0.1", "421"),
        ("GET / HTTP/1.1|Host: [::1]:80", "421"),
        ("GET http://play.koomy.app/ HTTP/1.1|Host: koomy.app", "421"),
        ("GET http://koomy.app/ HTTP/1.1|Host: play.koomy.app", "421"),
        ("GET http://evil.example/ HTTP/1.1|Host: koomy.app", "421"),
        ("GET / HTTP/1.1|Host: koomy.app|X-Forwarded-Host: evil.example", "421"),
        ("GET /nothing HTTP/1.1|Host: koomy.app", "404"),
        ("GET /nothing HTTP/1.1|Host: evil.example", "421"),
    ];
    for (request, status) in table {
        let bytes = format!("{}\r\nConnection: close\r\n\r\n", request.replace('|', "\r\n"));
        let answer = String::from_utf8(raw(&server, bytes.as_bytes()).await).unwrap();
        assert_eq!(answer.split(' ').nth(1), Some(status), "{request}\n{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn over_http_2_an_authority_must_be_of_this_environment() {
    let server = serve(boxed(boot("production").host_layer().layer(service()))).await;
    let mut client = Two::connect(&server).await;
    let table = [
        ("http://koomy.app/", None, 200),
        ("http://api.koomy.app:443/", None, 200),
        ("http://koomy.app/", Some("koomy.app"), 200),
        ("http://koomy.app/", Some("play.koomy.app"), 421),
        ("http://play.koomy.app/", None, 421),
        ("http://play.koomy.app/", Some("koomy.app"), 421),
        ("http://evil.example/", None, 421),
        ("http://127.0.0.1/", None, 421),
    ];
    for (uri, host, status) in table {
        let request = Request::get(uri);
        let request = match host {
            Some(host) => request.header("host", host),
            None => request,
        };
        let answer = client.ask(request.body(()).unwrap()).await.unwrap();
        assert_eq!(answer.status.as_u16(), status, "{uri} {host:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_request_of_a_connection_is_judged_by_itself() {
    let server = serve(boxed(boot("production").host_layer().layer(service()))).await;
    let request = |host: &str, after: &str| {
        format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: {after}\r\n\r\n")
    };
    let table = [
        (["koomy.app", "play.koomy.app"], ["200", "421"]),
        (["play.koomy.app", "koomy.app"], ["421", "200"]),
        (["koomy.app", "evil.example"], ["200", "421"]),
        (["koomy.app", "api.koomy.app"], ["200", "200"]),
    ];
    for ([first, second], expected) in table {
        let bytes = [request(first, "keep-alive"), request(second, "close")].concat();
        let answers = String::from_utf8(raw(&server, bytes.as_bytes()).await).unwrap();
        let statuses: Vec<_> =
            answers.split("HTTP/1.1 ").skip(1).map(|answer| &answer[..3]).collect();
        assert_eq!(statuses, expected, "{first}, {second}\n{answers}");
    }
}
