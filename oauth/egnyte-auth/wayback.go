package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"os/user"
	"strings"
	"time"

	"egnyte-accounts/oauth/redirect"
)

// wayBack is what the redirect of one sign-in looks like.
type wayBack struct {
	redirectURI string
	address     *url.URL // redirectURI, read
	state       string
}

// readWayBack takes it from the authorize address (RFC 6749, 4.1.1).
func readWayBack(authorizeURL string) (wayBack, error) {
	u, err := url.Parse(authorizeURL)
	if err != nil {
		return wayBack{}, errors.New("the authorize address can't be read")
	}
	query := u.Query()
	address, err := url.Parse(query.Get("redirect_uri"))
	if err != nil || address.Host == "" || query.Get("state") == "" {
		return wayBack{}, errors.New("the authorize address names no way back")
	}
	back := wayBack{query.Get("redirect_uri"), address, query.Get("state")}
	if behind, ok := redirect.Behind(back.state); ok {
		// The page at the redirect address sends the browser on to here.
		back.redirectURI = behind
		back.address, err = url.Parse(behind)
	}
	return back, err
}

// sshCommand is what a person types on their own computer, so that the redirect
// to its loopback arrives here; "" where this is no SSH session. Connection is
// $SSH_CONNECTION (ssh(1)): client address and port, server address and port.
func (w wayBack) sshCommand(connection, user string) string {
	fields := strings.Fields(connection)
	port := w.address.Port()
	if len(fields) != 4 || net.ParseIP(fields[2]) == nil || port == "" {
		return ""
	}
	here := w.address.Hostname()
	if here == "localhost" {
		here = "127.0.0.1"
	}
	if strings.Contains(here, ":") {
		here = "[" + here + "]"
	}
	command := "ssh -L " + port + ":" + here + ":" + port
	if fields[3] != "22" {
		command += " -p " + fields[3]
	}
	if user != "" {
		user += "@"
	}
	return command + " " + user + fields[2]
}

func userName() string {
	me, err := user.Current()
	if err != nil {
		return ""
	}
	return me.Username[strings.LastIndex(me.Username, `\`)+1:] // without Windows' domain
}

// What forward says never quotes what was pasted: it holds the code.
const (
	notAnAddress = "That is no whole address. Copy all of the browser's address bar, from http to the end."
	otherAddress = "That is another address than the one that is waited for. Wait until the browser has got there."
	otherSignIn  = "That address belongs to another sign-in. Use the link above, then paste where it ends."
	notTaken     = "The address was not taken. Use the link above once more, then paste where it ends."
)

// forward hands a pasted redirect to our own receiver, as the browser would
// have: the receiver alone decides what it is worth. Only the exact address of
// this sign-in, with its state, gets that far. What is wrong comes back in words
// for the person; "" where the receiver took it.
func (w wayBack) forward(client *http.Client, pasted string) (problem string) {
	pasted = strings.Trim(strings.TrimSpace(pasted), `"'<>`)
	u, err := url.Parse(pasted)
	if err != nil || u.Scheme == "" || u.Host == "" {
		return notAnAddress
	}
	if u.Scheme != w.address.Scheme || !strings.EqualFold(u.Host, w.address.Host) || u.User != nil || path(u) != path(w.address) {
		return otherAddress
	}
	if states := u.Query()["state"]; len(states) != 1 || states[0] != w.state {
		return otherSignIn
	}
	u.Fragment = ""
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return notAnAddress
	}
	reply, err := client.Do(request)
	if err != nil {
		return notTaken
	}
	_ = reply.Body.Close()
	if reply.StatusCode != http.StatusOK {
		return notTaken
	}
	return ""
}

func path(u *url.URL) string {
	if p := u.EscapedPath(); p != "" {
		return p
	}
	return "/"
}
