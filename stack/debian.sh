# shellcheck shell=bash
# Another release of Debian in a folder, for servers that this machine's release has not. Installs nothing on the machine.

debian_of() { echo "$STACK_LIB/debian-$1"; }

# What a server of such a release needs of the machine.
debian_packages() {
  echo unshare util-linux
  echo wget wget
}

# The version of a package in it: version_in_debian SUITE PACKAGE
version_in_debian() {
  dpkg-query --admindir="$(debian_of "$1")/var/lib/dpkg" -W -f '${Version}' "$2" 2>/dev/null |
    sed -e 's/^[0-9]*://' -e 's/[-+].*//' || :
}

# Makes it where it is missing, and installs a package in it: make_debian SUITE PACKAGE
make_debian() {
  local suite=$1 package=$2 debian log=$STACK_LIB/debian-$1.log
  debian=$(debian_of "$suite")
  [ ! -e "$debian/has-$package" ] || return 0
  [ "$(id -u)" = 0 ] || fail "only root can make a Debian $suite in a folder, and start a server in it"
  (
    flock 8
    [ ! -e "$debian/has-$package" ] || exit 0
    if [ ! -e "$debian/usr/sbin/policy-rc.d" ]; then
      say "$suite" "making a Debian in $debian"
      bootstrap "$suite" "$debian.part" >"$log" 2>&1 8>&- || { tail -n 20 "$log" >&2; fail "no Debian $suite; see $log"; }
      rm -rf "$debian"
      mv "$debian.part" "$debian"
    fi
    say "$suite" "installing $package"
    {
      export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 &&
        "$STACK_HOME/in-debian" "$debian" "$STACK_DIR" apt-get update &&
        "$STACK_HOME/in-debian" "$debian" "$STACK_DIR" apt-get install -y --no-install-recommends "$package" &&
        "$STACK_HOME/in-debian" "$debian" "$STACK_DIR" apt-get clean
    } >>"$log" 2>&1 8>&- || { tail -n 20 "$log" >&2; fail "$package could not be installed in $debian; see $log"; }
    touch "$debian/has-$package"
  ) 8>"$STACK_LIB/lock"
}

# A minimal Debian with the packages' own sources: bootstrap SUITE FOLDER
bootstrap() (
  suite=$1 folder=$2
  packages="debootstrap debian-archive-keyring"
  tools=$(mktemp -d) || exit
  trap 'rm -rf "$tools"' EXIT
  cd "$tools" || exit
  # shellcheck disable=SC2086
  apt-get download $packages || { apt-get update && apt-get download $packages; } || exit
  for package in *.deb; do dpkg -x "$package" . || exit; done
  # Wherever this machine's own packages come from.
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Label: Debian' | sed -n 1p)
  rm -rf "$folder"
  DEBOOTSTRAP_DIR=$tools/usr/share/debootstrap usr/sbin/debootstrap --variant=minbase \
    --keyring="$tools/usr/share/keyrings/debian-archive-keyring.gpg" "$suite" "$folder" "$mirror" || exit
  # A mirror may be some days behind.
  echo 'Acquire::Check-Valid-Until "false";' >"$folder/etc/apt/apt.conf.d/99stack"
  [ -e "$folder/etc/hosts" ] || echo 127.0.0.1 localhost >"$folder/etc/hosts"
  # No service starts by itself in it.
  printf '#!/bin/sh\nexit 101\n' >"$folder/usr/sbin/policy-rc.d"
  chmod +x "$folder/usr/sbin/policy-rc.d"
)
