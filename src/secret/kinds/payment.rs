//! Those who move money, and therefore have a sandbox.

use crate::secret::kind::{Kind, ambiguous, any, live, test};
use crate::secret::shape::Bytes;
use crate::secret::shape::Piece::{Lit, Run};

pub(super) static STRIPE_SECRET_KEY: Kind = Kind::secret(
    "stripe-secret-key",
    "Stripe",
    "secret or restricted key, `sk_live_`, `sk_test_`, `rk_live_`, `rk_test_`; Clerk, Paystack and others write `sk_` keys too",
    &[
        live(&[Lit("sk_live_"), Run(Bytes::ALNUM, 10, 247)]),
        test(&[Lit("sk_test_"), Run(Bytes::ALNUM, 10, 247)]),
        live(&[Lit("rk_live_"), Run(Bytes::ALNUM, 10, 247)]),
        test(&[Lit("rk_test_"), Run(Bytes::ALNUM, 10, 247)]),
    ],
)
.paired("stripe");

pub(super) static STRIPE_RESTRICTED_KEY: Kind = Kind::secret(
    "stripe-restricted-key",
    "Stripe",
    "restricted key, `rk_live_` or `rk_test_`",
    &[
        live(&[Lit("rk_live_"), Run(Bytes::ALNUM, 10, 247)]),
        test(&[Lit("rk_test_"), Run(Bytes::ALNUM, 10, 247)]),
    ],
)
.paired("stripe");

pub(super) static STRIPE_PUBLISHABLE_KEY: Kind = Kind::public(
    "stripe-publishable-key",
    "Stripe",
    "publishable key, `pk_live_` or `pk_test_`",
    &[
        ambiguous(live(&[Lit("pk_live_"), Run(Bytes::ALNUM, 10, 247)])),
        ambiguous(test(&[Lit("pk_test_"), Run(Bytes::ALNUM, 10, 247)])),
    ],
)
.paired("stripe");

pub(super) static STRIPE_WEBHOOK_SECRET: Kind = Kind::secret(
    "stripe-webhook-secret",
    "Stripe",
    "webhook signing secret, `whsec_`; tells no mode, and Svix, Clerk and Resend write it too",
    &[any(&[Lit("whsec_"), Run(Bytes::BASE64_PADDED, 32, 128)])],
);

pub(super) static PADDLE_API_KEY: Kind = Kind::secret(
    "paddle-api-key",
    "Paddle",
    "Paddle Billing key, `pdl_live_apikey_` or `pdl_sdbx_apikey_`",
    &[
        live(&[
            Lit("pdl_live_apikey_01"),
            Run(Bytes::LOWER_ALNUM, 24, 24),
            Lit("_"),
            Run(Bytes::ALNUM, 22, 22),
            Lit("_"),
            Run(Bytes::ALNUM, 3, 3),
        ]),
        test(&[
            Lit("pdl_sdbx_apikey_01"),
            Run(Bytes::LOWER_ALNUM, 24, 24),
            Lit("_"),
            Run(Bytes::ALNUM, 22, 22),
            Lit("_"),
            Run(Bytes::ALNUM, 3, 3),
        ]),
    ],
)
.paired("paddle");

pub(super) static PADDLE_CLIENT_TOKEN: Kind = Kind::public(
    "paddle-client-token",
    "Paddle",
    "client-side token, `live_` or `test_`",
    &[
        ambiguous(live(&[Lit("live_"), Run(Bytes::ALNUM, 20, 64)])),
        ambiguous(test(&[Lit("test_"), Run(Bytes::ALNUM, 20, 64)])),
    ],
)
.paired("paddle");

pub(super) static PADDLE_WEBHOOK_SECRET: Kind = Kind::secret(
    "paddle-webhook-secret",
    "Paddle",
    "notification secret, `pdl_ntfset_`; tells no mode",
    &[any(&[Lit("pdl_ntfset_"), Run(Bytes::BASE64.or(Bytes::WORD), 32, 128)])],
);

pub(super) static MOLLIE_API_KEY: Kind = Kind::secret(
    "mollie-api-key",
    "Mollie",
    "API key, `live_` or `test_`; organisation tokens, `access_`, tell no mode",
    &[
        ambiguous(live(&[Lit("live_"), Run(Bytes::ALNUM, 30, 128)])),
        ambiguous(test(&[Lit("test_"), Run(Bytes::ALNUM, 30, 128)])),
        ambiguous(any(&[Lit("access_"), Run(Bytes::ALNUM, 30, 128)])),
    ],
);

pub(super) static GOCARDLESS_ACCESS_TOKEN: Kind = Kind::secret(
    "gocardless-access-token",
    "GoCardless",
    "access token, `live_` or `sandbox_`",
    &[
        ambiguous(live(&[Lit("live_"), Run(Bytes::BASE64_URL, 40, 40)])),
        test(&[Lit("sandbox_"), Run(Bytes::BASE64_URL, 40, 40)]),
    ],
);

pub(super) static SQUARE_ACCESS_TOKEN: Kind = Kind::secret(
    "square-access-token",
    "Square",
    "access token, `EAAA` or `sq0atp-`; tells no mode",
    &[
        any(&[Lit("EAAA"), Run(Bytes::BASE64_URL, 60, 60)]),
        any(&[Lit("sq0atp-"), Run(Bytes::BASE64_URL, 22, 22)]),
    ],
);

pub(super) static SQUARE_APPLICATION_ID: Kind = Kind::public(
    "square-application-id",
    "Square",
    "application id, `sq0idp-`, in the sandbox `sandbox-sq0idb-`",
    &[
        ambiguous(live(&[Lit("sq0idp-"), Run(Bytes::BASE64_URL, 22, 22)])),
        ambiguous(test(&[Lit("sandbox-sq0idb-"), Run(Bytes::BASE64_URL, 22, 22)])),
    ],
)
.paired("square");

pub(super) static SQUARE_APPLICATION_SECRET: Kind = Kind::secret(
    "square-application-secret",
    "Square",
    "application secret, `sq0csp-`, in the sandbox `sandbox-sq0csb-`",
    &[
        live(&[Lit("sq0csp-"), Run(Bytes::BASE64_URL, 43, 43)]),
        test(&[Lit("sandbox-sq0csb-"), Run(Bytes::BASE64_URL, 43, 43)]),
    ],
)
.paired("square");

pub(super) static PAYPAL_CLIENT_ID: Kind = Kind::public(
    "paypal-client-id",
    "PayPal",
    "REST client id, 80 characters from `A`; the host tells the mode, not the id",
    &[ambiguous(any(&[Lit("A"), Run(Bytes::BASE64_URL, 79, 79)]))],
);

pub(super) static PAYPAL_CLIENT_SECRET: Kind = Kind::secret(
    "paypal-client-secret",
    "PayPal",
    "REST client secret, 80 characters from `E`; the host tells the mode, not the secret",
    &[ambiguous(any(&[Lit("E"), Run(Bytes::BASE64_URL, 79, 79)]))],
);

pub(super) static ADYEN_API_KEY: Kind = Kind::secret(
    "adyen-api-key",
    "Adyen",
    "API key, `AQE` and three parts joined by `-`; tells no mode",
    &[ambiguous(any(&[
        Lit("AQE"),
        Run(Bytes::BASE64_PADDED, 40, 200),
        Lit("-"),
        Run(Bytes::BASE64_PADDED, 20, 100),
        Lit("-"),
        Run(Bytes::VISIBLE, 8, 64),
    ]))],
);

pub(super) static ADYEN_CLIENT_KEY: Kind = Kind::public(
    "adyen-client-key",
    "Adyen",
    "client key, `live_` or `test_` and 32 capitals and digits",
    &[
        ambiguous(live(&[Lit("live_"), Run(Bytes::UPPER_ALNUM, 32, 32)])),
        ambiguous(test(&[Lit("test_"), Run(Bytes::UPPER_ALNUM, 32, 32)])),
    ],
);

pub(super) static LEMON_SQUEEZY_API_KEY: Kind = Kind::secret(
    "lemon-squeezy-api-key",
    "Lemon Squeezy",
    "API key, a JSON Web Token signed with RS256; tells no mode",
    &[any(&[
        Lit("eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9."),
        Run(Bytes::BASE64_URL, 40, 2048),
        Lit("."),
        Run(Bytes::BASE64_URL, 200, 1024),
    ])],
);

pub(super) static PLAID_SECRET: Kind = Kind::secret(
    "plaid-secret",
    "Plaid",
    "API secret, 30 hexadecimal digits; tells no mode",
    &[ambiguous(any(&[Run(Bytes::LOWER_HEX, 30, 30)]))],
);

pub(super) static PLAID_ACCESS_TOKEN: Kind = Kind::secret(
    "plaid-access-token",
    "Plaid",
    "access token of a linked account, `access-production-`, `access-sandbox-`, `access-development-`",
    &[
        live(&[
            Lit("access-production-"),
            Run(Bytes::LOWER_HEX, 8, 8),
            Lit("-"),
            Run(Bytes::HEX_DASH, 27, 27),
        ]),
        test(&[
            Lit("access-sandbox-"),
            Run(Bytes::LOWER_HEX, 8, 8),
            Lit("-"),
            Run(Bytes::HEX_DASH, 27, 27),
        ]),
        test(&[
            Lit("access-development-"),
            Run(Bytes::LOWER_HEX, 8, 8),
            Lit("-"),
            Run(Bytes::HEX_DASH, 27, 27),
        ]),
    ],
);

pub(super) static FLUTTERWAVE_SECRET_KEY: Kind = Kind::secret(
    "flutterwave-secret-key",
    "Flutterwave",
    "secret key, `FLWSECK-`, in the sandbox `FLWSECK_TEST-`",
    &[
        live(&[Lit("FLWSECK-"), Run(Bytes::ALNUM, 32, 64), Lit("-X")]),
        test(&[Lit("FLWSECK_TEST-"), Run(Bytes::ALNUM, 32, 64), Lit("-X")]),
    ],
)
.paired("flutterwave");

pub(super) static FLUTTERWAVE_PUBLIC_KEY: Kind = Kind::public(
    "flutterwave-public-key",
    "Flutterwave",
    "public key, `FLWPUBK-`, in the sandbox `FLWPUBK_TEST-`",
    &[
        ambiguous(live(&[Lit("FLWPUBK-"), Run(Bytes::ALNUM, 32, 64), Lit("-X")])),
        ambiguous(test(&[Lit("FLWPUBK_TEST-"), Run(Bytes::ALNUM, 32, 64), Lit("-X")])),
    ],
)
.paired("flutterwave");

pub(super) static PAYSTACK_SECRET_KEY: Kind = Kind::secret(
    "paystack-secret-key",
    "Paystack",
    "secret key, `sk_live_` or `sk_test_` and 40 hexadecimal digits",
    &[
        live(&[Lit("sk_live_"), Run(Bytes::LOWER_HEX, 40, 40)]),
        test(&[Lit("sk_test_"), Run(Bytes::LOWER_HEX, 40, 40)]),
    ],
)
.paired("paystack");

pub(super) static PAYSTACK_PUBLIC_KEY: Kind = Kind::public(
    "paystack-public-key",
    "Paystack",
    "public key, `pk_live_` or `pk_test_` and 40 hexadecimal digits",
    &[
        ambiguous(live(&[Lit("pk_live_"), Run(Bytes::LOWER_HEX, 40, 40)])),
        ambiguous(test(&[Lit("pk_test_"), Run(Bytes::LOWER_HEX, 40, 40)])),
    ],
)
.paired("paystack");

pub(super) static LOB_API_KEY: Kind = Kind::secret(
    "lob-api-key",
    "Lob",
    "API key, `live_` or `test_` and 35 hexadecimal digits",
    &[
        ambiguous(live(&[Lit("live_"), Run(Bytes::LOWER_HEX, 35, 35)])),
        ambiguous(test(&[Lit("test_"), Run(Bytes::LOWER_HEX, 35, 35)])),
    ],
);

pub(super) static DUFFEL_ACCESS_TOKEN: Kind = Kind::secret(
    "duffel-access-token",
    "Duffel",
    "access token, `duffel_live_` or `duffel_test_`",
    &[
        live(&[Lit("duffel_live_"), Run(Bytes::BASE64_URL, 43, 43)]),
        test(&[Lit("duffel_test_"), Run(Bytes::BASE64_URL, 43, 43)]),
    ],
);

pub(super) static EASYPOST_API_KEY: Kind = Kind::secret(
    "easypost-api-key",
    "EasyPost",
    "API key, `EZAK`, in the sandbox `EZTK`",
    &[
        live(&[Lit("EZAK"), Run(Bytes::ALNUM, 54, 54)]),
        test(&[Lit("EZTK"), Run(Bytes::ALNUM, 54, 54)]),
    ],
);

pub(super) static SHIPPO_API_TOKEN: Kind = Kind::secret(
    "shippo-api-token",
    "Shippo",
    "API token, `shippo_live_` or `shippo_test_`",
    &[
        live(&[Lit("shippo_live_"), Run(Bytes::LOWER_HEX, 40, 40)]),
        test(&[Lit("shippo_test_"), Run(Bytes::LOWER_HEX, 40, 40)]),
    ],
);
