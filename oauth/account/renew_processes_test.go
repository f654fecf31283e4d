//go:build unix

package account

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/internal/egnytetest"
	"egnyte-accounts/oauth/keyring/keyringtest"
)

// childRenews makes a child of this test binary serve "fresh OFFSET" lines: it
// asks for a token with its clock so many nanoseconds ahead, and answers with
// the points that it passed and the token, or the error.
const childRenews = "renews"

// pairSaved is the step after which a renewed pair is safe.
const pairSaved = "keyring did set"

// serveRenewals is the child's side.
func serveRenewals(store *Store, secrets *keyringtest.Keyring, in io.Reader, out io.Writer) error {
	clock := &egnytetest.Clock{}
	store.Now = clock.Now
	watchSteps(store, secrets, func(step string) {
		if strings.HasPrefix(step, "request") || step == pairSaved {
			fmt.Fprintln(out, "point "+step)
		}
	})
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		offset, err := strconv.ParseInt(lines.Text(), 10, 64)
		if err != nil {
			return err
		}
		clock.Move(time.Duration(offset) - clock.Moved())
		ctx, cancel := contextFor(time.Minute)
		accounts, err := store.List(ctx)
		var token oauth.Token
		if err == nil {
			token, err = store.Token(ctx, accounts[0], TokenOptions{MinLeft: 5 * time.Minute})
		}
		cancel()
		fmt.Fprintf(out, "done %s %v\n", token.Access.Reveal(), err)
	}
	return lines.Err()
}

// renewer is a child that asks for tokens.
type renewer struct {
	command *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Scanner
}

func startRenewer(t *testing.T, e *egnyte) *renewer {
	t.Helper()
	command := child(t, e.store, e.keyring, childRenews, 0)
	in, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	command.Stderr = os.Stderr
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = in.Close(); _ = command.Wait() })
	return &renewer{command, in, bufio.NewScanner(out)}
}

// ask sends the wish for a token.
func (r *renewer) ask(offset time.Duration) { fmt.Fprintln(r.in, int64(offset)) }

// answer is the token that came, and the points passed on the way; no token if
// the child died or failed.
func (r *renewer) answer() (token string, points string) {
	for r.out.Scan() {
		text := r.out.Text()
		if rest, ok := strings.CutPrefix(text, "done "); ok {
			token, failed, _ := strings.Cut(rest, " ")
			if failed != "<nil>" {
				return "", points + failed
			}
			return token, points
		}
		points += text + "; "
	}
	return "", points
}

func (e *egnyte) mustTake(t *testing.T, token string) {
	t.Helper()
	e.mustWork(t, oauth.Token{Access: oauth.NewSecret(token)}, nil)
}

func TestProcessesAroundAnExpiryMakeOneRequestTogether(t *testing.T) {
	t.Parallel()
	e := atEgnyte(t, "3600")
	const processes = 8
	var crowd []*renewer
	for range processes {
		crowd = append(crowd, startRenewer(t, e))
	}
	rounds := roundsOf(10, 50)
	for round := range rounds {
		e.pass(time.Duration(56+rand.N(8)) * time.Minute) // short before the end, or after it
		before := e.Requests("token")
		for _, r := range crowd {
			r.ask(e.clock.Moved())
		}
		tokens := map[string]bool{}
		for _, r := range crowd {
			token, points := r.answer()
			if token == "" {
				t.Fatalf("round %d: no token: %s", round, points)
			}
			tokens[token] = true
			e.mustTake(t, token)
		}
		if n := e.Requests("token") - before; n != 1 || len(tokens) != 1 {
			t.Fatalf("round %d: %d token requests, %d tokens", round, n, len(tokens))
		}
		e.mustHoldNewest(t)
	}
}

func TestAKilledProcessLosesAPairOnlyBetweenEgnytesAnswerAndTheKeyring(t *testing.T) {
	t.Parallel()
	e := atEgnyte(t, "3600")
	survivor := startRenewer(t, e)
	lost, rotated := 0, 0
	rounds := roundsOf(20, 200)
	for round := range rounds {
		e.pass(time.Hour)
		before := e.Requests("token")
		victim := startRenewer(t, e)
		victim.ask(e.clock.Moved())
		points := e.killAtRandom(victim)
		if e.Requests("token") > before {
			rotated++
		}

		survivor.ask(e.clock.Moved())
		token, why := survivor.answer()
		if token != "" {
			e.mustTake(t, token)
			e.mustHoldNewest(t)
			continue
		}
		// A dead pair: only where Egnyte had answered and the pair was not kept.
		lost++
		if e.Requests("token") == before || strings.Contains(points, pairSaved) {
			t.Fatalf("round %d: lost after %q: %s", round, points, why)
		}
		if a := e.account(t); a.State != Reconnect || a.Reason != oauth.RefusedInvalidGrant {
			t.Fatalf("round %d: a dead pair, and the account says %+v", round, a)
		}
		// A person signs in again. Their token is as old as the clock here.
		if _, err := e.store.Save(t.Context(), e.name, e.signInLater(t)); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d kills after a token request had left; %d pairs lost between Egnyte's answer and the keyring, which no client can close",
		rotated, lost)
}

// signInLater is a sign-in by the clock that the test has moved.
func (e *egnyte) signInLater(t *testing.T) oauth.Grant {
	e.RevokeAll("acme", "jsmith") // the pair that nobody has
	grant := egnytetest.SignIn(t, e.Server)
	grant.Token.Issued = grant.Token.Issued.Add(e.clock.Moved())
	grant.Token.Expiry = grant.Token.Expiry.Add(e.clock.Moved())
	return grant
}

// killAtRandom kills the child at once, or shortly after it passed a point of its
// renewal, and returns the points that it passed.
func (e *egnyte) killAtRandom(r *renewer) (points string) {
	after := rand.N(4) // points to let pass
	for range after {
		if !r.out.Scan() || strings.HasPrefix(r.out.Text(), "done") {
			break
		}
		points += r.out.Text() + "; "
	}
	for spin := rand.N(200_000); spin > 0; spin-- { // less than the shortest timer
		_ = os.Getpid()
	}
	_ = r.command.Process.Signal(syscall.SIGKILL)
	_, rest := r.answer()
	return points + rest
}
