package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const root = "../../.."

func TestEveryTestThatSECURITYNamesExists(t *testing.T) {
	t.Parallel()
	named, err := readNamed(root)
	if err != nil {
		t.Fatal(err)
	}
	if len(named) < 50 {
		t.Errorf("%d tests are named: the reading of SECURITY.md is broken", len(named))
	}
}

func TestAMissingTestIsAnError(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "SECURITY.md"), []byte("See `TestNobodyWroteThis`."), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := readNamed(dir); err == nil || !strings.Contains(err.Error(), "TestNobodyWroteThis") {
		t.Errorf("got %v", err)
	}
}
