#!/bin/sh
# A real Apache Kafka on loopback, for tests.
#
#   broker.sh start DIR    install it if it is not there, start it, wait until it answers
#   broker.sh kill DIR     end it with SIGKILL
#   broker.sh stop DIR     end it and remove DIR
#   broker.sh run COMMAND  start it in a directory of its own, run the command with its
#                          address in KAFKA, and stop it; if KAFKA is set already, even
#                          empty, just run the command
#
# DIR holds its data and is made. PORT (default 29092) is its port, PORT+1 that of the
# controller, which lives in the same process. The program comes from Maven Central
# and is kept in ~/.cache/tidewheel/kafka-VERSION. It needs a Java of version 17 or
# later, and Maven to install.
set -eu

verb=${1:?start, kill, stop or run}
dir=${2:?a directory, or a command}
version=${KAFKA_VERSION:-4.1.1}
port=${PORT:-29092}
jars=${XDG_CACHE_HOME:-$HOME/.cache}/tidewheel/kafka-$version

fail() { echo "broker.sh: $*" >&2; exit 1; }

install_jars() {
	[ ! -e "$jars/complete" ] || return 0
	command -v mvn >/dev/null || fail "no mvn to fetch Kafka with: install Maven, or set KAFKA to the address of a broker"
	mkdir -p "$jars"
	cat >"$jars/pom.xml" <<-END
	<project xmlns="http://maven.apache.org/POM/4.0.0">
	  <modelVersion>4.0.0</modelVersion>
	  <groupId>tidewheel</groupId><artifactId>broker</artifactId><version>1</version><packaging>pom</packaging>
	  <dependencies>
	    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>$version</version></dependency>
	    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId><version>$version</version></dependency>
	    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
	  </dependencies>
	</project>
	END
	for try in 1 2 3; do
		if mvn -q -B -f "$jars/pom.xml" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$jars" >"$jars/install.log" 2>&1; then
			touch "$jars/complete"
			return 0
		fi
	done
	tail -n 20 "$jars/install.log" >&2
	fail "Maven could not fetch Kafka $version; see $jars/install.log"
}

java_of() { java -Xmx512m -XX:+UseSerialGC -XX:-UsePerfData -Djava.awt.headless=true -cp "$jars/*" "$@"; }

configure() {
	[ ! -e "$dir/server.properties" ] || return 0
	mkdir -p "$dir"
	# One node has every role, so each internal topic has one replica.
	cat >"$dir/server.properties" <<-END
	node.id=1
	process.roles=broker,controller
	controller.quorum.voters=1@127.0.0.1:$((port + 1))
	controller.listener.names=CONTROLLER
	listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$((port + 1))
	listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
	log.dirs=$dir/log
	default.replication.factor=1
	min.insync.replicas=1
	offsets.topic.replication.factor=1
	offsets.topic.num.partitions=1
	transaction.state.log.replication.factor=1
	transaction.state.log.min.isr=1
	transaction.state.log.num.partitions=2
	share.coordinator.state.topic.replication.factor=1
	share.coordinator.state.topic.min.isr=1
	share.coordinator.state.topic.num.partitions=1
	auto.create.topics.enable=false
	END
	java_of kafka.tools.StorageTool format --cluster-id tidewheelTestClusterAA --config "$dir/server.properties" >"$dir/format.log" 2>&1 || {
		cat "$dir/format.log" >&2
		fail "could not format $dir"
	}
}

running() { [ -s "$dir/pid" ] && kill -0 "$(cat "$dir/pid")" 2>/dev/null; }

end_with() {
	running || return 0
	kill "-$1" "$(cat "$dir/pid")"
	left=150
	while running && [ $left -gt 0 ]; do sleep 0.2; left=$((left - 1)); done
	! running || fail "process $(cat "$dir/pid") does not end"
	rm -f "$dir/pid"
}

case $verb in
start)
	command -v java >/dev/null || fail "no java to run Kafka with: install Java 17 or later, or set KAFKA to the address of a broker"
	install_jars
	configure
	running || {
		: >"$dir/server.log"
		setsid java -Xmx512m -XX:+UseSerialGC -XX:-UsePerfData -Djava.awt.headless=true \
			-cp "$jars/*" kafka.Kafka "$dir/server.properties" >>"$dir/server.log" 2>&1 </dev/null &
		echo $! >"$dir/pid"
	}
	left=300
	until grep -q 'Kafka Server started' "$dir/server.log"; do
		running || { tail -n 20 "$dir/server.log" >&2; fail "the broker has ended"; }
		[ $left -gt 0 ] || fail "the broker does not start"
		left=$((left - 1))
		sleep 0.2
	done
	echo "127.0.0.1:$port" ;;
kill) end_with KILL ;;
stop)
	end_with TERM
	rm -rf "$dir" ;;
run)
	shift
	[ -z "${KAFKA+set}" ] || exec "$@"
	dir=$(mktemp -d)
	trap '"$0" stop "$dir/broker"; rm -rf "$dir"' EXIT
	KAFKA=$("$0" start "$dir/broker")
	export KAFKA
	"$@" ;;
*) fail "unknown: $verb" ;;
esac
