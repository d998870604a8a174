//! Those who keep code and packages.

use crate::secret::kind::{Kind, any};
use crate::secret::shape::Bytes;
use crate::secret::shape::Piece::{Jwt, Lit, OneOf, Run};

pub(super) static GITHUB_TOKEN: Kind = Kind::secret(
    "github-token",
    "GitHub",
    "personal, application, refresh or installation token, `gh?_` and `github_pat_`",
    &[
        any(&[Lit("gh"), OneOf("pousr"), Lit("_"), Run(Bytes::ALNUM, 36, 36)]),
        any(&[Lit("github_pat_"), Run(Bytes::ALNUM, 22, 22), Lit("_"), Run(Bytes::ALNUM, 59, 59)]),
        any(&[Lit("ghs_"), Run(Bytes::DIGIT, 1, 12), Lit("_"), Jwt(&[])]),
    ],
);

pub(super) static GITLAB_TOKEN: Kind = Kind::secret(
    "gitlab-token",
    "GitLab",
    "personal, project, runner, trigger, deploy or feed token, `gl…-`",
    &[
        any(&[Lit("glpat-"), Run(Bytes::BASE64_URL, 20, 20)]),
        any(&[
            Lit("glpat-"),
            Run(Bytes::BASE64_URL, 27, 300),
            Lit("."),
            Run(Bytes::LOWER_ALNUM, 2, 2),
            Lit("."),
            Run(Bytes::LOWER_ALNUM, 7, 9),
        ]),
        any(&[Lit("glptt-"), Run(Bytes::LOWER_HEX, 40, 40)]),
        any(&[Lit("glrt-"), Run(Bytes::BASE64_URL.or(Bytes::HOST), 20, 300)]),
        any(&[Lit("gldt-"), Run(Bytes::BASE64_URL, 20, 20)]),
        any(&[Lit("glft-"), Run(Bytes::BASE64_URL, 20, 20)]),
        any(&[Lit("glsoat-"), Run(Bytes::BASE64_URL, 20, 20)]),
        any(&[Lit("glcbt-"), Run(Bytes::BASE64_URL, 20, 100)]),
        any(&[Lit("glagent-"), Run(Bytes::BASE64_URL, 50, 50)]),
    ],
);

pub(super) static NPM_TOKEN: Kind = Kind::secret(
    "npm-token",
    "npm",
    "access token, `npm_`",
    &[any(&[Lit("npm_"), Run(Bytes::ALNUM, 36, 36)])],
);

pub(super) static PYPI_TOKEN: Kind = Kind::secret(
    "pypi-token",
    "PyPI",
    "upload token, `pypi-`",
    &[any(&[Lit("pypi-AgEIcHlwaS5vcmc"), Run(Bytes::BASE64_URL, 50, 500)])],
);

pub(super) static CRATES_IO_TOKEN: Kind = Kind::secret(
    "crates-io-token",
    "crates.io",
    "API token, `cio`",
    &[any(&[Lit("cio"), Run(Bytes::ALNUM, 32, 32)])],
);

pub(super) static RUBYGEMS_API_KEY: Kind = Kind::secret(
    "rubygems-api-key",
    "RubyGems",
    "API key, `rubygems_`",
    &[any(&[Lit("rubygems_"), Run(Bytes::LOWER_HEX, 48, 48)])],
);

pub(super) static DOCKER_TOKEN: Kind = Kind::secret(
    "docker-token",
    "Docker",
    "personal access token, `dckr_pat_`",
    &[any(&[Lit("dckr_pat_"), Run(Bytes::BASE64_URL, 27, 27)])],
);
