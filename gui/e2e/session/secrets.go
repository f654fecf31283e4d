//go:build linux

package session

import (
	"fmt"

	"github.com/godbus/dbus/v5"
)

const (
	secretService     = "org.freedesktop.secrets"
	secretPath        = dbus.ObjectPath("/org/freedesktop/secrets")
	defaultCollection = secretPath + "/aliases/default"
	secretInterface   = "org.freedesktop.Secret."
)

// Item is one item of the Secret Service.
type Item struct {
	User, Text string
	Attributes map[string]string
}

// Secrets lists the keyring's items of a service, as go-keyring stores them.
func (s *Session) Secrets(service string) ([]Item, error) {
	var items []Item
	err := s.eachSecret(service, func(_ dbus.BusObject, item Item) error {
		items = append(items, item)
		return nil
	})
	return items, err
}

func (s *Session) eachSecret(service string, do func(dbus.BusObject, Item) error) error {
	conn, err := s.connectKeyring()
	if err != nil {
		return err
	}
	defer conn.Close()
	keyring := conn.Object(secretService, secretPath)
	var ignored dbus.Variant
	var session dbus.ObjectPath
	err = keyring.Call(secretInterface+"Service.OpenSession", 0, "plain", dbus.MakeVariant("")).Store(&ignored, &session)
	if err != nil {
		return fmt.Errorf("open a session of the keyring: %w", err)
	}
	var unlocked, locked []dbus.ObjectPath
	err = keyring.Call(secretInterface+"Service.SearchItems", 0, map[string]string{"service": service}).Store(&unlocked, &locked)
	if err != nil {
		return fmt.Errorf("search the keyring: %w", err)
	}
	if len(locked) > 0 {
		return fmt.Errorf("%d items are locked", len(locked))
	}
	for _, path := range unlocked {
		object := conn.Object(secretService, path)
		item, err := readItem(object, session)
		if err == nil {
			err = do(object, item)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// connectKeyring opens a connection that the keyring's daemon knows; package account
// says why OpenSession must not come first.
func (s *Session) connectKeyring() (*dbus.Conn, error) {
	conn, err := s.connect()
	if err != nil {
		return nil, err
	}
	keyring := conn.Object(secretService, secretPath)
	if err = keyring.Call("org.freedesktop.DBus.Peer.Ping", 0).Err; err == nil {
		err = keyring.Call(secretInterface+"Service.ReadAlias", 0, "none").Err
	}
	if err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("reach the keyring: %w", err)
	}
	return conn, nil
}

func readItem(object dbus.BusObject, session dbus.ObjectPath) (Item, error) {
	attributes, err := object.GetProperty(secretInterface + "Item.Attributes")
	if err != nil {
		return Item{}, err
	}
	var secret struct {
		Session     dbus.ObjectPath
		Parameters  []byte
		Value       []byte
		ContentType string
	}
	if err := object.Call(secretInterface+"Item.GetSecret", 0, session).Store(&secret); err != nil {
		return Item{}, err
	}
	item := Item{Text: string(secret.Value)}
	if err := attributes.Store(&item.Attributes); err != nil {
		return Item{}, err
	}
	item.User = item.Attributes["username"]
	return item, nil
}

// LockKeyring locks the login keyring. Nobody is there to answer the prompt
// of an unlock.
func (s *Session) LockKeyring() error {
	conn, err := s.connectKeyring()
	if err != nil {
		return err
	}
	defer conn.Close()
	var locked []dbus.ObjectPath
	var prompt dbus.ObjectPath
	collection, err := conn.Object(secretService, secretPath).GetProperty(secretInterface + "Service.Collections")
	if err != nil {
		return err
	}
	err = conn.Object(secretService, secretPath).
		Call(secretInterface+"Service.Lock", 0, collection.Value()).Store(&locked, &prompt)
	if err == nil && prompt != "/" { // KeePassXC locks when it is shown, and asks nothing
		err = conn.Object(secretService, prompt).Call(secretInterface+"Prompt.Prompt", 0, "").Err
	}
	return err
}
