# shellcheck shell=bash
# What the commands up, down, kill and status share. Each server is one file, servers/<name>.sh, with the functions below;
# servers/<name>/<kind>.sh redefines those that differ for another kind:
#   <name>_packages   prints "command package" for each Debian package it needs and the command that proves it is there
#   <name>_install    makes what it needs besides packages: jars, classes
#   <name>_launch     becomes the server: runs in its data folder, ends in exec
#   <name>_answers    succeeds when the server answers a question in its own protocol
#   <name>_url        prints its address
#   <name>_version    prints its version
# and, where a server has more processes than its own:
#   <name>_before     starts them, before <name>_launch
#   <name>_after      stops them, after the server ended

set -euo pipefail

STACK_HOME=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
STACK_DIR=${STACK_DIR:-$STACK_HOME/.data}
STACK_LIB=${STACK_LIB:-$STACK_HOME/.lib}
STACK_OFFSET=${STACK_OFFSET:-0}
STACK_TIMEOUT=${STACK_TIMEOUT:-120}
mkdir -p "$STACK_DIR" "$STACK_LIB"
STACK_DIR=$(cd "$STACK_DIR" && pwd)
STACK_LIB=$(cd "$STACK_LIB" && pwd)

# shellcheck source=env
. "$STACK_HOME/env"

for part in processes packages certificate debian; do
  # shellcheck source=/dev/null
  . "$STACK_HOME/$part.sh"
done

# Which of the servers that stack/env knows stands for this one.
kind_of() {
  local variable=STACK_${1^^}
  echo "${!variable:-}"
}

ALL_SERVERS="rabbitmq sqs mysql mongodb search"
# Started only by name. It is stopped with all others.
NAMED_SERVERS="toxiproxy"
for server in $ALL_SERVERS $NAMED_SERVERS; do
  # shellcheck source=/dev/null
  . "$STACK_HOME/servers/$server.sh"
  # What differs in another server that is to stand in its place.
  other=$STACK_HOME/servers/$server/$(kind_of "$server").sh
  # shellcheck source=/dev/null
  [ ! -f "$other" ] || . "$other"
done

say() { printf '%-9s %s\n' "$1" "$2"; }

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

# The servers named in the arguments, all when there are none.
chosen() {
  local name
  [ $# -gt 0 ] || { echo "$ALL_SERVERS"; return; }
  for name in "$@"; do
    case " $ALL_SERVERS $NAMED_SERVERS " in
      *" $name "*) ;;
      *) fail "no server '$name'; there are: $ALL_SERVERS $NAMED_SERVERS" ;;
    esac
  done
  echo "$@"
}

# Each kind has its own; the one that stack/env takes by itself has the server's name.
folder_of() {
  if [ -f "$STACK_HOME/servers/$1/$(kind_of "$1").sh" ]; then echo "$STACK_DIR/$1-$(kind_of "$1")"; else echo "$STACK_DIR/$1"; fi
}

# The port in the address a server has in stack/env.
port_of() {
  local address
  address=$("$1_url")
  address=${address##*:}
  echo "${address%%/*}"
}

seconds_since() { echo $(($(date +%s) - $1)); }

# One command at a time for one server of one stack; others wait for it.
alone() {
  local server=$1 folder
  shift
  folder=$(folder_of "$server")
  mkdir -p "$folder"
  (
    flock -w "$((STACK_TIMEOUT * 2))" 9 || fail "$server: another command holds it"
    "$@" "$server"
  ) 9>"$folder/lock"
}
