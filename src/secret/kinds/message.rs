//! Those who carry messages: mail, telephone, chat, sockets.

use crate::secret::kind::{Kind, ambiguous, any, test};
use crate::secret::shape::Bytes;
use crate::secret::shape::Piece::{Lit, OneOf, Run};

pub(super) static SENDGRID_API_KEY: Kind = Kind::secret(
    "sendgrid-api-key",
    "SendGrid",
    "API key, `SG.` and two parts",
    &[any(&[Lit("SG."), Run(Bytes::BASE64_URL, 22, 22), Lit("."), Run(Bytes::BASE64_URL, 43, 43)])],
);

pub(super) static RESEND_API_KEY: Kind = Kind::secret(
    "resend-api-key",
    "Resend",
    "API key, `re_` and two parts",
    &[any(&[Lit("re_"), Run(Bytes::ALNUM, 8, 8), Lit("_"), Run(Bytes::ALNUM, 24, 24)])],
);

pub(super) static POSTMARK_SERVER_TOKEN: Kind = Kind::secret(
    "postmark-server-token",
    "Postmark",
    "server token, a UUID; `POSTMARK_API_TEST` sends nothing",
    &[
        ambiguous(test(&[Lit("POSTMARK_API_TEST")])),
        ambiguous(any(&[
            Run(Bytes::LOWER_HEX, 8, 8),
            Lit("-"),
            Run(Bytes::LOWER_HEX, 4, 4),
            Lit("-"),
            Run(Bytes::LOWER_HEX, 4, 4),
            Lit("-"),
            Run(Bytes::LOWER_HEX, 4, 4),
            Lit("-"),
            Run(Bytes::LOWER_HEX, 12, 12),
        ])),
    ],
);

pub(super) static MAILGUN_API_KEY: Kind = Kind::secret(
    "mailgun-api-key",
    "Mailgun",
    "API key; the sandbox is a domain, not a key",
    &[
        any(&[Lit("key-"), Run(Bytes::LOWER_HEX, 32, 32)]),
        ambiguous(any(&[
            Run(Bytes::LOWER_HEX, 32, 32),
            Lit("-"),
            Run(Bytes::LOWER_HEX, 8, 8),
            Lit("-"),
            Run(Bytes::LOWER_HEX, 8, 8),
        ])),
    ],
);

pub(super) static BREVO_API_KEY: Kind = Kind::secret(
    "brevo-api-key",
    "Brevo",
    "API key, `xkeysib-`",
    &[any(&[Lit("xkeysib-"), Run(Bytes::LOWER_HEX, 64, 64), Lit("-"), Run(Bytes::ALNUM, 16, 16)])],
);

pub(super) static BREVO_SMTP_KEY: Kind = Kind::secret(
    "brevo-smtp-key",
    "Brevo",
    "SMTP password, `xsmtpsib-`",
    &[any(&[Lit("xsmtpsib-"), Run(Bytes::LOWER_HEX, 64, 64), Lit("-"), Run(Bytes::ALNUM, 16, 16)])],
);

pub(super) static TWILIO_ACCOUNT_SID: Kind = Kind::public(
    "twilio-account-sid",
    "Twilio",
    "account id, `AC` and 32 hexadecimal digits; tells no mode",
    &[ambiguous(any(&[Lit("AC"), Run(Bytes::LOWER_HEX, 32, 32)]))],
);

pub(super) static TWILIO_AUTH_TOKEN: Kind = Kind::secret(
    "twilio-auth-token",
    "Twilio",
    "auth token, 32 hexadecimal digits; tells no mode",
    &[ambiguous(any(&[Run(Bytes::LOWER_HEX, 32, 32)]))],
);

pub(super) static TWILIO_API_KEY: Kind = Kind::secret(
    "twilio-api-key",
    "Twilio",
    "API key id, `SK` and 32 hexadecimal digits",
    &[any(&[Lit("SK"), Run(Bytes::LOWER_HEX, 32, 32)])],
);

pub(super) static SLACK_TOKEN: Kind = Kind::secret(
    "slack-token",
    "Slack",
    "bot, user, application or refresh token, `xox?-`, `xapp-`, `xoxe.`",
    &[
        any(&[Lit("xox"), OneOf("abeoprs"), Lit("-"), Run(Bytes::ALNUM_DASH, 20, 250)]),
        any(&[Lit("xapp-"), Run(Bytes::ALNUM_DASH, 20, 250)]),
        any(&[Lit("xoxe.xox"), OneOf("bp"), Lit("-"), Run(Bytes::ALNUM_DASH, 20, 400)]),
    ],
);

pub(super) static SLACK_WEBHOOK_URL: Kind = Kind::secret(
    "slack-webhook-url",
    "Slack",
    "incoming webhook: whoever knows the URL may post",
    &[any(&[
        Lit("https://hooks.slack.com/services/T"),
        Run(Bytes::UPPER_ALNUM, 8, 12),
        Lit("/B"),
        Run(Bytes::UPPER_ALNUM, 8, 12),
        Lit("/"),
        Run(Bytes::ALNUM, 23, 25),
    ])],
);

pub(super) static PUSHER_APP_ID: Kind = Kind::public(
    "pusher-app-id",
    "Pusher",
    "application id, a number",
    &[ambiguous(any(&[Run(Bytes::DIGIT, 4, 10)]))],
);

pub(super) static PUSHER_APP_KEY: Kind = Kind::public(
    "pusher-app-key",
    "Pusher",
    "application key, 20 hexadecimal digits; browsers see it",
    &[ambiguous(any(&[Run(Bytes::LOWER_HEX, 20, 20)]))],
);

pub(super) static PUSHER_APP_SECRET: Kind = Kind::secret(
    "pusher-app-secret",
    "Pusher",
    "application secret, 20 hexadecimal digits",
    &[ambiguous(any(&[Run(Bytes::LOWER_HEX, 20, 20)]))],
);

pub(super) static ORANGE_BASIC_CREDENTIAL: Kind = Kind::secret(
    "orange-basic-credential",
    "Orange",
    "client id and secret as an authorization header, `Basic ` and base64",
    &[any(&[Lit("Basic "), Run(Bytes::BASE64, 20, 400), Run(Bytes::PADDING, 0, 2)])],
);
