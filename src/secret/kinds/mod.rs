//! The table of kinds: one file per trade, one line per form.
//!
//! A new kind is written in the file of its trade and named in [`ALL`]; if
//! nothing else has its form, also in [`starting_with`]. Tests hold both.

mod cloud;
mod code;
mod home;
mod message;
mod payment;
mod platform;

use super::kind::Kind;
use cloud::*;
use code::*;
use home::*;
use message::*;
use payment::*;
use platform::*;

/// Every kind, sorted by id.
pub(super) const ALL: &[&Kind] = &[
    &ADYEN_API_KEY,
    &ADYEN_CLIENT_KEY,
    &ANTHROPIC_API_KEY,
    &AWS_ACCESS_KEY_ID,
    &AWS_SECRET_ACCESS_KEY,
    &AZURE_CLIENT_SECRET,
    &AZURE_STORAGE_KEY,
    &BREVO_API_KEY,
    &BREVO_SMTP_KEY,
    &CLERK_PUBLISHABLE_KEY,
    &CLERK_SECRET_KEY,
    &CLERK_WEBHOOK_SECRET,
    &CLOUDFLARE_API_TOKEN,
    &CLOUDFLARE_ORIGIN_CA_KEY,
    &CRATES_IO_TOKEN,
    &DIGITALOCEAN_TOKEN,
    &DJANGO_SECRET_KEY,
    &DOCKER_TOKEN,
    &DUFFEL_ACCESS_TOKEN,
    &EASYPOST_API_KEY,
    &FLUTTERWAVE_PUBLIC_KEY,
    &FLUTTERWAVE_SECRET_KEY,
    &GCP_SERVICE_ACCOUNT,
    &GITHUB_TOKEN,
    &GITLAB_TOKEN,
    &GOCARDLESS_ACCESS_TOKEN,
    &GOOGLE_API_KEY,
    &GOOGLE_OAUTH_CLIENT_SECRET,
    &GRAFANA_SERVICE_TOKEN,
    &HUGGING_FACE_TOKEN,
    &JWT,
    &JWT_SECRET,
    &LARAVEL_APP_KEY,
    &LEMON_SQUEEZY_API_KEY,
    &LOB_API_KEY,
    &MAILGUN_API_KEY,
    &MOLLIE_API_KEY,
    &NEON_API_KEY,
    &NEON_ROLE_PASSWORD,
    &NPM_TOKEN,
    &OPENAI_API_KEY,
    &ORANGE_BASIC_CREDENTIAL,
    &PADDLE_API_KEY,
    &PADDLE_CLIENT_TOKEN,
    &PADDLE_WEBHOOK_SECRET,
    &PASSWORD,
    &PAYPAL_CLIENT_ID,
    &PAYPAL_CLIENT_SECRET,
    &PAYSTACK_PUBLIC_KEY,
    &PAYSTACK_SECRET_KEY,
    &PEM_PRIVATE_KEY,
    &PLAID_ACCESS_TOKEN,
    &PLAID_SECRET,
    &POSTMARK_SERVER_TOKEN,
    &PUSHER_APP_ID,
    &PUSHER_APP_KEY,
    &PUSHER_APP_SECRET,
    &PYPI_TOKEN,
    &RAILS_SECRET_KEY_BASE,
    &RANDOM,
    &RESEND_API_KEY,
    &RUBYGEMS_API_KEY,
    &SENDGRID_API_KEY,
    &SENTRY_AUTH_TOKEN,
    &SENTRY_DSN,
    &SHIPPO_API_TOKEN,
    &SHOPIFY_TOKEN,
    &SLACK_TOKEN,
    &SLACK_WEBHOOK_URL,
    &SQUARE_ACCESS_TOKEN,
    &SQUARE_APPLICATION_ID,
    &SQUARE_APPLICATION_SECRET,
    &STRIPE_PUBLISHABLE_KEY,
    &STRIPE_RESTRICTED_KEY,
    &STRIPE_SECRET_KEY,
    &STRIPE_WEBHOOK_SECRET,
    &SUPABASE_ACCESS_TOKEN,
    &SUPABASE_ANON_KEY,
    &SUPABASE_PUBLISHABLE_KEY,
    &SUPABASE_SECRET_KEY,
    &SUPABASE_SERVICE_KEY,
    &TWILIO_ACCOUNT_SID,
    &TWILIO_API_KEY,
    &TWILIO_AUTH_TOKEN,
    &VERCEL_TOKEN,
];

/// The kinds with an unmistakable form that may start with this byte, best
/// known first.
pub(super) fn starting_with(first: u8) -> &'static [&'static Kind] {
    match first {
        b'-' => const { &[&PEM_PRIVATE_KEY] },
        b'A' => const { &[&AWS_ACCESS_KEY_ID, &GOOGLE_API_KEY] },
        b'B' => const { &[&ORANGE_BASIC_CREDENTIAL] },
        b'D' => const { &[&AZURE_STORAGE_KEY] },
        b'E' => const { &[&EASYPOST_API_KEY, &SQUARE_ACCESS_TOKEN] },
        b'F' => const { &[&FLUTTERWAVE_SECRET_KEY] },
        b'G' => const { &[&GOOGLE_OAUTH_CLIENT_SECRET] },
        b'S' => const { &[&SENDGRID_API_KEY, &TWILIO_API_KEY] },
        b'a' => const { &[&PLAID_ACCESS_TOKEN] },
        b'b' => const { &[&LARAVEL_APP_KEY] },
        b'c' => const { &[&CRATES_IO_TOKEN] },
        b'd' => const { &[&DIGITALOCEAN_TOKEN, &DOCKER_TOKEN, &DUFFEL_ACCESS_TOKEN] },
        b'e' => const { &[&GCP_SERVICE_ACCOUNT, &LEMON_SQUEEZY_API_KEY, &SUPABASE_SERVICE_KEY] },
        b'g' => const { &[&GITHUB_TOKEN, &GITLAB_TOKEN, &GRAFANA_SERVICE_TOKEN] },
        b'h' => const { &[&HUGGING_FACE_TOKEN, &SLACK_WEBHOOK_URL] },
        b'k' => const { &[&MAILGUN_API_KEY] },
        b'n' => const { &[&NEON_API_KEY, &NEON_ROLE_PASSWORD, &NPM_TOKEN] },
        b'p' => const { &[&PADDLE_API_KEY, &PADDLE_WEBHOOK_SECRET, &PYPI_TOKEN] },
        b'r' => const { &[&STRIPE_RESTRICTED_KEY, &RESEND_API_KEY, &RUBYGEMS_API_KEY] },
        b's' => {
            const {
                &[
                    &STRIPE_SECRET_KEY,
                    &ANTHROPIC_API_KEY,
                    &GOCARDLESS_ACCESS_TOKEN,
                    &OPENAI_API_KEY,
                    &SENTRY_AUTH_TOKEN,
                    &SHIPPO_API_TOKEN,
                    &SHOPIFY_TOKEN,
                    &SQUARE_ACCESS_TOKEN,
                    &SQUARE_APPLICATION_SECRET,
                    &SUPABASE_ACCESS_TOKEN,
                    &SUPABASE_SECRET_KEY,
                ]
            }
        }
        b'v' => const { &[&CLOUDFLARE_ORIGIN_CA_KEY, &VERCEL_TOKEN] },
        b'w' => const { &[&STRIPE_WEBHOOK_SECRET] },
        b'x' => const { &[&BREVO_API_KEY, &BREVO_SMTP_KEY, &SLACK_TOKEN] },
        b'{' => const { &[&GCP_SERVICE_ACCOUNT] },
        _ => &[],
    }
}
