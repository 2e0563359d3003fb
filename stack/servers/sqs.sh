# shellcheck shell=bash
# ElasticMQ, in the place of Amazon SQS.

sqs_url() { echo "$REVAL_SQS_ENDPOINT"; }

sqs_packages() {
  java_packages
  echo curl curl
}

sqs_install() { make_jars sqs; }

sqs_version() { version_in_pom sqs; }

sqs_launch() {
  sed -e "s:@PORT@:$(port_of sqs):g" -e "s:@REGION@:$REVAL_SQS_REGION:g" -e "s:@FOLDER@:$PWD:g" \
    "$STACK_HOME/sqs/elasticmq.conf" >elasticmq.conf
  exec java -Xms128m -Xmx1g -Dconfig.file="$PWD/elasticmq.conf" -Dlogback.configurationFile="$STACK_HOME/sqs/logback.xml" \
    -cp "$(jars_of sqs)/jars/*" org.elasticmq.server.Main
}

sqs_answers() { curl -fsS -m 5 -o /dev/null "$(sqs_url)/?Action=ListQueues" 2>/dev/null; }
