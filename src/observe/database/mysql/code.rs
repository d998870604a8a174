//! MIRRORS: the servers' error codes, under the servers' names.

/// Too many connections.
pub(super) const ER_CON_COUNT_ERROR: u16 = 1040;
/// The user may not use the database.
pub(super) const ER_DBACCESS_DENIED_ERROR: u16 = 1044;
/// The user or the password is wrong.
pub(super) const ER_ACCESS_DENIED_ERROR: u16 = 1045;
/// There is no such database.
pub(super) const ER_BAD_DB_ERROR: u16 = 1049;
/// The server shuts down.
pub(super) const ER_SERVER_SHUTDOWN: u16 = 1053;
/// The host of the client may not connect.
pub(super) const ER_HOST_NOT_PRIVILEGED: u16 = 1130;
/// The user has no right to the table.
pub(super) const ER_TABLEACCESS_DENIED_ERROR: u16 = 1142;
/// The user has no right to the column.
pub(super) const ER_COLUMNACCESS_DENIED_ERROR: u16 = 1143;
/// There is no such table.
pub(super) const ER_NO_SUCH_TABLE: u16 = 1146;
/// There is no such variable of the server.
pub(super) const ER_UNKNOWN_SYSTEM_VARIABLE: u16 = 1193;
/// The user has too many connections.
pub(super) const ER_TOO_MANY_USER_CONNECTIONS: u16 = 1203;
/// A lock was not granted in time.
pub(super) const ER_LOCK_WAIT_TIMEOUT: u16 = 1205;
/// The user has used up a resource.
pub(super) const ER_USER_LIMIT_REACHED: u16 = 1226;
/// The server has not loaded the user's authentication plugin.
pub(super) const ER_PLUGIN_IS_NOT_LOADED: u16 = 1524;
/// The user or the password is wrong, and neither is repeated.
pub(super) const ER_ACCESS_DENIED_NO_PASSWORD_ERROR: u16 = 1698;
/// Somebody ended the connection (MariaDB).
pub(super) const ER_CONNECTION_KILLED: u16 = 1927;
/// A statement takes too long (MariaDB).
pub(super) const ER_STATEMENT_TIMEOUT: u16 = 1969;
/// A statement takes too long (MySQL).
pub(super) const ER_QUERY_TIMEOUT: u16 = 3024;
/// The server demands TLS (MySQL).
pub(super) const ER_SECURE_TRANSPORT_REQUIRED: u16 = 3159;
