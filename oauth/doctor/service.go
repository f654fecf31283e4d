package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/advice"
	"egnyte-accounts/oauth/settings"
	"egnyte-accounts/oauth/words"
)

// maxSkew is how wrong a clock may be: a token is renewed minutes before its
// end, and certificates are that strict.
const maxSkew = time.Minute

// inForce says each setting with where it came from.
func (s *subject) inForce(context.Context) finding {
	var policy *settings.PolicyError
	var lock *settings.LockedError
	switch {
	case errors.As(s.settingsErr, &policy), errors.As(s.settingsErr, &lock):
		a := advice.For(s.settingsErr, time.Now())
		return finding{strings.TrimSuffix(a.What, ".") + " (" + a.Details + ")", a.Do}
	case s.settingsErr != nil:
		return finding{s.settingsErr.Error(), "Correct it there, or ask whoever set this computer up."}
	}
	var parts []string
	for _, f := range settings.All() {
		setting := s.settings.Setting(f.Name)
		value := setting.Value
		switch f.Name {
		case "client_id": // the key's own check shows its start
			continue
		case "redirect_uri":
			value = withoutQuery(value)
		case "domain":
			if value != "" {
				value = s.settings.Domain.Host()
			}
		}
		if value != "" && setting.From != "" {
			parts = append(parts, fmt.Sprintf("%s=%s (%s)", f.Name, value, setting.From))
		}
	}
	return finding{detail: strings.Join(parts, ", ")}
}

func withoutQuery(address string) string {
	before, _, _ := strings.Cut(address, "?")
	return before
}

// key shows the start of the API key, enough to tell two apart.
func (s *subject) key(context.Context) finding {
	if s.settingsErr != nil {
		return unreadable()
	}
	id := s.settings.Key.ID
	if id == "" {
		return finding{words.Say("no Egnyte API key is known"), words.Say("Enter the key that your administrator or Egnyte's developer portal gave you, or set EGNYTE_CLIENT_ID.")}
	}
	return finding{detail: fmt.Sprintf("%s (%s)", startOf(id), s.settings.From["client_id"])}
}

func startOf(key string) string { return key[:min(4, len(key)/2)] + "…" }

// secret tells whether there is one, and nothing of it.
func (s *subject) secret(ctx context.Context) finding {
	if s.settingsErr != nil || s.settings.Key.ID == "" {
		return finding{detail: words.Say("no key is known that could have one")}
	}
	e, err := s.settings.WithSecret(ctx, s.Keyring)
	switch {
	case err != nil:
		return finding{err.Error(), words.Say("See keyring.")}
	case e.Key.Secret.IsZero():
		return finding{words.Say("there is none"), words.Say("Keys issued since January 2015 have one: enter it with the key, or set EGNYTE_CLIENT_SECRET.")}
	}
	return finding{detail: words.Say("there is one")}
}

// service asks for any answer at all: a refusal is one.
func (s *subject) service(ctx context.Context) finding {
	reply, _, err := s.ask(ctx)
	if err != nil {
		return finding{err.Error(), words.Say("Check the network, and the proxy if there is one ({proxy}).", "proxy", proxyWords(s.address()))}
	}
	return finding{detail: words.Say("{host} answers (HTTP {status})", "host", reply.Request.URL.Host, "status", strconv.Itoa(reply.StatusCode))}
}

// proxy says how the service is reached. A variable that can't be read has no effect.
func (s *subject) proxy(context.Context) finding {
	if name := oauth.ProxyFault(); name != "" {
		return finding{words.Say("{variable} can't be read, so no proxy is used", "variable", name),
			words.Say("Correct {variable}, as in http://proxy.example.com:8080, or unset it.", "variable", name)}
	}
	return finding{detail: proxyWords(s.address())}
}

// clock compares this machine's with the service's, by the answer's Date
// (RFC 9110, 6.6.1), which is a second exact.
func (s *subject) clock(ctx context.Context) finding {
	reply, now, err := s.ask(ctx)
	if err != nil {
		return finding{detail: words.Say("not compared: the service can't be reached")}
	}
	theirs, err := http.ParseTime(reply.Header.Get("Date"))
	if err != nil {
		return finding{detail: words.Say("not compared: the service did not say what time it is")}
	}
	skew := now.Sub(theirs).Round(time.Second)
	if skew.Abs() > maxSkew {
		detail := words.Say("{time} behind", "time", skew.Abs().String())
		if skew > 0 {
			detail = words.Say("{time} ahead", "time", skew.Abs().String())
		}
		return finding{detail, words.Say("Set this computer's clock, best by the network: tokens seem to end too early or too late.")}
	}
	return finding{detail: words.Say("within {time} of the service's", "time", maxSkew.String())}
}

// ask sends one request without any credentials. The time is this machine's in
// the middle of it.
func (s *subject) ask(ctx context.Context) (*http.Response, time.Time, error) {
	if s.settingsErr != nil {
		return nil, time.Time{}, errors.New("the settings can't be read")
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodHead, s.address(), nil)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("asking the service: %w", err)
	}
	start := time.Now()
	reply, err := s.HTTP.Do(request)
	if err != nil {
		if failed := (*url.Error)(nil); errors.As(err, &failed) {
			err = failed.Err
		}
		return nil, time.Time{}, &oauth.Unreachable{Host: request.URL.Host, Err: withoutProxyUser(err, s.address())}
	}
	_ = reply.Body.Close()
	return reply, start.Add(time.Since(start) / 2), nil
}

// address is the domain in force, else the service's own.
func (s *subject) address() string {
	if !s.settings.Domain.IsZero() {
		return s.settings.Domain.URL() + "/"
	}
	return s.settings.Service.String() + "/"
}

// proxyOf is the proxy in force, without the password that its address may hold.
func proxyOf(address string) *url.URL {
	request, err := http.NewRequest(http.MethodHead, address, nil)
	if err != nil {
		return nil
	}
	proxy, err := http.ProxyFromEnvironment(request)
	if err != nil {
		return nil
	}
	return proxy
}

func proxyWords(address string) string {
	proxy := proxyOf(address)
	if proxy == nil {
		return words.Say("no proxy")
	}
	return words.Say("through the proxy {host}", "host", proxy.Host)
}

func withoutProxyUser(err error, address string) error {
	proxy := proxyOf(address)
	if proxy == nil || proxy.User == nil {
		return err
	}
	password, _ := proxy.User.Password()
	words := slices.DeleteFunc([]string{password, proxy.User.Username()}, func(w string) bool { return w == "" })
	for _, word := range words {
		if strings.Contains(err.Error(), word) {
			return errors.New("the proxy refused")
		}
	}
	return err
}
