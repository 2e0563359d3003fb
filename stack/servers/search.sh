# shellcheck shell=bash
# OpenSearch, in the place of Elasticsearch. STACK_SEARCH_HEAP is its heap, 2g by default.

search_url() { echo "$REVAL_SEARCH_URL"; }

search_packages() {
  java_packages
  echo curl curl
}

search_install() { make_jars opensearch; }

search_version() { echo "OpenSearch $(version_in_pom opensearch)"; }

search_launch() { search_node java "$(jars_of opensearch)" SearchServer; }

# Becomes the node: search_node JAVA JARS_FOLDER CLASS. The flags are those of the distribution's jvm.options.
search_node() {
  local heap=${STACK_SEARCH_HEAP:-2g} port
  port=$(port_of search)
  exec "$1" -Xms"$heap" -Xmx"$heap" -XX:+UseG1GC -XX:G1ReservePercent=25 -XX:InitiatingHeapOccupancyPercent=30 \
    -XX:-OmitStackTraceInFastThrow -Dfile.encoding=UTF-8 -Djava.awt.headless=true -Djava.locale.providers=SPI,COMPAT \
    -Dio.netty.noUnsafe=true -Dio.netty.noKeySetOptimization=true -Dio.netty.recycler.maxCapacityPerThread=0 \
    -Dio.netty.allocator.numDirectArenas=0 -Dlog4j2.disable.jmx=true -Dlog4j2.formatMsgNoLookups=true \
    -Dlog4j2.configurationFile="$STACK_HOME/opensearch/log4j2.properties" \
    -cp "$2/classes:$2/jars/*" "$3" "$PWD" "http.port=$port" \
    "transport.port=$((17300 + STACK_OFFSET))-$((17399 + STACK_OFFSET))"
}

search_answers() { curl -fsS -m 5 -o /dev/null "$(search_url)/_cluster/health?wait_for_status=yellow&timeout=4s" 2>/dev/null; }
