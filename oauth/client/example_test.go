package client_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/client"
	"egnyte-accounts/oauth/keyring/keyringtest"
	"egnyte-accounts/oauth/practice"
	"egnyte-accounts/oauth/settings"
)

// user is client.UI with a user who signs in at the practice service and allows what is
// asked.
type user struct {
	egnyte *practice.Server
	opens  func() error // before each browser; may be nil
}

func (u user) Check(oauth.SignIn) error { return nil }

func (u user) Password(context.Context, string, oauth.Domain) (oauth.Secret, error) {
	return oauth.Secret{}, nil
}

func (u user) Open(ctx context.Context, url string) error {
	if u.opens != nil {
		if err := u.opens(); err != nil {
			return err
		}
	}
	return u.egnyte.SignInAs(ctx, url, u.egnyte.People()[0], practice.Allow, "acme")
}

func (u user) Step(oauth.Step) {}

// Sign a user in at a stand-in Egnyte. A program outside of tests uses settings.Dir and
// keyring.System.
func ExampleClient_SignIn() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "accounts")
	if err != nil {
		log.Print(err)
		return
	}
	defer os.RemoveAll(dir)
	egnyte, err := practice.New(practice.Options{NoLimits: true})
	if err != nil {
		log.Print(err)
		return
	}
	defer egnyte.Close()

	keyring := &keyringtest.Keyring{}
	key := settings.Edit{Set: settings.Values{"service": egnyte.URL(), "client_id": egnyte.Key().ID}, Secret: oauth.NewSecret(egnyte.Key().Secret)}
	if _, err := settings.Apply(ctx, dir, keyring, key); err != nil {
		log.Print(err)
		return
	}
	c := &client.Client{Dir: dir, Keyring: keyring, Accounts: account.Open(dir, keyring)}
	a, err := c.SignIn(ctx, client.Request{Settings: settings.Values{"domain": "acme"}}, user{egnyte: egnyte})
	if err != nil {
		log.Print(err)
		return
	}
	fmt.Println("Signed in as", a.DisplayName)
	// Output: Signed in as Jane Smith
}
