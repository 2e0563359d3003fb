# shellcheck shell=bash
# ElasticMQ, in the place of Amazon SQS. STACK_SQS_WRITE_DELAY says how many milliseconds an acknowledged change may be in
# memory only, 500 by default; with 0 not even SIGKILL loses one, at a third of the speed.

sqs_url() { echo "$REVAL_SQS_ENDPOINT"; }

sqs_packages() {
  java_packages
  echo curl curl
}

sqs_install() { make_jars sqs; }

sqs_version() { echo "ElasticMQ $(version_in_pom sqs)"; }

sqs_launch() {
  sed -e "s:@PORT@:$(port_of sqs):g" -e "s:@REGION@:$REVAL_SQS_REGION:g" -e "s:@FOLDER@:$PWD:g" \
    -e "s:@WRITE_DELAY@:${STACK_SQS_WRITE_DELAY:-500}:g" \
    "$STACK_HOME/sqs/elasticmq.conf" >elasticmq.conf
  exec java -Xms128m -Xmx1g -Dconfig.file="$PWD/elasticmq.conf" -Dlogback.configurationFile="$STACK_HOME/sqs/logback.xml" \
    -cp "$(jars_of sqs)/jars/*" org.elasticmq.server.Main
}

sqs_answers() { curl -fsS -m 5 -o /dev/null "$(sqs_url)/?Action=ListQueues" 2>/dev/null; }
