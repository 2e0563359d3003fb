# shellcheck shell=bash
# FerretDB 2, in the place of MongoDB, over PostgreSQL with the DocumentDB extension, of Debian sid in a folder. What it
# keeps is in PostgreSQL, which is started before it and stopped after it.

FERRETDB_VERSION=v2.7.0
FERRETDB=$STACK_LIB/ferretdb-$FERRETDB_VERSION
FERRETDB_PACKAGE=postgresql-18-documentdb

mongodb_packages() {
  debian_packages
  echo go golang-go
}

mongodb_install() {
  make_debian sid "$FERRETDB_PACKAGE"
  [ ! -x "$FERRETDB/ferretdb" ] || return 0
  (
    flock 8
    say mongodb "building FerretDB $FERRETDB_VERSION"
    GOBIN=$FERRETDB go install "github.com/FerretDB/FerretDB/v2/cmd/ferretdb@$FERRETDB_VERSION" \
      >"$FERRETDB.log" 2>&1 8>&- || { tail -n 20 "$FERRETDB.log" >&2; fail "no FerretDB; see $FERRETDB.log"; }
  ) 8>"$STACK_LIB/lock"
}

mongodb_version() { echo "FerretDB ${FERRETDB_VERSION#v} on DocumentDB $(version_in_debian sid "$FERRETDB_PACKAGE")"; }

postgres_port() { echo $(($(port_of mongodb) + 1)); }

# What PostgreSQL's programs are called with: it refuses to run as root.
IN_SID=("$STACK_HOME/in-debian" "$(debian_of sid)" "$STACK_DIR")
AS_POSTGRES=("${IN_SID[@]}" setpriv --reuid=postgres --regid=postgres --clear-groups)

mongodb_before() {
  local programs=/usr/lib/postgresql/18/bin begin
  begin=$(date +%s)
  living postgres.pid >/dev/null && return
  ! taken "$(postgres_port)" || fail "mongodb: somebody else listens on port $(postgres_port)"
  if [ ! -f postgres/PG_VERSION ]; then
    rm -rf postgres # what a first start that was cut off left
    "${IN_SID[@]}" install -d -o postgres -g postgres -m 700 "$PWD/postgres"
    # FerretDB comes without a password, and so does the extension, which connects to its own server.
    "${AS_POSTGRES[@]}" "$programs/initdb" -D "$PWD/postgres" -U ferret --auth=trust --encoding=UTF8 --locale=C.UTF-8 \
      >initdb.log 2>&1 || { tail -n 20 initdb.log >&2; fail "mongodb: no PostgreSQL; see $PWD/initdb.log"; }
    cat >>postgres/postgresql.conf <<CONF
listen_addresses = '127.0.0.1'
port = $(postgres_port)
unix_socket_directories = ''
shared_preload_libraries = 'pg_cron,pg_documentdb_core,pg_documentdb'
cron.database_name = 'postgres'
cron.host = '127.0.0.1'
shared_buffers = 256MB
jit = off
CONF
  fi
  detached postgres.pid postgres.log "${AS_POSTGRES[@]}" "$programs/postgres" -D "$PWD/postgres"
  until "${IN_SID[@]}" psql -h 127.0.0.1 -p "$(postgres_port)" -U ferret postgres \
    -c 'create extension if not exists documentdb cascade' >/dev/null 2>psql.log; do
    { living postgres.pid >/dev/null && [ "$(seconds_since "$begin")" -lt "$STACK_TIMEOUT" ]; } ||
      { tail -n 20 postgres.log psql.log >&2; fail "mongodb: PostgreSQL does not answer; see $PWD/postgres.log"; }
    sleep 0.2
  done
}

mongodb_after() { stop_process 30 "$(folder_of mongodb)/postgres.pid" >/dev/null; }

mongodb_launch() {
  # It asks nobody for a password, as mongo-java-server does not.
  export DO_NOT_TRACK=1 FERRETDB_TELEMETRY=disable
  exec "$FERRETDB/ferretdb" --postgresql-url="postgres://ferret@127.0.0.1:$(postgres_port)/postgres" \
    "--listen-addr=127.0.0.1:$(port_of mongodb)" --debug-addr=- "--state-dir=$PWD" --log-level=WARN --no-auth
}
