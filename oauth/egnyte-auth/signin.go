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
	"egnyte-accounts/oauth/keyring"
	"egnyte-accounts/oauth/redirect"
	"egnyte-accounts/oauth/settings"
)

// signInFlags is what `signin` was asked for.
type signInFlags struct {
	asked         settings.Values // DOMAIN, and the flags of settings
	username      string
	passwordStdin bool
	noBrowser     bool
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

// run is the one path, as the terminal walks it.
func (f *signInFlags) run(c *cobra.Command, p *program) error {
	f.commandLine = commandLine(c, "store", "service")
	if err := f.check(); err != nil {
		return err
	}
	dir, err := settings.Dir()
	if err != nil {
		return fmt.Errorf("finding the settings folder: %w", err)
	}
	place, err := p.place()
	if err != nil {
		return err
	}
	store := place.open()
	signIn, err := f.signInOf(c.Context(), dir, place.keyring, store, f.again, nil)
	if err != nil {
		return err
	}
	signIn.Check = store.Unlock
	if signIn.Flow == oauth.FlowPassword { // nobody types a password that leads nowhere
		if err := store.Unlock(c.Context()); err != nil {
			return err
		}
		signIn.Check = nil
	}
	if signIn, err = f.withPassword(c, signIn); err != nil {
		return err
	}
	done := store.SigningIn()
	grant, err := f.visit(c, dir, signIn)
	done()
	if err != nil {
		return err
	}
	kept, err := keepGrant(c.Context(), store, f.again.Name, grant)
	if err != nil {
		return err
	}
	fmt.Fprint(c.ErrOrStderr(), endWords(grant))
	if f.json {
		return printJSON(c.OutOrStdout(), entryOf(kept))
	}
	_, err = fmt.Fprintf(c.OutOrStdout(), "Signed in as %s (%s)\n", plain(kept.DisplayName), plain(kept.Name))
	return err
}

// visit runs the sign-in, its steps on the terminal.
func (f *signInFlags) visit(c *cobra.Command, dir string, signIn oauth.SignIn) (oauth.Grant, error) {
	ctx, cancel := context.WithCancelCause(c.Context())
	defer cancel(nil)
	t := &terminal{in: c.InOrStdin(), err: c.ErrOrStderr(), cancel: cancel, noBrowser: f.noBrowser}
	listener := redirect.For(dir, signIn.Relay, t.offered)
	listener.PasteOnly = f.paste
	signIn.Timeout, signIn.Listen, signIn.Report = f.timeout, t.listen(listener.Listen), t.report
	if !f.noBrowser {
		signIn.Browser = redirect.SystemBrowser{}
	}
	if signIn.Flow == oauth.FlowImplicit {
		fmt.Fprint(t.err, implicitWarning)
	}
	return signIn.Run(ctx)
}

// check refuses what the command line alone shows to be wrong.
func (f *signInFlags) check() error {
	service, err := oauth.ParseService(f.asked["service"])
	if err != nil {
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
	domain := f.asked["domain"]
	if domain != "" && flow == oauth.FlowEnhanced {
		return &usageError{"Enhanced Auth asks for the domain in the browser: leave DOMAIN out, or leave --flow out"}
	}
	if domain != "" && f.asked["service"] != "" {
		if _, err := service.ParseDomain(domain); err != nil {
			return f.domainUsage(err, service)
		}
	}
	return nil
}

// domainUsage: a DOMAIN that can't be one may be a company's own host name,
// which only the browser way can resolve, where there is one.
func (f *signInFlags) domainUsage(err error, service oauth.Service) error {
	if !service.HasEnhancedAuth() {
		return &usageError{fmt.Sprintf("%v. Give the name before .%s: %s signin DOMAIN", err, service.Host(), f.commandLine)}
	}
	return &usageError{err.Error() + ". If it is your company's own address for Egnyte, leave DOMAIN out: Egnyte asks for it in the browser"}
}

// signIn is what is in force, with what the command line says on top. The keyring
// is asked once all else fits.
func (f *signInFlags) signIn(ctx context.Context, dir string, keyring keyring.Keyring) (oauth.SignIn, error) {
	inForce, err := settings.Load(dir, f.asked)
	var value *settings.ValueError
	var domain *oauth.DomainError
	if errors.As(err, &value) && value.Source == settings.Flag && errors.As(err, &domain) {
		delete(f.asked, "domain")
		inForce, _ = settings.Load(dir, f.asked) // for its service
		return oauth.SignIn{}, f.domainUsage(domain, inForce.Service)
	}
	if err == nil {
		err = f.checkInForce(inForce.SignIn())
	}
	if err == nil {
		inForce, err = inForce.WithSecret(ctx, keyring)
	}
	if err != nil {
		return oauth.SignIn{}, err
	}
	return inForce.SignIn(), nil
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
func endWords(grant oauth.Grant) string {
	switch {
	case !grant.Token.Refresh.IsZero():
		return ""
	case grant.Token.Expiry.IsZero():
		return "Egnyte named no end of this sign-in. It can't be renewed: when it ends, sign in again.\n"
	}
	return "This sign-in ends on " + grant.Token.Expiry.Local().Format("2 January 2006 at 15:04") + ". It can't be renewed: sign in again then.\n"
}
