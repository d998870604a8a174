//! Those whose service a product is built on: sign-in, errors, models, shops.

use crate::secret::kind::{Kind, ambiguous, any, live, test};
use crate::secret::shape::Bytes;
use crate::secret::shape::Piece::{Lit, OneOf, Run};

pub(super) static CLERK_SECRET_KEY: Kind = Kind::secret(
    "clerk-secret-key",
    "Clerk",
    "secret key, `sk_live_` or `sk_test_`; of the same form as a Stripe key",
    &[
        live(&[Lit("sk_live_"), Run(Bytes::ALNUM, 32, 128)]),
        test(&[Lit("sk_test_"), Run(Bytes::ALNUM, 32, 128)]),
    ],
)
.paired("clerk");

pub(super) static CLERK_PUBLISHABLE_KEY: Kind = Kind::public(
    "clerk-publishable-key",
    "Clerk",
    "publishable key, `pk_live_` or `pk_test_` and the instance's host in base64",
    &[
        ambiguous(live(&[Lit("pk_live_"), Run(Bytes::BASE64_PADDED, 16, 256)])),
        ambiguous(test(&[Lit("pk_test_"), Run(Bytes::BASE64_PADDED, 16, 256)])),
    ],
)
.paired("clerk");

pub(super) static CLERK_WEBHOOK_SECRET: Kind = Kind::secret(
    "clerk-webhook-secret",
    "Clerk",
    "webhook signing secret, `whsec_`; tells no mode, and Stripe, Svix and Resend write it too",
    &[any(&[Lit("whsec_"), Run(Bytes::BASE64_PADDED, 32, 128)])],
);

pub(super) static SENTRY_DSN: Kind = Kind::public(
    "sentry-dsn",
    "Sentry",
    "address that events are sent to: names organisation and project, browsers see it",
    &[
        ambiguous(any(&[
            Lit("https://"),
            Run(Bytes::LOWER_HEX, 32, 32),
            Lit("@o"),
            Run(Bytes::DIGIT, 1, 20),
            Lit(".ingest.sentry.io/"),
            Run(Bytes::DIGIT, 1, 20),
        ])),
        ambiguous(any(&[
            Lit("https://"),
            Run(Bytes::LOWER_HEX, 32, 32),
            Lit("@o"),
            Run(Bytes::DIGIT, 1, 20),
            Lit(".ingest."),
            Run(Bytes::LOWER, 2, 2),
            Lit(".sentry.io/"),
            Run(Bytes::DIGIT, 1, 20),
        ])),
        ambiguous(any(&[
            Lit("https://"),
            Run(Bytes::LOWER_HEX, 32, 32),
            Lit("@"),
            Run(Bytes::HOST, 4, 200),
            Lit("/"),
            Run(Bytes::DIGIT, 1, 20),
        ])),
    ],
);

pub(super) static SENTRY_AUTH_TOKEN: Kind = Kind::secret(
    "sentry-auth-token",
    "Sentry",
    "organisation token, `sntrys_`, or personal token, `sntryu_`",
    &[
        any(&[Lit("sntrys_"), Run(Bytes::BASE64_PADDED.or(Bytes::BASE64_URL), 60, 600)]),
        any(&[Lit("sntryu_"), Run(Bytes::LOWER_HEX, 64, 64)]),
    ],
);

pub(super) static GRAFANA_SERVICE_TOKEN: Kind = Kind::secret(
    "grafana-service-token",
    "Grafana",
    "service account token, `glsa_`",
    &[any(&[Lit("glsa_"), Run(Bytes::ALNUM, 32, 32), Lit("_"), Run(Bytes::LOWER_HEX, 8, 8)])],
);

pub(super) static OPENAI_API_KEY: Kind = Kind::secret(
    "openai-api-key",
    "OpenAI",
    "API key, `sk-proj-`, `sk-svcacct-`, `sk-admin-`, or the old `sk-`",
    &[
        any(&[
            Lit("sk-proj-"),
            Run(Bytes::BASE64_URL, 20, 100),
            Lit("T3BlbkFJ"),
            Run(Bytes::BASE64_URL, 20, 100),
        ]),
        any(&[
            Lit("sk-svcacct-"),
            Run(Bytes::BASE64_URL, 20, 100),
            Lit("T3BlbkFJ"),
            Run(Bytes::BASE64_URL, 20, 100),
        ]),
        any(&[
            Lit("sk-admin-"),
            Run(Bytes::BASE64_URL, 20, 100),
            Lit("T3BlbkFJ"),
            Run(Bytes::BASE64_URL, 20, 100),
        ]),
        any(&[Lit("sk-"), Run(Bytes::ALNUM, 20, 20), Lit("T3BlbkFJ"), Run(Bytes::ALNUM, 20, 20)]),
    ],
);

pub(super) static ANTHROPIC_API_KEY: Kind = Kind::secret(
    "anthropic-api-key",
    "Anthropic",
    "API key, `sk-ant-api03-`, or admin key, `sk-ant-admin01-`",
    &[
        any(&[Lit("sk-ant-api03-"), Run(Bytes::BASE64_URL, 93, 93), Lit("AA")]),
        any(&[Lit("sk-ant-admin01-"), Run(Bytes::BASE64_URL, 93, 93), Lit("AA")]),
    ],
);

pub(super) static HUGGING_FACE_TOKEN: Kind = Kind::secret(
    "hugging-face-token",
    "Hugging Face",
    "user access token, `hf_`",
    &[any(&[Lit("hf_"), Run(Bytes::ALNUM, 34, 40)])],
);

pub(super) static SHOPIFY_TOKEN: Kind = Kind::secret(
    "shopify-token",
    "Shopify",
    "access token or shared secret, `shpat_`, `shpca_`, `shppa_`, `shpss_`",
    &[
        any(&[Lit("shp"), OneOf("cp"), Lit("a_"), Run(Bytes::HEX, 32, 32)]),
        any(&[Lit("shpat_"), Run(Bytes::HEX, 32, 32)]),
        any(&[Lit("shpss_"), Run(Bytes::HEX, 32, 32)]),
    ],
);
