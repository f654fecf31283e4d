package oauth

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Token is what Egnyte hands out for one person on one domain.
type Token struct {
	Access  Secret
	Refresh Secret    // none on older domains and keys
	Type    string    // as the server wrote it, usually "bearer"
	Issued  time.Time // when the reply came
	Expiry  time.Time // zero: does not expire
	Scopes  []string  // empty: everything
}

// User is the person behind a token, as /pubapi/v1/userinfo tells.
type User struct {
	ID        int64 // 0: not known
	Username  string
	FirstName string
	LastName  string
	Email     string
}

// Name is the person's name for display; the username where there is none. It is
// one line that fits a menu, whatever the server sent.
func (u User) Name() string {
	if name := Plain(u.FirstName + " " + u.LastName); name != "" {
		return name
	}
	return Plain(u.Username)
}

const (
	maxName     = 100 // letters of a name for display
	maxWords    = 200 // letters of what a server says
	maxUsername = 256 // bytes; Egnyte's own limit is far below
)

// Plain makes a text of somebody else's fit for one line on a screen: nothing
// that steers a terminal or turns the direction of what follows (Unicode
// Technical Report 36, 3.1), and no more than 100 letters.
func Plain(text string) string { return shorten(oneLine(text), maxName) }

func shorten(text string, most int) string {
	if letters := []rune(text); len(letters) > most {
		return string(letters[:most-1]) + "…"
	}
	return text
}

func oneLine(text string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case isPlain(r):
			return r
		}
		return -1
	}, text)), " ")
}

func isPlain(r rune) bool { return unicode.IsGraphic(r) && !unicode.Is(unicode.Bidi_Control, r) }

// isUsername reports a text that can name an account: it goes into file names'
// hashes, keyring items and commands as it is, so it is refused and not mended.
func isUsername(text string) bool {
	return text != "" && len(text) <= maxUsername && utf8.ValidString(text) &&
		!strings.ContainsFunc(text, func(r rune) bool { return !isPlain(r) })
}

// Grant is the result of a sign-in: whose token, where, and with which key.
type Grant struct {
	Domain Domain
	User   User
	Token  Token
	Key    Key
	Flow   Flow
}
