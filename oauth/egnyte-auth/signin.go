package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/client"
	"egnyte-accounts/oauth/redirect"
	"egnyte-accounts/oauth/settings"
)

// signInFlags is what `signin` was asked for.
type signInFlags struct {
	asked         settings.Values // DOMAIN, and the flags of settings
	username      string
	passwordStdin bool
	noBrowser     bool
	private       bool
	paste         bool
	timeout       time.Duration
	json          bool
	forToken      bool            // another command asks, and the user name is of its ACCOUNT
	again         account.Account // the account that signs in again; zero: none
	commandLine   string          // see commandLine
}

func newSignIn(p *program) *cobra.Command {
	f := &signInFlags{asked: settings.Values{}}
	c := &cobra.Command{
		Use:   "signin [DOMAIN | ACCOUNT]",
		Short: "Sign in with the browser and keep the account",
		Long: "Sign in with the browser and keep the account. Without DOMAIN, Egnyte's Enhanced\n" +
			"Auth asks for it in the browser. The key comes from --client-id, EGNYTE_CLIENT_ID,\n" +
			"the settings or a policy; its secret from EGNYTE_CLIENT_SECRET or the keyring.\n" +
			"ACCOUNT is the whole name of an account that signs in again, as it did before.\n\n" +
			"With --no-browser the browser may be on another machine: over SSH the command for\n" +
			"a tunnel is printed, and the address that the browser ends at can be pasted here.\n\n" +
			"What the developer portal says about the key decides the flow and the address:\n" +
			"  publicly available    enhanced, code; implicit only where nothing else is possible\n" +
			"  internal application  --flow password --username NAME, the password asked for here\n" +
			"  http://127.0.0.1/…    received here, on any free port or the one that is named\n" +
			"  https://localhost:…   received here, after egnyte-auth cert install\n" +
			"  https://elsewhere     --relay for a page that forwards, else the address is pasted here",
		Example: "  egnyte-auth signin\n  egnyte-auth signin acme --json\n  egnyte-auth signin --no-browser\n" +
			"  egnyte-auth signin acme --flow password --username jsmith",
		Args: usageArgs(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			f.asked["service"] = p.service
			if err := f.named(c, p, args); err != nil {
				return err
			}
			return f.run(c, p)
		},
	}
	flags := c.Flags()
	addSettingFlags(c, f.asked)
	flags.StringVar(&f.username, "username", "", "who signs in with a password: their Egnyte user `NAME`")
	flags.BoolVar(&f.passwordStdin, "password-stdin", false, "read the password from the first line of stdin")
	flags.BoolVar(&f.noBrowser, "no-browser", false, "print the link instead of opening a browser")
	flags.BoolVar(&f.private, "private", false, "open a private window, where nobody is signed in to Egnyte yet")
	c.MarkFlagsMutuallyExclusive("private", "no-browser")
	flags.BoolVar(&f.paste, "paste", false, "paste the address that the browser ends at, where its port is taken")
	flags.DurationVar(&f.timeout, "timeout", 5*time.Minute, "the `DURATION` to wait for the person")
	flags.BoolVar(&f.json, "json", false, "print the account as JSON")
	return c
}

// named notes the DOMAIN or the ACCOUNT that was given. No domain holds an @.
func (f *signInFlags) named(c *cobra.Command, p *program, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if !strings.Contains(args[0], "@") {
		f.asked["domain"] = args[0]
		return nil
	}
	flags := []string{"username"}
	for _, s := range settings.All() {
		flags = append(flags, s.Flag)
	}
	for _, name := range flags {
		if c.Flags().Changed(name) {
			return &usageError{"an account signs in again as it did before: leave --" + name + " out"}
		}
	}
	var err error
	_, f.again, err = p.find(c, args)
	f.username = f.again.Username
	return err
}

func (f *signInFlags) run(c *cobra.Command, p *program) error {
	kept, err := f.signIn(c, p)
	if err != nil {
		return err
	}
	if f.json {
		return printJSON(c.OutOrStdout(), entryOf(kept))
	}
	_, err = fmt.Fprintf(c.OutOrStdout(), "Signed in as %s (%s)\n", plain(kept.DisplayName), plain(kept.Name))
	return err
}

// signIn signs in on the terminal, and warns of a token that can't be renewed.
func (f *signInFlags) signIn(c *cobra.Command, p *program) (account.Account, error) {
	f.commandLine = commandLine(c, "store", "service")
	if err := f.check(); err != nil {
		return account.Account{}, err
	}
	dir, err := settings.Dir()
	if err != nil {
		return account.Account{}, err
	}
	place, err := p.place()
	if err != nil {
		return account.Account{}, err
	}
	ctx, cancel := context.WithCancelCause(c.Context())
	defer cancel(nil)
	ui := &terminal{in: c.InOrStdin(), err: c.ErrOrStderr(), cancel: cancel, noBrowser: f.noBrowser, flags: f}
	request := client.Request{Settings: f.asked, Username: f.username, Paste: f.paste, Timeout: f.timeout}
	if f.again.Name != "" {
		request.Again = &f.again
	}
	signer := &client.Client{Dir: dir, Keyring: place.keyring, Accounts: place.open()}
	kept, err := signer.SignIn(ctx, request, ui)
	if name := typedName(err); name != nil {
		delete(f.asked, "domain")
		inForce, _ := settings.Load(dir, f.asked) // for its service
		if err = f.findDomain(ctx, dir, name, inForce.Service); err == nil {
			kept, err = signer.SignIn(ctx, request, ui)
		}
	}
	if err != nil {
		return account.Account{}, err
	}
	fmt.Fprint(ui.err, endWords(ui.done.Token))
	return kept, nil
}

// typedName is the DOMAIN of the command line if err says that it can't be one.
func typedName(err error) *oauth.DomainError {
	var value *settings.ValueError
	var domain *oauth.DomainError
	if errors.As(err, &value) && value.Source == settings.Flag && errors.As(err, &domain) {
		return domain
	}
	return nil
}

// Check refuses what the settings and the command line together lack.
func (t *terminal) Check(s oauth.SignIn) error {
	if t.flags.again.Name == "" {
		if err := t.flags.checkInForce(s); err != nil {
			return err
		}
	}
	if s.Flow == oauth.FlowImplicit {
		fmt.Fprint(t.err, implicitWarning)
	}
	return nil
}

// Open starts the browser, unless the user opens it.
func (t *terminal) Open(ctx context.Context, url string) error {
	if t.noBrowser {
		return nil
	}
	if t.flags.private {
		return redirect.PrivateBrowser{}.Open(ctx, url)
	}
	return redirect.SystemBrowser{}.Open(ctx, url)
}

// check refuses what the command line alone shows to be wrong.
func (f *signInFlags) check() error {
	if _, err := oauth.ParseService(f.asked["service"]); err != nil {
		return &usageError{err.Error()}
	}
	if f.timeout <= 0 {
		return &usageError{"--timeout has to be more than nothing, such as 5m"}
	}
	flow, err := oauth.ParseFlow(f.asked["flow"])
	if err != nil {
		return &usageError{err.Error()}
	}
	if _, err := oauth.ParseRegion(f.asked["region"]); err != nil {
		return &usageError{err.Error()}
	}
	if f.asked["domain"] != "" && flow == oauth.FlowEnhanced {
		return &usageError{"Enhanced Auth asks for the domain in the browser: leave DOMAIN out, or leave --flow out"}
	}
	return nil
}

// findDomain finds the domain behind a company's own host name, which Egnyte's API does
// not answer for. The name may lie, so the user is asked, or given the domain to type.
func (f *signInFlags) findDomain(ctx context.Context, dir string, wrong *oauth.DomainError, service oauth.Service) error {
	domain, err := oauth.Names{HTTP: settings.HTTPClient(dir)}.Resolve(ctx, service, wrong.Typed)
	if lost := (*oauth.CustomNameError)(nil); err != nil && !errors.As(err, &lost) {
		err = wrong
	}
	switch {
	case err != nil && service.HasEnhancedAuth():
		return &usageError{err.Error() + ". If it is your company's own address for Egnyte, leave DOMAIN out: Egnyte asks for it in the browser"}
	case err != nil:
		return &usageError{fmt.Sprintf("%v. Give the name before .%s: %s signin DOMAIN", err, service.Host(), f.commandLine)}
	}
	yes, err := askYes(ctx, fmt.Sprintf("%s is %s. Sign in there? [y/N] ", plain(wrong.Typed), domain))
	switch {
	case errors.Is(err, errNoTerminal):
		return &usageError{fmt.Sprintf("%s is %s: %s signin %s", plain(wrong.Typed), domain, f.commandLine, domain.Label())}
	case err == nil && !yes:
		return errSaidNo
	}
	f.asked["domain"] = domain.Label()
	return err
}

// checkInForce refuses what the settings and the command line together lack.
func (f *signInFlags) checkInForce(s oauth.SignIn) error {
	known := !s.Domain.IsZero()
	switch {
	case !known && s.Flow != "" && s.Flow != oauth.FlowEnhanced:
		return &usageError{fmt.Sprintf("the %s flow needs the domain: %s signin DOMAIN", s.Flow, f.commandLine)}
	case !known && !s.Service.HasEnhancedAuth():
		return &usageError{fmt.Sprintf("%s has no Enhanced Auth, so the domain is needed: %s signin DOMAIN", s.Service.Host(), f.commandLine)}
	case s.Flow != oauth.FlowPassword && (f.passwordStdin || f.username != "" && !f.forToken):
		return &usageError{"--username and --password-stdin go with --flow password"}
	case s.Flow == oauth.FlowPassword && f.username == "":
		return &usageError{"the password flow needs the Egnyte user name: --username NAME"}
	case s.Flow == oauth.FlowPassword && (f.paste || f.noBrowser):
		return &usageError{"the password flow opens no browser: leave --paste and --no-browser out"}
	}
	return nil
}

// implicitWarning is Egnyte's own advice (Public API Authentication), and what
// was seen of browsers' histories.
const implicitWarning = `The implicit flow is less secure than the code flow, and Egnyte advises against it:
the token passes through the browser, which keeps it in its history. Use it only
where the key can do nothing else. The token can't be renewed.
`

// endWords says when a grant that can't be renewed ends; "" for one that can.
func endWords(token oauth.Token) string {
	switch {
	case !token.Refresh.IsZero():
		return ""
	case token.Expiry.IsZero():
		return "Egnyte named no end of this sign-in. It can't be renewed: when it ends, sign in again.\n"
	}
	return "This sign-in ends on " + token.Expiry.Local().Format("2 January 2006 at 15:04") + ". It can't be renewed: sign in again then.\n"
}
