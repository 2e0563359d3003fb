# shellcheck shell=bash
# The newest RabbitMQ that Debian has.

RABBITMQ_SUITE=sid
# shellcheck source=4.sh
. "$STACK_HOME/servers/rabbitmq/4.sh"
