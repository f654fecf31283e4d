package main

import (
	"errors"
	"net"
	"net/url"
	"os/user"
	"strings"

	"egnyte-accounts/oauth/redirect"
)

// wayBack is what the redirect of one sign-in looks like.
type wayBack struct {
	redirectURI string
	address     *url.URL // redirectURI, read
}

// readWayBack takes it from the authorize address (RFC 6749, 4.1.1).
func readWayBack(authorizeURL string) (wayBack, error) {
	u, err := url.Parse(authorizeURL)
	if err != nil {
		return wayBack{}, errors.New("the authorize address can't be read")
	}
	query := u.Query()
	address, err := url.Parse(query.Get("redirect_uri"))
	if err != nil || address.Host == "" {
		return wayBack{}, errors.New("the authorize address names no way back")
	}
	back := wayBack{query.Get("redirect_uri"), address}
	if behind, ok := redirect.Behind(query.Get("state")); ok {
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
	return command + " " + shellWord(user+fields[2])
}

func userName() string {
	me, err := user.Current()
	if err != nil {
		return ""
	}
	return me.Username[strings.LastIndex(me.Username, `\`)+1:] // without Windows' domain
}
