//go:build e2e && linux

package main

import (
	"cmp"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// crowd is how many programs want a token at the same moment.
const crowd = 1000

// TestInsideAThousandProgramsMakeOneRequest: given an account whose token is
// due, when 1,000 programs ask for it at once, then Egnyte is asked once, and
// every one of them gets the token.
func TestInsideAThousandProgramsMakeOneRequest(t *testing.T) {
	in := insideSession(t, "3600")
	before := in.egnyte.Requests("token")
	old := in.live(t)
	idle := in.crowd(t, old)
	// Within its last five minutes, and in the second half of its life.
	in.age(t, 58*time.Minute)
	due := in.crowd(t, "")

	if got := in.egnyte.Requests("token") - before; got != 1 {
		t.Errorf("%d token requests", got)
	}
	if in.live(t) == old {
		t.Error("the token was not renewed")
	}
	for name, took := range map[string][]time.Duration{"nothing to wait for": idle, "a renewal": due} {
		t.Logf("%d programs at once, %s: half had their token after %v, the last after %v",
			crowd, name, took[crowd/2].Round(time.Millisecond), took[crowd-1].Round(time.Millisecond))
	}
}

// crowd has all of them ask at once, and tells how long each took, the fastest
// first. All get the token want, "" for the one that lives afterwards.
func (in inside) crowd(t *testing.T, want string) (took []time.Duration) {
	t.Helper()
	gate, opened, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer gate.Close()
	asked := make([]*asking, crowd)
	for n := range asked {
		asked[n] = in.ask(t, gate)
	}
	start := time.Now()
	_ = opened.Close()
	var ended sync.WaitGroup
	for _, a := range asked {
		ended.Go(func() { a.failed = a.command.Wait(); a.took = time.Since(start) })
	}
	ended.Wait()
	want = cmp.Or(want, in.live(t))
	for _, a := range asked {
		if a.failed != nil || a.stdout.String() != want+"\n" || a.stderr.String() != "" {
			t.Errorf("one of them: %v, %d bytes, %s", a.failed, a.stdout.Len(), a.stderr.String())
		}
		took = append(took, a.took)
	}
	slices.Sort(took)
	return took
}

// asking is one program on its way.
type asking struct {
	command        *exec.Cmd
	stdout, stderr strings.Builder
	failed         error
	took           time.Duration
}

// ask starts a program that waits at the gate.
func (in inside) ask(t *testing.T, gate *os.File) *asking {
	t.Helper()
	a := &asking{}
	a.command = exec.CommandContext(t.Context(), "sh", "-c", `read -r _ <&3; exec "$0" token 3<&-`, os.Getenv(programVariable))
	a.command.ExtraFiles = []*os.File{gate}
	a.command.Stdout, a.command.Stderr = &a.stdout, &a.stderr
	if err := a.command.Start(); err != nil {
		t.Fatal(err)
	}
	return a
}

// Given two shells with an EGNYTE_ACCOUNT each, when both renew at the same time, then
// each gets the token of its own account.
func TestInsideTwoShellsEachHaveTheirAccount(t *testing.T) {
	in := insideSession(t, "3600")
	jane, bala := in, in
	bala.name = in.signIn(t, 1)
	for round := range 5 {
		var shells sync.WaitGroup
		for username, shell := range map[string]inside{"jsmith": jane, "bkumar": bala} {
			before := shell.egnyte.Tokens("acme", username)
			shell.age(t, 58*time.Minute)
			shells.Go(func() {
				got, said, code := shell.shell(t, "$EGNYTE_AUTH token", "EGNYTE_ACCOUNT="+shell.name)
				live := shell.egnyte.Tokens("acme", username)
				if code != 0 || len(live) != 1 || live[0] == before[0] || got != live[0].Access+"\n" {
					t.Errorf("round %d, %s: exit code %d, %s", round, username, code, said)
				}
			})
		}
		shells.Wait()
	}
}
