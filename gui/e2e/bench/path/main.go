// Path is the one path alone: oauth.SignIn with the redirect receiver and the
// system browser, as our programs run it, and nothing kept. It does the same job
// as the floor does without FLOOR_KEEP, so that the two can be compared.
//
// Its environment is the floor's, and BENCH_SERVICE, the service that
// FLOOR_DOMAIN is under. BENCH_PREFLIGHT asks the authorize address first.
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/redirect"
)

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	service, err := oauth.ParseService(os.Getenv("BENCH_SERVICE"))
	if err != nil {
		return err
	}
	domain, err := service.ParseDomain(os.Getenv("FLOOR_DOMAIN"))
	if err != nil {
		return err
	}
	grant, err := oauth.SignIn{
		Service: service, Domain: domain, Scopes: []string{"Egnyte.filesystem"},
		Key:       oauth.Key{ID: os.Getenv("EGNYTE_CLIENT_ID"), Secret: oauth.NewSecret(os.Getenv("EGNYTE_CLIENT_SECRET"))},
		Preflight: os.Getenv("BENCH_PREFLIGHT") != "",
		Browser:   redirect.SystemBrowser{}, Listen: redirect.Listen,
	}.Run(ctx)
	if err != nil {
		return err
	}
	fmt.Println(grant.User.Username)
	return nil
}
