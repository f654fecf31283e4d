package desktop

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// inFolder lets the roles of a test meet in a folder of their own.
func inFolder(t *testing.T, folder string) {
	t.Helper()
	t.Setenv("XDG_RUNTIME_DIR", folder)
	t.Setenv("XDG_CACHE_HOME", folder)
	t.Setenv("HOME", folder)
	t.Setenv("LocalAppData", folder)
}

func limited(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func claim(t *testing.T, role string) *Instance {
	t.Helper()
	instance, err := Claim(limited(t), role, "first")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := instance.Close(); err != nil {
			t.Errorf("closing: %v", err)
		}
	})
	return instance
}

func TestASecondStartRaisesTheFirst(t *testing.T) {
	inFolder(t, t.TempDir())
	first := claim(t, "window")
	heard := make(chan string, 1)
	go func() { heard <- <-first.Raised() }()

	second, err := Claim(limited(t), "window", "signin jsmith@acme.egnyte.com")

	if second != nil || !errors.Is(err, ErrRunning) {
		t.Fatalf("got %v, %v; want ErrRunning", second, err)
	}
	if got := <-heard; got != "signin jsmith@acme.egnyte.com" {
		t.Errorf("the first heard %q", got)
	}
}

// Given an owner that leaves because of what it was told, as a practice service
// does, then whoever told it has been heard all the same.
func TestAnOwnerThatLeavesAtOnceHasHeardTheMessage(t *testing.T) {
	inFolder(t, t.TempDir())
	for range 200 {
		first := claim(t, "window")
		left := make(chan error, 1)
		go func() { <-first.Raised(); left <- first.Close() }()
		if second, err := Claim(limited(t), "window", "leave"); second != nil || !errors.Is(err, ErrRunning) {
			t.Fatalf("got %v, %v; want ErrRunning", second, err)
		}
		if err := <-left; err != nil {
			t.Fatal(err)
		}
	}
}

func TestRolesDoNotRaiseEachOther(t *testing.T) {
	inFolder(t, t.TempDir())
	claim(t, "tray")
	claim(t, "window")
}

func TestManyStartsAtOnceMakeExactlyOneOwner(t *testing.T) {
	inFolder(t, t.TempDir())
	const starts = 16
	var owners, raisers sync.WaitGroup
	results := make(chan *Instance, starts)
	release := make(chan struct{})
	for range starts {
		raisers.Add(1)
		owners.Go(func() {
			instance, err := Claim(limited(t), "window", "again")
			switch {
			case err == nil:
				results <- instance
				go func() {
					for range instance.Raised() {
					}
				}()
				raisers.Done()
				<-release
			case errors.Is(err, ErrRunning):
				raisers.Done()
			default:
				raisers.Done()
				t.Errorf("a start failed: %v", err)
			}
		})
	}
	raisers.Wait()
	close(release)
	owners.Wait()
	close(results)
	count := 0
	for instance := range results {
		count++
		instance.Close()
	}
	if count != 1 {
		t.Errorf("%d owners, want 1", count)
	}
}

func TestTheNextStartTakesOverFromAnOwnerThatLeaves(t *testing.T) {
	inFolder(t, t.TempDir())
	first := claim(t, "window")
	got := make(chan error, 1)
	go func() {
		// The first never takes this message: it is not lost with the first.
		next, err := Claim(limited(t), "window", "accounts")
		if err == nil {
			err = next.Close()
		}
		got <- err
	}()
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-got; err != nil {
		t.Errorf("the next start got %v, want the role", err)
	}
	if _, open := <-first.Raised(); open {
		t.Error("Raised is open after Close")
	}
}

func TestAKilledOwnersSocketIsRecovered(t *testing.T) {
	if os.Getenv("DESKTOP_TEST_OWNER") != "" {
		if _, err := Claim(context.Background(), "tray", ""); err != nil {
			fmt.Println("failed:", err)
			os.Exit(1)
		}
		fmt.Println("owned")
		select {}
	}
	folder := t.TempDir()
	inFolder(t, folder)
	owner := exec.Command(os.Args[0], "-test.run=^TestAKilledOwnersSocketIsRecovered$")
	owner.Env = append(os.Environ(), "DESKTOP_TEST_OWNER=1")
	out, err := owner.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := owner.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "owned\n" {
		t.Fatalf("the owner said %q, %v", line, err)
	}
	if err := owner.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = owner.Wait()
	place, err := placeOf("tray")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(place.socket); err != nil {
		t.Fatalf("given a stale socket: %v", err)
	}
	claim(t, "tray")
}

func TestASilentPeerHoldsUpNobody(t *testing.T) {
	inFolder(t, t.TempDir())
	first := claim(t, "window")
	place, err := placeOf("window")
	if err != nil {
		t.Fatal(err)
	}
	silent, err := net.Dial("unix", place.socket)
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	go func() {
		for range first.Raised() {
		}
	}()
	if _, err := Claim(limited(t), "window", "hello"); !errors.Is(err, ErrRunning) {
		t.Errorf("got %v, want ErrRunning", err)
	}
	start := time.Now()
	first.Close()
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("closing took %v", took)
	}
}

func TestAMessageThatIsTooLongIsNotDelivered(t *testing.T) {
	inFolder(t, t.TempDir())
	first := claim(t, "window")
	for _, message := range []string{strings.Repeat("x", maxMessage+1), "two\nlines"} {
		if _, err := Claim(limited(t), "window", message); err == nil || errors.Is(err, ErrRunning) {
			t.Errorf("%.10q: got %v", message, err)
		}
	}
	place, err := placeOf("window")
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("unix", place.socket)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, _ = conn.Write([]byte(strings.Repeat("x", maxMessage+1) + "\n"))
	if answer, err := readLine(conn); err == nil {
		t.Errorf("answered %q", answer)
	}
	select {
	case got := <-first.Raised():
		t.Errorf("delivered %d bytes", len(got))
	default:
	}
}

func TestAFolderWithALongPathStillHoldsARole(t *testing.T) {
	folder := filepath.Join(t.TempDir(), strings.Repeat("long/", 30))
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	inFolder(t, folder)
	place, err := placeOf("window")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(filepath.Dir(place.socket)) })
	first := claim(t, "window")
	go func() { <-first.Raised() }()
	if _, err := Claim(limited(t), "window", "again"); !errors.Is(err, ErrRunning) {
		t.Errorf("got %v, want ErrRunning", err)
	}
}

func TestWithoutARuntimeFolderTheCacheFolderHoldsTheRole(t *testing.T) {
	folder := t.TempDir()
	inFolder(t, folder)
	t.Setenv("XDG_RUNTIME_DIR", filepath.Join(folder, "no", "such"))
	if err := os.WriteFile(filepath.Join(folder, "no"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	claim(t, "window")
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(cache, folderName))
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode().Perm(); mode != 0o700 {
		t.Errorf("mode %o, want 700", mode)
	}
}

func TestAnOpenFolderIsMadePrivateAndALinkIsRefused(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "open")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := makePrivate(folder); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(folder); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	link := folder + "-link"
	if err := os.Symlink(folder, link); err != nil {
		t.Fatal(err)
	}
	if makePrivate(link) == nil {
		t.Error("a link was taken for a folder")
	}
}

func TestARoleIsAPlainWord(t *testing.T) {
	t.Parallel()
	for _, role := range []string{"", "../tray", "Tray", "a b"} {
		if _, err := placeOf(role); err == nil {
			t.Errorf("%q was taken", role)
		}
	}
}
