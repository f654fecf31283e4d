package doctor

import (
	"cmp"
	"context"
	"net"
	"net/url"
	"strings"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/localcert"
	"egnyte-accounts/oauth/words"
)

// preflight asks the domain in force what it thinks of the key, as a sign-in
// does before its browser opens.
func (s *subject) preflight(ctx context.Context) finding {
	switch e := s.settings; {
	case s.settingsErr != nil:
		return unreadable()
	case e.Key.ID == "":
		return finding{detail: words.Say("not asked: no key is known")}
	case e.Flow == oauth.FlowPassword:
		return finding{detail: words.Say("not asked: a key for the password flow shows its worth with a password only")}
	case e.Domain.IsZero():
		return finding{detail: words.Say("not asked: no domain is set, so Egnyte asks for it in the browser")}
	}
	signIn := s.settings.SignIn()
	signIn.HTTP = s.HTTP
	err := signIn.Probe(ctx)
	if err == nil {
		return finding{detail: words.Say("{host} did not refuse {key}", "host", s.settings.Domain.Host(), "key", startOf(s.settings.Key.ID))}
	}
	a := advice.For(err, time.Now())
	return finding{strings.TrimSuffix(a.What, "."), cmp.Or(a.Do, words.Say("See settings."))}
}

func isLoopback(host string) bool {
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

// certificate is needed for https on this machine alone.
func (s *subject) certificate(ctx context.Context) finding {
	if s.settingsErr != nil {
		return unreadable()
	}
	address, err := url.Parse(s.settings.Key.RedirectURI)
	if err != nil || address.Scheme != "https" || !isLoopback(address.Hostname()) {
		return finding{detail: words.Say("not needed: the redirect address is not https on this machine")}
	}
	setUp := words.Say("Set the certificate up: egnyte-auth cert install, or sign in in the window, which offers it.")
	certificate, err := localcert.Load(localcert.Folder(s.Dir))
	if err != nil {
		return finding{err.Error(), setUp}
	}
	if certificate.DueForRenewal(time.Now()) {
		return finding{words.Say("it ends on {date}", "date", certificate.Ends().Format(time.DateOnly)), setUp}
	}
	report := certificate.Check(ctx)
	var trusted, not []string
	for _, place := range report {
		if place.Outcome == localcert.Trusted {
			trusted = append(trusted, place.Name)
		} else {
			not = append(not, place.Name)
		}
	}
	detail := words.Say("good until {date}; trusted by: {trusted}; not by: {not}", "date", certificate.Ends().Format(time.DateOnly),
		"trusted", cmp.Or(strings.Join(trusted, ", "), words.Say("nobody")), "not", cmp.Or(strings.Join(not, ", "), words.Say("nobody else")))
	if _, err := localcert.Source(localcert.Folder(s.Dir))(ctx); err != nil { // as a sign-in would
		return finding{detail, setUp}
	}
	return finding{detail: detail}
}
