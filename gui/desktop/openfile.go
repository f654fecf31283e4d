package desktop

import (
	"context"
	"fmt"
	"os"
	"os/exec"
)

// OpenFile shows a file in the program that this system has for its kind. It
// returns when whatever opens files has ended, which for a program in the
// foreground is when the person closes it, or when ctx ends; the program is left
// running then. An error means that nothing shows the file.
func OpenFile(ctx context.Context, path string) error {
	command, err := opener(path)
	if err != nil {
		return err
	}
	command.Dir, command.Env = root(), cleaned(os.Environ())
	detach(command)
	if err := command.Start(); err != nil {
		return fmt.Errorf("opening %s: %w", path, err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			return fmt.Errorf("opening %s: %s: %w", path, command.Path, err)
		}
	case <-ctx.Done():
	}
	return nil
}

// openBy is for openers that are given the path alone.
func openBy(path, name string, args ...string) (*exec.Cmd, error) {
	program, err := exec.LookPath(name)
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	return exec.Command(program, append(args, path)...), nil
}
