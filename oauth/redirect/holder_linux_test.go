package redirect

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"egnyte-accounts/oauth/testbus"
)

const holdVariable = "REDIRECT_TEST_HOLDS"

// TestMain lets a copy of the test program be another program: one that has a
// port, or another user's.
func TestMain(m *testing.M) {
	if os.Getenv(attackVariable) != "" {
		runAttacker()
		return
	}
	if at := os.Getenv(holdVariable); at != "" {
		listener, err := net.Listen("tcp", at)
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println(listener.Addr().(*net.TCPAddr).Port)
		_, _ = bufio.NewReader(os.Stdin).ReadByte()
		return
	}
	os.Exit(m.Run())
}

// program starts a program of that name, which listens at an address.
func program(t *testing.T, name, at string, args ...string) (pid, port int) {
	t.Helper()
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	code, err := os.ReadFile(own)
	if err != nil {
		t.Fatal(err)
	}
	if err := testbus.WriteProgram(path, code, 0o700); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(path, args...)
	command.Env = append(os.Environ(), holdVariable+"="+at)
	input, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = input.Close(); _ = command.Wait() })
	line, _ := bufio.NewReader(output).ReadString('\n')
	if port, err = strconv.Atoi(strings.TrimSpace(line)); err != nil {
		t.Skipf("it can't listen at %s: %s", at, line)
	}
	return command.Process.Pid, port
}

func holderAt(t *testing.T, uri string) *PortTakenError {
	t.Helper()
	r, err := Listen(t.Context(), uri, testState)
	if err == nil {
		_ = r.Close()
	}
	var taken *PortTakenError
	if !errors.As(err, &taken) {
		t.Fatalf("%s: got %v", uri, err)
	}
	return taken
}

func TestWhoHasThePortIsTold(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, at, host string
		args           []string
		ours           bool
	}{
		{"stranger", "127.0.0.1:0", "localhost", nil, false},
		{"stranger", "[::1]:0", "localhost", nil, false},
		{"stranger", "127.0.0.1:0", "127.0.0.1", nil, false},
		{"stranger", "[::1]:0", "[::1]", nil, false},
		{"stranger", "0.0.0.0:0", "127.0.0.1", nil, false},
		{"stranger", "[::]:0", "localhost", nil, false},
		{"egnyte-auth", "127.0.0.1:0", "localhost", []string{"signin"}, true},
		{"egnyte-accounts", "[::1]:0", "localhost", []string{"--window", "signin"}, true},
		{"egnyte-auth", "127.0.0.1:0", "localhost", []string{"practice"}, false},
		{"egnyte-accounts", "127.0.0.1:0", "localhost", []string{"--practice"}, false},
	} {
		t.Run(fmt.Sprint(c.name, c.args, " ", c.at, " ", c.host), func(t *testing.T) {
			t.Parallel()
			pid, port := program(t, c.name, c.at, c.args...)
			taken := holderAt(t, "http://"+c.host+":"+strconv.Itoa(port)+"/callback")
			if want := (Holder{Name: c.name, PID: pid, Ours: c.ours}); taken.Port != port || taken.Holder != want {
				t.Errorf("got %+v, want %+v at %d", taken, want, port)
			}
			if !strings.Contains(taken.Error(), c.name) || !strings.Contains(taken.Error(), strconv.Itoa(port)) {
				t.Errorf("it says %q", taken)
			}
		})
	}
}

func TestAnotherSignInOfThisProcessIsToldAsSuch(t *testing.T) {
	t.Parallel()
	first := listenAt(t, "http://localhost/callback")
	if taken := holderAt(t, first.RedirectURI()); !taken.Holder.Ours || taken.Holder.PID != os.Getpid() {
		t.Errorf("got %+v", taken)
	}
}

// Rows as the kernel of a little-endian machine writes them.
func TestARowOfTheKernelIsRead(t *testing.T) {
	t.Parallel()
	const row = "   1: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4242 1 0000000000000000 100 0 0 10 0\n"
	for _, c := range []struct {
		row, ip string
		port    int
		want    bool
	}{
		{row, "127.0.0.1", 8080, true},
		{row, "127.0.0.1", 8081, false},
		{row, "::1", 8080, false},
		{strings.Replace(row, " 0A ", " 01 ", 1), "127.0.0.1", 8080, false},
		{strings.Replace(row, "0100007F", "00000000", 1), "127.0.0.1", 8080, true},
		{strings.Replace(row, "0100007F", "00000000000000000000000001000000", 1), "::1", 8080, true},
		{strings.Replace(row, "0100007F", "0000000000000000FFFF00000100007F", 1), "127.0.0.1", 8080, true},
		{strings.Replace(row, "0100007F", "XYZ", 1), "127.0.0.1", 8080, false},
		{"  sl  local_address rem_address   st", "127.0.0.1", 8080, false},
		{"", "127.0.0.1", 8080, false},
	} {
		got, ok := parseSocket(c.row)
		ok = ok && got.listensAt([]string{c.ip}, c.port)
		if ok != c.want || ok && (got.uid != 1000 || got.inode != "4242") {
			t.Errorf("%s at %s:%d: %+v, %v", strings.TrimSpace(c.row), c.ip, c.port, got, ok)
		}
	}
}
