//! Peers that are not servers, or are in front of one.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]
#![expect(clippy::disallowed_methods, reason = "a delay is measured")]

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use test_servers::{Cluster, Forwarder, Garbage, Refusing, Silent};

/// Answers each connection with what it reads, after a greeting of its own.
fn echo(greeting: &'static [u8]) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            std::thread::spawn(move || {
                stream.write_all(greeting).unwrap();
                let mut copy = stream.try_clone().unwrap();
                std::io::copy(&mut stream, &mut copy)
            });
        }
    });
    port
}

fn connect(port: u16) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    stream
}

fn read(stream: &mut TcpStream, count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    stream.read_exact(&mut bytes).unwrap();
    bytes
}

#[test]
fn a_forwarder_leads_to_a_server_and_then_to_another() {
    let clusters = [Cluster::start(), Cluster::start()];
    let forwarder = Forwarder::start(clusters[0].port());
    for (done, cluster) in clusters.iter().enumerate() {
        forwarder.lead_to(cluster.port());
        cluster.create_role("app", "x");
        let url = cluster.url("app", "x", "postgres");
        let url = url.replace(&cluster.port().to_string(), &forwarder.port().to_string());
        let text = "SELECT system_identifier FROM pg_control_system()";
        let mut psql = std::process::Command::new("psql");
        psql.env_clear().env("PATH", "/usr/bin").env("PGSSLMODE", "disable");
        let output = psql.args(["-XAt", "-c", text, &url]).output();
        let said = String::from_utf8(output.unwrap().stdout).unwrap();
        assert_eq!(said.trim(), cluster.system_identifier());
        assert_eq!(forwarder.accepted(), done + 1);
    }
}

#[test]
fn a_delay_applies_to_each_round_trip() {
    let delay = Duration::from_millis(20);
    let forwarder = Forwarder::delayed(echo(b""), delay);
    let mut stream = connect(forwarder.port());
    let start = Instant::now();
    for byte in 0..5 {
        stream.write_all(&[byte]).unwrap();
        assert_eq!(read(&mut stream, 1), [byte]);
    }
    let each = start.elapsed() / 5;
    assert!(each >= delay * 2 && each < delay * 4, "{each:?}");
    // Delayed bytes do not wait for each other.
    let start = Instant::now();
    for byte in 0..5 {
        stream.write_all(&[byte]).unwrap();
        std::thread::sleep(delay / 10);
    }
    assert_eq!(read(&mut stream, 5), [0, 1, 2, 3, 4]);
    assert!(start.elapsed() < delay * 5, "{:?}", start.elapsed());
}

#[test]
fn a_forwarder_cuts_and_stalls_where_it_is_told_to() {
    let forwarder = Forwarder::start(echo(b"greeting"));
    forwarder.cut_after(5);
    let mut stream = connect(forwarder.port());
    let mut said = Vec::new();
    stream.read_to_end(&mut said).unwrap();
    assert_eq!(said, b"greet");
    forwarder.stall_after(3);
    let mut stream = connect(forwarder.port());
    assert_eq!(read(&mut stream, 3), b"gre");
    let silence = stream.read(&mut [0]).unwrap_err();
    assert_eq!(silence.kind(), ErrorKind::WouldBlock);
    assert_eq!(forwarder.open(), 1);
    forwarder.hang_up();
    assert_eq!(stream.read(&mut [0]).unwrap(), 0);
}

#[test]
fn odd_peers_are_odd() {
    let silent = Silent::start();
    let mut stream = connect(silent.port());
    stream.write_all(b"hello?").unwrap();
    assert_eq!(stream.read(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock);
    assert_eq!(silent.accepted(), 1);
    drop(silent);
    assert_eq!(stream.read(&mut [0]).unwrap(), 0);

    let garbage = Garbage::after(b"S");
    let [mut one, mut other] = [&garbage, &garbage].map(|garbage| connect(garbage.port()));
    let bytes = read(&mut one, 100_000);
    assert_eq!(bytes[0], b'S');
    assert_eq!(bytes, read(&mut other, 100_000));
    let kinds: std::collections::BTreeSet<_> = bytes.iter().collect();
    assert_eq!(kinds.len(), 256);
    assert_eq!(Garbage::start().accepted(), 0);

    let refusing = Refusing::start();
    let refused = TcpStream::connect(("127.0.0.1", refusing.port())).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
}

#[test]
fn a_port_is_closed_when_its_peer_is_dropped() {
    let [silent, forwarder] = [Silent::start().port(), Forwarder::start(1).port()];
    for port in [silent, forwarder] {
        let refused = TcpStream::connect(("127.0.0.1", port)).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    }
}
