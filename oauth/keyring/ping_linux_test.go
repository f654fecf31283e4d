package keyring

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/testbus"
)

// secretService is a Secret Service that opens sessions and refuses all other
// calls. It records them in the order in which they arrive.
type secretService struct {
	conn *dbus.Conn

	mu    sync.Mutex
	calls []string // "Ping answered" where a Ping's answer leaves
	ping  uint32   // serial of the last Ping
}

func startSecretService(t *testing.T, bus *testbus.Bus) *secretService {
	t.Helper()
	s := &secretService{}
	var err error
	s.conn, err = dbus.Connect(bus.Address, dbus.WithIncomingInterceptor(s.arrives), dbus.WithOutgoingInterceptor(s.leaves))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.conn.Close() })
	open := func(string, dbus.Variant) (dbus.Variant, dbus.ObjectPath, *dbus.Error) {
		return dbus.MakeVariant(""), secretsPath + "/session/1", nil
	}
	if err := s.conn.ExportMethodTable(map[string]any{"OpenSession": open}, secretsPath, secretsInterface+"Service"); err != nil {
		t.Fatal(err)
	}
	if reply, err := s.conn.RequestName(secrets, dbus.NameFlagDoNotQueue); err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		t.Fatal(reply, err)
	}
	return s
}

func (s *secretService) arrives(m *dbus.Message) {
	if m.Type != dbus.TypeMethodCall {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	member, _ := m.Headers[dbus.FieldMember].Value().(string)
	s.calls = append(s.calls, member)
	if member == "Ping" {
		s.ping = m.Serial()
	}
}

func (s *secretService) leaves(m *dbus.Message) {
	s.mu.Lock()
	answers := s.ping != 0 && m.Headers[dbus.FieldReplySerial].Value() == s.ping
	s.mu.Unlock()
	if answers {
		time.Sleep(20 * time.Millisecond) // a client that does not wait is found out
		s.mu.Lock()
		s.calls = append(s.calls, "Ping answered")
		s.mu.Unlock()
	}
}

// pingedFirst reports that the first call is a Ping, and that nothing which needs a
// known client came before its answer.
func (s *secretService) pingedFirst() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	others := slices.IndexFunc(s.calls, func(call string) bool { return !strings.HasPrefix(call, "Ping") && call != "ReadAlias" })
	return others > 0 && s.calls[0] == "Ping" && slices.Contains(s.calls[:others], "Ping answered")
}

// sessionBeforePing reports a session that was opened before a Ping was answered.
func (s *secretService) sessionBeforePing() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	opened := slices.Index(s.calls, "OpenSession")
	return opened >= 0 && !slices.Contains(s.calls[:opened], "Ping answered")
}

func (s *secretService) seen() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// onOwnBus makes the connection that this process shares lead to a bus of the test.
// No t.Parallel with it: it sets the environment.
func onOwnBus(t *testing.T) *testbus.Bus {
	t.Helper()
	bus := testbus.Start(t)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", bus.Address)
	t.Cleanup(func() { // before the bus ends
		if conn, err := dbus.SessionBus(); err == nil {
			_ = conn.Close()
		}
	})
	return bus
}

// everyCall are the calls of a system keyring, and those of go-keyring, which does
// the work where the fast path can't.
var everyCall = map[string]func(t *testing.T, k *system, g *goKeyring){
	"get":    func(t *testing.T, k *system, _ *goKeyring) { _, _ = k.Get(t.Context(), "jsmith") },
	"locked": func(t *testing.T, k *system, _ *goKeyring) { _ = k.Locked(t.Context()) },
	"unlock": func(t *testing.T, k *system, _ *goKeyring) { _ = k.Unlock(t.Context()) },
	"set": func(t *testing.T, k *system, _ *goKeyring) {
		_ = k.Set(t.Context(), "jsmith", oauth.NewSecret("x"))
	},
	"delete":              func(t *testing.T, k *system, _ *goKeyring) { _ = k.Delete(t.Context(), "jsmith") },
	"go-keyring's get":    func(_ *testing.T, _ *system, g *goKeyring) { _, _ = g.Get(service, "jsmith") },
	"go-keyring's set":    func(_ *testing.T, _ *system, g *goKeyring) { _ = g.Set(service, "jsmith", "x") },
	"go-keyring's delete": func(_ *testing.T, _ *system, g *goKeyring) { _ = g.Delete(service, "jsmith") },
}

// Given a new connection, when the keyring is called in any way, then the daemon
// gets a Ping first, and no call that needs a known client until the Ping is answered.
func TestTheFirstMessageToTheKeyringIsAPing(t *testing.T) {
	for what, call := range everyCall {
		t.Run(what, func(t *testing.T) {
			service := startSecretService(t, onOwnBus(t))
			backend := &goKeyring{}
			call(t, newSystem(backend, always, Limit), backend)
			if !service.pingedFirst() {
				t.Errorf("the daemon got %q", service.seen())
			}
		})
	}
}

// Given a connection on which a session is open, when another daemon takes the
// keyring over, then that one is asked for a session after a Ping only.
func TestADaemonThatWasRestartedGetsAPingBeforeASession(t *testing.T) {
	for what, call := range everyCall {
		t.Run(what, func(t *testing.T) {
			bus := onOwnBus(t)
			first := startSecretService(t, bus)
			backend := &goKeyring{}
			k := newSystem(backend, always, Limit)
			_ = k.Unlock(t.Context())
			_ = first.conn.Close()

			second := startSecretService(t, bus)
			for range 2 {
				call(t, k, backend)
			}
			if second.sessionBeforePing() {
				t.Errorf("the second daemon got %q", second.seen())
			}
		})
	}
}
