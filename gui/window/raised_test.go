package window

import (
	"strings"
	"testing"
)

// FuzzRaised: whatever a later start, or another program, sends to the socket, the
// window shows one of its views. A browser opens for nothing but a
// reconnect of an account that is there, and nothing is changed.
func FuzzRaised(f *testing.F) {
	known := accountOf(jane)
	for _, seed := range []string{
		"", "accounts", "settings", "signin", "signin " + known.Name, "signin " + known.Name + "\tnetwork", "signin nobody@acme.egnyte.com",
		"signin \t", "signin  " + known.Name, "SIGNIN", "settings accounts", "\x1b]0;x\a", "signin " + strings.Repeat("x", 4000), "signin " + known.Name + "\tpassword",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, message string) {
		if strings.ContainsAny(message, "\r\n") || len(message) > 4096 {
			return // the socket hands over one line
		}
		tw := newTestWindow(t, Options{View: "accounts"}, withAccounts(known))
		tw.until("the list", func() bool { return tw.says("Jane Smith") })
		tw.raised(message)
		answered := make(chan struct{})
		go tw.ui.post(func() { close(answered) })
		tw.until("an answer", func() bool {
			select {
			case <-answered:
				return true
			default:
				return false
			}
		})
		if title := tw.win.Title(); !strings.HasSuffix(title, appName) || strings.ContainsAny(title, "\x1b\x00") || len(title) > 300 {
			t.Errorf("%q: the title is %.300q", message, title)
		}
		asks := strings.HasPrefix(message, "signin "+known.Name)
		if began := len(tw.client.calls) > 0; began && !asks {
			t.Errorf("%q began a sign-in", message)
		}
		if len(tw.setup.edits) > 0 || tw.certificates.asked > 0 || tw.hasQuit {
			t.Errorf("%q changed something", message)
		}
	})
}
