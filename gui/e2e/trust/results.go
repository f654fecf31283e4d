package main

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

const module = "egnyte-accounts/"

// figure is what became of one test.
type figure struct {
	tried, held, lost int
	skipped           bool
	said              []string // of a test that failed
}

func (f *figure) add(g figure) {
	f.tried, f.held, f.lost = f.tried+g.tried, f.held+g.held, f.lost+g.lost
}

// results are figures of tests.
type results map[test]*figure

var (
	outcomeLine = regexp.MustCompile(`^\s*--- (PASS|FAIL|SKIP): (\S+) `)
	currentLine = regexp.MustCompile(`^=== (?:RUN|NAME|CONT)\s+(\S+)`)
	figureLine  = regexp.MustCompile(`tried=(\d+) held=(\d+) lost=(\d+)`)
	packageLine = regexp.MustCompile(`^(?:ok|FAIL)\s+` + module + `(\S+)`)
)

// oneRun is what a package's test program printed so far.
type oneRun struct {
	outcomes map[string]string // of tests and subtests
	figures  map[string]figure
	said     map[string][]string
	current  string
}

func newRun() oneRun {
	return oneRun{map[string]string{}, map[string]figure{}, map[string][]string{}, ""}
}

// read takes a log of `go test -v`, in which a package's tests come before its name.
func (c results) read(log io.Reader) error {
	run := newRun()
	lines := bufio.NewScanner(log)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		line := lines.Text()
		if found := packageLine.FindStringSubmatch(line); found != nil {
			c.take(found[1], run)
			run = newRun()
			continue
		}
		run.read(line)
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("reading a log: %w", err)
	}
	return nil
}

func (r *oneRun) read(line string) {
	if found := outcomeLine.FindStringSubmatch(line); found != nil {
		r.outcomes[found[2]], r.current = found[1], found[2]
		return
	}
	if found := currentLine.FindStringSubmatch(line); found != nil {
		r.current = found[1]
		return
	}
	top, _, _ := strings.Cut(r.current, "/")
	if found := figureLine.FindStringSubmatch(line); found != nil {
		f := r.figures[top]
		f.add(figure{tried: number(found[1]), held: number(found[2]), lost: number(found[3])})
		r.figures[top] = f
	}
	r.said[top] = append(r.said[top], line)
}

func number(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}

// take counts a package's tests. A test with subtests counts as those.
func (c results) take(pkg string, run oneRun) {
	parents := map[string]bool{}
	for name := range run.outcomes {
		for at, r := range name {
			if r == '/' {
				parents[name[:at]] = true
			}
		}
	}
	for name, outcome := range run.outcomes {
		top, _, _ := strings.Cut(name, "/")
		f := c.of(pkg, top)
		if name == top {
			f.skipped = outcome == "SKIP"
		}
		if outcome == "FAIL" {
			f.said = run.said[top]
		}
		switch {
		case outcome == "FAIL" && !parents[name]:
			f.add(figure{tried: 1, lost: 1})
		case outcome == "PASS" && !parents[name] && run.figures[top].tried == 0:
			f.add(figure{tried: 1, held: 1})
		}
	}
	for top, f := range run.figures {
		c.of(pkg, top).add(f)
	}
}

// of is the figure of a test, whichever tags it was built with.
func (c results) of(pkg, name string) *figure {
	for _, endToEnd := range []bool{false, true} {
		t := test{pkg, name, endToEnd}
		if c[t] == nil {
			c[t] = &figure{}
		}
	}
	both := c[test{pkg, name, false}]
	c[test{pkg, name, true}] = both
	return both
}
