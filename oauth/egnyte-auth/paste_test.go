package main

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/practice"
	"egnyte-accounts/oauth/redirect"
)

// running is egnyte-auth while it runs.
type running struct {
	*command
	screen *screen
	out    strings.Builder
	stdin  io.WriteCloser
	ended  chan error
	link   string
}

// start runs a sign-in whose browser is elsewhere until it has printed its link.
func (c *command) start(args ...string) *running {
	c.t.Helper()
	return c.startHere(append([]string{"--no-browser"}, args...)...)
}

// startHere runs a sign-in whose browser would be here.
func (c *command) startHere(args ...string) *running {
	c.t.Helper()
	in, stdin := io.Pipe()
	return c.startWith(in, stdin, args...)
}

func (c *command) startWith(in io.Reader, stdin io.WriteCloser, args ...string) *running {
	c.t.Helper()
	r := &running{command: c, screen: newScreen(), stdin: stdin, ended: make(chan error, 1)}
	c.t.Cleanup(func() { _ = stdin.Close() })
	root := c.root()
	root.SetIn(in)
	root.SetOut(&r.out)
	root.SetErr(r.screen)
	root.SetArgs(append([]string{"signin", "--timeout", "1m", "--service", c.egnyte.URL()}, args...))
	go func() { r.ended <- root.ExecuteContext(c.t.Context()) }()
	for line := range strings.Lines(r.screen.wait(c.t, "Waiting until")) {
		if strings.HasPrefix(line, "http") && strings.Contains(line, "state=") {
			r.link = strings.TrimSpace(line)
		}
	}
	return r
}

// decide is where Jane's browser ends.
func (r *running) decide() string {
	r.t.Helper()
	callback, err := r.egnyte.Decide(r.t.Context(), r.link, r.egnyte.People()[0], practice.Allow, "acme")
	if err != nil {
		r.t.Fatal(err)
	}
	return callback.URL
}

func (r *running) paste(line string) {
	r.t.Helper()
	if _, err := io.WriteString(r.stdin, line+"\n"); err != nil {
		r.t.Fatal(err)
	}
}

func (r *running) signedIn() {
	r.t.Helper()
	if err := <-r.ended; err != nil || !strings.HasPrefix(r.out.String(), "Signed in as Jane Smith") {
		r.t.Fatalf("%v, %s; the screen shows:\n%s", err, r.out.String(), r.screen)
	}
}

const elsewhere = "https://signin.acme.example/egnyte"

func registered(uri string) func(*practice.Options) {
	return func(o *practice.Options) { o.Key.RedirectURI = uri }
}

func TestAnAddressElsewhereIsPasted(t *testing.T) {
	for _, flow := range []string{"enhanced", "code", "implicit"} {
		t.Run(flow, func(t *testing.T) {
			args := []string{"--flow", flow}
			if flow != "enhanced" {
				args = append(args, "acme")
			}
			r := newCommand(t, registered(elsewhere)).start(args...)
			if said := r.screen.wait(t, "Paste the address"); !strings.Contains(said, "It ends at "+elsewhere+",") {
				t.Errorf("it says:\n%s", said)
			}
			end := r.decide()
			_, answer, _ := strings.Cut(strings.Replace(end, "#", "?", 1), "?")
			r.paste("https://acme.egnyte.com/somewhere?" + answer)
			r.screen.wait(t, "another page")
			r.paste(strings.Replace(end, "state=", "state=x", 1))
			r.screen.wait(t, "another sign-in")
			r.paste("  " + end)
			if flow == "implicit" {
				r.screen.wait(t, "can't be renewed: sign in again then")
			}
			_ = r.stdin.Close() // as at the end of a pipe
			r.signedIn()
			for _, pair := range r.egnyte.Tokens("acme", "jsmith") {
				if strings.Contains(r.screen.String(), pair.Access) {
					t.Error("the screen shows the token")
				}
			}
		})
	}
}

func TestACodeAloneIsTakenWhenItIsPastedAgain(t *testing.T) {
	r := newCommand(t, registered(elsewhere)).start("acme")
	u, err := url.Parse(r.decide())
	if err != nil {
		t.Fatal(err)
	}
	code := u.Query().Get("code")
	r.paste(code)
	if said := r.screen.wait(t, "a code alone"); strings.Contains(said, code) {
		t.Error("the screen shows the code")
	}
	if n := r.egnyte.Requests("token"); n != 0 {
		t.Errorf("%d token requests were made", n)
	}
	r.paste(code)
	r.signedIn()
}

// Given a pipe that holds the same code twice, then the second is no confirmation
// of the first.
func TestACodeTwiceInOnePipeIsNotTaken(t *testing.T) {
	r := newCommand(t, registered(elsewhere)).start("acme")
	u, err := url.Parse(r.decide())
	if err != nil {
		t.Fatal(err)
	}
	code := u.Query().Get("code")
	r.paste(code + "\n" + code)
	_ = r.stdin.Close()
	if err := <-r.ended; exitCode(err) != exitNeedPerson || r.egnyte.Requests("token") != 0 {
		t.Errorf("exit code %d: %s", exitCode(err), sentence(nil, err))
	}
}

func TestAnInputThatEndsWithoutAnAddressEndsTheSignIn(t *testing.T) {
	r := newCommand(t, registered(elsewhere)).start("acme")
	_ = r.stdin.Close()
	if err := <-r.ended; exitCode(err) != exitNeedPerson || !strings.Contains(sentence(nil, err), "has to be pasted") {
		t.Errorf("exit code %d: %s", exitCode(err), sentence(nil, err))
	}
}

// A script may write address and domain at once, and its pipe end before the
// code is exchanged.
func TestAPipeMayEndRightAfterTheAnswer(t *testing.T) {
	r := newCommand(t, registered(elsewhere), func(o *practice.Options) { o.NameDomain = practice.NameNothing }).start()
	r.paste(r.decide())
	r.screen.wait(t, "Which Egnyte domain")
	r.paste("acme")
	_ = r.stdin.Close()
	r.signedIn()
}

// Given a script that writes address and domain at once, and whose pipe ends
// there, then both are taken, each for its question; so they are without
// --no-browser, since the pipe is read all the same.
func TestAPipeMayHoldAllTheAnswers(t *testing.T) {
	for name, start := range map[string]func(*command, ...string) *running{"elsewhere": (*command).start, "here": (*command).startHere} {
		t.Run(name, func(t *testing.T) {
			r := start(newCommand(t, registered(elsewhere), func(o *practice.Options) { o.NameDomain = practice.NameNothing }))
			r.paste(r.decide() + "\nacme")
			_ = r.stdin.Close()
			r.signedIn()
		})
	}
}

// A question that comes after the end of the pipe, and after all it held, has
// nobody to answer it.
func TestAPipeWithoutTheDomainEndsTheSignIn(t *testing.T) {
	r := newCommand(t, registered(elsewhere), func(o *practice.Options) { o.NameDomain = practice.NameNothing }).startHere()
	r.paste(r.decide())
	_ = r.stdin.Close()
	if err := <-r.ended; exitCode(err) != exitNeedPerson || !strings.Contains(sentence(nil, err), "egnyte-auth signin DOMAIN") {
		t.Errorf("exit code %d: %s", exitCode(err), sentence(nil, err))
	}
}

func TestAPortThatIsTakenCanBePastedAround(t *testing.T) {
	service, err := redirect.Listen(t.Context(), oauth.DefaultRedirectURI, "STATE")
	if err != nil {
		t.Fatal(err)
	}
	defer service.Close()
	c := newCommand(t, registered(service.RedirectURI()))
	if _, said, code := c.run(strings.NewReader(""), "signin", "--no-browser"); code != 1 || !strings.Contains(said, "Another sign-in is waiting already") {
		t.Fatalf("exit code %d, %s", code, said)
	}
	r := c.start("--paste")
	r.paste(r.decide())
	r.signedIn()
}

func TestWithoutACertificateTheCommandsAreNamed(t *testing.T) {
	c := newCommand(t, registered("https://localhost:8443/callback"))
	_, said, code := c.run(strings.NewReader(""), "signin", "acme", "--no-browser")
	if code != 5 || !strings.Contains(said, "egnyte-auth cert install") || !strings.Contains(said, "signin --paste") {
		t.Fatalf("exit code %d, %s", code, said)
	}
	r := c.start("acme", "--paste")
	r.paste(r.decide())
	r.signedIn()
}

// Given a browser elsewhere and the implicit grant, whose answer no server ever
// sees, when the address that it ended at is pasted, then that ends the sign-in:
// at this machine's own address, and behind a page that forwards, wherever of
// the two the browser got stuck.
func TestAnImplicitAnswerIsPastedFromAnywhere(t *testing.T) {
	for name, c := range map[string]struct {
		address string
		args    []string
		page    bool // the page did not forward
	}{
		"this machine":  {"", nil, false},
		"behind a page": {elsewhere, []string{"--relay"}, false},
		"stuck there":   {elsewhere, []string{"--relay"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			r := newCommand(t, registered(c.address)).start(append([]string{"acme", "--flow", "implicit"}, c.args...)...)
			end := r.decide()
			if c.address != "" && !c.page {
				_, fragment, _ := strings.Cut(end, "#")
				values, _ := url.ParseQuery(fragment)
				target, _ := redirect.Behind(values.Get("state"))
				end = target + "#" + fragment
			}
			r.paste(strings.Replace(end, "state=", "state=x", 1))
			r.screen.wait(t, "another sign-in")
			r.paste(end)
			r.signedIn()
		})
	}
}

func TestARelayBringsTheBrowserBack(t *testing.T) {
	for _, way := range []string{"--relay", "settings"} {
		c := newCommand(t, registered(elsewhere))
		args := []string{"acme"}
		if way == "settings" {
			c.settings(`{"relay":true}`)
		} else {
			args = append(args, way)
		}
		r := c.start(args...)
		_, query, _ := strings.Cut(r.decide(), "?")
		values, _ := url.ParseQuery(query)
		target, ok := redirect.Behind(values.Get("state"))
		if !ok || !strings.Contains(r.screen.String(), target) {
			t.Fatalf("%s: the way back is %q; the screen shows:\n%s", way, target, r.screen)
		}
		if way == "settings" { // by hand, where the browser is elsewhere
			r.paste(target + "?" + query)
		} else if reply, err := http.Get(target + "?" + query); err != nil || reply.Body.Close() != nil {
			t.Fatal(err)
		}
		r.signedIn()
	}
}
