// Package trust checks what the documents and the build promise: the tests that
// SECURITY.md names exist, every dependency has a reason and a licence that fits,
// workflows are pinned, fuzz targets have kept inputs.
package trust

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const root = "../../.."

func read(t *testing.T, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(append([]string{root}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var definedTest = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)[A-Z]\w*)\(`)

// definedTests maps the name of each test and fuzz target to the folder of its package.
func definedTests(t *testing.T) map[string]string {
	t.Helper()
	defined := map[string]string{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != root && (strings.HasPrefix(entry.Name(), ".") || path == filepath.Join(root, "build")):
			return fs.SkipDir // build holds copies of the sources after packaging
		case !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		text, err := os.ReadFile(path)
		for _, found := range definedTest.FindAllStringSubmatch(string(text), -1) {
			defined[found[1]] = filepath.Dir(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return defined
}

// That they ran, too, is checked by .ci/test.
func TestEveryTestThatSECURITYNamesExists(t *testing.T) {
	t.Parallel()
	defined := definedTests(t)
	named := regexp.MustCompile("`((?:Test|Fuzz)[A-Z]\\w*)`").FindAllStringSubmatch(read(t, "SECURITY.md"), -1)
	if len(named) < 50 {
		t.Errorf("only %d names were read", len(named))
	}
	for _, name := range named {
		if defined[name[1]] == "" {
			t.Errorf("SECURITY.md names %s, and there is no such test", name[1])
		}
	}
}

// Every fuzz target has a few small kept inputs, from which `go test` and `make fuzz` start.
func TestEveryFuzzTargetHasACorpus(t *testing.T) {
	t.Parallel()
	targets := 0
	for name, folder := range definedTests(t) {
		if !strings.HasPrefix(name, "Fuzz") {
			continue
		}
		targets++
		corpus := filepath.Join(folder, "testdata", "fuzz", name)
		entries, err := os.ReadDir(corpus)
		if err != nil || len(entries) == 0 || len(entries) > 15 {
			t.Errorf("%s: %d kept inputs, %v", corpus, len(entries), err)
		}
		for _, entry := range entries {
			if info, err := entry.Info(); err != nil || info.Size() > 1<<10 {
				t.Errorf("%s/%s is not a small input: %v", corpus, entry.Name(), err)
			}
		}
	}
	if targets < 10 {
		t.Errorf("only %d targets were found", targets)
	}
}

// CONTRIBUTING has a reason for each direct dependency of the product and of gui/e2e.
func TestEveryDependencyIsJustified(t *testing.T) {
	t.Parallel()
	required := regexp.MustCompile(`(?m)^(?:require )?\t?([a-z0-9.-]+\.[a-z]+/\S+) v\S+$`)
	reasons := read(t, "CONTRIBUTING.md")
	for _, mod := range []string{"go.mod", "gui/e2e/go.mod"} {
		direct := required.FindAllStringSubmatch(read(t, mod), -1)
		if len(direct) < 5 {
			t.Errorf("only %d dependencies were read from %s", len(direct), mod)
		}
		for _, found := range direct {
			if !strings.Contains(reasons, "| "+found[1]+" | ") {
				t.Errorf("CONTRIBUTING does not say what %s is for", found[1])
			}
		}
	}
}

// A tag of someone else's action can be moved; a commit can't. The version after it
// is a comment for the reader.
func TestEveryActionOfTheWorkflowsIsPinned(t *testing.T) {
	t.Parallel()
	used := regexp.MustCompile(`(?m)^\s*(?:- )?uses:\s*(.*)$`)
	pinned := regexp.MustCompile(`^[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)
	workflows, err := filepath.Glob(filepath.Join(root, ".github", "workflows", "*.y*ml"))
	if err != nil || len(workflows) == 0 {
		t.Fatal(err, workflows)
	}
	actions := 0
	for _, path := range workflows {
		name := filepath.Base(path)
		text := read(t, ".github", "workflows", name)
		for _, action := range used.FindAllStringSubmatch(text, -1) {
			actions++
			if !pinned.MatchString(action[1]) {
				t.Errorf("%s: %s is not pinned to a commit, with its version after it", name, action[1])
			}
		}
		checkouts := strings.Count(text, "uses: actions/checkout@")
		if kept := checkouts - strings.Count(text, "          persist-credentials: false\n"); kept != 0 {
			t.Errorf("%s: %d of %d checkouts leave the token where later steps can read it", name, kept, checkouts)
		}
		if strings.Contains(text, "gh release create") && !strings.Contains(text, "uses: actions/attest-build-provenance@") {
			t.Errorf("%s: the files of a release are not attested", name)
		}
		if !strings.Contains(text, "\npermissions:\n  contents: read\n") {
			t.Errorf("%s does not limit its rights to reading", name)
		}
	}
	if actions == 0 {
		t.Error("no action was found")
	}
}
