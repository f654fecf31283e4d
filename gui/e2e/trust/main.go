// Command trust runs the tests that SECURITY.md names, and says how many cases
// they tried. Given logs of `go test -v`, it counts what those ran instead of
// running it again; with -all before them, every test that is named has to be in
// them, those for a desktop too. What was skipped stands in the last line.
//
// A case is a test or subtest, or as many as a test says in a line
// "tried=N held=N lost=N" of its log.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

func main() {
	begin := time.Now()
	named, err := readNamed(".")
	if err != nil {
		fmt.Fprintln(os.Stderr, "trust:", err)
		os.Exit(1)
	}
	counted := results{}
	all := flag.Bool("all", false, "every test that is named has to have run")
	flag.Parse()
	if logs := flag.Args(); len(logs) > 0 {
		err = counted.readLogs(logs)
	} else {
		err = counted.run(named)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "trust:", err)
		os.Exit(1)
	}
	total := report(os.Stdout, named, counted, *all)
	fmt.Printf("trust: %d cases tried, %d held, %d lost, %d skipped, in %d s\n", total.tried, total.held, total.lost, total.skipped, int(time.Since(begin).Seconds()))
	if total.lost > 0 || total.tried == 0 {
		os.Exit(1)
	}
}

func (c results) readLogs(paths []string) error {
	for _, path := range paths {
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		err = c.read(file)
		_ = file.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

// run runs what needs neither a desktop nor a built program, with the flags of
// the unit tests, so that nothing is compiled twice.
func (c results) run(named []test) error {
	packages := map[string][]string{}
	for _, t := range named {
		if !t.endToEnd {
			packages[t.pkg] = append(packages[t.pkg], t.name)
		}
	}
	for _, pkg := range sorted(packages) {
		begin := time.Now()
		command := exec.Command("go", "test", "-race", "-tags", "ci", "-count=1", "-v",
			"-run", "^("+strings.Join(packages[pkg], "|")+")$", "./"+pkg)
		command.Env = append(os.Environ(), "CGO_ENABLED=1") // the race detector needs it
		out, failed := command.CombinedOutput()
		if failed != nil && !bytes.Contains(out, []byte("\nFAIL\t")) { // it did not come that far
			return fmt.Errorf("running the tests of %s: %w\n%s", pkg, failed, out)
		}
		if err := c.read(bytes.NewReader(out)); err != nil {
			return err
		}
		fmt.Printf("   %s: %d tests in %d s\n", pkg, len(packages[pkg]), int(time.Since(begin).Seconds()))
	}
	return nil
}

// report prints a line for each package, and what went wrong.
func report(w io.Writer, named []test, counted results, all bool) (total figure) {
	packages := map[string]*figure{}
	later := 0
	for _, t := range append(slices.Clone(named), counted.packagesLost()...) {
		f := counted[t]
		switch {
		case f == nil && t.endToEnd && !all:
			later++
			continue
		case f == nil:
			f = &figure{tried: 1, lost: 1, said: []string{"it did not run"}}
		case f.skipped > 0:
			fmt.Fprintf(w, "skipped here, %d of it: %s\n", f.skipped, t.name)
		}
		if f.lost > 0 {
			fmt.Fprintf(w, "LOST: %s in %s\n%s\n", t.name, t.pkg, strings.Join(f.said, "\n"))
		}
		sum := packages[t.pkg]
		if sum == nil {
			sum = &figure{}
			packages[t.pkg] = sum
		}
		sum.add(*f)
		total.add(*f)
	}
	for _, pkg := range sorted(packages) {
		f := packages[pkg]
		fmt.Fprintf(w, "%-28s %6d tried %6d held %4d lost\n", pkg, f.tried, f.held, f.lost)
	}
	if later > 0 {
		fmt.Fprintf(w, "%d more need the built programs: make test runs them\n", later)
	}
	return total
}

func sorted[V any](m map[string]V) []string {
	var keys []string
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
