package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"egnyte-accounts/oauth/localcert"
	"egnyte-accounts/oauth/settings"
)

func newCert(*program) *cobra.Command {
	c := &cobra.Command{
		Use:   "cert",
		Short: "Have your browsers trust https://localhost, for a key that is registered with it",
		Long: "A key whose redirect address is https://localhost:PORT/… needs a certificate for\n" +
			"this machine. It is made here, can only ever speak for localhost, and is trusted by\n" +
			"your own browsers alone. The key that signed it is dropped as soon as it is made.",
		Example: "  egnyte-auth cert install\n  egnyte-auth cert status\n  egnyte-auth cert remove",
		Args:    usageArgs(cobra.NoArgs),
		RunE:    func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newCertInstall(), newCertStatus(), newCertRemove())
	return c
}

func newCertInstall() *cobra.Command {
	var yes bool
	c := &cobra.Command{
		Use:     "install",
		Short:   "Make the certificate and have every browser of yours trust it, after asking",
		Example: "  egnyte-auth cert install\n  egnyte-auth cert install --yes",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			dir, err := certFolder()
			if err != nil {
				return err
			}
			if !yes {
				if err := consent(c.Context()); err != nil {
					return err
				}
			}
			executable, err := os.Executable()
			if err != nil {
				return fmt.Errorf("finding this program: %w", err)
			}
			report, err := localcert.SetupInChild(c.Context(), executable, dir)
			if err != nil {
				return err
			}
			if err := printPlaces(c.OutOrStdout(), report, localcert.Untrusted); err != nil {
				return err
			}
			return installed(report)
		},
	}
	c.Flags().BoolVar(&yes, "yes", false, "agree without being asked, for scripts")
	return c
}

// installed is what is left to say about what failed; nil where nothing did.
func installed(report localcert.Report) error {
	var missing *localcert.ToolMissingError
	switch {
	case errors.As(report.Err(), &missing):
		return missing
	case report.Err() != nil && report.Anywhere():
		return &toldError{text: "Not every browser could be told; the others trust it.", exit: 1}
	case !report.Anywhere():
		return &toldError{text: "No browser trusts it. Sign in with --paste, or see what the list says.", exit: 1}
	}
	return nil
}

func newCertStatus() *cobra.Command {
	return &cobra.Command{
		Use:     "status",
		Short:   "Show the certificate and which browsers trust it; exit code 5 where it can't be used",
		Example: "  egnyte-auth cert status",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			dir, err := certFolder()
			if err != nil {
				return err
			}
			certificate, err := localcert.Load(dir)
			if err != nil {
				return err
			}
			fmt.Fprintf(c.OutOrStdout(), "%s\nSHA-256 %s\nends on %s\n", certificate.Name(), certificate.Fingerprint(), certificate.Ends().Local().Format("2 January 2006"))
			if err := printPlaces(c.OutOrStdout(), certificate.Check(c.Context()), localcert.Untrusted); err != nil {
				return err
			}
			_, err = localcert.Source(dir)(c.Context())
			return err
		},
	}
}

func newCertRemove() *cobra.Command {
	return &cobra.Command{
		Use:     "remove",
		Short:   "Take everything of ours out of every browser's store, and delete the certificate",
		Example: "  egnyte-auth cert remove",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			dir, err := certFolder()
			if err != nil {
				return err
			}
			report, err := localcert.Remove(c.Context(), dir)
			if printErr := printPlaces(c.OutOrStdout(), report, "nothing left"); err == nil {
				err = printErr
			}
			if err == nil && report.Err() != nil {
				err = &toldError{text: "Some of it may be left; the list says where. Its key is gone, so it is of no use to anybody. Run this again once the list's trouble is mended.", exit: 1, err: report.Err()}
			}
			return err
		},
	}
}

func certFolder() (string, error) {
	dir, err := settings.Dir()
	if err != nil {
		return "", err
	}
	return localcert.Folder(dir), nil
}

// printPlaces calls a place that holds nothing of ours by the word untrusted.
func printPlaces(w io.Writer, report localcert.Report, untrusted localcert.Outcome) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, place := range report {
		outcome := place.Outcome
		if outcome == localcert.Untrusted {
			outcome = untrusted
		}
		fmt.Fprintf(table, "%s\t%s\t%s\n", plain(place.Name), outcome, plain(reasonOf(place)))
	}
	return table.Flush()
}

func reasonOf(place localcert.Place) string {
	if place.Err == nil {
		return place.Path
	}
	return place.Err.Error()
}

const consentQuestion = `This makes a certificate for this computer and has your own browsers trust it, so
that they come back to https://localhost without a warning. It can't speak for any
other site, and egnyte-auth cert remove takes it out again.
Go on? [y/N] `

// consent asks the user. Linux would ask nothing by itself.
func consent(ctx context.Context) error {
	yes, err := askYes(ctx, consentQuestion)
	switch {
	case errors.Is(err, errNoTerminal):
		return &toldError{"There is no terminal to ask for your consent. Run it on one, or with --yes.", exitNeedPerson, err}
	case err == nil && !yes:
		return errSaidNo
	}
	return err
}

var (
	errNoTerminal = errors.New("there is no terminal")
	errSaidNo     = &toldError{text: "Nothing was changed.", exit: 5}
)

// askYes asks a question on the terminal, whatever stdin is.
func askYes(ctx context.Context, question string) (yes bool, err error) {
	tty, err := openTerminal()
	if err != nil {
		return false, fmt.Errorf("%w: %w", errNoTerminal, err)
	}
	fmt.Fprint(tty, question)
	answers := make(chan string, 1)
	go func() {
		defer tty.Close()
		line, _ := bufio.NewReader(io.LimitReader(tty, 64)).ReadString('\n') // the end of input is no yes
		answers <- strings.ToLower(strings.TrimSpace(line))
	}()
	select {
	case answer := <-answers:
		return answer == "y" || answer == "yes", nil
	case <-ctx.Done():
		return false, context.Cause(ctx)
	}
}
