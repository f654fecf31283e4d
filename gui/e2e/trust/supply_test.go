package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	usedAction = regexp.MustCompile(`(?m)^\s*(?:- )?uses:\s*(\S+)(.*)$`)
	pinned     = regexp.MustCompile(`^[\w.-]+/[\w./-]+@[0-9a-f]{40}$`)
	version    = regexp.MustCompile(`^ # v\d+\.\d+\.\d+$`)
)

// A tag of somebody else's action can be moved; a commit can't. The version
// behind it is for people.
func TestEveryActionOfTheWorkflowsIsPinned(t *testing.T) {
	t.Parallel()
	workflows, err := filepath.Glob(filepath.Join(root, ".github", "workflows", "*.y*ml"))
	if err != nil || len(workflows) == 0 {
		t.Fatal(err, workflows)
	}
	tried := 0
	for _, path := range workflows {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, used := range usedAction.FindAllStringSubmatch(string(text), -1) {
			tried++
			if !pinned.MatchString(used[1]) || !version.MatchString(used[2]) {
				t.Errorf("%s: %s%s is not pinned to a commit, with its version behind it", filepath.Base(path), used[1], used[2])
			}
		}
		if !strings.Contains(string(text), "\npermissions:\n  contents: read\n") {
			t.Errorf("%s does not limit its rights to reading", filepath.Base(path))
		}
	}
	if tried == 0 {
		t.Error("no action is used: the reading of workflows is broken")
	}
	if !t.Failed() {
		t.Logf("tried=%d held=%d lost=0", tried, tried)
	}
}

// Every fuzz target has kept inputs, from which `go test` and `make fuzz` start:
// few, and small.
func TestEveryFuzzTargetHasACorpus(t *testing.T) {
	t.Parallel()
	defined, err := readDefined(root)
	if err != nil {
		t.Fatal(err)
	}
	targets := 0
	for name, all := range defined {
		if !strings.HasPrefix(name, "Fuzz") {
			continue
		}
		for _, target := range all {
			targets++
			checkCorpus(t, filepath.Join(root, target.pkg, "testdata", "fuzz", name))
		}
	}
	if targets < 10 {
		t.Errorf("%d targets: the search for them is broken", targets)
	}
}

func checkCorpus(t *testing.T, folder string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) == 0 || len(entries) > 15 {
		t.Errorf("%s: %d kept inputs, %v", folder, len(entries), err)
	}
	for _, entry := range entries {
		var info fs.FileInfo
		if info, err = entry.Info(); err != nil || info.Size() > 1<<10 {
			t.Errorf("%s/%s is no small input: %v", folder, entry.Name(), err)
		}
	}
}
