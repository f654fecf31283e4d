package advice_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/internal/wholefile"
	"egnyte-accounts/oauth/keyring"
	"egnyte-accounts/oauth/localcert"
	"egnyte-accounts/oauth/redirect"
	"egnyte-accounts/oauth/settings"
)

var noon = time.Date(2026, time.March, 3, 12, 0, 0, 0, time.UTC)

func refusal(kind oauth.RefusalKind) error {
	return &oauth.Refusal{Kind: kind, Host: "acme.egnyte.com", Status: 403}
}

func trouble(kind keyring.Kind) error {
	return &keyring.Error{Kind: kind, Err: errors.New("no answer on the bus")}
}

func reconnect(reason oauth.RefusalKind) error {
	return &account.ReconnectError{Account: "jsmith@acme.egnyte.com", Reason: reason}
}

var policyFile = &settings.FileError{Path: "/etc/egnyte-accounts/policy.json", Reason: "unknown", Err: &oauth.DomainError{}}

// What stops a new sign-in by the administrator's policy is said with the file to
// fix, and the field, lock, folder, value or variable that it is about.
func TestThePolicysSentencesNameWhatHasToBeFixed(t *testing.T) {
	t.Parallel()
	lock := settings.LockedError{Field: "domain", Path: policyFile.Path, From: settings.Flag, Name: "flow", Asked: "enhanced"}
	variable := lock
	variable.From, variable.Name = settings.Environment, "domain"
	for _, c := range []struct {
		err  error
		says []string
	}{
		{&settings.PolicyError{Fault: settings.PolicyUnknownField, Name: "Domain", File: policyFile}, []string{"Domain", "field"}},
		{&settings.PolicyError{Fault: settings.PolicyUnknownLock, Name: "Domain", File: policyFile}, []string{"Domain", "locks"}},
		{&settings.PolicyError{Fault: settings.PolicyUntrusted, Name: "/etc/open", File: policyFile}, []string{"/etc/open"}},
		{&settings.PolicyError{Fault: settings.PolicyWrong, File: policyFile}, nil},
		{&lock, []string{"domain", "enhanced"}},
		{&variable, []string{"domain", "EGNYTE_DOMAIN"}},
	} {
		text := advice.For(c.err, noon).Sentences()
		for _, part := range append(c.says, policyFile.Path, "administrator") {
			if !strings.Contains(text, part) {
				t.Errorf("%q does not name %s", text, part)
			}
		}
	}
}

// met is every error that a person can meet, with its exit code and button.
var met = []struct {
	err    error
	exit   int
	action advice.Action
}{
	{oauth.ErrDenied, 5, advice.TryAgain},
	{oauth.ErrNotConfirmed, 5, advice.TryAgain},
	{oauth.ErrTimeout, 4, advice.TryAgain},
	{context.Canceled, 130, advice.TryAgain},
	{context.DeadlineExceeded, 4, advice.TryAgain},
	{refusal(oauth.RefusedRedirectURI), 5, advice.CopyRedirect},
	{refusal(oauth.RefusedKeyKind), 5, advice.TypePassword},
	{refusal(oauth.RefusedKey), 5, advice.OpenSettings},
	{refusal(oauth.RefusedParameters), 5, advice.TryAgain},
	{refusal(oauth.RefusedOtherDomain), 5, advice.TypeDomain},
	{refusal(oauth.RefusedInactive), 5, advice.Reconnect},
	{refusal(oauth.RefusedOverQPS), 4, advice.TryAgain},
	{refusal(oauth.RefusedOverRate), 4, advice.TryAgain},
	{refusal(oauth.RefusedTokenLimit), 4, advice.TryAgain},
	{refusal(oauth.RefusedInvalidGrant), 5, advice.Reconnect},
	{refusal(oauth.RefusedPassword), 5, advice.TypePassword},
	{refusal(oauth.RefusedPasswords), 4, advice.TryAgain},
	{refusal(oauth.RefusedPasswordKey), 5, advice.OpenSettings},
	{refusal(oauth.RefusedClient), 5, advice.OpenSettings},
	{refusal(oauth.RefusedUnauthorized), 5, advice.Reconnect},
	{refusal(oauth.RefusedServer), 4, advice.TryAgain},
	{refusal(oauth.RefusedRedirected), 4, advice.TypeDomain},
	{refusal(oauth.RefusedKeyNotApproved), 5, advice.OpenSettings},
	{refusal(oauth.RefusedScope), 5, advice.OpenSettings},
	{refusal(oauth.RefusedDenied), 5, advice.TryAgain},
	{refusal(oauth.RefusedUnknown), 5, advice.OpenSettings},
	{refusal(oauth.RefusedUnreadable), 4, advice.TryAgain},
	{refusal(oauth.RefusedOther), 5, advice.TryAgain},
	{&oauth.Unreachable{Host: "acme.egnyte.com", Err: errors.New("no route")}, 4, advice.TryAgain},
	{&oauth.ConfigError{Field: "client_id", Reason: "no key"}, 5, advice.OpenSettings},
	{&oauth.ConfigError{Field: "domain", Reason: "no domain"}, 5, advice.TypeDomain},
	{&oauth.ConfigError{Field: "flow", Reason: "does not go together"}, 5, advice.OpenSettings},
	{&oauth.ConfigError{Field: "username", Reason: "no user name"}, 5, advice.TypePassword},
	{&oauth.ConfigError{Field: "password", Reason: "no password"}, 5, advice.TypePassword},
	{&oauth.ConfigError{Field: "pkce", Reason: "odd"}, 5, advice.OpenSettings},
	{&oauth.DomainError{Typed: "a b", Reason: "a name has no space"}, 2, advice.TypeDomain},
	{&oauth.ForeignDomainError{}, 5, advice.TypeDomain},
	{&settings.HomeError{Err: errors.New("neither $XDG_CONFIG_HOME nor $HOME are defined")}, 1, advice.None},
	{&os.LinkError{Op: "rename", Old: "a", New: "b", Err: syscall.EXDEV}, 1, advice.TryAgain},
	{account.ErrNoAccount, 3, advice.TryAgain},
	{account.ErrReconnect, 3, advice.Reconnect},
	{&account.AmbiguousError{Query: "acme", Names: []string{"a@acme.egnyte.com", "b@acme.egnyte.com"}}, 2, advice.None},
	{otherPerson, 5, advice.AddInstead},
	{trouble(keyring.Absent), 1, advice.TryAgain},
	{trouble(keyring.Locked), 1, advice.TryAgain},
	{trouble(keyring.Silent), 1, advice.TryAgain},
	{trouble(keyring.Failed), 1, advice.TryAgain},
	{&redirect.PortTakenError{Port: 8080}, 1, advice.Paste},
	{&redirect.PortTakenError{Port: 8080, Holder: redirect.Holder{Name: "python3", PID: 4711}}, 1, advice.Paste},
	{&redirect.PortTakenError{Port: 8080, Holder: redirect.Holder{Name: "egnyte-auth", PID: 4711, Ours: true}}, 1, advice.TryAgain},
	{&redirect.ElsewhereError{URI: "https://example.com/back"}, 5, advice.Paste},
	{&redirect.PasteError{Fault: redirect.PasteEmpty}, 2, advice.Paste},
	{&redirect.PasteError{Fault: redirect.PasteOtherPlace}, 2, advice.Paste},
	{&redirect.PasteError{Fault: redirect.PasteNoAnswer}, 2, advice.Paste},
	{&redirect.PasteError{Fault: redirect.PasteOtherSignIn}, 2, advice.Paste},
	{&redirect.PasteError{Fault: redirect.PasteNoState}, 2, advice.Paste},
	{&localcert.UnusableError{Reason: "there is none yet"}, 5, advice.InstallCert},
	{&localcert.ToolMissingError{Tool: "certutil", Package: "libnss3-tools"}, 5, advice.Paste},
	{&localcert.UnusableError{Reason: "no browser trusts it", Err: &localcert.ToolMissingError{Tool: "certutil", Package: "libnss3-tools"}}, 5, advice.Paste},
	{&redirect.UnsupportedRedirectError{URI: "https://example.com/back", Reason: "not here"}, 5, advice.OpenSettings},
	{&redirect.NoBrowserError{Err: errors.New("not found")}, 1, advice.TryAgain},
	{&settings.FileError{Path: "/etc/policy.json", Field: "service", Reason: "no URL"}, 5, advice.TryAgain},
	{&settings.FileError{Path: "/etc/policy.json", Field: "domain", Err: &oauth.DomainError{}}, 5, advice.TryAgain},
	{&settings.PolicyError{Fault: settings.PolicyUnknownField, Name: "Domain", File: policyFile}, 5, advice.TryAgain},
	{&settings.PolicyError{Fault: settings.PolicyUnknownLock, Name: "Domain", File: policyFile}, 5, advice.TryAgain},
	{&settings.PolicyError{Fault: settings.PolicyUntrusted, Name: "/etc/egnyte-accounts", File: policyFile}, 5, advice.TryAgain},
	{&settings.PolicyError{Fault: settings.PolicyWrong, File: policyFile}, 5, advice.TryAgain},
	{&settings.LockedError{Field: "domain", Path: policyFile.Path, From: settings.Flag, Name: "domain", Asked: "globex"}, 5, advice.None},
	{&settings.LockedError{Field: "domain", Path: policyFile.Path, From: settings.Environment, Name: "domain", Asked: "globex"}, 5, advice.None},
	{&settings.ValueError{Source: "environment", Field: "domain", Err: &oauth.DomainError{Reason: "it is not under egnyte.com"}}, 5, advice.None},
	{&settings.ValueError{Source: "environment", Field: "redirect_uri", Err: errors.New("no URL")}, 5, advice.OpenSettings},
	{&account.LostPairError{Account: "jsmith@acme.egnyte.com", Err: trouble(keyring.Locked)}, 3, advice.Reconnect},
	{&account.NotRevokedError{Account: "jsmith@acme.egnyte.com", Err: &oauth.Unreachable{Host: "acme.egnyte.com", Err: errors.New("no route")}}, 4, advice.RemoveAnyway},
	{&account.NotRevokedError{Account: "jsmith@acme.egnyte.com", Err: fmt.Errorf("reading: %w", keyring.ErrNotFound)}, 1, advice.RemoveAnyway},
	{&account.NotRevokedError{Account: "jsmith@acme.egnyte.com", Err: account.ErrBrokenItem}, 1, advice.RemoveAnyway},
	{reconnect(""), 3, advice.Reconnect},
	{reconnect("of-another-version"), 3, advice.Reconnect},
	{reconnect(oauth.RefusedUnauthorized), 3, advice.Reconnect},
	{reconnect(oauth.RefusedInvalidGrant), 3, advice.Reconnect},
	{reconnect(oauth.RefusedInactive), 3, advice.Reconnect},
	{reconnect(oauth.RefusedClient), 3, advice.OpenSettings},
	{reconnect(oauth.RefusedKey), 3, advice.OpenSettings},
	{reconnect(oauth.RefusedKeyNotApproved), 3, advice.OpenSettings},
	{reconnect(oauth.RefusedDenied), 3, advice.Reconnect},
	{reconnect(oauth.RefusedKeyKind), 3, advice.OpenSettings},
	{reconnect(oauth.RefusedOtherDomain), 3, advice.OpenSettings},
	{reconnect(account.ReasonUnsaved), 3, advice.Reconnect},
	{reconnect(account.ReasonGone), 3, advice.Reconnect},
	{reconnect(account.ReasonExpired), 3, advice.Reconnect},
	{fmt.Errorf("%w: %w", account.ErrReconnect, refusal(oauth.RefusedInvalidGrant)), 3, advice.Reconnect},
	{&account.IndexError{Path: "/home/me/accounts.json", Reason: "no JSON"}, 1, advice.TryAgain},
	{&account.NewerError{What: "/home/me/accounts.json"}, 1, advice.None},
	{&account.NotRevokedError{Account: "jsmith@acme.egnyte.com", Err: &account.NewerError{What: "the keyring item of the account"}}, 1, advice.RemoveAnyway},
	{&wholefile.OwnerError{Path: "/home/me/.config"}, 1, advice.None},
	{&fs.PathError{Op: "lock", Path: "/x", Err: syscall.ENOLCK}, 1, advice.TryAgain},
	{trouble(keyring.Missing), 1, advice.TryAgain},
	{reconnect(account.ReasonOtherUser), 3, advice.Reconnect},
	{&fs.PathError{Op: "open", Path: "/x", Err: fs.ErrPermission}, 1, advice.TryAgain},
	{errors.New("something else"), 1, advice.TryAgain},
}

var otherPerson = &account.OtherPersonError{
	Want:  account.Account{Username: "jsmith", DisplayName: "Jane Smith"},
	Grant: oauth.Grant{User: oauth.User{Username: "adoe", FirstName: "Ann", LastName: "Doe"}},
}

func TestEveryErrorHasItsAdvice(t *testing.T) {
	t.Parallel()
	for _, m := range met {
		for _, err := range []error{m.err, fmt.Errorf("doing it: %w", m.err)} {
			if got := advice.ExitCode(err); got != m.exit {
				t.Errorf("%v: exit code %d, want %d", err, got, m.exit)
			}
			a := advice.For(err, noon)
			if a.Action != m.action {
				t.Errorf("%v: action %q, want %q", err, a.Action, m.action)
			}
			if a.Details != err.Error() {
				t.Errorf("%v: details %q", err, a.Details)
			}
			checkWords(t, a)
		}
	}
}

func TestACodeTellsTheSameAsItsError(t *testing.T) {
	t.Parallel()
	for _, m := range met {
		code := advice.Code(m.err)
		a, b := advice.For(m.err, noon), advice.ForCode(code, "Jane Smith")
		if a.Action != b.Action {
			t.Errorf("%v: action %q by itself, %q by its code %q", m.err, a.Action, b.Action, code)
		}
		if strings.ContainsAny(code, " \t\n") {
			t.Errorf("%v: the code %q is no single word", m.err, code)
		}
		checkWords(t, b)
		checkWords(t, advice.ForCode(code, ""))
	}
}

func TestNoErrorNeedsNoAdvice(t *testing.T) {
	t.Parallel()
	if a := advice.For(nil, noon); a != (advice.Advice{}) || advice.ExitCode(nil) != 0 || advice.Code(nil) != "" {
		t.Errorf("got %+v, %d, %q", a, advice.ExitCode(nil), advice.Code(nil))
	}
}

var address = regexp.MustCompile(`https?://[^ ]+`)

// jargon is what no window says, addresses apart.
var jargon = regexp.MustCompile(`(?i)token|oauth|redirect|scope|grant|callback|\burl\b|\buri\b|client|oops|!|[{}]`)

func checkWords(t *testing.T, a advice.Advice) {
	t.Helper()
	if a.What == "" {
		t.Errorf("nothing is said: %+v", a)
	}
	for _, sentence := range []string{a.What, a.Do} {
		if sentence != "" && !strings.HasSuffix(sentence, ".") {
			t.Errorf("no full stop: %q", sentence)
		}
		if sentence != strings.TrimSpace(sentence) || strings.Contains(sentence, "..") {
			t.Errorf("untidy: %q", sentence)
		}
	}
	for _, words := range []string{a.What, a.Do, a.Button} {
		if found := jargon.FindString(address.ReplaceAllString(words, "")); found != "" {
			t.Errorf("%q in a window: %q", found, words)
		}
	}
	if (a.Action == advice.None) != (a.Button == "") {
		t.Errorf("action %q with button %q", a.Action, a.Button)
	}
}

func TestTimesAreSaidAsPeopleSayThem(t *testing.T) {
	t.Parallel()
	for wait, want := range map[time.Duration]string{
		0:                "in a minute",
		20 * time.Second: "in a minute",
		20 * time.Minute: "after 12:20",
		90 * time.Second: "after 12:02",
		14 * time.Hour:   "tomorrow after 02:00",
	} {
		err := &oauth.Refusal{Kind: oauth.RefusedTokenLimit, RetryAfter: wait}
		if a := advice.For(err, noon); !strings.HasSuffix(a.Do, "Try again "+want+".") {
			t.Errorf("after %v: %q, want %q", wait, a.Do, want)
		}
	}
}

// Given a refusal that names no time, then the advice says what is known of the
// limit, and never a minute for one that counts days.
func TestALimitWithoutATimeIsSaidAsFarAsKnown(t *testing.T) {
	t.Parallel()
	for kind, want := range map[oauth.RefusalKind]string{
		oauth.RefusedOverRate: "tomorrow", oauth.RefusedPasswords: "in an hour", oauth.RefusedOverQPS: "in a minute",
	} {
		a := advice.For(refusal(kind), noon)
		if !strings.HasSuffix(a.Do, "Try again "+want+".") || a.Button != "Try again" || !a.Until.IsZero() {
			t.Errorf("%s: %+v", kind, a)
		}
	}
}

// Given a time to come back, then it stands on the button, in whichever process.
func TestATimeToComeBackStandsOnTheButton(t *testing.T) {
	t.Parallel()
	for wait, want := range map[time.Duration]string{
		time.Second: "Try again at 12:01", 140 * time.Minute: "Try again at 14:20", 14 * time.Hour: "Try again tomorrow at 02:00",
	} {
		err := fmt.Errorf("signing in: %w", &oauth.Refusal{Kind: oauth.RefusedTokenLimit, RetryAfter: wait})
		code, handed := advice.HandedOver(advice.Handover(err, noon), "Jane Smith", noon)
		for _, a := range []advice.Advice{advice.For(err, noon), handed} {
			if a.Button != want || a.Until != noon.Add(wait) || a.Do != advice.For(err, noon).Do {
				t.Errorf("%v: %+v", wait, a)
			}
			checkWords(t, a)
		}
		if code != advice.Code(err) {
			t.Errorf("the code is %q", code)
		}
	}
	later := advice.Handover(&oauth.Refusal{Kind: oauth.RefusedTokenLimit, RetryAfter: time.Minute}, noon)
	if _, a := advice.HandedOver(later, "Jane Smith", noon.Add(time.Hour)); a.Button != "Try again" || !a.Until.IsZero() {
		t.Errorf("when it is over: %+v", a)
	}
	if word := advice.Handover(oauth.ErrTimeout, noon); word != advice.Code(oauth.ErrTimeout) {
		t.Errorf("without a time: %q", word)
	}
}

func TestNamesAndPlacesAreNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		want string
	}{
		{otherPerson, "Ann Doe came back from the browser instead of Jane Smith."},
		{&oauth.Unreachable{Host: "acme.egnyte.com", Err: errors.New("x")}, "acme.egnyte.com can't be reached."},
		{&localcert.ToolMissingError{Tool: "certutil", Package: "libnss3-tools"}, "certutil is missing, without which your browsers can't be told to trust this computer's own address."},
		{&redirect.PortTakenError{Port: 8080, Holder: redirect.Holder{Name: "python3", PID: 4711}}, "python3 (process 4711) uses port 8080, where your browser should come back."},
		{&redirect.PortTakenError{Port: 8080, Holder: redirect.Holder{Alien: true}}, "A program of another user uses port 8080, where your browser should come back."},
		{&redirect.PortTakenError{Port: 8080, Holder: redirect.Holder{Name: "egnyte-auth", Ours: true}}, "Another sign-in is waiting already, at port 8080."},
		{&redirect.PortTakenError{Port: 8080}, "Another program uses port 8080, where your browser should come back."},
		{reconnect(""), "jsmith@acme.egnyte.com has to sign in again."},
		{reconnect(oauth.RefusedClient), "Egnyte no longer takes the API key and secret of jsmith@acme.egnyte.com together."},
		{reconnect(account.ReasonGone), "This computer's password store does not hold the sign-in of jsmith@acme.egnyte.com."},
	} {
		if a := advice.For(c.err, noon); a.What != c.want {
			t.Errorf("got %q, want %q", a.What, c.want)
		}
	}
	if a := advice.For(otherPerson, noon); a.Button != "Add Ann Doe" {
		t.Errorf("the button says %q", a.Button)
	}
	if a := advice.ForCode("timeout", "Jane Smith"); a.Details != "Jane Smith timeout" {
		t.Errorf("the details say %q", a.Details)
	}
}
