# shellcheck shell=bash
# fauxqs, in the place of Amazon SQS. It keeps nothing.

FAUXQS_VERSION=2.4.1
FAUXQS=$STACK_LIB/fauxqs-$FAUXQS_VERSION

sqs_packages() { echo curl curl; }

sqs_install() {
  [ ! -d "$FAUXQS" ] || return 0
  (
    flock 8
    say sqs "installing fauxqs $FAUXQS_VERSION"
    rm -rf "$FAUXQS.part"
    mkdir -p "$FAUXQS.part"
    npm install --prefix "$FAUXQS.part" --no-audit --no-fund "fauxqs@$FAUXQS_VERSION" >"$FAUXQS.log" 2>&1 8>&- ||
      { tail -n 20 "$FAUXQS.log" >&2; fail "no fauxqs; see $FAUXQS.log"; }
    mv "$FAUXQS.part" "$FAUXQS"
  ) 8>"$STACK_LIB/lock"
}

sqs_version() { echo "fauxqs $FAUXQS_VERSION"; }

sqs_launch() { exec "$STACK_HOME/../bin/run-node" "$STACK_HOME/sqs/fauxqs.mjs" "$FAUXQS" "$(port_of sqs)" "$REVAL_SQS_REGION"; }

sqs_answers() {
  curl -fsS -m 5 -o /dev/null -H 'Content-Type: application/x-amz-json-1.0' -H 'X-Amz-Target: AmazonSQS.ListQueues' \
    -H 'Authorization: AWS4-HMAC-SHA256 Credential=x/20260101/elasticmq/sqs/aws4_request, SignedHeaders=host, Signature=0' \
    -d '{}' "$(sqs_url)/" 2>/dev/null
}
