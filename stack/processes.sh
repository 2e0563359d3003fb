# shellcheck shell=bash
# Processes of ours, known by a file "<pid> <start time>": a number alone may belong to somebody else by now.

# The time a process started, in clock ticks since boot; fails when there is none, or only its remains.
started_at() {
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  # The name, in parentheses, may contain spaces: count from behind it. State is the 3rd field, start time the 22nd.
  # shellcheck disable=SC2086
  set -- ${stat##*) }
  [ "$1" != Z ] && echo "${20}"
}

# Prints the pid in a pid file if that very process lives.
living() {
  local pid ticks
  read -r pid ticks 2>/dev/null <"$1" || return 1
  [ "$(started_at "$pid")" = "$ticks" ] && echo "$pid"
}

# Runs a command in a session of its own, detached from ours: detached PID_FILE LOG COMMAND...
detached() {
  local pid_file=$1 log=$2 pid
  shift 2
  setsid "$@" >>"$log" 2>&1 </dev/null 9>&- &
  pid=$!
  printf '%s %s\n' "$pid" "$(started_at "$pid" || echo 0)" >"$pid_file"
}

# Waits until a process is gone: gone_within SECONDS PID_FILE
gone_within() {
  local deadline=$(($(date +%s) + $1))
  while living "$2" >/dev/null; do
    [ "$(date +%s)" -lt "$deadline" ] || return 1
    sleep 0.1
  done
}

# SIGTERM, and SIGKILL when that did not help: stop_process SECONDS PID_FILE. Says which one it took.
stop_process() {
  local pid
  if pid=$(living "$2"); then
    kill -TERM "$pid" 2>/dev/null || :
    if gone_within "$1" "$2"; then
      echo stopped
    else
      kill_process "$2"
      echo "killed, after $1 s without an end"
    fi
  fi
  rm -f "$2"
}

kill_process() {
  local pid
  pid=$(living "$1") || return 0
  kill -KILL "$pid" 2>/dev/null || :
  gone_within 30 "$1" || fail "process $pid outlives SIGKILL"
}

# Does anybody listen on this port of 127.0.0.1?
taken() { (: <>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Sends bytes (in the escapes of printf) to a port of 127.0.0.1 and prints the first COUNT bytes of what comes back within
# two seconds, in hexadecimal: ask PORT BYTES COUNT
ask() {
  (
    exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 0
    # shellcheck disable=SC2059
    printf "$2" >&3
    timeout 2 head -c "$3" <&3 | od -An -v -tx1 | tr -d ' \n'
  ) 2>/dev/null
}
