package oauth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// UserInfo asks a domain whose token it is.
func UserInfo(ctx context.Context, client *http.Client, domain Domain, access Secret) (User, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, domain.userInfoURL(), nil)
	if err != nil {
		return User{}, fmt.Errorf("asking who signed in: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+access.Reveal())
	reply, body, err := roundTrip(client, domain, request)
	if err != nil {
		return User{}, err
	}
	fields := readFields(reply, body)
	user := User{
		ID: readID(fields["id"]), Username: text(fields, "username"),
		FirstName: text(fields, "first_name"), LastName: text(fields, "last_name"), Email: text(fields, "email"),
	}
	switch {
	case !isSuccess(reply):
		return User{}, readAPIRefusal(domain.Host(), reply, body, access)
	case !isUsername(user.Username):
		return User{}, &Refusal{Kind: RefusedUnreadable, Host: domain.Host(), Status: reply.StatusCode}
	}
	return user, nil
}

// readID reads a number, or the text of one; 0 if it is neither.
func readID(id any) int64 {
	number, err := strconv.ParseFloat(fmt.Sprint(id), 64)
	if err != nil || number != math.Trunc(number) || math.Abs(number) > 1<<53 {
		return 0
	}
	return int64(number)
}

// Revoke ends a token at Egnyte; an access token takes its refresh token with it.
func Revoke(ctx context.Context, client *http.Client, domain Domain, key Key, token Secret) error {
	form := url.Values{"token": {token.Reveal()}, "client_secret": {key.Secret.Reveal()}}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, domain.revokeURL(), strings.NewReader(form.Encode()))
	if err != nil {
		return fmt.Errorf("revoking the token: %w", err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Authorization", "Bearer "+token.Reveal())
	reply, body, err := roundTrip(client, domain, request)
	if err != nil {
		return err
	}
	if !isSuccess(reply) {
		return readAPIRefusal(domain.Host(), reply, body, token)
	}
	return nil
}

func roundTrip(client *http.Client, domain Domain, request *http.Request) (*http.Response, []byte, error) {
	reply, err := client.Do(request)
	if err != nil {
		return nil, nil, unreachable(domain.Host(), err)
	}
	defer reply.Body.Close()
	body, err := io.ReadAll(io.LimitReader(reply.Body, maxReply))
	if err != nil {
		return nil, nil, unreachable(domain.Host(), err)
	}
	return reply, body, nil
}

// verify asks whose token it is, again after passing trouble: the code is
// spent, so giving up means sending the person to the browser once more. A
// token that can't be attributed is not left behind.
func (s SignIn) verify(ctx context.Context, domain Domain, token Token) (User, error) {
	const attempts = 4
	var err error
	for i := range attempts {
		if i > 0 && !sleep(ctx, pause(err, i)) {
			break
		}
		var user User
		if user, err = UserInfo(ctx, s.HTTP, domain, token.Access); err == nil {
			return user, nil
		}
		if !Passing(err) {
			break
		}
	}
	return User{}, fmt.Errorf("asking who signed in: %w", s.revokeUnused(ctx, domain, token, err))
}

// revokeUnused ends a token that err keeps from being used, even after ctx is
// over, and returns err.
func (s SignIn) revokeUnused(ctx context.Context, domain Domain, token Token, err error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if revokeErr := Revoke(ctx, s.HTTP, domain, s.Key, token.Access); revokeErr != nil {
		err = errors.Join(err, fmt.Errorf("the unused token could not be revoked: %w", revokeErr))
	}
	return err
}

// pause before try number i: what the server asked for, within reason.
func pause(err error, i int) time.Duration {
	const most = 5 * time.Second
	var refusal *Refusal
	if errors.As(err, &refusal) && refusal.RetryAfter > 0 {
		return min(refusal.RetryAfter, most)
	}
	return time.Duration(i*i) * 250 * time.Millisecond
}

func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
