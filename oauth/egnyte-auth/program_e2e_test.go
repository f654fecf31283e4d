//go:build e2e && linux

package main

import (
	"debug/elf"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"egnyte-accounts/oauth/practice"
)

func TestInsideTheProgramIsStaticAndSmall(t *testing.T) {
	in := insideSession(t, "3600")
	_ = in
	path := os.Getenv(programVariable)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	const limit = 11_000_000
	if info.Size() > limit {
		t.Errorf("%d bytes, more than %d. Is a template executed? That alone makes 2 MB", info.Size(), limit)
	}
	t.Logf("%d bytes", info.Size())
	file, err := elf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if libraries, err := file.ImportedLibraries(); err == nil && len(libraries) > 0 {
		t.Errorf("it needs %v", libraries)
	}
}

func TestInsideTokenIsPrintedAndNothingElse(t *testing.T) {
	in := insideSession(t, "3600")
	want := in.live(t) + "\n"
	for _, arguments := range []string{"", in.name, "acme", "acme.egnyte.localhost", "--service " + in.egnyte.URL()} {
		for _, around := range []string{"", "<&-", "</dev/null"} {
			if got := in.says(t, "$EGNYTE_AUTH token "+arguments+" "+around); got != want {
				t.Errorf("token %s %s printed something else", arguments, around)
			}
		}
	}
	if got := in.says(t, "cd / && $EGNYTE_AUTH token", "HOME=/nowhere", "TMPDIR=/nowhere", "XDG_CACHE_HOME=/nowhere"); got != want {
		t.Error("without a home to write to it printed something else")
	}
}

// Given a token of an hour with 40 minutes left, when 55 are asked for by name,
// then it is renewed; without that it is not, in the first half of its life.
func TestInsideALifeThatIsAskedForIsGiven(t *testing.T) {
	in := insideSession(t, "3600")
	old := in.live(t)
	in.age(t, 20*time.Minute)
	if got := in.says(t, "$EGNYTE_AUTH token"); got != old+"\n" {
		t.Error("it was renewed unasked")
	}
	got := in.says(t, "$EGNYTE_AUTH token --min-valid 55m")
	if now := in.live(t); now == old || got != now+"\n" {
		t.Error("it was not renewed")
	}
	if again := in.says(t, "$EGNYTE_AUTH header --min-valid 2h"); again != "Authorization: Bearer "+in.live(t)+"\n" || in.live(t)+"\n" != got {
		t.Error("a life that no token has is asked for again and again")
	}
}

func TestInsideTokenAsJSON(t *testing.T) {
	in := insideSession(t, "3600")
	var got tokenReply
	if err := json.Unmarshal([]byte(in.says(t, "$EGNYTE_AUTH token --json")), &got); err != nil {
		t.Fatal(err)
	}
	base := in.egnyte.DomainURL("acme")
	if got.Account != in.name || got.BaseURL != base || "http://"+got.Domain != base || got.AccessToken != in.live(t) || !strings.EqualFold(got.TokenType, "bearer") {
		t.Errorf("account %q, domain %q, base_url %q, token_type %q", got.Account, got.Domain, got.BaseURL, got.TokenType)
	}
	if got.Expires == nil || time.Until(*got.Expires).Round(time.Minute) != time.Hour {
		t.Errorf("expires %v", got.Expires)
	}
}

func TestInsideCurlIsLetIn(t *testing.T) {
	in := insideSession(t, "3600")
	for _, script := range []string{
		`curl -sS --fail -H @<($EGNYTE_AUTH header) $WHO`,
		`$EGNYTE_AUTH curlrc acme | curl -sS --fail -K - $WHO`,
		`$EGNYTE_AUTH exec -- sh -c 'curl -sS --fail -H "Authorization: Bearer $EGNYTE_TOKEN" $EGNYTE_DOMAIN/pubapi/v1/userinfo'`,
		`TOKEN=$($EGNYTE_AUTH token) && curl -sS --fail --oauth2-bearer "$TOKEN" $WHO`,
	} {
		if got := in.says(t, script); !strings.Contains(got, `"jsmith"`) {
			t.Errorf("%s: %s", script, got)
		}
	}
}

func TestInsideCurlIsLetInAcrossAnExpiry(t *testing.T) {
	in := insideSession(t, "3600")
	for _, script := range []string{
		`curl -sS --fail -H @<($EGNYTE_AUTH header) $WHO`,
		`$EGNYTE_AUTH curlrc acme | curl -sS --fail -K - $WHO`,
	} {
		old := in.live(t)
		if got := in.says(t, script); !strings.Contains(got, `"jsmith"`) {
			t.Errorf("%s before: %s", script, got)
		}
		in.age(t, 2*time.Hour)
		in.egnyte.Advance(2 * time.Hour)
		if got := in.says(t, script); !strings.Contains(got, `"jsmith"`) {
			t.Errorf("%s after: %s", script, got)
		}
		if _, _, code := in.shell(t, `curl -sS --fail -H "Authorization: Bearer $OLD" $WHO`, "OLD="+old); code == 0 || in.live(t) == old {
			t.Error("the old token still works, so this shows nothing")
		}
	}
}

func TestInsideExecBecomesTheCommand(t *testing.T) {
	in := insideSession(t, "3600")
	got := in.says(t, `$EGNYTE_AUTH exec acme -- sh -c 'echo $EGNYTE_TOKEN $EGNYTE_DOMAIN "$@"' sh a 'b c' --json`, "EGNYTE_TOKEN=another", "EGNYTE_DOMAIN=https://elsewhere.egnyte.com")
	if want := in.live(t) + " " + in.egnyte.DomainURL("acme") + " a b c --json\n"; got != want {
		t.Error("the command saw another environment or other arguments")
	}
	for script, want := range map[string]int{
		`$EGNYTE_AUTH exec -- sh -c 'exit 42'`:                        42,
		`{ $EGNYTE_AUTH exec -- sh -c 'kill -TERM $$'; } 2>/dev/null`: 143,
		`$EGNYTE_AUTH exec -- /no/such/command 2>/dev/null`:           127,
		`$EGNYTE_AUTH exec -- /etc/passwd 2>/dev/null`:                126,
		`$EGNYTE_AUTH exec true 2>/dev/null`:                          2,
		`$EGNYTE_AUTH exec a b -- true 2>/dev/null`:                   2,
		`$EGNYTE_AUTH exec -- 2>/dev/null`:                            2,
		`$EGNYTE_AUTH exec nobody -- true 2>/dev/null`:                3,
		`$EGNYTE_AUTH exec -- sh -c 'test $PPID = '$$`:                0, // no process in between
		`echo in | $EGNYTE_AUTH exec -- sh -c 'read x; test $x=in'`:   0,
	} {
		if _, stderr, code := in.shell(t, script+"; exit $?"); code != want || stderr != "" {
			t.Errorf("%s: exit code %d, want %d; stderr %q", script, code, want, stderr)
		}
	}
}

func TestInsideATokenOfTheEnvironmentPassesThrough(t *testing.T) {
	in := insideSession(t, "3600")
	for script, want := range map[string]string{
		"$EGNYTE_AUTH token":                          "given\n",
		"$EGNYTE_AUTH header":                         "Authorization: Bearer given\n",
		"$EGNYTE_AUTH curlrc":                         "header = \"Authorization: Bearer given\"\n",
		"$EGNYTE_AUTH exec -- printenv EGNYTE_TOKEN":  "given\n",
		"$EGNYTE_AUTH exec -- printenv EGNYTE_DOMAIN": "https://globex.egnyte.com\n",
		"$EGNYTE_AUTH token acme":                     in.live(t) + "\n", // the one that is named
		"unset DBUS_SESSION_BUS_ADDRESS HOME XDG_CONFIG_HOME; $EGNYTE_AUTH token": "given\n",
	} {
		if got := in.says(t, script, "EGNYTE_TOKEN=given", "EGNYTE_DOMAIN=https://globex.egnyte.com"); got != want {
			t.Errorf("%s: not what was given", script)
		}
	}
	if _, _, code := in.shell(t, "$EGNYTE_AUTH header", "EGNYTE_TOKEN=a\nX-Evil: b"); code != 1 {
		t.Errorf("a token of two lines made a header: exit code %d", code)
	}
}

// Given a reader that has gone away, then the program ends as every program of
// Unix does then, by SIGPIPE, without a word: exit code 141 in a shell. On a full
// disk it says so, with exit code 1.
func TestInsideAReaderThatGoesAwayIsNoReasonToTalk(t *testing.T) {
	in := insideSession(t, "3600")
	for _, command := range []string{"token", "token --json", "header", "curlrc", "list", "list --json", "status --json", "default", "config list", "--help"} {
		if stderr, code := in.unread(t, command); stderr != "" || code != 128+int(syscall.SIGPIPE) {
			t.Errorf("%s: exit code %d, %s", command, code, stderr)
		}
		if _, stderr, code := in.shell(t, "$EGNYTE_AUTH "+command+" >/dev/full"); command != "--help" && (code != 1 || stderr == "") {
			t.Errorf("%s on a full disk: exit code %d, %q", command, code, stderr)
		}
	}
	// What was renewed for nobody is kept.
	old := in.live(t)
	in.age(t, 58*time.Minute)
	if stderr, code := in.unread(t, "token"); stderr != "" || code != 128+int(syscall.SIGPIPE) {
		t.Errorf("a token that is due: exit code %d, %s", code, stderr)
	}
	if now := in.live(t); now == old || in.says(t, "$EGNYTE_AUTH token") != now+"\n" {
		t.Error("the renewed token is lost")
	}
}

// unread runs a command whose output nobody can read any more.
func (in inside) unread(t *testing.T, command string) (stderr string, code int) {
	t.Helper()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	_ = reader.Close()
	defer writer.Close()
	c := exec.CommandContext(t.Context(), "bash", "-c", "$EGNYTE_AUTH "+command+" >&3; exit $?")
	c.Env = append(os.Environ(), "EGNYTE_AUTH="+os.Getenv(programVariable))
	c.ExtraFiles = []*os.File{writer}
	var said strings.Builder
	c.Stderr = &said
	_ = c.Run()
	return said.String(), c.ProcessState.ExitCode()
}

// Given a standard input that is closed, or at its end, then whatever reads none
// works, and what needs an answer says so at once, or goes on waiting where there
// is another way back.
func TestInsideAClosedInputIsNoTrouble(t *testing.T) {
	in := insideSession(t, "3600")
	for command, want := range map[string]int{
		"header": 0, "curlrc": 0, "exec -- true": 0, "list": 0, "status": 0, "whoami": 0, "default": 0, "config list": 0, "import": 0,
		"completion bash": 0, "cert status": 5, "open": 1,
		"config set client_secret --secret-stdin": 2, "config set client_secret": 2,
		"--service $SERVICE signin acme --flow password --username x --password-stdin": 2,
		"--service $SERVICE signin acme --flow password --username x":                  3,
		"--service $SERVICE signin acme --no-browser --timeout 1s":                     4,
	} {
		in.inputGone(t, command, want)
	}
	for _, around := range []string{"<&-", "</dev/null"} {
		in.inputGone(t, "signout "+in.name+" "+around, 0)
		in.name = in.signIn(t, 0)
	}
}

func (in inside) inputGone(t *testing.T, command string, want int) {
	t.Helper()
	arounds := []string{"<&-", "</dev/null"}
	if strings.Contains(command, "<") {
		arounds = []string{""}
	}
	for _, around := range arounds {
		// No terminal either, as for a job of cron.
		script := "setsid -w timeout 30 $EGNYTE_AUTH " + command + " " + around
		if _, stderr, code := in.shell(t, script, append(in.key(), "SERVICE="+in.egnyte.URL())...); code != want {
			t.Errorf("%s: exit code %d, want %d, %s", script, code, want, stderr)
		}
	}
}

func TestInsideDefaultWhoamiStatusOpen(t *testing.T) {
	in := insideSession(t, "3600")
	second := in.signIn(t, 1)
	if got := in.says(t, "$EGNYTE_AUTH default"); got != in.name+"\n" {
		t.Errorf("the default is %q", got)
	}
	if got := in.says(t, "$EGNYTE_AUTH default "+second+" && $EGNYTE_AUTH default"); got != second+"\n"+second+"\n" {
		t.Errorf("then it is %q", got)
	}
	var who person
	if err := json.Unmarshal([]byte(in.says(t, "$EGNYTE_AUTH whoami --json "+in.name)), &who); err != nil || who.Username != "jsmith" || who.ID == 0 || who.Account != in.name {
		t.Errorf("%v, %+v", err, who)
	}
	var s map[string]any
	if err := json.Unmarshal([]byte(in.says(t, "$EGNYTE_AUTH status --json")), &s); err != nil || s["version"] != 1.0 {
		t.Fatal(err, s)
	}
	first := s["accounts"].([]any)[0].(map[string]any)
	for _, field := range []string{"account", "domain", "username", "name", "state", "expires", "scopes", "default", "checked", "reason"} {
		if _, there := first[field]; !there {
			t.Errorf("status has no %s", field)
		}
	}
	stdout, stderr, code := in.shell(t, "$EGNYTE_AUTH open "+in.name)
	if stdout != in.egnyte.DomainURL("acme")+"\n" || stderr == "" || code != 1 {
		t.Errorf("open without a browser: %q, exit code %d", stdout, code)
	}
}

func TestInsideARefusedTokenIsRenewedOrThePersonIsNeeded(t *testing.T) {
	in := insideSession(t, "3600")
	for _, fault := range []practice.Fault{practice.FaultUnauthorized, practice.FaultInactive} {
		in.egnyte.Fault("userinfo", fault.For(1))
		if who := in.says(t, "$EGNYTE_AUTH whoami"); !strings.Contains(who, "jsmith") {
			t.Errorf("with a token that Egnyte does not take: %q", who)
		}
	}
	in.egnyte.ChangePassword("acme", "jsmith", "a-newer-word-of-jane")
	if _, stderr, code := in.shell(t, "$EGNYTE_AUTH whoami"); code != 3 || stderr == "" {
		t.Errorf("after a change of the password: exit code %d", code)
	}
	if _, _, code := in.shell(t, "$EGNYTE_AUTH token"); code != 3 {
		t.Errorf("then token: exit code %d", code)
	}
}

func TestInsideShellsAreHelped(t *testing.T) {
	in := insideSession(t, "3600")
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if got := in.says(t, "$EGNYTE_AUTH completion "+shell); !strings.Contains(got, "__complete") {
			t.Errorf("%s: %d bytes", shell, len(got))
		}
	}
	for _, script := range []string{"token ac", "exec j", "signout ''", "default " + in.name[:3]} {
		got, _, _ := in.shell(t, "$EGNYTE_AUTH __complete "+script)
		if !strings.HasPrefix(got, in.name+"\tJane Smith\n") {
			t.Errorf("%s: %q", script, got)
		}
	}
	if got, _, _ := in.shell(t, "$EGNYTE_AUTH __complete exec -- l"); !strings.HasPrefix(got, ":0") {
		t.Errorf("the command of exec: %q", got)
	}
	if got, _, _ := in.shell(t, "$EGNYTE_AUTH __complete list ''"); !strings.HasPrefix(got, ":4") {
		t.Errorf("list takes nothing: %q", got)
	}
	if got := in.says(t, "$EGNYTE_AUTH --version"); !strings.HasPrefix(got, "egnyte-auth ") {
		t.Error(got)
	}
}
