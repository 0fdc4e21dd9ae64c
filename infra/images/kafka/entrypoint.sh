#!/bin/sh
# KAFKA_* becomes server.properties, the storage is formatted once, then the broker replaces
# this shell so that it gets the signals itself.
set -eu

: "${CLUSTER_ID:=5L6g3nShT-eMCtK--X86sw}"
: "${KAFKA_HEAP_OPTS:=-Xms256m -Xmx512m}"
export CLUSTER_ID

classpath='/opt/kafka/libs/*'
logging='-Dorg.slf4j.simpleLogger.defaultLogLevel=info -Dorg.slf4j.simpleLogger.showDateTime=true'

# Kafka's own translator of KAFKA_*, the one in the official image. It has no wish to format
# twice: after a restart the storage is there already, and that is not an error.
# shellcheck disable=SC2086
if ! said=$(java -Xmx128m -XX:TieredStopAtLevel=1 $logging -cp "$classpath" kafka.docker.KafkaDockerWrapper \
  setup --default-configs-dir /etc/kafka/docker --mounted-configs-dir /mnt/shared/config \
  --final-configs-dir /opt/kafka/config 2>&1); then
  case $said in
    *'already formatted'*) ;;
    *) printf '%s\n' "$said" >&2; exit 1 ;;
  esac
fi

# shellcheck disable=SC2086
exec java $KAFKA_HEAP_OPTS ${KAFKA_JVM_PERFORMANCE_OPTS:-} -Djava.awt.headless=true $logging -cp "$classpath" \
  kafka.Kafka /opt/kafka/config/server.properties
