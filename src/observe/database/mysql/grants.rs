//! The rights in the answer to `SHOW GRANTS`.

use std::collections::BTreeSet;

use crate::facts::Right;

/// The rights that `grants` give a role beyond its tables, in `database` or everywhere.
///
/// LIMIT: rights that come from another role count only if the server lists them, as
/// MariaDB does for the active role.
pub(super) fn rights(grants: &[String], database: &str) -> BTreeSet<Right> {
    let mut rights = BTreeSet::new();
    for grant in grants {
        let Some((words, rest)) = grant.strip_prefix("GRANT ").and_then(|g| g.split_once(" ON "))
        else {
            continue;
        };
        let Some((object, grantee)) = rest.split_once(" TO ") else { continue };
        let words = words.split(',').map(str::trim);
        if object == "*.*" {
            rights.extend(words.filter_map(everywhere));
            if grantee.contains(" WITH GRANT OPTION") {
                rights.insert(Right::CreateRole);
            }
        } else if is_of(object, database) {
            rights
                .extend(words.filter(|word| *word == ALL || *word == "DROP").map(|_| Right::Owner));
        }
    }
    if rights.contains(&Right::Superuser) {
        rights.extend(Right::ALL);
    }
    rights
}

fn everywhere(word: &str) -> Option<Right> {
    match word {
        ALL | "SUPER" => Some(Right::Superuser),
        "CREATE USER" | "CREATE ROLE" => Some(Right::CreateRole),
        "REPLICATION SLAVE" | "REPLICATION REPLICA" => Some(Right::Replication),
        "CREATE" => Some(Right::CreateDatabase),
        "DROP" => Some(Right::Owner),
        "INSERT" | "UPDATE" | "DELETE" => Some(Right::WriteAllData),
        _ => None,
    }
}

/// Whether an object, such as `` `shop\_1`.* ``, covers a whole database.
///
/// A name is a pattern: `_` is any character, unless it has a backslash. Whatever follows
/// `%` may be anything.
fn is_of(object: &str, database: &str) -> bool {
    let Some(schema) = object.strip_suffix(".*") else { return false };
    let schema = schema.trim_matches(['`', '"']).replace("``", "`");
    let (mut pattern, mut name) = (schema.chars(), database.chars());
    while let Some(character) = pattern.next() {
        let fits = match character {
            '%' => return true,
            '_' => name.next().is_some(),
            '\\' => pattern.next() == name.next(),
            plain => name.next() == Some(plain),
        };
        if !fits {
            return false;
        }
    }
    name.next().is_none()
}

const ALL: &str = "ALL PRIVILEGES";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_are_read_from_grants() {
        use Right::*;
        let table: [(&str, &[Right]); 24] = [
            ("GRANT USAGE ON *.* TO `app`@`%` IDENTIFIED BY PASSWORD '*x'", &[]),
            ("GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` WITH GRANT OPTION", &Right::ALL),
            ("GRANT SELECT, SUPER ON *.* TO `a`@`%`", &Right::ALL),
            ("GRANT SELECT ON *.* TO `a`@`%` WITH GRANT OPTION", &[CreateRole]),
            ("GRANT CREATE USER ON *.* TO `a`@`%`", &[CreateRole]),
            ("GRANT REPLICATION SLAVE, SELECT ON *.* TO `a`@`%`", &[Replication]),
            ("GRANT CREATE ON *.* TO `a`@`%`", &[CreateDatabase]),
            ("GRANT INSERT ON *.* TO `a`@`%`", &[WriteAllData]),
            ("GRANT SELECT, UPDATE, DELETE ON *.* TO `a`@`%`", &[WriteAllData]),
            ("GRANT DROP ON *.* TO `a TO b`@`%`", &[Owner]),
            ("GRANT ALL PRIVILEGES ON `shop`.* TO `a`@`%`", &[Owner]),
            ("GRANT SELECT, DROP ON `shop`.* TO `a`@`%` WITH GRANT OPTION", &[Owner]),
            ("GRANT ALL PRIVILEGES ON `sh%`.* TO `a`@`%`", &[Owner]),
            ("GRANT ALL PRIVILEGES ON `sh_p`.* TO `a`@`%`", &[Owner]),
            ("GRANT ALL PRIVILEGES ON `s_%`.* TO `a`@`%`", &[Owner]),
            ("GRANT ALL PRIVILEGES ON `sh\\_p`.* TO `a`@`%`", &[]),
            ("GRANT ALL PRIVILEGES ON `shop_`.* TO `a`@`%`", &[]),
            ("GRANT ALL PRIVILEGES ON `sho`.* TO `a`@`%`", &[]),
            ("GRANT ALL PRIVILEGES ON `other`.* TO `a`@`%`", &[]),
            ("GRANT ALL PRIVILEGES ON `shop`.`orders` TO `a`@`%`", &[]),
            ("GRANT SELECT, INSERT, UPDATE, DELETE ON `shop`.* TO `a`@`%`", &[]),
            ("GRANT SELECT (`a ON *.* TO b`) ON `shop`.`t` TO `a`@`%`", &[]),
            ("GRANT `role`@`%` TO `a`@`%`", &[]),
            ("nonsense", &[]),
        ];
        for (grant, expected) in table {
            let found = rights(&[grant.to_owned()], "shop");
            assert_eq!(found, expected.iter().copied().collect(), "{grant}");
        }
        let both = ["GRANT CREATE ON *.* TO `a`", "GRANT ALL PRIVILEGES ON `my\\_shop`.* TO `a`"];
        let found = rights(&both.map(str::to_owned), "my_shop");
        assert_eq!(found, BTreeSet::from([Owner, CreateDatabase]));
    }
}
