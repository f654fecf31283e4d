package trust

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

// licences maps words that only one licence has to its name. All of these may be
// shipped in a program under the MIT licence; the MPL asks for the source of its own
// files, which go.mod names.
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

// shipped lists the modules that are linked into one of the two programs.
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
			t.Errorf("%s %s: no known licence that fits", d.Path, d.Version)
		}
		counts[name]++
		t.Logf("%-12s %s %s", name, d.Path, d.Version)
	}
	if len(modules) < 10 {
		t.Errorf("only %d modules were read", len(modules))
	}
	t.Logf("%d modules: %v", len(modules), counts)
}

// licenceOf returns the name of the licence in a module's folder, or "".
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
