# shellcheck shell=bash
# mongo-java-server, in the place of MongoDB: it speaks its protocol. Documents live in memory and in a journal, from
# which they come back after a restart.

mongodb_url() { echo "$REVAL_MONGODB_URL"; }

mongodb_packages() { java_packages; }

mongodb_install() { make_jars mongodb; }

mongodb_version() { echo "mongo-java-server $(version_in_pom mongodb)"; }

mongodb_launch() {
  local jars
  jars=$(jars_of mongodb)
  exec java -Xms256m -Xmx"${STACK_MONGODB_HEAP:-2g}" -cp "$jars/classes:$jars/jars/*" DocumentServer "$(port_of mongodb)" "$PWD/journal"
}

# An OP_MSG {ping: 1, $db: "admin"}; the answer is an OP_MSG (2013) to it.
mongodb_answers() {
  local ping='\x33\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\xdd\x07\x00\x00\x00\x00\x00\x00\x00'
  # shellcheck disable=SC2016
  ping="$ping"'\x1e\x00\x00\x00\x10ping\x00\x01\x00\x00\x00\x02$db\x00\x06\x00\x00\x00admin\x00\x00'
  case $(ask "$(port_of mongodb)" "$ping" 16) in
    ????????????????01000000dd070000) ;;
    *) return 1 ;;
  esac
}
