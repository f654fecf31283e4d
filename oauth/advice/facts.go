package advice

import (
	"cmp"
	"maps"
	"strconv"
	"strings"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/internal/wholefile"
	"egnyte-accounts/oauth/localcert"
	"egnyte-accounts/oauth/redirect"
	"egnyte-accounts/oauth/settings"
	"egnyte-accounts/oauth/words"
)

// factsOf gathers what err knows and a sentence can use.
func factsOf(err error, now time.Time) facts {
	f := facts{}
	if refusal, ok := as[*oauth.Refusal](err); ok {
		f["host"] = refusal.Host
		f["when"] = cmp.Or(when(refusal.RetryAfter, now), resets(refusal.Kind))
		f["address"] = refusal.RedirectURI
		f["words"], f["status"] = saidBy(refusal), strconv.Itoa(refusal.Status)
	}
	if away, ok := as[*oauth.Unreachable](err); ok {
		f["host"] = away.Host
	}
	if domain, ok := as[*oauth.DomainError](err); ok {
		f["reason"] = Reason(domain.Reason)
	}
	if kept, ok := as[*account.NotRevokedError](err); ok {
		f["want"] = kept.Account
	}
	if lost, ok := as[*account.LostPairError](err); ok {
		f["want"] = lost.Account
	}
	if over, ok := as[*account.ReconnectError](err); ok {
		f["want"] = over.Account
	}
	if other, ok := as[*account.OtherPersonError](err); ok {
		f["who"], f["add"] = other.Grant.User.Name(), other.Grant.User.Name()
		f["want"] = Title(other.Want)
	}
	if several, ok := as[*account.AmbiguousError](err); ok {
		f["names"] = strings.Join(several.Names, ", ")
	}
	if taken, ok := as[*redirect.PortTakenError](err); ok {
		f["port"] = strconv.Itoa(taken.Port)
		f["holder"] = holderOf(taken.Holder)
	}
	if address, ok := as[*redirect.UnsupportedRedirectError](err); ok {
		f["address"] = address.URI
	}
	if address, ok := as[*redirect.ElsewhereError](err); ok {
		f["address"] = address.URI
	}
	if missing, ok := as[*localcert.ToolMissingError](err); ok {
		f["tool"], f["package"] = missing.Tool, missing.Package
	}
	if file, ok := as[*settings.FileError](err); ok {
		f["file"] = file.Path
	}
	if policy, ok := as[*settings.PolicyError](err); ok {
		maps.Copy(f, policy.Facts())
	}
	if lock, ok := as[*settings.LockedError](err); ok {
		maps.Copy(f, lock.Facts())
	}
	if owner, ok := as[*wholefile.OwnerError](err); ok {
		maps.Copy(f, owner.Facts())
	}
	if index, ok := as[*account.IndexError](err); ok {
		f["file"] = index.Path
	}
	return f
}

// saidBy is what Egnyte said itself: its code and its words.
func saidBy(refusal *oauth.Refusal) string {
	said := strings.TrimSuffix(refusal.Words, ".")
	switch {
	case said == "":
		return refusal.Code
	case refusal.Code == "":
		return said
	}
	return refusal.Code + ", " + said
}

// holderOf is the program that has a port; "" where the system does not tell.
func holderOf(h redirect.Holder) string {
	switch {
	case h.Name != "":
		return words.Say("{program} (process {number})", "program", h.Name, "number", strconv.Itoa(h.PID))
	case h.Alien:
		return words.Say("A program of another user")
	}
	return ""
}

// when says a wait as people say it.
func when(wait time.Duration, now time.Time) string {
	at := now.Add(wait)
	switch {
	case wait <= 0:
		return ""
	case wait <= time.Minute:
		return words.Say("in a minute")
	case at.YearDay() != now.YearDay():
		return words.Say("tomorrow after {clock}", "clock", clockOf(at))
	}
	// Rounded up, so that the time said is never too early.
	return words.Say("after {clock}", "clock", clockOf(at.Add(time.Minute-time.Nanosecond)))
}
