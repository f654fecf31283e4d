//go:build linux

package session

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Spec is a program to start.
type Spec struct {
	Path  string // looked up in PATH where it has no slash
	Args  []string
	Env   []string  // on top of the session's; the last one of a name counts
	Unset []string  // names to leave out of the session's environment
	Stdin io.Reader // nil: closed from the start
	// Shows: its output is meant to show secrets (the practice service's), so
	// GrepSecrets leaves it out.
	Shows bool

	extra []*os.File
}

// Program is one that was started, its output in files.
type Program struct {
	Pid            int
	Started        time.Time
	stdout, stderr string
	done           chan struct{}
	state          *os.ProcessState
}

// Program starts one of the project's programs; see Find.
func (s *Session) Program(name string, args ...string) (*Program, error) {
	path, err := Find(name)
	if err != nil {
		return nil, err
	}
	return s.Start(Spec{Path: path, Args: args})
}

// Start starts a program on this desktop.
func (s *Session) Start(spec Spec) (*Program, error) {
	p, err := s.start(spec)
	if err == nil {
		s.mu.Lock()
		s.programs = append(s.programs, p)
		s.mu.Unlock()
	}
	return p, err
}

// start puts the output into files and not into pipes, which a grandchild
// would inherit and keep open.
func (s *Session) start(spec Spec) (*Program, error) {
	p := &Program{done: make(chan struct{})}
	var err error
	if p.stdout, p.stderr, err = s.outputs(spec); err != nil {
		return nil, err
	}
	cmd := exec.Command(spec.Path, spec.Args...)
	cmd.Env = append(without(s.Env(), spec.Unset), spec.Env...)
	cmd.Dir = s.home()
	cmd.Stdin = spec.Stdin
	cmd.ExtraFiles = spec.extra
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	stdout, err := os.Create(p.stdout)
	if err != nil {
		return nil, err
	}
	defer stdout.Close()
	stderr, err := os.Create(p.stderr)
	if err != nil {
		return nil, err
	}
	defer stderr.Close()
	cmd.Stdout, cmd.Stderr = stdout, stderr
	p.Started = time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p.Pid = cmd.Process.Pid
	go func() {
		defer close(p.done)
		_ = cmd.Wait() // the state says it
		p.state = cmd.ProcessState
	}()
	return p, nil
}

func (s *Session) outputs(spec Spec) (stdout, stderr string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := filepath.Base(spec.Path)
	s.counts[name]++
	base := filepath.Join(s.logs(), fmt.Sprintf("%s-%d", name, s.counts[name]))
	stdout, stderr = base+".out", base+".err"
	if spec.Shows {
		s.unlogged[stdout], s.unlogged[stderr] = true, true
	}
	return stdout, stderr, os.MkdirAll(s.logs(), 0o700)
}

func without(env, names []string) []string {
	kept := env[:0:0]
next:
	for _, entry := range env {
		for _, name := range names {
			if strings.HasPrefix(entry, name+"=") {
				continue next
			}
		}
		kept = append(kept, entry)
	}
	return kept
}

// Outputs is what the session's programs printed so far, to look into a failure,
// without those started with Spec.Shows.
func (s *Session) Outputs() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all strings.Builder
	for _, p := range s.programs {
		if said := p.Stdout() + p.Stderr(); said != "" && !s.unlogged[p.stdout] {
			fmt.Fprintf(&all, "%s said:\n%s", filepath.Base(p.stdout), said)
		}
	}
	return all.String()
}

// Stdout is what the program wrote so far.
func (p *Program) Stdout() string { return readAll(p.stdout) }

// Stderr is what the program complained so far.
func (p *Program) Stderr() string { return readAll(p.stderr) }

func readAll(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return string(text)
}

// Done is closed when the program has ended.
func (p *Program) Done() <-chan struct{} { return p.done }

// Wait returns the exit code, -1 for a signal.
func (p *Program) Wait(ctx context.Context, within time.Duration) (int, error) {
	timer := time.NewTimer(within)
	defer timer.Stop()
	select {
	case <-p.done:
		return p.state.ExitCode(), nil
	case <-ctx.Done():
		return 0, ctx.Err()
	case <-timer.C:
		return 0, fmt.Errorf("process %d still runs after %s; it said: %s%s", p.Pid, within, p.Stdout(), p.Stderr())
	}
}

// Signal sends it a signal.
func (p *Program) Signal(signal syscall.Signal) error {
	select {
	case <-p.done:
		return os.ErrProcessDone
	default:
		return syscall.Kill(p.Pid, signal)
	}
}

// Stop ends it: it is asked, and after three seconds made to.
func (p *Program) Stop() {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		if p.Signal(signal) != nil {
			return
		}
		select {
		case <-p.done:
			return
		case <-time.After(3 * time.Second):
		}
	}
}
