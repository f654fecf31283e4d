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
	skipped           int      // tests and subtests
	said              []string // of a test that failed
}

func (f *figure) add(g figure) {
	f.tried, f.held, f.lost, f.skipped = f.tried+g.tried, f.held+g.held, f.lost+g.lost, f.skipped+g.skipped
}

// results are figures of tests.
type results map[test]*figure

// begun is the outcome of a test that said none: its program was ended.
const begun = "BEGUN"

var (
	outcomeLine = regexp.MustCompile(`^\s*--- (PASS|FAIL|SKIP): (\S+) `)
	currentLine = regexp.MustCompile(`^=== (?:RUN|NAME|CONT)\s+(\S+)`)
	figureLine  = regexp.MustCompile(`tried=(\d+) held=(\d+) lost=(\d+)`)
	packageLine = regexp.MustCompile(`^(ok|FAIL)\s+` + module + `(\S+)`)
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
			c.take(found[2], run, found[1] == "FAIL")
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
		if r.current = found[1]; r.outcomes[r.current] == "" {
			r.outcomes[r.current] = begun
		}
		return
	}
	top := topOf(r.current)
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

// take counts a package's tests. A test with subtests counts as those; where it
// failed and none of them did, it is one that was lost. So is a package that
// failed and no test of it.
func (c results) take(pkg string, run oneRun, failed bool) {
	lost := 0
	for name, outcome := range run.outcomes {
		top := topOf(name)
		f := c.of(pkg, top)
		g := run.figure(name, outcome)
		if g.lost > 0 || outcome == "FAIL" {
			f.said = run.said[top]
		}
		lost += g.lost
		f.add(g)
	}
	for top, f := range run.figures {
		c.of(pkg, top).add(f)
		lost += f.lost
	}
	if failed && lost == 0 {
		c.of(pkg, packageItself).add(figure{tried: 1, lost: 1})
	}
}

// packageItself stands for what failed and is no test: a build, a race that was
// detected, an exit.
const packageItself = "the package itself"

// figure is what one test counts for by itself.
func (r oneRun) figure(name, outcome string) figure {
	parent, under := false, false
	for other, theirs := range r.outcomes {
		if strings.HasPrefix(other, name+"/") {
			parent = true
			under = under || theirs == "FAIL" || theirs == begun
		}
	}
	said := r.figures[name]
	switch {
	case outcome == "SKIP":
		return figure{skipped: 1}
	case outcome == "FAIL" && !under && said.lost == 0, outcome == begun && !under:
		return figure{tried: 1, lost: 1}
	case outcome == "PASS" && !parent && r.figures[topOf(name)].tried == 0:
		return figure{tried: 1, held: 1}
	}
	return figure{}
}

func topOf(name string) string {
	top, _, _ := strings.Cut(name, "/")
	return top
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

// packagesLost are those that failed with no test of theirs.
func (c results) packagesLost() (all []test) {
	for t := range c {
		if t.name == packageItself && !t.endToEnd {
			all = append(all, t)
		}
	}
	return all
}
