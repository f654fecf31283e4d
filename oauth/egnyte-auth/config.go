package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/settings"
)

// configuration is what `config list --json` prints.
type configuration struct {
	Version  int             `json:"version"`
	Settings []configSetting `json:"settings"`
}

// configSetting is one setting for other programs. The secret has no value.
type configSetting struct {
	Name    string  `json:"name"`
	Value   *string `json:"value"` // null: none, or never shown
	Set     bool    `json:"set"`
	From    *string `json:"from"` // null: nothing says it
	Managed bool    `json:"managed"`
	Locked  bool    `json:"locked"`
}

func newConfig(p *program) *cobra.Command {
	c := &cobra.Command{
		Use:   "config",
		Short: "Show and change how signing in is set up",
		Long: "Show and change how signing in is set up:\n" + strings.Replace(strings.Join(configNames(), ", "), ", ca_file", ",\nca_file", 1) + ".\n\n" +
			"A value comes from the policy of this computer where that locks it, else from a\n" +
			"flag, the environment, the settings, the policy, the build or a default, in this\n" +
			"order; set and unset change the settings. The secret of the key goes to the system\n" +
			"keyring and is never shown.",
		Example: "  egnyte-auth config list\n  egnyte-auth config set client_id abcdefgh\n  egnyte-auth config set client_secret\n  egnyte-auth config get redirect_uri",
		Args:    usageArgs(cobra.NoArgs),
		RunE:    func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newConfigGet(p), newConfigSet(p), newConfigUnset(p), newConfigList(p))
	return c
}

func configNames() []string { return append(settings.Names(), startAtLogin) }

// completeSetting offers the names of settings, and values where they are few.
func completeSetting(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return configNames(), cobra.ShellCompDirectiveNoFileComp
	}
	field, _ := settings.ByName(args[0])
	var values []cobra.Completion
	switch {
	case len(args) > 1:
	case field.Kind == settings.File:
		return nil, cobra.ShellCompDirectiveDefault
	case field.Kind == settings.Switch, args[0] == startAtLogin:
		values = []cobra.Completion{"true", "false"}
	}
	for _, o := range field.Options {
		if o.Value != "" && len(args) == 1 {
			values = append(values, o.Value)
		}
	}
	return values, cobra.ShellCompDirectiveNoFileComp
}

func newConfigGet(p *program) *cobra.Command {
	return &cobra.Command{
		Use:               "get FIELD",
		Short:             "Print the value in force",
		Long:              "Print the value in force, wherever it came from. Exit code 1 where there is none.",
		Example:           "  egnyte-auth config get client_id",
		Args:              usageArgs(cobra.ExactArgs(1)),
		ValidArgsFunction: completeSetting,
		RunE: func(c *cobra.Command, args []string) error {
			if err := checkSetting(args[0]); err != nil {
				return err
			}
			if args[0] == settings.SecretName {
				return &usageError{"the secret of the key is never shown; `egnyte-auth config list` says whether there is one"}
			}
			_, inForce, err := p.settings(c)
			if err != nil {
				return err
			}
			value := inForce.Setting(args[0]).Value
			if args[0] == startAtLogin {
				field, err := loginField()
				if err != nil {
					return err
				}
				value = field.Value
			}
			if value == "" {
				return &toldError{text: args[0] + " is not set.", exit: 1}
			}
			_, err = fmt.Fprintln(c.OutOrStdout(), plain(value))
			return err
		},
	}
}

func newConfigSet(p *program) *cobra.Command {
	var fromStdin bool
	c := &cobra.Command{
		Use:   "set FIELD [VALUE]",
		Short: "Save a value in the settings",
		Long: "Save a value in the settings, after checking that it can be one. client_secret takes\n" +
			"no VALUE: it is asked for without echo, or read from standard input with\n" +
			"--secret-stdin. A field that the policy locks is refused with exit code 5.",
		Example: "  egnyte-auth config set client_id abcdefgh\n  egnyte-auth config set scopes Egnyte.filesystem,Egnyte.link\n" +
			"  egnyte-auth config set client_secret --secret-stdin < secret.txt",
		Args:              usageArgs(cobra.RangeArgs(1, 2)),
		ValidArgsFunction: completeSetting,
		RunE: func(c *cobra.Command, args []string) error {
			if args[0] == startAtLogin && len(args) == 2 && !fromStdin {
				return setStartAtLogin(args[1])
			}
			edit, err := editOf(c, args, fromStdin)
			if err != nil {
				return err
			}
			return p.apply(c, edit)
		},
	}
	c.Flags().BoolVar(&fromStdin, "secret-stdin", false, "read client_secret from standard input, its first line")
	return c
}

func newConfigUnset(p *program) *cobra.Command {
	return &cobra.Command{
		Use:               "unset FIELD",
		Short:             "Remove a value from the settings",
		Long:              "Remove a value from the settings, so that the policy, the build or the default counts\nagain; client_secret is removed from the keyring.",
		Example:           "  egnyte-auth config unset domain",
		Args:              usageArgs(cobra.ExactArgs(1)),
		ValidArgsFunction: completeSetting,
		RunE: func(c *cobra.Command, args []string) error {
			switch args[0] {
			case settings.SecretName:
				return p.apply(c, settings.Edit{ForgetSecret: true})
			case startAtLogin:
				return setStartAtLogin("false")
			}
			return p.apply(c, settings.Edit{Unset: args})
		},
	}
}

func newConfigList(p *program) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:     "list",
		Short:   "Print every setting with where it came from",
		Long:    "Print every setting in force with where it came from. Of the key's secret it says\nonly whether there is one.",
		Example: "  egnyte-auth config list\n  egnyte-auth config list --json",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			place, inForce, err := p.settings(c)
			if err != nil {
				return err
			}
			fields, err := inForce.Show(c.Context(), place.keyring)
			if err != nil {
				return err
			}
			login, err := loginField()
			if err != nil {
				return err
			}
			fields = append(fields, login)
			if asJSON {
				return printJSON(c.OutOrStdout(), configurationOf(fields))
			}
			return printSettings(c.OutOrStdout(), fields)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// editOf is what `config set` was asked for.
func editOf(c *cobra.Command, args []string, fromStdin bool) (settings.Edit, error) {
	name := args[0]
	if err := checkSetting(name); err != nil {
		return settings.Edit{}, err
	}
	switch {
	case name != settings.SecretName && fromStdin:
		return settings.Edit{}, &usageError{"--secret-stdin is for client_secret"}
	case name == settings.SecretName && len(args) == 2:
		return settings.Edit{}, &usageError{"a secret never stands on a command line, where others can see it: leave it out, or use --secret-stdin"}
	case name == settings.SecretName:
		secret, err := readKeySecret(c, fromStdin)
		return settings.Edit{Secret: secret}, err
	case len(args) == 1:
		return settings.Edit{}, &usageError{"VALUE is missing; `egnyte-auth config unset " + name + "` removes it"}
	}
	return settings.Edit{Set: map[string]string{name: args[1]}}, nil
}

// maxKeySecret is what every system's keyring takes, in bytes.
const maxKeySecret = 2048

// readKeySecret asks the person without echo, or reads one line of a pipe.
func readKeySecret(c *cobra.Command, fromStdin bool) (oauth.Secret, error) {
	var secret oauth.Secret
	if fromStdin {
		line, err := bufio.NewReader(io.LimitReader(c.InOrStdin(), maxKeySecret+1)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return secret, fmt.Errorf("reading the secret: %w", err)
		}
		if len(line) > maxKeySecret {
			return secret, &usageError{"that is too long to be the secret of a key"}
		}
		secret = oauth.NewSecret(strings.TrimSpace(line))
	} else {
		tty, err := openTerminal()
		if err != nil {
			return secret, &usageError{"there is no terminal to ask for the secret: use --secret-stdin"}
		}
		defer tty.Close()
		if secret, err = readHidden(c.Context(), tty, "Secret of the API key: "); err != nil {
			return secret, err
		}
		secret = oauth.NewSecret(strings.TrimSpace(secret.Reveal()))
	}
	if secret.IsZero() {
		return secret, &usageError{"the secret is empty; nothing was changed"}
	}
	return secret, nil
}

func checkSetting(name string) error {
	if slices.Contains(configNames(), name) {
		return nil
	}
	return &usageError{fmt.Sprintf("%q is no setting; there are %s", name, strings.Join(configNames(), ", "))}
}

// settings is what is in force. What settings.json says and can't be is told,
// and shown without.
func (p *program) settings(c *cobra.Command) (place, settings.Effective, error) {
	place, err := p.place()
	if err != nil {
		return place, settings.Effective{}, err
	}
	dir, err := settings.Dir()
	if err != nil {
		return place, settings.Effective{}, err
	}
	inForce, err := settings.LoadPast(dir, settings.Values{"service": p.service})
	if settings.IsOwn(dir, err) {
		fmt.Fprintln(c.ErrOrStderr(), "egnyte-auth: this part of the settings counts for nothing: "+plain(err.Error()))
		err = nil
	}
	return place, inForce, err
}

// apply saves an edit, and says on stderr what else a person should know.
func (p *program) apply(c *cobra.Command, edit settings.Edit) error {
	if p.service != "" {
		return &usageError{"--service counts for one command only: save it with `egnyte-auth config set service URL`"}
	}
	place, err := p.place()
	if err != nil {
		return err
	}
	dir, err := settings.Dir()
	if err != nil {
		return err
	}
	outcome, err := settings.Apply(c.Context(), dir, place.keyring, edit)
	if err != nil {
		return configError(err)
	}
	say := func(format string, words ...any) {
		fmt.Fprintln(c.ErrOrStderr(), plain(fmt.Sprintf(format, words...)))
	}
	if outcome.Kept != "" {
		say("The settings could not be read (%v). They are kept as %s.", outcome.Trouble, outcome.Kept)
	}
	for name, from := range outcome.Outranked {
		say("%s is saved, and what the %s says counts for more.", name, from)
	}
	if uri, changed := edit.Set["redirect_uri"]; changed {
		sentence, _ := advice.Reception(strings.TrimSpace(uri), p.relays(c))
		say("%s", sentence)
	}
	return nil
}

func (p *program) relays(c *cobra.Command) bool {
	_, inForce, err := p.settings(c)
	return err == nil && inForce.Relay
}

// configError words what Apply refuses: 5 where the policy forbids it, 2 where
// the value can't be one.
func configError(err error) error {
	var lock *settings.LockedError
	var field *settings.FieldError
	var unknown *settings.UnknownFieldError
	switch {
	case errors.As(err, &lock):
		return &toldError{text: lock.Error() + ". Ask whoever manages it.", exit: 5, err: err}
	case errors.As(err, &field), errors.As(err, &unknown):
		return &usageError{err.Error()}
	}
	return err
}

func configurationOf(fields []settings.Setting) configuration {
	all := configuration{1, make([]configSetting, 0, len(fields))}
	for _, f := range fields {
		s := configSetting{Name: f.Name, Set: f.Known, Managed: f.Managed, Locked: f.Locked}
		if f.Value != "" {
			s.Value = &f.Value
		}
		if f.From != "" {
			from := string(f.From)
			s.From = &from
		}
		all.Settings = append(all.Settings, s)
	}
	return all
}

func printSettings(w io.Writer, fields []settings.Setting) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, f := range fields {
		value, from := plain(f.Value), string(f.From)
		if f.Name == settings.SecretName {
			value = map[bool]string{true: "(there is one)", false: "(there is none)"}[f.Known]
		}
		if value == "" {
			value = "-"
		}
		if f.Locked && f.From != settings.LockedPolicy {
			from = strings.TrimPrefix(from+", locked", ", ")
		}
		fmt.Fprintf(table, "%s\t%s\t%s\n", f.Name, value, from)
	}
	return table.Flush()
}
