//! Those who run machines, stores and databases.

use crate::secret::kind::{Kind, ambiguous, any};
use crate::secret::shape::Bytes;
use crate::secret::shape::Piece::{Jwt, Lit, Object, OneOf, Run};

pub(super) static AWS_ACCESS_KEY_ID: Kind = Kind::secret(
    "aws-access-key-id",
    "AWS",
    "access key id, `AKIA`, `ASIA`, `ABIA`, `ACCA`; names the account, tells no mode",
    &[
        any(&[Lit("AKIA"), Run(Bytes::BASE32, 16, 16)]),
        any(&[Lit("ASIA"), Run(Bytes::BASE32, 16, 16)]),
        any(&[Lit("ABIA"), Run(Bytes::BASE32, 16, 16)]),
        any(&[Lit("ACCA"), Run(Bytes::BASE32, 16, 16)]),
    ],
);

pub(super) static AWS_SECRET_ACCESS_KEY: Kind = Kind::secret(
    "aws-secret-access-key",
    "AWS",
    "secret access key, 40 characters of base64",
    &[ambiguous(any(&[Run(Bytes::BASE64, 40, 40)]))],
);

pub(super) static GCP_SERVICE_ACCOUNT: Kind = Kind::secret(
    "gcp-service-account",
    "Google Cloud",
    "service account file: JSON with a private key, as it is or in base64",
    &[
        any(&[Object(&["\"type\":\"service_account\"", "\"private_key\":\"-----BEGIN"])]),
        any(&[
            Lit("ewogICJ0eXBlIjogInNlcnZpY2VfYWNjb3VudCIs"),
            Run(Bytes::BASE64, 400, 16_384),
            Run(Bytes::PADDING, 0, 2),
        ]),
        any(&[
            Lit("eyJ0eXBlIjoic2VydmljZV9hY2NvdW50Iiwi"),
            Run(Bytes::BASE64, 400, 16_384),
            Run(Bytes::PADDING, 0, 2),
        ]),
    ],
);

pub(super) static GOOGLE_API_KEY: Kind = Kind::secret(
    "google-api-key",
    "Google",
    "API key, `AIza`, or `AQ.Ab8` for Gemini",
    &[
        any(&[Lit("AIza"), Run(Bytes::BASE64_URL, 35, 35)]),
        any(&[Lit("AQ.Ab8RN6"), Run(Bytes::BASE64_URL, 30, 100)]),
    ],
);

pub(super) static GOOGLE_OAUTH_CLIENT_SECRET: Kind = Kind::secret(
    "google-oauth-client-secret",
    "Google",
    "OAuth client secret, `GOCSPX-`",
    &[any(&[Lit("GOCSPX-"), Run(Bytes::BASE64_URL, 28, 28)])],
);

pub(super) static AZURE_STORAGE_KEY: Kind = Kind::secret(
    "azure-storage-key",
    "Azure",
    "storage account key, 88 characters of base64, or the connection string that holds it",
    &[
        ambiguous(any(&[Run(Bytes::BASE64, 86, 86), Lit("==")])),
        any(&[
            Lit("DefaultEndpointsProtocol=https;AccountName="),
            Run(Bytes::LOWER_ALNUM, 3, 24),
            Lit(";AccountKey="),
            Run(Bytes::BASE64, 86, 86),
            Lit("=="),
        ]),
        any(&[
            Lit("DefaultEndpointsProtocol=https;AccountName="),
            Run(Bytes::LOWER_ALNUM, 3, 24),
            Lit(";AccountKey="),
            Run(Bytes::BASE64, 86, 86),
            Lit("==;"),
            Run(Bytes::VISIBLE, 8, 400),
        ]),
    ],
);

pub(super) static AZURE_CLIENT_SECRET: Kind = Kind::secret(
    "azure-client-secret",
    "Azure",
    "secret of an application registration, with a digit and `Q~` from the fourth character",
    &[ambiguous(any(&[
        Run(Bytes::UNRESERVED, 3, 3),
        Run(Bytes::DIGIT, 1, 1),
        Lit("Q~"),
        Run(Bytes::UNRESERVED, 31, 34),
    ]))],
);

pub(super) static NEON_API_KEY: Kind = Kind::secret(
    "neon-api-key",
    "Neon",
    "API key, `napi_`",
    &[any(&[Lit("napi_"), Run(Bytes::LOWER_ALNUM, 64, 64)])],
);

pub(super) static NEON_ROLE_PASSWORD: Kind = Kind::secret(
    "neon-role-password",
    "Neon",
    "password of a database role, `npg_`; the host tells the branch",
    &[any(&[Lit("npg_"), Run(Bytes::ALNUM, 12, 32)])],
);

pub(super) static SUPABASE_SECRET_KEY: Kind = Kind::secret(
    "supabase-secret-key",
    "Supabase",
    "secret key, `sb_secret_`",
    &[any(&[Lit("sb_secret_"), Run(Bytes::BASE64_URL, 31, 31)])],
);

pub(super) static SUPABASE_PUBLISHABLE_KEY: Kind = Kind::public(
    "supabase-publishable-key",
    "Supabase",
    "publishable key, `sb_publishable_`",
    &[ambiguous(any(&[Lit("sb_publishable_"), Run(Bytes::BASE64_URL, 31, 31)]))],
);

pub(super) static SUPABASE_SERVICE_KEY: Kind = Kind::secret(
    "supabase-service-key",
    "Supabase",
    "legacy service key: a JSON Web Token with the role `service_role`",
    &[any(&[Jwt(&["\"role\":\"service_role\""])])],
);

pub(super) static SUPABASE_ANON_KEY: Kind = Kind::public(
    "supabase-anon-key",
    "Supabase",
    "legacy public key: a JSON Web Token with the role `anon`",
    &[ambiguous(any(&[Jwt(&["\"role\":\"anon\""])]))],
);

pub(super) static SUPABASE_ACCESS_TOKEN: Kind = Kind::secret(
    "supabase-access-token",
    "Supabase",
    "personal access token, `sbp_`",
    &[
        any(&[Lit("sbp_"), Run(Bytes::LOWER_HEX, 40, 40)]),
        any(&[Lit("sbp_v0_"), Run(Bytes::LOWER_HEX, 40, 40)]),
    ],
);

pub(super) static CLOUDFLARE_API_TOKEN: Kind = Kind::secret(
    "cloudflare-api-token",
    "Cloudflare",
    "API token, 40 characters",
    &[ambiguous(any(&[Run(Bytes::BASE64_URL, 40, 40)]))],
);

pub(super) static CLOUDFLARE_ORIGIN_CA_KEY: Kind = Kind::secret(
    "cloudflare-origin-ca-key",
    "Cloudflare",
    "origin CA key, `v1.0-`",
    &[any(&[
        Lit("v1.0-"),
        Run(Bytes::LOWER_HEX, 24, 24),
        Lit("-"),
        Run(Bytes::LOWER_HEX, 146, 146),
    ])],
);

pub(super) static DIGITALOCEAN_TOKEN: Kind = Kind::secret(
    "digitalocean-token",
    "DigitalOcean",
    "access token, `dop_v1_`, `doo_v1_`, `dor_v1_`",
    &[any(&[Lit("do"), OneOf("opr"), Lit("_v1_"), Run(Bytes::LOWER_HEX, 64, 64)])],
);

pub(super) static VERCEL_TOKEN: Kind = Kind::secret(
    "vercel-token",
    "Vercel",
    "access token, `vcp_`, `vca_`, `vci_`, `vcr_`, `vck_`",
    &[any(&[Lit("vc"), OneOf("pairk"), Lit("_"), Run(Bytes::BASE64_URL, 56, 56)])],
);
