package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// test is one that SECURITY.md names.
type test struct {
	pkg      string // its folder
	name     string
	endToEnd bool // needs the tag e2e
}

var (
	namedTest   = regexp.MustCompile("`((?:Test|Fuzz)[A-Z][A-Za-z0-9_]*)`")
	definedTest = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)[A-Z][A-Za-z0-9_]*)\(`)
	buildTags   = regexp.MustCompile(`(?m)^//go:build .*\b(e2e|soak)\b`)
)

// readNamed finds the tests that SECURITY.md below root names. A name that no
// test has is an error.
func readNamed(root string) ([]test, error) {
	text, err := os.ReadFile(filepath.Join(root, "SECURITY.md"))
	if err != nil {
		return nil, err
	}
	defined, err := readDefined(root)
	if err != nil {
		return nil, err
	}
	var named []test
	for _, found := range namedTest.FindAllSubmatch(text, -1) {
		tests := defined[string(found[1])]
		if len(tests) == 0 {
			return nil, fmt.Errorf("SECURITY.md names %s, and there is no such test", found[1])
		}
		for _, t := range tests {
			if !slices.Contains(named, t) {
				named = append(named, t)
			}
		}
	}
	return named, nil
}

// readDefined lists all tests by name. The same name may be in several packages.
func readDefined(root string) (map[string][]test, error) {
	defined := map[string][]test{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() && path != root && (strings.HasPrefix(entry.Name(), ".") || path == filepath.Join(root, "build")) {
			return skipDir(err) // build holds copies of the sources, once something was packaged
		}
		if !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		head, _, _ := bytes.Cut(text, []byte("\npackage "))
		pkg, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		for _, found := range definedTest.FindAllSubmatch(text, -1) {
			t := test{filepath.ToSlash(pkg), string(found[1]), buildTags.Match(head)}
			defined[t.name] = append(defined[t.name], t)
		}
		return nil
	})
	return defined, err
}

func skipDir(err error) error {
	if err != nil {
		return err
	}
	return fs.SkipDir
}
