// Floor is the least that a login command can be: golang.org/x/oauth2 and
// net/http, the code flow with PKCE on a loopback redirect. It is what
// `egnyte-auth signin` is measured against. With FLOOR_KEEP set it keeps the
// token in the keyring, as ours does.
//
// Its environment names endpoint and key: FLOOR_DOMAIN (http://host:port),
// FLOOR_BROWSER (a program that takes the link), EGNYTE_CLIENT_ID and
// EGNYTE_CLIENT_SECRET.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"

	"github.com/zalando/go-keyring"
	"golang.org/x/oauth2"
)

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	domain := os.Getenv("FLOOR_DOMAIN")
	config := oauth2.Config{
		ClientID: os.Getenv("EGNYTE_CLIENT_ID"), ClientSecret: os.Getenv("EGNYTE_CLIENT_SECRET"),
		RedirectURL: "http://" + listener.Addr().String() + "/callback",
		Scopes:      []string{"Egnyte.filesystem"},
		Endpoint: oauth2.Endpoint{
			AuthURL: domain + "/puboauth/authorize", TokenURL: domain + "/puboauth/token", AuthStyle: oauth2.AuthStyleInParams,
		},
	}
	state, verifier := oauth2.GenerateVerifier(), oauth2.GenerateVerifier()
	codes := make(chan string, 1)
	go func() {
		_ = http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.FormValue("state") == state {
				fmt.Fprintln(w, "You can close this tab.")
				codes <- r.FormValue("code")
			}
		}))
	}()
	browser := exec.Command(os.Getenv("FLOOR_BROWSER"), config.AuthCodeURL(state, oauth2.S256ChallengeOption(verifier)))
	if err := browser.Start(); err != nil {
		return err
	}
	ctx = context.WithValue(ctx, oauth2.HTTPClient, &http.Client{Transport: &http.Transport{DialContext: loopback}})
	token, err := config.Exchange(ctx, <-codes, oauth2.VerifierOption(verifier))
	if err != nil {
		return err
	}
	user, err := whoAmI(ctx, &config, token, domain)
	if err != nil {
		return err
	}
	if os.Getenv("FLOOR_KEEP") != "" {
		text, err := json.Marshal(token)
		if err != nil {
			return err
		}
		if err := keyring.Set("egnyte-accounts-floor", user, string(text)); err != nil {
			return err
		}
	}
	fmt.Println(user)
	return nil
}

// loopback is where names under .localhost are, whatever a resolver says (RFC 6761, 6.3).
func loopback(ctx context.Context, network, address string) (net.Conn, error) {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	return new(net.Dialer).DialContext(ctx, network, "127.0.0.1:"+port)
}

func whoAmI(ctx context.Context, config *oauth2.Config, token *oauth2.Token, domain string) (string, error) {
	response, err := config.Client(ctx, token).Get(domain + "/pubapi/v1/userinfo")
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	var user struct{ Username string }
	err = json.NewDecoder(response.Body).Decode(&user)
	return user.Username, err
}
