# shellcheck shell=bash disable=SC2034
# RABBITMQ_SUITE's RabbitMQ, from a Debian in a folder: that of trixie is 4.0.

RABBITMQ_SUITE=${RABBITMQ_SUITE:-trixie}
RABBITMQ_IN=("$STACK_HOME/in-debian" "$(debian_of "$RABBITMQ_SUITE")" "$STACK_DIR")

rabbitmq_packages() { debian_packages; }

rabbitmq_install() { make_debian "$RABBITMQ_SUITE" rabbitmq-server; }

rabbitmq_version() { echo "RabbitMQ $(version_in_debian "$RABBITMQ_SUITE" rabbitmq-server)"; }
