//! What remains of the servers of a test that was killed.
#![expect(clippy::disallowed_methods, reason = "starts itself again, controlled by a variable")]
#![expect(clippy::print_stdout, reason = "a child talks to its parent")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use test_servers::{Cluster, MariaDb};

#[test]
fn a_killed_test_leaves_nothing_behind() {
    if std::env::var_os(CHILD).is_some() {
        return wait_to_be_killed();
    }
    let mut itself = Command::new(std::env::current_exe().unwrap());
    itself.args(["--nocapture", "--test-threads=1"]).env(CHILD, "1").stdout(Stdio::piped());
    let mut child = itself.spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let told: Vec<_> = lines.skip_while(|line| !line.starts_with('/')).take(4).collect();
    assert!(told.len() == 4 && told.iter().all(|path| Path::new(path).exists()), "{told:?}");
    child.kill().unwrap();
    child.wait().unwrap();
    for _ in 0..200 {
        if !told.iter().any(|path| Path::new(path).exists()) {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("still there: {told:?}");
}

/// Prints the paths that must be removed.
fn wait_to_be_killed() {
    let (cluster, mariadb) = (Cluster::start(), MariaDb::start());
    let homes = [cluster.socket_directory().to_owned(), mariadb.root_certificate()];
    let ids = [cluster.process_id(), mariadb.process_id()];
    // The harness has written the start of this line.
    println!();
    for (home, id) in homes.iter().zip(ids.map(Option::unwrap)) {
        println!("{}\n/proc/{id}", home.display());
    }
    std::thread::sleep(Duration::from_secs(60));
}

const CHILD: &str = "TEST_SERVERS_CHILD";
