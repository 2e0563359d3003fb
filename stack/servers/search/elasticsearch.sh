# shellcheck shell=bash
# Elasticsearch 7, the last of Maven's that anybody may run: 7.17, or ELASTICSEARCH_VERSION. It comes without x-pack.

search_install() { make_jars elasticsearch "${ELASTICSEARCH_VERSION:-}"; }

search_version() { echo "Elasticsearch ${ELASTICSEARCH_VERSION:-$(version_in_pom elasticsearch)}"; }

search_launch() { search_node java "$(jars_of elasticsearch "${ELASTICSEARCH_VERSION:-}")" ElasticsearchServer; }
