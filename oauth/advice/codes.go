package advice

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"syscall"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/internal/wholefile"
	"egnyte-accounts/oauth/keyring"
	"egnyte-accounts/oauth/localcert"
	"egnyte-accounts/oauth/redirect"
	"egnyte-accounts/oauth/settings"
)

// Codes of what is no refusal. A refusal's code is its oauth.RefusalKind, the
// keyring's are "keyring-" and its keyring.Kind, an account's that has
// to sign in again "reconnect-" and its reason.
const (
	codeDenied       = "denied"
	codeNotConfirmed = "not-confirmed"
	codeTimeout      = "timeout"
	codeCancelled    = "cancelled"
	codeSlow         = "slow"
	codeOffline      = string(account.Offline)
	codeThrottled    = string(account.Throttled)
	codeNotRevoked   = "not-revoked"
	codeNoToken      = "no-token" // the keyring has no token to revoke
	codeNoKey        = "no-key"
	codeNeedsDomain  = "needs-domain"
	codeConfig       = "config"
	codeSetDomain    = "set-domain"
	codeDomain       = "domain"
	codeForeign      = "foreign-domain"
	codeNoAccount    = "no-account"
	codeReconnect    = "reconnect"
	codeAmbiguous    = "ambiguous"
	codeOtherPerson  = "other-person"
	codeKeyring      = "keyring"
	codePortTaken    = "port-taken"
	codePortOurs     = "port-ours"
	codeRedirect     = "redirect-unsupported"
	codeElsewhere    = "redirect-elsewhere"
	codePaste        = "paste" // and "-" and the redirect.PasteFault
	codeCertificate  = "certificate"
	codeTool         = "tool-missing"
	codeFlow         = "flow"
	codePassword     = "needs-password"
	codeNoBrowser    = "no-browser"
	codeSettingsFile = "settings-file"
	codePolicy       = "policy" // and "-" and the settings.PolicyFault
	codeLocked       = "locked"
	codeLockedByEnv  = "locked-variable"
	codeIndex        = "index"
	codeNewer        = "newer"
	codeOwner        = "owner"
	codeNoLocks      = "no-locks"
	codeFile         = "file"
	codeNoHome       = "no-home"
	codeUnknown      = "unknown"
)

// Code is the short code of err, for ForCode; empty for nil.
func Code(err error) string {
	if err == nil {
		return ""
	}
	for _, find := range []func(error) string{outcome, sentinel, refused, setup, kept} {
		if code := find(err); code != "" {
			return code
		}
	}
	return codeUnknown
}

// outcome knows what an error means that has others as its cause.
func outcome(err error) string {
	if _, ok := as[*account.LostPairError](err); ok {
		return reconnectCode(account.ReasonUnsaved)
	}
	if over, ok := as[*account.ReconnectError](err); ok {
		return reconnectCode(over.Reason)
	}
	if kept, ok := as[*account.NotRevokedError](err); ok {
		if errors.Is(kept, keyring.ErrNotFound) || errors.Is(kept, account.ErrBrokenItem) || errors.As(kept, new(*account.NewerError)) {
			return codeNoToken
		}
		return codeNotRevoked
	}
	return ""
}

func sentinel(err error) string {
	switch {
	case errors.Is(err, oauth.ErrDenied):
		return codeDenied
	case errors.Is(err, oauth.ErrNotConfirmed):
		return codeNotConfirmed
	case errors.Is(err, oauth.ErrTimeout):
		return codeTimeout
	case errors.Is(err, account.ErrReconnect):
		return codeReconnect
	case errors.Is(err, account.ErrNoAccount):
		return codeNoAccount
	}
	return ""
}

func refused(err error) string {
	if refusal, ok := as[*oauth.Refusal](err); ok {
		return string(refusal.Kind)
	}
	if _, ok := as[*oauth.ForeignDomainError](err); ok {
		return codeForeign
	}
	if errors.Is(err, context.Canceled) {
		return codeCancelled
	}
	if _, ok := as[*oauth.Unreachable](err); ok {
		return codeOffline
	}
	return ""
}

// setup knows what keeps a sign-in from starting. A wrong file comes first: it
// may hold any of the others.
func setup(err error) string {
	for _, find := range []func(error) (coded, bool){
		coding[*settings.PolicyError], coding[*settings.LockedError], coding[*settings.FileError], coding[*settings.ValueError],
		coding[*account.NewerError], coding[*wholefile.OwnerError], coding[*settings.HomeError],
	} {
		if known, ok := find(err); ok {
			return known.Code()
		}
	}
	if config, ok := as[*oauth.ConfigError](err); ok {
		switch config.Field {
		case "client_id":
			return codeNoKey
		case "domain":
			return codeNeedsDomain
		case "flow":
			return codeFlow
		case "username", "password":
			return codePassword
		}
		return codeConfig
	}
	if _, ok := as[*oauth.DomainError](err); ok {
		return codeDomain
	}
	return wayBack(err)
}

// wayBack knows what keeps the browser from coming back. A missing program comes
// before what can't be done without it.
func wayBack(err error) string {
	if taken, ok := as[*redirect.PortTakenError](err); ok {
		if taken.Holder.Ours {
			return codePortOurs
		}
		return codePortTaken
	}
	if _, ok := as[*redirect.UnsupportedRedirectError](err); ok {
		return codeRedirect
	}
	if _, ok := as[*redirect.ElsewhereError](err); ok {
		return codeElsewhere
	}
	if pasted, ok := as[*redirect.PasteError](err); ok {
		return codePaste + "-" + string(pasted.Fault)
	}
	if _, ok := as[*localcert.ToolMissingError](err); ok {
		return codeTool
	}
	if _, ok := as[*localcert.UnusableError](err); ok {
		return codeCertificate
	}
	if _, ok := as[*redirect.NoBrowserError](err); ok {
		return codeNoBrowser
	}
	return ""
}

// noLocks are the errors of flock(2) on a file system without file locks, as some NFS and
// FUSE mounts are.
var noLocks = []syscall.Errno{syscall.ENOLCK, syscall.ENOSYS, syscall.EOPNOTSUPP}

// kept knows what goes wrong with keeping and finding accounts.
func kept(err error) string {
	if _, ok := as[*account.OtherPersonError](err); ok {
		return codeOtherPerson
	}
	if _, ok := as[*account.AmbiguousError](err); ok {
		return codeAmbiguous
	}
	if trouble, ok := as[*keyring.Error](err); ok {
		return codeKeyring + "-" + string(trouble.Kind)
	}
	if _, ok := as[*account.IndexError](err); ok {
		return codeIndex
	}
	for _, errno := range noLocks {
		if errors.Is(err, errno) {
			return codeNoLocks
		}
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return codeSlow
	}
	if errors.As(err, new(*fs.PathError)) || errors.As(err, new(*os.LinkError)) {
		return codeFile
	}
	return ""
}

func as[T error](err error) (T, bool) {
	var found T
	ok := errors.As(err, &found)
	return found, ok
}

// coded is an error that knows its code.
type coded interface {
	error
	Code() string
}

func coding[T coded](err error) (coded, bool) { return as[T](err) }
