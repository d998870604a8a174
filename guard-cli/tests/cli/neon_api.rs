//! A server on this machine that answers as Neon's API does, or as it must not.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Value, json};

/// What a server does with a connection.
pub(crate) enum Reply {
    /// A whole answer.
    Answer { status: u16, headers: String, body: Vec<u8> },
    /// These bytes, whatever they are.
    Raw(Vec<u8>),
    /// A byte of a body now and then, without end.
    Drip,
    /// Nothing, and the connection stays open.
    Silence,
}

impl Reply {
    pub(crate) fn json(body: &Value) -> Self {
        Self::Answer { status: 200, headers: String::new(), body: body.to_string().into_bytes() }
    }

    /// A failure, as the API documents them.
    pub(crate) fn status(status: u16) -> Self {
        let body = json!({"request_id": "r-1", "code": "", "message": "kAnArY"});
        Self::Answer { status, headers: String::new(), body: body.to_string().into_bytes() }
    }

    pub(crate) fn with(self, header: &str) -> Self {
        match self {
            Self::Answer { status, headers, body } => {
                Self::Answer { status, headers: format!("{headers}{header}\r\n"), body }
            }
            other => other,
        }
    }
}

/// One request, as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    /// The path, with the query.
    pub(crate) path: String,
    pub(crate) authorization: Option<String>,
}

/// A server that runs until the tests end.
pub(crate) struct Server {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    /// A server whose answers `reply` makes, from the request and how many there
    /// were before.
    pub(crate) fn new(reply: impl Fn(&Request, usize) -> Reply + Send + Sync + 'static) -> Self {
        Self::start(None, reply)
    }

    /// One that speaks TLS, with this account.
    pub(crate) fn tls(config: ServerConfig, account: Account) -> Self {
        Self::start(Some(Arc::new(config)), move |request, _| account.reply(request))
    }

    fn start(
        tls: Option<Arc<ServerConfig>>,
        reply: impl Fn(&Request, usize) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (log, reply) = (Arc::clone(&asked), Arc::new(reply));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (log, reply, tls) = (Arc::clone(&log), Arc::clone(&reply), tls.clone());
                thread::spawn(move || match tls {
                    None => serve(stream, &log, &*reply),
                    Some(config) => {
                        let connection = ServerConnection::new(config).unwrap();
                        serve(StreamOwned::new(connection, stream), &log, &*reply);
                    }
                });
            }
        });
        Self { address, asked }
    }

    /// One that has this account, and every page that it is asked for.
    pub(crate) fn of(account: Account) -> Self {
        Self::new(move |request, _| account.reply(request))
    }

    pub(crate) fn api(&self) -> String {
        format!("http://{}/api/v2", self.address)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The requests so far.
    pub(crate) fn asked(&self) -> Vec<Request> {
        self.asked.lock().unwrap().clone()
    }
}

fn serve(
    mut stream: impl Read + Write,
    log: &Mutex<Vec<Request>>,
    reply: &(impl Fn(&Request, usize) -> Reply + ?Sized),
) {
    let Some(request) = request(&mut stream) else {
        let _ = stream.write_all(b"HTTP/1.1 400 x\r\n\r\n");
        return;
    };
    let before = {
        let mut log = log.lock().unwrap();
        log.push(request.clone());
        log.len() - 1
    };
    // Whoever asked may have gone.
    let _ = answer(&mut stream, reply(&request, before));
}

fn request(stream: &mut impl Read) -> Option<Request> {
    let mut first = [0];
    stream.read_exact(&mut first).ok()?;
    if first != *b"G" {
        return None;
    }
    let mut lines = BufReader::new(first.as_slice().chain(stream)).lines();
    let first = lines.next()?.ok()?;
    let path = first.strip_prefix("GET ")?.strip_suffix(" HTTP/1.1")?.to_owned();
    let mut authorization = None;
    for line in lines {
        let line = line.ok()?;
        match line.split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("authorization") => {
                authorization = Some(value.to_owned());
            }
            Some(_) => {}
            None => break,
        }
    }
    Some(Request { path, authorization })
}

fn answer(stream: &mut (impl Read + Write), reply: Reply) -> std::io::Result<()> {
    match reply {
        Reply::Answer { status, headers, body } => {
            let length = body.len();
            let head = format!(
                "HTTP/1.1 {status} x\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\
                 Connection: close\r\n{headers}\r\n"
            );
            stream.write_all(head.as_bytes())?;
            stream.write_all(&body)?;
            stream.flush()
        }
        Reply::Raw(bytes) => stream.write_all(&bytes),
        Reply::Drip => {
            stream.write_all(b"HTTP/1.1 200 x\r\nContent-Length: 100000\r\n\r\n")?;
            loop {
                stream.write_all(b" ")?;
                thread::sleep(Duration::from_millis(50));
            }
        }
        Reply::Silence => stream.read_to_end(&mut Vec::new()).map(|_| ()),
    }
}

/// An account with projects, which is asked page by page.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) branches: Vec<Value>,
    pub(crate) endpoints: Vec<Value>,
    pub(crate) page: usize,
}

impl Account {
    /// What the API documents for these requests.
    pub(crate) fn reply(&self, request: &Request) -> Reply {
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let path: Vec<_> = path.trim_start_matches("/api/v2/").split('/').collect();
        let ["projects", project, what] = path.as_slice() else { return Reply::status(404) };
        let of = |list: &[Value]| -> Vec<Value> {
            list.iter().filter(|item| item["project_id"] == *project).cloned().collect()
        };
        match *what {
            "endpoints" => Reply::json(&json!({"endpoints": of(&self.endpoints)})),
            "branches" => {
                let cursor = query.split('&').find_map(|pair| pair.strip_prefix("cursor="));
                // What a cursor is made of is nobody's business but the API's.
                let from = cursor.and_then(|it| it.strip_prefix("c%2B%2F%3D%26")).unwrap_or("0");
                let Ok(from) = from.parse::<usize>() else { return Reply::status(400) };
                let all = of(&self.branches);
                let page: Vec<_> = all.iter().skip(from).take(self.page).cloned().collect();
                let mut body = json!({"branches": page, "annotations": {}});
                if from + self.page < all.len() {
                    let next = format!("c+/=&{}", from + self.page);
                    body["pagination"] = json!({"next": next, "sort_by": "created_at"});
                }
                Reply::json(&body)
            }
            _ => Reply::status(404),
        }
    }
}

/// A branch, as documented.
pub(crate) fn branch(project: &str, id: &str, name: &str) -> Value {
    let is_main = name == "main";
    json!({
        "id": id, "project_id": project, "parent_id": "br-root", "parent_lsn": "0/1DE2850",
        "name": name, "current_state": "ready", "state_changed_at": "2026-01-01T00:00:00Z",
        "logical_size": 28, "creation_source": "console", "init_source": "parent-data",
        "default": is_main, "protected": is_main, "cpu_used_sec": 100,
        "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z",
    })
}

/// An endpoint, as documented; its id says which it is.
pub(crate) fn endpoint(project: &str, id: &str, branch: &str) -> Value {
    let access = if id.contains("read") { "read_only" } else { "read_write" };
    json!({
        "host": format!("{id}.eu-central-1.aws.neon.tech"), "id": id, "project_id": project,
        "branch_id": branch, "autoscaling_limit_min_cu": 0.25, "autoscaling_limit_max_cu": 1,
        "region_id": "aws-eu-central-1", "type": access, "current_state": "idle",
        "settings": {"pg_settings": {}}, "pooler_enabled": false, "pooler_mode": "transaction",
        "disabled": false, "passwordless_access": true, "suspend_timeout_seconds": 0,
    })
}
