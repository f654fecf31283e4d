//go:build e2e && linux

package main

import (
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// onTerminal is a program with a terminal of its own, as in a terminal window
// (pty(7)).
type onTerminal struct {
	*screen
	master  *os.File
	command *exec.Cmd
	ended   chan error
}

// ctrlC is what the key sends; the terminal makes SIGINT of it (termios(3), ISIG).
const ctrlC = "\x03"

func (in inside) onTerminal(t *testing.T, environment []string, arguments ...string) *onTerminal {
	t.Helper()
	return in.terminalFor(t, environment, os.Getenv(programVariable), arguments...)
}

func (in inside) terminalFor(t *testing.T, environment []string, program string, arguments ...string) *onTerminal {
	t.Helper()
	master, slave, err := openPTY()
	if err != nil {
		t.Fatal("making a terminal:", err)
	}
	defer slave.Close()
	p := &onTerminal{screen: newScreen(), master: master, ended: make(chan error, 1)}
	p.command = exec.CommandContext(t.Context(), program, arguments...)
	p.command.Env = append(os.Environ(), environment...)
	p.command.Stdin, p.command.Stdout, p.command.Stderr = slave, slave, slave
	p.command.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	shown := make(chan struct{})
	go func() {
		defer close(shown)
		_, _ = io.Copy(p.screen, master) // EIO once the last program has left the terminal
	}()
	go func() {
		err := p.command.Wait()
		<-shown
		p.ended <- err
	}()
	t.Cleanup(func() { _ = p.command.Process.Kill(); _ = master.Close() })
	return p
}

func (p *onTerminal) types(t *testing.T, keys string) {
	t.Helper()
	if _, err := io.WriteString(p.master, keys); err != nil {
		t.Fatal(err)
	}
}

// echoes reports whether the terminal shows what is typed.
func (p *onTerminal) echoes(t *testing.T) bool {
	t.Helper()
	state, err := unix.IoctlGetTermios(int(p.master.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	return state.Lflag&unix.ECHO != 0
}

// ends waits for the program's exit code.
func (p *onTerminal) ends(t *testing.T, want int) {
	t.Helper()
	select {
	case <-p.ended:
		if code := p.command.ProcessState.ExitCode(); code != want {
			t.Fatalf("exit code %d, want %d; the terminal shows:\n%s", code, want, p)
		}
	case <-time.After(20 * time.Second):
		t.Fatalf("it never ends; the terminal shows:\n%s", p)
	}
}

// link is the one to sign in at.
func (p *onTerminal) link(t *testing.T) string {
	t.Helper()
	for line := range strings.Lines(p.wait(t, "Waiting until")) {
		if strings.HasPrefix(line, "http") {
			return strings.TrimSpace(line)
		}
	}
	t.Fatalf("no link:\n%s", p)
	return ""
}
