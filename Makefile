# Accounts for Egnyte. `make help` lists the targets.
GO     ?= go
BIN    := build/bin
EXE    := $(shell $(GO) env GOEXE)
# One set of flags for every build, test and check: another one compiles everything
# again, which takes minutes. To share it, use it too: export GOFLAGS=-trimpath
export GOFLAGS ?= -trimpath

.DEFAULT_GOAL := help
.PHONY: help demo test build install-build install-demo install-test check unit golden soak soak-keyring audit outdated licences fuzz bench pictures man clean \
	package package-linux package-windows package-macos reproducible prove prove-deb prove-windows prove-desktops install-pictures install-package install-prove install-desktops

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: install-demo build ## Try it: a practice Egnyte and the app (without a display: the whole job in a virtual desktop)
	@$(GO) run -C gui/e2e ./demo

test: install-test build ## Check everything: vet, staticcheck, unit tests, end-to-end tests, the demo
	@.ci/test

check: install-build ## The quick part of `make test`: vet, staticcheck, unit tests
	@.ci/test quick

unit: install-build ## go vet and the unit tests alone, on every system
	$(GO) test -vet=all -tags ci ./...

golden: install-build ## Draw the pictures that the window is compared with anew; look at them before you keep them
	@UPDATE_GOLDEN=1 $(GO) test -tags ci -count=1 -run '^TestGoldenPictures$$' ./gui/window

soak: install-test ## Live months in SOAK (2h) of real time: 200 accounts, a real keyring; nothing may get lost or grow
	@SOAK=$(or $(SOAK),2h) .ci/soak

soak-keyring: install-test build ## SOAK_PAIRS (30000) sign-ins and tokens against one keyring daemon on a busy machine; it must live (an hour)
	@SOAK_PAIRS=$(or $(SOAK_PAIRS),30000) $(GO) test -C gui/e2e -tags 'ci e2e' -run '^$$' -bench '^BenchmarkSoakKeyring$$' -benchtime 1x -timeout 0 ./bench

audit: install-build build ## gosec, govulncheck on the built programs, and go mod verify (fetches the first two)
	@.ci/audit

outdated: ## List what has a newer version: modules of the two programs, those of the end-to-end tests, and pinned tools
	@newer='{{with .Update}}{{$$.Path}} {{$$.Version}} -> {{.Version}}{{end}}'; path='{{with .Module}}{{if not .Main}}{{.Path}}{{end}}{{end}}'; \
	$(GO) list -e -m -u -f "$$newer" $$(CGO_ENABLED=0 $(GO) list -deps -tags ci -f "$$path" . ./oauth/egnyte-auth | sort -u); \
	$(GO) list -C gui/e2e -e -m -u -f '{{if not .Indirect}}'"$$newer"'{{end}}' all; \
	for tools in .ci/tools assets/package; do $(GO) list -C $$tools -e -m -u -f "$$newer" $$($(GO) list -C $$tools -f "$$path" tool); done

licences: install-build ## List the licence of every module in the two programs; fails where one does not fit
	@mkdir -p build/test
	@$(GO) test -C gui/e2e -count=1 -v -run '^TestEveryModuleThatShipsHasALicenceThatFits$$' ./trust >build/test/licences.txt; \
		status=$$?; sed -n 's/^ *[a-z_]*test\.go:[0-9]*: //p' build/test/licences.txt; exit $$status

fuzz: install-build ## Run every fuzz target, FUZZTIME each (10s)
	@.ci/fuzz $(or $(FUZZTIME),10s)

bench: install-test build ## Measure in pairs against other programs
	@$(GO) test -C gui/e2e -tags 'ci e2e' -run '^$$' -bench '^Benchmark$$' -benchtime 1x -timeout 30m ./bench

build: install-build ## Build both programs into build/bin
	@mkdir -p $(BIN)
	@.ci/step 'build egnyte-accounts' $(GO) build -o $(BIN)/egnyte-accounts$(EXE) .
	@CGO_ENABLED=0 .ci/step 'build egnyte-auth' $(GO) build -ldflags '-s -w' -o $(BIN)/egnyte-auth$(EXE) ./oauth/egnyte-auth

pictures: install-pictures build ## Make README's pictures from the real app (assets/pictures)
	@$(GO) run -C gui/e2e ./pictures

man: ## Write the man pages of egnyte-auth into build/man
	@CGO_ENABLED=0 $(GO) run -tags man ./oauth/egnyte-auth man --dir build/man

install-build: ## Install what building needs (Debian, Ubuntu)
	@.ci/install build

install-demo: ## Install what the demo needs; less where there is a display
	@.ci/install demo

install-test: ## Install what the end-to-end tests need
	@.ci/install test

install-pictures: ## Install what the pictures need
	@.ci/install pictures

package: install-package ## Package for Linux and Windows into build/package/dist
	@.ci/package linux windows

package-linux: install-package ## tar.xz, .deb and .rpm
	@.ci/package linux

package-windows: install-package ## Programs in a .zip, and the installer
	@.ci/package windows

package-macos: ## On a Mac: the app and its disk image
	@.ci/package-macos

reproducible: install-package ## Package twice, compiling everything again, and compare
	@.ci/reproducible linux

prove: prove-deb prove-windows ## Try the packages on a clean Debian and in wine

prove-deb: install-prove package-linux ## Install the .deb in a clean root, and do the main job there
	@.ci/prove-deb

prove-windows: install-prove package-windows ## Install, sign in, look and remove in wine
	@$(GO) test -C gui/e2e -tags 'e2e wine' -count=1 -v -timeout 15m ./wine

prove-desktops: install-desktops build ## Try the app on Wayland and with other password stores
	@$(GO) test -C gui/e2e -tags 'ci e2e desktops' -count=1 -v -timeout 15m -run '^Test(Wayland|Store)' .

install-package: ## Install what packaging needs
	@.ci/install package

install-desktops: ## Install what trying other desktops needs
	@.ci/install desktops

install-prove: ## Install what trying the packages needs
	@.ci/install prove

clean: ## Remove what was built
	rm -rf build
