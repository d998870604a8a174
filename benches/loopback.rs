//! The processor time that the layers of a web service cost its process for each request
//! over real connections, as the kernel counts it.
//!
//! `cargo bench --features axum --bench loopback`. Each variant is a server in a process
//! of its own, which is this program started again; this process is the client. The
//! variants take turns, a few thousand requests each, in a changing order, so that
//! whatever disturbs the machine affects all of them. `-- SECONDS` sets the duration;
//! without `--bench`, one round shows that it works.
#![expect(clippy::disallowed_methods, clippy::print_stdout, reason = "measures time, and says it")]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark may stop")]

#[path = "../tests/web/policy.rs"]
mod policy;
#[path = "turns/mod.rs"]
mod turns;

use std::convert::Infallible;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use axum::routing::get;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use koomy_guard::{Boot, Permit};
use policy::boot;
use tower::{Layer as _, Service, ServiceBuilder, ServiceExt as _};
use turns::{quantile, ratios, take_turns};

/// The variants: a name, and the domain that each answers to.
const VARIANTS: [(&str, &str); 6] = [
    ("bare", "koomy.app"),
    ("host + debug, production", "koomy.app"),
    ("host + debug, sandbox", "play.koomy.app"),
    ("shield", "play.koomy.app"),
    ("host + debug + shield, sandbox", "play.koomy.app"),
    ("bare, a second time", "koomy.app"),
];

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let after = |name: &str| arguments.iter().skip_while(|it| *it != name).nth(1);
    if let Some(name) = after(SERVE) {
        return runtime().block_on(serve(name));
    }
    let seconds = arguments.iter().find_map(|argument| argument.parse().ok());
    let is_measured = arguments.iter().any(|argument| argument == "--bench");
    let time = Duration::from_secs(if is_measured { seconds.unwrap_or(60) } else { 0 });
    measure(time);
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// A page of one kilobyte.
fn router() -> Router {
    let items: Vec<_> = (0..12)
        .map(|id| {
            format!(r#"{{"id":{id},"name":"a thing to be sold","price":{id}900,"currency":"EUR"}}"#)
        })
        .collect();
    let page = format!("[{}]", items.join(","));
    let items = move || {
        let page = page.clone();
        async move { ([(CONTENT_TYPE, "application/json")], page) }
    };
    Router::new().route("/api/items", get(items)).route("/api/items/{id}", get(|| async { "item" }))
}

fn debug() -> Router {
    Router::new().route("/api/_debug/seed", get(|| async { "seeded" }))
}

async fn serve(name: &str) {
    let (production, sandbox) = (boot("production"), boot("sandbox"));
    let gated = |boot: &Permit<Boot>| {
        boot.host_layer().layer(boot.debug_gate().with(debug()).layer(router()))
    };
    match name {
        "host + debug, production" => accept(gated(&production)).await,
        "host + debug, sandbox" => accept(gated(&sandbox)).await,
        "shield" => accept(shielded(&sandbox, router())).await,
        "host + debug + shield, sandbox" => {
            let inner = sandbox.debug_gate().with(debug()).layer(router());
            accept(sandbox.host_layer().layer(shielded(&sandbox, inner))).await;
        }
        _ => accept(router()).await,
    }
}

fn shielded<S>(
    boot: &Permit<Boot>,
    service: S,
) -> impl Service<Request, Response = Response, Error = Infallible, Future: Send> + Clone + Send + use<S>
where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    let layers = ServiceBuilder::new().map_response(|answer: Response<_>| answer.map(Body::new));
    layers.layer(boot.shield_layer()).service(service)
}

/// Serves HTTP/1 on a free port, which it prints.
async fn accept<S>(service: S)
where
    S: Service<Request, Response = Response, Error = Infallible, Future: Send>,
    S: Clone + Send + 'static,
{
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    println!("{}", listener.local_addr().unwrap().port());
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        stream.set_nodelay(true).unwrap();
        let service = service
            .clone()
            .map_request(|it: hyper::Request<hyper::body::Incoming>| it.map(Body::new));
        tokio::spawn(async move {
            let service = TowerToHyperService::new(service);
            let connection = hyper::server::conn::http1::Builder::new();
            let _closed = connection.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

/// A server in a process of its own, with connections to it.
struct Server {
    name: &'static str,
    child: Child,
    connections: Vec<TcpStream>,
    request: Vec<u8>,
    length: usize,
}

impl Server {
    fn start((name, host): (&'static str, &'static str)) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args([SERVE, name]).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut port = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut port).unwrap();
        let port: u16 = port.trim().parse().unwrap();
        let connections = (0..CONNECTIONS).map(|_| {
            let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
            stream.set_nodelay(true).unwrap();
            stream
        });
        let request = format!(
            "GET /api/items HTTP/1.1\r\nHost: {host}\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n\
             Accept: application/json\r\nAccept-Encoding: gzip, br\r\n\r\n"
        );
        let connections = connections.collect();
        let mut server =
            Self { name, child, connections, request: request.into_bytes(), length: 0 };
        server.length = server.first();
        server
    }

    /// Sends one request on a connection of its own, and returns the length of the
    /// answer.
    fn first(&mut self) -> usize {
        let stream = self.connections.first_mut().expect("there are some");
        stream.write_all(&self.request).unwrap();
        let mut answer = Vec::new();
        let mut some = [0; 4096];
        loop {
            let length = stream.read(&mut some).unwrap();
            answer.extend(some.get(..length).unwrap_or_default());
            let text = String::from_utf8_lossy(&answer);
            assert!(length > 0 && text.starts_with("HTTP/1.1 200 OK"), "{}: {text}", self.name);
            if text.contains("\r\n\r\n[") && text.ends_with(']') {
                return answer.len();
            }
        }
    }

    /// Sends a few thousand requests, one at a time on each connection, and returns the
    /// nanoseconds of processor time that each took the server.
    fn round(&mut self) -> f64 {
        let before = self.processor_time();
        let mut answer = vec![0; self.length];
        for _ in 0..REQUESTS / CONNECTIONS {
            for stream in &mut self.connections {
                stream.write_all(&self.request).unwrap();
            }
            for stream in &mut self.connections {
                stream.read_exact(&mut answer).unwrap();
            }
        }
        (self.processor_time() - before) as f64 / REQUESTS as f64
    }

    /// The nanoseconds that the server's threads have run.
    fn processor_time(&self) -> u64 {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.child.id())).unwrap();
        let time = |task: std::fs::DirEntry| {
            let text = std::fs::read_to_string(task.path().join("schedstat")).unwrap();
            text.split(' ').next().and_then(|time| time.parse::<u64>().ok()).unwrap()
        };
        tasks.map(|task| time(task.unwrap())).sum()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn measure(time: Duration) {
    let mut servers: Vec<_> = VARIANTS.into_iter().map(Server::start).collect();
    take_turns(&mut servers, |round| round < 1, Server::round);
    let end = Instant::now() + time;
    let goes_on = |round| round == 0 || Instant::now() < end;
    let rounds = take_turns(&mut servers, goes_on, Server::round);
    let names = servers.iter().map(|server| server.name);
    tell(&names.zip(rounds).collect::<Vec<_>>());
}

/// Compares each round with the bare server's figure of the same round.
fn tell(servers: &[(&str, Vec<f64>)]) {
    let Some(((name, bare), others)) = servers.split_first() else { return };
    println!("{} rounds of {REQUESTS} requests each", bare.len());
    println!("{:<34} {:>10} {:>8} {:>17}", "variant", "ns/request", "x bare", "middle half");
    println!("{name:<34} {:>10.0}", quantile(bare, 0.5));
    for (name, rounds) in others {
        let ratios = ratios(rounds, bare);
        println!(
            "{name:<34} {:>10.0} {:>8.3} {:>8.3} – {:.3}",
            quantile(rounds, 0.5),
            quantile(&ratios, 0.5),
            quantile(&ratios, 0.25),
            quantile(&ratios, 0.75),
        );
    }
}

const SERVE: &str = "--serve";
const CONNECTIONS: usize = 8;
const REQUESTS: usize = 2_000;
