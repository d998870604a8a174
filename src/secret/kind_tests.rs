use super::*;
use crate::secret::shape::Piece::{Jwt, Lit, Object, OneOf, Run};
use crate::secret::{is_strong, placeholder};

const SEEDS: u64 = 100;

fn forms() -> impl Iterator<Item = (&'static Kind, &'static Form)> {
    Kind::ALL.iter().flat_map(|kind| kind.forms.iter().map(move |form| (*kind, form)))
}

fn expected(form: &Form) -> Recognition {
    form.class.map_or(Recognition::NoClass, Recognition::Class)
}

/// One fixed value, such as a provider's public test token, has no chance in it.
fn is_fixed(form: &Form) -> bool {
    form.shape.0.iter().all(|piece| matches!(piece, Lit(_)))
}

#[test]
fn ids_are_sorted_unique_and_found() {
    let ids: Vec<&str> = Kind::ALL.iter().map(|kind| kind.id()).collect();
    assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
    for kind in Kind::ALL {
        assert!(std::ptr::eq(Kind::by_id(kind.id()).unwrap(), *kind));
        assert!(
            kind.id().bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        );
        assert!(!kind.what().is_empty() && !kind.what().ends_with('.'), "{}", kind.id());
    }
    assert!(Kind::by_id("stripe").is_none());
    assert!(Kind::by_id("").is_none());
}

#[test]
fn the_kinds_policies_name_are_there() {
    let ids = "stripe-secret-key stripe-restricted-key stripe-publishable-key stripe-webhook-secret \
        sendgrid-api-key resend-api-key postmark-server-token mailgun-api-key brevo-api-key \
        twilio-account-sid twilio-auth-token twilio-api-key slack-token slack-webhook-url \
        neon-api-key neon-role-password supabase-secret-key supabase-publishable-key \
        supabase-service-key supabase-access-token aws-access-key-id aws-secret-access-key \
        gcp-service-account google-api-key google-oauth-client-secret azure-storage-key \
        azure-client-secret github-token gitlab-token npm-token clerk-secret-key \
        clerk-publishable-key clerk-webhook-secret paddle-api-key paddle-webhook-secret \
        mollie-api-key square-access-token square-application-id square-application-secret \
        paypal-client-id paypal-client-secret pusher-app-id pusher-app-key pusher-app-secret \
        laravel-app-key django-secret-key rails-secret-key-base jwt jwt-secret pem-private-key \
        sentry-dsn sentry-auth-token openai-api-key anthropic-api-key gocardless-access-token \
        lemon-squeezy-api-key adyen-client-key plaid-secret flutterwave-secret-key \
        paystack-secret-key orange-basic-credential password random";
    for id in ids.split_whitespace() {
        assert!(Kind::by_id(id).is_some(), "{id}");
    }
}

#[test]
fn a_sample_of_every_form_is_recognised_strong_and_no_placeholder() {
    for (kind, form) in forms() {
        for seed in 0..SEEDS {
            let value = sample::sample(&form.shape, seed);
            assert_eq!(kind.recognise_text(&value), expected(form), "{} {value}", kind.id);
            if is_fixed(form) {
                continue;
            }
            assert!(kind.public || placeholder(&value).is_none(), "{} {value}", kind.id);
            assert!(kind.public || is_strong(&value), "{} {value}", kind.id);
        }
    }
}

#[test]
fn a_sample_is_of_the_class_asked_for() {
    for kind in Kind::ALL {
        for class in [None, Some(Class::Live), Some(Class::Test)] {
            let told = if kind.has_form() {
                kind.forms.iter().any(|form| form.class == class)
            } else {
                class.is_none()
            };
            let value = kind.sample(class, 5);
            assert_eq!(value.is_some(), told, "{} {class:?}", kind.id);
            assert_eq!(value, kind.sample(class, 5));
            let wanted = class.map_or(Recognition::NoClass, Recognition::Class);
            if let Some(value) = value {
                assert_eq!(kind.recognise(&Secret::new(value)), wanted, "{}", kind.id);
            }
        }
    }
}

#[test]
fn near_misses_are_not_of_the_form() {
    for (kind, form) in forms() {
        let shape = &form.shape;
        let value = sample::sample(shape, 11);
        let open_ended = matches!(shape.0.last(), Some(Run(bytes, 0, _)) if bytes.has(b'\n'));
        let mut wrong = vec![
            format!(" {value}"),
            format!("{value} "),
            format!("{value}\n"),
            format!("\"{value}\""),
            format!("{value}\u{e9}"),
            value.chars().skip(1).collect(),
            String::new(),
        ];
        let json = shape.0.iter().any(|piece| matches!(piece, Object(_)));
        wrong.retain(|text| !(json && text.trim() == value));
        wrong.retain(|text| !(open_ended && text.trim_end() == value));
        if let Some(Run(_, _, max)) = shape.0.first() {
            wrong.retain(|text| shape.0.len() > 1 || text.len() > *max || text.len() < 2);
        }
        if shape.lead().bytes().any(|b| b.is_ascii_alphabetic()) {
            let lead = shape.lead();
            let flipped: String = lead.chars().map(flip).collect();
            wrong.push(value.replacen(lead, &flipped, 1));
        }
        for text in wrong {
            assert!(!shape.matches(&text), "{} {text:?}", kind.id);
        }
    }
}

#[test]
fn one_character_less_than_the_shortest_is_not_of_the_form() {
    for (kind, form) in forms() {
        let Some(shortest) = form.shape.shortest() else { continue };
        let value = sample::shortest(&form.shape, 3);
        assert_eq!(value.len(), shortest, "{}", kind.id);
        assert!(form.shape.matches(&value), "{} {value}", kind.id);
        assert!(!form.shape.matches(&value[..shortest - 1]), "{} {value}", kind.id);
    }
}

#[test]
fn live_and_test_never_mix() {
    for kind in Kind::ALL {
        for seed in 0..50 {
            let values = Class::ALL.map(|class| (class, kind.sample(Some(class), seed)));
            for (class, value) in values {
                let Some(value) = value else { continue };
                let all = kind.forms.iter().filter(|form| form.shape.matches(&value));
                assert!(all.clone().all(|form| form.class == Some(class)), "{}", kind.id);
            }
        }
    }
}

/// The table's own text is the witness: a form labelled with the wrong class
/// would let a live key into a sandbox.
#[test]
fn the_class_is_the_one_that_the_form_spells() {
    let test_words = ["test", "TEST", "sandbox", "sdbx", "development", "EZTK"];
    for (kind, form) in forms() {
        let lead = form.shape.lead();
        let spelt = test_words.iter().any(|word| lead.contains(word));
        assert_eq!(form.class == Some(Class::Test), spelt, "{} {lead}", kind.id);
        let live = ["live", "production"].iter().any(|word| lead.contains(word));
        assert!(!live || form.class == Some(Class::Live), "{} {lead}", kind.id);
    }
}

#[test]
fn pairs_tell_the_same_classes() {
    for kind in Kind::ALL.iter().filter(|kind| kind.pair().is_some()) {
        assert!(Class::ALL.into_iter().all(|class| kind.tells(class)), "{}", kind.id);
        let members = Kind::ALL.iter().filter(|other| other.pair() == kind.pair()).count();
        assert!(members > 1 || kind.pair() == Some("paddle"), "{}", kind.id);
    }
}

#[test]
fn every_unmistakable_form_is_detected_and_nothing_else() {
    for (kind, form) in forms() {
        for seed in 0..50 {
            let value = sample::sample(&form.shape, seed);
            let found = Kind::detect(&Secret::new(value.as_str()));
            match form.sign {
                Sign::Unmistakable => {
                    let found = found.unwrap_or_else(|| panic!("{} {value}", kind.id));
                    assert_ne!(found.recognise_text(&value), Recognition::Unknown);
                    assert!(!found.is_public(), "{} {value}", kind.id);
                    assert!(Kind::detect(&Secret::new(format!(" {value}\n"))).is_some());
                }
                Sign::Ambiguous => assert!(
                    found.is_none_or(|found| found.recognise_text(&value) != Recognition::Unknown),
                    "{} {value}",
                    kind.id
                ),
            }
        }
        assert!(!kind.public || form.sign == Sign::Ambiguous, "{}", kind.id);
    }
}

#[test]
fn ordinary_values_are_not_detected() {
    let mut ordinary = vec![
        "",
        " ",
        "production",
        "redis",
        "https://api.example.net/v1",
        "postgres://u@h/d",
        "5432",
        "sk",
        "re_start",
        "whsec_",
        "true",
        "gha",
        "base64",
        "Basic",
        "eyJ",
        "SG.",
        "-----BEGIN CERTIFICATE-----",
        "{\"type\":\"user\"}",
        "key-value",
        "npm_config_cache",
        "d41d8cd98f00b204e9800998ecf8427e",
        "6f1e6b52-3c1a-4f6e-9b1d-2f0c7a9d4e11",
        "\u{1f511}sk_live_",
        "node_modules/.bin:/usr/bin",
    ];
    let published = Kind::ALL.iter().filter(|kind| kind.public);
    let published: Vec<String> =
        published.flat_map(|kind| kind.forms).map(|f| sample::sample(&f.shape, 1)).collect();
    ordinary.extend(published.iter().map(String::as_str));
    for value in ordinary {
        let found = Kind::detect(&Secret::new(value)).map(Kind::id);
        assert_eq!(found, None, "{value}");
    }
}

#[test]
fn a_kind_without_a_form_takes_any_clean_value() {
    let table = [
        ("x", Recognition::NoClass),
        ("two words", Recognition::NoClass),
        ("\u{e9}t\u{e9}", Recognition::NoClass),
        ("", Recognition::Unknown),
        (" x", Recognition::Unknown),
        ("x\n", Recognition::Unknown),
        ("x\u{a0}", Recognition::Unknown),
        ("a\nb", Recognition::Unknown),
        ("a\0b", Recognition::Unknown),
    ];
    for (value, wanted) in table {
        for id in ["random", "password", "jwt-secret"] {
            assert_eq!(Kind::by_id(id).unwrap().recognise_text(value), wanted, "{value:?}");
        }
    }
}

#[test]
fn classes_are_found_by_name() {
    for class in Class::ALL {
        assert_eq!(Class::from_name(class.name()), Some(class));
    }
    assert_eq!(Class::from_name("Live"), None);
}

/// A form with two runs that can trade bytes with each other costs the square
/// of the value's length.
#[test]
fn no_form_has_runs_that_trade_bytes() {
    for (kind, form) in forms() {
        let elastic = form.shape.0.windows(2).filter(|pair| match pair {
            [Run(a, min, max), Run(b, ..)] => min < max && (0..=255).any(|x| a.has(x) && b.has(x)),
            [Run(a, min, max), Lit(text)] => {
                min < max && *max > 400 && text.bytes().next().is_some_and(|byte| a.has(byte))
            }
            [Run(a, min, max), OneOf(set)] => min < max && set.bytes().any(|byte| a.has(byte)),
            [Run(..), Jwt(_) | Object(_)] => true,
            _ => false,
        });
        assert_eq!(elastic.count(), 0, "{}", kind.id);
    }
}

fn flip(letter: char) -> char {
    if letter.is_ascii_lowercase() {
        letter.to_ascii_uppercase()
    } else {
        letter.to_ascii_lowercase()
    }
}

impl Shape {
    /// The text that every value of this form starts with; may be empty.
    fn lead(&self) -> &'static str {
        match self.0.first() {
            Some(Lit(text)) => text,
            Some(OneOf(_) | Run(..) | Jwt(_) | Object(_)) | None => "",
        }
    }

    /// The length of the shortest value of this form, or `None` where it is
    /// not a matter of counting.
    fn shortest(&self) -> Option<usize> {
        self.0.iter().try_fold(0, |sum: usize, piece| match piece {
            Lit(text) => sum.checked_add(text.len()),
            OneOf(_) => sum.checked_add(1),
            Run(_, min, _) => sum.checked_add(*min),
            Jwt(_) | Object(_) => None,
        })
    }
}
