//go:build !windows && !darwin

package keyring

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/godbus/dbus/v5"
)

// fastPath reads and writes the open login keyring in one or two round trips.
// go-keyring needs six or seven, half of the time that `egnyte-auth token` takes.
// Everything else (another default keyring, a locked one, a missing item) is left
// to go-keyring.
//
// The calls are those of the Secret Service API 0.2, with the session algorithm
// "plain": the bus is private to the user. A session ends with the connection.
type fastPath struct {
	mu      sync.Mutex
	bus     *dbus.Conn // on which the daemon has answered a Ping
	session dbus.ObjectPath
}

const (
	secrets          = "org.freedesktop.secrets"
	secretsPath      = "/org/freedesktop/secrets"
	loginPath        = secretsPath + "/collection/login"
	defaultPath      = secretsPath + "/aliases/default" // go-keyring's choice where there is no login keyring
	secretsInterface = "org.freedesktop.Secret."
	createLimit      = 2 * time.Minute // for the user to choose a password
	noObject         = dbus.ObjectPath("/")
)

// secretOnBus is a secret as the API has it.
type secretOnBus struct {
	Session     dbus.ObjectPath
	Parameters  []byte
	Value       []byte
	ContentType string
}

// attributesOf and labelOf are an item's attributes and label as go-keyring sets them.
func attributesOf(service, user string) map[string]string {
	return map[string]string{"service": service, "username": user}
}

func labelOf(service, user string) string {
	return fmt.Sprintf("Password for '%s' on '%s'", user, service)
}

// connect returns the shared connection after the daemon has answered a Ping on it.
func (q *fastPath) connect() (*dbus.Conn, error) {
	bus, err := dbus.SessionBus()
	if err != nil {
		return nil, err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.bus != bus {
		if err := ping(bus); err != nil {
			return nil, err
		}
		q.bus, q.session = bus, ""
	}
	return bus, nil
}

// Ping is for go-keyring's calls, each of which may open a session of its own, with
// a daemon that was started after the connection.
func (*fastPath) Ping() {
	if bus, err := dbus.SessionBus(); err == nil {
		_ = ping(bus)
	}
}

// ping makes the daemon register the connection, and waits until it has. It must come
// before OpenSession, on which gnome-keyring 42 aborts for a client that it does not
// know (daemon/dbus/gkd-secret-service.c). service_message_filter registers a client in
// an idle callback that each of its messages schedules. Under load the main loop can
// dispatch the first method call before that callback, and the user's keyring is then
// locked until they log in again. GLib answers a Ping in a thread of its own, and a
// daemon died after 1,134 connections that waited for that alone. So the answer to
// ReadAlias is waited for too: it comes from the main loop, which runs the callback
// before any later call. No alias has that name, so no client is looked up.
func ping(bus *dbus.Conn) error {
	service := bus.Object(secrets, secretsPath)
	pinged := service.Go("org.freedesktop.DBus.Peer.Ping", 0, nil)
	asked := service.Go(secretsInterface+"Service.ReadAlias", 0, nil, "none")
	<-asked.Done
	return (<-pinged.Done).Err
}

// getIfOpen reads an item. If found is false, go-keyring may still find it.
func (q *fastPath) getIfOpen(service, user string) (secret string, found bool) {
	var items []dbus.ObjectPath
	bus, session, err := q.ask(&items, secretsInterface+"Collection.SearchItems", attributesOf(service, user))
	if err != nil || len(items) != 1 {
		return "", false
	}
	var reply secretOnBus
	err = bus.Object(secrets, items[0]).Call(secretsInterface+"Item.GetSecret", 0, session).Store(&reply)
	if err != nil {
		q.forget(session)
	}
	return string(reply.Value), err == nil
}

// IsOpen reports an unlocked login keyring. It asks the daemon to unlock the keyring
// and dismisses the prompt, so nothing is shown. The session that a write needs is
// opened at the same time.
func (q *fastPath) IsOpen() bool {
	bus, err := q.connect()
	if err != nil {
		return false
	}
	opened := q.opening(bus)
	unlocked := q.unlocking(bus, loginPath)
	_, err = opened()
	open, _ := unlocked()
	return err == nil && open
}

// IsLocked reports a keyring that shows a prompt when it is read. It finds out as
// IsOpen does.
func (q *fastPath) IsLocked() bool {
	bus, err := q.connect()
	if err != nil {
		return false
	}
	for _, path := range []dbus.ObjectPath{loginPath, defaultPath} {
		if open, prompts := q.unlocking(bus, path)(); open || prompts {
			return prompts
		}
	}
	return false
}

// IsMissing reports a Secret Service whose default alias leads nowhere, and that has no
// login keyring either.
func (q *fastPath) IsMissing() bool {
	bus, err := q.connect()
	if err != nil {
		return false
	}
	var collection dbus.ObjectPath
	err = bus.Object(secrets, secretsPath).Call(secretsInterface+"Service.ReadAlias", 0, "default").Store(&collection)
	if err != nil || collection != noObject {
		return false
	}
	open, prompts := q.unlocking(bus, loginPath)()
	return !open && !prompts
}

// Create makes the default keyring as secret-tool does, after the user has chosen a
// password in the service's own prompt.
func (q *fastPath) Create() error {
	bus, err := q.connect()
	if err != nil {
		return err
	}
	ended := make(chan *dbus.Signal, 16) // godbus drops signals that nobody takes
	bus.Signal(ended)
	defer bus.RemoveSignal(ended)
	completed := []dbus.MatchOption{dbus.WithMatchInterface(secretsInterface + "Prompt"), dbus.WithMatchMember("Completed")}
	if err := bus.AddMatchSignal(completed...); err != nil {
		return err
	}
	defer func() { _ = bus.RemoveMatchSignal(completed...) }()
	properties := map[string]dbus.Variant{secretsInterface + "Collection.Label": dbus.MakeVariant("Default keyring")}
	var collection, prompt dbus.ObjectPath
	err = bus.Object(secrets, secretsPath).Call(secretsInterface+"Service.CreateCollection", 0, properties, "default").Store(&collection, &prompt)
	if err != nil || prompt == noObject {
		return err
	}
	if err := bus.Object(secrets, prompt).Call(secretsInterface+"Prompt.Prompt", 0, "").Err; err != nil {
		return err
	}
	limit := time.After(createLimit)
	for {
		select {
		case s := <-ended:
			var dismissed bool
			if s == nil || s.Path != prompt || dbus.Store(s.Body, &dismissed, new(dbus.Variant)) != nil {
				if s == nil {
					return dbus.ErrClosed
				}
				continue
			}
			if dismissed {
				return errors.New("failed to unlock: the prompt for a new keyring was dismissed")
			}
			return nil
		case <-limit:
			q.dismiss(bus, prompt)
			return errors.New("failed to unlock: no password was chosen for a new keyring")
		}
	}
}

// unlocking asks the daemon to unlock a keyring. What it returns waits for the answer
// and reports whether the keyring is open, or needs a prompt, which is never shown. A
// missing keyring is neither.
func (q *fastPath) unlocking(bus *dbus.Conn, path dbus.ObjectPath) func() (open, prompts bool) {
	asked := bus.Object(secrets, secretsPath).Go(secretsInterface+"Service.Unlock", 0, nil, []dbus.ObjectPath{path})
	return func() (open, prompts bool) {
		var paths []dbus.ObjectPath
		prompt := noObject
		err := (<-asked.Done).Store(&paths, &prompt)
		q.dismiss(bus, prompt)
		return err == nil && len(paths) == 1, err == nil && prompt != noObject
	}
}

// dismiss ends a prompt that isn't going to be shown.
func (q *fastPath) dismiss(bus *dbus.Conn, prompt dbus.ObjectPath) {
	if prompt != noObject {
		bus.Object(secrets, prompt).Go(secretsInterface+"Prompt.Dismiss", dbus.FlagNoReplyExpected, nil)
	}
}

// SetIfOpen writes an item. A locked keyring answers with a prompt instead and writes
// nothing.
func (q *fastPath) SetIfOpen(service, user, secret string) bool {
	bus, err := q.connect()
	if err != nil {
		return false
	}
	session, err := q.opening(bus)()
	if err != nil {
		return false
	}
	properties := map[string]dbus.Variant{
		secretsInterface + "Item.Label":      dbus.MakeVariant(labelOf(service, user)),
		secretsInterface + "Item.Attributes": dbus.MakeVariant(attributesOf(service, user)),
	}
	value := secretOnBus{session, []byte{}, []byte(secret), "text/plain; charset=utf8"}
	var item, prompt dbus.ObjectPath
	const replace = true
	err = bus.Object(secrets, loginPath).Call(secretsInterface+"Collection.CreateItem", 0, properties, value, replace).Store(&item, &prompt)
	if err != nil {
		q.forget(session)
		return false
	}
	q.dismiss(bus, prompt)
	return prompt == noObject && item != noObject
}

// ask makes one call to the login keyring, and opens a session at the same time if
// there is none.
func (q *fastPath) ask(reply any, method string, args ...any) (*dbus.Conn, dbus.ObjectPath, error) {
	bus, err := q.connect()
	if err != nil {
		return nil, "", err
	}
	opened := q.opening(bus)
	asked := bus.Object(secrets, loginPath).Go(method, 0, nil, args...)
	session, err := opened()
	replied := (<-asked.Done).Store(reply)
	return bus, session, errors.Join(err, replied)
}

// opening asks for a session if there is none. What it returns waits for it.
func (q *fastPath) opening(bus *dbus.Conn) (opened func() (dbus.ObjectPath, error)) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if session := q.session; q.bus == bus && session != "" {
		return func() (dbus.ObjectPath, error) { return session, nil }
	}
	asked := bus.Object(secrets, secretsPath).Go(secretsInterface+"Service.OpenSession", 0, nil, "plain", dbus.MakeVariant(""))
	return func() (dbus.ObjectPath, error) {
		var output dbus.Variant
		var session dbus.ObjectPath
		if err := (<-asked.Done).Store(&output, &session); err != nil {
			return "", err
		}
		q.mu.Lock()
		defer q.mu.Unlock()
		if q.bus == bus {
			q.session = session
		}
		return session, nil
	}
}

// forget drops a session that did not work: the daemon may have been restarted.
func (q *fastPath) forget(session dbus.ObjectPath) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.session == session {
		q.bus, q.session = nil, ""
	}
}
