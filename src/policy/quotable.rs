//! Whether reports may quote a file that was read as a policy.

/// Whether `text` looks enough like a policy for reports to quote it.
///
/// INVARIANT: an env file that was given as the policy by mistake is never
/// quoted, because its lines hold secrets. A policy whose `version` is wrong or
/// missing is quoted, so it takes two of the keys that every policy has.
pub(crate) fn may_be_shown(text: &str) -> bool {
    let found = KEYS.iter().filter(|key| text.lines().any(|line| has_key(line, key)));
    !sets_variables(text) && found.count() >= 2
}

/// Whether `line` gives `key` a value, or is the header of a table in it.
fn has_key(line: &str, key: &str) -> bool {
    let line = line.trim_start_matches(['[', ' ', '\t', '\u{feff}']);
    line.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with(['=', '.', ']']))
}

/// Whether a line above the first table is an assignment `NAME=…` or holds a
/// URL. The top of a policy has no key in upper case, and a URL only in `owner`.
fn sets_variables(text: &str) -> bool {
    let top = text.lines().map(str::trim_start).take_while(|line| !line.starts_with('['));
    let is_name = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    top.filter(|line| !line.starts_with('#')).any(|line| {
        let line = line.strip_prefix("export ").unwrap_or(line);
        let (name, value) = line.split_once('=').unwrap_or((line, line));
        let name = name.trim_end();
        !name.is_empty() && name.bytes().all(is_name) || name != "owner" && value.contains("://")
    })
}

const KEYS: [&str; 5] = ["version", "environments", "databases", "connections", "variables"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_shown_and_a_file_of_variables_is_not() {
        let table = [
            ("version = 1\n[environments.a]\n", true),
            ("version = \"1\"\nenvironments.a.data = 'real'\n", true),
            ("name = 'n'\n[environments.a]\n[variables]\n", true),
            ("\u{feff}version=2\n [ environments . a ]\n", true),
            ("owner = 'https://a.b'\nversion = 2\n[environments.a]\n", true),
            ("", false),
            ("version = 1\nname = 'n'\n", false),
            ("version=1\npassword=x\n", false),
            ("versions = 1\n[environments_of]\n", false),
            ("# version = 1\n# [environments.a]\n", false),
            ("variables:\n  A: x\nversion: 1\n", false),
            ("[databases]\nmain = host=h password=x\n", false),
            ("A=x\nversion = 1\n[environments.a]\n", false),
            ("export A=x\nversion = 1\n[environments.a]\n", false),
            ("a=p://u:x@h\nversion = 1\n[environments.a]\n", false),
        ];
        for (text, shown) in table {
            assert_eq!(may_be_shown(text), shown, "{text:?}");
        }
    }
}
