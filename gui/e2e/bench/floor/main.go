// Floor is the least that a login command can be: golang.org/x/oauth2 and
// net/http, the code flow with PKCE on a loopback redirect, and userinfo. It is
// what `egnyte-auth signin` is measured against. With FLOOR_KEEP set it also
// leaves behind what ours does: the token in the keyring, by go-keyring, and in
// the folder that FLOOR_KEEP names a file that says whose it is, flushed and put
// in place as a whole. It does so in the plainest order and recovers from nothing.
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
	"path/filepath"

	"github.com/godbus/dbus/v5"
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
	if folder := os.Getenv("FLOOR_KEEP"); folder != "" {
		if err := keep(folder, user, domain, token); err != nil {
			return err
		}
	}
	fmt.Println(user)
	return nil
}

func keep(folder, user, domain string, token *oauth2.Token) error {
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
	if err := keyring.Set("egnyte-accounts-floor", user, string(secret)); err != nil {
		return err
	}
	account, err := json.Marshal(map[string]any{"username": user, "domain": domain, "state": "ready", "expires": token.Expiry})
	if err != nil {
		return err
	}
	path := filepath.Join(folder, "account.json")
	if err := writeFlushed(path+".tmp", account); err != nil {
		return err
	}
	if err := os.Rename(path+".tmp", path); err != nil {
		return err
	}
	dir, err := os.Open(folder)
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}

func writeFlushed(path string, data []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := file.Write(data); err != nil {
		return err
	}
	return file.Sync()
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
