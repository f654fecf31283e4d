package oauth

import (
	"strings"
	"time"
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
	ID        int64  `json:"id"`
	Username  string `json:"username"`
	FirstName string `json:"first_name"`
	LastName  string `json:"last_name"`
	Email     string `json:"email"`
}

// Name is the person's name for display; the username where there is none.
func (u User) Name() string {
	if name := strings.TrimSpace(u.FirstName + " " + u.LastName); name != "" {
		return name
	}
	return u.Username
}

// Grant is the result of a sign-in: whose token, where, and with which key.
type Grant struct {
	Domain Domain
	User   User
	Token  Token
	Key    Key
	Flow   Flow
}
