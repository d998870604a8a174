//! What a secret manager, an encrypted file or a program has in a secret's place,
//! until somebody resolves it.

use super::placeholder::is_constant;

/// Whether a value only says where the secret is kept. Letter case does not matter.
pub(super) fn is_reference(value: &str) -> bool {
    let starts: &[&str] = match value.bytes().next().map(|byte| byte.to_ascii_lowercase()) {
        Some(b'@') => &["@microsoft.keyvault("],
        Some(b'!') => &["!vault ", "!secret ", "!ref "],
        Some(b'$') => &["$ansible_vault;"],
        Some(b'/') => &["/run/secrets/"],
        Some(b'a') => &["arn:aws:", "arn:aws-", "awssm://", "awsssm://", "aws-sm://", "akv://"],
        Some(b'b') => &["bws://", "bw://", "bao:"],
        Some(b'd') => &["doppler://", "deno.env."],
        Some(b'e') => &["enc[", "env:", "env["],
        Some(b'f') => &["file:/run/secrets/", "file:///run/secrets/"],
        Some(b'g') => &["gcpsm://", "gcp-sm://", "gsm://", "gcp:secretmanager:", "getenv("],
        Some(b'i') => &["infisical://", "import.meta.env."],
        Some(b'k') => &["keyvault:", "keychain:"],
        Some(b'o') => &["op://", "os.environ", "os.getenv("],
        Some(b'p') => &["process.env", "projects/"],
        Some(b'r') => &["ref+"],
        Some(b's') => {
            &["sm://", "ssm:/", "secretref:", "secretsmanager:", "secretmanager:", "system.getenv("]
        }
        Some(b'v') => &["vault:"],
        Some(_) | None => &[],
    };
    let begins =
        |start: &str| value.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start));
    starts.iter().find(|start| begins(start)).is_some_and(|start| match *start {
        "projects/" => value.contains("/secrets/"),
        "enc[" | "env[" => value.ends_with(']'),
        "ref+" => value.contains("://"),
        "env:" => value.get(4..).is_some_and(is_constant),
        _ => true,
    })
}
