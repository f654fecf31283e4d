package redact_test

import (
	"path/filepath"
	"strings"
	"testing"

	"egnyte-accounts/oauth/redact"
)

// atHome is somebody whose name is known.
func atHome(t *testing.T) (home string) {
	t.Helper()
	home = filepath.Join(t.TempDir(), "jdoe")
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	t.Setenv("USER", "janedoe")
	return home
}

func TestWhatLooksLikeASecretOrANameIsGone(t *testing.T) {
	home := atHome(t)
	for text, left := range map[string]string{
		"Authorization: Bearer hush.hush-hush":                            "Authorization: [redacted]",
		"with bearer hush, then":                                          "with bearer [redacted], then",
		"Cookie: a=hush; b=hush":                                          "Cookie: [redacted]",
		"code=hush&state=hush2&x=y":                                       "code=[redacted]&state=[redacted]&x=y",
		"code%3Dhush":                                                     "code%3D[redacted]",
		`{"access_token":"hush","expires_in":3600}`:                       `{"access_token":[redacted],"expires_in":3600}`,
		`{"refresh_token" : "hu\"sh", "token_type":"x"}`:                  `{"refresh_token" : [redacted], "token_type":"x"}`,
		`msg="password=two words"`:                                        `msg="password=[redacted] words"`, // a value ends at a space unless it is quoted
		`msg="password=\"two words\" x"`:                                  `msg="password=[redacted] x"`,
		`password="two words" n=1`:                                        `password=[redacted] n=1`,
		"{ID:k ClientSecret:hush Refresh_Token:hush}":                     "{ID:k ClientSecret:[redacted] Refresh_Token:[redacted]}",
		`Get "https://acme.egnyte.com/cb?code=hush#hush": EOF`:            `Get "https://acme.egnyte.com/cb?[redacted]": EOF`,
		"proxy http://jane:hush@proxy:8080/x":                             "proxy http://proxy:8080/x",
		"the token 68zc95e3xv954u6k3pbqma3q was":                          "the token [redacted] was",
		"JBSWY3DPEHPK3PXPJBSWY3DPEH":                                      "[redacted]",
		"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9.c2lnbmF0dXJlIGhlcmU=":  "[redacted].[redacted].[redacted]",
		"of jsmith@acme.egnyte.com, or jane+x@corp.com@acme.egnyte.com:1": "of [account], or [account]@acme.egnyte.com:1",
		`account="jane smith@acme.egnyte.com" x=1`:                        `account=[account] x=1`,
		home + "/.config/x.json":                                          "~/.config/x.json",
		"for janedoe, not janedoes":                                       "for [user], not janedoes",
		"in /tmp/jdoe/x":                                                  "in /tmp/[user]/x",
		"\x1b[2Jhush\u202e":                                               "[2Jhush",
	} {
		if got := redact.Text(text); got != left {
			t.Errorf("%q\n got %q\nwant %q", text, got, left)
		}
	}
}

// What helps is still there.
func TestWhatIsHarmlessStays(t *testing.T) {
	atHome(t)
	for _, text := range []string{
		"time=2026-03-03T12:00:00.000+01:00 level=WARN msg=\"a notification could not be shown\" error=\"org.freedesktop.Notifications is gone\"",
		"v0.0.0-20260303120000-2edccd298d8a+dirty, go1.26.8, linux/amd64",
		"key secret: there is one",
		"[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x4a5b6c]",
		"panic: runtime error: index out of range [3] with length 2",
		"exit status 2, after 1h20m30.5s",
	} {
		if got := redact.Text(text); got != text {
			t.Errorf("%q\nbecame %q", text, got)
		}
	}
}

const dump = `panic: the value of hush
	goroutine 9 [running]:
	main.leak(client_secret=hush)
	client_secret=hush [recovered]

goroutine 34 gp=0xc000102380 m=5 mp=0xc000100008 [running, locked to thread]:
egnyte-accounts/gui/window.(*screen).show(0xc000123456, {0x68757368687573, 0x4})
	HOME/src/gui/window/screen.go:87 +0x1d
fyne.io/fyne/v2/internal/driver/glfw.(*gLDriver).runGL(...)
	fyne.io/fyne/v2@v2.7.0-20260303120000-2edccd298d8a/internal/driver/glfw/loop.go:144 +0x2f fp=0xc0001 sp=0xc0002 pc=0xbb17ba
panic({0x68757368, 0x687573687573})
	runtime/panic.go:787 +0x132
created by main.main in goroutine 1
	egnyte-accounts/main.go:24 +0x65
runtime: unexpected return pc for main.f called from 0xc0001234ab
rax    0x68757368687573
rflags 0x246
r8     0x68757368687573
panic: refresh_token=hush
exit status 2
`

func TestADumpKeepsItsStacksAndNoWordOfAnArgument(t *testing.T) {
	home := atHome(t)
	got := redact.Dump(strings.ReplaceAll(strings.Replace(dump, "the value of hush", "token=hush", 1), "HOME", home))
	const want = `panic: token=[redacted]
	goroutine 9 [running]:
	main.leak(client_secret=[redacted])
	client_secret=[redacted] [recovered]

goroutine 34 [running, locked to thread]:
egnyte-accounts/gui/window.(*screen).show(…)
	~/src/gui/window/screen.go:87 +0x1d
fyne.io/fyne/v2/internal/driver/glfw.(*gLDriver).runGL(…)
	fyne.io/fyne/v2@v2.7.0-20260303120000-2edccd298d8a/internal/driver/glfw/loop.go:144 +0x2f
panic(…)
	runtime/panic.go:787 +0x132
created by main.main in goroutine 1
	egnyte-accounts/main.go:24 +0x65
runtime: unexpected return pc for main.f called from 0x…
panic: refresh_token=[redacted]
exit status 2
`
	if got != want {
		t.Errorf("got\n%s", got)
	}
}

// Whatever a text is, taking things out of it twice takes out no more, and ends.
func FuzzText(f *testing.F) {
	f.Add("code=hush state:hush \"token\": \"hush\" http://a:b@c/?d")
	f.Add(dump)
	f.Fuzz(func(t *testing.T, text string) {
		const secret = "68zc95e3xv954u6k3pbqma3q"
		for _, with := range []string{text + " " + secret, text + "\nBearer " + secret, text + " access_token=" + secret} {
			if strings.Contains(redact.Text(with), secret) || strings.Contains(redact.Dump(with), secret) {
				t.Errorf("%q keeps the secret", with)
			}
		}
	})
}
