//! How a value differs from one that is allowed, without showing it.

/// Says how `value` differs from one of `allowed`, if it is close to any.
///
/// The answer names an allowed value, which the policy shows anyway, and never
/// the value itself.
pub(crate) fn describe<'a>(
    value: &str,
    allowed: impl IntoIterator<Item = &'a str> + Clone,
) -> Option<String> {
    let near = |same: &dyn Fn(&str) -> bool| allowed.clone().into_iter().find(|word| same(word));
    let quotes = ['"', '\'', '`'];

    if let Some(word) = near(&|word| value.trim() == word) {
        return Some(format!("it is `{word}` with {} around it", white_space(value)));
    }
    if let Some(word) = near(&|word| value.trim_matches(quotes) == word) {
        return Some(format!("it is `{word}` with quotes around it"));
    }
    let lower = value.to_lowercase();
    if let Some(word) = near(&|word| lower == word.to_lowercase()) {
        return Some(format!("it differs from `{word}` in letter case"));
    }
    if let Some(word) = near(&|word| looks_alike(value, word)) {
        return Some(format!("it looks like `{word}` and has other characters"));
    }
    if let Some(word) = near(&|word| lower.trim() == word.to_lowercase()) {
        return Some(format!("it differs from `{word}` in letter case and white space"));
    }
    let typo = |word: &str| strsim::osa_distance(&lower, &word.to_lowercase()) <= TYPO_DISTANCE;
    near(&|word| word.len() > TYPO_DISTANCE + 1 && value.len() < 64 && typo(word))
        .map(|word| format!("it is close to `{word}`"))
}

fn white_space(value: &str) -> &'static str {
    if value.contains(['\n', '\r']) { "a line break" } else { "white space" }
}

/// What two texts have in common that people cannot tell apart: their letters in
/// one case, each as the Latin one that it looks like.
pub(crate) fn appearance(text: &str) -> String {
    text.to_lowercase().chars().filter(|c| !is_invisible(*c)).map(skeleton).collect()
}

/// Whether `value` has the letters of `word`, some of them from another
/// alphabet or with invisible characters between.
fn looks_alike(value: &str, word: &str) -> bool {
    !value.is_ascii() && value.chars().filter(|c| !is_invisible(*c)).map(skeleton).eq(word.chars())
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// The Latin letter that a letter of another alphabet looks like.
///
/// LIMIT: Cyrillic, Greek and full-width letters; what it does not know is
/// refused all the same, with a plainer message.
fn skeleton(c: char) -> char {
    match c {
        'а' | 'α' => 'a',
        'с' | 'ϲ' => 'c',
        'ԁ' => 'd',
        'е' | 'ε' => 'e',
        'һ' => 'h',
        'і' | 'ι' | 'ı' => 'i',
        'ј' => 'j',
        'ӏ' => 'l',
        'п' | 'η' => 'n',
        'о' | 'ο' | 'օ' => 'o',
        'р' | 'ρ' => 'p',
        'ѕ' => 's',
        'т' | 'τ' => 't',
        'υ' | 'ц' => 'u',
        'ѵ' | 'ν' => 'v',
        'х' | 'χ' => 'x',
        'у' | 'γ' => 'y',
        '\u{ff41}'..='\u{ff5a}' => {
            char::from_u32(u32::from(c) - u32::from('\u{ff41}') + u32::from('a')).unwrap_or(c)
        }
        other => other,
    }
}

/// More edits than this are not a typing error.
const TYPO_DISTANCE: usize = 2;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_difference_and_not_the_value() {
        let table = [
            ("production ", Some("it is `production` with white space around it")),
            ("production\n", Some("it is `production` with a line break around it")),
            ("\"sandbox\"", Some("it is `sandbox` with quotes around it")),
            ("Production", Some("it differs from `production` in letter case")),
            (" SANDBOX", Some("it differs from `sandbox` in letter case and white space")),
            ("pr\u{43e}duction", Some("it looks like `production` and has other characters")),
            ("prod\u{200b}uction", Some("it looks like `production` and has other characters")),
            ("\u{ff53}andbox", Some("it looks like `sandbox` and has other characters")),
            ("prodution", Some("it is close to `production`")),
            ("staging", None),
            ("", None),
            ("DÉVELOPPEMENT", Some("it differs from `développement` in letter case")),
            ("developpement", Some("it is close to `développement`")),
            ("de\u{301}veloppement", Some("it is close to `développement`")),
            ("preprod", Some("it differs from `PREPROD` in letter case")),
            ("PREPRD", Some("it is close to `PREPROD`")),
        ];
        for (value, expected) in table {
            let said = describe(value, ["production", "sandbox", "développement", "PREPROD"]);
            assert_eq!(said.as_deref(), expected, "{value:?}");
        }
    }
}
