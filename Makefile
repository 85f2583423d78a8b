# Tidewheel. `make` alone lists the targets.

export GOTOOLCHAIN := auto
GO       := go
TOOL     := $(GO) tool -modfile=.ci/tools.mod
PACKAGES := ./...
# Packages with goroutines of their own or tests that start some.
RACE     := ./internal/env/... ./internal/journal/... ./wal/... ./scheduler/... ./rdd/... ./structured/... ./dstream/...
FUZZTIME ?= 10s
RUNS     ?= 1
CASES    ?= testdata/conformance
SIMRUNS  ?= 20000
KILLS    ?= 200
TRACES   ?= 100000

.PHONY: help demo test race lint fmt fuzz sim depth2 traces swarm mutants bench bench-sql conformance e2e e2e-syncs e2e-kafka soak

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: ## a live word count in both APIs, killed and recovered (RUNS=n, SEED=n)
	@$(GO) run ./cmd/demo -runs $(RUNS) $(if $(SEED),-seed $(SEED))

test: ## all tests
	@$(TOOL) gotestsum --format pkgname --hide-summary=skipped -- -timeout 8m $(PACKAGES)

race: ## the tests of what runs concurrently, under the race detector
	@CGO_ENABLED=1 $(TOOL) gotestsum --format pkgname --hide-summary=skipped -- -race -short -timeout 15m $(RACE)

lint: ## formatting, vet, staticcheck
	@test -z "$$($(TOOL) gofumpt -l .)" || { echo "not formatted (make fmt):"; $(TOOL) gofumpt -l .; exit 1; }
	@$(GO) vet $(PACKAGES)
	@$(TOOL) staticcheck $(PACKAGES)

fmt: ## format all Go files
	@$(TOOL) gofumpt -w .

fuzz: ## each fuzz target for a while (FUZZTIME=10s)
	@.ci/fuzz $(FUZZTIME)

sim: ## random simulated runs of both word counts (SIMRUNS=20000)
	@$(GO) test ./testkit/... -run 'TestSwarm' -count=1 -v -testkit.runs=$(SIMRUNS)

depth2: ## every second fault after every first one, of word counts, socket and Kafka jobs
	@$(GO) test ./testkit -run '^TestDepth$$' -count=1 -v -timeout 0 -testkit.depth=2

traces: ## the traces of runs in several processes, with and without the race detector (TRACES=100000 runs in all)
	@.ci/traces $(TRACES)

swarm: ## random simulated runs of all the programs of the testkit for a while (D=10m)
	@$(GO) test ./testkit -run '^TestPrograms$$' -count=1 -v -timeout 0 -testkit.swarm=$(or $(D),10m) -testkit.seed=$(or $(SEED),1)

MUTANTS := ./wal ./checkpoint ./internal/journal ./internal/snapshots ./receiver ./receiver/kafka ./structured

mutants: ## every planted bug, and how it is caught; no alarm without a bug
	@$(GO) test ./testkit -tags mutants -run '^(TestMutants|TestMutantsAreBugs|TestNoAlarms)$$' -count=1 -v -timeout 30m
	@$(GO) test $(MUTANTS) -tags mutants -run '^TestMutant' -count=1 -timeout 30m

bench: ## the benchmarks behind the figures (BENCH=regexp)
	@.ci/bench $(or $(BENCH),.)

bench-sql: ## queries beside loops by hand, DuckDB and Spark (RUNS=n, ROWS=n)
	@.ci/bench-sql -runs $(if $(filter-out 1,$(RUNS)),$(RUNS),5) $(if $(ROWS),-rows $(ROWS))

conformance: ## cases recorded from Apache Spark (CASES=dir)
	@$(GO) run ./cmd/conformance $(CASES)

e2e: ## real processes: killed, stopped, on a full disk; files and Kafka (KILLS=200, KAFKA=address)
	@e2e/broker.sh run $(GO) test ./e2e -count=1 -v -timeout 60m -e2e.kills=$(KILLS)

e2e-syncs: ## the system calls of a real run, crashed after each one (needs strace)
	@$(GO) test ./e2e -count=1 -v -run 'TestSyncs|TestReadTrace'

e2e-kafka: ## the client's suite and jobs killed 20 times, on a real Apache Kafka (KAFKA=address)
	@e2e/broker.sh run sh -euc ': $${KAFKA:?is empty}; \
	$(GO) test -count=1 -v -run TestConformanceOfBrokers ./receiver/kafka/client; \
	$(GO) test -count=1 -v -run TestKills/kafka ./e2e -e2e.kills=20'

soak: ## a DStream for a simulated day, in batches of a second (SOAK=24h)
	@$(GO) test ./dstream -run TestSoak -count=1 -v -timeout 60m -args -soak $(or $(SOAK),24h)
