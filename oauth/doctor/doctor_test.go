package doctor_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/doctor"
	"egnyte-accounts/oauth/internal/egnytetest"
	"egnyte-accounts/oauth/keyring"
	"egnyte-accounts/oauth/keyring/keyringtest"
	"egnyte-accounts/oauth/practice"
	"egnyte-accounts/oauth/settings"
)

func look(t *testing.T, o doctor.Options) map[string]doctor.Check {
	t.Helper()
	if o.Dir == "" {
		o.Dir = t.TempDir()
	}
	if o.Keyring == nil {
		o.Keyring = &keyringtest.Keyring{}
	}
	byName := map[string]doctor.Check{}
	for _, c := range doctor.Run(t.Context(), o) {
		if c.OK != (c.Advice == "") || c.Detail == "" {
			t.Errorf("%s says too little: %+v", c.Name, c)
		}
		byName[c.Name] = c
	}
	return byName
}

func at(server *practice.Server) settings.Values {
	return settings.Values{"service": server.URL(), "client_id": "abcdefgh12345678"}
}

func TestWithAKeyAndAServiceAllThatMattersIsWell(t *testing.T) {
	t.Parallel()
	server := practice.Start(t)
	secrets := &keyringtest.Keyring{}
	var given []string
	secrets.Intercept(func(c keyringtest.Call) error {
		if c.Op == keyringtest.Set && !c.Done {
			given = append(given, c.User)
		}
		return nil
	})
	checks := doctor.Run(t.Context(), doctor.Options{Dir: t.TempDir(), Keyring: secrets, Flags: at(server)})
	if !doctor.Healthy(checks) {
		t.Errorf("the report says\n%s", doctor.Text(checks))
	}
	if left := secrets.Users(); len(left) != 0 || len(given) != 1 || !strings.HasPrefix(given[0], "doctor-") {
		t.Errorf("left in the keyring: %q; it was given %q", left, given)
	}
}

func elsewhere(f settings.Values, key string) settings.Values {
	f["domain"], f["client_id"] = "acme", key
	return f
}

func https(f settings.Values) settings.Values {
	f["redirect_uri"] = "https://localhost:8443/callback" // never bound: the certificate is missing
	return f
}

// Given an answer of the authorize address that is not known, then the key is not well, in
// the server's own words.
func TestAnUnknownAnswerAboutTheKeyIsARefusal(t *testing.T) {
	t.Parallel()
	server := practice.Start(t)
	server.Fault("authorize", practice.Fault{Status: 400, Body: `{"formErrors":[{"code":"NEW","msg":"All is new."}]}`})
	got := look(t, doctor.Options{Flags: elsewhere(at(server), server.Key().ID)})
	if c := got["key preflight"]; c.OK || !strings.Contains(c.Detail, "HTTP 400") || !strings.Contains(c.Detail, "All is new") {
		t.Errorf("%+v", c)
	}
}

// The key is asked about where that says something, else the reason is told, and
// a certificate is looked for only where one is needed.
func TestTheKeyIsAskedAboutAtTheDomainInForce(t *testing.T) {
	t.Parallel()
	server := practice.Start(t)
	known := elsewhere(at(server), server.Key().ID)
	got := look(t, doctor.Options{Flags: known})
	if c := got["key preflight"]; !c.OK || !strings.Contains(c.Detail, "did not refuse") || server.Requests("authorize") != 1 {
		t.Errorf("%+v after %d requests", c, server.Requests("authorize"))
	}
	if c := got["certificate"]; !c.OK || !strings.Contains(c.Detail, "not needed") {
		t.Errorf("%+v", c)
	}
	for _, f := range []settings.Values{at(server), {"service": server.URL(), "domain": "acme"}, {"service": server.URL(), "client_id": "k", "domain": "acme", "flow": "password"}} {
		if c := look(t, doctor.Options{Flags: f})["key preflight"]; !c.OK || !strings.Contains(c.Detail, "not asked: ") {
			t.Errorf("%+v: %+v", f, c)
		}
	}
	if n := server.Requests("authorize"); n != 1 {
		t.Errorf("%d requests", n)
	}
}

func TestWhatIsWrongIsSaidWithWhatToDo(t *testing.T) {
	t.Parallel()
	server := practice.Start(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	port := taken.Addr().(*net.TCPAddr).Port
	away := settings.Values{"service": "http://egnyte.localhost:1", "client_id": "key"}
	portTaken := at(server)
	portTaken["redirect_uri"] = "http://127.0.0.1:" + strconv.Itoa(port) + "/callback"
	broken := t.TempDir()
	if err := os.WriteFile(filepath.Join(broken, "settings.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	brokenIndex := t.TempDir()
	if err := os.WriteFile(filepath.Join(brokenIndex, "accounts.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	absent := &keyringtest.Keyring{}
	absent.Fail(&keyring.Error{Kind: keyring.Absent, Err: os.ErrNotExist}, keyringtest.Set)
	for name, c := range map[string]struct {
		o     doctor.Options
		wrong string
		words string
	}{
		"no keyring":      {doctor.Options{Keyring: absent, Flags: at(server)}, "keyring", "--store file:PATH"},
		"no key":          {doctor.Options{Flags: settings.Values{"service": server.URL()}}, "key", "EGNYTE_CLIENT_ID"},
		"no service":      {doctor.Options{Flags: away}, "service", "network"},
		"key refused":     {doctor.Options{Flags: elsewhere(at(server), "not-the-key")}, "key preflight", "copied whole"},
		"no certificate":  {doctor.Options{Flags: https(at(server))}, "certificate", "cert install"},
		"https redirect":  {doctor.Options{Flags: https(at(server))}, "redirect", "See certificate"},
		"port taken":      {doctor.Options{Flags: portTaken}, "redirect", "Close the program"},
		"broken settings": {doctor.Options{Dir: broken, Flags: at(server)}, "settings", "Correct it"},
		"broken index":    {doctor.Options{Dir: brokenIndex, Flags: at(server)}, "accounts", "Correct the file"},
	} {
		got := look(t, c.o)[c.wrong]
		if got.OK || !strings.Contains(got.Advice, c.words) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestAClockThatIsWrongIsSaid(t *testing.T) {
	t.Parallel()
	server := practice.Start(t)
	if got := look(t, doctor.Options{Flags: at(server)})["clock"]; !got.OK || !strings.Contains(got.Detail, "within") {
		t.Errorf("a right clock: %+v", got)
	}
	for ahead, words := range map[time.Duration]string{time.Hour: "behind", -time.Hour: "ahead"} {
		other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Date", time.Now().Add(ahead).UTC().Format(http.TimeFormat))
		}))
		t.Cleanup(other.Close)
		address := strings.Replace(other.URL, "127.0.0.1", "egnyte.localhost", 1)
		if got := look(t, doctor.Options{Flags: settings.Values{"service": address}})["clock"]; got.OK || !strings.Contains(got.Detail, words) {
			t.Errorf("the service is %v ahead: %+v", ahead, got)
		}
	}
}

// Given folders elsewhere than at home, whose names hold a person's, then the
// report names the variable or the purpose instead.
func TestTheReportNamesNoFolderOfAPerson(t *testing.T) {
	elsewhere := filepath.Join(t.TempDir(), "jane-smith")
	for name, value := range map[string]string{"HOME": filepath.Join(elsewhere, "home"), "USERPROFILE": filepath.Join(elsewhere, "home"),
		"XDG_CONFIG_HOME": filepath.Join(elsewhere, "config"), "AppData": filepath.Join(elsewhere, "config"),
		"XDG_CACHE_HOME": filepath.Join(elsewhere, "cache"), "XDG_DATA_HOME": filepath.Join(elsewhere, "data")} {
		t.Setenv(name, value)
		if err := os.MkdirAll(value, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	accounts := filepath.Join(elsewhere, "store.age.d")
	for _, o := range []doctor.Options{
		{Keyring: &keyringtest.Keyring{}},
		{Keyring: &keyringtest.Keyring{}, Accounts: accounts},
		{Keyring: &keyringtest.Keyring{}, Dir: filepath.Join(elsewhere, "settings"), Accounts: accounts},
	} {
		dir := cmp.Or(o.Dir, filepath.Join(elsewhere, "config", "egnyte-accounts"))
		if err := errors.Join(os.MkdirAll(dir, 0o700), os.WriteFile(filepath.Join(dir, "settings.json"), []byte("no JSON"), 0o600)); err != nil {
			t.Fatal(err)
		}
		checks := doctor.Run(t.Context(), o)
		report := doctor.Text(checks)
		if strings.Contains(report, "jane-smith") || !strings.Contains(report, "settings.json") {
			t.Errorf("the report says:\n%s", report)
		}
	}
}

func TestTheReportHoldsNoSecretAndNoName(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	t.Setenv("EGNYTE_CLIENT_SECRET", "the-client-secret")
	t.Setenv("HTTPS_PROXY", "http://jane:the-proxy-password@127.0.0.1:1")
	dir := filepath.Join(home, "config")
	secrets := &keyringtest.Keyring{}
	service, _ := oauth.ParseService("")
	domain, _ := service.ParseDomain("acme")
	_, err := account.Open(dir, secrets).Save(t.Context(), "", oauth.Grant{
		Domain: domain, User: oauth.User{ID: 1, Username: "jsmith", FirstName: "Jane", LastName: "Smith"},
		Token: oauth.Token{Access: oauth.NewSecret("the-access-token")},
	})
	if err != nil {
		t.Fatal(err)
	}
	checks := doctor.Run(t.Context(), doctor.Options{Dir: dir, Keyring: secrets, Flags: settings.Values{
		"client_id": "abcdefgh12345678", "redirect_uri": "http://127.0.0.1/callback?who=jane",
	}})
	data, err := json.Marshal(checks)
	if err != nil {
		t.Fatal(err)
	}
	report := doctor.Text(checks) + string(data)
	for _, word := range []string{"the-client-secret", "the-proxy-password", "the-access-token", "jsmith", "Jane", "jane", "abcdefgh12345678", home} {
		if strings.Contains(report, word) {
			t.Errorf("the report shows %q:\n%s", word, report)
		}
	}
	if !strings.Contains(report, "abcd… (flag)") || !strings.Contains(report, "there is one") {
		t.Errorf("the report says too little:\n%s", report)
	}
}

func TestDesktopChecksRunOnlyWhereTheyAreGiven(t *testing.T) {
	without := look(t, doctor.Options{})
	for _, name := range []string{"display", "tray"} {
		if c, there := without[name]; there {
			t.Errorf("a program without a window reports %+v", c)
		}
	}
	with := look(t, doctor.Options{
		Display: func(context.Context) error { return nil },
		Tray:    func(context.Context) error { return errors.New("no host on the bus") },
	})
	if !with["display"].OK || with["tray"].OK || with["tray"].Detail != "no host on the bus" {
		t.Errorf("display %+v, tray %+v", with["display"], with["tray"])
	}
}

// Given a proxy variable that can't be read, then the report says that no proxy is used, and
// doesn't show the password in it.
func TestAProxyThatCannotBeReadIsSaid(t *testing.T) {
	server := practice.Start(t)
	for _, wrong := range []string{"http://jane:hush-hush@proxy.example:80:80", "http://jane:hush-hush@proxy.example:eighty", "http://[::1", "%zz:1", "http://jane:hush-hush%@proxy.example:80", "http://"} {
		t.Setenv("HTTPS_PROXY", wrong)
		if c := look(t, doctor.Options{Flags: at(server)})["proxy"]; c.OK || !strings.Contains(c.Detail+c.Advice, "HTTPS_PROXY") || strings.Contains(c.Detail+c.Advice, "hush") {
			t.Errorf("%s: %+v", wrong, c)
		}
	}
	t.Setenv("HTTPS_PROXY", "http://proxy.example:3128")
	if c := look(t, doctor.Options{Flags: at(server)})["proxy"]; !c.OK {
		t.Errorf("%+v", c)
	}
}

// Given a release and an account, then the report names the version, and the domain and the
// key of the account.
func TestTheReportSaysWhatItChecked(t *testing.T) {
	t.Parallel()
	server, dir, secrets := practice.Start(t), t.TempDir(), &keyringtest.Keyring{}
	grant := egnytetest.SignIn(t, server)
	if _, err := account.Open(dir, secrets).Save(t.Context(), "", grant); err != nil {
		t.Fatal(err)
	}
	f := elsewhere(at(server), server.Key().ID)
	got := look(t, doctor.Options{Dir: dir, Keyring: secrets, Flags: f, Version: "1.2.3"})
	key := server.Key().ID[:4] + "…"
	for name, want := range map[string]string{"versions": "1.2.3, ", "accounts": grant.Domain.Host() + " (" + key + ")", "key preflight": key} {
		if !strings.Contains(got[name].Detail, want) {
			t.Errorf("%s: %q, want %q", name, got[name].Detail, want)
		}
	}
}
