package keyring

import (
	"fmt"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"egnyte-accounts/oauth/testbus"
)

const (
	freshPrompt  = dbus.ObjectPath(secretsPath + "/prompt/1")
	freshKeyring = dbus.ObjectPath(secretsPath + "/collection/fresh")
)

// freshService is a Secret Service that has no keyring, and makes the default one if its
// user agrees. Its methods are those of the Secret Service API.
type freshService struct {
	conn   *dbus.Conn
	agrees bool
	made   chan dbus.ObjectPath // receives the new default keyring
	alias  dbus.ObjectPath
}

func (f *freshService) ReadAlias(string) (dbus.ObjectPath, *dbus.Error) { return f.alias, nil }

func (f *freshService) Unlock([]dbus.ObjectPath) ([]dbus.ObjectPath, dbus.ObjectPath, *dbus.Error) {
	return nil, noObject, nil
}

func (f *freshService) OpenSession(string, dbus.Variant) (dbus.Variant, dbus.ObjectPath, *dbus.Error) {
	return dbus.MakeVariant(""), secretsPath + "/session/1", nil
}

func (f *freshService) CreateCollection(_ map[string]dbus.Variant, alias string) (dbus.ObjectPath, dbus.ObjectPath, *dbus.Error) {
	if alias != "default" {
		return noObject, noObject, dbus.MakeFailedError(dbus.ErrClosed)
	}
	return noObject, freshPrompt, nil
}

func (f *freshService) Prompt(string) *dbus.Error {
	if f.agrees {
		f.made <- freshKeyring
	}
	_ = f.conn.Emit(freshPrompt, secretsInterface+"Prompt.Completed", !f.agrees, dbus.MakeVariant(freshKeyring))
	return nil
}

// Given a password store without any keyring, when it is unlocked before a sign-in, then its
// own prompt asks for a new one, which becomes the default if the user agrees. Before that,
// and without consent, the error says that there is none.
func TestTheFirstKeyringIsMadeByThePromptOfTheService(t *testing.T) {
	for _, agrees := range []bool{true, false} {
		t.Run(fmt.Sprint(agrees), func(t *testing.T) {
			bus := onOwnBus(t)
			f := &freshService{conn: bus.Connect(t), agrees: agrees, made: make(chan dbus.ObjectPath, 1), alias: noObject}
			for path, name := range map[dbus.ObjectPath]string{secretsPath: "Service", freshPrompt: "Prompt"} {
				if err := f.conn.Export(f, path, secretsInterface+name); err != nil {
					t.Fatal(err)
				}
			}
			testbus.Own(t, f.conn, secrets)
			k := newSystem(&goKeyring{}, reachable, 10*time.Second)
			_, err := k.Get(t.Context(), "jsmith")
			mustBe(t, "reading", err, Missing)
			err = k.Unlock(t.Context())
			if !agrees {
				mustBe(t, "without consent", err, Missing)
			} else if err != nil || <-f.made != freshKeyring {
				t.Errorf("with consent: %v", err)
			}
		})
	}
}
