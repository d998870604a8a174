use super::*;
use crate::secret::sample::Random;
use crate::secret::shape::Bytes;

/// How many bits of guessing a value withstands, to the end.
fn bits(value: &str) -> u32 {
    bits_up_to(value, u32::MAX)
}

#[test]
fn weak_values() {
    let weak = [
        "",
        "a",
        "changeme",
        "secret",
        "password",
        "P@ssw0rd123!",
        "Tr0ub4dor&3",
        "koomy-sandbox-2024",
        "correct-horse-battery-staple",
        "CorrectHorseBatteryStaple",
        "correcthorsebatterystaple",
        "Correct Horse Battery Staple 1",
        "abcdefghijklmnopqrstuvwxyz0123456789",
        "zyxwvutsrqponmlkjihgfedcba9876543210",
        "1234567890123456789012345678901234567890",
        "passwordpasswordpasswordpasswordpassword",
        "Password1Password1Password1",
        "abababababababababababababababababababab",
        "koomykoomykoomykoomykoomykoomy",
        "qwertyuiopasdfghjklzxcvbnm",
        "azertyuiopqsdfghjklmwxcvbn",
        "QWERTYqwerty123456",
        "iloveyou-dragon-monkey-2024",
        "Dakar2024!Dakar2024!Dakar2024!",
        "motdepasse-super-secret-2025",
        "AdminAdmin123456789",
        "kX9fQ2mZ7p",
        "8f3a91c07be2",
        "00000000000000000000000000000000",
        "supersecretjwttokenforproduction",
        "this-is-my-secret",
        "koomy_production_password",
        "Summer2024!Winter2025?",
        "sunshine.princess.football",
        "2024-01-01",
        "deadbeefdeadbeefdeadbeefdeadbeef",
        "0123456789abcdef0123456789abcdef",
        "aaaabbbbccccddddeeeeffffgggghhhh",
        "Bienvenue!2024Bonjour",
        "\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}",
    ];
    for value in weak {
        assert!(!is_strong(value), "{value}: {}", bits(value));
    }
    assert!(!is_strong(&"a".repeat(100)));
    assert!(!is_strong(&"a".repeat(100_000)));
    assert!(!is_strong(&"xy9".repeat(200)));
}

#[test]
fn strong_values() {
    let strong = [
        "9f86d081884c7d659a2feaa0c55ad015",
        "5c1e0f7a92b8d340",
        "e07b5a1c9f3d2286",
        "Hk4mZx9QwLt=",
        "6f1e6b52-3c1a-4f6e-9b1d-2f0c7a9d4e11",
        "kX9fQ2mZ7pL4wR8tY3vB6nJ5",
        "npg_k3Jx8Qw2LmZ7",
        "k3Jx8Qw2LmZ7vB",
        "Zr4/0yqk8W1Lm+Tn3uVbXo5HsPaGcJdEiF7tQ29xKvM=",
        "stapler-quiver-mango-drizzle-walnut-cobalt",
        "kX9fQ2mZ7pL4wR8t-secret-Y3vB6n",
        "8254073916628450173958",
        "vQ#9!mZ$e2@Lw&x7",
        "kzpqwvxtjrbgmhdnfysl",
        "\u{43b}\u{443}\u{43d}\u{430}-Vq7\u{43f}\u{456}Zk2\u{448}x9",
    ];
    for value in strong {
        assert!(is_strong(value), "{value}: {}", bits(value));
    }
}

#[test]
fn estimates_are_near_the_truth() {
    let table: [(&str, std::ops::RangeInclusive<u32>); 8] = [
        ("9f86d081884c7d659a2feaa0c55ad015", 115..=128),
        ("kX9fQ2mZ7pL4wR8tY3vB6nJ5", 130..=143),
        ("6f1e6b52-3c1a-4f6e-9b1d-2f0c7a9d4e11", 110..=160),
        ("correct-horse-battery-staple", 44..=63),
        ("Tr0ub4dor&3", 20..=45),
        ("P@ssw0rd123!", 10..=35),
        ("koomy-sandbox-2024", 25..=55),
        ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 5..=16),
    ];
    for (value, expected) in table {
        assert!(expected.contains(&bits(value)), "{value}: {}", bits(value));
    }
}

#[test]
fn random_values_are_worth_their_alphabet() {
    let sets = [
        (Bytes::DIGIT, 10_f64),
        (Bytes::LOWER_HEX, 16.0),
        (Bytes::LOWER, 26.0),
        (Bytes::LOWER_ALNUM, 36.0),
        (Bytes::ALNUM, 62.0),
        (Bytes::BASE64_URL, 64.0),
    ];
    let mut random = Random(7);
    for (set, letters) in sets {
        for length in [12, 16, 20, 24, 32, 43, 64, 128] {
            let total: u32 = (0..500).map(|_| bits(&random.run(set, length))).sum();
            let ratio = f64::from(total) / 500.0 / (length as f64 * letters.log2());
            assert!((0.75..=1.1).contains(&ratio), "{letters} letters, {length} long: {ratio:.2}");
        }
    }
}

/// Refusing a good secret is the worse mistake for whoever is refused. Those that
/// are refused lack a sort of character, or are full of rows, by chance.
#[test]
fn hardly_any_random_value_is_called_weak() {
    let sets = [
        (Bytes::LOWER_HEX, 16, 64, 50),
        (Bytes::LOWER_HEX, 20, 64, 20),
        (Bytes::LOWER_HEX, 32, 64, 0),
        (Bytes::LOWER_HEX, 32, 128, 50),
        (Bytes::LOWER_HEX, 64, 256, 5),
        (Bytes::LOWER, 14, 64, 60),
        (Bytes::LOWER, 20, 64, 2),
        (Bytes::LOWER_ALNUM, 13, 64, 270),
        (Bytes::LOWER_ALNUM, 16, 64, 20),
        (Bytes::ALNUM, 12, 64, 80),
        (Bytes::ALNUM, 13, 64, 40),
        (Bytes::ALNUM, 16, 64, 2),
        (Bytes::ALNUM, 20, 64, 0),
        (Bytes::BASE64_URL, 22, 64, 0),
        (Bytes::BASE64_URL, 43, 256, 70),
        (Bytes::ALNUM, 32, 64, 0),
    ];
    let mut random = Random(99);
    for (row, (set, length, least, allowed)) in sets.into_iter().enumerate() {
        let values = (0..10_000).map(|_| random.run(set, length));
        let weak = values.filter(|value| !withstands(value, least)).count();
        assert!(weak <= allowed, "row {row}: {weak} of 10,000 are called weak");
    }
}

/// What has the length of a random value, and not its variety.
#[test]
fn chance_excuses_no_pattern() {
    let weak = [
        "00112233445566aa",
        "abcabc0123012345",
        "1234abcd1234abcd",
        "deadbeef12ab34cd",
        "aabbaabbccaabbcc",
        "a1a1b2b2a1b2a1b2",
        "20240131123456ab",
        "abcdef1234567890",
        "qwertyuiop12345",
        "aaaaaaabbbbbbbcc",
        "mamadou2024dakar",
        "Mamadou1987Fatou",
        "koomykoomy123koomy",
        "9a0c9c0a0d9da0cd", // few different characters
    ];
    for value in weak {
        assert!(!is_strong(value), "{value}: {}", bits(value));
    }
}

#[test]
fn more_of_the_same_adds_little() {
    let mut random = Random(3);
    for _ in 0..2_000 {
        let value = random.run(Bytes::ALNUM, 24);
        let twice = bits(&value.repeat(2));
        assert!(twice <= bits(&value) + 24, "{value}: {} and {twice}", bits(&value));
        let last = value.chars().last().map(String::from).unwrap_or_default();
        let longer = bits(&format!("{value}{}", last.repeat(40)));
        assert!(longer <= bits(&value) + 24, "{value}: {} and {longer}", bits(&value));
    }
}

#[test]
fn one_more_character_takes_little_away() {
    let mut random = Random(5);
    for _ in 0..5_000 {
        let value = random.run(Bytes::ALNUM, 20);
        for extra in ["a", "Z", "7", "-", "!", "\u{e9}"] {
            let longer = bits(&format!("{value}{extra}"));
            assert!(longer + 16 >= bits(&value), "{value}{extra}: {longer}");
        }
    }
}

#[test]
fn stopping_early_changes_no_answer() {
    let mut random = Random(11);
    for round in 0..4_000 {
        let value = random.run(Bytes::BASE64_URL, 8 + round % 12);
        for value in [value.clone(), format!("secret-{value}"), format!("{value}-horse-battery")] {
            assert_eq!(is_strong(&value), bits(&value) >= MINIMUM_BITS, "{value}");
        }
    }
}

#[test]
fn the_logarithm_is_near_enough() {
    for number in 1..2_000_u32 {
        let exact = f64::from(number).log2() * f64::from(UNIT);
        assert!((f64::from(log2(number)) - exact).abs() <= 2.5, "{number}");
    }
    assert_eq!(log2(0), 0);
    assert_eq!(log2(u32::MAX), 32 * UNIT - 1);
}
