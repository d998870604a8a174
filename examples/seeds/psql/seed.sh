#!/bin/sh
# guard-cli seed -- sh examples/seeds/psql/seed.sh
#
# The assertion goes through a file, so that `set -e` sees when there is none:
# a pipe or `<(…)` would go on without it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
assertion=$(mktemp)
trap 'rm -f "$assertion"' EXIT

guard-cli sql assert > "$assertion"
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --single-transaction \
    --file="$assertion" --file="$here/seed.sql" "$DATABASE_URL"
