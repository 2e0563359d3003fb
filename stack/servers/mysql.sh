# shellcheck shell=bash
# MariaDB, from the Debian package, in the place of MySQL.

mysql_url() { echo "$REVAL_MYSQL_URL"; }

mysql_packages() {
  echo mariadbd mariadb-server
  echo openssl openssl
}

mysql_install() { PATH="$PATH:/usr/sbin" make_certificate; }

mysql_version() { echo "MariaDB $(PATH="$PATH:/usr/sbin" mariadbd --version 2>/dev/null | sed 's/.*Ver \([0-9.]*\).*/\1/')"; }

# What its programs are called with, and their names.
MYSQL_IN=()
MYSQL_SERVER=mariadbd
MYSQL_CLIENT=mariadb
MYSQL_OPTIONS=(--innodb-log-file-size=128M)
[ "$(id -u)" != 0 ] || MYSQL_OPTIONS+=(--user=root)

mysql_new() {
  "${MYSQL_IN[@]}" mariadb-install-db --no-defaults "${MYSQL_OPTIONS[@]}" --datadir="$PWD/data" \
    --auth-root-authentication-method=socket --skip-test-db --skip-name-resolve
}

mysql_launch() {
  PATH="$PATH:/usr/sbin"
  [ -d data/mysql ] || {
    rm -rf data # what a first start that was cut off left
    mysql_new
  }
  sed -e "s:@USER@:$REVAL_MYSQL_USER:g" -e "s:@PASSWORD@:$REVAL_MYSQL_PASSWORD:g" "$STACK_HOME/mysql/users.sql" >users.sql
  exec "${MYSQL_IN[@]}" "$MYSQL_SERVER" --no-defaults "${MYSQL_OPTIONS[@]}" --datadir="$PWD/data" --init-file="$PWD/users.sql" \
    --bind-address=127.0.0.1 --port="$(port_of mysql)" --socket="$PWD/socket" --pid-file="$PWD/server.pid" \
    --skip-name-resolve --skip-log-bin --character-set-server=utf8mb4 \
    --innodb-buffer-pool-size=256M --max-allowed-packet=64M --max-connections=300 \
    --ssl-ca="$STACK_DIR/tls/ca.pem" --ssl-cert="$STACK_DIR/tls/cert.pem" --ssl-key="$STACK_DIR/tls/key.pem"
}

mysql_answers() {
  MYSQL_PWD=$REVAL_MYSQL_PASSWORD "${MYSQL_IN[@]}" "$MYSQL_CLIENT" --no-defaults --protocol=tcp --host=127.0.0.1 \
    --port="$(port_of mysql)" --user="$REVAL_MYSQL_USER" --connect-timeout=5 --execute='select 1' tcs >/dev/null 2>&1
}
