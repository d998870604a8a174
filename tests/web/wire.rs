//! A server on the loopback, and the bytes on its wire.

use std::net::SocketAddr;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tower::ServiceExt as _;

use crate::apps::App;

/// A server on a free port, for as long as it is held.
pub(crate) struct Server {
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Serves HTTP/1 and HTTP/2.
pub(crate) async fn serve(app: App) -> Server {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let accepting = tokio::spawn(async move {
        loop {
            let Ok((stream, _)) = listener.accept().await else { return };
            let app = app
                .clone()
                .map_request(|request: Request<hyper::body::Incoming>| request.map(Body::new));
            tokio::spawn(async move {
                let io = TokioIo::new(stream);
                let service = TowerToHyperService::new(app);
                let _closed =
                    Builder::new(TokioExecutor::new()).serve_connection(io, service).await;
            });
        }
    });
    Server { address, accepting }
}

/// Everything that comes back for these bytes, until the server closes or is silent.
pub(crate) async fn raw(server: &Server, request: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    // A server may close before it has read everything.
    let _closed = stream.write_all(request).await;
    let mut answer = Vec::new();
    let reading = stream.read_to_end(&mut answer);
    let _silent = tokio::time::timeout(Duration::from_millis(400), reading).await;
    without_date(answer)
}

/// The answer without its date.
fn without_date(answer: Vec<u8>) -> Vec<u8> {
    let lines = answer.split_inclusive(|byte| *byte == b'\n');
    let is_date = |line: &&[u8]| line.get(..5).is_some_and(|it| it.eq_ignore_ascii_case(b"date:"));
    lines.filter(|line| !is_date(line)).flatten().copied().collect()
}

/// An HTTP/2 answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// A client of HTTP/2.
#[derive(Clone)]
pub(crate) struct Two(hyper::client::conn::http2::SendRequest<Full<Bytes>>);

impl Two {
    pub(crate) async fn connect(server: &Server) -> Self {
        let io = TokioIo::new(TcpStream::connect(server.address).await.unwrap());
        let (sender, connection) =
            hyper::client::conn::http2::handshake(TokioExecutor::new(), io).await.unwrap();
        tokio::spawn(connection);
        Self(sender)
    }

    /// `None` if the client cannot send such a request.
    pub(crate) async fn ask(&mut self, request: Request<()>) -> Option<Answer> {
        let (parts, ()) = request.into_parts();
        let request = Request::from_parts(parts, Full::default());
        let response = self.0.send_request(request).await.ok()?;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.ok()?.to_bytes();
        let mut headers = parts.headers;
        headers.remove("date");
        Some(Answer { status: parts.status, headers, body })
    }
}
