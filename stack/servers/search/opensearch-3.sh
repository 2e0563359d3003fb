# shellcheck shell=bash
# OpenSearch 3, on a Java of its own: JAVA_21_HOME, or the newest JDK from 21 on that this machine has.

search_packages() {
  echo mvn maven
  echo curl curl
}

search_install() {
  local home
  home=$(java_21_home)
  [ -n "$home" ] || fail "search: OpenSearch 3 needs a JDK from 21 on, and there is none in /usr/lib/jvm; JAVA_21_HOME may name one"
  JAVAC=$home/bin/javac make_jars opensearch3
}

java_21_home() {
  local compiler major
  [ -z "${JAVA_21_HOME:-}" ] || { echo "$JAVA_21_HOME"; return; }
  for compiler in /usr/lib/jvm/*/bin/javac; do
    major=$("$compiler" -version 2>&1 | sed 's/^javac \([0-9]*\).*/\1/')
    [ "$major" -ge 21 ] && echo "$major ${compiler%/bin/javac}"
  done 2>/dev/null | sort -n | tail -n 1 | cut -d ' ' -f 2
}

search_version() { echo "OpenSearch $(version_in_pom opensearch3)"; }

search_launch() { search_node "$(java_21_home)/bin/java" "$(jars_of opensearch3)" OpenSearch3Server; }
