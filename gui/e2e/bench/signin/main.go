// Signin signs in and prints who it is. The benchmarks compare these kinds, which
// its argument names:
//
//	ours    oauth.SignIn with our receiver and the system's browser
//	plain   golang.org/x/oauth2 and net/http, as little as a sign-in can be
//	stored  plain, and it stores what `egnyte-auth signin` stores: the token in the
//	        keyring, and a flushed file that says whose it is
//
// The environment names the rest: SERVICE and DOMAIN (URLs), EGNYTE_CLIENT_ID and
// EGNYTE_CLIENT_SECRET, and for stored FOLDER, where its file goes.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/godbus/dbus/v5"
	"github.com/zalando/go-keyring"
	"golang.org/x/oauth2"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/redirect"
)

func main() {
	user, err := signIn(context.Background(), os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(user)
}

func signIn(ctx context.Context, kind string) (user string, err error) {
	if kind == "ours" {
		return ours(ctx)
	}
	user, token, err := plain(ctx, os.Getenv("DOMAIN"))
	if err == nil && kind == "stored" {
		err = store(os.Getenv("FOLDER"), user, token)
	}
	return user, err
}

func ours(ctx context.Context) (user string, err error) {
	service, err := oauth.ParseService(os.Getenv("SERVICE"))
	if err != nil {
		return "", err
	}
	domain, err := service.ParseDomain(os.Getenv("DOMAIN"))
	if err != nil {
		return "", err
	}
	grant, err := oauth.SignIn{
		Service: service, Domain: domain, Scopes: []string{"Egnyte.filesystem"},
		Key:     oauth.Key{ID: os.Getenv("EGNYTE_CLIENT_ID"), Secret: oauth.NewSecret(os.Getenv("EGNYTE_CLIENT_SECRET"))},
		Browser: redirect.SystemBrowser{}, Listen: redirect.Listen,
	}.Run(ctx)
	return grant.User.Username, err
}

func plain(ctx context.Context, domain string) (user string, token *oauth2.Token, err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
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
	if err := exec.Command("xdg-open", config.AuthCodeURL(state, oauth2.S256ChallengeOption(verifier))).Start(); err != nil {
		return "", nil, err
	}
	ctx = context.WithValue(ctx, oauth2.HTTPClient, &http.Client{Transport: &http.Transport{DialContext: loopback}})
	if token, err = config.Exchange(ctx, <-codes, oauth2.VerifierOption(verifier)); err != nil {
		return "", nil, err
	}
	response, err := config.Client(ctx, token).Get(domain + "/pubapi/v1/userinfo")
	if err != nil {
		return "", nil, err
	}
	defer response.Body.Close()
	var info struct{ Username string }
	err = json.NewDecoder(response.Body).Decode(&info)
	return info.Username, token, err
}

// loopback is where names under .localhost are (RFC 6761, 6.3).
func loopback(ctx context.Context, network, address string) (net.Conn, error) {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	return new(net.Dialer).DialContext(ctx, network, "127.0.0.1:"+port)
}

func store(folder, user string, token *oauth2.Token) error {
	secret, err := json.Marshal(token)
	if err != nil {
		return err
	}
	// go-keyring shares this connection. Package account says why OpenSession must not
	// be its first message.
	bus, err := dbus.SessionBus()
	if err != nil {
		return err
	}
	daemon := bus.Object("org.freedesktop.secrets", "/org/freedesktop/secrets")
	if err = daemon.Call("org.freedesktop.DBus.Peer.Ping", 0).Err; err == nil {
		err = daemon.Call("org.freedesktop.Secret.Service.ReadAlias", 0, "none").Err
	}
	if err != nil {
		return err
	}
	if err := keyring.Set("egnyte-accounts-bench", user, string(secret)); err != nil {
		return err
	}
	account, err := json.Marshal(map[string]any{"username": user, "state": "ready", "expires": token.Expiry})
	if err != nil {
		return err
	}
	path := filepath.Join(folder, "account.json")
	file, err := os.OpenFile(path+".tmp", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(account)
	if err := errors.Join(err, file.Sync(), file.Close(), os.Rename(path+".tmp", path)); err != nil {
		return err
	}
	dir, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
