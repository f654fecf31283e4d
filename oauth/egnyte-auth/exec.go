package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
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
	var tokenAs, domainAs []string
	c := &cobra.Command{
		Use:   "exec [ACCOUNT] -- COMMAND [ARG]...",
		Short: "Run a command with an account's token in its environment",
		Long: "Run COMMAND with EGNYTE_TOKEN, the account's access token, and EGNYTE_DOMAIN, its\n" +
			"address (https://acme.egnyte.com). The token is in that environment and nowhere\n" +
			"else. COMMAND gets one token and no later one: if it runs long, ask with --min-valid\n" +
			"for as long as it runs. --token-as and --domain-as set further variables.\n\n" +
			"The exit code is COMMAND's; 126 where it can't be run, 127 where there is no such\n" +
			"command.\n\n" + tokenFromEnvironment,
		Example: "  egnyte-auth exec -- python3 report.py\n  egnyte-auth exec acme -- sh -c 'curl -H \"Authorization: Bearer $EGNYTE_TOKEN\" $EGNYTE_DOMAIN/pubapi/v1/userinfo'\n  egnyte-auth exec --token-as ACCESS_TOKEN --domain-as DOMAIN=host -- node server.js",
		Args:    usageArgs(execArgs),
		RunE: func(c *cobra.Command, args []string) error {
			names, err := readNames(tokenAs, domainAs)
			if err != nil {
				return err
			}
			dash := c.ArgsLenAtDash()
			path, err := findCommand(args[dash])
			if err != nil {
				return err
			}
			b, err := p.bearer(c, args[:dash], f)
			if err != nil {
				return err
			}
			return run(path, args[dash:], b.environment(os.Environ(), names))
		},
	}
	f.add(c)
	c.Flags().StringArrayVar(&tokenAs, "token-as", nil, "also put the token into the variable `NAME` (repeatable)")
	c.Flags().StringArrayVar(&domainAs, "domain-as", nil, "also put the domain into a variable, as `NAME`[=url|host|label] (repeatable)")
	return c
}

// readNames reads --token-as and --domain-as: what each variable gets.
func readNames(tokenAs, domainAs []string) (map[string]string, error) {
	names := map[string]string{}
	for _, name := range tokenAs {
		names[name] = "token"
	}
	for _, text := range domainAs {
		name, what, given := strings.Cut(text, "=")
		if !given {
			what = "url"
		}
		if what != "url" && what != "host" && what != "label" {
			return nil, &usageError{fmt.Sprintf("--domain-as %s: write NAME=url, NAME=host or NAME=label", text)}
		}
		names[name] = what
	}
	for name := range names {
		if name == "" || strings.ContainsAny(name, "=\x00") {
			return nil, &usageError{fmt.Sprintf("%q is not the name of a variable", name)}
		}
	}
	return names, nil
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

// environment returns the given one with this token and domain in place of others. Names
// has further variables, see readNames.
func (b bearer) environment(given []string, names map[string]string) []string {
	label, _, _ := strings.Cut(b.domain, ".")
	values := map[string]string{"token": b.access.Reveal(), "url": b.baseURL, "host": b.domain, "label": label}
	ours := map[string]string{tokenVariable: values["token"]}
	if b.baseURL != "" {
		ours[domainVariable] = b.baseURL
	}
	for name, what := range names {
		if values[what] != "" {
			ours[name] = values[what]
		}
	}
	kept := slices.DeleteFunc(slices.Clone(given), func(pair string) bool {
		name, _, _ := strings.Cut(pair, "=")
		for variable := range ours {
			if name == variable || runtime.GOOS == "windows" && strings.EqualFold(name, variable) {
				return true
			}
		}
		return false
	})
	for _, name := range slices.Sorted(maps.Keys(ours)) {
		kept = append(kept, name+"="+ours[name])
	}
	return kept
}
