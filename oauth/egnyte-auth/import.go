package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"github.com/zalando/go-keyring"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/settings"
)

func newImport(p *program) *cobra.Command {
	var from string
	var apply, remove bool
	c := &cobra.Command{
		Use:   "import",
		Short: "Take plain-text credentials of other Egnyte tools into the keyring",
		Long: "Look for credentials that other Egnyte tools keep in plain text, ask Egnyte whose\n" +
			"each one is, and say what would be done. Only --apply changes anything: it takes\n" +
			"them into the keyring. With --apply --remove their secrets then leave the tool's\n" +
			"file, after the keyring has been read back; all other settings stay as they are.\n\n" +
			"Where a file keeps its secrets, both programs hold the same tokens: the one that\n" +
			"refreshes first leaves the other with dead ones. An account that egnyte-auth has a\n" +
			"working token for keeps that one; the file is then left alone.",
		Example: "  egnyte-auth import\n  egnyte-auth import --apply --remove\n  egnyte-auth import --from agentic-cli --apply",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			chosen, err := chooseFormats(from)
			if err != nil {
				return err
			}
			i, err := p.importer(c)
			if err != nil {
				return err
			}
			i.apply, i.remove, i.commandLine = apply, remove, commandLine(c, "store", "service")
			return i.run(c.Context(), chosen)
		},
	}
	c.Flags().StringVar(&from, "from", "all", "whose credentials: `TOOL` is agentic-cli, python-sdk, egnyte-cli or all")
	c.Flags().BoolVar(&apply, "apply", false, "do it, instead of saying what would be done")
	c.Flags().BoolVar(&remove, "remove", false, "with --apply: take the secrets out of the tools' files")
	return c
}

func chooseFormats(from string) ([]format, error) {
	if from == "all" {
		return formats, nil
	}
	chosen := slices.DeleteFunc(slices.Clone(formats), func(f format) bool { return f.name != from })
	if len(chosen) == 0 {
		return nil, &usageError{fmt.Sprintf("%q is no tool known here: use agentic-cli, python-sdk, egnyte-cli or all", from)}
	}
	return chosen, nil
}

func (p *program) importer(c *cobra.Command) (*importer, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return nil, &settings.HomeError{Err: err}
	}
	place, err := p.place()
	if err != nil {
		return nil, err
	}
	dir, err := settings.Dir()
	if err != nil {
		return nil, err
	}
	inForce, err := settings.Load(dir, settings.Values{"service": p.service})
	if err != nil {
		return nil, err
	}
	i := &importer{
		home:    home,
		store:   place.open(),
		service: inForce.Service,
		only:    p.service != "",
		lock:    filepath.Join(place.dir, "import.lock"),
		http:    settings.HTTPClient(dir),
		out:     c.OutOrStdout(),
	}
	if inForce.Locked["domain"] {
		i.locked = inForce.Domain
	}
	if place.isSystem {
		i.other = func(service, user string) oauth.Secret { return otherKeyring(c.Context(), service, user) }
	}
	return i, nil
}

// otherLimit is how long another tool's item in the keyring may take: the user may have
// to unlock it.
const otherLimit = time.Minute

// otherKeyring reads what another tool keeps in the system keyring. If it is not there,
// or does not come in time, the file's token works without it.
func otherKeyring(ctx context.Context, service, user string) oauth.Secret {
	ctx, cancel := context.WithTimeout(ctx, otherLimit)
	defer cancel()
	found := make(chan oauth.Secret, 1)
	go func() {
		text, _ := keyring.Get(service, user) // "" with an error
		found <- oauth.NewSecret(text)
	}()
	select {
	case secret := <-found:
		return secret
	case <-ctx.Done():
		return oauth.Secret{}
	}
}
