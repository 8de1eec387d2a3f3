#!/bin/sh
# Makes Temporal's two databases and brings their schemas to this version. May run again at any time:
# create and setup-schema leave alone what is there.
set -eu

schemas=/etc/temporal/schema/postgresql/v12

prepare() {
  tool="temporal-sql-tool --plugin postgres12 --ep ${POSTGRES_SEEDS} -p ${DB_PORT} -u ${POSTGRES_USER} --db $1"
  $tool create
  $tool setup-schema -v 0.0
  $tool update-schema -d "${schemas}/$2/versioned"
}

prepare temporal temporal
prepare temporal_visibility visibility
