# shellcheck shell=bash
# The last Elasticsearch before OpenSearch went its own way.

ELASTICSEARCH_VERSION=7.10.2
# shellcheck source=elasticsearch.sh
. "$STACK_HOME/servers/search/elasticsearch.sh"
