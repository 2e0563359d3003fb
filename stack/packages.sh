# shellcheck shell=bash
# What the servers need from Debian and from Maven.

# Installs the packages of these servers whose command is missing. The services the packages bring are kept from
# starting, now and after a boot: the stack starts processes of its own.
install_packages() {
  local server command package missing=""
  for server in "$@"; do
    while read -r command package; do
      PATH="$PATH:/usr/sbin:/usr/lib/rabbitmq/bin" command -v "$command" >/dev/null && continue
      case " $missing " in *" $package "*) ;; *) missing="$missing $package" ;; esac
    done < <("${server}_packages")
  done
  [ -n "$missing" ] || return 0

  [ "$(id -u)" = 0 ] || fail "missing packages, to be installed as root: apt-get install$missing"
  command -v apt-get >/dev/null || fail "missing, and this is no Debian:$missing"
  say packages "installing$missing"
  local log="$STACK_DIR/packages.log"
  (
    # A service is only started when this program, if there is one, allows it.
    if [ ! -e /usr/sbin/policy-rc.d ]; then
      trap 'rm -f /usr/sbin/policy-rc.d' EXIT
      printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
      chmod +x /usr/sbin/policy-rc.d
    fi
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086
    { apt-get update && apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1
  ) || { tail -n 20 "$log" >&2; fail "packages could not be installed; see $log"; }
  # Nor after the next boot.
  for package in $missing; do
    case $package in
      rabbitmq-server) forget_services "$log" rabbitmq-server epmd ;;
      mariadb-server) forget_services "$log" mariadb ;;
    esac
  done
}

# Whichever init there is; a service it does not know needs no forgetting.
forget_services() {
  local log=$1 service
  shift
  for service in "$@"; do
    if [ -e "/etc/init.d/$service" ]; then
      update-rc.d "$service" disable >>"$log" 2>&1 || say packages "the service $service stays enabled; see $log"
    fi
    find /etc/systemd/system -type l \( -name "$service.service" -o -name "$service.socket" \) -delete >>"$log" 2>&1 || :
  done
}

java_packages() {
  echo java openjdk-17-jdk-headless
  echo javac openjdk-17-jdk-headless
  echo mvn maven
}

# The folder with the jars (jars/) and classes (classes/) made of the pom.xml and the Java sources in a folder: jars_of
# SOURCE_FOLDER [VERSION]. Its name says what it was made of, so a changed pom.xml or source gets a new one, and running
# servers keep theirs. VERSION is another one than the pom.xml's own.
jars_of() {
  local source=$STACK_HOME/$1
  echo "$STACK_LIB/$1-${2:+$2-}$(find "$source" -name pom.xml -o -name '*.java' | LC_ALL=C sort | xargs cat | sha256sum | cut -c1-10)"
}

# Makes that folder where it is missing: make_jars SOURCE_FOLDER [VERSION], with the compiler JAVAC
make_jars() {
  local target made log=$STACK_LIB/$1.log
  target=$(jars_of "$@")
  [ ! -d "$target" ] || return 0
  (
    flock 8
    [ ! -d "$target" ] || return 0
    say "$1" "resolving jars"
    made=$target.part
    rm -rf "$made"
    mkdir -p "$made/classes"
    {
      mvn -q -B -f "$STACK_HOME/$1/pom.xml" ${2:+"-Dserver.version=$2"} \
        org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies \
        -DincludeScope=runtime -DoutputDirectory="$made/jars" 8>&- &&
        find "$STACK_HOME/$1" -name '*.java' -exec \
          "${JAVAC:-javac}" -proc:none -nowarn -cp "$made/jars/*" -d "$made/classes" {} +
    } >"$log" 2>&1 || { tail -n 20 "$log" >&2; fail "$1: no jars; see $log"; }
    mv "$made" "$target"
  ) 8>"$STACK_LIB/lock"
}

# The version in a pom.xml.
version_in_pom() { sed -n 's:.*<server.version>\(.*\)</server.version>.*:\1:p' "$STACK_HOME/$1/pom.xml"; }
