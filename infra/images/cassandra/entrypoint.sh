#!/bin/sh
# CASSANDRA_* becomes cassandra.yaml, then the node replaces this shell so that it gets the
# signals itself.
set -eu

yaml=/etc/cassandra/cassandra.yaml

put() { # NAME VALUE: replaces the line of that setting, if a value is given
  [ -z "$2" ] || sed -i "s|^$1:.*|$1: $2|" "$yaml"
}

put cluster_name "${CASSANDRA_CLUSTER_NAME:-}"
put num_tokens "${CASSANDRA_NUM_TOKENS:-}"
put listen_address "${CASSANDRA_LISTEN_ADDRESS:-}"
put broadcast_address "${CASSANDRA_BROADCAST_ADDRESS:-}"
put rpc_address "${CASSANDRA_RPC_ADDRESS:-}"
put broadcast_rpc_address "${CASSANDRA_BROADCAST_RPC_ADDRESS:-}"
put endpoint_snitch "${CASSANDRA_ENDPOINT_SNITCH:-}"
[ -z "${CASSANDRA_SEEDS:-}" ] || sed -i "s|- seeds:.*|- seeds: \"$CASSANDRA_SEEDS\"|" "$yaml"

heap=${MAX_HEAP_SIZE:-512M}
jamm=$(echo /opt/cassandra/lib/jamm-*.jar)

# Its workers nap for tens of microseconds at a time, again and again for 10 ms after each request, which costs more than
# the request. With this slack a nap is up to half a millisecond, and so is what a request may wait. Where the kernel
# does not let it be set, naps are short.
{ echo 500000 > /proc/self/timerslack_ns; } 2>/dev/null || true

# shellcheck disable=SC2086
exec java -Xms"$heap" -Xmx"$heap" "-javaagent:$jamm" @/etc/cassandra/jvm.options ${JVM_EXTRA_OPTS:-} \
  -cp '/etc/cassandra:/opt/cassandra/lib/*' org.apache.cassandra.service.CassandraDaemon
