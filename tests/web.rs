//! The layers around real servers, asked by real clients and by raw sockets.

#[path = "web/apps.rs"]
mod apps;
#[path = "web/hidden.rs"]
mod hidden;
#[path = "web/hosts.rs"]
mod hosts;
#[path = "web/open.rs"]
mod open;
#[path = "web/wire.rs"]
mod wire;
