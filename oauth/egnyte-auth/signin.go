package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/redirect"
	"egnyte-accounts/oauth/settings"
)

// signInFlags is what `signin` was asked for.
type signInFlags struct {
	settings.Fields
	noBrowser bool
	timeout   time.Duration
	json      bool
}

func newSignIn(p *program) *cobra.Command {
	f := &signInFlags{}
	c := &cobra.Command{
		Use:   "signin [DOMAIN]",
		Short: "Sign in with the browser and keep the account",
		Long: "Sign in with the browser and keep the account. Without DOMAIN, Egnyte's Enhanced\n" +
			"Auth asks for it in the browser. The key comes from --client-id, EGNYTE_CLIENT_ID,\n" +
			"the settings or a policy; its secret from EGNYTE_CLIENT_SECRET or the keyring.\n\n" +
			"With --no-browser the browser may be on another machine: over SSH the command for\n" +
			"a tunnel is printed, and the address that the browser ends at can be pasted here.",
		Example: "  egnyte-auth signin\n  egnyte-auth signin acme --json\n  egnyte-auth signin --no-browser",
		Args:    usageArgs(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			f.Service = p.service
			if len(args) > 0 {
				f.Domain = args[0]
			}
			return f.run(c, p)
		},
	}
	flags := c.Flags()
	flags.StringVar(&f.Flow, "flow", "", "`enhanced` (Enhanced Auth asks for the domain) or code (needs DOMAIN)")
	flags.StringVar(&f.Region, "region", "", "where Enhanced Auth starts: `auto`, us or eu")
	flags.StringVar(&f.ClientID, "client-id", "", "the API `KEY`")
	flags.StringVar(&f.RedirectURI, "redirect-uri", "", "the `ADDRESS` registered with the key")
	flags.StringSliceVar(&f.Scopes, "scope", nil, "what to ask for, as `Egnyte.filesystem`,…")
	flags.BoolVar(&f.noBrowser, "no-browser", false, "print the link instead of opening a browser")
	flags.DurationVar(&f.timeout, "timeout", 5*time.Minute, "how long to wait for the person")
	flags.BoolVar(&f.json, "json", false, "print the account as JSON")
	return c
}

// run is the one path, as the terminal walks it.
func (f *signInFlags) run(c *cobra.Command, p *program) error {
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
	store := account.Open(place.dir, place.keyring)
	signIn, err := f.signIn(c.Context(), dir, place.keyring)
	if err != nil {
		return err
	}
	if err := store.CheckKeyring(c.Context()); err != nil {
		return err
	}

	ctx, cancel := context.WithCancelCause(c.Context())
	defer cancel(nil)
	terminal := &terminal{in: c.InOrStdin(), err: c.ErrOrStderr(), cancel: cancel, noBrowser: f.noBrowser}
	signIn.Report = terminal.report
	grant, err := signIn.Run(ctx)
	if err != nil {
		return err
	}
	kept, err := store.Add(c.Context(), grant)
	if err != nil {
		return fmt.Errorf("keeping the account: %w", err)
	}
	if f.json {
		return printJSON(c.OutOrStdout(), entryOf(kept))
	}
	_, err = fmt.Fprintf(c.OutOrStdout(), "Signed in as %s (%s)\n", plain(kept.DisplayName), kept.Name)
	return err
}

// check refuses what the command line alone shows to be wrong.
func (f *signInFlags) check() error {
	service, err := oauth.ParseService(f.Service)
	if err != nil {
		return &usageError{err.Error()}
	}
	flow, err := oauth.ParseFlow(f.Flow)
	if err != nil {
		return &usageError{err.Error()}
	}
	if flow == oauth.FlowImplicit || flow == oauth.FlowPassword {
		return &usageError{fmt.Sprintf("--flow %s is not offered here yet: use enhanced or code", flow)}
	}
	if _, err := oauth.ParseRegion(f.Region); err != nil {
		return &usageError{err.Error()}
	}
	if f.Domain != "" && flow == oauth.FlowEnhanced {
		return &usageError{"Enhanced Auth asks for the domain in the browser: leave DOMAIN out, or leave --flow out"}
	}
	if f.Domain != "" && f.Service != "" {
		if _, err := service.ParseDomain(f.Domain); err != nil {
			return domainUsage(err)
		}
	}
	return nil
}

// domainUsage: a DOMAIN that can't be one may be a company's own host name,
// which only the browser way can resolve.
func domainUsage(err error) error {
	return &usageError{err.Error() + ". If it is your company's own address for Egnyte, leave DOMAIN out: Egnyte asks for it in the browser"}
}

// signIn is what is in force, with what the command line says on top.
func (f *signInFlags) signIn(ctx context.Context, dir string, keyring account.Keyring) (oauth.SignIn, error) {
	inForce, err := settings.Load(dir, f.Fields)
	var domain *oauth.DomainError
	if errors.As(err, &domain) && f.Domain != "" {
		return oauth.SignIn{}, domainUsage(domain)
	}
	if err != nil {
		return oauth.SignIn{}, err
	}
	inForce, err = inForce.WithSecret(ctx, keyring)
	if err != nil {
		return oauth.SignIn{}, err
	}
	signIn := inForce.SignIn()
	signIn.Timeout = f.timeout
	signIn.Listen = redirect.Listen
	signIn.Preflight = true
	if !f.noBrowser {
		signIn.Browser = redirect.SystemBrowser{}
	}
	return signIn, nil
}
