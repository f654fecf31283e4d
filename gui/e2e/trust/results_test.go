package main

import (
	"bytes"
	"strings"
	"testing"
)

// counted reads a log.
func counted(t *testing.T, log string) results {
	t.Helper()
	c := results{}
	if err := c.read(strings.NewReader(log)); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestALogIsCountedByTestSubtestAndFigure(t *testing.T) {
	t.Parallel()
	c := counted(t, `=== RUN   TestA
=== RUN   TestA/one
=== RUN   TestA/two
--- FAIL: TestA (0.00s)
    --- PASS: TestA/one (0.00s)
    --- FAIL: TestA/two (0.00s)
=== RUN   TestB
    b_test.go:1: tried=10 held=9 lost=1
--- FAIL: TestB (0.00s)
=== RUN   TestC
--- SKIP: TestC (0.00s)
=== RUN   TestE
    e_test.go:1: it broke
--- FAIL: TestE (0.00s)
=== RUN   TestD
--- PASS: TestD (0.00s)
=== RUN   TestF
=== RUN   TestF/one
=== RUN   TestF/two
=== NAME  TestF
    f_test.go:1: broken behind its subtests
--- FAIL: TestF (0.00s)
    --- PASS: TestF/one (0.00s)
    --- SKIP: TestF/two (0.00s)
=== RUN   TestG
=== RUN   TestG/one
=== NAME  TestG
    g_test.go:1: tried=7 held=7 lost=0
    g_test.go:2: and then it broke
--- FAIL: TestG (0.00s)
    --- PASS: TestG/one (0.00s)
=== RUN   TestH
panic: test timed out after 10m0s
FAIL	egnyte-accounts/some/where	1.0s
`)
	if said := strings.Join(c[test{"some/where", "TestE", false}].said, ""); !strings.Contains(said, "it broke") {
		t.Errorf("of a test that failed it says %q", said)
	}
	for name, want := range map[string]figure{
		"TestA": {tried: 2, held: 1, lost: 1},
		"TestB": {tried: 10, held: 9, lost: 1},
		"TestC": {skipped: 1},
		"TestD": {tried: 1, held: 1},
		"TestE": {tried: 1, lost: 1},
		"TestF": {tried: 2, held: 1, lost: 1, skipped: 1},
		"TestG": {tried: 8, held: 7, lost: 1},
		"TestH": {tried: 1, lost: 1},
	} {
		got := *c[test{"some/where", name, false}]
		got.said = nil
		if got.tried != want.tried || got.held != want.held || got.skipped != want.skipped || got.lost != want.lost {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
	}
}

// Given logs of a whole run, then what they lack is lost, a skip is in the sum, and
// a package that failed without a test of its own is lost too.
func TestASumSaysWhatDidNotRunAndWhatWasSkipped(t *testing.T) {
	t.Parallel()
	c := counted(t, `=== RUN   TestA
--- PASS: TestA (0.00s)
=== RUN   TestS
--- SKIP: TestS (0.00s)
ok  	egnyte-accounts/one	1.0s
=== RUN   TestRaces
--- PASS: TestRaces (0.00s)
FAIL
FAIL	egnyte-accounts/races	1.0s
FAIL	egnyte-accounts/broken [build failed]
`)
	named := []test{{"one", "TestA", false}, {"one", "TestS", false}, {"one", "TestDesktop", true}}
	for all, want := range map[bool]figure{
		false: {tried: 3, held: 1, lost: 2, skipped: 1},
		true:  {tried: 4, held: 1, lost: 3, skipped: 1},
	} {
		var out bytes.Buffer
		got := report(&out, named, c, all)
		if got.tried != want.tried || got.held != want.held || got.lost != want.lost || got.skipped != want.skipped {
			t.Errorf("all=%v: got %+v, want %+v\n%s", all, got, want, out.String())
		}
	}
}
