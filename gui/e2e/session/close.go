//go:build linux

package session

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Close ends every process of the session, those that detached themselves
// too, and returns an error if one is left.
func (s *Session) Close() error {
	s.closing.Do(func() { s.closed = s.end() })
	return s.closed
}

func (s *Session) end() error {
	s.cancel()
	s.mu.Lock()
	programs, desktop := s.programs, s.desktop
	s.programs, s.desktop = nil, nil
	s.mu.Unlock()
	for _, p := range slices.Backward(programs) {
		p.Stop()
	}
	s.Browser.close()
	s.endAll()
	s.TrayHost.close()
	s.Notifications.close()
	s.Display.close()
	for _, p := range slices.Backward(desktop) {
		p.Stop()
	}
	if s.run == "" {
		return nil
	}
	if left := s.Processes(); len(left) > 0 {
		return fmt.Errorf("left running: %v", left)
	}
	return os.RemoveAll(s.run)
}

// Left lists the session's processes that none of its own programs and no part
// of the desktop accounts for: those that detached themselves.
func (s *Session) Left() []Process {
	s.mu.Lock()
	known := map[int]bool{}
	for _, p := range slices.Concat(s.programs, s.desktop) {
		known[p.Pid] = true
	}
	s.mu.Unlock()
	return slices.DeleteFunc(s.Processes(), func(p Process) bool {
		return known[p.Pid] || strings.Contains(p.Args, s.Browser.profileDir())
	})
}

// endAll ends by id what was started by others than this process, again and
// again: a browser that has just begun starts others while it is being ended.
func (s *Session) endAll() {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		told := map[int]bool{}
		err := Eventually(context.Background(), 3*time.Second, func() error {
			left := s.Processes()
			for _, p := range left {
				if !told[p.Pid] {
					told[p.Pid] = true
					_ = syscall.Kill(p.Pid, signal)
				}
			}
			if len(left) > 0 {
				return fmt.Errorf("left running: %v", left)
			}
			return nil
		})
		if err == nil {
			return
		}
	}
}

// Process is a running process of the session.
type Process struct {
	Pid  int
	Args string // space-separated
}

// Processes lists what carries the session's mark in its environment.
func (s *Session) Processes() []Process { return Marked(s.marker()) }

// Marked lists the processes that have an entry (NAME=value) in their environment.
func Marked(entry string) []Process {
	var found []Process
	for _, pid := range pids() {
		if marked(pid, []byte(entry)) && !zombie(pid) {
			found = append(found, Process{Pid: pid, Args: arguments(pid)})
		}
	}
	return found
}

func pids() []int {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	var all []int
	for _, entry := range entries {
		if pid, err := strconv.Atoi(entry.Name()); err == nil {
			all = append(all, pid)
		}
	}
	return all
}

func marked(pid int, mark []byte) bool {
	env, err := os.ReadFile(procFile(pid, "environ"))
	return err == nil && slices.ContainsFunc(bytes.Split(env, []byte{0}), func(entry []byte) bool { return bytes.Equal(entry, mark) })
}

func zombie(pid int) bool {
	stat, err := os.ReadFile(procFile(pid, "stat"))
	if err != nil {
		return true
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	return strings.HasPrefix(rest, "Z")
}

func arguments(pid int) string {
	line, err := os.ReadFile(procFile(pid, "cmdline"))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(bytes.ReplaceAll(line, []byte{0}, []byte{' '})))
}

func procFile(pid int, name string) string {
	return filepath.Join("/proc", strconv.Itoa(pid), name)
}
