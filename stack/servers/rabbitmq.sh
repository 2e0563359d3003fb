# shellcheck shell=bash
# RabbitMQ, from the Debian package: one node of our own, with an epmd of our own (the daemon that knows the ports of
# Erlang nodes).

rabbitmq_url() { echo "$REVAL_RABBITMQ_URL"; }

rabbitmq_packages() { echo rabbitmqctl rabbitmq-server; }

rabbitmq_install() { :; }

rabbitmq_version() { echo "RabbitMQ $(dpkg-query -W -f '${Version}' rabbitmq-server 2>/dev/null | sed 's/-.*//')"; }

# Beside the port of its clients: 17673 and 17369 by default.
rabbitmq_dist_port() { echo $(($(port_of rabbitmq) + 1)); }
rabbitmq_epmd_port() { echo $(($(port_of rabbitmq) - 303)); }

# What its programs are called with.
RABBITMQ_IN=()

rabbitmq_before() {
  local port
  port=$(rabbitmq_epmd_port)
  living epmd.pid >/dev/null && return
  ! taken "$port" || fail "rabbitmq: somebody else listens on port $port"
  detached epmd.pid epmd.log "${RABBITMQ_IN[@]}" epmd -port "$port" -address 127.0.0.1
  # A node that finds no epmd would start one that is not ours.
  until taken "$port"; do
    living epmd.pid >/dev/null || fail "rabbitmq: epmd ended; see $PWD/epmd.log"
    sleep 0.05
  done
}

rabbitmq_after() { stop_process 5 "$(folder_of rabbitmq)/epmd.pid" >/dev/null; }

# The environment both the node and rabbitmqctl live in, complete, so that nothing in /etc or ~ has a say.
rabbitmq_environment() {
  local folder
  folder=$(folder_of rabbitmq)
  export HOME=$folder # the Erlang cookie
  export RABBITMQ_NODENAME=reval@localhost
  export RABBITMQ_NODE_IP_ADDRESS=127.0.0.1
  RABBITMQ_NODE_PORT=$(port_of rabbitmq)
  export RABBITMQ_NODE_PORT
  RABBITMQ_DIST_PORT=$(rabbitmq_dist_port)
  export RABBITMQ_DIST_PORT
  ERL_EPMD_PORT=$(rabbitmq_epmd_port)
  export ERL_EPMD_PORT
  export ERL_EPMD_ADDRESS=127.0.0.1
  export RABBITMQ_MNESIA_BASE=$folder/mnesia
  export RABBITMQ_LOG_BASE=$folder/log
  export RABBITMQ_PID_FILE=$folder/node.pid
  export RABBITMQ_GENERATED_CONFIG_DIR=$folder/generated
  export RABBITMQ_CONFIG_FILE=$folder/rabbitmq.conf
  export RABBITMQ_ADVANCED_CONFIG_FILE=$folder/advanced.config
  export RABBITMQ_CONF_ENV_FILE=/dev/null
  export RABBITMQ_ENABLED_PLUGINS_FILE=$folder/enabled_plugins
  export RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1}"
  export RABBITMQ_CTL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1}"
}

rabbitmq_launch() {
  rabbitmq_environment
  echo '[].' >enabled_plugins
  echo '[].' >advanced.config
  # The default user is made with the database, in place of guest.
  cat >rabbitmq.conf <<CONF
default_user = $REVAL_RABBITMQ_USER
default_pass = $REVAL_RABBITMQ_PASSWORD
consumer_timeout = 1800000
disk_free_limit.absolute = 50MB
vm_memory_high_watermark.relative = 0.2
log.console = true
log.console.level = info
log.file = false
CONF
  # "detached" makes the start script become the node instead of staying before it; the node ends well on SIGTERM.
  export detached=yes
  exec "${RABBITMQ_IN[@]}" /usr/lib/rabbitmq/bin/rabbitmq-server
}

# The node opens its port when queues are recovered; it greets a client's AMQP header with connection.start.
rabbitmq_answers() {
  case $(ask "$(port_of rabbitmq)" 'AMQP\x00\x00\x09\x01' 11) in
    # A method frame on channel 0: class 10, method 10.
    010000*000a000a) ;;
    *) return 1 ;;
  esac
}
