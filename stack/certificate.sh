# shellcheck shell=bash
# Makes, once, an authority of our own (tls/ca.pem) and its certificate for localhost and 127.0.0.1 (tls/cert.pem,
# tls/key.pem), good for ten years. MariaDB offers TLS with it; tests put it before the other servers.
make_certificate() {
  local tls=$STACK_DIR/tls
  [ ! -d "$tls" ] || return 0
  (
    flock 8
    [ ! -d "$tls" ] || exit 0
    rm -rf "$tls.part"
    mkdir -p "$tls.part"
    cd "$tls.part" || exit
    umask 077
    {
      openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj '/CN=reval stack authority' \
        -keyout ca-key.pem -out ca.pem -addext 'keyUsage=critical,keyCertSign,cRLSign'
      openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout key.pem -out cert.csr
      printf '%s\n' 'subjectAltName=DNS:localhost,IP:127.0.0.1' 'basicConstraints=CA:FALSE' \
        'extendedKeyUsage=serverAuth' >extensions
      openssl x509 -req -in cert.csr -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days 3650 \
        -extfile extensions -out cert.pem
    } >openssl.log 2>&1 || { cat openssl.log >&2; fail "no certificate could be made"; }
    rm -f cert.csr extensions openssl.log ca.srl
    mv "$tls.part" "$tls"
  ) 8>"$STACK_DIR/tls.lock"
}
