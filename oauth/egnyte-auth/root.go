package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/keyring"
)

const (
	exitUsage       = 2
	exitNeedPerson  = 3
	exitInterrupted = 130
)

// program is what every command shares: the flags given to all of them.
type program struct {
	service string
	store   string
	system  func() keyring.Keyring // the system keyring
	placed  *place                 // once it is known
}

// extraCommands are those of builds for special purposes.
var extraCommands []func(*program) *cobra.Command

func newRoot() *cobra.Command { return newRootOver(keyring.System) }

// newRootOver is newRoot with another system keyring.
func newRootOver(system func() keyring.Keyring) *cobra.Command {
	p := &program{system: system}
	root := &cobra.Command{
		Use:   "egnyte-auth",
		Short: "Sign in to Egnyte once, and hand fresh tokens to scripts and other tools",
		Long: "Sign in to Egnyte once, and hand fresh tokens to scripts and other tools.\nTokens live in the system keyring. Not made or endorsed by Egnyte.\n\n" +
			"Exit codes: 0 done, 1 other trouble, 2 wrong use, 3 an account has to sign in or is\n" +
			"not there, 4 trouble that passes, 5 refused, 130 interrupted.",
		Example:       "  egnyte-auth signin\n  egnyte-auth exec -- python3 report.py\n  curl -H @<(egnyte-auth header) https://acme.egnyte.com/pubapi/v1/userinfo",
		Args:          usageArgs(cobra.NoArgs),
		RunE:          firstContact,
		SilenceErrors: true,

		SilenceUsage: true,
	}
	root.Version = versionOrBuild()
	root.PersistentFlags().StringVar(&p.service, "service", "", "the Egnyte cloud as a `URL`: sign in there, or only accounts of it")
	root.PersistentFlags().StringVar(&p.store, "store", "", "where accounts are kept: `STORE` is keyring, or file:PATH, encrypted under a passphrase (also "+storeVariable+")")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &usageError{err.Error()} })
	root.AddCommand(newSignIn(p), newList(p), newToken(p), newSignOut(p), newPractice(p))
	root.AddCommand(newExec(p), newHeader(p), newCurlrc(p), newDefault(p), newWhoami(p), newStatus(p), newOpen(p))
	root.AddCommand(newCert(p), newImport(p), newDoctor(p), newConfig(p))
	for _, extra := range extraCommands {
		root.AddCommand(extra(p))
	}
	p.addCompletions(root)
	return root
}

// firstContact is what the program prints without a command.
func firstContact(c *cobra.Command, _ []string) error {
	_, err := fmt.Fprint(c.OutOrStdout(), c.Short+`.

  egnyte-auth signin            sign in with the browser
  egnyte-auth token             print a fresh access token
  egnyte-auth exec -- COMMAND   run COMMAND with a token in its environment

All commands: egnyte-auth --help. To try it without an API key: egnyte-auth practice
`)
	return err
}

// usageError is a command line that can't be carried out as it stands.
type usageError struct{ reason string }

func (e *usageError) Error() string { return e.reason }

func usageArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		err := check(c, args)
		var usage *usageError
		switch {
		case err == nil, errors.As(err, &usage):
			return err
		case c.HasSubCommands() && len(args) > 0:
			return unknownCommand(c, args[0])
		}
		return &usageError{"use it like this: " + c.UseLine()}
	}
}

func unknownCommand(c *cobra.Command, typed string) error {
	text := fmt.Sprintf("there is no command %q. ", typed)
	c.SuggestionsMinimumDistance = 2 // letters; without a number there are no suggestions
	if near := c.SuggestionsFor(typed); len(near) > 0 {
		text = fmt.Sprintf("there is no command %q; did you mean %s? ", typed, strings.Join(near, " or "))
	}
	return &usageError{text + "See " + c.CommandPath() + " --help"}
}

func exitCode(err error) int {
	if err == nil {
		return 0
	}
	if usage := (*usageError)(nil); errors.As(err, &usage) {
		return exitUsage
	}
	if errors.Is(err, errNobodyToAsk) || errors.Is(err, errNobodyToPaste) {
		return exitNeedPerson
	}
	if status := (*exitStatus)(nil); errors.As(err, &status) {
		return status.code
	}
	if told := (*toldError)(nil); errors.As(err, &told) {
		return told.exit
	}
	return advice.ExitCode(err)
}

// sentence is what the terminal prints for an error: the same words as the
// window's, with the cause in the field's terms behind them. Empty where there
// is nothing to say. The commands in it repeat flags that c was given; c may be nil.
func sentence(c *cobra.Command, err error) string {
	if err == nil {
		return ""
	}
	if usage := (*usageError)(nil); errors.As(err, &usage) {
		return "egnyte-auth: " + usage.reason
	}
	if status := (*exitStatus)(nil); errors.As(err, &status) {
		if status.err == nil {
			return ""
		}
		return "egnyte-auth: " + status.err.Error()
	}
	if errors.Is(err, errNobodyToAsk) {
		return "egnyte-auth: The browser came back without saying which domain was signed in to. Run it again with the domain: " + commandLine(c, "store", "service") + " signin DOMAIN"
	}
	if errors.Is(err, errNobodyToPaste) {
		return "egnyte-auth: The browser ends at an address that has to be pasted here, and the input ended before it was. Run it again on a terminal."
	}
	if told := (*toldError)(nil); errors.As(err, &told) {
		return "egnyte-auth: " + told.text
	}
	if exitCode(err) == exitInterrupted {
		return "egnyte-auth: Interrupted. Nothing more was changed."
	}
	if text := storeSentence(err); text != "" {
		return "egnyte-auth: " + text
	}
	a := advice.For(err, time.Now())
	text := a.Sentences()
	if how := remedy(c, a.Action, err); how != "" {
		text += "\n" + how
	}
	if a.Details != "" {
		text += "\n(" + a.Details + ")"
	}
	return "egnyte-auth: " + text
}

// accounts opens the store and reads --service as a filter; nil: every service.
func (p *program) accounts() (*account.Store, *oauth.Service, error) {
	place, err := p.place()
	if err != nil {
		return nil, nil, err
	}
	store := place.open()
	if p.service == "" {
		return store, nil, nil
	}
	service, err := oauth.ParseService(p.service)
	if err != nil {
		return nil, nil, &usageError{err.Error()}
	}
	return store, &service, nil
}

// accountVariable names the account if no argument does.
const accountVariable = "EGNYTE_ACCOUNT"

// named returns args, or the account that the environment names if there are none.
func named(args []string) []string {
	if name := os.Getenv(accountVariable); len(args) == 0 && name != "" {
		return []string{name}
	}
	return args
}

// find returns the account that args name: the first argument, or the default.
func (p *program) find(c *cobra.Command, args []string) (*account.Store, account.Account, error) {
	store, service, err := p.accounts()
	if err != nil {
		return nil, account.Account{}, err
	}
	query := ""
	if len(args) > 0 {
		query = args[0]
	}
	found, err := store.Find(c.Context(), query, service)
	if query == "" && errors.Is(err, account.ErrNoAccount) {
		err = &toldError{noAccount(c), exitNeedPerson, err}
	}
	return store, found, err
}
