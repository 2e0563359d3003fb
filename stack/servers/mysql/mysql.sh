# shellcheck shell=bash disable=SC2034
# MySQL itself, of Debian sid in a folder.

MYSQL_IN=("$STACK_HOME/in-debian" "$(debian_of sid)" "$STACK_DIR")
MYSQL_SERVER=mysqld
MYSQL_CLIENT=mysql
MYSQL_OPTIONS=(--user=root --mysqlx=OFF --innodb-redo-log-capacity=256M)

mysql_packages() {
  debian_packages
  echo openssl openssl
}

mysql_install() {
  PATH="$PATH:/usr/sbin" make_certificate
  make_debian sid mysql-server
}

mysql_version() { echo "MySQL $(version_in_debian sid mysql-server)"; }

mysql_new() { "${MYSQL_IN[@]}" mysqld --no-defaults --user=root --initialize-insecure --datadir="$PWD/data"; }
