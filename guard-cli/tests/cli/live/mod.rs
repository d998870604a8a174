//! The built binary and real servers.

mod copies;
mod identify;
mod leaks;
mod many;
mod mariadb;
mod outage;
mod seed;
mod spoofed;
mod stage;
mod stamp;
mod tls;
mod wrong_server;
