# Accounts for Egnyte. `make help` lists the targets.
GO     ?= go
BIN    := build/bin
# One flag set for every build with cgo: a new one compiles go-gl again, for minutes.
BUILD  := $(GO) build -trimpath
TOOLS  := CGO_ENABLED=0 $(GO) run -trimpath

.DEFAULT_GOAL := help
.PHONY: help demo test build install-build install-demo install-test check bench clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: install-demo build ## Try it: a practice Egnyte and the app (without a display: the whole job in a virtual desktop)
	@$(TOOLS) ./gui/e2e/demo

test: install-test build ## Check everything: vet, staticcheck, unit tests, end-to-end tests, the demo
	@.ci/test

check: install-build ## The quick part of `make test`: vet, staticcheck, unit tests
	@.ci/test quick

bench: install-test build ## Measure in pairs against other programs
	@$(TOOLS) ./gui/e2e/bench

build: install-build ## Build both programs into build/bin
	@mkdir -p $(BIN)
	$(BUILD) -o $(BIN)/egnyte-accounts .
	CGO_ENABLED=0 $(BUILD) -ldflags '-s -w' -o $(BIN)/egnyte-auth ./oauth/egnyte-auth

install-build: ## Install what building needs (Debian, Ubuntu)
	@.ci/install build

install-demo: ## Install what the demo needs; less where there is a display
	@.ci/install demo

install-test: ## Install what the end-to-end tests need
	@.ci/install test

clean: ## Remove what was built
	rm -rf build
