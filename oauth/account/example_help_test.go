package account_test

import (
	"context"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/keyring/keyringtest"
	"egnyte-accounts/oauth/practice"
	"egnyte-accounts/oauth/redirect"
)

// signedIn is a practice service and a store in dir with its first person's
// account.
func signedIn(dir string) (*practice.Server, *account.Store) {
	egnyte, err := practice.New(practice.Options{NoLimits: true})
	must(err)
	service, err := oauth.ParseService(egnyte.URL())
	must(err)
	who := egnyte.People()[0]
	domain, err := service.ParseDomain(who.Domain)
	must(err)
	grant, err := oauth.SignIn{
		Service: service, Domain: domain, Scopes: []string{"Egnyte.filesystem"},
		Key:     oauth.Key{ID: egnyte.Key().ID, Secret: oauth.NewSecret(egnyte.Key().Secret)},
		Browser: person{egnyte, who}, Listen: redirect.Listen,
	}.Run(context.Background())
	must(err)
	store := account.Open(dir, &keyringtest.Keyring{})
	_, err = store.Save(context.Background(), "", grant)
	must(err)
	return egnyte, store
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

type person struct {
	egnyte *practice.Server
	who    practice.Person
}

func (p person) Open(ctx context.Context, url string) error {
	return p.egnyte.SignInAs(ctx, url, p.who, practice.Allow, "")
}
