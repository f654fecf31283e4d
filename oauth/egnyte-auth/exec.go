package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// What a shell exits with for a command that it can't run.
const (
	exitNotExecutable = 126
	exitNotFound      = 127
)

// exitStatus is what the process ends with, where it is not for advice to say.
type exitStatus struct {
	code int
	err  error // nil: there is nothing to say
}

func (e *exitStatus) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit status %d", e.code)
	}
	return e.err.Error()
}
func (e *exitStatus) Unwrap() error { return e.err }

func newExec(p *program) *cobra.Command {
	var f bearerFlags
	c := &cobra.Command{
		Use:   "exec [ACCOUNT] -- COMMAND [ARG]...",
		Short: "Run a command with an account's token in its environment",
		Long: "Run COMMAND with EGNYTE_TOKEN, the account's access token, and EGNYTE_DOMAIN, its\n" +
			"address (https://acme.egnyte.com). The token is in that environment and nowhere\n" +
			"else. The exit code is COMMAND's; 126 where it can't be run, 127 where there is no\n" +
			"such command.\n\n" + tokenFromEnvironment,
		Example: "  egnyte-auth exec -- python3 report.py\n  egnyte-auth exec acme -- sh -c 'curl -H \"Authorization: Bearer $EGNYTE_TOKEN\" $EGNYTE_DOMAIN/pubapi/v1/userinfo'",
		Args:    usageArgs(execArgs),
		RunE: func(c *cobra.Command, args []string) error {
			dash := c.ArgsLenAtDash()
			path, err := findCommand(args[dash])
			if err != nil {
				return err
			}
			b, err := p.bearer(c, args[:dash], f)
			if err != nil {
				return err
			}
			return run(path, args[dash:], b.environment(os.Environ()))
		},
	}
	f.add(c)
	return c
}

func execArgs(c *cobra.Command, args []string) error {
	switch dash := c.ArgsLenAtDash(); {
	case dash < 0:
		return &usageError{"put -- before the command: egnyte-auth exec [ACCOUNT] -- COMMAND"}
	case dash > 1:
		return &usageError{"name one account at most before the --"}
	case dash == len(args):
		return &usageError{"no command follows the --"}
	}
	return nil
}

func findCommand(name string) (string, error) {
	path, err := exec.LookPath(name)
	switch {
	case err == nil:
		return path, nil
	case errors.Is(err, fs.ErrPermission):
		return "", &exitStatus{exitNotExecutable, fmt.Errorf("%s can't be run", name)}
	}
	return "", &exitStatus{exitNotFound, fmt.Errorf("there is no command %s", name)}
}

// environment is the given one, with this token and domain in place of others.
func (b bearer) environment(given []string) []string {
	ours := map[string]string{tokenVariable: b.access.Reveal()}
	if b.baseURL != "" {
		ours[domainVariable] = b.baseURL
	}
	kept := slices.DeleteFunc(slices.Clone(given), func(pair string) bool {
		name, _, _ := strings.Cut(pair, "=")
		if runtime.GOOS == "windows" {
			name = strings.ToUpper(name)
		}
		return ours[name] != ""
	})
	for _, name := range []string{tokenVariable, domainVariable} {
		if value := ours[name]; value != "" {
			kept = append(kept, name+"="+value)
		}
	}
	return kept
}
