//! What a team makes itself, and what frameworks make for it.

use crate::secret::kind::{Kind, ambiguous, any};
use crate::secret::shape::Bytes;
use crate::secret::shape::Piece::{Jwt, Lit, OneOf, Run};

/// A form for each label, the same at the start and at the end.
macro_rules! pem {
    ($($label:literal),+) => {
        &[$(any(&[
            Lit(concat!("-----BEGIN ", $label, "PRIVATE KEY-----")),
            Run(Bytes::PEM, 64, 16_384),
            Lit(concat!("-----END ", $label, "PRIVATE KEY-----")),
            Run(Bytes::SPACE, 0, 2),
        ])),+]
    };
}

pub(super) static LARAVEL_APP_KEY: Kind = Kind::secret(
    "laravel-app-key",
    "Laravel",
    "`APP_KEY`: `base64:` and 32 bytes, or 16 for AES-128",
    &[
        any(&[Lit("base64:"), Run(Bytes::BASE64, 42, 42), OneOf("AEIMQUYcgkosw048"), Lit("=")]),
        any(&[Lit("base64:"), Run(Bytes::BASE64, 21, 21), OneOf("AQgw"), Lit("==")]),
    ],
);

pub(super) static DJANGO_SECRET_KEY: Kind = Kind::secret(
    "django-secret-key",
    "Django",
    "`SECRET_KEY`: 50 characters or more; one that starts with `django-insecure-` came with the project",
    &[ambiguous(any(&[Run(Bytes::VISIBLE, 50, 512)]))],
);

pub(super) static RAILS_SECRET_KEY_BASE: Kind = Kind::secret(
    "rails-secret-key-base",
    "Rails",
    "`secret_key_base`: 128 hexadecimal digits",
    &[ambiguous(any(&[Run(Bytes::LOWER_HEX, 128, 128)]))],
);

pub(super) static JWT: Kind =
    Kind::secret("jwt", "any", "a signed JSON Web Token", &[ambiguous(any(&[Jwt(&[])]))]);

pub(super) static PEM_PRIVATE_KEY: Kind = Kind::secret(
    "pem-private-key",
    "any",
    "a private key in PEM; line breaks may be written as `\\n`",
    pem!["", "RSA ", "EC ", "DSA ", "OPENSSH ", "ENCRYPTED "],
);

pub(super) static JWT_SECRET: Kind =
    Kind::secret("jwt-secret", "any", "a home-made secret that signs tokens", &[]);

pub(super) static PASSWORD: Kind =
    Kind::secret("password", "any", "a password of a person, a role or a service", &[]);

pub(super) static RANDOM: Kind =
    Kind::secret("random", "any", "a home-made secret, judged by its strength alone", &[]);
