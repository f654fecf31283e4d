package main

import (
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// licences tell a licence by words that only it has. All of these may be shipped
// in a program under the MIT licence; the MPL asks for its own files' source,
// which go.mod names.
var licences = []struct{ name, words string }{
	{"MPL-2.0", "Mozilla Public License Version 2.0"},
	{"Apache-2.0", "Apache License Version 2.0"},
	{"BSD", "Redistribution and use in source and binary forms"},
	{"ISC", "Permission to use, copy, modify, and/or distribute this software for any purpose"},
	{"ISC", "Permission to use, copy, modify, and distribute this software for any purpose"},
	{"MIT", "Permission is hereby granted, free of charge"},
	{"Unlicense", "This is free and unencumbered software released into the public domain"},
}

type dependency struct{ Path, Version, Dir string }

// shipped are the modules of which something is in one of the two programs.
func shipped(t *testing.T) []dependency {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-deps", "-json=Module", ".", "./oauth/egnyte-auth")
	list.Dir, list.Env = root, append(os.Environ(), "CGO_ENABLED=1") // the window is in it
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	var found []dependency
	for decoder := json.NewDecoder(strings.NewReader(string(out))); decoder.More(); {
		var pkg struct {
			Module *struct {
				dependency
				Main bool
			}
		}
		if err := decoder.Decode(&pkg); err != nil {
			t.Fatal(err)
		}
		if pkg.Module != nil && !pkg.Module.Main && !slices.Contains(found, pkg.Module.dependency) {
			found = append(found, pkg.Module.dependency)
		}
	}
	return found
}

func TestEveryModuleThatShipsHasALicenceThatFits(t *testing.T) {
	t.Parallel()
	counts, modules := map[string]int{}, shipped(t)
	for _, d := range modules {
		name := licenceOf(t, d.Dir)
		if name == "" {
			t.Errorf("%s %s: no licence that is known to fit", d.Path, d.Version)
		}
		counts[name]++
		t.Logf("%-12s %s %s", name, d.Path, d.Version)
	}
	if len(modules) < 10 {
		t.Errorf("%d modules: the reading of go list is broken", len(modules))
	}
	if !t.Failed() {
		t.Logf("%d modules: %v; tried=%d held=%d lost=0", len(modules), counts, len(modules), len(modules))
	}
}

// licenceOf looks in the folder of a module and above: one repository may hold several.
func licenceOf(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if !isLicence(entry) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		plain := strings.Join(strings.FieldsFunc(string(text), func(r rune) bool { return strings.ContainsRune(" \t\r\n,", r) }), " ")
		for _, licence := range licences {
			if strings.Contains(plain, strings.ReplaceAll(licence.words, ",", "")) {
				return licence.name
			}
		}
	}
	return ""
}

var licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying|unlicense)([.-].*)?$`)

func isLicence(entry fs.DirEntry) bool {
	return !entry.IsDir() && licenceFile.MatchString(entry.Name())
}

var required = regexp.MustCompile(`(?m)^(?:require )?\t?([a-z0-9.-]+\.[a-z]+/\S+) v\S+$`)

// Each module that go.mod asks for by itself has a line in CONTRIBUTING that
// says what for.
func TestEveryDependencyIsJustified(t *testing.T) {
	t.Parallel()
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	why, err := os.ReadFile(filepath.Join(root, "CONTRIBUTING.md"))
	if err != nil {
		t.Fatal(err)
	}
	direct := required.FindAllStringSubmatch(string(mod), -1)
	if len(direct) < 5 {
		t.Fatalf("%d direct dependencies: the reading of go.mod is broken", len(direct))
	}
	for _, found := range direct {
		if !strings.Contains(string(why), "| "+found[1]+" | ") {
			t.Errorf("CONTRIBUTING does not say what %s is for", found[1])
		}
	}
}
