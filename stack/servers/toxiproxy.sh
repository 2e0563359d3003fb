# shellcheck shell=bash
# Toxiproxy: proxies before the servers, whose connections tests cut, slow down and half open. Not a server of the
# application: `up` starts it only by name.

TOXIPROXY_VERSION=v2.5.0
TOXIPROXY=$STACK_LIB/toxiproxy-$TOXIPROXY_VERSION

toxiproxy_url() { echo "$STACK_TOXIPROXY_URL"; }

toxiproxy_packages() {
  echo go golang-go
  echo curl curl
}

toxiproxy_install() {
  [ ! -x "$TOXIPROXY/server" ] || return 0
  (
    flock 8
    say toxiproxy "building Toxiproxy $TOXIPROXY_VERSION"
    GOBIN=$TOXIPROXY go install "github.com/Shopify/toxiproxy/v2/cmd/server@$TOXIPROXY_VERSION" \
      >"$TOXIPROXY.log" 2>&1 8>&- || { tail -n 20 "$TOXIPROXY.log" >&2; fail "no Toxiproxy; see $TOXIPROXY.log"; }
  ) 8>"$STACK_LIB/lock"
}

toxiproxy_version() { echo "Toxiproxy ${TOXIPROXY_VERSION#v}"; }

toxiproxy_launch() {
  LOG_LEVEL=warn exec "$TOXIPROXY/server" -host 127.0.0.1 -port "$(port_of toxiproxy)"
}

toxiproxy_answers() { curl -fsS -m 5 -o /dev/null "$(toxiproxy_url)/version" 2>/dev/null; }
