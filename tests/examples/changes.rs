//! Changes to the teams' files, one per line.

/// The team and the file, which is permitted; the variable that changes and its new
/// value; the rules that then refuse, none if it is still permitted.
pub(crate) type Row =
    (&'static str, &'static str, (&'static str, &'static str), &'static [&'static str]);

const BELONGS: &str = "database-belongs-to-environment";
const DOMAIN: &str = "domain-belongs-to-environment";
const LIST: &str = "variable-is-allowed";
const SET: &str = "variable-is-set";

#[rustfmt::skip] // one row, one line
pub(crate) const CHANGES: &[Row] = &[
    ("csar", "production", ("DB_HOST", "10.20.0.5"), &[]),
    ("csar", "production", ("DB_HOST", "localhost"), &[]),
    ("csar", "staging", ("DB_HOST", "10.20.0.5"), &[BELONGS, "database-connection-is-encrypted"]),
    ("csar", "staging", ("DB_DATABASE", "csar_production"), &[BELONGS, "database-is-not-production-like"]),
    ("csar", "staging", ("DB_USERNAME", "csar_user"), &[BELONGS]),
    ("csar", "production", ("DB_DATABASE", ""), &[SET]),
    ("csar", "production", ("DB_PORT", "3306 "), &["database-url-is-unambiguous"]),
    ("csar", "production", ("DB_CONNECTION", "pgsql"), &[LIST]),
    ("csar", "production", ("APP_DEBUG", "true"), &[LIST]),
    ("csar", "production", ("APP_ENV", "prod"), &[LIST]),
    ("csar", "production", ("APP_URL", "https://www.csar.sn"), &[]),
    ("csar", "production", ("APP_URL", "https://staging.csar.sn"), &[DOMAIN]),
    ("csar", "production", ("SMS_API_URL", "https://api.orange.com.evil.example/v1"), &[DOMAIN]),
    ("csar", "production", ("MAIL_HOST", "localhost"), &[DOMAIN]),
    ("csar", "production", ("REDIS_PASSWORD", "null"), &[SET]),
    ("csar", "local", ("SMS_API_KEY", "w8Kf2mQx7Zr4Tn9b"), &["variable-is-allowed-here"]),
    ("csar", "local", ("REDIS_PASSWORD", ""), &[]),
    ("ecotrajet", "developpement", ("ENVIRONNEMENT", "developpement"), &[LIST]),
    ("ecotrajet", "developpement", ("ENVIRONNEMENT", "DÉVELOPPEMENT"), &[LIST]),
    ("ecotrajet", "developpement", ("ENVIRONNEMENT", "de\u{301}veloppement"), &[LIST]),
    ("ecotrajet", "developpement", ("DATABASE_URL", "postgresql://postgres:postgres@127.0.0.1:54322/postgres"), &[]),
    ("ecotrajet", "staging", ("DATABASE_URL", "postgresql://postgres:postgres@127.0.0.1:54322/postgres"), &[BELONGS]),
    ("ecotrajet", "staging", ("DATABASE_URL", "postgresql://postgres.ecotrajetvraiinvente:p@aws-0-eu-west-3.pooler.supabase.com:6543/postgres?sslmode=require"), &[BELONGS]),
    ("ecotrajet", "staging", ("DATABASE_URL", "postgresql://postgres:p@aws-0-eu-west-3.pooler.supabase.com:6543/postgres?sslmode=require"), &[BELONGS]),
    ("ecotrajet", "staging", ("DIRECT_URL", "postgresql://postgres:p@db.ecotrajetvraiinvente.supabase.co:5432/postgres?sslmode=require"), &[BELONGS]),
    ("ecotrajet", "staging", ("DIRECT_URL", "postgresql://postgres.ecotrajetessaiinvent:p@aws-0-eu-west-3.pooler.supabase.com:6543/postgres?sslmode=require"), &[BELONGS]),
    ("ecotrajet", "staging", ("SUPABASE_URL", "https://ecotrajetvraiinvente.supabase.co"), &[DOMAIN]),
    ("maboussole", "production", ("DATABASE_URL", "mysql://maboussole_staging:p@127.0.0.1:3306/maboussole_staging"), &[BELONGS, "secret-is-strong"]),
    ("maboussole", "production", ("DATABASE_URL", "postgresql://maboussole:w8Kf2mQx7Zr4Tn9b@127.0.0.1/maboussole"), &["database-url-is-unambiguous"]),
    ("maboussole", "staging", ("SLACK_WEBHOOK_URL", "https://hooks.example/w8Kf2mQx7Zr4Tn9b"), &["secret-has-class"]),
    ("maboussole", "staging", ("APP_ENV", "local"), &[LIST]),
    ("deploiement", "PROD", ("DEBUG", "True"), &[LIST]),
    ("deploiement", "PROD", ("DEBUG", "false"), &[LIST]),
    ("deploiement", "DEV", ("DEBUG", "False"), &[]),
    ("deploiement", "PROD", ("DJANGO_ENV", "prod"), &[LIST]),
    ("deploiement", "PROD", ("DJANGO_SETTINGS_MODULE", "config.settings.dev"), &["variable-pair-is-allowed"]),
    ("deploiement", "PROD", ("ALLOWED_HOSTS", "projets.example,preprod.projets.example"), &[DOMAIN]),
    ("deploiement", "PROD", ("ALLOWED_HOSTS", "*"), &["variable-has-format"]),
    ("deploiement", "PREPROD", ("DATABASE_URL", "postgresql://projets:p@db-prod.projets.internal/projets_prod"), &[BELONGS, "database-is-not-production-like"]),
    ("deploiement", "TEST", ("EMAIL_HOST_PASSWORD", "w8Kf2mQx7Zr4Tn9b"), &["variable-is-allowed-here"]),
];
