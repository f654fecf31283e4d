package account_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"

	"golang.org/x/oauth2"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
)

// A program that lists a folder as the person who is signed in at acme.
func ExampleTokenSource() {
	ctx := context.Background()
	client := oauth2.NewClient(ctx, account.TokenSource(ctx, "acme"))
	reply, err := client.Get("https://acme.egnyte.com/pubapi/v1/fs/Shared")
	if err != nil {
		log.Print(err)
		return
	}
	defer reply.Body.Close()
	fmt.Println(reply.Status)
}

// The same against a stand-in Egnyte, with accounts kept elsewhere than in the
// system keyring. Names under .localhost need oauth.NewHTTPClient.
func ExampleStore_TokenSource() {
	dir, err := os.MkdirTemp("", "accounts")
	if err != nil {
		log.Print(err)
		return
	}
	defer os.RemoveAll(dir)
	egnyte, store := signedIn(dir)
	defer egnyte.Close()

	ctx := context.WithValue(context.Background(), oauth2.HTTPClient, oauth.NewHTTPClient(nil))
	client := oauth2.NewClient(ctx, store.TokenSource(ctx, "acme"))
	reply, err := client.Get(egnyte.DomainURL("acme") + "/pubapi/v1/userinfo")
	if err != nil {
		log.Print(err)
		return
	}
	defer reply.Body.Close()
	var who struct{ Username string }
	if err := json.NewDecoder(reply.Body).Decode(&who); err != nil {
		log.Print(err)
		return
	}
	fmt.Println(reply.Status, who.Username)
	// Output: 200 OK jsmith
}
