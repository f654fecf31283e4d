//go:build e2e && linux

package main

import (
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
// every one of them gets a token.
func TestInsideAThousandProgramsMakeOneRequest(t *testing.T) {
	in := insideSession(t, "3600")
	before := in.egnyte.Requests("token")
	old := in.live(t)
	// Within its last five minutes, and in the second half of its life.
	in.age(t, 58*time.Minute)

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

	if got := in.egnyte.Requests("token") - before; got != 1 {
		t.Errorf("%d token requests", got)
	}
	now := in.live(t)
	if now == old {
		t.Error("the token was not renewed")
	}
	var took []time.Duration
	for _, a := range asked {
		if a.failed != nil || a.stdout.String() != now+"\n" || a.stderr.String() != "" {
			t.Errorf("one of them: %v, %d bytes, %s", a.failed, a.stdout.Len(), a.stderr.String())
		}
		took = append(took, a.took)
	}
	slices.Sort(took)
	t.Logf("%d programs at once: half had their token after %v, the last after %v", crowd, took[crowd/2].Round(time.Millisecond), took[crowd-1].Round(time.Millisecond))
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
