//! Requests and their answers, byte by byte.
#![expect(clippy::disallowed_methods, reason = "how long an answer takes is what is asked")]

use std::io::{self, Read, Write};
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use rustls_platform_verifier::BuilderVerifierExt;
use thiserror::Error;

use super::answer::Answer;
use super::bounded::Bounded;
use super::leak;
use super::url::{Origin, Scheme};

/// Asks one server, a limited number of times, and follows no redirect.
///
/// DELIBERATE: a connection for each request, and no HTTP library: the bytes of a
/// request decide what is asked, and no pool affects what is timed.
pub(super) struct Client {
    addresses: Vec<SocketAddr>,
    /// How TLS is spoken, and for which name; `None` without TLS.
    tls: Option<(Arc<ClientConfig>, ServerName<'static>)>,
    asked: usize,
    until: Instant,
    leaks: Vec<(String, &'static str)>,
}

/// One request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) host: &'a str,
    /// One more header.
    pub(super) header: Option<(&'a str, &'a str)>,
}

/// Why there was no answer.
#[derive(Debug, Error)]
pub(super) enum Trouble {
    #[error("the host has no address")]
    NoAddress,
    #[error("no connection: {0}")]
    NoConnection(io::ErrorKind),
    #[error("no answer: {0}")]
    NoAnswer(io::ErrorKind),
    #[error("no secure connection: {0}")]
    NoTls(rustls::Error),
    #[error("what answered is not an HTTP/1.1 server")]
    NoHttp,
    #[error("a name cannot stand in a certificate")]
    NoName,
    #[error("the certificates of this machine cannot be read")]
    NoRoots,
    #[error("{MOST} requests or {SECONDS} seconds were not enough")]
    Spent,
}

impl Client {
    /// A client for this server, which it takes for `domain`.
    pub(super) fn new(origin: &Origin, domain: &str) -> Result<Self, Trouble> {
        let found = (origin.host(), origin.port()).to_socket_addrs();
        let addresses: Vec<_> = found.map_err(|_| Trouble::NoAddress)?.collect();
        if addresses.is_empty() {
            return Err(Trouble::NoAddress);
        }
        let tls = match origin.scheme() {
            Scheme::Http => None,
            Scheme::Https => Some((Arc::new(config()?), server_name(domain)?)),
        };
        let until = Instant::now() + Duration::from_secs(SECONDS);
        Ok(Self { addresses, tls, asked: 0, until, leaks: Vec::new() })
    }

    /// How TLS is spoken, if it is.
    pub(super) fn tls(&self) -> Option<&Arc<ClientConfig>> {
        self.tls.as_ref().map(|(config, _)| config)
    }

    /// How many requests there were.
    pub(super) const fn asked(&self) -> usize {
        self.asked
    }

    /// The paths whose answers held what they should not, and what that looks like.
    pub(super) fn leaks(&self) -> &[(String, &'static str)] {
        &self.leaks
    }

    /// Asks for a path.
    pub(super) fn get(&mut self, path: &str, host: &str) -> Result<Answer, Trouble> {
        self.ask(Question { method: "GET", path, host, header: None })
    }

    /// Asks, and looks into the answer.
    pub(super) fn ask(&mut self, question: Question<'_>) -> Result<Answer, Trouble> {
        if self.asked >= MOST || self.is_over() {
            return Err(Trouble::Spent);
        }
        self.asked += 1;
        let tcp = self.connect()?;
        let answer = match &self.tls {
            None => exchange(tcp, question),
            Some((config, name)) => exchange(secured(tcp, config, name.clone())?, question),
        }?;
        if let Some(name) = leak::find(&answer)
            && !self.leaks.iter().any(|(path, known)| path == question.path && *known == name)
        {
            self.leaks.push((question.path.to_owned(), name));
        }
        Ok(answer)
    }

    /// A connection, without TLS as yet; for one answer, and no longer than the run.
    pub(super) fn connect(&self) -> Result<Bounded, Trouble> {
        if self.is_over() {
            return Err(Trouble::Spent);
        }
        let until = self.until.min(Instant::now() + ANSWER);
        let mut last = Trouble::NoAddress;
        for address in &self.addresses {
            match Bounded::connect(address, CONNECT, until) {
                Ok(connection) => return Ok(connection),
                Err(error) => last = no_connection(error),
            }
        }
        Err(last)
    }

    fn is_over(&self) -> bool {
        Instant::now() >= self.until
    }
}

/// The name in a certificate.
pub(super) fn server_name(domain: &str) -> Result<ServerName<'static>, Trouble> {
    ServerName::try_from(domain.to_owned()).map_err(|_| Trouble::NoName)
}

/// TLS over a connection, with the certificate verified for `name`.
pub(super) fn secured(
    mut tcp: Bounded,
    config: &Arc<ClientConfig>,
    name: ServerName<'static>,
) -> Result<StreamOwned<ClientConnection, Bounded>, Trouble> {
    let mut tls = ClientConnection::new(Arc::clone(config), name).map_err(Trouble::NoTls)?;
    while tls.is_handshaking() {
        if let Err(error) = tls.complete_io(&mut tcp) {
            let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
            return Err(inner.map_or_else(
                || no_connection(error.kind().into()),
                |it| Trouble::NoTls(it.clone()),
            ));
        }
    }
    Ok(StreamOwned::new(tls, tcp))
}

fn config() -> Result<ClientConfig, Trouble> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider);
    let builder = builder.with_safe_default_protocol_versions().map_err(Trouble::NoTls)?;
    let builder = builder.with_platform_verifier().map_err(|_| Trouble::NoRoots)?;
    let mut config = builder.with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn no_connection(error: io::Error) -> Trouble {
    Trouble::NoConnection(error.kind())
}

fn exchange(mut stream: impl Read + Write, question: Question<'_>) -> Result<Answer, Trouble> {
    let Question { method, path, host, header } = question;
    let mut request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: guard-cli\r\n\
         Accept: */*\r\nConnection: close\r\n"
    );
    if let Some((name, value)) = header {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    if method == "POST" {
        request.push_str("Content-Length: 0\r\n");
    }
    request.push_str("\r\n");
    let no_answer = |error: io::Error| Trouble::NoAnswer(error.kind());
    stream.write_all(request.as_bytes()).and_then(|()| stream.flush()).map_err(no_answer)?;

    let (start, mut first) = (Instant::now(), None);
    let (mut raw, mut some) = (Vec::new(), [0; 16 * 1024]);
    while raw.len() < LARGEST && !Answer::is_whole(&raw, method) {
        match stream.read(&mut some) {
            Ok(0) => break,
            Ok(length) => {
                first.get_or_insert_with(|| start.elapsed());
                raw.extend_from_slice(some.get(..length).unwrap_or_default());
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // What came before the connection broke, or its time was over, is an
            // answer all the same.
            Err(_) if Answer::has_head(&raw) => break,
            Err(error) => return Err(no_answer(error)),
        }
    }
    match (first, Answer::parse(&raw, method)) {
        (Some(first), Some(answer)) => Ok(Answer { first, ..answer }),
        (None, _) => Err(Trouble::NoAnswer(io::ErrorKind::UnexpectedEof)),
        (Some(_), None) => Err(Trouble::NoHttp),
    }
}

/// The bounds of a run.
pub(super) const MOST: usize = 200;
const SECONDS: u64 = 120;
const CONNECT: Duration = Duration::from_secs(5);
const ANSWER: Duration = Duration::from_secs(10);
const LARGEST: usize = 256 * 1024;

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    /// Begins with these bytes, and sends one more now and then.
    fn dripping(begin: &'static [u8]) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let mut sent = stream.write_all(begin);
                while sent.is_ok() {
                    thread::sleep(Duration::from_millis(20));
                    sent = stream.write_all(b" ");
                }
            }
        });
        address
    }

    #[test]
    fn a_server_that_drips_is_given_up() {
        const RECORD: &[u8] = &[22, 3, 3, 0x40, 0];
        let tls = || Some((Arc::new(config().unwrap()), server_name("shop.example").unwrap()));
        let table: [(&[u8], Option<_>, &str); 3] = [
            (RECORD, tls(), "no connection: timed out"),
            (b"", None, "no answer: timed out"),
            (b"HTTP/1.1 200 OK\r\n", None, "no answer: timed out"),
        ];
        for (begin, tls, words) in table {
            let (addresses, start) = (vec![dripping(begin)], Instant::now());
            let until = start + Duration::from_millis(300);
            let mut client = Client { addresses, tls, asked: 0, until, leaks: Vec::new() };
            let trouble = client.get("/", "shop.example").unwrap_err();
            assert_eq!(trouble.to_string(), words);
            assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
            assert!(matches!(client.connect(), Err(Trouble::Spent)));
            assert!(matches!(client.get("/", "shop.example"), Err(Trouble::Spent)));
            assert_eq!(client.asked(), 1);
        }
    }

    #[test]
    fn what_came_until_then_is_an_answer() {
        let addresses = vec![dripping(b"HTTP/1.1 200 OK\r\n\r\n")];
        let until = Instant::now() + Duration::from_millis(300);
        let mut client = Client { addresses, tls: None, asked: 0, until, leaks: Vec::new() };
        assert_eq!(client.get("/", "shop.example").unwrap().status, 200);
    }
}
