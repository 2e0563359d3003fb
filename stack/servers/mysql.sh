# shellcheck shell=bash
# MariaDB, from the Debian package, in the place of MySQL.

mysql_url() { echo "$REVAL_MYSQL_URL"; }

mysql_packages() {
  echo mariadbd mariadb-server
  echo openssl openssl
}

mysql_install() { PATH="$PATH:/usr/sbin" make_certificate; }

mysql_version() { PATH="$PATH:/usr/sbin" mariadbd --version 2>/dev/null | sed 's/.*Ver \([0-9.]*\).*/\1/' || :; }

mysql_launch() {
  PATH="$PATH:/usr/sbin"
  local user=""
  [ "$(id -u)" != 0 ] || user=--user=root
  # shellcheck disable=SC2086
  [ -d data/mysql ] || {
    rm -rf data # what a first start that was cut off left
    mariadb-install-db --no-defaults $user --datadir="$PWD/data" --auth-root-authentication-method=socket \
      --skip-test-db --skip-name-resolve
  }
  sed -e "s:@USER@:$REVAL_MYSQL_USER:g" -e "s:@PASSWORD@:$REVAL_MYSQL_PASSWORD:g" "$STACK_HOME/mysql/users.sql" >users.sql
  # shellcheck disable=SC2086
  exec mariadbd --no-defaults $user --datadir="$PWD/data" --init-file="$PWD/users.sql" \
    --bind-address=127.0.0.1 --port="$(port_of mysql)" --socket="$PWD/socket" --pid-file="$PWD/mariadbd.pid" \
    --skip-name-resolve --skip-log-bin --character-set-server=utf8mb4 \
    --innodb-buffer-pool-size=256M --innodb-log-file-size=128M --max-allowed-packet=64M --max-connections=300 \
    --ssl-ca="$STACK_DIR/tls/ca.pem" --ssl-cert="$STACK_DIR/tls/cert.pem" --ssl-key="$STACK_DIR/tls/key.pem"
}

mysql_answers() {
  MYSQL_PWD=$REVAL_MYSQL_PASSWORD mariadb --no-defaults --protocol=tcp --host=127.0.0.1 --port="$(port_of mysql)" \
    --user="$REVAL_MYSQL_USER" --connect-timeout=5 --execute='select 1' tcs >/dev/null 2>&1
}
