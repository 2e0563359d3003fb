# shellcheck shell=bash disable=SC2034
# A newer MariaDB, of Debian trixie in a folder.

mysql_packages() {
  debian_packages
  echo openssl openssl
}

MYSQL_IN=("$STACK_HOME/in-debian" "$(debian_of trixie)" "$STACK_DIR")

mysql_install() {
  PATH="$PATH:/usr/sbin" make_certificate
  make_debian trixie mariadb-server
}

mysql_version() { echo "MariaDB $(version_in_debian trixie mariadb-server)"; }
